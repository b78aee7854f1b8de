/* SPDX-License-Identifier: Apache-2.0 */
/*
 * affiantd: the daemon and the operator's tool. This file finds the row of
 * the table; what a command does stands in cmd_NAME.c.
 */
#include "oracle/cmd.h"

#include <stdio.h>
#include <string.h>

static const struct cmd *const commands[] = {
	&cmd_serve,
	&cmd_check,
	&cmd_health,
	&cmd_detect,
	&cmd_fetch,
	&cmd_quote,
	&cmd_key,
	&cmd_collateral,
	&cmd_submit,
	&cmd_journal,
	&cmd_simulate_agent,
	&cmd_recipe,
};

static void print_usage(FILE *to)
{
	fprintf(to, "usage: affiantd COMMAND [OPTIONS]\n\ncommands:\n");
	for (size_t i = 0; i < COUNT(commands); i++)
		fprintf(
		    to, "  %-14s  %s\n", commands[i]->name, commands[i]->help);
	fprintf(to,
	    "\n  affiantd COMMAND --help   the options of a command\n"
	    "  affiantd --version\n"
	    "\nexit codes: 0 done, 1 failed, 2 wrong usage\n"
	    "see also: affiantd(8), affiant.conf(5)\n");
}

int main(int argc, char **argv)
{
	struct cmd_args args;
	int exit_code = CMD_USAGE;

	if (argc < 2) {
		print_usage(stderr);
		return CMD_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_usage(stdout);
		return CMD_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("affiantd %s\n", AFFIANT_VERSION);
		return CMD_OK;
	}
	for (size_t i = 0; i < COUNT(commands); i++) {
		if (strcmp(argv[1], commands[i]->name) != 0)
			continue;
		if (!cmd_args_read(
			commands[i], argc - 2, argv + 2, &args, &exit_code))
			return exit_code;
		return commands[i]->run(&args);
	}
	fprintf(stderr, "affiantd: unknown command: %s\n\n", argv[1]);
	print_usage(stderr);
	return CMD_USAGE;
}
