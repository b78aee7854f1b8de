/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With a provider of the test's own, linked in place of attest/: one that has
 * collateral, has none, or fails to get it.
 */
#include "oracle/feed_response.h"

#include "oracle/collateral_keeper.h"
#include "tests/unit/check.h"
#include "verify/base/clock.h"

static enum { HAS, HAS_NONE, FAILS } provider;

FALLIBLE attest_collateral(struct attest *a, struct blob *out, struct fault *f)
{
	(void)a;
	if (provider == HAS_NONE)
		return fault_raise(
		    f, FAULT_UNSUPPORTED, "double.collateral", "has none");
	if (provider == FAILS)
		return fault_raise(
		    f, FAULT_REMOTE, "double.collateral", "no answer");
	return blob_copy(
	    span_text("{\"type\":\"affiant.collateral.v1\"}"), out, f);
}

FALLIBLE attest_quote(struct attest *a,
    const uint8_t report_data[REPORT_DATA_BYTES], struct attested *out,
    struct fault *f)
{
	(void)a, (void)report_data, (void)out;
	return fault_raise(f, FAULT_INTERNAL, "double.quote", "not asked for");
}

const char *attest_provider(const struct attest *a)
{
	(void)a;
	return "double";
}

const char *attest_platform(const struct attest *a)
{
	(void)a;
	return "tdx";
}

bool attest_is_simulated(const struct attest *a)
{
	(void)a;
	return true;
}

void attested_drop(struct attested *q)
{
	blob_drop(&q->quote);
}

static const char *key_chain = "";

struct span signer_key_chain(const struct signer *s)
{
	(void)s;
	return span_text(key_chain);
}

FALLIBLE signer_sign_statement(const struct signer *s,
    const struct statement *st, struct span canonical, struct keccak256 *digest,
    struct eth_sig *out, struct fault *f)
{
	(void)s, (void)st, (void)canonical, (void)digest, (void)out;
	return fault_raise(f, FAULT_INTERNAL, "double.sign", "not asked for");
}

/* ---- collateral --------------------------------------------------------- */

static const struct feed_deps deps;

static void collateral__is_fetched_for_full_responses_only(void **state)
{
	(void)state;
	AUTO(blob_drop) struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	provider = FAILS;
	assert_ok(feed_response_collateral(&deps, RESPONSE_QUOTE, &out, &f), f);
	assert_ok(
	    feed_response_collateral(&deps, RESPONSE_SIGNATURE, &out, &f), f);
	assert_int_equal(out.n, 0);
	provider = HAS;
	assert_ok(feed_response_collateral(&deps, RESPONSE_FULL, &out, &f), f);
	assert_span_text(
	    blob_span(&out), "{\"type\":\"affiant.collateral.v1\"}");
}

static void collateral__that_a_platform_has_not_is_no_fault(void **state)
{
	(void)state;
	AUTO(blob_drop) struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	provider = HAS_NONE;
	assert_ok(feed_response_collateral(&deps, RESPONSE_FULL, &out, &f), f);
	assert_int_equal(f.kind, FAULT_NONE);
	assert_int_equal(out.n, 0);
}

static void collateral__that_cannot_be_had_is_a_fault(void **state)
{
	(void)state;
	AUTO(blob_drop) struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	provider = FAILS;
	assert_refused(feed_response_collateral(&deps, RESPONSE_FULL, &out, &f),
	    f, FAULT_REMOTE, "double.collateral");
	assert_int_equal(out.n, 0);
}

static bool obtain(void *user, const volatile bool *stop, struct blob *bundle,
    struct collateral_facts *facts, struct fault *f)
{
	const struct utc now = clock_now();

	(void)user, (void)stop;
	*facts = (struct collateral_facts){
		.from = { now.ms - 1 },
		.to = { now.ms + 1000 },
		.ends = "pckCrl",
	};
	return blob_copy(span_text("{\"kept\":1}"), bundle, f);
}

