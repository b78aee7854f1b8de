/* SPDX-License-Identifier: Apache-2.0 */
/* Stapled responses, right and wrong. */
#include "tests/unit/check.h"
#include "tests/unit/tls_world.h"
#include "verify/tls_ocsp.h"

static struct tls_world w;
static struct tls_chain chain;
static const struct utc now = { INT64_C(1767225600000) };

static FALLIBLE judge(
    struct span staple, struct utc at, struct tls_ocsp *out, struct fault *f)
{
	return tls_ocsp_verify(staple, &chain, at, out, f);
}

static void takes(const struct demo_ocsp *o, enum tls_ocsp_status want)
{
	AUTO(blob_drop) struct blob staple = tls_world_make_staple(o);
	AUTO(tls_ocsp_drop) struct tls_ocsp got = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(judge(blob_span(&staple), now, &got, &f), f);
	assert_int_equal(got.status, want);
	assert_int_equal(got.this_update.ms, o->from.ms);
	assert_int_equal(got.next_update.ms, o->to.ms);
	assert_true(span_equal(blob_span(&got.scts), o->scts));
}

static void refuses(const struct demo_ocsp *o, const char *said)
{
	AUTO(blob_drop) struct blob staple = tls_world_make_staple(o);
	struct tls_ocsp got;
	struct fault f = FAULT_INIT;

	assert_false(judge(blob_span(&staple), now, &got, &f));
	if (strstr(f.text, said) == NULL)
		fail_msg("want '%s', got '%s'", said, f.text);
	assert_fault(f, FAULT_CRYPTO, "tls.ocsp");
}

static void staple__says_good_revoked_or_unknown(void **state)
{
	struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_GOOD);

	(void)state;
	takes(&o, TLS_OCSP_GOOD);
	o.word = DEMO_OCSP_REVOKED;
	takes(&o, TLS_OCSP_REVOKED);
	o.word = DEMO_OCSP_UNKNOWN;
	takes(&o, TLS_OCSP_UNKNOWN);
	assert_string_equal(tls_ocsp_word(TLS_OCSP_NONE), "none");
	assert_string_equal(tls_ocsp_word(TLS_OCSP_GOOD), "good");
	assert_string_equal(tls_ocsp_word(TLS_OCSP_REVOKED), "revoked");
	assert_string_equal(tls_ocsp_word(TLS_OCSP_UNKNOWN), "unknown");
}

static void staple__has_its_window(void **state)
{
	struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_GOOD);

	(void)state;
	o.from.ms = now.ms + TLS_OCSP_SKEW_MS;
	takes(&o, TLS_OCSP_GOOD);
	o.from.ms += 1000;
	refuses(&o, "not valid yet");
	o.from.ms = now.ms - 8 * TLS_WORLD_DAY;
	o.to = now;
	takes(&o, TLS_OCSP_GOOD);
	o.to.ms -= 1000;
	refuses(&o, "expired");
	o.to.ms = 0;
	refuses(&o, "until when");
}

static void staple__is_about_this_certificate(void **state)
{
	struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_GOOD);

	(void)state;
	o.about = w.leaf[DEMO_LEAF_UNSTAMPED].cert;
	refuses(&o, "another certificate");
	/* Its serial number under another authority is another certificate. */
	o = tls_world_staple(&w, DEMO_LEAF_GOOD);
	o.issuer = demo_ca_issuer(w.ca, DEMO_LEAF_CONSTRAINED)->cert;
	o.signer = demo_ca_issuer(w.ca, DEMO_LEAF_CONSTRAINED);
	refuses(&o, "another certificate");
}

