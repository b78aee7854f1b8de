/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator's evidence, byte by byte and signature by signature, against
 * the layouts of the vendor's documents. What the judge says of it is asked
 * at the end of this file, with the verifier itself.
 */
#include "attest/sim.h"

#include "tests/unit/check.h"
#include "verify/base/rd_der.h"
#include "verify/base/text.h"
#include "verify/simulator_oid.h"

#include <openssl/x509v3.h>
#include <stdlib.h>

/* 2026-01-15T00:00:00Z */
static const struct utc NOW = { .ms = 1768435200000 };
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

static struct sim_keys keys;

struct world {
	struct sim_recipe recipe;
	struct sim_certs certs;
	struct sim_collateral collateral;
	struct blob quote;
};

static const uint8_t REPORT_DATA[REPORT_DATA_BYTES] = { 0xaa, 0xbb,
	0xcc, [63] = 0xdd };

/* From the recipe in w to everything that it describes. */
static void mint(struct world *w)
{
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob tail = { 0 };
	assert_ok(sim_pki_make_certs(&keys, &w->recipe, &w->certs, &f), f);
	assert_ok(sim_collateral_make(
		      &keys, &w->certs, &w->recipe, &w->collateral, &f),
	    f);
	assert_ok(
	    sim_tdx_quote_tail(&keys, &w->certs, &w->recipe.quote, &tail, &f),
	    f);
	assert_ok(sim_tdx_quote_make(&keys, &w->recipe.quote, blob_span(&tail),
		      REPORT_DATA, &w->quote, &f),
	    f);
}

static void world_drop(struct world *w)
{
	sim_pki_drop_certs(&w->certs);
	sim_collateral_drop(&w->collateral);
	blob_drop(&w->quote);
}

/* The default recipe, minted. */
static struct world honest(void)
{
	struct world w = { 0 };
	sim_recipe_init(&w.recipe, NOW);
	mint(&w);
	return w;
}

