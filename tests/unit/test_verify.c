/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole judgements: what is good is accepted and proves its links; nothing that
 * was changed is. (One change for each check: test_tamper.c.)
 */
#include "tests/unit/check.h"
#include "tests/unit/response_world.h"
#include "verify/base/text.h"
#include "verify/collateral.h"

#include <stdlib.h>

static struct response_world world;
static struct verdict v;

static int open_world(void **state)
{
	(void)state;
	response_world_open(&world, NULL);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	verdict_drop(&v);
	response_world_close(&world);
	return 0;
}

static void judge(struct span response, const struct verify_options *opt)
{
	verdict_drop(&v);
	verify_response(response, opt, &v);
}

static struct blob make(void (*of)(struct statement *))
{
	static struct statement s;
	const struct response_plan plan = { 0 };

	of(&s);
	return response_world_make(&world, &s, &plan);
}

static void expect_link(enum link_id id, enum link_state state)
{
	if (v.links[id].state != state)
		fail_msg("%s: %s", link_name(id), v.links[id].why);
}

/* The policy that this evidence satisfies. */
static void suggest(struct span response, struct policy *out)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct verify_options opt = response_world_options();
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_POLICY_BYTES, "test.policy", &f);

	verdict_drop(&v);
	assert_ok(verify_suggest_policy(response, NULL, &opt, &v, &w, &f), f);
	assert_ok(wr_done(&w, &text), f);
	assert_ok(policy_parse(blob_span(&text), out, &f), f);
}

/* ---- what is good ------------------------------------------------------- */

static void verify_response__accepts_under_the_policy_it_suggests(void **state)
{
	static void (*const makers[])(struct statement *) = { statements_one,
		statements_many, statements_text, statements_key };

	(void)state;
	for (size_t i = 0; i < COUNT(makers); i++) {
		AUTO(policy_drop) struct policy policy = { 0 };
		struct blob response = make(makers[i]);
		struct verify_options opt = response_world_options();

		judge(blob_span(&response), &opt);
		assert_int_equal(verdict_exit_code(v.kind), 3);
		suggest(blob_span(&response), &policy);
		opt.policy = &policy;
		judge(blob_span(&response), &opt);
		if (v.kind != VERDICT_ACCEPTED)
			fail_msg("%s", v.summary);
		assert_true(v.simulated);
		assert_non_null(strstr(v.summary, "SIMULATED"));
		expect_link(LINK_STATEMENT, LINK_PROVED);
		expect_link(LINK_CODE, LINK_PROVED);
		expect_link(LINK_CONFIG, LINK_PROVED);
		expect_link(LINK_SIGNER, LINK_PROVED);
		expect_link(LINK_FRESH, LINK_PROVED);
		expect_link(LINK_LOG, LINK_NOT_CHECKED);
		/* Nobody has seen a certificate: test_verify_tls.c. */
		expect_link(LINK_SERVER, LINK_NOT_CHECKED);
		/* No hardware vouches for a simulator's quote. */
		assert_true(v.links[LINK_HARDWARE].state != LINK_PROVED);
		blob_drop(&response);
	}
}

static void verify_response__claims_what_the_statement_says(void **state)
{
	struct blob response = make(statements_many);
	struct verify_options opt = response_world_options();
	size_t n_seen = 0;

	(void)state;
	judge(blob_span(&response), &opt);
	for (size_t i = 0; i < v.n_claims; i++) {
		const struct claim *c = &v.claims[i];

		if (strcmp(c->name, "statement.value") == 0)
			assert_string_equal(c->value, "102");
		else if (strcmp(c->name, "statement.nonce") == 0)
			assert_string_equal(c->value, "c0ffee");
		else if (strcmp(c->name, "statement.sources") == 0)
			assert_string_equal(c->value,
			    "[\"a.example\",\"c.example\",\"[2001:db8::1]\"]");
		else if (strcmp(c->name, "statement.timestamp") == 0)
			assert_string_equal(c->value, "1767225600000");
		else
			continue;
		n_seen++;
	}
	assert_int_equal(n_seen, 4);
	blob_drop(&response);
}

