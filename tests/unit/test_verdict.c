/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "verify/base/canon.h"
#include "verify/verdict.h"

#include <stdlib.h>

static const struct check_info a1 = { "a.one", "A1", "", "", STAGE_AUTHENTIC };
static const struct check_info a2 = { "a.two", "", "", "", STAGE_AUTHENTIC };
static const struct check_info p1 = { "p.one", "", "", "", STAGE_POLICY };

static struct verdict v; /* too large for a stack frame each */

static void start(void)
{
	verdict_drop(&v);
	v = (struct verdict){ .at = { 1768435200000 } };
}

static struct fault fault_of(enum fault_kind kind)
{
	struct fault f = FAULT_INIT;

	fault_raise(&f, kind, "test.place", "because");
	return f;
}

static void expect(enum verdict_kind kind, int code)
{
	verdict_conclude(&v);
	assert_string_equal(verdict_kind_name(v.kind), verdict_kind_name(kind));
	assert_int_equal(verdict_exit_code(v.kind), code);
}

/* ---- what it adds up to ------------------------------------------------- */

static void verdict__of_nothing_is_not_good(void **state)
{
	(void)state;
	start();
	assert_false(verdict_is_authentic(&v));
	expect(VERDICT_NOT_JUDGED, 2);
	/* Not even if everybody says so. */
	v.links[LINK_CODE].state = LINK_PROVED;
	expect(VERDICT_NOT_JUDGED, 2);
	verdict_excuse(&v, &a1, "nothing to do");
	expect(VERDICT_NOT_JUDGED, 2);
	/* A policy that passes is no authenticity. */
	verdict_pass(&v, &p1);
	expect(VERDICT_NOT_JUDGED, 2);
}

static void verdict__is_accepted_only_with_the_code_proved(void **state)
{
	(void)state;
	start();
	verdict_pass(&v, &a1);
	verdict_pass(&v, &p1);
	expect(VERDICT_AUTHENTIC, 3);
	v.links[LINK_CODE].state = LINK_PROVED;
	expect(VERDICT_ACCEPTED, 0);
	v.links[LINK_CODE].state = LINK_REFUTED;
	expect(VERDICT_AUTHENTIC, 3);
}

static void verdict__rejects_by_the_kind_of_failure(void **state)
{
	static const enum fault_kind rejecting[] = { FAULT_FORMAT, FAULT_LIMIT,
		FAULT_CRYPTO, FAULT_POLICY };
	static const enum fault_kind others[] = { FAULT_UNSUPPORTED,
		FAULT_CONFIG, FAULT_REMOTE, FAULT_SYSTEM, FAULT_USAGE,
		FAULT_INTERNAL };
	static const struct check_info *const infos[] = { &a1, &p1 };

	(void)state;
	for (size_t i = 0; i < COUNT(infos); i++) {
		for (size_t k = 0; k < COUNT(rejecting); k++) {
			struct fault f = fault_of(rejecting[k]);

			start();
			verdict_pass(&v, &a2);
			v.links[LINK_CODE].state = LINK_PROVED;
			verdict_fail(&v, infos[i], &f);
			expect(VERDICT_REJECTED, 1);
		}
		for (size_t k = 0; k < COUNT(others); k++) {
			struct fault f = fault_of(others[k]);

			start();
			verdict_pass(&v, &a2);
			v.links[LINK_CODE].state = LINK_PROVED;
			verdict_fail(&v, infos[i], &f);
			expect(VERDICT_NOT_JUDGED, 2);
		}
	}
}

/* Whatever nobody could judge: what is wrong is wrong. */
static void verdict__rejects_before_it_gives_up(void **state)
{
	struct fault unsupported = fault_of(FAULT_UNSUPPORTED);
	struct fault crypto = fault_of(FAULT_CRYPTO);

	(void)state;
	start();
	verdict_fail(&v, &a1, &unsupported);
	verdict_fail(&v, &a2, &crypto);
	expect(VERDICT_REJECTED, 1);
	assert_non_null(strstr(v.summary, "a.two"));
}

