/* SPDX-License-Identifier: Apache-2.0 */
/* Collateral that is kept: obtained, handed out, replaced, and refused. */
#include "oracle/collateral_keeper.h"

#include "oracle/log.h"
#include "tests/unit/check.h"
#include "tests/unit/oracle_double.h"
#include "verify/base/clock.h"

#include <time.h>

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)

static const struct utc noon = { 1768478400000 };
static struct collateral_keeper *keeper;

/* What the next attempts bring. */
static struct script {
	const char *bundle; /* NULL: a failure */
	int64_t from, to;   /* relative to noon */
	uint64_t evaluation;
	bool hangs; /* until told to stop */
	unsigned asked;
} script;

static bool obtain(void *user, const volatile bool *stop, struct blob *bundle,
    struct collateral_facts *facts, struct fault *f)
{
	struct script *s = user;
	const struct timespec tick = { .tv_nsec = 1000000 };

	__atomic_add_fetch(&s->asked, 1, __ATOMIC_SEQ_CST);
	while (s->hangs && !__atomic_load_n(stop, __ATOMIC_ACQUIRE))
		nanosleep(&tick, NULL);
	if (s->hangs)
		return fault_raise(f, FAULT_REMOTE, "source.stopped", "ended");
	if (s->bundle == NULL)
		return fault_raise(
		    f, FAULT_REMOTE, "source.http", "TCB info: status 500");
	*facts = (struct collateral_facts){
		.from = { noon.ms + s->from },
		.to = { noon.ms + s->to },
		.evaluation = s->evaluation,
		.ends = "pckCrl",
	};
	return blob_copy(span_text(s->bundle), bundle, f);
}

static int set_up(void **state)
{
	const struct collateral_keeper_config config = {
		.obtain = obtain,
		.user = &script,
		.refresh_s = 86400,
	};
	struct fault f = FAULT_INIT;

	(void)state;
	script = (struct script){ .bundle = "{\"n\":1}",
		.from = -DAY,
		.to = 30 * DAY,
		.evaluation = 18 };
	clock_set_for_test(&noon);
	return collateral_keeper_new(&config, &keeper, &f) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	collateral_keeper_free(keeper);
	clock_set_for_test(NULL);
	return 0;
}

static struct utc after(int64_t ms)
{
	return (struct utc){ noon.ms + ms };
}

static void set_clock(int64_t ms)
{
	const struct utc t = after(ms);

	clock_set_for_test(&t);
}

static void assert_kept(int64_t at, const char *bundle)
{
	AUTO(blob_drop) struct blob got = { 0 };
	struct fault f = FAULT_INIT;
	struct utc until;

	assert_ok(
	    collateral_keeper_get(keeper, after(at), &got, &until, &f), f);
	assert_span_text(blob_span(&got), bundle);
	assert_true(until.ms >= after(at).ms);
}

static void assert_not_kept(int64_t at, const char *where, const char *text)
{
	AUTO(blob_drop) struct blob got = { 0 };
	struct fault f = FAULT_INIT;
	struct utc until;

	assert_false(
	    collateral_keeper_get(keeper, after(at), &got, &until, &f));
	assert_null(got.p);
	assert_non_null(strstr(f.text, text));
	assert_true(collateral_keeper_raised(&f));
	assert_fault(f, FAULT_REMOTE, where);
}

static struct collateral_state state_at(int64_t at)
{
	struct collateral_state s;

	collateral_keeper_state(keeper, after(at), &s);
	return s;
}

/* ---- handing out -------------------------------------------------------- */

static void get__says_that_nothing_came_yet_and_why(void **state)
{
	(void)state;
	assert_not_kept(0, "collateral.none", "no collateral");
	script.bundle = NULL;
	collateral_keeper_refresh(keeper);
	assert_not_kept(0, "collateral.none", "status 500");
	assert_int_equal(state_at(0).n_failed, 1);
	assert_false(state_at(0).has_bundle);
}

static void get__hands_out_what_came_until_its_end(void **state)
{
	(void)state;
	collateral_keeper_refresh(keeper);
	assert_kept(0, "{\"n\":1}");
	assert_kept(30 * DAY, "{\"n\":1}");
	assert_not_kept(30 * DAY + 1, "collateral.expired", "(pckCrl)");
	assert_true(state_at(30 * DAY).fresh);
	assert_false(state_at(30 * DAY + 1).fresh);
	assert_int_equal(state_at(0).until.ms, after(30 * DAY).ms);
	assert_int_equal(state_at(0).evaluation, 18);
	assert_int_equal(state_at(0).obtained.ms, noon.ms);
}

static void refresh__keeps_the_old_one_when_nothing_new_comes(void **state)
{
	(void)state;
	collateral_keeper_refresh(keeper);
	script.bundle = NULL;
	collateral_keeper_refresh(keeper);
	assert_kept(0, "{\"n\":1}");
	assert_string_equal(state_at(0).last_fault, "TCB info: status 500");
	assert_not_kept(31 * DAY, "collateral.expired", "status 500");

	script.bundle = "{\"n\":2}";
	collateral_keeper_refresh(keeper);
	assert_kept(0, "{\"n\":2}");
	assert_string_equal(state_at(0).last_fault, "");
	assert_int_equal(state_at(0).n_obtained, 2);
	assert_int_equal(state_at(0).n_failed, 1);
}

