/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line's number, an expression, a NUL and a body: an expression that the
 * check takes is matched within its bounds, a result is canonical, a refusal
 * has one of the known words.
 */
#include "tests/fuzz/must.h"
#include "verify/base/text.h"
#include "verify/pick.h"

#include <string.h>

static void pick(const struct pick_rule *c, struct span body)
{
	static const char *const words[] = { "source.pick", "source.value",
		"source.limit" };
	AUTO(picked_drop) struct picked p = { 0 };
	struct fault f = FAULT_INIT;
	bool known = false;

	if (pick_line.pick(
		c, body, (struct utc){ INT64_C(1768478400000) }, &p, &f)) {
		MUST(p.text.n > 0 && p.text.n <= LIMIT_TEXT);
		MUST(utf8_is_valid(blob_span(&p.text)));
		MUST(
		    !c->is_number || dec_text_is_canonical(blob_span(&p.text)));
		return;
	}
	for (size_t i = 0; i < COUNT(words); i++)
		known = known || strcmp(f.at, words[i]) == 0;
	MUST(f.kind == FAULT_REMOTE && known);
	MUST(p.text.p == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 1 ? memchr(data + 1, 0, size - 1) : NULL;
	struct pick_rule c = { 0 };
	struct fault f = FAULT_INIT;
	struct span body;

	if (end == NULL)
		return 0;
	c.line = data[0];
	c.match = end > data + 1 ? (const char *)data + 1 : NULL;
	body = span_of(end + 1, size - (size_t)(end + 1 - data));
	if (!pick_line.check(&c, &f)) {
		MUST(f.kind == FAULT_CONFIG && strcmp(f.at, "/match") == 0);
		return 0;
	}
	pick(&c, body);
	c.is_number = c.must_be_positive = true;
	c.decimals = 8;
	pick(&c, body);
	return 0;
}
