/* SPDX-License-Identifier: Apache-2.0 */
/* When to push: every case of evm/push_policy.json, and the edges of time. */
#include "chain/push_policy.h"

#include "tests/unit/check.h"
#include "tests/unit/evm.h"
#include "verify/base/text.h"

static uint64_t number(const struct json_node *c, const char *name)
{
	struct fault f = FAULT_INIT;
	uint64_t v = 0;

	if (!u64_parse(span_text(evm_text(c, name)), &v, "test", &f))
		fail_msg("%s: %s: %s", evm_id(c), name, f.text);
	return v;
}

static uint32_t small(const struct json_node *c, const char *name)
{
	const uint64_t v = number(c, name);

	EVM_TRUE(c, v <= UINT32_MAX);
	return (uint32_t)v;
}

/* The times of the file are seconds. */
static struct utc seconds(const struct json_node *c, const char *name)
{
	const uint64_t v = number(c, name);

	EVM_TRUE(c, v < INT64_MAX / 1000);
	return (struct utc){ (int64_t)v * 1000 };
}

static struct dec value(const struct json_node *c, const char *name)
{
	struct fault f = FAULT_INIT;
	struct dec v = { 0 };

	if (!dec_parse(span_text(evm_text(c, name)), 0, DEC_EXACT, &v, &f))
		fail_msg("%s: %s: %s", evm_id(c), name, f.text);
	return v;
}

static void push_policy_decide__matches_every_case(void **state)
{
	struct evm_file file = evm_open("push_policy");
	bool seen[PUSH_QUIET + 1] = { false };

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		const struct push_policy policy = {
			.heartbeat_s = small(c, "heartbeat"),
			.min_interval_s = small(c, "min_interval"),
			.deviation_bps = small(c, "deviation_bps"),
		};
		const bool is_first =
		    json_kind_of(evm_get(c, "last_value")) == JSON_NULL;
		const struct dec v = value(c, "value");
		struct push_stored stored = { 0 };
		enum push_reason reason;

		if (!is_first)
			stored = (struct push_stored){
				.value = value(c, "last_value"),
				.observed = seconds(c, "last_observed_at"),
				.accepted = seconds(c, "last_accepted_at"),
			};
		reason = push_policy_decide(&policy, is_first ? NULL : &stored,
		    &v, seconds(c, "observed_at"), seconds(c, "now"));
		if (strcmp(push_policy_name(reason), evm_text(c, "reason")) !=
		    0)
			fail_msg("%s: %s instead of %s", evm_id(c),
			    push_policy_name(reason), evm_text(c, "reason"));
		EVM_TRUE(c, push_policy_pushes(reason) == evm_bool(c, "push"));
		seen[reason] = true;
	}
	for (size_t i = 0; i < COUNT(seen); i++)
		assert_true(seen[i]);
	evm_close(&file);
}

static struct dec units(int n, uint8_t decimals)
{
	char text[16];
	struct fault f = FAULT_INIT;
	struct dec v = { 0 };

	snprintf(text, sizeof(text), "%d", n);
	assert_ok(dec_parse(span_text(text), decimals, DEC_EXACT, &v, &f), f);
	return v;
}

static enum push_reason decide(
    int64_t accepted_ms, int64_t now_ms, const struct push_policy *policy)
{
	const struct push_stored stored = { .value = units(100, 8),
		.observed = { 1 },
		.accepted = { accepted_ms } };
	const struct dec v = units(200, 8);

	return push_policy_decide(
	    policy, &stored, &v, (struct utc){ 2 }, (struct utc){ now_ms });
}

/* Intervals are held to the millisecond, and no pair of times overflows. */
static void push_policy_decide__holds_at_the_edges_of_time(void **state)
{
	static const struct push_policy policy = {
		.heartbeat_s = 60, .min_interval_s = 5, .deviation_bps = 50
	};
	static const struct push_policy eager = { .deviation_bps = 50 };
	static const struct push_policy lazy = { .heartbeat_s = UINT32_MAX,
		.min_interval_s = UINT32_MAX };

	(void)state;
	assert_int_equal(decide(1000, 5999, &policy), PUSH_MIN_INTERVAL);
	assert_int_equal(decide(1000, 6000, &policy), PUSH_DEVIATION);
	assert_int_equal(decide(1000, 60999, &policy), PUSH_DEVIATION);
	assert_int_equal(decide(1000, 61000, &policy), PUSH_HEARTBEAT);
	/* A block ahead of our clock is not old. */
	assert_int_equal(decide(61001, 1000, &policy), PUSH_MIN_INTERVAL);
	assert_int_equal(decide(1001, 1000, &eager), PUSH_MIN_INTERVAL);
	assert_int_equal(decide(1000, 1000, &eager), PUSH_HEARTBEAT);
	assert_int_equal(decide(INT64_MIN, INT64_MAX, &policy), PUSH_HEARTBEAT);
	assert_int_equal(
	    decide(INT64_MAX, INT64_MIN, &policy), PUSH_MIN_INTERVAL);
	assert_int_equal(
	    decide(0, INT64_C(4294967294999), &lazy), PUSH_MIN_INTERVAL);
	assert_int_equal(
	    decide(0, INT64_C(4294967295000), &lazy), PUSH_HEARTBEAT);
}

/* The contract's decimals and the feed's are two configurations. */
static void push_policy_decide__compares_across_decimals(void **state)
{
	static const struct push_policy policy = { .heartbeat_s = 60,
		.deviation_bps = 100 };
	const struct push_stored stored = { .value = units(100, 18),
		.observed = { 1 } };
	struct dec v = units(100, 8);

	(void)state;
	assert_int_equal(push_policy_decide(&policy, &stored, &v,
			     (struct utc){ 2 }, (struct utc){ 0 }),
	    PUSH_QUIET);
	v = units(101, 8);
	assert_int_equal(push_policy_decide(&policy, &stored, &v,
			     (struct utc){ 2 }, (struct utc){ 0 }),
	    PUSH_DEVIATION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(push_policy_decide__matches_every_case),
		cmocka_unit_test(
		    push_policy_decide__holds_at_the_edges_of_time),
		cmocka_unit_test(push_policy_decide__compares_across_decimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