static void verify_response__takes_a_batch_and_a_nonce(void **state)
{
	static struct statement s;
	static const uint8_t nonce[] = { 0xc0, 0xff, 0xee };
	const struct response_plan plan = { .n_others = 12 };
	struct verify_options opt = response_world_options();
	struct blob response;

	(void)state;
	statements_many(&s);
	response = response_world_make(&world, &s, &plan);
	opt.nonce = span_of(nonce, sizeof(nonce));
	judge(blob_span(&response), &opt);
	assert_int_equal(verdict_exit_code(v.kind), 3);
	assert_int_equal(verdict_find(&v, "batch.path")->result, CHECK_PASS);
	assert_int_equal(verdict_find(&v, "policy.nonce")->result, CHECK_PASS);
	blob_drop(&response);
}

static void verify_response__takes_plain_http_only_by_name(void **state)
{
	static const char text[] =
	    "{\"plainHttp\":true,\"type\":\"affiant.policy.v1\"}";
	AUTO(policy_drop) struct policy policy = { 0 };
	struct blob response = make(statements_plain);
	struct verify_options opt = response_world_options();
	struct fault f = FAULT_INIT;

	(void)state;
	judge(blob_span(&response), &opt);
	assert_int_equal(verdict_exit_code(v.kind), 1);
	assert_ok(policy_parse(span_text(text), &policy, &f), f);
	opt.policy = &policy;
	judge(blob_span(&response), &opt);
	assert_int_equal(verdict_exit_code(v.kind), 3);
	/* Taken, and still not proved. */
	expect_link(LINK_SERVER, LINK_NOT_CHECKED);
	blob_drop(&response);
}

/* Both ends of what is fresh. */
static void verify_response__holds_the_time_to_the_millisecond(void **state)
{
	struct blob response = make(statements_one);
	struct verify_options opt = response_world_options();

	(void)state;
	opt.at.ms = statements_now.ms + 30000;
	judge(blob_span(&response), &opt);
	assert_int_equal(verdict_exit_code(v.kind), 3);
	opt.at.ms++;
	judge(blob_span(&response), &opt);
	assert_int_equal(verdict_exit_code(v.kind), 1);
	expect_link(LINK_FRESH, LINK_REFUTED);
	opt.at.ms = statements_now.ms - 60000;
	judge(blob_span(&response), &opt);
	assert_int_equal(verdict_exit_code(v.kind), 3);
	opt.at.ms--;
	judge(blob_span(&response), &opt);
	assert_int_equal(verdict_exit_code(v.kind), 1);
	blob_drop(&response);
}

static void verify_response__prefers_the_collateral_it_is_given(void **state)
{
	static const char empty[] = "{\"type\":\"affiant.collateral.v1\"}";
	static struct statement s;
	const struct response_plan plan = { .has_detail = true,
		.detail = RESPONSE_QUOTE };
	struct verify_options opt = response_world_options();
	struct blob full = make(statements_one), bare;

	(void)state;
	statements_one(&s);
	bare = response_world_make(&world, &s, &plan);
	judge(blob_span(&bare), &opt);
	assert_int_equal(
	    verdict_find(&v, "tdx.collateral")->result, CHECK_NOT_RUN);
	opt.collateral = blob_span(&world.bundle);
	judge(blob_span(&bare), &opt);
	assert_int_equal(
	    verdict_find(&v, "tdx.collateral")->result, CHECK_PASS);
	assert_int_equal(verdict_exit_code(v.kind), 3);
	opt.collateral = span_text(empty);
	judge(blob_span(&full), &opt);
	assert_true(
	    verdict_exit_code(v.kind) == 1 || verdict_exit_code(v.kind) == 2);
	blob_drop(&full);
	blob_drop(&bare);
}

/* ---- a statement and its quote belong together --------------------------- */