static void verdict__is_not_good_with_a_check_that_did_not_run(void **state)
{
	(void)state;
	start();
	verdict_pass(&v, &a1);
	v.links[LINK_CODE].state = LINK_PROVED;
	verdict_excuse(&v, &a2, "does not apply");
	expect(VERDICT_ACCEPTED, 0);
	assert_true(verdict_is_authentic(&v));
	verdict_skip(&v, &a2, "could not");
	assert_false(verdict_is_authentic(&v));
	expect(VERDICT_NOT_JUDGED, 2);
	start();
	verdict_pass(&v, &a1);
	v.links[LINK_CODE].state = LINK_PROVED;
	verdict_skip(&v, &p1, "could not");
	assert_true(verdict_is_authentic(&v));
	expect(VERDICT_NOT_JUDGED, 2);
}

static void verdict_fail__without_a_reason_stays_a_failure(void **state)
{
	struct fault none = FAULT_INIT;

	(void)state;
	start();
	verdict_pass(&v, &a1);
	verdict_fail(&v, &a2, &none);
	assert_false(verdict_is_authentic(&v));
	expect(VERDICT_NOT_JUDGED, 2);
	assert_string_equal(v.checks[1].fault.at, "verdict.reason");
}

static void verdict__never_loses_a_failure_for_want_of_room(void **state)
{
	struct fault crypto = fault_of(FAULT_CRYPTO);

	(void)state;
	start();
	v.links[LINK_CODE].state = LINK_PROVED;
	for (size_t i = 0; i < VERDICT_MAX_CHECKS; i++)
		verdict_pass(&v, &a1);
	expect(VERDICT_ACCEPTED, 0);
	verdict_fail(&v, &a2, &crypto);
	assert_int_equal(v.n_checks, VERDICT_MAX_CHECKS);
	assert_false(verdict_is_authentic(&v));
	expect(VERDICT_NOT_JUDGED, 2);
	start();
	verdict_pass(&v, &a1);
	for (size_t i = 0; i < VERDICT_MAX_CLAIMS; i++)
		verdict_claim_text(&v, "x", "y");
	expect(VERDICT_AUTHENTIC, 3);
	verdict_claim_text(&v, "x", "y");
	expect(VERDICT_NOT_JUDGED, 2);
}

static void verdict_find__finds_by_id(void **state)
{
	(void)state;
	start();
	verdict_pass(&v, &a1);
	verdict_excuse(&v, &a2, "no");
	assert_ptr_equal(verdict_find(&v, "a.two"), &v.checks[1]);
	assert_null(verdict_find(&v, "a.three"));
}

/* ---- as JSON ------------------------------------------------------------ */

static char *as_json(void)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(1 << 20, "test.json", &f);
	struct blob out = { 0 };

	assert_ok(verdict_encode(&v, &w, &f), f);
	assert_ok(wr_done(&w, &out), f);
	assert_ok(canon_check(
		      blob_span(&out), &json_limits_default, "test.canon", &f),
	    f);
	return (char *)out.p;
}

