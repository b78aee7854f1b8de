/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "tests/unit/vectors.h"
#include "verify/base/hash.h"
#include "verify/base/text.h"
#include "verify/intel_root.h"

#include <openssl/x509.h>

/* The fingerprints that Intel publishes. */
#define DER_SHA256 \
	"44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3"
#define SPKI_SHA256 \
	"a0af031289f5d5d4132f9186068a7fc13628633ba235777472e29b6b6c67a49e"

static void assert_sha256(struct span s, const char *want)
{
	struct sha256 h = sha256_of(s);
	char hex[HEX_SIZE(32)];

	hex_encode(sha256_span(&h), hex);
	assert_string_equal(hex, want);
}

static void root__has_the_fingerprint_that_intel_publishes(void **state)
{
	(void)state;
	assert_int_equal(intel_root_der().n, INTEL_ROOT_BYTES);
	assert_sha256(intel_root_der(), DER_SHA256);
}

static void root__is_the_certificate_of_the_vectors(void **state)
{
	(void)state;
	if (!vectors_present())
		skip();
	struct blob file = vectors_file("intel/certs/root_ca.der");
	assert_true(span_equal(blob_span(&file), intel_root_der()));
	blob_drop(&file);
}

/* The facts at fixed places are those that a parser reads. */
static void root__facts_are_what_stands_in_the_certificate(void **state)
{
	struct fault f = FAULT_INIT;
	AUTO(intel_root_drop) struct intel_root pinned = { 0 };
	AUTO(x509_cert_drop) struct x509_cert c = { 0 };
	struct x509_key key;
	unsigned char *spki = NULL;
	int n;

	(void)state;
	assert_ok(intel_root_pinned(&pinned, &f), f);
	assert_true(pinned.is_pinned);
	assert_ok(x509_cert_parse(intel_root_der(), &c, "test", &f), f);
	assert_true(span_equal(pinned.subject, c.subject));
	assert_true(span_equal(pinned.subject, c.issuer));
	assert_true(span_equal(pinned.ski, c.ski));
	assert_true(span_equal(pinned.serial, c.serial));
	assert_int_equal(pinned.from.ms, c.from.ms);
	assert_int_equal(pinned.to.ms, c.to.ms);
	key = x509_cert_key(&c);
	assert_int_equal(EVP_PKEY_eq(pinned.key.p, key.p), 1);
	n = i2d_PUBKEY(key.p, &spki);
	assert_true(n > 0);
	assert_sha256(span_of(spki, (size_t)n), SPKI_SHA256);
	OPENSSL_free(spki);
	assert_ok(x509_cert_signed_by(&c, &pinned.key, "test", &f), f);
	assert_true(c.is_ca && c.is_v3 && c.is_p256 && c.is_ecdsa_sha256);
	assert_int_equal(c.path_length, 1);
	assert_true(x509_cert_has_cn(&c, "Intel SGX Root CA"));
}

static void given__root_of_intel_is_the_pinned_one(void **state)
{
	struct fault f = FAULT_INIT;
	AUTO(intel_root_drop) struct intel_root r = { 0 };

	(void)state;
	assert_ok(intel_root_given(intel_root_der(), &r, &f), f);
	assert_true(r.is_pinned);
}

static void given__root_must_be_the_certificate_of_a_ca(void **state)
{
	struct fault f = FAULT_INIT;
	struct intel_root r;

	(void)state;
	assert_refused(intel_root_given(span_text("x"), &r, &f), f, FAULT_USAGE,
	    "intel.root");
	assert_refused(intel_root_given(span_of(NULL, 0), &r, &f), f,
	    FAULT_USAGE, "intel.root");
	if (!vectors_present())
		return;
	struct blob leaf =
	    vectors_file("intel/certs/tcb_signing_2025_2032.der");
	assert_refused(intel_root_given(blob_span(&leaf), &r, &f), f,
	    FAULT_USAGE, "intel.root");
	blob_drop(&leaf);
}

static void intels_root__is_no_simulators(void **state)
{
	struct intel_root r;

	(void)state;
	assert_false(intel_root_simulated(intel_root_der(), &r));
	assert_false(intel_root_simulated(span_text("x"), &r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    root__has_the_fingerprint_that_intel_publishes),
		cmocka_unit_test(root__is_the_certificate_of_the_vectors),
		cmocka_unit_test(
		    root__facts_are_what_stands_in_the_certificate),
		cmocka_unit_test(given__root_of_intel_is_the_pinned_one),
		cmocka_unit_test(given__root_must_be_the_certificate_of_a_ca),
		cmocka_unit_test(intels_root__is_no_simulators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
