/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/request_gate.h"
#include "tests/unit/check.h"

#include <string.h>

#define S UINT64_C(1000000000)

static struct request_gate *make(uint64_t per_minute, uint64_t at_once)
{
	struct fault f = FAULT_INIT;
	struct request_gate *g = NULL;

	assert_ok(request_gate_new(per_minute, at_once, &g, &f), f);
	return g;
}

static void enter__takes_a_minutes_worth_and_then_one_by_one(void **state)
{
	(void)state;
	struct request_gate *g = make(6, 100);
	struct fault f = FAULT_INIT;

	for (int i = 0; i < 6; i++)
		assert_ok(request_gate_enter(g, 100 * S, &f), f);
	assert_refused(
	    request_gate_enter(g, 100 * S, &f), f, FAULT_LIMIT, "request.rate");
	f = FAULT_INIT;
	assert_refused(
	    request_gate_enter(g, 109 * S, &f), f, FAULT_LIMIT, "request.rate");
	f = FAULT_INIT;
	assert_ok(request_gate_enter(g, 110 * S, &f), f);
	assert_refused(
	    request_gate_enter(g, 110 * S, &f), f, FAULT_LIMIT, "request.rate");
	request_gate_free(g);
}

static void enter__counts_those_under_way(void **state)
{
	(void)state;
	struct request_gate *g = make(60, 2);
	struct fault f = FAULT_INIT;

	assert_ok(request_gate_enter(g, S, &f), f);
	assert_ok(request_gate_enter(g, S, &f), f);
	assert_refused(
	    request_gate_enter(g, S, &f), f, FAULT_LIMIT, "request.busy");
	request_gate_leave(g);
	f = FAULT_INIT;
	assert_ok(request_gate_enter(g, S, &f), f);
	request_gate_free(g);
}

static void take__knows_a_nonce_again(void **state)
{
	(void)state;
	struct request_gate *g = make(REQUEST_RATE_MAX, 1);
	const struct utc now = { 1800000000000 };
	struct fault f = FAULT_INIT;

	/* As many as can come while the first could come again. */
	for (uint32_t i = 0; i < REQUEST_MEMORY; i++)
		assert_ok(
		    request_gate_take(g, span_of(&i, sizeof(i)), now, now, &f),
		    f);
	for (uint32_t i = 0; i < REQUEST_MEMORY; i++) {
		f = FAULT_INIT;
		assert_refused(
		    request_gate_take(g, span_of(&i, sizeof(i)), now, now, &f),
		    f, FAULT_POLICY, "request.replay");
	}
	request_gate_free(g);
}

static void take__wants_a_time_within_the_window(void **state)
{
	(void)state;
	struct request_gate *g = make(1, 1);
	const int64_t at = 1800000000000;
	static const int64_t off[] = { -REQUEST_WINDOW_MS - 1,
		REQUEST_WINDOW_MS + 1 };
	struct fault f = FAULT_INIT;

	for (size_t i = 0; i < COUNT(off); i++) {
		f = FAULT_INIT;
		assert_refused(
		    request_gate_take(g, span_text("n"),
			(struct utc){ at + off[i] }, (struct utc){ at }, &f),
		    f, FAULT_POLICY, "request.time");
	}
	f = FAULT_INIT;
	assert_ok(
	    request_gate_take(g, span_text("n"),
		(struct utc){ at - REQUEST_WINDOW_MS }, (struct utc){ at }, &f),
	    f);
	request_gate_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    enter__takes_a_minutes_worth_and_then_one_by_one),
		cmocka_unit_test(enter__counts_those_under_way),
		cmocka_unit_test(take__knows_a_nonce_again),
		cmocka_unit_test(take__wants_a_time_within_the_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
