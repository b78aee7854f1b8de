/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/ratls.h"

#include "verify/base/hash.h"
#include "verify/base/limits.h"
#include "verify/base/rd_der.h"

#include <string.h>

#define AT "cert.evidence"
#define VERSION 1
#define HALF (REPORT_DATA_BYTES / 2)

/* A platform's name; the longest of ours has seven letters. */
#define PLATFORM_MAX 32

const char *const ratls_form_names[] = {
	[RATLS_AFFIANT] = "affiant", [RATLS_DSTACK] = "dstack", NULL
};

/* ---- what is bound ------------------------------------------------------ */

static void ours(const struct sha256 *spki, uint8_t out[REPORT_DATA_BYTES])
{
	_Static_assert(sizeof(RATLS_TAG) <= HALF, "the tag has its half");
	memset(out, 0, REPORT_DATA_BYTES);
	memcpy(out, spki->b, sizeof(spki->b));
	memcpy(out + HALF, RATLS_TAG, sizeof(RATLS_TAG) - 1);
}

void ratls_report_data(
    enum ratls_form form, struct span spki, uint8_t out[REPORT_DATA_BYTES])
{
	const struct span parts[] = { span_text("ratls-cert:"), spki };
	struct sha256 own = sha256_of(spki);
	struct sha512 theirs = sha512_of_parts(parts, COUNT(parts));

	switch (form) {
	case RATLS_AFFIANT:
		ours(&own, out);
		break;
	case RATLS_DSTACK:
		memcpy(out, theirs.b, REPORT_DATA_BYTES);
		break;
	}
}

bool ratls_is_report_data(const uint8_t report_data[REPORT_DATA_BYTES])
{
	const struct sha256 nothing = { 0 };
	uint8_t form[REPORT_DATA_BYTES];

	ours(&nothing, form);
	return memcmp(report_data + HALF, form + HALF, HALF) == 0;
}

static const char *what_for(enum ratls_form form, struct span spki,
    const uint8_t got[REPORT_DATA_BYTES])
{
	enum ratls_form other =
	    form == RATLS_AFFIANT ? RATLS_DSTACK : RATLS_AFFIANT;
	uint8_t is[REPORT_DATA_BYTES];
	struct sha256 own = sha256_of(spki);

	ratls_report_data(other, spki, is);
	if (memcmp(got, is, sizeof(is)) == 0)
		return "this key, but in the form of the other extension";
	if (ratls_is_report_data(got))
		return "another key: a certificate with this one was put "
		       "around somebody else's evidence";
	if (span_is_zero(span_of(got, REPORT_DATA_BYTES)))
		return "nothing: its report_data is zero";
	if (memcmp(got, own.b, sizeof(own.b)) == 0)
		return "the key's hash without the tag behind it";
	if (span_is_zero(span_of(got + HALF, HALF)))
		return "a statement, and not for a certificate";
	return "something else than this certificate's key";
}

FALLIBLE ratls_report_data_check(enum ratls_form form, struct span spki,
    const uint8_t got[REPORT_DATA_BYTES], struct fault *f)
{
	uint8_t want[REPORT_DATA_BYTES];

	ratls_report_data(form, spki, want);
	if (memcmp(got, want, sizeof(want)) == 0)
		return true;
	return fault_raise(f, FAULT_CRYPTO, "binding.report-data",
	    "the quote was made for %s", what_for(form, spki, got));
}

/* ---- our extension ------------------------------------------------------ */

static size_t head_size(size_t n)
{
	return n < 0x80 ? 2 : n < 0x100 ? 3 : n < 0x10000 ? 4 : 5;
}

static void write_head(struct wr *w, uint8_t tag, size_t n)
{
	size_t extra = head_size(n) - 2;

	wr_u8(w, tag);
	wr_u8(w, extra == 0 ? (uint8_t)n : (uint8_t)(0x80 | extra));
	for (; extra > 0; extra--)
		wr_u8(w, (uint8_t)(n >> (8 * (extra - 1))));
}

static void write_value(struct wr *w, uint8_t tag, struct span value)
{
	write_head(w, tag, value.n);
	wr_span(w, value);
}

FALLIBLE ratls_encode(const struct evidence *e, struct wr *w, struct fault *f)
{
	const struct span parts[] = { e->platform, e->quote, e->event_log,
		e->app_compose };
	static const uint8_t tags[] = { DER_UTF8_STRING, DER_OCTET_STRING,
		DER_UTF8_STRING, DER_UTF8_STRING };
	static const uint8_t version[] = { DER_INTEGER, 1, VERSION };
	size_t n = sizeof(version);

	for (size_t i = 0; i < COUNT(parts); i++)
		n += head_size(parts[i].n) + parts[i].n;
	/* What a reader would not take is not written. */
	if (n > LIMIT_CERT_BYTES)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "the evidence has %zu bytes, and a certificate at most %d",
		    n, LIMIT_CERT_BYTES);
	write_head(w, DER_SEQUENCE, n);
	wr_bytes(w, version, sizeof(version));
	for (size_t i = 0; i < COUNT(parts); i++)
		write_value(w, tags[i], parts[i]);
	if (!wr_ok(w))
		return fault_raise(f, w->f->kind, AT, "%s", w->f->text);
	return true;
}

