/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/bodies.h"

#include "tests/unit/check.h"

static void bodies__go_there_and_back_in_one_order(void **state)
{
	static const char *const texts[] = { "a", "", "b", "{}", "a" };
	AUTO(bodies_drop) struct bodies b = { 0 };
	AUTO(bodies_drop) struct bodies again = { 0 };
	AUTO(blob_drop) struct blob json = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_ok(bodies_add(&b, span_text(texts[i]), &f), f);
	assert_int_equal(b.n, 4);
	assert_ok(bodies_encode(&b, &json, &f), f);
	assert_ok(bodies_decode(blob_span(&json), &again, &f), f);
	assert_int_equal(again.n, 4);
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct sha256 hash = sha256_of(span_text(texts[i]));
		const struct blob *found = bodies_find(&again, &hash);

		assert_non_null(found);
		assert_int_equal(found->n, strlen(texts[i]));
	}
}

static void bodies__are_refused_in_another_form(void **state)
{
	/* SHA-256: "b" 3e23..., "a" ca97... */
	static const char *const bad[] = { "{}", "", "[1]", "[\"YQ\"]",
		"[\"YQ==\",\"YQ==\"]", "[\"YQ==\",\"Yg==\"]", "[[\"YQ==\"]]",
		"[\"YQ==\"] x" };
	AUTO(bodies_drop) struct bodies b = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_refused(bodies_decode(span_text(bad[i]), &b, &f), f,
		    FAULT_FORMAT, "bodies");
		assert_int_equal(b.n, 0);
	}
}

static void bodies__have_room_for_so_much(void **state)
{
	static uint8_t big[LIMIT_BODIES_BYTES];
	AUTO(bodies_drop) struct bodies b = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(bodies_add(&b, span_of(big, sizeof(big) - 1), &f), f);
	assert_ok(bodies_add(&b, span_text("x"), &f), f);
	assert_refused(
	    bodies_add(&b, span_text("y"), &f), f, FAULT_LIMIT, "bodies");
}

static void bodies__are_as_many_as_sources(void **state)
{
	AUTO(bodies_drop) struct bodies b = { 0 };
	struct fault f = FAULT_INIT;
	uint8_t i;

	(void)state;
	for (i = 0; i < LIMIT_SOURCES; i++)
		assert_ok(bodies_add(&b, span_of(&i, 1), &f), f);
	assert_refused(
	    bodies_add(&b, span_of(&i, 1), &f), f, FAULT_LIMIT, "bodies");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies__go_there_and_back_in_one_order),
		cmocka_unit_test(bodies__are_refused_in_another_form),
		cmocka_unit_test(bodies__have_room_for_so_much),
		cmocka_unit_test(bodies__are_as_many_as_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
