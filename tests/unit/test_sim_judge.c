/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the simulator's provider hands out, before the verifier: quote and
 * collateral as the daemon gets them, on the days on which it gets them. (That
 * each check refuses what is wrong is asked in test_tee_simulated.c.)
 */
#include "attest/attest.h"
#include "attest/sim.h"

#include "tests/unit/check.h"
#include "tests/unit/state_dir.h"
#include "verify/base/clock.h"
#include "verify/tee.h"
#include "verify/verify.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

static struct utc day(int64_t n)
{
	/* 2026-01-15T00:00:00Z */
	return (struct utc){ .ms = 1768435200000 + n * DAY_MS };
}

static const uint8_t report_data[REPORT_DATA_BYTES] = { 0xaa, [31] = 0xbb };

struct handed_out {
	struct blob quote, collateral;
};

static void handed_out_drop(struct handed_out *h)
{
	blob_drop(&h->quote);
	blob_drop(&h->collateral);
}

/* What an opened provider gives on that day. */
static struct handed_out ask(struct attest *a, int64_t on)
{
	struct handed_out h = { 0 };
	struct fault f = FAULT_INIT;
	struct utc t = day(on);
	clock_set_for_test(&t);
	struct attested got = { .quote = { 0 } };
	assert_ok(attest_quote(a, report_data, &got, &f), f);
	h.quote = got.quote;
	assert_ok(attest_collateral(a, &h.collateral, &f), f);
	return h;
}

static struct attest *opened(const struct state_dir *d)
{
	struct attest_config cfg = { .simulate = "tdx", .state_dir = d->path };
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	struct utc t = day(0);
	clock_set_for_test(&t);
	assert_ok(attest_open(&cfg, &a, &f), f);
	return a;
}

/* Why it was refused: the id of the first check that failed, or "". */
static const char *judge(const struct handed_out *h, int64_t on,
    bool allow_simulated, struct verdict *v)
{
	struct verify_options opt = { .at = day(on),
		.allow_simulated = allow_simulated,
		.collateral = blob_span(&h->collateral) };

	verify_quote("tdx", blob_span(&h->quote),
	    span_of(report_data, sizeof(report_data)), &opt, v);
	for (size_t i = 0; i < v->n_checks; i++)
		if (v->checks[i].result == CHECK_FAIL)
			return v->checks[i].info->id;
	return "";
}

/* ---- the provider ------------------------------------------------------- */

static void provider__hands_out_what_passes_every_check(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(handed_out_drop) struct handed_out h = ask(a, 0);
	AUTO(verdict_drop) struct verdict v = { 0 };
	assert_string_equal(judge(&h, 0, true, &v), "");
	assert_true(verdict_is_authentic(&v));
	assert_true(v.simulated);
	assert_false(v.trust_root_replaced);
	assert_string_equal(v.platform, attest_platform(a));
	/* Authentic, and nobody said whose code it should be. */
	assert_int_equal(v.kind, VERDICT_AUTHENTIC);
}

static void provider__is_refused_unless_simulation_is_allowed(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(handed_out_drop) struct handed_out h = ask(a, 0);
	AUTO(verdict_drop) struct verdict v = { 0 };
	(void)judge(&h, 0, false, &v);
	assert_true(v.simulated);
	assert_int_equal(v.kind, VERDICT_REJECTED);
}

static void provider__renews_its_collateral_before_it_expires(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	static const int64_t days[] = { 0, 1, 22, 23, 29, 45, 200, 2000 };
	for (size_t i = 0; i < COUNT(days); i++) {
		AUTO(handed_out_drop) struct handed_out h = ask(a, days[i]);
		AUTO(verdict_drop) struct verdict v = { 0 };
		AUTO(verdict_drop) struct verdict week = { 0 };
		AUTO(verdict_drop) struct verdict later = { 0 };
		assert_string_equal(judge(&h, days[i], true, &v), "");
		/* What a reader keeps is good for a week at least, ... */
		assert_string_equal(judge(&h, days[i] + 7, true, &week), "");
		/* ... and for 29 days at most. */
		assert_string_equal(
		    judge(&h, days[i] + 30, true, &later), "tdx.crl.root.time");
	}
}

static void provider__vouches_for_the_report_data_that_was_asked(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(handed_out_drop) struct handed_out h = ask(a, 0);
	AUTO(verdict_drop) struct verdict v = { 0 };
	uint8_t other[REPORT_DATA_BYTES];
	memcpy(other, report_data, sizeof(other));
	other[63] ^= 1;
	struct verify_options opt = { .at = day(0),
		.allow_simulated = true,
		.collateral = blob_span(&h.collateral) };
	verify_quote("tdx", blob_span(&h.quote), span_of(other, sizeof(other)),
	    &opt, &v);
	assert_int_equal(v.kind, VERDICT_REJECTED);
}

static void rows__have_a_judge_for_every_platform(void **state)
{
	(void)state;
	for (size_t i = 0; attest_rows[i]; i++)
		for (const char *const *p = attest_rows[i]->platforms; *p; p++)
			assert_non_null(tee_platform_find(span_text(*p)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(provider__hands_out_what_passes_every_check),
		cmocka_unit_test(
		    provider__is_refused_unless_simulation_is_allowed),
		cmocka_unit_test(
		    provider__renews_its_collateral_before_it_expires),
		cmocka_unit_test(
		    provider__vouches_for_the_report_data_that_was_asked),
		cmocka_unit_test(rows__have_a_judge_for_every_platform),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