static bool signature_holds(EVP_PKEY *key, struct span bytes, struct span rs)
{
	assert_int_equal(rs.n, 64);
	uint8_t der[80], *p = der;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	assert_non_null(sig);
	assert_true(ECDSA_SIG_set0(
	    sig, BN_bin2bn(rs.p, 32, NULL), BN_bin2bn(rs.p + 32, 32, NULL)));
	int n = i2d_ECDSA_SIG(sig, &p);
	ECDSA_SIG_free(sig);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	assert_non_null(ctx);
	assert_int_equal(
	    EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	int ok = EVP_DigestVerify(ctx, der, (size_t)n, bytes.p, bytes.n);
	EVP_MD_CTX_free(ctx);
	return ok == 1;
}

/* ---- the quote ---------------------------------------------------------- */

struct parsed {
	struct span signed_bytes, quote_sig, ak, qe_report, qe_sig, qe_auth,
	    chain;
};

/* Reads a quote as section 2 to 4 lay it out; not one byte left over. */
static struct parsed parse(const struct world *w)
{
	struct fault f = FAULT_INIT;
	struct parsed q;
	struct rd r = rd_over(blob_span(&w->quote), "quote", &f);
	struct rd start = r;
	assert_int_equal(rd_u16le(&r), 4);
	assert_int_equal(rd_u16le(&r), 2);
	assert_int_equal(rd_u32le(&r), 0x81);
	assert_int_equal(rd_u32le(&r), 0);
	char vendor[HEX_SIZE(16)];
	hex_encode(rd_span(&r, 16), vendor);
	assert_string_equal(vendor, "939a7233f79c4ca9940a0db3957f0607");
	struct span user_data = rd_span(&r, 16);
	assert_span_text(user_data, "SIMULATED QE    ");
	assert_true(span_is_zero(rd_span(&r, 4)));
	assert_int_equal(rd_offset(&r), 48);
	rd_skip(&r, 584);
	q.signed_bytes = rd_span(&start, 632);
	struct rd auth = rd_within(&r, rd_u32le(&r), "auth");
	assert_ok(rd_end(&r), f);
	q.quote_sig = rd_span(&auth, 64);
	q.ak = rd_span(&auth, 64);
	assert_int_equal(rd_u16le(&auth), 6);
	struct rd outer = rd_within(&auth, rd_u32le(&auth), "outer");
	assert_ok(rd_end(&auth), f);
	q.qe_report = rd_span(&outer, 384);
	q.qe_sig = rd_span(&outer, 64);
	q.qe_auth = rd_span(&outer, rd_u16le(&outer));
	assert_int_equal(rd_u16le(&outer), 5);
	q.chain = rd_span(&outer, rd_u32le(&outer));
	assert_ok(rd_end(&outer), f);
	return q;
}

static void quote__has_the_layout_of_version_4(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = honest();
	struct parsed q = parse(&w);
	/* The offsets that section 4 gives for 32 bytes of QE data. */
	assert_int_equal(q.qe_report.p - w.quote.p, 770);
	assert_int_equal(q.qe_sig.p - w.quote.p, 1154);
	assert_int_equal(q.chain.p - w.quote.p, 1258);
	assert_int_equal(q.qe_auth.n, 32);
	for (size_t i = 0; i < 32; i++)
		assert_int_equal(q.qe_auth.p[i], i);
	/* PEM text ends with newline and one NUL. */
	assert_int_equal(q.chain.p[q.chain.n - 1], 0);
	assert_int_equal(q.chain.p[q.chain.n - 2], '\n');
	assert_null(memchr(q.chain.p, 0, q.chain.n - 1));
}

static void quote__carries_a_td_report_without_debug(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = honest();
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(parse(&w).signed_bytes, "body", &f);
	char attributes[HEX_SIZE(8)], xfam[HEX_SIZE(8)], svn[HEX_SIZE(16)];
	rd_skip(&r, 48);
	hex_encode(rd_span(&r, 16), svn);
	assert_string_equal(svn, "06010300000000000000000000000000");
	assert_false(span_is_zero(rd_span(&r, 48))); /* MRSEAM */
	assert_true(span_is_zero(rd_span(&r, 48)));  /* MRSIGNERSEAM */
	assert_true(span_is_zero(rd_span(&r, 8)));   /* SEAMATTRIBUTES */
	hex_encode(rd_span(&r, 8), attributes);
	assert_string_equal(attributes, "0000001000000000");
	hex_encode(rd_span(&r, 8), xfam);
	assert_string_equal(xfam, "e702060000000000");
	struct sha384 mrtd = sha384_of(span_text("affiant simulator: MRTD"));
	assert_memory_equal(rd_span(&r, 48).p, mrtd.b, 48);
	assert_true(span_is_zero(rd_span(&r, 3 * 48)));
	static const char *const labels[] = { "affiant simulator: RTMR0",
		"affiant simulator: RTMR1", "affiant simulator: RTMR2",
		"affiant simulator: RTMR3" };
	for (size_t i = 0; i < COUNT(labels); i++) {
		struct sha384 rtmr = sha384_of(span_text(labels[i]));
		assert_memory_equal(rd_span(&r, 48).p, rtmr.b, 48);
	}
	assert_memory_equal(rd_span(&r, 64).p, REPORT_DATA, 64);
	assert_ok(rd_end(&r), f);
}

static void quote__is_signed_by_the_key_that_the_qe_vouches_for(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = honest();
	struct parsed q = parse(&w);
	assert_true(
	    signature_holds(keys.key[SIM_AK], q.signed_bytes, q.quote_sig));
	assert_true(signature_holds(keys.key[SIM_PCK], q.qe_report, q.qe_sig));
	assert_false(
	    signature_holds(keys.key[SIM_PCK], q.signed_bytes, q.quote_sig));

	struct fault f = FAULT_INIT;
	uint8_t ak[64];
	assert_ok(sim_pki_public(keys.key[SIM_AK], ak, &f), f);
	assert_memory_equal(q.ak.p, ak, 64);

	const struct span bound[] = { q.ak, q.qe_auth };
	struct sha256 binding = sha256_of_parts(bound, 2);
	struct rd r = rd_over(q.qe_report, "qe", &f);
	rd_skip(&r, 48);
	assert_int_equal(rd_u64le(&r), 0x15);
	rd_skip(&r, 8 + 32 + 32);
	char signer[HEX_SIZE(32)];
	hex_encode(rd_span(&r, 32), signer);
	assert_string_equal(signer,
	    "dc9e2a7c6f948f17474e34a7fc43ed03"
	    "0f7c1563f1babddf6340c82e0e54a8c5");
	assert_true(span_is_zero(rd_span(&r, 96)));
	assert_int_equal(rd_u16le(&r), 2);
	assert_int_equal(rd_u16le(&r), 4);
	assert_true(span_is_zero(rd_span(&r, 60)));
	assert_memory_equal(rd_span(&r, 32).p, binding.b, 32);
	assert_true(span_is_zero(rd_span(&r, 32)));
	assert_ok(rd_end(&r), f);
}

static void quote__differs_in_report_data_and_signature_only(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = honest();
	struct fault f = FAULT_INIT;
	static const uint8_t other[REPORT_DATA_BYTES] = { 1 };
	AUTO(blob_drop) struct blob tail = { 0 }, again = { 0 };
	struct parsed q = parse(&w);
	/* The same tail serves another quote. */
	size_t at = (size_t)(q.ak.p - w.quote.p) + 64;
	assert_ok(
	    blob_copy(span_of(w.quote.p + at, w.quote.n - at), &tail, &f), f);
	assert_ok(sim_tdx_quote_make(&keys, &w.recipe.quote, blob_span(&tail),
		      other, &again, &f),
	    f);
	assert_int_equal(again.n, w.quote.n);
	assert_memory_equal(again.p, w.quote.p, 568);
	assert_memory_equal(again.p + 568, other, 64);
	assert_memory_equal(again.p + 700, w.quote.p + 700, again.n - 700);
}

/* ---- certificates ------------------------------------------------------- */

static void assert_name(const X509_NAME *name, const char *want)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	assert_non_null(bio);
	X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~XN_FLAG_DN_REV);
	long n = BIO_get_mem_data(bio, &text);
	struct span is = span_of(text, (size_t)n);
	assert_span_text(is, want);
	BIO_free(bio);
}

