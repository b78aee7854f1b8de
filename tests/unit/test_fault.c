/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/fault.h"

#include "tests/unit/check.h"

static void fault_raise__records_and_returns_false(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_false(fault_raise(&f, FAULT_CRYPTO, "a.b", "got %d", 7));
	assert_int_equal(f.kind, FAULT_CRYPTO);
	assert_string_equal(f.at, "a.b");
	assert_string_equal(f.text, "got 7");
	assert_true(f.offset == FAULT_NO_OFFSET);
}

static void fault_raise_at__records_the_offset(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_false(fault_raise_at(&f, FAULT_FORMAT, "x", 41, "bad"));
	assert_int_equal(f.offset, 41);
}

static void fault_raise__keeps_the_first(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	fault_raise_at(&f, FAULT_LIMIT, "first", 1, "one");
	assert_false(fault_raise(&f, FAULT_FORMAT, "second", "two"));
	assert_int_equal(f.kind, FAULT_LIMIT);
	assert_string_equal(f.at, "first");
	assert_string_equal(f.text, "one");
	assert_int_equal(f.offset, 1);
}

static void fault_raise__accepts_no_fault_struct(void **state)
{
	(void)state;
	assert_false(fault_raise(NULL, FAULT_FORMAT, "x", "y"));
	assert_false(fault_raise_at(NULL, FAULT_FORMAT, "x", 1, "y"));
	assert_false(fault_within(NULL, "z"));
	fault_clear(NULL);
}

static void fault_raise__never_leaves_the_kind_at_none(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	fault_raise(&f, FAULT_NONE, "x", "y");
	assert_int_equal(f.kind, FAULT_INTERNAL);
}

static void fault_raise__replaces_what_is_not_printable(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	fault_raise(&f, FAULT_FORMAT, "x", "a%sb~", "\x1b[2J\n\x7f\xc3\xa9");
	assert_string_equal(f.text, "a?[2J????b~");
}

static void fault_raise__cuts_long_text(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	fault_raise(&f, FAULT_FORMAT, "x", "%0400d", 5);
	assert_int_equal(strlen(f.text), FAULT_TEXT_MAX - 1);
}

static void fault_within__puts_the_context_in_front(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	fault_raise_at(&f, FAULT_FORMAT, "json", 3, "bad number");
	assert_false(fault_within(&f, "reading %s", "policy\n.json"));
	assert_string_equal(f.text, "reading policy?.json: bad number");
	assert_string_equal(f.at, "json");
	assert_int_equal(f.offset, 3);
}

static void fault_within__leaves_a_clean_fault_alone(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_false(fault_within(&f, "reading"));
	assert_int_equal(f.kind, FAULT_NONE);
	assert_string_equal(f.text, "");
}

static void fault_within__cuts_and_stays_terminated(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	fault_raise(&f, FAULT_FORMAT, "x", "%0250d", 1);
	fault_within(&f, "%0250d", 2);
	assert_int_equal(strlen(f.text), FAULT_TEXT_MAX - 1);
	fault_within(&f, "%0400d", 3);
	assert_int_equal(strlen(f.text), FAULT_TEXT_MAX - 1);
}

static void fault_clear__forgets(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	fault_raise_at(&f, FAULT_FORMAT, "x", 1, "y");
	fault_clear(&f);
	assert_int_equal(f.kind, FAULT_NONE);
	assert_true(f.offset == FAULT_NO_OFFSET);
	fault_raise(&f, FAULT_LIMIT, "z", "new");
	assert_string_equal(f.at, "z");
}

static void fault_kinds__have_stable_names_and_sides(void **state)
{
	static const struct {
		enum fault_kind kind;
		const char *name;
		bool rejects;
	} rows[] = {
		{ FAULT_NONE, "none", false },
		{ FAULT_FORMAT, "format", true },
		{ FAULT_LIMIT, "limit", true },
		{ FAULT_UNSUPPORTED, "unsupported", false },
		{ FAULT_CRYPTO, "crypto", true },
		{ FAULT_POLICY, "policy", true },
		{ FAULT_CONFIG, "config", false },
		{ FAULT_REMOTE, "remote", false },
		{ FAULT_SYSTEM, "system", false },
		{ FAULT_USAGE, "usage", false },
		{ FAULT_INTERNAL, "internal", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_string_equal(
		    fault_kind_name(rows[i].kind), rows[i].name);
		assert_int_equal(fault_rejects(rows[i].kind), rows[i].rejects);
	}
}

static bool try_it(bool first, int *reached)
{
	TRY(first);
	*reached = 1;
	return true;
}

static void try__returns_false_at_once(void **state)
{
	int reached = 0;

	(void)state;
	assert_false(try_it(false, &reached));
	assert_int_equal(reached, 0);
	assert_true(try_it(true, &reached));
	assert_int_equal(reached, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fault_raise__records_and_returns_false),
		cmocka_unit_test(fault_raise_at__records_the_offset),
		cmocka_unit_test(fault_raise__keeps_the_first),
		cmocka_unit_test(fault_raise__accepts_no_fault_struct),
		cmocka_unit_test(fault_raise__never_leaves_the_kind_at_none),
		cmocka_unit_test(fault_raise__replaces_what_is_not_printable),
		cmocka_unit_test(fault_raise__cuts_long_text),
		cmocka_unit_test(fault_within__puts_the_context_in_front),
		cmocka_unit_test(fault_within__leaves_a_clean_fault_alone),
		cmocka_unit_test(fault_within__cuts_and_stays_terminated),
		cmocka_unit_test(fault_clear__forgets),
		cmocka_unit_test(fault_kinds__have_stable_names_and_sides),
		cmocka_unit_test(try__returns_false_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
