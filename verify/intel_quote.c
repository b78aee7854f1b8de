/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/intel_quote.h"

#include "verify/base/limits.h"

#include <string.h>

#define HEADER_BYTES 48
#define WRAPPER_BYTES 6 /* outer type and length, versions 4 and 5 */
#define SIGNATURE_AND_KEY 128
#define KEY_P256 2

static const uint8_t intel_vendor[16] = { 0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c,
	0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07 };

/* The size of a body type; 0 when the type is unknown. */
static size_t body_size(unsigned type)
{
	switch (type) {
	case INTEL_BODY_SGX:
		return INTEL_REPORT_BYTES;
	case INTEL_BODY_TD10:
		return INTEL_TD10_BYTES;
	case INTEL_BODY_TD15:
		return INTEL_TD15_BYTES;
	}
	return 0;
}

/* "Long enough for header, descriptor, body, auth_len; at most 65536." */
FALLIBLE intel_quote_length(struct intel_quote *q, struct fault *f)
{
	struct rd r = rd_over(q->raw, "intel.quote.length", f);
	size_t body = 0;

	if (q->raw.n > LIMIT_QUOTE_BYTES)
		return fault_raise(f, FAULT_LIMIT, "intel.quote.length",
		    "a quote has at most %d bytes, this one %zu",
		    LIMIT_QUOTE_BYTES, q->raw.n);
	q->version = rd_u16le(&r);
	q->key_type = rd_u16le(&r);
	q->tee = rd_u32le(&r);
	q->qe_svn = rd_u16le(&r);
	q->pce_svn = rd_u16le(&r);
	q->vendor = rd_span(&r, 16);
	q->user_data = rd_span(&r, 20);
	/*
	 * What must follow depends on the version; an unknown version or body
	 * type is the business of the rules that come next.
	 */
	if (q->version == 3) {
		body = INTEL_REPORT_BYTES;
	} else if (q->version == 4) {
		body = INTEL_TD10_BYTES;
	} else if (q->version == 5) {
		body = body_size(rd_u16le(&r));
		rd_skip(&r, 4);
	}
	if (rd_ok(&r) && body > 0)
		rd_skip(&r, body + 4);
	return rd_ok(&r);
}

FALLIBLE intel_quote_version(struct intel_quote *q, struct fault *f)
{
	if (q->version < 3 || q->version > 5)
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.version", 0,
		    "quote version is %u; known are 3, 4 and 5", q->version);
	return true;
}

FALLIBLE intel_quote_key(struct intel_quote *q, struct fault *f)
{
	if (q->key_type != KEY_P256)
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.key_type",
		    2, "attestation key type is %u; only 2, P-256, is known",
		    q->key_type);
	return true;
}

/* SGX as version 3 only: no platform emits anything else. (Section 2.) */
FALLIBLE intel_quote_tee(struct intel_quote *q, struct fault *f)
{
	uint32_t want = q->version == 3 ? INTEL_TEE_SGX : INTEL_TEE_TDX;

	if (q->tee != want)
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.tee", 4,
		    "TEE type of a version %u quote is 0x%08x, not 0x%08x",
		    q->version, want, q->tee);
	return true;
}

FALLIBLE intel_quote_vendor(struct intel_quote *q, struct fault *f)
{
	if (!span_equal(q->vendor, span_of(intel_vendor, sizeof(intel_vendor))))
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.vendor", 12,
		    "the quoting enclave's vendor is not Intel");
	return true;
}

static void read_report(struct rd *r, struct intel_report *out)
{
	out->cpu_svn = rd_span(r, 16);
	out->misc_select = rd_span(r, 4);
	rd_skip(r, 12);
	out->isv_ext_prod_id = rd_span(r, 16);
	out->attributes = rd_span(r, 16);
	out->mrenclave = rd_span(r, 32);
	rd_skip(r, 32);
	out->mrsigner = rd_span(r, 32);
	rd_skip(r, 32);
	out->config_id = rd_span(r, 64);
	out->isv_prod_id = rd_u16le(r);
	out->isv_svn = rd_u16le(r);
	out->config_svn = rd_u16le(r);
	rd_skip(r, 42);
	out->isv_family_id = rd_span(r, 16);
	out->report_data = rd_span(r, 64);
}

static FALLIBLE parse_report(
    struct span in, struct intel_report *out, struct fault *f)
{
	struct rd r = rd_over(in, "intel.report", f);