#define VENDOR ",O=Intel Corporation,L=Santa Clara,ST=CA,C=US"
#define ROOT_NAME "CN=" SIMULATOR_ROOT_CN

static void certificates__have_the_vendors_names_below_our_root(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = honest();
	static const struct {
		const char *subject, *issuer;
	} want[SIM_CERTS] = {
		[SIM_ROOT] = { ROOT_NAME, ROOT_NAME },
		[SIM_PLATFORM_CA] = { "CN=Intel SGX PCK Platform CA" VENDOR,
		    ROOT_NAME },
		[SIM_TCB_SIGNER] = { "CN=Intel SGX TCB Signing" VENDOR,
		    ROOT_NAME },
		[SIM_PCK] = { "CN=Intel SGX PCK Certificate" VENDOR,
		    "CN=Intel SGX PCK Platform CA" VENDOR },
	};
	for (size_t i = 0; i < SIM_CERTS; i++) {
		const X509 *x = w.certs.cert[i];
		assert_name(X509_get_subject_name(x), want[i].subject);
		assert_name(X509_get_issuer_name(x), want[i].issuer);
		assert_int_equal(X509_get_version(x), X509_VERSION_3);
		assert_int_equal(
		    X509_get_signature_nid(x), NID_ecdsa_with_SHA256);
	}
}

static void root__says_that_it_is_no_tee(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = honest();
	static const uint8_t oid[] = { SIMULATOR_OID_DER };
	static const uint8_t text[] = { SIMULATOR_EXT_DER };
	for (size_t i = 0; i < SIM_CERTS; i++) {
		X509 *x = w.certs.cert[i];
		int marks = 0;
		for (int j = 0; j < X509_get_ext_count(x); j++) {
			X509_EXTENSION *ext = X509_get_ext(x, j);
			uint8_t der[32], *p = der;
			int n = i2d_ASN1_OBJECT(
			    X509_EXTENSION_get_object(ext), NULL);
			if (n != (int)sizeof(oid))
				continue;
			i2d_ASN1_OBJECT(X509_EXTENSION_get_object(ext), &p);
			if (memcmp(der, oid, sizeof(oid)) != 0)
				continue;
			const ASN1_OCTET_STRING *v =
			    X509_EXTENSION_get_data(ext);
			assert_int_equal(
			    ASN1_STRING_length(v), (int)sizeof(text));
			assert_memory_equal(
			    ASN1_STRING_get0_data(v), text, sizeof(text));
			assert_false(X509_EXTENSION_get_critical(ext));
			marks++;
		}
		assert_int_equal(marks, i == SIM_ROOT ? 1 : 0);
	}
}

