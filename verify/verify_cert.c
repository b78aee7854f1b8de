/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this a certificate with evidence, and does its key vouch for it? That the
 * quote in it binds the key is the business of verify_binding.c, behind the
 * platform. FORMAT.ratls.md.
 */
#include "verify/verify_case.h"

#include "verify/base/text.h"
#include "verify/x509_pem.h"

#include <string.h>

/* A clock may be wrong by so much. */
#define MAX_SKEW_MS 60000
#define DAY_MS INT64_C(86400000)

/* DER as it is; of PEM the first certificate, as servers send it. */
static FALLIBLE take_der(struct verify_case *c, struct fault *f)
{
	static const char begin[] = "-----BEGIN ";
	AUTO(x509_pem_drop) struct x509_pem pem = { 0 };
	struct span in = c->in;

	if (in.n > 0 && in.p[0] == 0x30)
		return blob_copy(in, &c->cert_der, f);
	if (in.n < strlen(begin) || memcmp(in.p, begin, strlen(begin)) != 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "cert.form",
		    "this is no certificate, neither in DER nor in PEM");
	TRY(x509_pem_read(in, false, &pem, "cert.form", f));
	return blob_copy(blob_span(&pem.der[0]), &c->cert_der, f);
}

static FALLIBLE check_form(struct verify_case *c, struct fault *f)
{
	if (c->in.n > LIMIT_PEM_BYTES)
		return fault_raise(f, FAULT_LIMIT, "cert.form",
		    "%zu bytes, and a certificate or its chain has at most %d",
		    c->in.n, LIMIT_PEM_BYTES);
	TRY(take_der(c, f));
	TRY(x509_cert_parse(blob_span(&c->cert_der), &c->cert, "cert.form", f));
	return x509_cert_spki(&c->cert, &c->cert_spki, "cert.form", f);
}

static FALLIBLE check_evidence(struct verify_case *c, struct fault *f)
{
	struct evidence *e = &c->response.evidence;

	TRY(ratls_find(&c->cert, &c->ratls, e, f));
	/* What did not fit into it may be given beside. */
	if (e->app_compose.n == 0 && c->opt->beside != NULL)
		e->app_compose = c->opt->beside->app_compose;
	if (e->event_log.n == 0 && c->opt->beside != NULL)
		e->event_log = c->opt->beside->event_log;
	c->platform_name = e->platform;
	c->quote = e->quote;
	return true;
}

static FALLIBLE check_key(struct verify_case *c, struct fault *f)
{
	const struct x509_cert *x = &c->cert;

	if (!x->is_v3 || !x->is_p256)
		return fault_raise(f, FAULT_FORMAT, "cert.key",
		    "want a version 3 certificate with a P-256 key");
	if (x->has_bad_extension || x->has_unknown_critical)
		return fault_raise(f, FAULT_FORMAT, "cert.key",
		    "an extension stands there twice, does not parse, or is "
		    "critical and unknown");
	if (x->is_ca)
		return fault_raise(f, FAULT_FORMAT, "cert.key",
		    "it may issue others: what holds its key could pass it on "
		    "in any name");
	return true;
}

static FALLIBLE check_signature(struct verify_case *c, struct fault *f)
{
	const struct x509_key own = x509_cert_key(&c->cert);

	if (c->ratls == RATLS_DSTACK &&
	    !span_equal(c->cert.issuer, c->cert.subject))
		return verify_excuse(f,
		    "somebody else issued it, who is not asked here: its "
		    "names and dates are his word");
	if (!span_equal(c->cert.issuer, c->cert.subject) ||
	    !c->cert.is_ecdsa_sha256)
		return fault_raise(f, FAULT_FORMAT, "cert.signature",
		    "it is not signed by its own key with ECDSA and SHA-256");
	return x509_cert_signed_by(&c->cert, &own, "cert.signature", f);
}

static FALLIBLE check_validity(struct verify_case *c, struct fault *f)
{
	const struct x509_cert *x = &c->cert;
	char text[UTC_TEXT_SIZE];

	if (x->to.ms < x->from.ms)
		return fault_raise(f, FAULT_FORMAT, "cert.validity",
		    "it ends before it begins");
	if (c->ratls == RATLS_AFFIANT &&
	    x->to.ms - x->from.ms > LIMIT_RATLS_DAYS * DAY_MS)
		return fault_raise(f, FAULT_POLICY, "cert.validity",
		    "it is valid for more than %d days", LIMIT_RATLS_DAYS);
	if (c->opt->at.ms < x->from.ms - MAX_SKEW_MS)
		return fault_raise(f, FAULT_POLICY, "cert.validity",
		    "it is not valid before %s", utc_format(x->from, text));
	/* Both ends inclusive, and notAfter has no fractions. */
	if (c->opt->at.ms / 1000 > x->to.ms / 1000)
		return fault_raise(f, FAULT_POLICY, "cert.validity",
		    "it was valid until %s", utc_format(x->to, text));
	return true;
}

static const struct verify_check rows[] = {
	{ { .id = "cert.form",
	      .ref = "",
	      .clause = "FORMAT.ratls.md 1; RFC 5280 4.1",
	      .explain =
		  "The input is one certificate, in DER or PEM, exactly as "
		  "its encoding wants it. Of a chain the first is judged.",
	      .stage = STAGE_AUTHENTIC },
	    0, NEEDS_CERTIFICATE, check_form },
	{ { .id = "cert.evidence",
	      .ref = "",
	      .clause = "FORMAT.ratls.md 2 and 3",
	      .explain =
		  "The certificate carries evidence once, in our extension "
		  "or in dstack's pair of quote and event log. Without it "
		  "nothing is said about what holds the key.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_CERTIFICATE, NEEDS_JSON | NEEDS_RESPONSE, check_evidence },
	{ { .id = "cert.key",
	      .ref = "",
	      .clause = "FORMAT.ratls.md 1; RFC 5280 4.2",
	      .explain =
		  "A version 3 certificate of a P-256 key that issues no "
		  "others, without extensions that nobody here understands "
		  "and that must be.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_CERTIFICATE, 0, check_key },
	{ { .id = "cert.signature",
	      .ref = "",
	      .clause = "FORMAT.ratls.md 1; RFC 5280 4.1.1.3",
	      .explain =
		  "The key that the quote binds signed the certificate, so "
		  "names and dates are those of the code in the TEE. One that "
		  "dstack's key service issued is not signed by itself; its "
		  "issuer is not judged here.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_RESPONSE, 0, check_signature },
	{ { .id = "cert.validity",
	      .ref = "",
	      .clause = "FORMAT.ratls.md 1; RFC 5280 4.1.2.5",
	      .explain =
		  "The certificate is valid at the time of judgement (--at), "
		  "and ours for a few days only: it is made anew, with a new "
		  "quote, long before its end.",
	      .stage = STAGE_POLICY },
	    NEEDS_RESPONSE, 0, check_validity },
};

const struct verify_table verify_cert = { rows, COUNT(rows) };
