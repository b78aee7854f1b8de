/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/cmd.h"
#include "oracle/config_schema.h"
#include "verify/base/file.h"
#include "verify/base/text.h"

#include <stdio.h>
#include <unistd.h>

enum { OPTION_CONFIG, OPTION_SCHEMA, OPTION_PROBE, OPTION_JSON };

static const struct cmd_option options[] = {
	[OPTION_CONFIG] = { "config", "FILE", "the configuration to check" },
	[OPTION_SCHEMA] = { "schema", NULL,
	    "print the JSON Schema of a configuration instead" },
	[OPTION_PROBE] = { "probe", NULL,
	    "ask each of its sources once, and say how it went" },
	[OPTION_JSON] = { "json", NULL, "with --probe: one JSON object" },
};

static int print_schema(void)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT;
	AUTO(wr_drop)
	struct wr w = wr_grow(LIMIT_CONFIG_BYTES, "check.schema", &f);

	if (!config_schema_encode(&w, &f) || !wr_done(&w, &text))
		return cmd_open_failed(&f);
	printf("%s\n", (const char *)text.p);
	return CMD_OK;
}

static void print_summary(const struct config *c)
{
	char hash[HEX_SIZE(sizeof(c->hash.b))];
	size_t n_sources = 0;

	for (size_t i = 0; i < c->n_feeds; i++)
		n_sources += c->feeds[i].n_sources;
	hex_encode(sha256_span(&c->hash), hash);
	printf("ok: %zu feed%s, %zu source%s\n", c->n_feeds,
	    c->n_feeds == 1 ? "" : "s", n_sources, n_sources == 1 ? "" : "s");
	printf("config %s\n", hash);
}

static int run(const struct cmd_args *args)
{
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(config_drop) struct config *config = NULL;
	struct config_problems problems;
	struct fault f = FAULT_INIT;

	if (args->option[OPTION_SCHEMA] != NULL)
		return print_schema();
	if (args->option[OPTION_CONFIG] == NULL) {
		fprintf(stderr, "affiantd check: needs --config FILE\n");
		return CMD_USAGE;
	}
	if (args->option[OPTION_JSON] != NULL &&
	    args->option[OPTION_PROBE] == NULL) {
		fprintf(stderr, "affiantd check: --json needs --probe\n");
		return CMD_USAGE;
	}
	if (!file_read(
		args->option[OPTION_CONFIG], LIMIT_CONFIG_BYTES, &text, &f))
		return cmd_open_failed(&f);
	if (!config_parse(blob_span(&text), &config, &problems)) {
		cmd_open_print_problems(STDOUT_FILENO, &problems);
		return CMD_FAILED;
	}
	if (args->option[OPTION_PROBE] != NULL)
		return cmd_probe_run(config, args->option[OPTION_JSON] != NULL);
	print_summary(config);
	return CMD_OK;
}

const struct cmd cmd_check = {
	.name = "check",
	.help = "say what is wrong with a configuration, or its hash",
	.options = options,
	.n_options = COUNT(options),
	.run = run,
};
