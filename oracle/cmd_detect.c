/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/attest.h"
#include "oracle/cmd.h"
#include "verify/base/canon.h"

#include <stdio.h>

enum { OPTION_JSON };

static const struct cmd_option options[] = {
	[OPTION_JSON] = { "json", NULL, "one JSON object" },
};

/* What a row says of itself. Asked once: hardware is made to quote for it. */
struct found {
	const struct attest_row *row;
	bool here;
	struct fault why;
};

#define MAX_ROWS 16

static size_t look(struct found found[MAX_ROWS])
{
	size_t n = 0;

	for (; attest_rows[n] != NULL && n < MAX_ROWS; n++) {
		found[n] =
		    (struct found){ .row = attest_rows[n], .why = FAULT_INIT };
		found[n].here = attest_rows[n]->detect(&found[n].why);
	}
	return n;
}

/* The row that "auto" takes: the first whose hardware is here. */
static const struct attest_row *chosen_row(const struct found *found, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!found[i].row->simulator && found[i].here)
			return found[i].row;
	}
	return NULL;
}

static const char *why_of(const struct found *found)
{
	return found->why.text[0] != '\0' ? found->why.text : found->row->help;
}

static void print_text(const struct found *found, size_t n)
{
	const struct attest_row *chosen = chosen_row(found, n);

	for (size_t i = 0; i < n; i++) {
		const struct attest_row *row = found[i].row;

		printf("%-10s ", row->id);
		for (size_t k = 0; row->platforms[k] != NULL; k++)
			printf("%s%s", k > 0 ? "," : "", row->platforms[k]);
		printf("  %s: %s\n",
		    row->simulator      ? "on request"
			: found[i].here ? "here"
					: "not here",
		    why_of(&found[i]));
	}
	if (chosen != NULL)
		printf("auto takes %s\n", chosen->id);
	else
		printf("auto takes none: there is no TEE here that this "
		       "version can quote with. To try it out, simulate one: "
		       "AFFIANT_SIMULATE=tdx\n");
}

static int print_json(const struct found *found, size_t n)
{
	const struct attest_row *chosen = chosen_row(found, n);
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(wr_drop) struct wr w = wr_grow(64 * 1024, "detect.json", &f);
	struct canon c = canon_to(&w);

	canon_object(&c, NULL);
	if (chosen != NULL)
		canon_text(&c, "auto", chosen->id);
	canon_array(&c, "providers");
	for (size_t i = 0; i < n; i++) {
		const struct attest_row *row = found[i].row;

		canon_object(&c, NULL);
		canon_bool(&c, "here", found[i].here);
		canon_text(&c, "id", row->id);
		canon_array(&c, "platforms");
		for (size_t k = 0; row->platforms[k] != NULL; k++)
			canon_text(&c, NULL, row->platforms[k]);
		canon_end(&c);
		canon_bool(&c, "simulator", row->simulator);
		canon_text(&c, "why", why_of(&found[i]));
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
	struct found found[MAX_ROWS];
	size_t n = look(found);

	if (args->option[OPTION_JSON] != NULL)
		return print_json(found, n);
	print_text(found, n);
	return CMD_OK;
}

const struct cmd cmd_detect = {
	.name = "detect",
	.help = "which TEEs are here, which would be used, and why not others",
	.options = options,
	.n_options = COUNT(options),
	.run = run,
};
