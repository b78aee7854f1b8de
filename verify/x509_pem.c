/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/x509_pem.h"

#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <string.h>

static const char begin[] = "-----BEGIN CERTIFICATE-----";
static const char end[] = "-----END CERTIFICATE-----";

void x509_pem_drop(struct x509_pem *p)
{
	for (size_t i = 0; i < p->n; i++)
		blob_drop(&p->der[i]);
	p->n = 0;
}

/*
 * Only what ends a line (RFC 7468 strict): with blanks, one flipped bit of the
 * NUL behind a quote's chain, which nobody signed, would make another quote.
 */
static bool is_space(uint8_t c)
{
	return c == '\r' || c == '\n';
}

static uint8_t peek(const struct rd *r)
{
	struct rd ahead = *r;

	return rd_u8(&ahead);
}

static void skip_space(struct rd *r)
{
	while (rd_left(r) > 0 && is_space(peek(r)))
		rd_skip(r, 1);
}

static bool take(struct rd *r, const char *want)
{
	size_t n = strlen(want);

	return rd_left(r) >= n && span_equal_text(rd_span(r, n), want);
}

/* One block: base64 in lines, then the end line. */
static FALLIBLE read_block(
    struct rd *r, struct blob *out, const char *at, struct fault *f)
{
	struct wr text = wr_grow(LIMIT_PEM_BYTES, at, f);
	bool ok;

	while (rd_left(r) > 0 && peek(r) != '-') {
		uint8_t c = rd_u8(r);

		if (c != '\n' && c != '\r')
			wr_u8(&text, c);
	}
	ok = wr_ok(&text) && rd_ok(r);
	if (ok && !take(r, end))
		ok = rd_fail(r, FAULT_FORMAT,
		    "a certificate's end line is missing or not exact");
	if (ok)
		ok =
		    base64_decode(wr_view(&text), LIMIT_CERT_BYTES, out, at, f);
	wr_drop(&text);
	return ok;
}

static FALLIBLE read_all(struct rd *r, bool allow_nul, struct x509_pem *out,
    const char *at, struct fault *f)
{
	for (;;) {
		skip_space(r);
		if (allow_nul && rd_left(r) == 1 && peek(r) == 0)
			rd_skip(r, 1);
		if (rd_left(r) == 0)
			break;
		if (out->n == X509_PEM_MAX)
			return rd_fail(r, FAULT_LIMIT,
			    "more than %d certificates", X509_PEM_MAX);
		if (!take(r, begin))
			return rd_fail(r, FAULT_FORMAT,
			    "something other than certificates in PEM");
		TRY(read_block(r, &out->der[out->n], at, f));
		out->n++;
	}
	if (out->n == 0)
		return rd_fail(r, FAULT_FORMAT, "no certificate in PEM");
	return rd_end(r);
}

FALLIBLE x509_pem_read(struct span text, bool allow_nul, struct x509_pem *out,
    const char *at, struct fault *f)
{
	AUTO(x509_pem_drop) struct x509_pem pem = { 0 };
	struct rd r = rd_over(text, at, f);

	if (text.n > LIMIT_PEM_BYTES)
		return fault_raise(f, FAULT_LIMIT, at,
		    "%zu bytes of PEM, the limit is %d", text.n,
		    LIMIT_PEM_BYTES);
	TRY(read_all(&r, allow_nul, &pem, at, f));
	*out = pem;
	pem.n = 0;
	return true;
}
