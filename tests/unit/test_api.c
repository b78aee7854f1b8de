/* SPDX-License-Identifier: Apache-2.0 */
/* libaffiant-verify as another program sees it: through its header alone. */
#include "tests/unit/check.h"
#include "tests/unit/response_world.h"
#include "verify/affiant-verify.h"

#include <pthread.h>
#include <stdlib.h>

static struct response_world world;
static struct blob response;

static int open_world(void **state)
{
	static struct statement s;
	const struct response_plan plan = { 0 };

	(void)state;
	response_world_open(&world, NULL);
	statements_many(&s);
	response = response_world_make(&world, &s, &plan);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	blob_drop(&response);
	response_world_close(&world);
	return 0;
}

static struct affiant_options options(void)
{
	struct affiant_options o = AFFIANT_OPTIONS_INIT;

	o.at_ms = statements_now.ms + 2000;
	o.allow_simulated = 1;
	return o;
}

static void affiant_verify_response__tells_what_it_found(void **state)
{
	struct affiant_options o = options();
	affiant_verdict *v = NULL;

	(void)state;
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, &o, &v),
	    AFFIANT_AUTHENTIC);
	assert_non_null(v);
	assert_int_equal(affiant_verdict_result(v), AFFIANT_AUTHENTIC);
	assert_int_equal(affiant_verdict_is_simulated(v), 1);
	assert_string_equal(affiant_verdict_claim(v, "statement.value"), "102");
	assert_null(affiant_verdict_claim(v, "statement.valu"));
	assert_non_null(strstr(affiant_verdict_summary(v), "Authentic"));
	assert_non_null(
	    strstr(affiant_verdict_json(v), "\"type\":\"affiant.verdict.v1\""));
	affiant_verdict_free(v);
	affiant_verdict_free(NULL);
}

static void affiant_verify_response__applies_a_policy(void **state)
{
	static const char empty[] =
	    "{\"type\":\"affiant.policy.v1\",\"feeds\":[]}";
	static const char bad[] =
	    "{\"type\":\"affiant.policy.v1\",\"feed\":[]}";
	struct affiant_options o = options();
	affiant_verdict *v = NULL;

	(void)state;
	o.policy = empty;
	o.policy_n = sizeof(empty) - 1;
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, &o, &v),
	    AFFIANT_REJECTED);
	affiant_verdict_free(v);
	/* A policy that cannot be read is no policy that says nothing. */
	o.policy = bad;
	o.policy_n = sizeof(bad) - 1;
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, &o, &v),
	    AFFIANT_NOT_JUDGED);
	assert_non_null(strstr(affiant_verdict_summary(v), "feed"));
	assert_non_null(
	    strstr(affiant_verdict_json(v), "\"verdict\":\"not-judged\""));
	affiant_verdict_free(v);
}

static void affiant_verify_response__wants_options_that_were_begun(void **state)
{
	struct affiant_options o = options();
	affiant_verdict *v = NULL;

	(void)state;
	o.size = 0;
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, &o, &v),
	    AFFIANT_NOT_JUDGED);
	affiant_verdict_free(v);
	o = options();
	o.at_ms = -1;
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, &o, &v),
	    AFFIANT_NOT_JUDGED);
	affiant_verdict_free(v);
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, NULL, &v),
	    AFFIANT_NOT_JUDGED);
	affiant_verdict_free(v);
	o = options();
	assert_int_equal(
	    affiant_verify_response(NULL, 7, &o, &v), AFFIANT_NOT_JUDGED);
	affiant_verdict_free(v);
}

static void affiant_verify_response__passes_every_option_on(void **state)
{
	static const uint8_t nonce[] = { 0xc0, 0xff, 0xee };
	struct affiant_options o = options();
	affiant_verdict *v = NULL;

	(void)state;
	o.nonce = nonce;
	o.nonce_n = 3;
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, &o, &v),
	    AFFIANT_AUTHENTIC);
	affiant_verdict_free(v);
	o.nonce_n = 2;
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, &o, &v),
	    AFFIANT_REJECTED);
	affiant_verdict_free(v);
	o = options();
	o.allow_simulated = 0;
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, &o, &v),
	    AFFIANT_REJECTED);
	affiant_verdict_free(v);
	o = options();
	o.collateral = "{}";
	o.collateral_n = 2;
	assert_int_not_equal(
	    affiant_verify_response(response.p, response.n, &o, &v),
	    AFFIANT_AUTHENTIC);
	affiant_verdict_free(v);
	o = options();
	o.trust_root = "x";
	o.trust_root_n = 1;
	assert_int_not_equal(
	    affiant_verify_response(response.p, response.n, &o, &v),
	    AFFIANT_AUTHENTIC);
	affiant_verdict_free(v);
	o = options();
	o.at_ms += 3600 * 1000;
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, &o, &v),
	    AFFIANT_REJECTED);
	affiant_verdict_free(v);
}