	read_report(&r, out);
	TRY(rd_end(&r));
	r = rd_over(out->attributes, "intel.report.attributes", f);
	out->flags = rd_u64le(&r);
	return rd_ok(&r);
}

static FALLIBLE parse_td(
    struct span in, bool is_15, struct intel_td *out, struct fault *f)
{
	struct rd r = rd_over(in, "intel.td", f);

	out->tee_tcb_svn = rd_span(&r, 16);
	out->mrseam = rd_span(&r, 48);
	out->mrsignerseam = rd_span(&r, 48);
	out->seam_attributes = rd_span(&r, 8);
	out->attributes = rd_span(&r, 8);
	out->xfam = rd_span(&r, 8);
	out->mrtd = rd_span(&r, 48);
	out->mrconfigid = rd_span(&r, 48);
	out->mrowner = rd_span(&r, 48);
	out->mrownerconfig = rd_span(&r, 48);
	for (size_t i = 0; i < COUNT(out->rtmr); i++)
		out->rtmr[i] = rd_span(&r, 48);
	out->report_data = rd_span(&r, 64);
	out->is_15 = is_15;
	if (is_15) {
		out->tee_tcb_svn2 = rd_span(&r, 16);
		out->mrservicetd = rd_span(&r, 48);
	}
	TRY(rd_end(&r));
	r = rd_over(out->attributes, "intel.td.attributes", f);
	out->flags = rd_u64le(&r);
	return rd_ok(&r);
}

/* The version 5 descriptor: "the size must be exactly the one of the type,
 * and the type must fit the TEE type". */
static FALLIBLE read_descriptor(
    struct intel_quote *q, struct rd *r, struct fault *f)
{
	unsigned type = rd_u16le(r);
	uint32_t size = rd_u32le(r);

	if (!rd_ok(r))
		return false;
	if (type != INTEL_BODY_TD10 && type != INTEL_BODY_TD15)
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.body",
		    HEADER_BYTES, "body type %u is not that of a TD report",
		    type);
	if (size != body_size(type))
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.body",
		    HEADER_BYTES + 2, "body type %u has %zu bytes, not %u",
		    type, body_size(type), size);
	q->body_type = (enum intel_body)type;
	return true;
}

FALLIBLE intel_quote_body(struct intel_quote *q, struct fault *f)
{
	struct rd r = rd_over(q->raw, "intel.quote.body", f);
	size_t prefix;

	rd_skip(&r, HEADER_BYTES);
	if (q->version == 3)
		q->body_type = INTEL_BODY_SGX;
	else if (q->version == 4)
		q->body_type = INTEL_BODY_TD10;
	else
		TRY(read_descriptor(q, &r, f));
	q->body = rd_span(&r, body_size(q->body_type));
	prefix = rd_offset(&r);
	q->auth_len = rd_u32le(&r);
	TRY(rd_ok(&r));

	r = rd_over(q->raw, "intel.quote.body", f);
	q->signed_part = rd_span(&r, prefix);
	if (q->body_type == INTEL_BODY_SGX)
		return parse_report(q->body, &q->sgx, f);
	return parse_td(q->body, q->body_type == INTEL_BODY_TD15, &q->td, f);
}

/* A reader behind auth_len. */
static struct rd rd_auth(const struct intel_quote *q, struct fault *f)
{
	struct rd r = rd_over(q->raw, "intel.quote.auth", f);

	rd_skip(&r, q->signed_part.n + 4);
	return r;
}

FALLIBLE intel_quote_auth(struct intel_quote *q, struct fault *f)
{
	struct rd r = rd_auth(q, f);

	if (q->auth_len > rd_left(&r))
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.auth",
		    q->signed_part.n,
		    "authentication data of %u bytes, but only %zu remain",
		    q->auth_len, rd_left(&r));
	q->auth = rd_span(&r, q->auth_len);
	return rd_ok(&r);
}

/*
 * Drivers and clouds hand out a buffer with zeros after the quote: cut off at
 * once. Any other byte makes two files the same quote: refused.
 */
FALLIBLE intel_quote_tail(struct intel_quote *q, struct fault *f)
{
	struct rd r = rd_auth(q, f);
	size_t end;

	rd_skip(&r, q->auth.n);
	end = rd_offset(&r);
	if (!span_is_zero(rd_span(&r, rd_left(&r))))
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.tail", end,
		    "bytes other than zero stand after the quote's end");
	r = rd_over(q->raw, "intel.quote.tail", f);
	q->canonical = rd_span(&r, end);
	return rd_ok(&r);
}

