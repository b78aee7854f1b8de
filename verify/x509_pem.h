/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate chains as PEM text (RFC 7468), strictly: blocks of type
 * CERTIFICATE, line ends between them, and nothing else but one NUL at the
 * very end where the caller allows it.
 */
#ifndef AFFIANT_X509_PEM_H
#define AFFIANT_X509_PEM_H

#include "verify/base/bytes.h"

#define X509_PEM_MAX 8

/* Owned; a zeroed value is empty. */
struct x509_pem {
	struct blob der[X509_PEM_MAX];
	size_t n;
};

/*
 * In the order of the text. LIMIT beyond LIMIT_PEM_BYTES or X509_PEM_MAX
 * certificates; FORMAT otherwise. No certificate at all is a fault too.
 */
FALLIBLE x509_pem_read(struct span text, bool allow_nul, struct x509_pem *out,
    const char *at, struct fault *f);
void x509_pem_drop(struct x509_pem *p);

#endif