static void verdict_encode__says_everything_in_canonical_form(void **state)
{
	struct fault crypto = fault_of(FAULT_CRYPTO);
	char *json;

	(void)state;
	start();
	snprintf(v.platform, sizeof(v.platform), "tdx");
	verdict_pass(&v, &a1);
	verdict_fail(&v, &a2, &crypto);
	verdict_excuse(&v, &p1, "no policy");
	verdict_link(&v, LINK_SERVER, LINK_PROVED, "%d of %d", 3, 3);
	verdict_link(&v, LINK_HARDWARE, LINK_REFUTED, "forged");
	verdict_conclude(&v);
	json = as_json();
	assert_string_equal(json,
	    "{\"accepted\":false,\"at\":\"2026-01-15T00:00:00Z\","
	    "\"authentic\":false,\"checks\":["
	    "{\"id\":\"a.one\",\"ref\":\"A1\",\"result\":\"pass\","
	    "\"stage\":\"authentic\"},"
	    "{\"fault\":\"test.place\",\"id\":\"a.two\",\"kind\":\"crypto\","
	    "\"reason\":\"because\",\"ref\":\"\",\"result\":\"fail\","
	    "\"stage\":\"authentic\"},"
	    "{\"id\":\"p.one\",\"reason\":\"no policy\",\"ref\":\"\","
	    "\"result\":\"not-run\",\"stage\":\"policy\"}],"
	    "\"claims\":{},"
	    "\"linkReasons\":{\"code\":\"\",\"config\":\"\",\"fresh\":\"\","
	    "\"hardware\":\"forged\",\"log\":\"\",\"server\":\"3 of 3\","
	    "\"signer\":\"\",\"statement\":\"\"},"
	    "\"links\":{\"code\":\"not-checked\",\"config\":\"not-checked\","
	    "\"fresh\":\"not-checked\",\"hardware\":\"refuted\","
	    "\"log\":\"not-checked\",\"server\":\"proved\","
	    "\"signer\":\"not-checked\",\"statement\":\"not-checked\"},"
	    "\"platform\":\"tdx\",\"simulated\":false,"
	    "\"summary\":\"Rejected by a.two: because\","
	    "\"trustRootReplaced\":false,\"type\":\"affiant.verdict.v1\","
	    "\"verdict\":\"rejected\"}");
	free(json);
}

static void verdict_encode__nests_and_sorts_claims(void **state)
{
	char *json, *claims;

	(void)state;
	start();
	verdict_pass(&v, &a1);
	verdict_claim_text(&v, "zeta", "\x01\"\xc3\xa9");
	verdict_claim_json(&v, "list", "[1,2]");
	verdict_claim_hex(&v, "m.b", span_text("\xab\xcd"));
	verdict_claim_text(&v, "m2", "x");
	verdict_claim_json(&v, "n.c", "7");
	verdict_claim_text(&v, "m.a", "y");
	verdict_conclude(&v);
	json = as_json();
	claims = strstr(json, "\"claims\":");
	assert_non_null(claims);
	*strstr(claims, ",\"linkReasons\"") = '\0';
	assert_string_equal(claims,
	    "\"claims\":{\"list\":[1,2],\"m\":{\"a\":\"y\",\"b\":\"abcd\"},"
	    "\"m2\":\"x\",\"n\":{\"c\":7},"
	    "\"zeta\":\"\\u0001\\\"\xc3\xa9\"}");
	free(json);
	start();
}

static void links__have_names_and_titles(void **state)
{
	(void)state;
	for (enum link_id id = 0; id < LINK_COUNT; id++) {
		assert_true(strlen(link_name(id)) > 0);
		assert_true(strlen(link_title(id)) > 0);
	}
	assert_string_equal(link_name(LINK_SERVER), "server");
	assert_string_equal(link_title(LINK_LOG), "nobody was told otherwise");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdict__of_nothing_is_not_good),
		cmocka_unit_test(
		    verdict__is_accepted_only_with_the_code_proved),
		cmocka_unit_test(verdict__rejects_by_the_kind_of_failure),
		cmocka_unit_test(verdict__rejects_before_it_gives_up),
		cmocka_unit_test(
		    verdict__is_not_good_with_a_check_that_did_not_run),
		cmocka_unit_test(
		    verdict_fail__without_a_reason_stays_a_failure),
		cmocka_unit_test(
		    verdict__never_loses_a_failure_for_want_of_room),
		cmocka_unit_test(verdict_find__finds_by_id),
		cmocka_unit_test(
		    verdict_encode__says_everything_in_canonical_form),
		cmocka_unit_test(verdict_encode__nests_and_sorts_claims),
		cmocka_unit_test(links__have_names_and_titles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