/* OpenSSL's own strict path validation, with both CRLs. */
static int strict_result(const struct world *w, enum sim_role leaf)
{
	const uint8_t *p = w->collateral.root_crl.p;
	X509_CRL *root_crl =
	    d2i_X509_CRL(NULL, &p, (long)w->collateral.root_crl.n);
	assert_ptr_equal(
	    p, w->collateral.root_crl.p + w->collateral.root_crl.n);
	p = w->collateral.pck_crl.p;
	X509_CRL *pck_crl =
	    d2i_X509_CRL(NULL, &p, (long)w->collateral.pck_crl.n);
	assert_ptr_equal(p, w->collateral.pck_crl.p + w->collateral.pck_crl.n);
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *between = sk_X509_new_null();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	assert_true(store && between && ctx && root_crl && pck_crl);
	X509_STORE_add_cert(store, w->certs.cert[SIM_ROOT]);
	X509_STORE_add_crl(store, root_crl);
	X509_STORE_add_crl(store, pck_crl);
	sk_X509_push(between, w->certs.cert[SIM_PLATFORM_CA]);
	X509_STORE_CTX_init(ctx, store, w->certs.cert[leaf], between);
	X509_STORE_CTX_set_flags(ctx,
	    X509_V_FLAG_X509_STRICT | X509_V_FLAG_CRL_CHECK |
		X509_V_FLAG_CRL_CHECK_ALL);
	X509_STORE_CTX_set_time(ctx, 0, (time_t)(NOW.ms / 1000));
	(void)X509_verify_cert(ctx);
	int result = X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	sk_X509_free(between);
	X509_STORE_free(store);
	X509_CRL_free(root_crl);
	X509_CRL_free(pck_crl);
	return result;
}

static void certificates__pass_strict_validation_with_crls(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = honest();
	assert_int_equal(strict_result(&w, SIM_PCK), X509_V_OK);
	assert_int_equal(strict_result(&w, SIM_TCB_SIGNER), X509_V_OK);
}

static void certificates__have_constraints_and_usage(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = honest();
	const uint32_t ca = KU_KEY_CERT_SIGN | KU_CRL_SIGN;
	const uint32_t leaf = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION;
	static const long paths[] = { 1, 0, -1, -1 };
	for (size_t i = 0; i < SIM_CERTS; i++) {
		X509 *x = w.certs.cert[i];
		bool is_ca = i == SIM_ROOT || i == SIM_PLATFORM_CA;
		assert_int_equal(X509_check_ca(x), is_ca ? 1 : 0);
		assert_int_equal(X509_get_key_usage(x), is_ca ? ca : leaf);
		assert_int_equal(X509_get_pathlen(x), paths[i]);
		for (int j = 0; j < X509_get_ext_count(x); j++) {
			X509_EXTENSION *ext = X509_get_ext(x, j);
			int nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));
			bool must = nid == NID_key_usage ||
			    nid == NID_basic_constraints;
			assert_int_equal(
			    X509_EXTENSION_get_critical(ext), must ? 1 : 0);
		}
		assert_true(X509_get_ext_by_NID(
				x, NID_crl_distribution_points, -1) >= 0);
		enum sim_role issuer = w.recipe.cert[i].issuer;
		assert_int_equal(
		    ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(x),
			X509_get0_subject_key_id(w.certs.cert[issuer])),
		    0);
	}
}

/* ---- the SGX extension -------------------------------------------------- */

static const uint8_t SGX_ARC[] = { 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01,
	0x0d, 0x01 };

/* { OID under the SGX arc, value }: returns the OID's last bytes. */
static struct rd enter_entry(struct rd *r, struct span *suffix)
{
	struct rd entry = rd_der_enter(r, DER_SEQUENCE, "entry");
	struct span oid = rd_der_oid(&entry);
	assert_true(oid.n > sizeof(SGX_ARC));
	assert_memory_equal(oid.p, SGX_ARC, sizeof(SGX_ARC));
	*suffix = span_of(oid.p + sizeof(SGX_ARC), oid.n - sizeof(SGX_ARC));
	return entry;
}

