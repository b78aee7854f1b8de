/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates, CRLs, PEM chains and raw signatures, on minted input. */
#include "tests/unit/check.h"
#include "tests/unit/sim_world.h"
#include "verify/base/text.h"
#include "verify/x509_crl.h"
#include "verify/x509_pem.h"

#include <openssl/x509.h>
#include <stdlib.h>

static struct sim_keys keys;
static struct intel_world world;
static struct x509_pem chain; /* TCB signer, root */

/* ---- PEM --------------------------------------------------------------------- */

static struct span pem_text(void)
{
	return blob_span(&world.file[INTEL_TCB_CHAIN]);
}

/* before + the chain + after, read. */
static bool read_around(const char *before, const char *after, size_t n_after,
    bool allow_nul, struct fault *f)
{
	AUTO(x509_pem_drop) struct x509_pem pem = { 0 };
	struct wr w = wr_grow(LIMIT_PEM_BYTES * 2, "test", f);
	AUTO(blob_drop) struct blob text = { 0 };

	wr_text(&w, before);
	wr_span(&w, pem_text());
	wr_bytes(&w, after, n_after);
	return wr_done(&w, &text) &&
	    x509_pem_read(blob_span(&text), allow_nul, &pem, "pem", f) &&
	    pem.n == 2;
}

static void pem__takes_line_ends_and_one_nul_at_the_end(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(read_around("", "", 0, false, &f), f);
	assert_ok(read_around("\n\r\r\n", "\n\n", 2, false, &f), f);
	assert_ok(read_around("", "", 1, true, &f), f);
}

static void pem__refuses_everything_else_around_certificates(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(
	    read_around("x", "", 0, true, &f), f, FAULT_FORMAT, "pem");
	assert_refused(
	    read_around("", "x", 1, true, &f), f, FAULT_FORMAT, "pem");
	assert_refused(
	    read_around("", "", 1, false, &f), f, FAULT_FORMAT, "pem");
	assert_refused(
	    read_around("", "\0", 2, true, &f), f, FAULT_FORMAT, "pem");
	assert_refused(
	    read_around("", "\0\n", 2, true, &f), f, FAULT_FORMAT, "pem");
	/* One flipped bit of the NUL. */
	assert_refused(
	    read_around("", " ", 1, true, &f), f, FAULT_FORMAT, "pem");
	assert_refused(
	    read_around("\t", "", 0, true, &f), f, FAULT_FORMAT, "pem");
}

static void pem__refuses_every_truncation(void **state)
{
	struct span text = pem_text();

	(void)state;
	for (size_t n = 0; n < text.n; n++) {
		AUTO(x509_pem_drop) struct x509_pem pem = { 0 };
		struct fault f = FAULT_INIT;

		/* Only whole blocks are PEM; then the second is missing. */
		if (x509_pem_read(span_of(text.p, n), true, &pem, "pem", &f))
			assert_true(pem.n < 2 || n + 1 == text.n);
	}
}

static void pem__refuses_other_blocks_and_bad_base64(void **state)
{
	static const char *const bad[] = {
		"-----BEGIN CRL-----\nAAAA\n-----END CRL-----\n",
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CRL-----\n",
		"-----BEGIN CERTIFICATE-----\nAA=A\n"
		"-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nA A A A\n"
		"-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nAAAA",
		"",
		" ",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct x509_pem pem;
		struct fault f = FAULT_INIT;

		assert_refused(
		    x509_pem_read(span_text(bad[i]), true, &pem, "pem", &f), f,
		    FAULT_FORMAT, "pem");
	}
}

static void pem__refuses_more_than_eight(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_PEM_BYTES, "test", &f);
	AUTO(blob_drop) struct blob text = { 0 };
	struct x509_pem pem;

	(void)state;
	for (int i = 0; i < 9; i++)
		wr_text(&w,
		    "-----BEGIN CERTIFICATE-----\nAAAA\n"
		    "-----END CERTIFICATE-----\n");
	assert_ok(wr_done(&w, &text), f);
	assert_refused(x509_pem_read(blob_span(&text), true, &pem, "pem", &f),
	    f, FAULT_LIMIT, "pem");
}

