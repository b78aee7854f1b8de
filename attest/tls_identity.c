/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/tls_identity.h"

#include "attest/ossl.h"
#include "attest/tls_cert.h"

#include <openssl/ec.h>
#include <string.h>

/* Beside the evidence: names, key, dates and signature have below 600. */
#define REST_BYTES 1024

void tls_identity_drop(struct tls_identity *t)
{
	EVP_PKEY_free(t->key);
	X509_free(t->cert);
	*t = (struct tls_identity){ 0 };
}

/* ---- the extensions ----------------------------------------------------- */

/* In the reference an OCTET STRING stands around the payload. */
static FALLIBLE wrap(struct span payload, struct blob *out, struct fault *f)
{
	AUTO(ossl_drop_octets) ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();
	uint8_t *der = NULL;
	if (!s || !ASN1_OCTET_STRING_set(s, payload.p, (int)payload.n))
		return ossl_broken(f, "tls.certificate", "an octet string");
	int n = i2d_ASN1_OCTET_STRING(s, &der);
	if (n <= 0)
		return ossl_broken(f, "tls.certificate", "an octet string");
	bool ok = blob_copy(span_of(der, (size_t)n), out, f);
	OPENSSL_free(der);
	return ok;
}

/* Two at most; the values are the caller's to drop. */
struct extensions {
	struct blob value[2];
	struct tls_cert_ext ext[2];
	size_t n;
};

static void extensions_drop(struct extensions *e)
{
	blob_drop(&e->value[0]);
	blob_drop(&e->value[1]);
}

static FALLIBLE add_dstack(
    const struct attested *got, struct extensions *e, struct fault *f)
{
	TRY(wrap(blob_span(&got->quote), &e->value[0], f));
	e->ext[0] = (struct tls_cert_ext){ RATLS_DSTACK_QUOTE_OID_TEXT,
		blob_span(&e->value[0]) };
	e->n = 1;
	/* An empty log would be one that does not lead to the registers. */
	if (got->event_log.n == 0)
		return true;
	TRY(wrap(blob_span(&got->event_log), &e->value[1], f));
	e->ext[1] = (struct tls_cert_ext){ RATLS_DSTACK_LOG_OID_TEXT,
		blob_span(&e->value[1]) };
	e->n = 2;
	return true;
}

static FALLIBLE add_ours(const struct attest *a, const struct attested *got,
    struct extensions *e, struct fault *f)
{
	AUTO(wr_drop) struct wr w = wr_grow(1 << 20, "tls.size", f);
	struct evidence evidence = {
		.platform = span_text(attest_platform(a)),
		.quote = blob_span(&got->quote),
		.event_log = blob_span(&got->event_log),
		.app_compose = blob_span(&got->app_compose),
	};
	/* Who judges has it from elsewhere: it is public, and measured. */
	if (evidence.quote.n + evidence.event_log.n + evidence.app_compose.n >
	    LIMIT_CERT_BYTES - REST_BYTES)
		evidence.app_compose = (struct span){ 0 };
	TRY(ratls_encode(&evidence, &w, f));
	TRY(wr_done(&w, &e->value[0]));
	e->ext[0] =
	    (struct tls_cert_ext){ RATLS_OID_TEXT, blob_span(&e->value[0]) };
	e->n = 1;
	return true;
}

/* ---- the whole ---------------------------------------------------------- */

static FALLIBLE check_form(
    const struct attest *a, enum ratls_form form, struct fault *f)
{
	if (form == RATLS_DSTACK && strcmp(attest_platform(a), "tdx") != 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "tls.form",
		    "dstack's extension holds TDX quotes, and this platform "
		    "is %s: use the form \"affiant\"",
		    attest_platform(a));
	return true;
}

static FALLIBLE quote_key(struct attest *a, EVP_PKEY *key, enum ratls_form form,
    struct attested *got, struct fault *f)
{
	AUTO(blob_drop) struct blob spki = { 0 };
	uint8_t report_data[REPORT_DATA_BYTES];
	TRY(tls_cert_spki(key, &spki, f));
	ratls_report_data(form, blob_span(&spki), report_data);
	return attest_quote(a, report_data, got, f);
}

FALLIBLE tls_identity_make(struct attest *a,
    const struct tls_identity_plan *plan, struct tls_identity *out,
    struct fault *f)
{
	AUTO(tls_identity_drop) struct tls_identity t = { 0 };
	AUTO(attested_drop) struct attested got = { 0 };
	AUTO(extensions_drop) struct extensions e = { .n = 0 };
	AUTO(blob_drop) struct blob der = { 0 };
	TRY(check_form(a, plan->form, f));
	t.key = EVP_EC_gen("P-256");
	if (!t.key)
		return ossl_broken(f, "tls.key", "making a P-256 key");
	t.from.ms = plan->now.ms - TLS_IDENTITY_EARLY_MS;
	t.to.ms = plan->now.ms + (int64_t)plan->valid_s * 1000;
	TRY(quote_key(a, t.key, plan->form, &got, f));
	TRY(plan->form == RATLS_DSTACK ? add_dstack(&got, &e, f)
				       : add_ours(a, &got, &e, f));
	const struct tls_cert_plan cert = {
		.name = plan->name,
		.from = t.from,
		.to = t.to,
		.ext = e.ext,
		.n_ext = e.n,
	};
	TRY(tls_cert_make(t.key, &cert, &t.cert, f));
	TRY(tls_cert_der(t.cert, &der, f));
	if (der.n > LIMIT_CERT_BYTES)
		return fault_raise(f, FAULT_LIMIT, "tls.size",
		    "quote and event log make a certificate of %zu bytes, and "
		    "it may have %d",
		    der.n, LIMIT_CERT_BYTES);
	*out = t;
	t = (struct tls_identity){ 0 };
	return true;
}
