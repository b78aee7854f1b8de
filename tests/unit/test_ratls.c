/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates that carry evidence: honest ones in both forms, and each wrong
 * in one place and refused there.
 */
#include "attest/ossl.h"
#include "attest/tls_cert.h"
#include "attest/tls_identity.h"
#include "tests/unit/check.h"
#include "tests/unit/response_world.h"
#include "tests/unit/state_dir.h"

#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <stdlib.h>

#define HOUR_MS INT64_C(3600000)

static struct response_world world;
static EVP_PKEY *key, *stranger;

static int open_world(void **state)
{
	(void)state;
	response_world_open(&world, NULL);
	key = EVP_EC_gen("P-256");
	stranger = EVP_EC_gen("P-256");
	return key == NULL || stranger == NULL ? 1 : 0;
}

static int close_world(void **state)
{
	(void)state;
	response_world_close(&world);
	EVP_PKEY_free(key);
	EVP_PKEY_free(stranger);
	return 0;
}

/* ---- making one --------------------------------------------------------- */

/* What is wrong with a certificate; zeroed: nothing. */
struct flaw {
	enum ratls_form form;
	enum ratls_form bound; /* the form of report_data, with has_bound */
	bool has_bound;
	const uint8_t *report_data;
	EVP_PKEY *quoted, *signer, *of; /* other keys */
	int64_t from_ms, to_ms;         /* from the honest ones on */
	bool twice, both, none, is_ca, flip_quote, dstack_bare, compressed;
	bool versioned, empty_log;
	struct span value; /* of the extension, instead */
	const char *platform;
};

static struct blob wrapped(struct span payload)
{
	AUTO(ossl_drop_octets) ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;
	uint8_t *der = NULL;
	int n;

	assert_non_null(s);
	assert_int_equal(
	    ASN1_OCTET_STRING_set(s, payload.p, (int)payload.n), 1);
	n = i2d_ASN1_OCTET_STRING(s, &der);
	assert_true(n > 0);
	assert_ok(blob_copy(span_of(der, (size_t)n), &out, &f), f);
	OPENSSL_free(der);
	return out;
}

static struct blob quote_of(const struct flaw *flaw)
{
	AUTO(blob_drop) struct blob spki = { 0 };
	uint8_t report_data[REPORT_DATA_BYTES];
	struct fault f = FAULT_INIT;
	struct blob quote;

	assert_ok(
	    tls_cert_spki(flaw->quoted != NULL ? flaw->quoted : key, &spki, &f),
	    f);
	ratls_report_data(flaw->has_bound ? flaw->bound : flaw->form,
	    blob_span(&spki), report_data);
	quote = response_world_quote(&world,
	    flaw->report_data != NULL ? flaw->report_data : report_data);
	if (flaw->flip_quote)
		quote.p[200] ^= 1;
	return quote;
}

static struct blob ours_around(const struct flaw *flaw, struct span quote)
{
	const struct evidence e = {
		.platform =
		    span_text(flaw->platform != NULL ? flaw->platform : "tdx"),
		.quote = quote,
	};
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(1 << 20, "test", &f);
	struct blob out = { 0 };

	assert_ok(ratls_encode(&e, &w, &f), f);
	assert_ok(wr_done(&w, &out), f);
	return out;
}

static struct blob make(const struct flaw *flaw)
{
	AUTO(blob_drop) struct blob quote = quote_of(flaw);
	AUTO(blob_drop)
	struct blob own = ours_around(flaw, blob_span(&quote));
	AUTO(blob_drop) struct blob raw = wrapped(blob_span(&quote));
	AUTO(blob_drop)
	struct blob log =
	    wrapped(span_text(flaw->compressed ? "ELGZv1..." : "[]"));
	AUTO(ossl_drop_cert) X509 *cert = NULL;
	struct blob der = { 0 };
	struct fault f = FAULT_INIT;
	struct tls_cert_ext ext[4];
	size_t n = 0;

