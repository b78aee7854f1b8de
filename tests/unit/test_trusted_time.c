/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/trusted_time.h"

#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)

/* By both clocks when the answers came; `now` is moved by the tests. */
static const struct trusted_moment heard = { { 1768435200000 },
	5000 * NS_PER_S };

static const struct time_config defaults = { .min_sources = 3,
	.tolerance_ms = 60000 };

/* ---- what is heard ------------------------------------------------------- */

static struct source_result answer(const char *host, int64_t ahead_s)
{
	return (struct source_result){
		.ok = true,
		.source = { .host = span_text(host) },
		.received_ns = heard.ns,
		.has_server_date = true,
		.server_date = { heard.now.ms + ahead_s * 1000 },
	};
}

static struct trusted_time *opened(const struct time_config *config)
{
	struct trusted_time *t = NULL;
	struct fault f = FAULT_INIT;

	assert_ok(trusted_time_new(config, &t, &f), f);
	return t;
}

/* One answer each of as many hosts. */
static void hear(struct trusted_time *t, const int64_t *ahead_s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char host[32];

		snprintf(host, sizeof(host), "h%zu.test", i);
		const struct source_result r = answer(host, ahead_s[i]);
		trusted_time_hear(t, &r, 1);
	}
}

static void hear_one(struct trusted_time *t, struct source_result r)
{
	trusted_time_hear(t, &r, 1);
}

/* ---- what is judged ------------------------------------------------------ */

static bool holds_at(struct trusted_time *t, struct trusted_moment at,
    const char *otherwise, struct fault *f)
{
	struct trusted_time_state state;

	*f = FAULT_INIT;
	bool ok = trusted_time_check(t, at, f);
	trusted_time_state_of(t, at, &state);
	assert_int_equal(state.ok, ok);
	if (!ok) {
		assert_true(trusted_time_raised(f));
		assert_string_equal(state.why, f->text);
		/* (f stays as it is, for its sentence) */
		struct fault seen = *f;
		assert_fault(seen, FAULT_REMOTE, otherwise);
	}
	return ok;
}

static bool holds(struct trusted_time *t)
{
	struct fault f;

	return holds_at(t, heard, "time.clock", &f);
}

#define TIME AUTO(trusted_time_drop) struct trusted_time

/* ---- the median ---------------------------------------------------------- */

