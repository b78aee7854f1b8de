/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a revocation list, a certificate and a PEM chain: refused with
 * a place, or read; nothing stays in OpenSSL's queue of errors.
 */
#include "verify/x509_crl.h"
#include "verify/x509_pem.h"

#include "tests/fuzz/must.h"

#include <openssl/err.h>

static void as_crl(struct span in)
{
	AUTO(x509_crl_drop) struct x509_crl c = { 0 };
	struct fault f = FAULT_INIT;

	if (!x509_crl_parse(in, &c, "fuzz", &f)) {
		MUST(f.kind == FAULT_FORMAT || f.kind == FAULT_LIMIT);
		return;
	}
	(void)x509_crl_lists(&c, span_text("x"));
	MUST(c.aki.p == NULL || c.aki.n > 0);
}

static void as_certificate(struct span in)
{
	AUTO(x509_cert_drop) struct x509_cert c = { 0 };
	struct fault f = FAULT_INIT;
	struct span value;

	if (!x509_cert_parse(in, &c, "fuzz", &f)) {
		MUST(f.kind == FAULT_FORMAT || f.kind == FAULT_LIMIT);
		return;
	}
	(void)x509_cert_has_cn(&c, "x");
	(void)x509_cert_extension(&c, span_text("\x06\x01\x2a"), &value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(x509_pem_drop) struct x509_pem pem = { 0 };
	struct fault f = FAULT_INIT;

	as_crl(span_of(data, size));
	as_certificate(span_of(data, size));
	if (!x509_pem_read(span_of(data, size), true, &pem, "fuzz", &f))
		must_be_refusal(&f, size);
	MUST(ERR_peek_error() == 0);
	return 0;
}
