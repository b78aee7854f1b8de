/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate revocation lists, read through OpenSSL and held as facts. A
 * list says nothing, in either direction, before its issuer, signature, times
 * and extensions have been checked by the caller. (intel-dcap section 7.)
 */
#ifndef AFFIANT_X509_CRL_H
#define AFFIANT_X509_CRL_H

#include "verify/x509.h"

struct X509_crl_st; /* OpenSSL's X509_CRL */

struct x509_crl {
	struct X509_crl_st *x; /* owned */
	struct span issuer;    /* DER of the Name; view into x */
	struct span aki;       /* p is NULL when absent; view into der */
	struct utc from, to;   /* thisUpdate, nextUpdate; both inclusive */
	bool has_to;
	bool is_v2;
	bool is_ecdsa_sha256;
	/* Critical extensions, also of entries; delta and indirect lists. */
	bool has_unknown_critical;
	bool is_delta_or_indirect;
	size_t n_entries;
};

/* One DER object, nothing behind it. Borrows der. FORMAT, LIMIT. */
FALLIBLE x509_crl_parse(
    struct span der, struct x509_crl *out, const char *at, struct fault *f);
void x509_crl_drop(struct x509_crl *c);
FALLIBLE x509_crl_signed_by(const struct x509_crl *c,
    const struct x509_key *issuer, const char *at, struct fault *f);
/*
 * Whether the serial number (magnitude, big endian) is listed. Any entry
 * counts, "removed from CRL" too.
 */
bool x509_crl_lists(const struct x509_crl *c, struct span serial);

#endif
