/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "verify/dstack_checksums.h"

#include <stdlib.h>

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HASH_X \
	"X123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct dstack_checksums list;

static void a_list_names_files_and_their_hashes(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(
	    dstack_checksums_parse(
		span_text(HASH "  bzImage\n" HASH "  a.b-c_d\n"), &list, &f),
	    f);
	assert_int_equal(list.n, 2);
	assert_int_equal(
	    dstack_checksums_find(&list, "a.b-c_d")->hash.b[31], 0xef);
	assert_null(dstack_checksums_find(&list, "a.b-c_"));
}

static void what_is_no_such_list_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		HASH "  bzImage",
		HASH " bzImage\n",
		HASH " *bzImage\n",
		HASH "  \n",
		HASH "  ../bzImage\n",
		HASH "  a/b\n",
		HASH "  .hidden\n",
		HASH "  a\tb\n",
		HASH "  a\n" HASH "  a\n",
		HASH "  a\n\n",
		"0123  bzImage\n",
		HASH_X "  a\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct fault f = FAULT_INIT;

		if (dstack_checksums_parse(span_text(texts[i]), &list, &f))
			fail_msg("taken: %s", texts[i]);
		assert_fault(f, FAULT_FORMAT, "image.checksums");
	}
}

static void a_list_without_end_is_refused(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(1 << 16, "test", &f);
	AUTO(blob_drop) struct blob text = { 0 };

	(void)state;
	for (int i = 0; i <= LIMIT_IMAGE_FILES; i++)
		wr_printf(&w, HASH "  file%d\n", i);
	assert_true(wr_done(&w, &text));
	assert_refused(dstack_checksums_parse(blob_span(&text), &list, &f), f,
	    FAULT_LIMIT, "image.checksums");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_names_files_and_their_hashes),
		cmocka_unit_test(what_is_no_such_list_is_refused),
		cmocka_unit_test(a_list_without_end_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