static void sgx_extension__has_seven_entries_and_eighteen_tcb_values(
    void **state)
{
	(void)state;
	struct fault f = FAULT_INIT;
	struct sim_recipe recipe;
	sim_recipe_init(&recipe, NOW);
	uint8_t buf[1024], octets[16];
	struct wr w = wr_into(buf, sizeof(buf), "sgx", &f);
	assert_ok(sim_sgx_encode(&recipe.sgx, &w, &f), f);
	struct rd r = rd_over(wr_view(&w), "sgx", &f);
	struct rd all = rd_der_enter(&r, DER_SEQUENCE, "sgx");
	assert_ok(rd_end(&r), f);
	for (uint8_t i = 1; i <= 7; i++) {
		struct span suffix;
		struct rd e = enter_entry(&all, &suffix);
		assert_int_equal(suffix.n, 1);
		assert_int_equal(suffix.p[0], i);
		if (i == 2) {
			struct rd tcb = rd_der_enter(&e, DER_SEQUENCE, "tcb");
			for (uint8_t j = 1; j <= 18; j++) {
				struct rd c = enter_entry(&tcb, &suffix);
				assert_int_equal(suffix.n, 2);
				assert_int_equal(suffix.p[1], j);
				if (j == 18) {
					rd_der_octets(&c, octets, 16);
					assert_memory_equal(
					    octets, recipe.sgx.cpusvn, 16);
				} else if (j == 17)
					assert_int_equal(
					    rd_der_u64(&c, DER_INTEGER), 13);
				else
					assert_int_equal(
					    rd_der_u64(&c, DER_INTEGER),
					    recipe.sgx.cpusvn[j - 1]);
				assert_ok(rd_end(&c), f);
			}
			assert_ok(rd_end(&tcb), f);
		} else if (i == 5) {
			assert_int_equal(rd_der_u64(&e, DER_ENUMERATED), 1);
		} else if (i == 7) {
			struct rd c = rd_der_enter(&e, DER_SEQUENCE, "config");
			for (uint8_t j = 1; j <= 3; j++) {
				struct rd b = enter_entry(&c, &suffix);
				assert_int_equal(suffix.p[1], j);
				assert_true(rd_der_bool(&b));
				assert_ok(rd_end(&b), f);
			}
			assert_ok(rd_end(&c), f);
		} else {
			size_t n = i == 3 ? 2 : i == 4 ? 6 : 16;
			rd_der_octets(&e, octets, n);
		}
		assert_ok(rd_end(&e), f);
	}
	assert_ok(rd_end(&all), f);
}

