/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-verify: the offline verifier. */
#include "verify/cmd.h"

#include <stdlib.h>
#include <string.h>

/* The first is what runs when no name is given. */
const struct cmd *const cmd_table[] = {
	&cmd_check,
	&cmd_tls_cert,
	&cmd_inspect,
	&cmd_policy,
	&cmd_compose_hash,
	&cmd_image,
	&cmd_replay,
	&cmd_onchain,
	&cmd_explain,
	NULL,
};

static void usage(FILE *to)
{
	fprintf(to,
	    "usage: affiant-verify [check] [options] FILE...\n"
	    "       affiant-verify COMMAND [options] ...\n\n"
	    "commands\n");
	for (size_t i = 0; cmd_table[i] != NULL; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s %s", cmd_table[i]->name,
		    cmd_table[i]->operands);
		fprintf(to, "  %-24s %s\n", name, cmd_table[i]->help);
	}
	fprintf(to, "\noptions\n");
	cmd_options_print(to);
	fprintf(to,
	    "\nexit codes\n"
	    "  0  accepted under the policy given\n"
	    "  1  rejected\n"
	    "  2  not judged: unreadable, unsupported, wrong usage\n"
	    "  3  authentic, but no policy said whose code it should be\n");
}

static const struct cmd *find(const char *name)
{
	for (size_t i = 0; cmd_table[i] != NULL; i++)
		if (strcmp(cmd_table[i]->name, name) == 0)
			return cmd_table[i];
	return NULL;
}

static int misused(const char *what)
{
	fprintf(stderr, "affiant-verify: %s\n\n", what);
	usage(stderr);
	return EXIT_NOT_JUDGED;
}

static int dispatch(const struct cmd_options *o, char **operands, int n)
{
	const struct cmd *cmd = n > 0 ? find(operands[0]) : NULL;

	if (o->help) {
		usage(stdout);
		return EXIT_OK;
	}
	if (o->version) {
		printf("affiant-verify %s\n", AFFIANT_VERSION);
		return EXIT_OK;
	}
	if (cmd != NULL) {
		operands++;
		n--;
	} else {
		cmd = cmd_table[0];
	}
	if (n < cmd->min_operands)
		return misused("a FILE is wanted");
	if (n > cmd->max_operands)
		return misused("too many operands");
	return cmd->run(o, operands, n);
}

int main(int argc, char **argv)
{
	struct cmd_options o;
	struct fault f = FAULT_INIT;
	char **operands = calloc((size_t)argc + 1, sizeof(*operands));
	int n = 0, code;

	if (operands == NULL)
		return EXIT_NOT_JUDGED;
	if (cmd_options_read(argc - 1, argv + 1, &o, operands, &n, &f))
		code = dispatch(&o, operands, n);
	else
		code = misused(f.text);
	free(operands);
	return code;
}
