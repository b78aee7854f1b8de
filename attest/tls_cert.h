/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An X.509 certificate that its own key signs, with whatever extensions are
 * asked for: the daemon asks for evidence, tests for what is wrong with it.
 */
#ifndef AFFIANT_ATTEST_TLS_CERT_H
#define AFFIANT_ATTEST_TLS_CERT_H

#include "verify/base/bytes.h"
#include "verify/base/utc.h"

#include <openssl/x509.h>

struct tls_cert_ext {
	const char *oid;   /* in digits */
	struct span value; /* the inside of the extension's OCTET STRING */
};

struct tls_cert_plan {
	const char *name; /* of the server: CN and DNS name */
	struct utc from, to;
	const struct tls_cert_ext *ext;
	size_t n_ext;
	bool is_ca;       /* tests: it may issue others */
	EVP_PKEY *signer; /* tests: another key than its own; or NULL */
};

/* INTERNAL at "tls.certificate" when OpenSSL fails. */
FALLIBLE tls_cert_make(EVP_PKEY *key, const struct tls_cert_plan *plan,
    X509 **out, struct fault *f);
/* SubjectPublicKeyInfo, and a certificate, in DER. */
FALLIBLE tls_cert_spki(EVP_PKEY *key, struct blob *out, struct fault *f);
FALLIBLE tls_cert_der(X509 *cert, struct blob *out, struct fault *f);

#endif
