/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_timer.h"

#include "tests/unit/check.h"

#define N 500

static struct source_timers all;
static struct source_timer timers[N];
static uint64_t rung[N], n_rung;

static void note(void *user)
{
	struct source_timer *t = user;

	rung[n_rung++] = t->at_ns;
}

static void again(void *user)
{
	note(user);
	source_timer_set(user, 0);
}

static void open_all(size_t n, void (*ring)(void *user))
{
	struct fault f = FAULT_INIT;

	n_rung = 0;
	for (size_t i = 0; i < n; i++)
		assert_ok(
		    source_timer_open(&all, &timers[i], ring, &timers[i], &f),
		    f);
}

static void close_all(size_t n)
{
	for (size_t i = 0; i < n; i++)
		source_timer_close(&timers[i]);
	assert_int_equal(all.n, 0);
	source_timers_drop(&all);
}

/* Set, moved and cleared in an order that has nothing to do with time. */
static void timers__ring_in_the_order_of_time(void **state)
{
	uint64_t x = 1, n_set = N;

	(void)state;
	open_all(N, note);
	for (size_t i = 0; i < 3 * N; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		source_timer_set(&timers[i % N], (x >> 33) % 1000);
	}
	for (size_t i = 0; i < N; i += 7) {
		source_timer_clear(&timers[i]);
		source_timer_clear(&timers[i]);
		n_set--;
	}
	for (uint64_t now = 0; now <= 1000; now += 10) {
		source_timers_ring(&all, now);
		assert_true(source_timers_next(&all) > now);
	}
	assert_int_equal(n_rung, n_set);
	for (size_t i = 1; i < n_rung; i++)
		assert_true(rung[i - 1] <= rung[i]);
	assert_true(source_timers_next(&all) == UINT64_MAX);
	close_all(N);
}

static void timers__that_set_themselves_again_let_others_go_on(void **state)
{
	(void)state;
	open_all(2, again);
	source_timer_set(&timers[0], 1);
	source_timer_set(&timers[1], 1);
	source_timers_ring(&all, 5);
	assert_int_equal(n_rung, 2);
	close_all(2);
}

static void timers__that_are_closed_do_not_ring(void **state)
{
	struct source_timer none = { 0 };

	(void)state;
	open_all(2, note);
	source_timer_set(&timers[0], 1);
	source_timer_set(&timers[1], 2);
	source_timer_close(&timers[0]);
	source_timer_close(&timers[0]);
	source_timer_close(&none);
	source_timers_ring(&all, 5);
	assert_int_equal(n_rung, 1);
	assert_int_equal(rung[0], 2);
	close_all(2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers__ring_in_the_order_of_time),
		cmocka_unit_test(
		    timers__that_set_themselves_again_let_others_go_on),
		cmocka_unit_test(timers__that_are_closed_do_not_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