static void staple__is_signed_by_whom_the_issuer_appointed(void **state)
{
	struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_GOOD);
	AUTO(demo_leaf_drop) struct demo_leaf old = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	o.signer = &w.leaf[DEMO_LEAF_RESPONDER];
	takes(&o, TLS_OCSP_GOOD);
	/* A server's certificate of the same issuer is no responder's. */
	o.signer = &w.leaf[DEMO_LEAF_UNSTAMPED];
	refuses(&o, "not for signing");
	o.signer = &w.leaf[DEMO_LEAF_SELF_SIGNED];
	refuses(&o, "did not appoint");
	o.signer = demo_ca_issuer(w.ca, DEMO_LEAF_CONSTRAINED);
	refuses(&o, "did not appoint");
	assert_ok(
	    demo_ca_issue(w.ca, "old responder", NULL, DEMO_LEAF_RESPONDER,
		(struct utc){ now.ms - 40 * TLS_WORLD_DAY }, &old, &f),
	    f);
	o.signer = &old;
	refuses(&o, "not valid then");
}

static void staple__wants_a_strong_digest(void **state)
{
	struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_GOOD);

	(void)state;
	o.weak = true;
	refuses(&o, "weak");
}

static void staple__brings_its_timestamps(void **state)
{
	AUTO(blob_drop)
	struct blob list = tls_world_scts(&w, DEMO_LEAF_GOOD, 2, now);
	struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_GOOD);

	(void)state;
	o.scts = blob_span(&list);
	takes(&o, TLS_OCSP_GOOD);
}

/* No bit of it says anything else and still holds. */
static void staple__refuses_every_flipped_bit(void **state)
{
	struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_GOOD);
	AUTO(blob_drop) struct blob staple = tls_world_make_staple(&o);

	(void)state;
	for (size_t bit = 0; bit < 8 * staple.n; bit++) {
		struct tls_ocsp got;
		struct fault f = FAULT_INIT;

		staple.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (judge(blob_span(&staple), now, &got, &f))
			fail_msg("bit %zu changes nothing", bit);
		assert_string_equal(f.at, "tls.ocsp");
		staple.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void staple__is_one_document(void **state)
{
	struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_GOOD);
	AUTO(blob_drop) struct blob staple = tls_world_make_staple(&o);
	static const uint8_t try_later[] = { 0x30, 3, 0x0a, 1, 3 };
	static uint8_t large[LIMIT_OCSP_BYTES + 1];
	struct tls_ocsp got;
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t n = 1; n < staple.n; n++)
		assert_refused(judge(span_of(staple.p, n), now, &got, &f), f,
		    FAULT_FORMAT, "tls.ocsp");
	/* blob_copy left a NUL behind it. */
	assert_refused(judge(span_of(staple.p, staple.n + 1), now, &got, &f), f,
	    FAULT_FORMAT, "tls.ocsp");
	assert_refused(
	    judge(span_of(NULL, 0), now, &got, &f), f, FAULT_LIMIT, "tls.ocsp");
	assert_refused(judge(span_of(large, sizeof(large)), now, &got, &f), f,
	    FAULT_LIMIT, "tls.ocsp");
	assert_refused(
	    judge(span_of(try_later, sizeof(try_later)), now, &got, &f), f,
	    FAULT_FORMAT, "tls.ocsp");
}

static void required__is_what_the_leaf_says(void **state)
{
	AUTO(tls_chain_drop)
	struct tls_chain must = tls_world_chain(&w, DEMO_LEAF_MUST_STAPLE);

	(void)state;
	assert_true(tls_ocsp_is_required(&must));
	assert_false(tls_ocsp_is_required(&chain));
}

static int set_up(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	tls_world_open(&w, now);
	chain = tls_world_chain(&w, DEMO_LEAF_GOOD);
	return tls_chain_verify(&chain, now, &f) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	tls_chain_drop(&chain);
	tls_world_close(&w);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(staple__says_good_revoked_or_unknown),
		cmocka_unit_test(staple__has_its_window),
		cmocka_unit_test(staple__is_about_this_certificate),
		cmocka_unit_test(
		    staple__is_signed_by_whom_the_issuer_appointed),
		cmocka_unit_test(staple__wants_a_strong_digest),
		cmocka_unit_test(staple__brings_its_timestamps),
		cmocka_unit_test(staple__refuses_every_flipped_bit),
		cmocka_unit_test(staple__is_one_document),
		cmocka_unit_test(required__is_what_the_leaf_says),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
