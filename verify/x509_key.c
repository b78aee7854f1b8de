/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys and raw signatures of P-256 and P-384. */
#include "verify/x509.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <string.h>

static const uint8_t order_p256[32] = { 0xff, 0xff, 0xff, 0xff, 0x00, 0x00,
	0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
	0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63,
	0x25, 0x51 };

static const uint8_t order_p384[48] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37,
	0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec,
	0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73 };

void x509_key_drop(struct x509_key *k)
{
	EVP_PKEY_free(k->p);
	k->p = NULL;
}

/* "In 3.0 it refuses points off the curve, (0,0) and coordinates not below
 * p." (intel-dcap section 9; tests pin this.) */
static EVP_PKEY *import_point(uint8_t *point65)
{
	char group[] = "prime256v1";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
		    OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(
		    OSSL_PKEY_PARAM_PUB_KEY, point65, 65),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

FALLIBLE x509_key_p256(
    struct span xy64, struct x509_key *out, const char *at, struct fault *f)
{
	uint8_t point[65] = { 4 };
	EVP_PKEY *key;

	if (xy64.n != 64)
		return fault_raise(f, FAULT_FORMAT, at,
		    "a P-256 key has 64 bytes, not %zu", xy64.n);
	memcpy(point + 1, xy64.p, 64);
	key = import_point(point);
	x509_forget_errors();
	if (key == NULL)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the key is not a point of the curve P-256");
	out->p = key;
	return true;
}

/* What a raw signature is held against. */
struct curve {
	const char *name;
	size_t bytes; /* of r, and of s */
	const uint8_t *order;
	const EVP_MD *(*digest)(void);
};
static const struct curve p256 = { "P-256", 32, order_p256, EVP_sha256 };
static const struct curve p384 = { "P-384", 48, order_p384, EVP_sha384 };

/* 1 <= v < n, as big endian bytes. */
static bool is_scalar(const struct curve *c, const uint8_t *v)
{
	return !span_is_zero(span_of(v, c->bytes)) &&
	    memcmp(v, c->order, c->bytes) < 0;
}

/* Raw r and s to the DER that the library wants; NULL without memory. */
static unsigned char *to_der(
    const struct curve *c, const uint8_t *rs, int *n_out)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(rs, (int)c->bytes, NULL);
	BIGNUM *s = BN_bin2bn(rs + c->bytes, (int)c->bytes, NULL);
	unsigned char *der = NULL;

	*n_out = -1;
	if (sig == NULL || r == NULL || s == NULL ||
	    ECDSA_SIG_set0(sig, r, s) != 1) {
		BN_free(r);
		BN_free(s);
	} else {
		*n_out = i2d_ECDSA_SIG(sig, &der);
	}
	ECDSA_SIG_free(sig);
	return der;
}

static FALLIBLE verify_raw(const struct curve *c, const struct x509_key *k,
    struct span rs, struct span data, const char *at, struct fault *f)
{
	EVP_MD_CTX *ctx;
	unsigned char *der;
	int n, ok = 0;

	if (rs.n != 2 * c->bytes)
		return fault_raise(f, FAULT_FORMAT, at,
		    "a signature of %s has %zu bytes, not %zu", c->name,
		    2 * c->bytes, rs.n);
	if (!is_scalar(c, rs.p) || !is_scalar(c, rs.p + c->bytes))
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the signature's numbers are not within 1 and n-1");
	der = to_der(c, rs.p, &n);
	ctx = EVP_MD_CTX_new();
	if (der != NULL && n > 0 && ctx != NULL && k->p != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, c->digest(), NULL, k->p) == 1)
		ok = EVP_DigestVerify(ctx, der, (size_t)n, data.p, data.n);
	EVP_MD_CTX_free(ctx);
	OPENSSL_free(der);
	x509_forget_errors();
	if (ok != 1)
		return fault_raise(
		    f, FAULT_CRYPTO, at, "the signature does not verify");
	return true;
}

FALLIBLE x509_key_verify_raw(const struct x509_key *k, struct span rs64,
    struct span data, const char *at, struct fault *f)
{
	return verify_raw(&p256, k, rs64, data, at, f);
}

FALLIBLE x509_key_verify_raw384(const struct x509_key *k, struct span rs96,
    struct span data, const char *at, struct fault *f)
{
	return verify_raw(&p384, k, rs96, data, at, f);
}
