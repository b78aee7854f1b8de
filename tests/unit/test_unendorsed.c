/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence without the vendor's signed documents. A simulator's is spared
 * those checks when somebody asked for simulated evidence; nobody else's is.
 */
#include "tests/unit/response_world.h"
#include "verify/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ACCEPTING                                                   \
	"{\"type\":\"affiant.policy.v1\",\"tdx\":{"                 \
	"\"minTcbEvaluationDataNumber\":1,\"mrtd\":[\"%s\"],"       \
	"\"rtmr1\":[\"%s\"],\"rtmr2\":[\"%s\"],\"rtmr3\":[\"%s\"]," \
	"\"tcbStatus\":[\"UpToDate\"]}}"

static struct response_world world;
static struct statement statement;
static struct verdict verdict;

/* The response in its default detail: without collateral. */
static struct blob without_collateral(void)
{
	const struct response_plan plan = { .has_detail = true,
		.detail = RESPONSE_QUOTE };

	statements_one(&statement);
	return response_world_make(&world, &statement, &plan);
}

static const struct check_outcome *outcome(const char *id)
{
	const struct check_outcome *o = verdict_find(&verdict, id);

	assert_non_null(o);
	return o;
}

static void simulated__without_collateral_is_authentic_and_says_so(void **state)
{
	AUTO(blob_drop) struct blob in = without_collateral();
	struct verify_options opt = response_world_options();

	(void)state;
	verify_response(blob_span(&in), &opt, &verdict);
	assert_int_equal(verdict.kind, VERDICT_AUTHENTIC);
	assert_true(verdict.simulated);
	assert_int_equal(outcome("tdx.collateral")->result, CHECK_NOT_RUN);
	assert_non_null(strstr(
	    outcome("tdx.collateral")->fault.text, "not checked: collateral"));
	assert_int_equal(outcome("tdx.tcb.signature")->result, CHECK_NOT_RUN);
	assert_int_equal(outcome("tdx.level.merged")->result, CHECK_NOT_RUN);
	assert_int_equal(outcome("tdx.qe.report")->result, CHECK_PASS);
	assert_int_equal(outcome("tdx.quote.signature")->result, CHECK_PASS);
	assert_int_equal(verdict.links[LINK_HARDWARE].state, LINK_NOT_CHECKED);
	for (size_t i = 0; i < verdict.n_claims; i++)
		assert_string_not_equal(verdict.claims[i].name, "tcbStatus");
	verdict_drop(&verdict);
}

/* The policy that pins the world's code. */
static struct policy accepting(void)
{
	struct policy policy = { 0 };
	char mrtd[97], rtmr[3][97], text[1024];
	struct fault f = FAULT_INIT;

	hex_encode(span_of(world.recipe.quote.mr_td, 48), mrtd);
	for (size_t i = 0; i < 3; i++)
		hex_encode(
		    span_of(world.recipe.quote.rtmr[1 + i], 48), rtmr[i]);
	snprintf(
	    text, sizeof(text), ACCEPTING, mrtd, rtmr[0], rtmr[1], rtmr[2]);
	assert_true(policy_parse(span_text(text), &policy, &f));
	return policy;
}

static void simulated__without_collateral_satisfies_a_policy(void **state)
{
	AUTO(blob_drop) struct blob in = without_collateral();
	AUTO(policy_drop) struct policy policy = accepting();
	struct verify_options opt = response_world_options();

	(void)state;
	opt.policy = &policy;
	verify_response(blob_span(&in), &opt, &verdict);
	assert_int_equal(verdict.kind, VERDICT_ACCEPTED);
	verdict_drop(&verdict);
}

/* Whoever names the root himself is spared nothing. */
static void replaced_root__without_collateral_is_not_judged(void **state)
{
	AUTO(blob_drop) struct blob in = without_collateral();
	AUTO(blob_drop) struct blob root = { 0 };
	struct verify_options opt = response_world_options();
	struct fault f = FAULT_INIT;

	(void)state;
	assert_true(sim_pki_cert_der(&world.certs, SIM_ROOT, &root, &f));
	opt.trust_root = blob_span(&root);
	verify_response(blob_span(&in), &opt, &verdict);
	assert_int_equal(verdict.kind, VERDICT_NOT_JUDGED);
	assert_string_equal(
	    response_world_first_failure(&verdict), "tdx.collateral");
	verdict_drop(&verdict);
}

/* Naming a simulator's root makes no hardware of what stands under it. */
static void replaced_root__of_a_simulator_is_still_simulated(void **state)
{
	const struct response_plan plan = { 0 };
	AUTO(blob_drop) struct blob root = { 0 };
	AUTO(blob_drop) struct blob in = { 0 };
	AUTO(policy_drop) struct policy policy = accepting();
	struct verify_options opt = response_world_options();
	struct fault f = FAULT_INIT;

	(void)state;
	statements_one(&statement);
	in = response_world_make(&world, &statement, &plan);
	assert_true(sim_pki_cert_der(&world.certs, SIM_ROOT, &root, &f));
	opt.policy = &policy;
	opt.trust_root = blob_span(&root);
	opt.allow_simulated = false;
	verify_response(blob_span(&in), &opt, &verdict);
	assert_true(verdict.simulated);
	assert_int_equal(verdict.kind, VERDICT_REJECTED);
	assert_string_equal(
	    response_world_first_failure(&verdict), "policy.simulated");
	verdict_drop(&verdict);

	opt.allow_simulated = true;
	verify_response(blob_span(&in), &opt, &verdict);
	assert_int_equal(verdict.kind, VERDICT_ACCEPTED);
	assert_true(verdict.simulated);
	assert_true(verdict.trust_root_replaced);
	assert_int_equal(verdict.links[LINK_HARDWARE].state, LINK_NOT_CHECKED);
	verdict_drop(&verdict);
}

/* Collateral that is there is judged, whoever made the quote. */
static void simulated__with_bad_collateral_is_rejected(void **state)
{
	AUTO(blob_drop) struct blob in = without_collateral();
	struct verify_options opt = response_world_options();

	(void)state;
	opt.collateral = span_text("{\"type\":\"affiant.collateral.v1\"}");
	verify_response(blob_span(&in), &opt, &verdict);
	assert_int_equal(verdict.kind, VERDICT_REJECTED);
	assert_string_equal(
	    response_world_first_failure(&verdict), "tdx.crl.root");
	verdict_drop(&verdict);
}

static int open_world(void **state)
{
	(void)state;
	response_world_open(&world, NULL);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	response_world_close(&world);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    simulated__without_collateral_is_authentic_and_says_so),
		cmocka_unit_test(
		    simulated__without_collateral_satisfies_a_policy),
		cmocka_unit_test(
		    replaced_root__without_collateral_is_not_judged),
		cmocka_unit_test(
		    replaced_root__of_a_simulator_is_still_simulated),
		cmocka_unit_test(simulated__with_bad_collateral_is_rejected),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