	if (flaw->form == RATLS_AFFIANT || flaw->both)
		ext[n++] = (struct tls_cert_ext){ RATLS_OID_TEXT,
			flaw->value.p != NULL ? flaw->value : blob_span(&own) };
	if (flaw->twice) {
		ext[n] = ext[n - 1];
		n++;
	}
	if (flaw->form == RATLS_DSTACK || flaw->both) {
		ext[n++] = (struct tls_cert_ext){ RATLS_DSTACK_QUOTE_OID_TEXT,
			flaw->dstack_bare ? blob_span(&quote)
					  : blob_span(&raw) };
		if (flaw->compressed || flaw->empty_log)
			ext[n++] =
			    (struct tls_cert_ext){ RATLS_DSTACK_LOG_OID_TEXT,
				    blob_span(&log) };
	}
	if (flaw->none)
		n = 0;
	if (flaw->versioned) {
		ext[0] = (struct tls_cert_ext){ "1.3.6.1.4.1.62397.1.8",
			blob_span(&raw) };
		n = 1;
	}
	const struct tls_cert_plan plan = {
		.name = "oracle.test",
		.from = { statements_now.ms - HOUR_MS + flaw->from_ms },
		.to = { statements_now.ms + HOUR_MS + flaw->to_ms },
		.ext = ext,
		.n_ext = n,
		.is_ca = flaw->is_ca,
		.signer = flaw->signer,
	};
	assert_ok(
	    tls_cert_make(flaw->of != NULL ? flaw->of : key, &plan, &cert, &f),
	    f);
	assert_ok(tls_cert_der(cert, &der, &f), f);
	return der;
}

/* ---- judging it --------------------------------------------------------- */

static struct verify_options options(void)
{
	struct verify_options o = response_world_options();

	o.collateral = blob_span(&world.bundle);
	return o;
}

/* What comes out, and where it fails first. */
static void expect_bytes(
    struct span in, enum verdict_kind kind, const char *at, const char *says)
{
	struct verify_options o = options();
	struct verdict *v = calloc(1, sizeof(*v));

	assert_non_null(v);
	verify_certificate(in, &o, v);
	assert_string_equal(response_world_first_failure(v), at);
	if (says != NULL) {
		const struct check_outcome *bad = verdict_find(v, at);

		assert_non_null(bad);
		if (strstr(bad->fault.text, says) == NULL)
			fail_msg(
			    "'%s' does not say '%s'", bad->fault.text, says);
	}
	assert_int_equal(v->kind, kind);
	verdict_drop(v);
	free(v);
}

static void expect(const struct flaw *flaw, enum verdict_kind kind,
    const char *at, const char *says)
{
	AUTO(blob_drop) struct blob der = make(flaw);

	expect_bytes(blob_span(&der), kind, at, says);
}

#define REFUSED(at, says, ...) \
	expect(&(const struct flaw){ __VA_ARGS__ }, VERDICT_REJECTED, at, says)

static void cert__of_both_forms_is_authentic(void **state)
{
	(void)state;
	expect(&(const struct flaw){ .form = RATLS_AFFIANT }, VERDICT_AUTHENTIC,
	    "", NULL);
	expect(&(const struct flaw){ .form = RATLS_DSTACK }, VERDICT_AUTHENTIC,
	    "", NULL);
}

static void cert__says_which_key_it_is_about(void **state)
{
	AUTO(blob_drop)
	struct blob der = make(&(const struct flaw){ .is_ca = false });
	AUTO(blob_drop) struct blob spki = { 0 };
	struct verify_options o = options();
	struct verdict *v = calloc(1, sizeof(*v));
	struct fault f = FAULT_INIT;
	char want[HEX_SIZE(32)];
	bool found = false;

	(void)state;
	assert_non_null(v);
	assert_ok(tls_cert_spki(key, &spki, &f), f);
	struct sha256 hash = sha256_of(blob_span(&spki));
	hex_encode(sha256_span(&hash), want);
	verify_certificate(blob_span(&der), &o, v);
	for (size_t i = 0; i < v->n_claims; i++)
		if (strcmp(v->claims[i].name, "certificate.spki") == 0)
			found = strcmp(v->claims[i].value, want) == 0;
	assert_true(found);
	assert_int_equal(v->links[LINK_FRESH].state, LINK_PROVED);
	assert_int_equal(v->links[LINK_STATEMENT].state, LINK_NOT_CHECKED);
	verdict_drop(v);
	free(v);
}

static void cert__as_pem_is_the_same(void **state)
{
	AUTO(blob_drop)
	struct blob der = make(&(const struct flaw){ .is_ca = false });
	const unsigned char *p = der.p;
	AUTO(ossl_drop_cert) X509 *x = d2i_X509(NULL, &p, (long)der.n);
	AUTO(ossl_drop_bio) BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;

	(void)state;
	assert_non_null(x);
	assert_int_equal(PEM_write_bio_X509(bio, x), 1);
	long n = BIO_get_mem_data(bio, &text);
	expect_bytes(span_of(text, (size_t)n), VERDICT_AUTHENTIC, "", NULL);
}

