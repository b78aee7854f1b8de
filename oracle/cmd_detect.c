/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/attest.h"
#include "oracle/cmd.h"
#include "verify/base/canon.h"

#include <stdio.h>

enum { OPTION_JSON };

static const struct cmd_option options[] = {
	[OPTION_JSON] = { "json", NULL, "one JSON object" },
};

/* The row that "auto" takes: the first whose hardware is here. */
static const struct attest_row *chosen_row(void)
{
	for (size_t i = 0; attest_rows[i] != NULL; i++) {
		struct fault why = FAULT_INIT;

		if (!attest_rows[i]->simulator && attest_rows[i]->detect(&why))
			return attest_rows[i];
	}
	return NULL;
}

static void print_text(const struct attest_row *chosen)
{
	for (size_t i = 0; attest_rows[i] != NULL; i++) {
		const struct attest_row *row = attest_rows[i];
		struct fault why = FAULT_INIT;
		bool here = row->detect(&why);

		printf("%-10s ", row->id);
		for (size_t k = 0; row->platforms[k] != NULL; k++)
			printf("%s%s", k > 0 ? "," : "", row->platforms[k]);
		printf("  %s: %s\n",
		    row->simulator ? "simulator"
			: here     ? "here"
				   : "not here",
		    why.text[0] != '\0' ? why.text : row->help);
	}
	if (chosen != NULL)
		printf("auto takes %s\n", chosen->id);
	else
		printf("auto takes none: there is no TEE here that this "
		       "version knows. To try it out, simulate one: "
		       "AFFIANT_SIMULATE=tdx\n");
}

static int print_json(const struct attest_row *chosen)
{
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(wr_drop) struct wr w = wr_grow(64 * 1024, "detect.json", &f);
	struct canon c = canon_to(&w);

	canon_object(&c, NULL);
	if (chosen != NULL)
		canon_text(&c, "auto", chosen->id);
	canon_array(&c, "providers");
	for (size_t i = 0; attest_rows[i] != NULL; i++) {
		const struct attest_row *row = attest_rows[i];
		struct fault why = FAULT_INIT;
		bool here = row->detect(&why);

		canon_object(&c, NULL);
		canon_bool(&c, "here", here);
		canon_text(&c, "id", row->id);
		canon_array(&c, "platforms");
		for (size_t k = 0; row->platforms[k] != NULL; k++)
			canon_text(&c, NULL, row->platforms[k]);
		canon_end(&c);
		canon_bool(&c, "simulator", row->simulator);
		canon_text(
		    &c, "why", why.text[0] != '\0' ? why.text : row->help);
		canon_end(&c);
	}
	canon_end(&c);
	canon_end(&c);
	if (!wr_done(&w, &text))
		return cmd_open_failed(&f);
	printf("%s\n", (const char *)text.p);
	return CMD_OK;
}

static int run(const struct cmd_args *args)
{
	const struct attest_row *chosen = chosen_row();

	if (args->option[OPTION_JSON] != NULL)
		return print_json(chosen);
	print_text(chosen);
	return CMD_OK;
}

const struct cmd cmd_detect = {
	.name = "detect",
	.help = "which TEEs are here, which would be used, and why not others",
	.options = options,
	.n_options = COUNT(options),
	.run = run,
};