static void verify_response__refuses_evidence_of_another_statement(void **state)
{
	struct blob mine = make(statements_one), other = make(statements_text);
	AUTO(blob_drop) struct blob mixed = { 0 };
	struct verify_options opt = response_world_options();
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "test.mix", &f);
	char *cut, *put;

	(void)state;
	/* My statement and signature, the other's quote and evidence. */
	cut = strstr((char *)mine.p, ",\"quote\":");
	put = strstr((char *)other.p, ",\"quote\":");
	assert_true(cut != NULL && put != NULL);
	wr_bytes(&w, mine.p, (size_t)(cut - (char *)mine.p));
	wr_bytes(&w, put, (size_t)(strstr(put, ",\"signature\":") - put));
	wr_text(&w, strstr(cut, ",\"signature\":"));
	assert_ok(wr_done(&w, &mixed), f);
	judge(blob_span(&mixed), &opt);
	assert_int_equal(verdict_exit_code(v.kind), 1);
	assert_string_equal(
	    response_world_first_failure(&v), "binding.report-data");
	expect_link(LINK_STATEMENT, LINK_REFUTED);
	blob_drop(&mine);
	blob_drop(&other);
}

/* ---- every byte less ---------------------------------------------------- */

static void verify_response__refuses_every_truncation(void **state)
{
	struct blob response = make(statements_one);
	struct verify_options opt = response_world_options();

	(void)state;
	for (size_t n = 0; n < response.n; n += n < 4096 ? 1 : 61) {
		judge(span_of(response.p, n), &opt);
		assert_int_equal(verdict_exit_code(v.kind), 2);
	}
	blob_drop(&response);
}

static char *behind(struct blob *response, const char *pattern)
{
	char *found = strstr((char *)response->p, pattern);

	if (found == NULL)
		fail_msg("%s is not there", pattern);
	return found + strlen(pattern);
}

/* Another hexadecimal digit in the place of this one. */
static void other_digit(char *digit)
{
	*digit = *digit == '0' ? '1' : '0';
}

/* ---- a bare quote ------------------------------------------------------- */

static void verify_quote__holds_all_64_bytes(void **state)
{
	static const uint8_t got[REPORT_DATA_BYTES] = { [0] = 7, [63] = 9 };
	uint8_t want[REPORT_DATA_BYTES];
	struct blob quote = response_world_quote(&world, got);
	struct verify_options opt = response_world_options();
	struct span none = { 0 };

	(void)state;
	opt.collateral = blob_span(&world.bundle);
	verdict_drop(&v);
	verify_quote("intel-tdx", blob_span(&quote), none, &opt, &v);
	assert_int_equal(verdict_exit_code(v.kind), 3);
	assert_true(verdict_find(&v, "binding.report-data")->excused);
	for (size_t i = 0; i < sizeof(want); i++) {
		memcpy(want, got, sizeof(want));
		want[i] ^= 0x10;
		verdict_drop(&v);
		verify_quote("tdx", blob_span(&quote),
		    span_of(want, sizeof(want)), &opt, &v);
		assert_int_equal(verdict_exit_code(v.kind), 1);
		assert_string_equal(
		    response_world_first_failure(&v), "binding.report-data");
	}
	verdict_drop(&v);
	verify_quote("tdx", blob_span(&quote), span_of(got, 32), &opt, &v);
	assert_int_equal(verdict_exit_code(v.kind), 2);
	/* A nonce stands in a statement, and here is none. */
	opt.nonce = span_of(got, 4);
	verdict_drop(&v);
	verify_quote("tdx", blob_span(&quote), none, &opt, &v);
	assert_int_equal(verdict_exit_code(v.kind), 2);
	blob_drop(&quote);
}

static void verify_quote__judges_known_platforms_only(void **state)
{
	struct verify_options opt = response_world_options();
	struct span none = { 0 };

	(void)state;
	verdict_drop(&v);
	verify_quote("riscv", span_text("x"), none, &opt, &v);
	assert_int_equal(verdict_exit_code(v.kind), 2);
	assert_string_equal(response_world_first_failure(&v), "platform.known");
	verdict_drop(&v);
	verify_quote("tdx", none, none, &opt, &v);
	assert_int_equal(verdict_exit_code(v.kind), 2);
	assert_string_equal(response_world_first_failure(&v), "quote.present");
}

