/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/hash.h"

#include "verify/base/secret.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdlib.h>

/*
 * Fetched once per process and never changed: fetching costs a third of
 * hashing 1 KB. Without its digests nothing in this library has a meaning.
 */
static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static EVP_MD *md_sha256;
static EVP_MD *md_sha384;
static EVP_MD *md_sha512;

static void fetch(void)
{
	md_sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	md_sha384 = EVP_MD_fetch(NULL, "SHA2-384", NULL);
	md_sha512 = EVP_MD_fetch(NULL, "SHA2-512", NULL);
	if (md_sha256 == NULL || md_sha384 == NULL || md_sha512 == NULL)
		abort();
}

static const EVP_MD *sha256_md(void)
{
	pthread_once(&fetched, fetch);
	return md_sha256;
}

static const EVP_MD *sha384_md(void)
{
	pthread_once(&fetched, fetch);
	return md_sha384;
}

static const EVP_MD *sha512_md(void)
{
	pthread_once(&fetched, fetch);
	return md_sha512;
}

static void digest(const EVP_MD *md, struct span in, uint8_t *out)
{
	if (EVP_Digest(in.p, in.n, out, NULL, md, NULL) != 1)
		abort();
}

static void digest_parts(
    const EVP_MD *md, const struct span *parts, size_t n, uint8_t *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx == NULL || EVP_DigestInit_ex2(ctx, md, NULL) != 1)
		abort();
	for (size_t i = 0; i < n; i++) {
		if (EVP_DigestUpdate(ctx, parts[i].p, parts[i].n) != 1)
			abort();
	}
	if (EVP_DigestFinal_ex(ctx, out, NULL) != 1)
		abort();
	EVP_MD_CTX_free(ctx);
}

struct sha256 sha256_of(struct span in)
{
	struct sha256 out;

	digest(sha256_md(), in, out.b);
	return out;
}

struct sha256 sha256_of_parts(const struct span *parts, size_t n)
{
	struct sha256 out;

	digest_parts(sha256_md(), parts, n, out.b);
	return out;
}

struct sha384 sha384_of(struct span in)
{
	struct sha384 out;

	digest(sha384_md(), in, out.b);
	return out;
}

struct sha384 sha384_of_parts(const struct span *parts, size_t n)
{
	struct sha384 out;

	digest_parts(sha384_md(), parts, n, out.b);
	return out;
}

struct sha512 sha512_of_parts(const struct span *parts, size_t n)
{
	struct sha512 out;

	digest_parts(sha512_md(), parts, n, out.b);
	return out;
}

/* ---- a running digest --------------------------------------------------- */

struct sha256_stream {
	EVP_MD_CTX *ctx;
};

static void stream_start(struct sha256_stream *s)
{
	if (EVP_DigestInit_ex2(s->ctx, sha256_md(), NULL) != 1)
		abort();
}

FALLIBLE sha256_stream_new(struct sha256_stream **out, struct fault *f)
{
	struct sha256_stream *s = malloc(sizeof(*s));

	if (s == NULL || (s->ctx = EVP_MD_CTX_new()) == NULL) {
		free(s);
		return fault_raise(
		    f, FAULT_SYSTEM, "hash.memory", "no memory for a digest");
	}
	stream_start(s);
	*out = s;
	return true;
}

void sha256_stream_add(struct sha256_stream *s, struct span in)
{
	if (EVP_DigestUpdate(s->ctx, in.p, in.n) != 1)
		abort();
}

struct sha256 sha256_stream_take(struct sha256_stream *s)
{
	struct sha256 out;

	if (EVP_DigestFinal_ex(s->ctx, out.b, NULL) != 1)
		abort();
	stream_start(s);
	return out;
}

void sha256_stream_free(struct sha256_stream *s)
{
	if (s == NULL)
		return;
	EVP_MD_CTX_free(s->ctx);
	free(s);
}

/* ---- values ------------------------------------------------------------- */

bool sha256_equal(const struct sha256 *a, const struct sha256 *b)
{
	return secret_equal(a->b, b->b, sizeof(a->b));
}

bool sha256_is_zero(const struct sha256 *a)
{
	return span_is_zero(sha256_span(a));
}

struct span sha256_span(const struct sha256 *a)
{
	return span_of(a->b, sizeof(a->b));
}

/* ---- HKDF --------------------------------------------------------------- */

static void kdf_drop(EVP_KDF **kdf)
{
	EVP_KDF_free(*kdf);
}

static void kdf_ctx_drop(EVP_KDF_CTX **ctx)
{
	EVP_KDF_CTX_free(*ctx);
}

/* OpenSSL takes parameters by non-const pointer and only reads them. */
static OSSL_PARAM octets(const char *key, struct span s)
{
	static const uint8_t nothing;

	return OSSL_PARAM_construct_octet_string(
	    key, (void *)(uintptr_t)(s.n > 0 ? s.p : &nothing), s.n);
}

static bool hkdf(int mode, struct span salt, struct span ikm, struct span info,
    void *out, size_t out_n, struct fault *f)
{
	AUTO(kdf_drop) EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	AUTO(kdf_ctx_drop)
	EVP_KDF_CTX *ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
	char digest_name[] = "SHA2-256";
	OSSL_PARAM params[6];
	size_t n = 0;

	params[n++] = OSSL_PARAM_construct_utf8_string(
	    OSSL_KDF_PARAM_DIGEST, digest_name, 0);
	params[n++] = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
	params[n++] = octets(OSSL_KDF_PARAM_KEY, ikm);
	/* No salt and no info are the defaults of RFC 5869: leave them out. */
	if (salt.n > 0)
		params[n++] = octets(OSSL_KDF_PARAM_SALT, salt);
	if (info.n > 0)
		params[n++] = octets(OSSL_KDF_PARAM_INFO, info);
	params[n] = OSSL_PARAM_construct_end();
	if (ctx == NULL || EVP_KDF_derive(ctx, out, out_n, params) != 1) {
		secret_wipe_bytes(out, out_n);
		return fault_raise(
		    f, FAULT_INTERNAL, "hash.hkdf", "HKDF does not work");
	}
	return true;
}

FALLIBLE hkdf_sha256(struct span salt, struct span ikm, struct span info,
    void *out, size_t out_n, struct fault *f)
{
	/* RFC 5869 section 2.3: L <= 255 * HashLen. */
	if (out_n == 0 || out_n > 255 * sizeof(struct sha256))
		return fault_raise(f, FAULT_INTERNAL, "hash.hkdf",
		    "HKDF gives 1 to 8160 bytes, not %zu", out_n);
	return hkdf(EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND, salt, ikm, info, out,
	    out_n, f);
}

FALLIBLE hkdf_sha256_extract(
    struct span salt, struct span ikm, uint8_t prk32[32], struct fault *f)
{
	return hkdf(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, salt, ikm, span_of(NULL, 0),
	    prk32, 32, f);
}
