/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_host.h"

#include "tests/unit/check.h"

#define SECOND UINT64_C(1000000000)
#define START (1000 * SECOND)

static const struct source_limits limits = { .per_host_connections = 3,
	.per_host_per_s = 10 };

static bool enter(struct source_host *h, uint64_t at, uint64_t *again)
{
	*again = 0;
	return source_host_enter(h, &limits, at, again);
}

static void host__has_so_many_requests_at_once(void **state)
{
	struct source_host h = { 0 };
	uint64_t again;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(enter(&h, START, &again));
	assert_false(enter(&h, START, &again));
	assert_true(again == UINT64_MAX);
	source_host_leave(&h);
	assert_true(enter(&h, START, &again));
}

/* Ten at once after a silence, then one in each tenth of a second. */
static void host__has_so_many_requests_in_a_second(void **state)
{
	struct source_host h = { 0 };
	uint64_t again, n = 0;

	(void)state;
	for (uint64_t ms = 0; ms < 5000; ms++) {
		if (!enter(&h, START + ms * 1000000, &again)) {
			assert_true(again > START + ms * 1000000);
			assert_true(
			    again <= START + ms * 1000000 + SECOND / 10);
			continue;
		}
		source_host_leave(&h);
		if (n++ < 10)
			assert_int_equal(ms, n - 1);
	}
	assert_in_range(n, 59, 60);
}

static void host__takes_its_turn_exactly_when_it_was_told(void **state)
{
	struct source_host h = { 0 };
	uint64_t again;

	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_true(enter(&h, START, &again));
		source_host_leave(&h);
	}
	assert_false(enter(&h, START, &again));
	assert_int_equal(again, START + SECOND / 10);
	assert_false(enter(&h, again - 1, &again));
	assert_true(enter(&h, START + SECOND / 10, &again));
}

static void host__without_a_rate_has_none(void **state)
{
	const struct source_limits any = { .per_host_connections = 1 };
	struct source_host h = { 0 };
	uint64_t again;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_true(source_host_enter(&h, &any, START, &again));
		source_host_leave(&h);
	}
}

static void hold__lasts_as_long_as_the_longest(void **state)
{
	struct source_host h = { 0 };
	uint64_t again;

	(void)state;
	source_host_hold(&h, START + 5 * SECOND);
	source_host_hold(&h, START + 2 * SECOND);
	assert_false(enter(&h, START + 4 * SECOND, &again));
	assert_int_equal(again, START + 5 * SECOND);
	assert_int_equal(h.n_busy, 0);
	assert_true(enter(&h, START + 5 * SECOND, &again));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(host__has_so_many_requests_at_once),
		cmocka_unit_test(host__has_so_many_requests_in_a_second),
		cmocka_unit_test(host__takes_its_turn_exactly_when_it_was_told),
		cmocka_unit_test(host__without_a_rate_has_none),
		cmocka_unit_test(hold__lasts_as_long_as_the_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
