/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "verify/statement_members.h"

static void statement_kinds__are_found_by_exact_name(void **state)
{
	(void)state;
	for (size_t i = 0; statement_kinds[i] != NULL; i++)
		assert_ptr_equal(
		    statement_kind_find(span_text(statement_kinds[i]->id)),
		    statement_kinds[i]);
	assert_null(statement_kind_find(span_text("Price")));
	assert_null(statement_kind_find(span_text("pric")));
	assert_null(statement_kind_find(span_text("prices")));
	assert_null(statement_kind_find(span_of(NULL, 0)));
}

static void statement_kinds__have_rows_that_make_sense(void **state)
{
	(void)state;
	for (size_t i = 0; statement_kinds[i] != NULL; i++) {
		const struct statement_kind *k = statement_kinds[i];

		assert_non_null(k->help);
		/* A value comes from sources, and only a number has a unit. */
		assert_true((k->value_member != NULL) == k->has_sources);
		assert_true(!k->has_unit || k->is_number);
		assert_true(!k->is_number || k->has_sources);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(statement_kinds[j]->id, k->id);
	}
}

/* The order is canonical, and no value member has another member's name. */
static void check_shape(const struct member_shape *shape)
{
	for (size_t i = 0; i < shape->n_rows; i++) {
		const struct member *m = &shape->rows[i];

		if (i > 0)
			assert_true(
			    strcmp(shape->rows[i - 1].name, m->name) < 0);
		assert_int_equal(strncmp(m->at, "statement.", 10), 0);
		assert_string_equal(m->at + 10, m->name);
		if (shape->value != NULL)
			assert_string_not_equal(shape->value, m->name);
	}
}

static void statement_members__stand_in_canonical_order(void **state)
{
	struct member_shape shape = statement_members_hop(false);

	(void)state;
	check_shape(&shape);
	for (size_t i = 0; statement_kinds[i] != NULL; i++) {
		shape = statement_members_root(statement_kinds[i], true, false);
		check_shape(&shape);
		shape = statement_members_source(statement_kinds[i], false);
		check_shape(&shape);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statement_kinds__are_found_by_exact_name),
		cmocka_unit_test(statement_kinds__have_rows_that_make_sense),
		cmocka_unit_test(statement_members__stand_in_canonical_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