/* ---- certificates --------------------------------------------------------------- */

static void cert__refuses_every_truncation_and_a_byte_behind(void **state)
{
	struct span der = blob_span(&chain.der[0]);
	AUTO(blob_drop) struct blob longer = { 0 };
	struct fault f = FAULT_INIT;
	struct x509_cert c;

	(void)state;
	for (size_t n = 0; n < der.n; n++)
		assert_refused(
		    x509_cert_parse(span_of(der.p, n), &c, "cert", &f), f,
		    FAULT_FORMAT, "cert");
	/* blob_copy leaves a NUL behind: exactly one byte too many. */
	longer = intel_world_copy(der);
	longer.n++;
	assert_refused(x509_cert_parse(blob_span(&longer), &c, "cert", &f), f,
	    FAULT_FORMAT, "cert");
}

/* The outer SEQUENCE's length in a longer form than DER has. */
static void cert__refuses_lengths_that_are_not_minimal(void **state)
{
	struct span der = blob_span(&chain.der[0]);
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_CERT_BYTES, "test", &f);
	AUTO(blob_drop) struct blob ber = { 0 };
	struct x509_cert c;

	(void)state;
	assert_int_equal(der.p[1], 0x82);
	wr_u8(&w, 0x30);
	wr_u8(&w, 0x83);
	wr_u8(&w, 0);
	wr_bytes(&w, der.p + 2, der.n - 2);
	assert_ok(wr_done(&w, &ber), f);
	assert_refused(x509_cert_parse(blob_span(&ber), &c, "cert", &f), f,
	    FAULT_FORMAT, "cert");
}

