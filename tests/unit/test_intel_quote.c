/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout of quotes: every truncation, every length field, every bit of
 * what is signed.
 */
#include "tests/unit/check.h"
#include "tests/unit/sim_world.h"
#include "verify/intel_inspect.h"
#include "verify/tee_platforms.h"

#include <stdlib.h>

static struct sim_keys keys;
static struct intel_world v4, v5;
static struct tee_memory memory;

static bool parses(struct span quote, struct fault *f)
{
	struct intel_quote q;

	return intel_quote_parse(quote, &q, f);
}

static struct span quote_of(const struct intel_world *w)
{
	return blob_span(&w->file[INTEL_QUOTE]);
}

static void layout__is_that_of_versions_4_and_5(void **state)
{
	struct fault f = FAULT_INIT;
	struct intel_quote q;

	(void)state;
	assert_ok(intel_quote_parse(quote_of(&v4), &q, &f), f);
	assert_int_equal(q.signed_part.n, 632);
	assert_int_equal(q.body_type, INTEL_BODY_TD10);
	assert_false(q.td.is_15);
	assert_memory_equal(q.td.report_data.p, sim_world_report_data, 64);
	assert_int_equal(q.qe_auth.n, 32);
	assert_int_equal(q.cert_type, 5);
	assert_ok(intel_quote_parse(quote_of(&v5), &q, &f), f);
	assert_int_equal(q.signed_part.n, 702);
	assert_int_equal(q.body_type, INTEL_BODY_TD15);
	assert_true(q.td.is_15);
	assert_memory_equal(q.td.report_data.p, sim_world_report_data, 64);
}

static void every_truncation__is_refused(void **state)
{
	const struct intel_world *worlds[] = { &v4, &v5 };

	(void)state;
	for (size_t i = 0; i < COUNT(worlds); i++) {
		struct span q = quote_of(worlds[i]);

		for (size_t n = 0; n < q.n; n++) {
			struct fault f = FAULT_INIT;

			assert_false(parses(span_of(q.p, n), &f));
			assert_true(fault_rejects(f.kind));
		}
	}
}

/* A little-endian field of n bytes at `at`, with other values. */
static void sweep_length(
    const struct intel_world *w, size_t at, size_t n, const char *name)
{
	AUTO(blob_drop) struct blob q = intel_world_copy(quote_of(w));
	uint8_t *p = q.p + at;
	uint32_t is = 0;

	for (size_t i = 0; i < n; i++)
		is |= (uint32_t)p[i] << 8 * i;
	const uint32_t values[] = { 0, is - 1, is + 1, 0x7fffffff, 0x80000000,
		0xffffffff, 0xfffffff0, 0xffff };
	for (size_t i = 0; i < COUNT(values); i++) {
		struct fault f = FAULT_INIT;

		for (size_t j = 0; j < n; j++)
			p[j] = (uint8_t)(values[i] >> 8 * j);
		if (parses(blob_span(&q), &f))
			fail_msg("%s as %u passes", name, values[i]);
		assert_true(fault_rejects(f.kind));
	}
}

static void every_length__is_refused_unless_exact(void **state)
{
	(void)state;
	sweep_length(&v4, 632, 4, "auth_len");
	sweep_length(&v4, 766, 4, "outer length");
	sweep_length(&v4, 1218, 2, "QE authentication data");
	sweep_length(&v4, 1254, 4, "certification data");
	sweep_length(&v5, 50, 4, "body size");
	sweep_length(&v5, 702, 4, "auth_len");
	sweep_length(&v5, 836, 4, "outer length");
	sweep_length(&v5, 1288, 2, "QE authentication data");
	sweep_length(&v5, 1324, 4, "certification data");
}

static void tail__of_zeros_is_cut_off_and_anything_else_refused(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_QUOTE_BYTES, "test", &f);
	AUTO(blob_drop) struct blob padded = { 0 };
	size_t n = quote_of(&v4).n;
	struct intel_quote q;

	(void)state;
	wr_span(&w, quote_of(&v4));
	wr_zero(&w, 70);
	assert_ok(wr_done(&w, &padded), f);
	assert_ok(intel_quote_parse(blob_span(&padded), &q, &f), f);
	assert_int_equal(q.canonical.n, n);
	for (size_t i = n; i < padded.n; i++) {
		padded.p[i] = 1;
		assert_refused_at(intel_quote_parse(blob_span(&padded), &q, &f),
		    f, FAULT_FORMAT, "intel.quote.tail", n);
		padded.p[i] = 0;
	}
}

static void length__beyond_the_limit_is_refused(void **state)
{
	struct fault f = FAULT_INIT;
	uint8_t *big = calloc(1, LIMIT_QUOTE_BYTES + 1);

	(void)state;
	assert_non_null(big);
	memcpy(big, quote_of(&v4).p, quote_of(&v4).n);
	assert_refused(parses(span_of(big, LIMIT_QUOTE_BYTES + 1), &f), f,
	    FAULT_LIMIT, "intel.quote.length");
	assert_ok(parses(span_of(big, LIMIT_QUOTE_BYTES), &f), f);
	free(big);
}

/* ---- every bit ------------------------------------------------------------------ */