static FALLIBLE check_sizes(const struct evidence *e, struct fault *f)
{
	if (e->platform.n == 0 || e->platform.n > PLATFORM_MAX)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "a platform's name has 1 to %d bytes", PLATFORM_MAX);
	if (e->quote.n == 0)
		return fault_raise(f, FAULT_FORMAT, AT, "the quote is empty");
	return true;
}

FALLIBLE ratls_decode(struct span value, struct evidence *out, struct fault *f)
{
	struct evidence e = { 0 };
	struct rd r, in;
	uint64_t version;

	if (value.n > LIMIT_CERT_BYTES)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "the evidence has %zu bytes, and a certificate at most %d",
		    value.n, LIMIT_CERT_BYTES);
	r = rd_over(value, AT, f);
	in = rd_der_enter(&r, DER_SEQUENCE, AT);
	version = rd_der_u64(&in, DER_INTEGER);
	if (rd_ok(&in) && version != VERSION)
		return fault_raise(f, FAULT_UNSUPPORTED, AT,
		    "the evidence is of another version than %d", VERSION);
	e.platform = rd_der_value(&in, DER_UTF8_STRING);
	e.quote = rd_der_value(&in, DER_OCTET_STRING);
	e.event_log = rd_der_value(&in, DER_UTF8_STRING);
	e.app_compose = rd_der_value(&in, DER_UTF8_STRING);
	TRY(rd_end(&in));
	TRY(rd_end(&r));
	TRY(check_sizes(&e, f));
	*out = e;
	return true;
}

/* ---- in a certificate --------------------------------------------------- */

/* 1.3.6.1.4.1.62397.1.N */
#define DSTACK_OID(n)                                                       \
	{                                                                   \
		0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xe7, 0x3d, \
		    0x01, n                                                 \
	}
static const uint8_t oid_quote[] = DSTACK_OID(1);
static const uint8_t oid_log[] = DSTACK_OID(2);
static const uint8_t oid_versioned[] = DSTACK_OID(8);
static const uint8_t oid_ours[] = { 0x06, 0x14, 0x69, 0x82, 0xaa, 0xc9, 0xfc,
	0x81, 0x8c, 0x95, 0xca, 0x9a, 0xa9, 0xb6, 0xc8, 0x8e, 0x92, 0xa3, 0xcc,
	0x8e, 0xce, 0x5f };

/* A guest may compress its log; what unpacks it is no code for a verifier. */
static const char compressed[] = "ELGZv1";

/* "A DER OCTET STRING wrapping the payload": one layer more. */
static FALLIBLE unwrap(struct span value, struct span *out, struct fault *f)
{
	struct rd r = rd_over(value, AT, f);
	struct span in = rd_der_value(&r, DER_OCTET_STRING);

	TRY(rd_end(&r));
	*out = in;
	return true;
}

static FALLIBLE read_dstack(const struct x509_cert *cert, struct span quote,
    struct evidence *out, struct fault *f)
{
	struct evidence e = { .platform = span_text("tdx") };
	struct span value;

	TRY(unwrap(quote, &e.quote, f));
	if (x509_cert_extension(
		cert, span_of(oid_log, sizeof(oid_log)), &value) > 0)
		TRY(unwrap(value, &e.event_log, f));
	if (e.event_log.n >= strlen(compressed) &&
	    memcmp(e.event_log.p, compressed, strlen(compressed)) == 0)
		return fault_raise(f, FAULT_UNSUPPORTED, AT,
		    "the event log is compressed, which is not read here");
	TRY(check_sizes(&e, f));
	*out = e;
	return true;
}

FALLIBLE ratls_find(const struct x509_cert *cert, enum ratls_form *form,
    struct evidence *out, struct fault *f)
{
	struct span own = { 0 }, quote = { 0 }, ignored;
	size_t n_own = x509_cert_extension(
	    cert, span_of(oid_ours, sizeof(oid_ours)), &own);
	size_t n_quote = x509_cert_extension(
	    cert, span_of(oid_quote, sizeof(oid_quote)), &quote);
	size_t n_log = x509_cert_extension(
	    cert, span_of(oid_log, sizeof(oid_log)), &ignored);

	if (n_own + n_quote > 1 || n_log > 1)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "there is evidence in it more than once");
	if (n_own == 1) {
		*form = RATLS_AFFIANT;
		return ratls_decode(own, out, f);
	}
	if (n_quote == 1) {
		*form = RATLS_DSTACK;
		return read_dstack(cert, quote, out, f);
	}
	if (x509_cert_extension(cert,
		span_of(oid_versioned, sizeof(oid_versioned)), &ignored) > 0)
		return fault_raise(f, FAULT_UNSUPPORTED, AT,
		    "its evidence is in dstack's versioned encoding, which is "
		    "not read here; the pair of quote and event log is");
	return fault_raise(f, FAULT_UNSUPPORTED, AT,
	    "the certificate carries no evidence: nothing is said about what "
	    "holds its key");
}
