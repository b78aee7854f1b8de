/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/cmd.h"

#include <stdio.h>
#include <string.h>

static void print_synopsis(FILE *to, const struct cmd *cmd)
{
	fprintf(to, "usage: affiantd %s", cmd->name);
	for (size_t i = 0; i < cmd->n_options; i++) {
		const struct cmd_option *o = &cmd->options[i];

		fprintf(to, " [--%s%s%s]", o->name, o->value ? " " : "",
		    o->value ? o->value : "");
	}
	if (cmd->operand != NULL)
		fprintf(to, cmd->takes_many ? " [%s]..." : " %s", cmd->operand);
	fprintf(to, "\n");
}

static void print_help(const struct cmd *cmd)
{
	print_synopsis(stdout, cmd);
	printf("\n%s\n\n", cmd->help);
	for (size_t i = 0; i < cmd->n_options; i++) {
		const struct cmd_option *o = &cmd->options[i];
		char left[40];

		snprintf(left, sizeof(left), "--%s%s%s", o->name,
		    o->value ? " " : "", o->value ? o->value : "");
		printf("  %-20s  %s\n", left, o->help);
	}
}

static bool refuse(
    const struct cmd *cmd, int *exit_code, const char *what, const char *arg)
{
	fprintf(stderr, "affiantd %s: %s%s\n", cmd->name, what, arg);
	print_synopsis(stderr, cmd);
	*exit_code = CMD_USAGE;
	return false;
}

/*
 * The option that `arg` ("--name", "--name=value" or "-o") names, or
 * n_options.
 */
static size_t find_option(const struct cmd *cmd, const char *arg)
{
	/* The one short form there is. */
	if (strcmp(arg, "-o") == 0)
		arg = "--output";
	if (strncmp(arg, "--", 2) != 0)
		return cmd->n_options;
	arg += 2;
	size_t n = strcspn(arg, "=");

	for (size_t i = 0; i < cmd->n_options; i++) {
		if (strlen(cmd->options[i].name) == n &&
		    memcmp(cmd->options[i].name, arg, n) == 0)
			return i;
	}
	return cmd->n_options;
}

bool cmd_args_read(const struct cmd *cmd, int argc, char **argv,
    struct cmd_args *out, int *exit_code)
{
	struct cmd_args args = { 0 };
	size_t max_operands = cmd->takes_many ? CMD_MAX_OPERANDS
	    : cmd->operand != NULL            ? 1
					      : 0;

	for (int i = 0; i < argc; i++) {
		const char *arg = argv[i];

		if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
			print_help(cmd);
			*exit_code = CMD_OK;
			return false;
		}
		size_t k = find_option(cmd, arg);
		if (k == cmd->n_options && strncmp(arg, "--", 2) != 0) {
			if (args.n_operands == max_operands)
				return refuse(cmd, exit_code,
				    "one argument too many: ", arg);
			args.operand[args.n_operands++] = arg;
			continue;
		}
		if (k == cmd->n_options)
			return refuse(cmd, exit_code, "unknown option: ", arg);
		if (args.option[k] != NULL)
			return refuse(cmd, exit_code, "given twice: ", arg);
		const char *equals = strchr(arg, '=');
		if (cmd->options[k].value == NULL) {
			if (equals != NULL)
				return refuse(
				    cmd, exit_code, "takes no value: ", arg);
			args.option[k] = "";
		} else if (equals != NULL) {
			args.option[k] = equals + 1;
		} else if (i + 1 < argc) {
			args.option[k] = argv[++i];
		} else {
			return refuse(cmd, exit_code, "needs a value: ", arg);
		}
	}
	if (cmd->operand != NULL && !cmd->takes_many && args.n_operands == 0)
		return refuse(cmd, exit_code, "missing: ", cmd->operand);
	*out = args;
	return true;
}