static bool authentic(const struct intel_world *w)
{
	const struct collateral parts = {
		.pck_crl = blob_span(&w->file[INTEL_PCK_CRL]),
		.qe_identity = blob_span(&w->file[INTEL_QE_IDENTITY]),
		.qe_identity_issuer_chain = blob_span(&w->file[INTEL_QE_CHAIN]),
		.root_ca_crl = blob_span(&w->file[INTEL_ROOT_CRL]),
		.tcb_info = blob_span(&w->file[INTEL_TCB_INFO]),
		.tcb_info_issuer_chain = blob_span(&w->file[INTEL_TCB_CHAIN]),
	};
	const struct verify_options opt = { .at = w->at, .memory = &memory };
	struct tee_case c = { .quote = quote_of(w), .opt = &opt };
	struct fault f = FAULT_INIT;
	bool ok = true;

	assert_ok(tee_tdx.open(&c, &f), f);
	intel_case_use(&c, &parts);
	for (size_t i = 0; i < tee_tdx.n_checks && ok; i++)
		ok = tee_tdx.checks[i].run(&c, &f);
	tee_tdx.close(&c);
	return ok;
}

/*
 * Header, report, both signatures, key, QE report and authentication data:
 * all but the lengths and the certificates, which the sweeps above and
 * test_x509 have. One bit of each byte, not always the same.
 */
static void sweep_bits(struct intel_world *w, size_t to, size_t step)
{
	uint8_t *q = w->file[INTEL_QUOTE].p;

	for (size_t i = 0; i < to; i += step) {
		uint8_t bit = (uint8_t)(1u << (i * 3 + i / 8) % 8);

		q[i] ^= bit;
		if (authentic(w))
			fail_msg("a bit of byte %zu does not count", i);
		q[i] ^= bit;
	}
	assert_true(authentic(w));
}

static void every_byte__of_a_version_4_quote_counts(void **state)
{
	(void)state;
	assert_true(authentic(&v4));
	sweep_bits(&v4, 1258, 1);
}

static void bytes__of_a_version_5_quote_count(void **state)
{
	(void)state;
	assert_true(authentic(&v5));
	sweep_bits(&v5, 1328, 5);
}

/* Straight at the signature, which is what must notice. */
static void every_bit__of_the_signed_part_counts(void **state)
{
	AUTO(x509_key_drop) struct x509_key key = { 0 };
	struct fault f = FAULT_INIT;
	struct intel_quote q;
	uint8_t *p = v4.file[INTEL_QUOTE].p;

	(void)state;
	assert_ok(intel_quote_parse(quote_of(&v4), &q, &f), f);
	assert_ok(x509_key_p256(q.ak, &key, "key", &f), f);
	for (size_t i = 0; i < q.signed_part.n * 8; i++) {
		p[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_refused(x509_key_verify_raw(
				   &key, q.signature, q.signed_part, "sig", &f),
		    f, FAULT_CRYPTO, "sig");
		p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	assert_ok(
	    x509_key_verify_raw(&key, q.signature, q.signed_part, "sig", &f),
	    f);
}

/* ---- inspect -------------------------------------------------------------------- */

static void inspect__names_every_field_and_judges_nothing(void **state)
{
	static const char *const words[] = { "TEE_TCB_SVN", "MRSEAM",
		"MRSIGNERSEAM", "SEAMATTRIBUTES", "TDATTRIBUTES", "XFAM",
		"MRTD", "MRCONFIGID", "MROWNER", "MROWNERCONFIG", "RTMR0",
		"RTMR3", "REPORTDATA", "TEE_TCB_SVN2", "MRSERVICETD",
		"MRENCLAVE", "ISVSVN", "FMSPC", "PPID", "PCESVN",
		"Nothing above has been verified" };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(65536, "test", &f);
	AUTO(blob_drop) struct blob text = { 0 };

	(void)state;
	assert_ok(intel_inspect(quote_of(&v5), &w, &f), f);
	assert_ok(wr_done(&w, &text), f);
	for (size_t i = 0; i < COUNT(words); i++)
		assert_non_null(strstr((const char *)text.p, words[i]));
}

static int set_up(void **state)
{
	static const uint8_t svn2[16] = { 6, 1, 3 }, none[48];
	struct fault f = FAULT_INIT;
	struct sim_recipe r;

	(void)state;
	if (!sim_pki_make_keys(&keys, &f))
		return -1;
	sim_recipe_init(&r, sim_world_now);
	v4 = sim_world_mint(&keys, &r);
	v5 = sim_world_mint(&keys, &r);
	sim_world_make_15(&v5, &keys, svn2, none);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tee_memory_drop(&memory);
	intel_world_drop(&v4);
	intel_world_drop(&v5);
	sim_pki_drop_keys(&keys);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout__is_that_of_versions_4_and_5),
		cmocka_unit_test(every_truncation__is_refused),
		cmocka_unit_test(every_length__is_refused_unless_exact),
		cmocka_unit_test(
		    tail__of_zeros_is_cut_off_and_anything_else_refused),
		cmocka_unit_test(length__beyond_the_limit_is_refused),
		cmocka_unit_test(every_byte__of_a_version_4_quote_counts),
		cmocka_unit_test(bytes__of_a_version_5_quote_count),
		cmocka_unit_test(every_bit__of_the_signed_part_counts),
		cmocka_unit_test(inspect__names_every_field_and_judges_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
