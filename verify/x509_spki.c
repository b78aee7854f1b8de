/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys as they stand in certificates, and signatures by them. */
#include "verify/x509.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

FALLIBLE x509_key_spki(
    struct span der, struct x509_key *out, const char *at, struct fault *f)
{
	const unsigned char *p = der.p;
	EVP_PKEY *key = der.n > 0 && der.n <= LONG_MAX
	    ? d2i_PUBKEY(NULL, &p, (long)der.n)
	    : NULL;

	x509_forget_errors();
	if (key == NULL || p != der.p + der.n) {
		EVP_PKEY_free(key);
		return fault_raise(f, FAULT_FORMAT, at,
		    "is not one public key in DER, and nothing else");
	}
	out->p = key;
	return true;
}

FALLIBLE x509_cert_spki(const struct x509_cert *c, struct blob *out,
    const char *at, struct fault *f)
{
	uint8_t *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(c->x), &der);
	bool ok;

	x509_forget_errors();
	if (n <= 0)
		return fault_raise(
		    f, FAULT_FORMAT, at, "its public key cannot be read");
	ok = blob_copy(span_of(der, (size_t)n), out, f);
	OPENSSL_free(der);
	return ok;
}

bool x509_key_is_ec(const struct x509_key *k)
{
	return k->p != NULL && EVP_PKEY_get_base_id(k->p) == EVP_PKEY_EC;
}

bool x509_key_is_rsa(const struct x509_key *k)
{
	return k->p != NULL && EVP_PKEY_get_base_id(k->p) == EVP_PKEY_RSA &&
	    EVP_PKEY_get_bits(k->p) >= 2048;
}

FALLIBLE x509_key_verify_sha256(const struct x509_key *k, struct span sig,
    struct span data, const char *at, struct fault *f)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = 0;

	if (ctx != NULL && k->p != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, k->p) == 1)
		ok = EVP_DigestVerify(ctx, sig.p, sig.n, data.p, data.n);
	EVP_MD_CTX_free(ctx);
	x509_forget_errors();
	if (ok != 1)
		return fault_raise(
		    f, FAULT_CRYPTO, at, "the signature does not verify");
	return true;
}