static void cert__does_not_verify_with_any_bit_changed(void **state)
{
	AUTO(blob_drop)
	struct blob der = intel_world_copy(blob_span(&chain.der[0]));
	AUTO(x509_cert_drop) struct x509_cert root = { 0 };
	struct fault f = FAULT_INIT;
	struct x509_key key;

	(void)state;
	assert_ok(
	    x509_cert_parse(blob_span(&chain.der[1]), &root, "cert", &f), f);
	key = x509_cert_key(&root);
	for (size_t i = 0; i < der.n * 8; i += 5) {
		AUTO(x509_cert_drop) struct x509_cert c = { 0 };
		struct fault g = FAULT_INIT;

		der.p[i / 8] ^= (uint8_t)(1u << i % 8);
		if (x509_cert_parse(blob_span(&der), &c, "cert", &g))
			assert_false(x509_cert_signed_by(&c, &key, "cert", &g));
		der.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
}

static void cert__common_name_is_exact(void **state)
{
	AUTO(x509_cert_drop) struct x509_cert c = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(x509_cert_parse(blob_span(&chain.der[0]), &c, "cert", &f), f);
	assert_true(x509_cert_has_cn(&c, "Intel SGX TCB Signing"));
	assert_false(x509_cert_has_cn(&c, "Intel SGX TCB Signin"));
	assert_false(x509_cert_has_cn(&c, "Intel SGX TCB Signing "));
	assert_false(x509_cert_has_cn(&c, ""));
}

/* ---- CRLs ------------------------------------------------------------------------ */

static void crl__refuses_every_truncation_and_a_byte_behind(void **state)
{
	struct span der = blob_span(&world.file[INTEL_PCK_CRL]);
	AUTO(blob_drop) struct blob longer = { 0 };
	struct fault f = FAULT_INIT;
	struct x509_crl c;

	(void)state;
	for (size_t n = 0; n < der.n; n++)
		assert_refused(x509_crl_parse(span_of(der.p, n), &c, "crl", &f),
		    f, FAULT_FORMAT, "crl");
	longer = intel_world_copy(der);
	longer.n++;
	assert_refused(x509_crl_parse(blob_span(&longer), &c, "crl", &f), f,
	    FAULT_FORMAT, "crl");
}

static void crl__does_not_verify_with_any_bit_changed(void **state)
{
	AUTO(blob_drop)
	struct blob der =
	    intel_world_copy(blob_span(&world.file[INTEL_ROOT_CRL]));
	AUTO(x509_cert_drop) struct x509_cert root = { 0 };
	struct fault f = FAULT_INIT;
	struct x509_key key;

	(void)state;
	assert_ok(
	    x509_cert_parse(blob_span(&chain.der[1]), &root, "cert", &f), f);
	key = x509_cert_key(&root);
	for (size_t i = 0; i < der.n * 8; i++) {
		AUTO(x509_crl_drop) struct x509_crl c = { 0 };
		struct fault g = FAULT_INIT;

		der.p[i / 8] ^= (uint8_t)(1u << i % 8);
		if (x509_crl_parse(blob_span(&der), &c, "crl", &g))
			assert_false(c.is_ecdsa_sha256 &&
			    x509_crl_signed_by(&c, &key, "crl", &g));
		der.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
}

static void crl__lists_exactly_the_serials_that_stand_in_it(void **state)
{
	AUTO(x509_crl_drop) struct x509_crl c = { 0 };
	struct fault f = FAULT_INIT;
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	r.root_crl.revoked = 1u << SIM_TCB_SIGNER;
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	AUTO(x509_cert_drop) struct x509_cert signer = { 0 };
	AUTO(x509_cert_drop) struct x509_cert root = { 0 };
	AUTO(x509_pem_drop) struct x509_pem pem = { 0 };

	assert_ok(x509_pem_read(blob_span(&w.file[INTEL_TCB_CHAIN]), false,
		      &pem, "pem", &f),
	    f);
	assert_ok(
	    x509_cert_parse(blob_span(&pem.der[0]), &signer, "cert", &f), f);
	assert_ok(
	    x509_cert_parse(blob_span(&pem.der[1]), &root, "cert", &f), f);
	assert_ok(
	    x509_crl_parse(blob_span(&w.file[INTEL_ROOT_CRL]), &c, "crl", &f),
	    f);
	assert_int_equal(c.n_entries, 1);
	assert_true(x509_crl_lists(&c, signer.serial));
	assert_false(x509_crl_lists(&c, root.serial));
	assert_false(
	    x509_crl_lists(&c, span_of(signer.serial.p, signer.serial.n - 1)));
}

/* ---- times ------------------------------------------------------------------------- */

static void time__has_one_form(void **state)
{
	static const struct {
		int type;
		const char *text;
		bool ok;
	} cases[] = {
		{ V_ASN1_UTCTIME, "260115000000Z", true },
		{ V_ASN1_UTCTIME, "2601150000Z", false },
		{ V_ASN1_UTCTIME, "260115000000+0100", false },
		{ V_ASN1_UTCTIME, "260230000000Z", false },
		{ V_ASN1_GENERALIZEDTIME, "20491231235959Z", true },
		{ V_ASN1_GENERALIZEDTIME, "99991231235959Z", true },
		{ V_ASN1_GENERALIZEDTIME, "20491231235959.5Z", false },
		{ V_ASN1_GENERALIZEDTIME, "19691231235959Z", false },
		{ V_ASN1_GENERALIZEDTIME, "20491331235959Z", false },
		{ V_ASN1_GENERALIZEDTIME, "20491231235960Z", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		ASN1_STRING *s = ASN1_STRING_type_new(cases[i].type);
		struct fault f = FAULT_INIT;
		struct utc t;

		ASN1_STRING_set(s, cases[i].text, -1);
		assert_int_equal(x509_time(s, &t, "time", &f), cases[i].ok);
		ASN1_STRING_free(s);
	}
}

/* ---- keys and signatures --------------------------------------------------------------- */

static const char order[] =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

static void signature__numbers_must_be_within_the_order(void **state)
{
	struct span data = span_text("x");
	uint8_t xy[64], rs[64], bad[64], n[32];
	struct fault f = FAULT_INIT;
	AUTO(x509_key_drop) struct x509_key k = { 0 };

	(void)state;
	assert_ok(sim_pki_public(keys.key[SIM_AK], xy, &f), f);
	assert_ok(sim_pki_sign(keys.key[SIM_AK], data, rs, &f), f);
	assert_ok(x509_key_p256(span_of(xy, 64), &k, "key", &f), f);
	assert_ok(x509_key_verify_raw(&k, span_of(rs, 64), data, "sig", &f), f);
	assert_ok(hex_decode(span_text(order), n, 32, "test", &f), f);
	for (size_t half = 0; half < 64; half += 32) {
		memcpy(bad, rs, 64);
		memset(bad + half, 0, 32);
		assert_refused(
		    x509_key_verify_raw(&k, span_of(bad, 64), data, "sig", &f),
		    f, FAULT_CRYPTO, "sig");
		memcpy(bad + half, n, 32);
		assert_refused(
		    x509_key_verify_raw(&k, span_of(bad, 64), data, "sig", &f),
		    f, FAULT_CRYPTO, "sig");
	}
	assert_refused(
	    x509_key_verify_raw(&k, span_of(rs, 63), data, "sig", &f), f,
	    FAULT_FORMAT, "sig");
	assert_refused(
	    x509_key_verify_raw(&k, span_of(rs, 64), span_text("y"), "sig", &f),
	    f, FAULT_CRYPTO, "sig");
	for (size_t i = 0; i < 512; i++) {
		rs[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_refused(
		    x509_key_verify_raw(&k, span_of(rs, 64), data, "sig", &f),
		    f, FAULT_CRYPTO, "sig");
		rs[i / 8] ^= (uint8_t)(1u << i % 8);
	}
}

static void key__must_be_a_point_of_the_curve(void **state)
{
	/* p of P-256, a coordinate that is not below it. */
	static const char p[] = "ffffffff000000010000000000000000"
				"00000000ffffffffffffffffffffffff";
	uint8_t xy[64] = { 0 };
	struct fault f = FAULT_INIT;
	struct x509_key k;

	(void)state;
	assert_refused(x509_key_p256(span_of(xy, 64), &k, "key", &f), f,
	    FAULT_CRYPTO, "key");
	xy[31] = xy[63] = 1;
	assert_refused(x509_key_p256(span_of(xy, 64), &k, "key", &f), f,
	    FAULT_CRYPTO, "key");
	assert_ok(hex_decode(span_text(p), xy, 32, "test", &f), f);
	assert_refused(x509_key_p256(span_of(xy, 64), &k, "key", &f), f,
	    FAULT_CRYPTO, "key");
	assert_refused(x509_key_p256(span_of(xy, 63), &k, "key", &f), f,
	    FAULT_FORMAT, "key");
}

static int set_up(void **state)
{
	struct fault f = FAULT_INIT;
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	if (!sim_pki_make_keys(&keys, &f))
		return -1;
	world = sim_world_mint(&keys, &r);
	return x509_pem_read(pem_text(), false, &chain, "pem", &f) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	x509_pem_drop(&chain);
	intel_world_drop(&world);
	sim_pki_drop_keys(&keys);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pem__takes_line_ends_and_one_nul_at_the_end),
		cmocka_unit_test(
		    pem__refuses_everything_else_around_certificates),
		cmocka_unit_test(pem__refuses_every_truncation),
		cmocka_unit_test(pem__refuses_other_blocks_and_bad_base64),
		cmocka_unit_test(pem__refuses_more_than_eight),
		cmocka_unit_test(
		    cert__refuses_every_truncation_and_a_byte_behind),
		cmocka_unit_test(cert__refuses_lengths_that_are_not_minimal),
		cmocka_unit_test(cert__does_not_verify_with_any_bit_changed),
		cmocka_unit_test(cert__common_name_is_exact),
		cmocka_unit_test(
		    crl__refuses_every_truncation_and_a_byte_behind),
		cmocka_unit_test(crl__does_not_verify_with_any_bit_changed),
		cmocka_unit_test(
		    crl__lists_exactly_the_serials_that_stand_in_it),
		cmocka_unit_test(time__has_one_form),
		cmocka_unit_test(signature__numbers_must_be_within_the_order),
		cmocka_unit_test(key__must_be_a_point_of_the_curve),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
