/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/collateral_quote.h"

#include "verify/base/text.h"
#include "verify/intel_pck.h"
#include "verify/intel_quote.h"
#include "verify/x509.h"
#include "verify/x509_pem.h"

#include <string.h>

#define AT "collateral.quote"

/* The PCK certificate and its issuer. */
struct pck {
	struct x509_pem pem;
	struct x509_cert leaf, ca;
};

static void pck_drop(struct pck *p)
{
	x509_cert_drop(&p->leaf);
	x509_cert_drop(&p->ca);
	x509_pem_drop(&p->pem);
}

static FALLIBLE read_pck(
    const struct intel_quote *q, struct pck *p, struct fault *f)
{
	if (q->cert_type != INTEL_CERT_PCK_CHAIN)
		return fault_raise(f, FAULT_UNSUPPORTED, AT,
		    "the quote carries no PCK chain (certification data of "
		    "type %u), so it does not say its FMSPC",
		    q->cert_type);
	TRY(x509_pem_read(q->cert_data, true, &p->pem, AT, f));
	if (p->pem.n != 3)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the PCK chain has %zu certificates, not 3", p->pem.n);
	TRY(x509_cert_parse(blob_span(&p->pem.der[0]), &p->leaf, AT, f));
	return x509_cert_parse(blob_span(&p->pem.der[1]), &p->ca, AT, f);
}

static FALLIBLE read_platform(
    const struct pck *p, struct collateral_platform *out, struct fault *f)
{
	const struct span oid = span_of(intel_pck_oid, sizeof(intel_pck_oid));
	struct intel_pck facts;
	struct span value;

	if (x509_cert_has_cn(&p->ca, "Intel SGX PCK Processor CA"))
		out->is_processor = true;
	else if (!x509_cert_has_cn(&p->ca, "Intel SGX PCK Platform CA"))
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the PCK certificate is neither from the Platform CA nor "
		    "from the Processor CA");
	if (x509_cert_extension(&p->leaf, oid, &value) != 1)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the PCK certificate has no SGX extension");
	TRY(intel_pck_parse(value, &facts, f));
	memcpy(out->fmspc, facts.fmspc, sizeof(out->fmspc));
	return true;
}

static FALLIBLE platform_of(
    struct span quote, struct collateral_platform *out, struct fault *f)
{
	AUTO(pck_drop) struct pck pck = { .pem = { .n = 0 } };
	struct collateral_platform p = { .is_tdx = false };
	struct intel_quote q;

	TRY(intel_quote_parse(quote, &q, f));
	TRY(read_pck(&q, &pck, f));
	p.is_tdx = q.tee == INTEL_TEE_TDX;
	TRY(read_platform(&pck, &p, f));
	*out = p;
	return true;
}

/* What an object has in its member `quote`. */
static FALLIBLE quote_in(struct span text, struct blob *quote, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;

	TRY(json_parse(text, &json_limits_default, AT, &doc, f));
	const struct json_node *v = json_find(json_root(doc), "quote");
	if (v == NULL || json_kind_of(v) != JSON_TEXT)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the JSON has no member `quote` that is text");
	return base64_decode(
	    span_text(json_text(v)), LIMIT_QUOTE_BYTES, quote, AT, f);
}

FALLIBLE collateral_quote_platform(
    struct span quote, struct collateral_platform *out, struct fault *f)
{
	AUTO(blob_drop) struct blob inner = { 0 };

	/* A quote begins with its version, a small number. */
	if (quote.n == 0 || quote.p[0] != '{')
		return platform_of(quote, out, f);
	TRY(quote_in(quote, &inner, f));
	return platform_of(blob_span(&inner), out, f);
}