static void sgx_extension__encodes_numbers_in_their_shortest_form(void **state)
{
	(void)state;
	static const struct {
		int32_t v;
		const char *der;
	} cases[] = {
		{ 0, "020100" },
		{ 127, "02017f" },
		{ 128, "02020080" },
		{ 200, "020200c8" },
		{ 256, "02020100" },
		{ 65535, "020300ffff" },
		{ -1, "0201ff" },
		{ -129, "0202ff7f" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault f = FAULT_INIT;
		struct sim_recipe recipe;
		sim_recipe_init(&recipe, NOW);
		recipe.sgx.pcesvn = cases[i].v;
		uint8_t buf[1024];
		struct wr w = wr_into(buf, sizeof(buf), "sgx", &f);
		assert_ok(sim_sgx_encode(&recipe.sgx, &w, &f), f);
		/* ...2.17, then the number. */
		char want[64], hex[HEX_SIZE(1024)];
		(void)snprintf(want, sizeof(want), "2a864886f84d010d010211%s",
		    cases[i].der);
		hex_encode(wr_view(&w), hex);
		assert_non_null(strstr(hex, want));
	}
}

/* ---- collateral --------------------------------------------------------- */

/* The inner object and the signature of a body. */
static void split_body(const struct blob *body, const char *name,
    struct span *inner, uint8_t rs[64])
{
	struct fault f = FAULT_INIT;
	char head[64];
	(void)snprintf(head, sizeof(head), "{\"%s\":", name);
	const char *text = (const char *)body->p;
	assert_memory_equal(text, head, strlen(head));
	const char *mark = strstr(text, ",\"signature\":\"");
	assert_non_null(mark);
	const char *start = text + strlen(head);
	*inner = span_of(start, (size_t)(mark - start));
	const char *hex = mark + strlen(",\"signature\":\"");
	assert_ok(hex_decode(span_of(hex, 128), rs, 64, "signature", &f), f);
	assert_string_equal(hex + 128, "\"}");
}

static bool body_holds(
    const struct blob *body, const char *name, enum sim_role who)
{
	struct span inner;
	uint8_t rs[64];
	split_body(body, name, &inner, rs);
	return signature_holds(keys.key[who], inner, span_of(rs, 64));
}

static void signed_json__is_signed_over_its_exact_bytes(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = honest();
	const struct sim_collateral *c = &w.collateral;
	assert_true(body_holds(&c->tcb_info, "tcbInfo", SIM_TCB_SIGNER));
	assert_true(
	    body_holds(&c->qe_identity, "enclaveIdentity", SIM_TCB_SIGNER));
	assert_false(body_holds(&c->tcb_info, "tcbInfo", SIM_PCK));
	/* Compact: no white space outside of values. */
	assert_null(strchr((char *)c->tcb_info.p, '\n'));
	assert_null(strstr((char *)c->tcb_info.p, ": "));
}

static void signed_json__covers_thirty_days(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = honest();
	const char *dates = "\"issueDate\":\"2026-01-14T00:00:00Z\","
			    "\"nextUpdate\":\"2026-02-13T00:00:00Z\"";
	assert_non_null(strstr((char *)w.collateral.tcb_info.p, dates));
	assert_non_null(strstr((char *)w.collateral.qe_identity.p, dates));
}

static void signed_json__is_edited_before_it_is_signed(void **state)
{
	(void)state;
	static const struct sim_edit edits[] = {
		{ "\"tcbType\":0", "\"tcbType\":1" },
		{ "\"version\":3", "\"version\": 3" },
	};
	AUTO(world_drop) struct world w = { 0 };
	sim_recipe_init(&w.recipe, NOW);
	w.recipe.tcb_info.edits = edits;
	w.recipe.tcb_info.n_edits = COUNT(edits);
	mint(&w);
	const struct blob *body = &w.collateral.tcb_info;
	assert_non_null(strstr((char *)body->p, "\"tcbType\":1"));
	assert_non_null(strstr((char *)body->p, "\"version\": 3"));
	assert_true(body_holds(body, "tcbInfo", SIM_TCB_SIGNER));
}

static void signed_json__refuses_an_edit_of_text_that_is_not_there(void **state)
{
	(void)state;
	static const struct sim_edit edits[] = { { "no such member", "" } };
	AUTO(world_drop) struct world w = honest();
	AUTO(sim_collateral_drop) struct sim_collateral c = { 0 };
	struct fault f = FAULT_INIT;
	w.recipe.qe_identity.edits = edits;
	w.recipe.qe_identity.n_edits = 1;
	assert_refused(sim_collateral_make(&keys, &w.certs, &w.recipe, &c, &f),
	    f, FAULT_USAGE, "sim.collateral");
	assert_null(c.tcb_info.p);
}

static void tcb_levels__are_reached_by_the_default_platform(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = honest();
	const char *text = (char *)w.collateral.tcb_info.p;
	/* In the document the best level comes first, and it is ours. */
	char want[512] = "\"tcbLevels\":[{\"tcb\":{\"sgxtcbcomponents\":[";
	const char *place = strstr(text, want);
	assert_non_null(place);
	place += strlen(want);
	for (size_t i = 0; i < 16; i++) {
		(void)snprintf(want, sizeof(want), "%s{\"svn\":%d}",
		    i ? "," : "", w.recipe.sgx.component[i]);
		assert_memory_equal(place, want, strlen(want));
		place += strlen(want);
	}
	assert_memory_equal(place, "],\"pcesvn\":13,", 14);
	static const char *const statuses[] = { "\"tcbStatus\":\"UpToDate\"",
		"\"tcbStatus\":\"OutOfDate\"", "\"tcbStatus\":\"Revoked\"" };
	for (size_t i = 0; i < COUNT(statuses); i++)
		assert_non_null(strstr(place, statuses[i]));
	/* TEE_TCB_SVN 06 01 03: module major 1 is judged by its identity. */
	assert_non_null(strstr(text, "{\"id\":\"TDX_01\","));
	assert_non_null(strstr(text, "\"fmspc\":\"aff1a4000000\""));
	assert_memory_equal(w.recipe.sgx.fmspc, "\xaf\xf1\xa4\x00\x00\x00", 6);
}

/* ---- what a recipe can break -------------------------------------------- */

static void recipe__revokes_exactly_the_named_certificates(void **state)
{
	(void)state;
	AUTO(world_drop) struct world pck = { 0 }, ca = { 0 };
	sim_recipe_init(&pck.recipe, NOW);
	pck.recipe.pck_crl.revoked = 1u << SIM_PCK;
	mint(&pck);
	assert_int_equal(strict_result(&pck, SIM_PCK), X509_V_ERR_CERT_REVOKED);
	assert_int_equal(strict_result(&pck, SIM_TCB_SIGNER), X509_V_OK);

	sim_recipe_init(&ca.recipe, NOW);
	ca.recipe.root_crl.revoked = 1u << SIM_PLATFORM_CA;
	mint(&ca);
	assert_int_equal(strict_result(&ca, SIM_PCK), X509_V_ERR_CERT_REVOKED);
	assert_int_equal(strict_result(&ca, SIM_TCB_SIGNER), X509_V_OK);
}

static void recipe__breaks_crls_in_one_place(void **state)
{
	(void)state;
	static const struct {
		unsigned flaws;
		enum sim_role signed_by, issuer;
		int64_t shift_days;
		int result;
	} cases[] = {
		{ 0, SIM_ROOT, SIM_PLATFORM_CA, 0,
		    X509_V_ERR_CRL_SIGNATURE_FAILURE },
		{ SIM_CRL_CRITICAL, SIM_PLATFORM_CA, SIM_PLATFORM_CA, 0,
		    X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION },
		{ 0, SIM_PLATFORM_CA, SIM_PLATFORM_CA, -30,
		    X509_V_ERR_CRL_HAS_EXPIRED },
		{ 0, SIM_PLATFORM_CA, SIM_PLATFORM_CA, 30,
		    X509_V_ERR_CRL_NOT_YET_VALID },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(world_drop) struct world w = { 0 };
		sim_recipe_init(&w.recipe, NOW);
		struct sim_crl *crl = &w.recipe.pck_crl;
		crl->flaws = cases[i].flaws;
		crl->signed_by = cases[i].signed_by;
		crl->issuer = cases[i].issuer;
		crl->from.ms += cases[i].shift_days * DAY_MS;
		crl->to.ms += cases[i].shift_days * DAY_MS;
		mint(&w);
		assert_int_equal(strict_result(&w, SIM_PCK), cases[i].result);
		assert_int_equal(strict_result(&w, SIM_TCB_SIGNER), X509_V_OK);
	}
}

static void recipe__leaves_out_next_update(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = { 0 };
	sim_recipe_init(&w.recipe, NOW);
	w.recipe.root_crl.flaws = SIM_CRL_NO_NEXT_UPDATE;
	mint(&w);
	const uint8_t *p = w.collateral.root_crl.p;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)w.collateral.root_crl.n);
	assert_non_null(crl);
	assert_null(X509_CRL_get0_nextUpdate(crl));
	X509_CRL_free(crl);
}

