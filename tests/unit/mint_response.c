/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence for shell tests: mint_response DIR writes simulated responses, a
 * bare quote and its collateral, all good at 2026-01-01T00:00:02Z.
 */
#include "tests/unit/check.h"
#include "tests/unit/response_world.h"
#include "verify/base/file.h"
#include "verify/base/text.h"
#include "verify/collateral.h"

#include <stdlib.h>

static const char *dir;

static void write_file(const char *name, struct span content)
{
	struct fault f = FAULT_INIT;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (!file_write(path, content, 0644, &f)) {
		fprintf(stderr, "mint_response: %s\n", f.text);
		exit(1);
	}
}

static void write_response(struct response_world *w, const char *name,
    void (*of)(struct statement *), enum response_detail detail)
{
	static struct statement s;
	const struct response_plan plan = { .has_detail = true,
		.detail = detail };
	struct blob response;

	of(&s);
	response = response_world_make(w, &s, &plan);
	write_file(name, blob_span(&response));
	blob_drop(&response);
}

static void write_quote(struct response_world *w)
{
	static const uint8_t report_data[REPORT_DATA_BYTES] = { 0xab };
	struct blob quote = response_world_quote(w, report_data);
	char *hex = malloc(HEX_SIZE(quote.n));
	char *base64 = malloc(BASE64_SIZE(quote.n));

	if (hex == NULL || base64 == NULL)
		exit(1);
	hex_encode(blob_span(&quote), hex);
	base64_encode(blob_span(&quote), base64);
	write_file("quote.bin", blob_span(&quote));
	write_file("quote.hex", span_text(hex));
	write_file("quote.b64", span_text(base64));
	free(hex);
	free(base64);
	blob_drop(&quote);
}

/* The bundle in its two forms. */
static void write_collateral(struct response_world *w)
{
	AUTO(collateral_doc_drop) struct collateral_doc doc = { 0 };
	struct fault f = FAULT_INIT;
	struct collateral c;
	char path[4096];

	write_file("bundle.json", blob_span(&w->bundle));
	snprintf(path, sizeof(path), "%s/collateral", dir);
	if (!dir_make(path, 0755, &f) ||
	    !collateral_decode(blob_span(&w->bundle), &c, &doc, &f))
		exit(1);
	for (size_t i = 0; i < n_collateral_files; i++) {
		struct span part = *(
		    struct span *)((uint8_t *)&c + collateral_files[i].offset);
		char name[128];

		if (part.n == 0)
			continue;
		snprintf(name, sizeof(name), "collateral/%s",
		    collateral_files[i].name);
		write_file(name, part);
	}
}

int main(int argc, char **argv)
{
	static struct response_world w;

	if (argc != 2)
		return 2;
	dir = argv[1];
	response_world_open(&w, NULL);
	write_response(&w, "price.json", statements_one, RESPONSE_FULL);
	write_response(&w, "median.json", statements_many, RESPONSE_FULL);
	write_response(&w, "key.json", statements_key, RESPONSE_FULL);
	write_response(&w, "plain.json", statements_plain, RESPONSE_FULL);
	write_response(&w, "light.json", statements_one, RESPONSE_QUOTE);
	write_response(
	    &w, "signature.json", statements_one, RESPONSE_SIGNATURE);
	write_quote(&w);
	write_collateral(&w);
	response_world_close(&w);
	return 0;
}
