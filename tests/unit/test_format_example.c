/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The example at the end of FORMAT.statement.md is read as a newcomer would
 * copy it: its lines joined at the marks, hashed, decoded, its digest rebuilt.
 */
#include "tests/unit/check.h"
#include "verify/base/file.h"
#include "verify/base/text.h"
#include "verify/statement.h"

#include <stdlib.h>

#define MARK "\xe2\x8f\x8e" /* U+23CE, the end of a broken line */

/* The line behind `heading`, without indentation, up to its end. */
static struct span line_behind(const char *document, const char *heading)
{
	const char *p = strstr(document, heading);

	if (p == NULL)
		fail_msg("no '%s' in the example", heading);
	p += strlen(heading);
	p += strspn(p, " \n");
	return span_of(p, strcspn(p, "\n"));
}

/* Lines from `p` on, joined where they end in the mark. */
static void join(const char *p, struct wr *w)
{
	for (;;) {
		size_t n;
		bool broken;

		p += strspn(p, " ");
		n = strcspn(p, "\n");
		broken = n > strlen(MARK) &&
		    memcmp(p + n - strlen(MARK), MARK, strlen(MARK)) == 0;
		wr_bytes(w, p, broken ? n - strlen(MARK) : n);
		if (!broken)
			return;
		p += n + 1;
	}
}

static void format_example__is_what_it_says(void **state)
{
	AUTO(blob_drop) struct blob document = { 0 };
	AUTO(statement_doc_drop) struct statement_doc doc = { 0 };
	struct statement *s = calloc(1, sizeof(*s));
	struct fault f = FAULT_INIT;
	struct sha256 hash, want_hash;
	struct keccak256 digest, want_digest;
	char room[4096], path[1024];
	struct wr w = wr_into(room, sizeof(room), "example", &f);
	const char *text, *type;

	(void)state;
	assert_non_null(s);
	assert_non_null(getenv("AFFIANT_SOURCE"));
	snprintf(path, sizeof(path), "%s/verify/FORMAT.statement.md",
	    getenv("AFFIANT_SOURCE"));
	assert_ok(file_read(path, 1 << 20, &document, &f), f);
	text = strstr((const char *)document.p, "## 8. Example");
	assert_non_null(text);

	assert_non_null(strstr(text, "    {\""));
	join(strstr(text, "    {\""), &w);
	assert_true(wr_ok(&w));
	hash = sha256_of(wr_view(&w));
	assert_ok(hex_decode(line_behind(text, "statement hash"), want_hash.b,
		      32, "hash", &f),
	    f);
	assert_true(sha256_equal(&hash, &want_hash));

	assert_ok(statement_decode(wr_view(&w), s, &doc, &f), f);
	assert_ok(statement_signing_digest(s, &hash, &digest, &type, &f), f);
	assert_string_equal(type, "Statement");
	assert_ok(hex_decode_0x(line_behind(text, "EIP-712 digest"),
		      want_digest.b, 32, "digest", &f),
	    f);
	assert_memory_equal(digest.b, want_digest.b, 32);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(format_example__is_what_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
