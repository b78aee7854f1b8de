/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_log.h"

#include "verify/base/canon.h"

#include <openssl/ec.h>
#include <openssl/evp.h>

static FALLIBLE failed(struct fault *f, const char *what)
{
	return fault_raise(
	    f, FAULT_SYSTEM, "demo.log", "OpenSSL refused: %s", what);
}

void demo_log_drop(struct demo_log *l)
{
	EVP_PKEY_free(l->key);
	*l = (struct demo_log){ 0 };
}

static void drop_der(unsigned char **der)
{
	OPENSSL_free(*der);
	*der = NULL;
}

FALLIBLE demo_log_make(struct demo_log *out, struct fault *f)
{
	AUTO(drop_der) unsigned char *der = NULL;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	int n = key != NULL ? i2d_PUBKEY(key, &der) : -1;

	if (n <= 0) {
		EVP_PKEY_free(key);
		return failed(f, "a key");
	}
	*out = (struct demo_log){ key, sha256_of(span_of(der, (size_t)n)) };
	return true;
}

/* ---- a timestamp -------------------------------------------------------- */

static void wr_u24be(struct wr *w, size_t n)
{
	wr_u8(w, (uint8_t)(n >> 16));
	wr_u16be(w, (uint16_t)(n & 0xffff));
}

static FALLIBLE write_entry(
    X509 *leaf, X509 *issuer, struct wr *w, struct fault *f)
{
	AUTO(drop_der) unsigned char *der = NULL;
	AUTO(drop_der) unsigned char *spki = NULL;
	int n =
	    issuer != NULL ? i2d_re_X509_tbs(leaf, &der) : i2d_X509(leaf, &der);

	if (n <= 0)
		return failed(f, "a certificate to stamp");
	wr_u16be(w, issuer != NULL ? 1 : 0);
	if (issuer != NULL) {
		int k = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(issuer), &spki);
		struct sha256 hash =
		    sha256_of(span_of(spki, k > 0 ? (size_t)k : 0));

		wr_span(w, sha256_span(&hash));
	}
	wr_u24be(w, (size_t)n);
	wr_bytes(w, der, (size_t)n);
	return true;
}

static FALLIBLE sign(EVP_PKEY *key, struct span data, unsigned char sig[128],
    size_t *n, struct fault *f)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	*n = 128;
	ok = ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestSign(ctx, sig, n, data.p, data.n) == 1;
	EVP_MD_CTX_free(ctx);
	return ok || failed(f, "a signature");
}

FALLIBLE demo_log_stamp(const struct demo_log *l, X509 *leaf, X509 *issuer,
    struct utc at, struct wr *w, struct fault *f)
{
	struct wr data = wr_grow(65536, "demo.log", f);
	AUTO(blob_drop) struct blob under = { 0 };
	unsigned char sig[128];
	size_t n;

	wr_u16be(&data, 0); /* version 1, certificate_timestamp */
	wr_u64be(&data, (uint64_t)at.ms);
	if (!write_entry(leaf, issuer, &data, f)) {
		wr_drop(&data);
		return false;
	}
	wr_u16be(&data, 0); /* no extensions */
	TRY(wr_done(&data, &under));
	TRY(sign(l->key, blob_span(&under), sig, &n, f));
	wr_u16be(w, (uint16_t)(1 + 32 + 8 + 2 + 4 + n));
	wr_u8(w, 0);
	wr_span(w, sha256_span(&l->id));
	wr_u64be(w, (uint64_t)at.ms);
	wr_u16be(w, 0);
	wr_u8(w, 4); /* SHA-256 */
	wr_u8(w, 3); /* ECDSA */
	wr_u16be(w, (uint16_t)n);
	wr_bytes(w, sig, n);
	return true;
}

FALLIBLE demo_log_list(struct span elements, struct blob *out, struct fault *f)
{
	struct wr w = wr_grow(65537, "demo.log", f);

	wr_u16be(&w, (uint16_t)elements.n);
	wr_span(&w, elements);
	return wr_done(&w, out);
}

/* ---- the list of logs --------------------------------------------------- */

FALLIBLE demo_log_write_json(
    const struct demo_log *const *logs, size_t n, struct wr *w, struct fault *f)
{
	struct canon c = canon_to(w);

	canon_object(&c, NULL);
	canon_array(&c, "operators");
	canon_object(&c, NULL);
	canon_array(&c, "logs");
	for (size_t i = 0; i < n; i++) {
		AUTO(drop_der) unsigned char *der = NULL;
		int size = i2d_PUBKEY(logs[i]->key, &der);

		if (size <= 0)
			return failed(f, "a key's encoding");
		canon_object(&c, NULL);
		canon_text(&c, "description", "Affiant demo log");
		canon_base64(&c, "key", span_of(der, (size_t)size));
		canon_base64(&c, "log_id", sha256_span(&logs[i]->id));
		canon_object(&c, "state");
		canon_object(&c, "usable");
		canon_text(&c, "timestamp", "2025-01-01T00:00:00Z");
		canon_end(&c);
		canon_end(&c);
		canon_end(&c);
	}
	canon_end(&c);
	canon_text(&c, "name", "Affiant demo exchange");
	canon_end(&c);
	canon_end(&c);
	canon_end(&c);
	return wr_ok(w);
}