FALLIBLE intel_quote_auth_size(struct intel_quote *q, struct fault *f)
{
	size_t least =
	    SIGNATURE_AND_KEY + (q->version == 3 ? 0 : WRAPPER_BYTES);

	if (q->auth_len < least)
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.auth_size",
		    q->signed_part.n,
		    "authentication data has %u bytes, at least %zu are needed",
		    q->auth_len, least);
	return true;
}

FALLIBLE intel_quote_wrapper(struct intel_quote *q, struct fault *f)
{
	struct rd r = rd_over(q->auth, "intel.quote.wrapper", f);
	size_t at = q->signed_part.n + 4 + SIGNATURE_AND_KEY;
	unsigned type;
	uint32_t length;

	q->signature = rd_span(&r, 64);
	q->ak = rd_span(&r, 64);
	if (q->version == 3)
		return rd_ok(&r);
	type = rd_u16le(&r);
	length = rd_u32le(&r);
	TRY(rd_ok(&r));
	if (type != INTEL_CERT_QE_REPORT)
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.wrapper",
		    at, "outer certification data type is %u, not 6", type);
	if (length != rd_left(&r))
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.wrapper",
		    at + 2, "outer length is %u, but %zu bytes follow", length,
		    rd_left(&r));
	return true;
}

FALLIBLE intel_quote_parts(struct intel_quote *q, struct fault *f)
{
	struct rd r = rd_over(q->auth, "intel.quote.parts", f);
	size_t start = q->signed_part.n + 4;
	size_t n_auth, length;

	rd_skip(&r, SIGNATURE_AND_KEY + (q->version == 3 ? 0 : WRAPPER_BYTES));
	q->qe_report = rd_span(&r, INTEL_REPORT_BYTES);
	q->qe_signature = rd_span(&r, 64);
	n_auth = rd_u16le(&r);
	q->qe_auth = rd_span(&r, n_auth);
	q->cert_type = rd_u16le(&r);
	length = rd_u32le(&r);
	TRY(rd_ok(&r));
	if (length != rd_left(&r))
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.parts",
		    start + rd_offset(&r) - 4,
		    "certification data of %zu bytes, but %zu follow", length,
		    rd_left(&r));
	q->cert_data = rd_span(&r, length);
	TRY(rd_end(&r));
	return parse_report(q->qe_report, &q->qe, f);
}

/* Of types 2 and 3: an encrypted PPID, CPUSVN 16, PCESVN 2, PCEID 2. */
#define PPID_RSA_2048 (256 + 20)
#define PPID_RSA_3072 (384 + 20)

FALLIBLE intel_quote_certification(struct intel_quote *q, struct fault *f)
{
	size_t at = q->canonical.n - q->cert_data.n - 6;
	size_t n = q->cert_data.n;

	if (q->cert_type < 1 || q->cert_type > INTEL_CERT_PCK_CHAIN)
		return fault_raise_at(f, FAULT_FORMAT,
		    "intel.quote.certification", at,
		    "certification data type is %u; 1 to 5 are allowed here",
		    q->cert_type);
	if ((q->cert_type == 2 && n != PPID_RSA_2048) ||
	    (q->cert_type == 3 && n != PPID_RSA_3072))
		return fault_raise_at(f, FAULT_FORMAT,
		    "intel.quote.certification", at + 2,
		    "certification data of type %u cannot have %zu bytes",
		    q->cert_type, n);
	return true;
}

FALLIBLE intel_quote_parse(
    struct span quote, struct intel_quote *out, struct fault *f)
{
	struct intel_quote q = { .raw = quote };

	TRY(intel_quote_length(&q, f));
	TRY(intel_quote_version(&q, f));
	TRY(intel_quote_key(&q, f));
	TRY(intel_quote_tee(&q, f));
	TRY(intel_quote_vendor(&q, f));
	TRY(intel_quote_body(&q, f));
	TRY(intel_quote_auth(&q, f));
	TRY(intel_quote_tail(&q, f));
	TRY(intel_quote_auth_size(&q, f));
	TRY(intel_quote_wrapper(&q, f));
	TRY(intel_quote_parts(&q, f));
	TRY(intel_quote_certification(&q, f));
	*out = q;
	return true;
}