static void cert__around_somebody_elses_evidence_is_refused(void **state)
{
	(void)state;
	REFUSED("binding.report-data", "another key", .quoted = stranger);
	REFUSED("binding.report-data", "another key", .of = stranger);
	REFUSED("binding.report-data", "something else", .quoted = stranger,
	    .form = RATLS_DSTACK);
}

static void cert__with_a_quote_made_for_something_else_is_refused(void **state)
{
	AUTO(blob_drop) struct blob spki = { 0 };
	struct fault f = FAULT_INIT;
	uint8_t statement[REPORT_DATA_BYTES], zero[REPORT_DATA_BYTES] = { 0 };
	uint8_t untagged[REPORT_DATA_BYTES];
	struct sha256 of_statement = sha256_of(span_text("{\"kind\":\"key\"}"));
	struct sha256 of_key;

	(void)state;
	assert_ok(tls_cert_spki(key, &spki, &f), f);
	of_key = sha256_of(blob_span(&spki));
	report_data_of(&of_statement, statement);
	report_data_of(&of_key, untagged);
	REFUSED("binding.report-data", "a statement", .report_data = statement);
	REFUSED("binding.report-data", "a statement", .form = RATLS_DSTACK,
	    .report_data = statement);
	REFUSED(
	    "binding.report-data", "without the tag", .report_data = untagged);
	REFUSED("binding.report-data", "nothing", .report_data = zero);
	REFUSED("binding.report-data", "other extension", .has_bound = true,
	    .bound = RATLS_DSTACK);
	REFUSED("binding.report-data", "other extension", .has_bound = true,
	    .bound = RATLS_AFFIANT, .form = RATLS_DSTACK);
}

static void cert__with_a_changed_quote_is_refused(void **state)
{
	(void)state;
	REFUSED(
	    "dstack.log.rtmr3", NULL, .form = RATLS_DSTACK, .empty_log = true);
	REFUSED("tdx.quote.signature", NULL, .flip_quote = true);
}

static void cert__outside_its_dates_is_refused(void **state)
{
	(void)state;
	REFUSED("cert.validity", "valid until", .to_ms = -HOUR_MS);
	REFUSED("cert.validity", "not valid before", .from_ms = 2 * HOUR_MS,
	    .to_ms = HOUR_MS * 3);
	REFUSED("cert.validity", "31 days", .to_ms = 31 * 24 * HOUR_MS);
	REFUSED("cert.validity", "ends before", .to_ms = -3 * HOUR_MS);
}

static void cert__that_another_key_signed_is_refused(void **state)
{
	(void)state;
	REFUSED("cert.signature", NULL, .signer = stranger);
}

static void cert__that_may_issue_others_is_refused(void **state)
{
	(void)state;
	REFUSED("cert.key", "issue", .is_ca = true);
}

static void cert__of_another_curve_is_refused(void **state)
{
	EVP_PKEY *other = EVP_EC_gen("P-384");

	(void)state;
	assert_non_null(other);
	REFUSED("cert.key", "P-256", .of = other, .quoted = other);
	EVP_PKEY_free(other);
}

static void cert__with_evidence_twice_is_refused(void **state)
{
	(void)state;
	REFUSED("cert.evidence", "more than once", .twice = true);
	REFUSED("cert.evidence", "more than once", .both = true);
}

static void cert__with_another_thing_in_the_extension_is_refused(void **state)
{
	static const uint8_t junk[] = { 0x04, 0x02, 'h', 'i' };

	(void)state;
	REFUSED("cert.evidence", NULL, .value = span_of(junk, sizeof(junk)));
	REFUSED(
	    "cert.evidence", NULL, .form = RATLS_DSTACK, .dstack_bare = true);
	REFUSED("tdx.quote.length", NULL, .platform = "tdx",
	    .flip_quote = false,
	    .value = span_of("\x30\x11\x02\x01\x01\x0c\x03tdx\x04\x03"
			     "abc\x0c\x00\x0c\x00",
		19));
}

static void cert__without_evidence_is_not_judged(void **state)
{
	(void)state;
	expect(&(const struct flaw){ .none = true }, VERDICT_NOT_JUDGED,
	    "cert.evidence", "no evidence");
	expect(&(const struct flaw){ .versioned = true }, VERDICT_NOT_JUDGED,
	    "cert.evidence", "versioned");
	expect(&(const struct flaw){ .form = RATLS_DSTACK, .compressed = true },
	    VERDICT_NOT_JUDGED, "cert.evidence", "compressed");
	expect(&(const struct flaw){ .platform = "enigma" }, VERDICT_NOT_JUDGED,
	    "platform.known", NULL);
}

