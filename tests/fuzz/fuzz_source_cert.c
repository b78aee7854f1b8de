/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any DER that OpenSSL takes for a certificate: evidence of it can stand in a
 * statement, or it is refused.
 */
#include "tests/fuzz/must.h"
#include "verify/base/text.h"
#include "verify/tls_leaf.h"

#include <openssl/x509.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 9999-12-31T23:59:59Z */
#define LAST_MS INT64_C(253402300799000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned char *p = data;
	AUTO(tls_leaf_drop) struct tls_leaf t = { 0 };
	struct fault f = FAULT_INIT;
	X509 *cert = d2i_X509(NULL, &p, (long)size);

	if (cert == NULL)
		return 0;
	if (!tls_leaf_read(cert, &t, &f)) {
		MUST(f.kind == FAULT_FORMAT || f.kind == FAULT_LIMIT);
		MUST(strcmp(f.at, "tls.leaf") == 0);
		MUST(t.issuer.p == NULL && t.subject.p == NULL);
	} else {
		MUST(t.issuer.n > 0 && t.issuer.n <= LIMIT_TEXT);
		MUST(t.subject.n <= LIMIT_TEXT);
		MUST(ascii_is_printable(blob_span(&t.issuer)));
		MUST(ascii_is_printable(blob_span(&t.subject)));
		MUST(t.evidence.valid_from.ms >= 0);
		MUST(t.evidence.valid_to.ms <= LAST_MS);
		MUST(!sha256_is_zero(&t.evidence.leaf));
		MUST(!sha256_is_zero(&t.evidence.spki));
	}
	X509_free(cert);
	return 0;
}
