/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/cmd.h"

#include <string.h>

static const struct option {
	const char *name, *short_name;
	const char *argument; /* NULL: a switch */
	const char *help;
	size_t offset; /* of a const char *, or of a bool */
} options[] = {
	{ "--policy", "-p", "FILE", "appraise under this policy",
	    offsetof(struct cmd_options, policy) },
	{ "--collateral", "-c", "PATH",
	    "vendor collateral: one bundle, or a folder of its files",
	    offsetof(struct cmd_options, collateral) },
	{ "--at", NULL, "TIME", "judge at this time (RFC 3339; default: now)",
	    offsetof(struct cmd_options, at) },
	{ "--allow-simulated", NULL, NULL,
	    "take evidence of a simulator, for tests",
	    offsetof(struct cmd_options, allow_simulated) },
	{ "--nonce", "-n", "HEX", "the nonce that the statement must carry",
	    offsetof(struct cmd_options, nonce) },
	{ "--trust-root", NULL, "FILE",
	    "a certificate (PEM or DER) instead of the vendor's root",
	    offsetof(struct cmd_options, trust_root) },
	{ "--platform", NULL, "ID",
	    "FILE is a bare quote of this platform (raw, hex or base64)",
	    offsetof(struct cmd_options, platform) },
	{ "--report-data", NULL, "HEX",
	    "the 64 bytes that a bare quote must bind",
	    offsetof(struct cmd_options, report_data) },
	{ "--event-log", NULL, "FILE",
	    "the event log beside a bare quote, or an agent's answer",
	    offsetof(struct cmd_options, event_log) },
	{ "--app-compose", NULL, "FILE", "the app-compose beside a bare quote",
	    offsetof(struct cmd_options, app_compose) },
	{ "--response", "-r", "FILE", "the response that the chain should have",
	    offsetof(struct cmd_options, response) },
	{ "--topics", NULL, "LIST",
	    "DATA is that of an event with these topics",
	    offsetof(struct cmd_options, topics) },
	{ "--json", "-j", NULL, "print JSON, one line for each FILE",
	    offsetof(struct cmd_options, json) },
	{ "--help", "-h", NULL, "print this and exit",
	    offsetof(struct cmd_options, help) },
	{ "--version", "-V", NULL, "print the version and exit",
	    offsetof(struct cmd_options, version) },
};

void cmd_options_print(FILE *to)
{
	for (size_t i = 0; i < COUNT(options); i++) {
		const struct option *o = &options[i];
		char name[64];

		snprintf(name, sizeof(name), "%s%s%s%s%s",
		    o->short_name != NULL ? o->short_name : "",
		    o->short_name != NULL ? ", " : "    ", o->name,
		    o->argument != NULL ? " " : "",
		    o->argument != NULL ? o->argument : "");
		fprintf(to, "  %-24s %s\n", name, o->help);
	}
}

/* The option a word names; "--name=value" sets *value_out. */
static const struct option *find(const char *word, const char **value_out)
{
	*value_out = NULL;
	for (size_t i = 0; i < COUNT(options); i++) {
		const struct option *o = &options[i];
		size_t n = strlen(o->name);

		if (strcmp(word, o->name) == 0 ||
		    (o->short_name != NULL && strcmp(word, o->short_name) == 0))
			return o;
		if (o->argument != NULL && strncmp(word, o->name, n) == 0 &&
		    word[n] == '=') {
			*value_out = word + n + 1;
			return o;
		}
	}
	return NULL;
}

FALLIBLE cmd_options_read(int argc, char **argv, struct cmd_options *out,
    char **operands, int *n_out, struct fault *f)
{
	struct cmd_options o = { 0 };
	bool all_operands = false;
	int n = 0;

	for (int i = 0; i < argc; i++) {
		const char *value;
		const struct option *option;
		uint8_t *field = (uint8_t *)&o;

		/* "-" is standard input. */
		if (all_operands || argv[i][0] != '-' || argv[i][1] == '\0') {
			operands[n++] = argv[i];
			continue;
		}
		if (strcmp(argv[i], "--") == 0) {
			all_operands = true;
			continue;
		}
		option = find(argv[i], &value);
		if (option == NULL)
			return fault_raise(f, FAULT_USAGE, "option.unknown",
			    "there is no option %.64s", argv[i]);
		field += option->offset;
		if (option->argument == NULL) {
			*(bool *)field = true;
			continue;
		}
		if (value == NULL && ++i == argc)
			return fault_raise(f, FAULT_USAGE, "option.value",
			    "%s wants %s", option->name, option->argument);
		if (*(const char **)field != NULL)
			return fault_raise(f, FAULT_USAGE, "option.twice",
			    "%s stands there twice", option->name);
		*(const char **)field = value != NULL ? value : argv[i];
	}
	*out = o;
	*n_out = n;
	return true;
}