static void cert__that_is_none_is_not_judged(void **state)
{
	AUTO(blob_drop)
	struct blob der = make(&(const struct flaw){ .is_ca = false });

	(void)state;
	expect_bytes(span_text("<html>"), VERDICT_NOT_JUDGED, "cert.form",
	    "no certificate");
	expect_bytes(span_of(NULL, 0), VERDICT_NOT_JUDGED, "cert.form", NULL);
	expect_bytes(
	    span_of(der.p, der.n - 1), VERDICT_REJECTED, "cert.form", NULL);
}

static void cert__that_is_too_large_is_refused(void **state)
{
	uint8_t *big = calloc(1, LIMIT_PEM_BYTES + 1);

	(void)state;
	assert_non_null(big);
	big[0] = 0x30;
	expect_bytes(span_of(big, LIMIT_PEM_BYTES + 1), VERDICT_REJECTED,
	    "cert.form", "at most");
	expect_bytes(span_of(big, LIMIT_CERT_BYTES + 1), VERDICT_REJECTED,
	    "cert.form", "limit");
	free(big);
}

/* One bit anywhere: in DER, in what the key signed, or in the signature. */
static void cert__with_any_bit_flipped_is_never_authentic(void **state)
{
	AUTO(blob_drop)
	struct blob der = make(&(const struct flaw){ .is_ca = false });
	struct verify_options o = options();
	struct verdict *v = calloc(1, sizeof(*v));

	(void)state;
	assert_non_null(v);
	for (size_t i = 0; i < der.n; i += 7) {
		der.p[i] ^= (uint8_t)(1u << (i % 8));
		verify_certificate(blob_span(&der), &o, v);
		der.p[i] ^= (uint8_t)(1u << (i % 8));
		if (v->kind == VERDICT_AUTHENTIC || v->kind == VERDICT_ACCEPTED)
			fail_msg("byte %zu may be changed", i);
		verdict_drop(v);
	}
	free(v);
}

/* ---- the daemon's ------------------------------------------------------- */

static void judge_identity(
    const char *platform, enum ratls_form form, struct utc now)
{
	struct state_dir dir = state_dir_new();
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	struct tls_identity t = { 0 };
	AUTO(blob_drop) struct blob der = { 0 };
	AUTO(blob_drop) struct blob bundle = { 0 };
	struct verify_options o = { .at = now, .allow_simulated = true };
	struct verdict *v = calloc(1, sizeof(*v));

	assert_ok(
	    attest_open(&(const struct attest_config){ .simulate = platform,
			    .state_dir = dir.path },
		&a, &f),
	    f);
	assert_ok(tls_identity_make(a,
		      &(const struct tls_identity_plan){ .form = form,
			  .name = "oracle.test",
			  .valid_s = 3600,
			  .now = now },
		      &t, &f),
	    f);
	assert_ok(tls_cert_der(t.cert, &der, &f), f);
	if (strcmp(platform, "tdx") == 0)
		assert_ok(attest_collateral(a, &bundle, &f), f);
	o.collateral = blob_span(&bundle);
	verify_certificate(blob_span(&der), &o, v);
	assert_string_equal(response_world_first_failure(v), "");
	assert_int_equal(v->kind, VERDICT_AUTHENTIC);
	verdict_drop(v);
	/* The next one has another key, and this one an end. */
	o.at.ms += 3601 * 1000;
	verify_certificate(blob_span(&der), &o, v);
	assert_int_equal(v->kind, VERDICT_REJECTED);
	verdict_drop(v);
	free(v);
	tls_identity_drop(&t);
	attest_close(a);
	state_dir_drop(&dir);
}

static void identity__of_the_daemon_is_authentic(void **state)
{
	(void)state;
	judge_identity("tdx", RATLS_AFFIANT, clock_now());
	judge_identity("tdx", RATLS_DSTACK, clock_now());
	judge_identity("nitro", RATLS_AFFIANT, clock_now());
}

static void identity__in_dstacks_form_is_for_tdx_only(void **state)
{
	struct state_dir dir = state_dir_new();
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	struct tls_identity t = { 0 };

	(void)state;
	assert_ok(
	    attest_open(&(const struct attest_config){ .simulate = "nitro",
			    .state_dir = dir.path },
		&a, &f),
	    f);
	assert_refused(
	    tls_identity_make(a,
		&(const struct tls_identity_plan){ .form = RATLS_DSTACK,
		    .name = "oracle.test",
		    .valid_s = 3600,
		    .now = clock_now() },
		&t, &f),
	    f, FAULT_UNSUPPORTED, "tls.form");
	attest_close(a);
	state_dir_drop(&dir);
}

