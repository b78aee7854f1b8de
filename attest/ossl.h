/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSL's objects as owners with AUTO, and its failures as faults, for the
 * files of this folder that make X.509 objects.
 */
#ifndef AFFIANT_ATTEST_OSSL_H
#define AFFIANT_ATTEST_OSSL_H

#include "verify/base/fault.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

/* OpenSSL's 1/0/-1 ends here; its queue of errors is left empty. */
static inline bool ossl_broken(
    struct fault *f, const char *at, const char *what)
{
	ERR_clear_error();
	return fault_raise(f, FAULT_INTERNAL, at, "OpenSSL failed: %s", what);
}

#define OSSL_DROP(name, type, free_it)                \
	static inline void ossl_drop_##name(type **p) \
	{                                             \
		free_it(*p);                          \
		*p = NULL;                            \
	}
OSSL_DROP(bio, BIO, BIO_free_all)
OSSL_DROP(cert, X509, X509_free)
OSSL_DROP(crl, X509_CRL, X509_CRL_free)
OSSL_DROP(ext, X509_EXTENSION, X509_EXTENSION_free)
OSSL_DROP(integer, ASN1_INTEGER, ASN1_INTEGER_free)
OSSL_DROP(key, EVP_PKEY, EVP_PKEY_free)
OSSL_DROP(key_ctx, EVP_PKEY_CTX, EVP_PKEY_CTX_free)
OSSL_DROP(object, ASN1_OBJECT, ASN1_OBJECT_free)
OSSL_DROP(octets, ASN1_OCTET_STRING, ASN1_OCTET_STRING_free)
OSSL_DROP(time, ASN1_TIME, ASN1_TIME_free)
#undef OSSL_DROP

#endif