/* Nobody is told "accepted" because the check that he asked for fell out. */
static void affiant_verify_response__refuses_options_given_by_halves(
    void **state)
{
	struct affiant_options half[] = { options(), options(), options(),
		options(), options(), options(), options() };
	struct affiant_options whole = options();
	affiant_verdict *v = NULL;

	(void)state;
	half[0].nonce = "x";
	half[1].nonce_n = 3;
	half[2].policy = "x";
	half[3].policy_n = 1;
	half[4].trust_root = "x";
	half[5].trust_root_n = 1;
	half[6].collateral_n = 1;
	for (size_t i = 0; i < COUNT(half); i++) {
		assert_int_equal(affiant_verify_response(
				     response.p, response.n, &half[i], &v),
		    AFFIANT_NOT_JUDGED);
		assert_non_null(
		    strstr(affiant_verdict_summary(v), "api.options"));
		affiant_verdict_free(v);
	}
	/* The response's own collateral is meant. */
	whole.collateral = "x";
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, &whole, &v),
	    AFFIANT_AUTHENTIC);
	affiant_verdict_free(v);
}

static void affiant_verify_quote__judges_a_bare_quote(void **state)
{
	uint8_t report_data[REPORT_DATA_BYTES] = { 5 };
	struct blob quote = response_world_quote(&world, report_data);
	struct affiant_options o = options();
	affiant_verdict *v = NULL;

	(void)state;
	o.collateral = world.bundle.p;
	o.collateral_n = world.bundle.n;
	assert_int_equal(
	    affiant_verify_quote("tdx", quote.p, quote.n, report_data, &o, &v),
	    AFFIANT_AUTHENTIC);
	affiant_verdict_free(v);
	report_data[63] = 1;
	assert_int_equal(
	    affiant_verify_quote("tdx", quote.p, quote.n, report_data, &o, &v),
	    AFFIANT_REJECTED);
	affiant_verdict_free(v);
	assert_int_equal(
	    affiant_verify_quote("tdx", quote.p, quote.n, NULL, &o, &v),
	    AFFIANT_AUTHENTIC);
	affiant_verdict_free(v);
	assert_int_equal(
	    affiant_verify_quote(NULL, quote.p, quote.n, NULL, &o, &v),
	    AFFIANT_NOT_JUDGED);
	affiant_verdict_free(v);
	blob_drop(&quote);
}

static void affiant_version__is_the_projects(void **state)
{
	(void)state;
	assert_string_equal(affiant_version(), AFFIANT_VERSION);
}

/* ---- memory, and threads ------------------------------------------------ */

static void affiant_memory__changes_no_verdict(void **state)
{
	struct affiant_options o = options();
	affiant_verdict *cold = NULL, *warm = NULL;

	(void)state;
	affiant_verify_response(response.p, response.n, &o, &cold);
	o.memory = affiant_memory_new();
	assert_non_null(o.memory);
	for (int i = 0; i < 3; i++) {
		affiant_verify_response(response.p, response.n, &o, &warm);
		assert_string_equal(
		    affiant_verdict_json(warm), affiant_verdict_json(cold));
		affiant_verdict_free(warm);
	}
	/* What was good at its time is not good for ever. */
	o.at_ms += INT64_C(40) * 24 * 3600 * 1000;
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, &o, &warm),
	    AFFIANT_REJECTED);
	assert_non_null(strstr(affiant_verdict_summary(warm), "not valid"));
	affiant_verdict_free(warm);
	affiant_memory_free(o.memory);
	/* Nor is it somebody else's permission. */
	o = options();
	o.allow_simulated = 0;
	o.memory = affiant_memory_new();
	assert_int_equal(
	    affiant_verify_response(response.p, response.n, &o, &warm),
	    AFFIANT_REJECTED);
	affiant_verdict_free(warm);
	affiant_memory_free(o.memory);
	affiant_memory_free(NULL);
	affiant_verdict_free(cold);
}

static void *judge_often(void *wrong)
{
	struct affiant_options o = options();

	o.memory = affiant_memory_new();
	for (int i = 0; i < 8; i++) {
		affiant_verdict *v = NULL;

		if (affiant_verify_response(response.p, response.n, &o, &v) !=
		    AFFIANT_AUTHENTIC)
			__atomic_fetch_add((int *)wrong, 1, __ATOMIC_RELAXED);
		affiant_verdict_free(v);
	}
	affiant_memory_free(o.memory);
	return NULL;
}

static void affiant_verify_response__serves_several_threads(void **state)
{
	pthread_t thread[4];
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(thread); i++)
		assert_int_equal(
		    pthread_create(&thread[i], NULL, judge_often, &wrong), 0);
	for (size_t i = 0; i < COUNT(thread); i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(affiant_verify_response__tells_what_it_found),
		cmocka_unit_test(affiant_verify_response__applies_a_policy),
		cmocka_unit_test(affiant_memory__changes_no_verdict),
		cmocka_unit_test(
		    affiant_verify_response__serves_several_threads),
		cmocka_unit_test(
		    affiant_verify_response__wants_options_that_were_begun),
		cmocka_unit_test(
		    affiant_verify_response__passes_every_option_on),
		cmocka_unit_test(
		    affiant_verify_response__refuses_options_given_by_halves),
		cmocka_unit_test(affiant_verify_quote__judges_a_bare_quote),
		cmocka_unit_test(affiant_version__is_the_projects),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
