/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the value of our extension, and as a certificate: refused with
 * a place, or written again as they were.
 */
#include "verify/base/limits.h"
#include "verify/ratls.h"

#include "tests/fuzz/must.h"

static void must_say_where(const struct fault *f)
{
	MUST(fault_rejects(f->kind) || f->kind == FAULT_UNSUPPORTED);
	MUST(strcmp(f->at, "cert.evidence") == 0 && f->text[0] != '\0');
}

static void read_certificate(struct span in)
{
	struct x509_cert cert = { 0 };
	struct fault f = FAULT_INIT;
	enum ratls_form form;
	struct evidence e;

	if (!x509_cert_parse(in, &cert, "cert.form", &f))
		return;
	if (ratls_find(&cert, &form, &e, &f))
		MUST(e.quote.n > 0 && e.platform.n > 0);
	else
		must_say_where(&f);
	x509_cert_drop(&cert);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct fault f = FAULT_INIT;
	struct blob again = { 0 };
	struct evidence e;
	struct wr w;

	read_certificate(in);
	if (!ratls_decode(in, &e, &f)) {
		must_say_where(&f);
		return 0;
	}
	w = wr_grow(2 * LIMIT_CERT_BYTES, "fuzz", &f);
	MUST(ratls_encode(&e, &w, &f));
	MUST(wr_done(&w, &again));
	MUST(span_equal(blob_span(&again), in));
	blob_drop(&again);
	return 0;
}