static void collateral__is_the_keepers_where_the_provider_has_none(void **state)
{
	(void)state;
	static const struct utc now = { 1768478400000 },
				later = { 1768478402000 };
	const struct collateral_keeper_config config = { .obtain = obtain,
		.refresh_s = 60 };
	AUTO(blob_drop) struct blob out = { 0 };
	struct feed_deps with = deps;
	struct fault f = FAULT_INIT;
	struct utc until;

	provider = HAS_NONE;
	clock_set_for_test(&now);
	assert_ok(collateral_keeper_new(&config, &with.collateral, &f), f);
	assert_refused(feed_response_collateral(&with, RESPONSE_FULL, &out, &f),
	    f, FAULT_REMOTE, "collateral.none");
	assert_ok(feed_response_collateral(&with, RESPONSE_QUOTE, &out, &f), f);

	collateral_keeper_refresh(with.collateral);
	assert_ok(feed_response_collateral_until(
		      &with, RESPONSE_FULL, &out, &until, &f),
	    f);
	assert_span_text(blob_span(&out), "{\"kept\":1}");
	assert_int_equal(until.ms, now.ms + 1000);
	blob_drop(&out);

	provider = HAS;
	assert_ok(feed_response_collateral_until(
		      &with, RESPONSE_FULL, &out, &until, &f),
	    f);
	assert_span_text(
	    blob_span(&out), "{\"type\":\"affiant.collateral.v1\"}");
	assert_int_equal(until.ms, 0);
	blob_drop(&out);

	provider = HAS_NONE;
	clock_set_for_test(&later);
	assert_refused(feed_response_collateral(&with, RESPONSE_FULL, &out, &f),
	    f, FAULT_REMOTE, "collateral.expired");
	clock_set_for_test(NULL);
	collateral_keeper_free(with.collateral);
}

/* ---- the body ----------------------------------------------------------- */

static void encode__writes_batch_and_collateral_where_they_belong(void **state)
{
	(void)state;
	static const char quote[] = "a quote";
	struct feed_response r = { 0 };
	struct fault f = FAULT_INIT;
	const struct span collateral =
	    span_text("{\"type\":\"affiant.collateral.v1\"}");

	assert_ok(
	    blob_copy(span_text("{\"type\":\"x\"}"), &r.canonical, &f), f);
	r.hash = sha256_of(blob_span(&r.canonical));
	r.signer.b[0] = 1;
	r.quoted.quote = span_text(quote);
	r.quoted.event_log = span_text("[{\"imr\":3}]");
	r.quoted.app_compose = span_text("{ \"a\": 1 }\n");
	key_chain = "{\"type\":\"dstack-getkey\"}";
	r.quoted.has_batch = true;
	r.quoted.path.index = 1;
	r.quoted.path.size = 2;
	r.quoted.path.n = 1;
	r.quoted.path.node[0].b[5] = 7;
	for (int detail = RESPONSE_SIGNATURE; detail <= RESPONSE_FULL;
	     detail++) {
		AUTO(blob_drop) struct blob body = { 0 };
		AUTO(response_doc_drop) struct response_doc doc = { 0 };
		struct response got;

		assert_ok(
		    feed_response_encode(&r, &deps,
			(enum response_detail)detail, collateral, &body, &f),
		    f);
		assert_ok(response_decode(blob_span(&body), &got, &doc, &f), f);
		assert_span_text(got.statement, "{\"type\":\"x\"}");
		assert_memory_equal(got.report_data_hash.b, r.hash.b, 32);
		if (detail == RESPONSE_SIGNATURE) {
			assert_int_equal(got.evidence.quote.n, 0);
			continue;
		}
		assert_span_text(got.evidence.quote, quote);
		assert_span_text(got.evidence.event_log, "[{\"imr\":3}]");
		assert_span_text(got.evidence.app_compose, "{ \"a\": 1 }\n");
		assert_span_text(got.evidence.key_chain, key_chain);
		assert_span_text(got.evidence.provider, "double");
		assert_true(got.evidence.simulated);
		assert_true(got.evidence.has_batch);
		assert_int_equal(got.evidence.batch.index, 1);
		assert_int_equal(got.evidence.batch.size, 2);
		assert_memory_equal(
		    got.evidence.batch.node[0].b, r.quoted.path.node[0].b, 32);
		assert_int_equal(got.evidence.collateral.n,
		    detail == RESPONSE_FULL ? collateral.n : 0);
	}
	feed_response_drop(&r);
	feed_response_drop(&r); /* a second call changes nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    collateral__is_fetched_for_full_responses_only),
		cmocka_unit_test(
		    collateral__that_a_platform_has_not_is_no_fault),
		cmocka_unit_test(collateral__that_cannot_be_had_is_a_fault),
		cmocka_unit_test(
		    collateral__is_the_keepers_where_the_provider_has_none),
		cmocka_unit_test(
		    encode__writes_batch_and_collateral_where_they_belong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