/* ---- what is bound ------------------------------------------------------ */

static void report_data__of_a_key_is_never_a_statements(void **state)
{
	uint8_t ours[REPORT_DATA_BYTES], other[REPORT_DATA_BYTES];
	struct sha256 hash = sha256_of(span_text("spki"));

	(void)state;
	ratls_report_data(RATLS_AFFIANT, span_text("spki"), ours);
	report_data_of(&hash, other);
	assert_memory_equal(ours, other, 32);
	assert_true(ratls_is_report_data(ours));
	assert_false(ratls_is_report_data(other));
	/* FORMAT.ratls.md, section 4. */
	assert_memory_equal(
	    ours + 32, "affiant/tls-certificate/v1\0\0\0\0\0\0", 32);
	ours[63] = 1;
	assert_false(ratls_is_report_data(ours));
}

static void decode__refuses_what_encode_would_not_write(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		enum fault_kind kind;
	} bad[] = {
		{ "", 0, FAULT_FORMAT },
		/* another version */
		{ "\x30\x11\x02\x01\x02\x0c\x03tdx\x04\x03"
		  "abc\x0c\x00\x0c\x00",
		    19, FAULT_UNSUPPORTED },
		/* no platform */
		{ "\x30\x0e\x02\x01\x01\x0c\x00\x04\x03"
		  "abc\x0c\x00\x0c\x00",
		    16, FAULT_FORMAT },
		/* no quote */
		{ "\x30\x0e\x02\x01\x01\x0c\x03tdx\x04\x00\x0c\x00\x0c\x00", 16,
		    FAULT_FORMAT },
		/* an element too few */
		{ "\x30\x0f\x02\x01\x01\x0c\x03tdx\x04\x03"
		  "abc\x0c\x00",
		    17, FAULT_FORMAT },
		/* a byte too many */
		{ "\x30\x11\x02\x01\x01\x0c\x03tdx\x04\x03"
		  "abc\x0c\x00\x0c\x00\x00",
		    20, FAULT_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct fault f = FAULT_INIT;
		struct evidence e;

		assert_refused(
		    ratls_decode(span_of(bad[i].bytes, bad[i].n), &e, &f), f,
		    bad[i].kind, "cert.evidence");
	}
}

static void encode__refuses_what_no_certificate_holds(void **state)
{
	uint8_t *big = calloc(1, LIMIT_CERT_BYTES);
	const struct evidence e = { .platform = span_text("tdx"),
		.quote = span_of(big, LIMIT_CERT_BYTES) };
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr w = wr_grow(1 << 20, "test", &f);

	(void)state;
	assert_non_null(big);
	assert_refused(
	    ratls_encode(&e, &w, &f), f, FAULT_LIMIT, "cert.evidence");
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cert__of_both_forms_is_authentic),
		cmocka_unit_test(cert__says_which_key_it_is_about),
		cmocka_unit_test(cert__as_pem_is_the_same),
		cmocka_unit_test(
		    cert__around_somebody_elses_evidence_is_refused),
		cmocka_unit_test(
		    cert__with_a_quote_made_for_something_else_is_refused),
		cmocka_unit_test(cert__with_a_changed_quote_is_refused),
		cmocka_unit_test(cert__outside_its_dates_is_refused),
		cmocka_unit_test(cert__that_another_key_signed_is_refused),
		cmocka_unit_test(cert__that_may_issue_others_is_refused),
		cmocka_unit_test(cert__of_another_curve_is_refused),
		cmocka_unit_test(cert__with_evidence_twice_is_refused),
		cmocka_unit_test(
		    cert__with_another_thing_in_the_extension_is_refused),
		cmocka_unit_test(cert__without_evidence_is_not_judged),
		cmocka_unit_test(cert__that_is_none_is_not_judged),
		cmocka_unit_test(cert__that_is_too_large_is_refused),
		cmocka_unit_test(cert__with_any_bit_flipped_is_never_authentic),
		cmocka_unit_test(identity__of_the_daemon_is_authentic),
		cmocka_unit_test(identity__in_dstacks_form_is_for_tdx_only),
		cmocka_unit_test(report_data__of_a_key_is_never_a_statements),
		cmocka_unit_test(decode__refuses_what_encode_would_not_write),
		cmocka_unit_test(encode__refuses_what_no_certificate_holds),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