static void clock__is_held_against_three_hosts_or_more(void **state)
{
	static const struct {
		int64_t ahead_s[5];
		size_t n;
		bool holds;
	} cases[] = {
		{ { 0 }, 0, true },
		{ { 3600 }, 1, true },
		{ { 3600, 3600 }, 2, true },
		{ { 3600, 3600, 3600 }, 3, false },
		{ { -3600, -3600, -3600 }, 3, false },
		{ { 60, 60, 60 }, 3, true },
		{ { 61, 61, 61 }, 3, false },
		/* A Date is cut to its second: up to one later. */
		{ { -60, -60, -60 }, 3, true },
		{ { -61, -61, -61 }, 3, false },
		/* One liar, or two, among three or five. */
		{ { 3600, 0, 1 }, 3, true },
		{ { 3600, 3600, 1 }, 3, false },
		{ { -3600, 0, 3600, 2, 3600 }, 5, true },
		{ { 3600, 0, 3600, 2, 3600 }, 5, false },
		/* Half against half: in our favour. */
		{ { 3600, 0, 3600, 2 }, 4, true },
		{ { -3600, 0, -3600, 2 }, 4, true },
		{ { -3600, 3600, -3600, 3600 }, 4, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		TIME *t = opened(&defaults);

		hear(t, cases[i].ahead_s, cases[i].n);
		assert_int_equal(holds(t), cases[i].holds);
	}
}

static void clock__refused_is_told_by_how_much_and_by_whom(void **state)
{
	static const int64_t ahead_s[] = { 7200, 0, 7200 };
	struct trusted_time_state is;
	struct fault f;

	(void)state;
	TIME *t = opened(&defaults);
	hear(t, ahead_s, 3);
	assert_false(holds_at(t, heard, "time.clock", &f));
	assert_string_equal(f.text,
	    "our clock is 7200 s behind by the Date of 3 hosts (h0.test, "
	    "h2.test): set it, or find out who set it");
	trusted_time_state_of(t, heard, &is);
	assert_int_equal(is.n_hosts, 3);
	assert_true(is.has_offset);
	assert_int_equal(is.offset_ms, -7200000);
}

static void hosts__of_all_feeds_count_together_and_once_each(void **state)
{
	(void)state;
	TIME *t = opened(&defaults);
	hear_one(t, answer("a.test", 3600));
	hear_one(t, answer("b.test", 3600));
	hear_one(t, answer("a.test", 3600));
	hear_one(t, answer("b.test", 3600));
	assert_true(holds(t));
	hear_one(t, answer("c.test", 3600));
	assert_false(holds(t));
	/* What each said last is what counts. */
	hear_one(t, answer("a.test", 0));
	assert_false(holds(t));
	hear_one(t, answer("b.test", 0));
	assert_true(holds(t));
}

static void date__is_carried_on_by_the_clock_that_nobody_sets(void **state)
{
	static const int64_t right[] = { 0, 0, 0 };
	struct trusted_moment at = heard;
	struct fault f;

	(void)state;
	TIME *t = opened(&defaults);
	hear(t, right, 3);
	at.ns += 600 * NS_PER_S;
	at.now.ms += 600 * 1000;
	assert_true(holds_at(t, at, "time.clock", &f));
	/* Set after they were heard. */
	at.now.ms += 70 * 1000;
	assert_false(holds_at(t, at, "time.clock", &f));
	at.now.ms -= 140 * 1000;
	assert_false(holds_at(t, at, "time.clock", &f));
	/* After an hour nobody knows. */
	at.ns = heard.ns + TRUSTED_TIME_KEEP_NS;
	assert_false(holds_at(t, at, "time.clock", &f));
	at.ns++;
	assert_true(holds_at(t, at, "time.clock", &f));
}

/* ---- doubt --------------------------------------------------------------- */

static bool holds_with(struct source_result r)
{
	TIME *t = opened(&defaults);

	for (size_t i = 0; i < 3; i++) {
		char host[32];

		snprintf(host, sizeof(host), "h%zu.test", i);
		r.source.host = span_text(host);
		hear_one(t, r);
	}
	return holds(t);
}

static void date__of_a_cache_is_old_by_up_to_its_age(void **state)
{
	struct source_result r = answer("", -90);

	(void)state;
	assert_false(holds_with(r));
	r.server_age_s = 28;
	assert_false(holds_with(r));
	r.server_age_s = 30;
	assert_true(holds_with(r));
	/* A cache that dates anew is right at once. */
	r.server_date = heard.now;
	assert_true(holds_with(r));
	/* It excuses nothing in the other direction. */
	r.server_date.ms += 61000;
	assert_false(holds_with(r));
}

static void date__may_be_of_the_moment_the_answer_was_asked_for(void **state)
{
	struct source_result r = answer("", -70);

	(void)state;
	assert_false(holds_with(r));
	r.took_ms = 9001;
	assert_true(holds_with(r));
}

static void answer__with_more_doubt_than_the_tolerance_has_no_say(void **state)
{
	struct source_result r = answer("", 3600);

	(void)state;
	r.server_age_s = 60;
	assert_false(holds_with(r));
	r.took_ms = 1;
	assert_true(holds_with(r));
	r.took_ms = 0;
	r.server_age_s = UINT64_MAX;
	assert_true(holds_with(r));
	r.server_age_s = 0;
	r.took_ms = 60001;
	assert_true(holds_with(r));
}

static void answer__has_a_say_only_when_its_host_is_proved(void **state)
{
	const struct source_result lie = answer("", 3600);
	struct source_result r = lie;

	(void)state;
	assert_false(holds_with(r));
	r.ok = false;
	assert_true(holds_with(r));
	r = lie;
	r.source.tls.plain_http = true;
	assert_true(holds_with(r));
	r = lie;
	r.source.n_hops = 1;
	assert_true(holds_with(r));
	r = lie;
	r.has_server_date = false;
	assert_true(holds_with(r));
}

static void hosts__beyond_the_table_replace_the_one_heard_longest_ago(
    void **state)
{
	struct trusted_time_state is;

	(void)state;
	TIME *t = opened(&defaults);
	for (unsigned i = 0; i < TRUSTED_TIME_HOSTS + 2; i++) {
		char host[32];

		snprintf(host, sizeof(host), "h%u.test", i);
		struct source_result r = answer(host, i < 2 ? 3600 : 0);
		r.received_ns += i;
		hear_one(t, r);
	}
	trusted_time_state_of(t, heard, &is);
	assert_int_equal(is.n_hosts, TRUSTED_TIME_HOSTS);
	assert_true(holds(t));
}

/* ---- what was signed ----------------------------------------------------- */

static void clock__is_not_before_what_was_signed(void **state)
{
	struct source_result r = answer("ocsp.test", 0);
	struct trusted_moment at = heard;
	struct fault f;

	(void)state;
	TIME *t = opened(&defaults);
	r.vouched_at.ms = heard.now.ms - 1000;
	hear_one(t, r);
	assert_true(holds(t));
	at.now.ms = r.vouched_at.ms - 60000;
	assert_true(holds_at(t, at, "time.floor", &f));
	at.now.ms--;
	assert_false(holds_at(t, at, "time.floor", &f));
	assert_non_null(strstr(f.text, "60 s before"));
	assert_non_null(strstr(f.text, "ocsp.test"));
	/* An older one does not lower it, and an hour does not either. */
	r.vouched_at.ms -= 3600000;
	hear_one(t, r);
	at.ns += 2 * TRUSTED_TIME_KEEP_NS;
	assert_false(holds_at(t, at, "time.floor", &f));
}

/* ---- require ------------------------------------------------------------- */

static void require__refuses_until_enough_were_heard(void **state)
{
	struct time_config config = defaults;
	struct trusted_time_state is;
	struct trusted_moment at = heard;
	struct fault f;

	(void)state;
	config.require = true;
	TIME *t = opened(&config);
	assert_false(holds_at(t, heard, "time.sources", &f));
	hear_one(t, answer("a.test", 0));
	hear_one(t, answer("b.test", 0));
	assert_false(holds_at(t, heard, "time.sources", &f));
	assert_non_null(strstr(f.text, "2 hosts of 3"));
	trusted_time_state_of(t, heard, &is);
	assert_false(is.has_offset);
	hear_one(t, answer("c.test", 0));
	assert_true(holds(t));
	at.ns += TRUSTED_TIME_KEEP_NS + 1;
	assert_false(holds_at(t, at, "time.sources", &f));
}

static void nobody__asked_is_a_clock_that_is_believed(void **state)
{
	struct trusted_time_state is;
	struct fault f = FAULT_INIT;

	(void)state;
	trusted_time_hear(NULL, NULL, 0);
	assert_ok(trusted_time_check(NULL, heard, &f), f);
	trusted_time_state_of(NULL, heard, &is);
	assert_true(is.ok);
	assert_int_equal(is.n_hosts, 0);
	trusted_time_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock__is_held_against_three_hosts_or_more),
		cmocka_unit_test(
		    clock__refused_is_told_by_how_much_and_by_whom),
		cmocka_unit_test(
		    hosts__of_all_feeds_count_together_and_once_each),
		cmocka_unit_test(
		    date__is_carried_on_by_the_clock_that_nobody_sets),
		cmocka_unit_test(date__of_a_cache_is_old_by_up_to_its_age),
		cmocka_unit_test(
		    date__may_be_of_the_moment_the_answer_was_asked_for),
		cmocka_unit_test(
		    answer__with_more_doubt_than_the_tolerance_has_no_say),
		cmocka_unit_test(
		    answer__has_a_say_only_when_its_host_is_proved),
		cmocka_unit_test(
		    hosts__beyond_the_table_replace_the_one_heard_longest_ago),
		cmocka_unit_test(clock__is_not_before_what_was_signed),
		cmocka_unit_test(require__refuses_until_enough_were_heard),
		cmocka_unit_test(nobody__asked_is_a_clock_that_is_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
