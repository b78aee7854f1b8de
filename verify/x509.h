/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates, read through OpenSSL and then held as plain facts. Parsing
 * believes nothing: it says what stands in the certificate. Who signed it is
 * asked with x509_cert_signed_by, link by link; X509_verify_cert is not used,
 * because every chain we judge has exactly one legal shape. (intel-dcap
 * section 9.)
 *
 * DER is exact: bytes behind the certificate, and any encoding that OpenSSL
 * would not write itself, are refused.
 */
#ifndef AFFIANT_X509_H
#define AFFIANT_X509_H

#include "verify/base/bytes.h"
#include "verify/base/utc.h"

struct x509_st;     /* OpenSSL's X509 */
struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

/* ---- public keys -------------------------------------------------------- */

/* Owned; a zeroed key is empty and valid for drop. */
struct x509_key {
	struct evp_pkey_st *p;
};

/*
 * A P-256 key from X and Y (64 bytes, big endian). CRYPTO when the point is
 * not on the curve, is (0,0), or a coordinate is not below p.
 */
FALLIBLE x509_key_p256(
    struct span xy64, struct x509_key *out, const char *at, struct fault *f);
void x509_key_drop(struct x509_key *k);

/*
 * ECDSA over P-256 with SHA-256; the signature is r then s, 64 bytes, big
 * endian. r and s are held against 1..n-1 before the library sees them.
 */
FALLIBLE x509_key_verify_raw(const struct x509_key *k, struct span rs64,
    struct span data, const char *at, struct fault *f);
/* The same over P-384 with SHA-384 ("ES384", RFC 8152): 96 bytes. */
FALLIBLE x509_key_verify_raw384(const struct x509_key *k, struct span rs96,
    struct span data, const char *at, struct fault *f);

/*
 * SubjectPublicKeyInfo in DER, of any kind that OpenSSL knows (x509_spki.c).
 * FORMAT.
 */
FALLIBLE x509_key_spki(
    struct span der, struct x509_key *out, const char *at, struct fault *f);
bool x509_key_is_ec(const struct x509_key *k);
bool x509_key_is_rsa(const struct x509_key *k); /* of 2048 bits or more */
/*
 * SHA-256 with ECDSA (r and s in DER) or RSA (PKCS #1 v1.5), as the key is.
 */
FALLIBLE x509_key_verify_sha256(const struct x509_key *k, struct span sig,
    struct span data, const char *at, struct fault *f);

/* ---- certificates ------------------------------------------------------- */

/* Bits of key_usage, as in RFC 5280 4.2.1.3 (first bit is the highest). */
#define X509_USE_DIGITAL_SIGNATURE 0x80u
#define X509_USE_NON_REPUDIATION 0x40u
#define X509_USE_CERT_SIGN 0x04u
#define X509_USE_CRL_SIGN 0x02u

struct x509_cert {
	struct x509_st *x; /* owned */
	struct span der;   /* the caller's bytes */
	/* Views into x, as they stand in the certificate. */
	struct span subject, issuer; /* DER of the Names */
	struct span serial;          /* magnitude, no leading zeros */
	bool serial_is_negative;
	struct span ski, aki; /* key identifiers; p is NULL when absent */
	struct utc from, to;  /* both inclusive */
	bool is_v3;
	/* P-256 by its named curve, as an uncompressed point. */
	bool is_p256;
	bool is_p384; /* the same of P-384 */
	/* ecdsa-with-SHA256, inside and outside, without parameters. */
	bool is_ecdsa_sha256;
	bool is_ecdsa_sha384;              /* the same */
	bool has_basic, basic_is_critical; /* basic constraints */
	bool is_ca;
	long path_length; /* -1: none */
	bool has_usage, usage_is_critical;
	uint32_t usage;
	/* A critical extension other than the two above. */
	bool has_unknown_critical;
	/* An extension twice, or one that does not parse. */
	bool has_bad_extension;
};

/* Borrows der. FORMAT, LIMIT. The result must be dropped. */
FALLIBLE x509_cert_parse(
    struct span der, struct x509_cert *out, const char *at, struct fault *f);
void x509_cert_drop(struct x509_cert *c);

/* The certificate's key; borrowed. p is NULL when OpenSSL cannot read it. */
struct x509_key x509_cert_key(const struct x509_cert *c);
/* The same, with a share of its own that must be dropped. */
struct x509_key x509_cert_key_own(const struct x509_cert *c);
/* Its SubjectPublicKeyInfo in DER, as it stands in the certificate. FORMAT. */
FALLIBLE x509_cert_spki(const struct x509_cert *c, struct blob *out,
    const char *at, struct fault *f);
/* Exactly one common name in the subject, with exactly this text. */
bool x509_cert_has_cn(const struct x509_cert *c, const char *cn);
/*
 * How many extensions have this OID (DER of the OBJECT IDENTIFIER, tag and
 * length included); *value_out is the inside of the last one's OCTET STRING.
 */
size_t x509_cert_extension(
    const struct x509_cert *c, struct span oid_der, struct span *value_out);
/* The text of the subject's one common name; empty when there is none, or more
 * than one, or in another form than UTF-8 or printable. */
struct span x509_cert_cn(const struct x509_cert *c);
/* Only the signature; names and identifiers are the caller's business. */
FALLIBLE x509_cert_signed_by(const struct x509_cert *c,
    const struct x509_key *issuer, const char *at, struct fault *f);

/* ---- helpers shared with CRLs (x509_crl.c) ------------------------------- */

struct asn1_string_st;
struct X509_algor_st;
/* UTCTime and GeneralizedTime in their one DER form, years 1970 to 9999. */
FALLIBLE x509_time(const struct asn1_string_st *t, struct utc *out,
    const char *at, struct fault *f);
bool x509_algorithm_is_ecdsa_sha256(const struct X509_algor_st *a);
/* OpenSSL's error queue is per thread: nothing of ours is left in it. */
void x509_forget_errors(void);

#endif