static void refresh__refuses_what_is_not_good_now(void **state)
{
	(void)state;
	script.to = -1;
	collateral_keeper_refresh(keeper);
	assert_not_kept(0, "collateral.none", "ended at 2026-01-15T11:59:59Z");
	script.to = 30 * DAY;
	script.from = 1;
	collateral_keeper_refresh(keeper);
	assert_not_kept(0, "collateral.none", "begins at");
}

static void refresh__refuses_what_is_older_while_the_old_is_good(void **state)
{
	(void)state;
	collateral_keeper_refresh(keeper);
	script.bundle = "{\"n\":2}";
	script.evaluation = 17;
	collateral_keeper_refresh(keeper);
	assert_kept(0, "{\"n\":1}");
	assert_non_null(strstr(state_at(0).last_fault, "below 18"));

	/* Better than nothing that is good. */
	set_clock(31 * DAY);
	script.to = 60 * DAY;
	collateral_keeper_refresh(keeper);
	assert_kept(31 * DAY, "{\"n\":2}");
}

/* ---- when --------------------------------------------------------------- */

static void refresh__comes_daily_and_before_the_end(void **state)
{
	(void)state;
	assert_int_equal(collateral_keeper_refresh(keeper), DAY);
	script.to = DAY + 5 * HOUR;
	assert_int_equal(collateral_keeper_refresh(keeper), 5 * HOUR);
	/* A cache that has nothing newer yet is not asked all the time. */
	script.to = HOUR;
	assert_int_equal(collateral_keeper_refresh(keeper), HOUR / 4);
}

static void refresh__tries_again_soon_and_then_less_often(void **state)
{
	(void)state;
	static const uint64_t waits_s[] = { 10, 20, 40, 80, 160, 320, 640, 900,
		900 };

	script.bundle = NULL;
	for (size_t i = 0; i < COUNT(waits_s); i++)
		assert_int_equal(
		    collateral_keeper_refresh(keeper), waits_s[i] * 1000);
	script.bundle = "{}";
	collateral_keeper_refresh(keeper);
	script.bundle = NULL;
	assert_int_equal(collateral_keeper_refresh(keeper), 10000);
}

/* ---- the provider comes first -------------------------------------------- */

static void choose__takes_the_providers_own_first(void **state)
{
	(void)state;
	AUTO(blob_drop) struct blob got = { 0 };
	struct fault f = FAULT_INIT;
	struct attest attest;
	struct utc until = { 1 };

	attest_double_init(&attest);
	collateral_keeper_refresh(keeper);
	assert_ok(
	    collateral_keeper_choose(&attest, keeper, noon, &got, &until, &f),
	    f);
	assert_span_text(blob_span(&got), "{\"made\":\"up\"}");
	assert_int_equal(until.ms, 0);
	blob_drop(&got);

	attest.has_collateral = false;
	assert_ok(
	    collateral_keeper_choose(&attest, keeper, noon, &got, &until, &f),
	    f);
	assert_span_text(blob_span(&got), "{\"n\":1}");
	assert_int_equal(until.ms, after(30 * DAY).ms);
	blob_drop(&got);

	assert_refused(
	    collateral_keeper_choose(&attest, NULL, noon, &got, &until, &f), f,
	    FAULT_UNSUPPORTED, "double.collateral");
	attest_double_drop(&attest);
}

/* ---- the thread --------------------------------------------------------- */

static void wait_for(unsigned asked)
{
	const struct timespec tick = { .tv_nsec = 1000000 };

	for (int i = 0; i < 10000; i++) {
		if (__atomic_load_n(&script.asked, __ATOMIC_SEQ_CST) >= asked)
			return;
		nanosleep(&tick, NULL);
	}
	fail_msg("was not asked %u times", asked);
}

static void start__obtains_without_being_asked(void **state)
{
	(void)state;
	struct fault f = FAULT_INIT;

	assert_ok(collateral_keeper_start(keeper, &f), f);
	wait_for(1);
	collateral_keeper_stop(keeper);
	/* The attempt ended before the thread did; it may have been told to
	 * stop before it was adopted. */
	assert_int_equal(script.asked, 1);
	collateral_keeper_stop(keeper);
}

static void stop__ends_an_attempt_under_way(void **state)
{
	(void)state;
	struct fault f = FAULT_INIT;

	script.hangs = true;
	assert_ok(collateral_keeper_start(keeper, &f), f);
	wait_for(1);
	collateral_keeper_stop(keeper);
	/* Nobody's failure. */
	assert_int_equal(state_at(0).n_failed, 0);
	collateral_keeper_stop(NULL);
	collateral_keeper_free(NULL);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(get__says_that_nothing_came_yet_and_why),
		CASE(get__hands_out_what_came_until_its_end),
		CASE(refresh__keeps_the_old_one_when_nothing_new_comes),
		CASE(refresh__refuses_what_is_not_good_now),
		CASE(refresh__refuses_what_is_older_while_the_old_is_good),
		CASE(refresh__comes_daily_and_before_the_end),
		CASE(refresh__tries_again_soon_and_then_less_often),
		CASE(choose__takes_the_providers_own_first),
		CASE(start__obtains_without_being_asked),
		CASE(stop__ends_an_attempt_under_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