/* ---- policies from evidence --------------------------------------------- */

static void verify_suggest_policy__takes_authentic_evidence_only(void **state)
{
	struct blob response = make(statements_one);
	struct verify_options opt = response_world_options();
	struct fault f = FAULT_INIT;
	char room[8192];
	struct wr w = wr_into(room, sizeof(room), "test", &f);

	(void)state;
	verdict_drop(&v);
	other_digit(behind(&response, "reportDataHash\":\""));
	assert_refused(
	    verify_suggest_policy(blob_span(&response), NULL, &opt, &v, &w, &f),
	    f, FAULT_CRYPTO, "policy.forged");
	verdict_drop(&v);
	assert_refused(
	    verify_suggest_policy(span_text("{}"), NULL, &opt, &v, &w, &f), f,
	    FAULT_UNSUPPORTED, "policy.unjudged");
	assert_int_equal(wr_view(&w).n, 0);
	blob_drop(&response);
}

/* An old response may be pinned: only what it rests on counts. */
static void verify_suggest_policy__forgives_age(void **state)
{
	AUTO(policy_drop) struct policy policy = { 0 };
	struct blob response = make(statements_one);
	struct verify_options opt = response_world_options();
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_POLICY_BYTES, "test", &f);
	struct blob text = { 0 };

	(void)state;
	opt.at.ms += 3600 * 1000;
	/* Whether simulated evidence may be used is asked when it is judged. */
	opt.allow_simulated = false;
	verdict_drop(&v);
	assert_ok(
	    verify_suggest_policy(blob_span(&response), NULL, &opt, &v, &w, &f),
	    f);
	assert_int_equal(verdict_exit_code(v.kind), 1);
	assert_ok(wr_done(&w, &text), f);
	assert_ok(policy_parse(blob_span(&text), &policy, &f), f);
	assert_null(policy_find(&policy, "maxAgeMs"));
	assert_non_null(policy_find(&policy, "configs"));
	assert_non_null(policy_find(&policy, "signers"));
	assert_non_null(policy_platform(&policy, "tdx"));
	blob_drop(&text);
	blob_drop(&response);
}

/* ---- the list ----------------------------------------------------------- */

static void verify_check_info__says_what_each_check_means(void **state)
{
	const struct check_info *info;
	size_t n = 0;

	(void)state;
	for (; (info = verify_check_info(n)) != NULL; n++) {
		assert_true(strlen(info->id) > 0 && strlen(info->id) < 64);
		assert_non_null(info->ref);
		assert_true(strlen(info->clause) > 0);
		assert_true(strlen(info->explain) > 20);
		for (size_t k = 0; k < n; k++)
			assert_string_not_equal(
			    verify_check_info(k)->id, info->id);
	}
	/* No verdict about one platform may overflow. */
	assert_true(n > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    verify_response__accepts_under_the_policy_it_suggests),
		cmocka_unit_test(
		    verify_response__claims_what_the_statement_says),
		cmocka_unit_test(verify_response__takes_a_batch_and_a_nonce),
		cmocka_unit_test(
		    verify_response__takes_plain_http_only_by_name),
		cmocka_unit_test(
		    verify_response__holds_the_time_to_the_millisecond),
		cmocka_unit_test(
		    verify_response__prefers_the_collateral_it_is_given),
		cmocka_unit_test(
		    verify_response__refuses_evidence_of_another_statement),
		cmocka_unit_test(verify_response__refuses_every_truncation),
		cmocka_unit_test(verify_quote__holds_all_64_bytes),
		cmocka_unit_test(verify_quote__judges_known_platforms_only),
		cmocka_unit_test(
		    verify_suggest_policy__takes_authentic_evidence_only),
		cmocka_unit_test(verify_suggest_policy__forgives_age),
		cmocka_unit_test(verify_check_info__says_what_each_check_means),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