static void recipe__breaks_certificates_in_one_place(void **state)
{
	(void)state;
	static const struct {
		unsigned flaws;
		enum sim_role signed_by;
		const char *constraints;
		int64_t shift_days;
		int result;
	} cases[] = {
		{ 0, SIM_AK, "critical,CA:FALSE", 0,
		    X509_V_ERR_CERT_SIGNATURE_FAILURE },
		{ SIM_CERT_CRITICAL, SIM_PLATFORM_CA, "critical,CA:FALSE", 0,
		    X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION },
		{ SIM_CERT_EXTRA, SIM_PLATFORM_CA, "critical,CA:FALSE", 0,
		    X509_V_OK },
		{ SIM_CERT_NO_KEY_IDS, SIM_PLATFORM_CA, "critical,CA:FALSE", 0,
		    X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER },
		{ 0, SIM_PLATFORM_CA, "critical,CA:FALSE", -8 * 365,
		    X509_V_ERR_CERT_HAS_EXPIRED },
		{ 0, SIM_PLATFORM_CA, "critical,CA:FALSE", 2,
		    X509_V_ERR_CERT_NOT_YET_VALID },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(world_drop) struct world w = { 0 };
		sim_recipe_init(&w.recipe, NOW);
		struct sim_cert *pck = &w.recipe.cert[SIM_PCK];
		pck->flaws = cases[i].flaws;
		pck->signed_by = cases[i].signed_by;
		pck->constraints = cases[i].constraints;
		pck->from.ms += cases[i].shift_days * DAY_MS;
		pck->to.ms += cases[i].shift_days * DAY_MS;
		mint(&w);
		assert_int_equal(strict_result(&w, SIM_PCK), cases[i].result);
	}
}

static void recipe__signs_with_sha384_and_names_another_issuer_key(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = { 0 };
	sim_recipe_init(&w.recipe, NOW);
	w.recipe.cert[SIM_TCB_SIGNER].flaws =
	    SIM_CERT_SHA384 | SIM_CERT_OTHER_AKI;
	mint(&w);
	const X509 *x = w.certs.cert[SIM_TCB_SIGNER];
	assert_int_equal(X509_get_signature_nid(x), NID_ecdsa_with_SHA384);
	assert_int_not_equal(
	    ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id((X509 *)x),
		X509_get0_subject_key_id(w.certs.cert[SIM_ROOT])),
	    0);
}

static void recipe__changes_the_quote_before_it_is_signed(void **state)
{
	(void)state;
	AUTO(world_drop) struct world w = { 0 };
	sim_recipe_init(&w.recipe, NOW);
	w.recipe.quote.td_attributes |= 1; /* DEBUG */
	w.recipe.quote.zero_tail = 70;
	w.recipe.quote.chain_text = span_text("not a chain");
	mint(&w);
	assert_int_equal(w.quote.p[48 + 120], 1);
	assert_true(span_is_zero(span_of(w.quote.p + w.quote.n - 70, 70)));
	w.quote.n -= 70;
	struct parsed q = parse(&w);
	assert_span_text(q.chain, "not a chain");
	assert_true(
	    signature_holds(keys.key[SIM_AK], q.signed_bytes, q.quote_sig));
}

/* ---- set-up ------------------------------------------------------------- */

static int make_keys(void **state)
{
	struct fault f = FAULT_INIT;
	(void)state;
	return sim_pki_make_keys(&keys, &f) ? 0 : -1;
}

static int drop_keys(void **state)
{
	(void)state;
	sim_pki_drop_keys(&keys);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quote__has_the_layout_of_version_4),
		cmocka_unit_test(quote__carries_a_td_report_without_debug),
		cmocka_unit_test(
		    quote__is_signed_by_the_key_that_the_qe_vouches_for),
		cmocka_unit_test(
		    quote__differs_in_report_data_and_signature_only),
		cmocka_unit_test(
		    certificates__have_the_vendors_names_below_our_root),
		cmocka_unit_test(root__says_that_it_is_no_tee),
		cmocka_unit_test(
		    certificates__pass_strict_validation_with_crls),
		cmocka_unit_test(certificates__have_constraints_and_usage),
		cmocka_unit_test(
		    sgx_extension__has_seven_entries_and_eighteen_tcb_values),
		cmocka_unit_test(
		    sgx_extension__encodes_numbers_in_their_shortest_form),
		cmocka_unit_test(signed_json__is_signed_over_its_exact_bytes),
		cmocka_unit_test(signed_json__covers_thirty_days),
		cmocka_unit_test(signed_json__is_edited_before_it_is_signed),
		cmocka_unit_test(
		    signed_json__refuses_an_edit_of_text_that_is_not_there),
		cmocka_unit_test(
		    tcb_levels__are_reached_by_the_default_platform),
		cmocka_unit_test(
		    recipe__revokes_exactly_the_named_certificates),
		cmocka_unit_test(recipe__breaks_crls_in_one_place),
		cmocka_unit_test(recipe__leaves_out_next_update),
		cmocka_unit_test(recipe__breaks_certificates_in_one_place),
		cmocka_unit_test(
		    recipe__signs_with_sha384_and_names_another_issuer_key),
		cmocka_unit_test(recipe__changes_the_quote_before_it_is_signed),
	};
	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
