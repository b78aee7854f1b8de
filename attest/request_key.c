/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/request_key.h"

#include "attest/ossl.h"
#include "verify/base/hash.h"
#include "verify/base/seal.h"

#include <stdlib.h>
#include <string.h>

#define SALT "affiant-request-v1"

struct request_key {
	EVP_PKEY *pair;
	uint8_t public_key[REQUEST_KEY_BYTES];
};

static FALLIBLE fill(struct request_key *k, struct fault *f)
{
	size_t n = sizeof(k->public_key);

	k->pair = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	if (k->pair == NULL ||
	    EVP_PKEY_get_raw_public_key(k->pair, k->public_key, &n) != 1)
		return ossl_broken(f, "request.key", "making an X25519 key");
	return true;
}

FALLIBLE request_key_make(struct request_key **out, struct fault *f)
{
	AUTO(request_key_drop) struct request_key *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "request.key", "not enough memory");
	TRY(fill(k, f));
	*out = k;
	k = NULL;
	return true;
}

/* OpenSSL wipes the private half when it frees the pair. */
void request_key_close(struct request_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pair);
	free(k);
}

void request_key_drop(struct request_key **k)
{
	request_key_close(*k);
	*k = NULL;
}

struct span request_key_public(const struct request_key *k)
{
	return span_of(k->public_key, sizeof(k->public_key));
}

/* False also for a point of low order: OpenSSL refuses a secret of zeros. */
static bool agree(
    const struct request_key *k, struct span theirs, struct secret32 *shared)
{
	AUTO(ossl_drop_key)
	EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_X25519, NULL, theirs.p, theirs.n);
	AUTO(ossl_drop_key_ctx)
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->pair, NULL);
	size_t n = sizeof(shared->b);
	bool ok = peer != NULL && ctx != NULL &&
	    EVP_PKEY_derive_init(ctx) == 1 &&
	    EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
	    EVP_PKEY_derive(ctx, shared->b, &n) == 1 && n == sizeof(shared->b);

	ERR_clear_error();
	return ok;
}

/* Both public keys are in the derivation: a message is for one key only. */
static FALLIBLE derive(const struct request_key *k, struct span theirs,
    struct secret32 *key, struct fault *f)
{
	AUTO(secret_wipe) struct secret32 shared = { { 0 } };
	uint8_t info[2 * REQUEST_KEY_BYTES];

	if (!agree(k, theirs, &shared))
		return false;
	memcpy(info, theirs.p, REQUEST_KEY_BYTES);
	memcpy(info + REQUEST_KEY_BYTES, k->public_key, REQUEST_KEY_BYTES);
	return hkdf_sha256(span_text(SALT), span_of(shared.b, sizeof(shared.b)),
	    span_of(info, sizeof(info)), key->b, sizeof(key->b), f);
}

FALLIBLE request_key_open(const struct request_key *k, struct span sealed,
    struct blob *out, struct fault *f)
{
	AUTO(secret_wipe) struct secret32 key = { { 0 } };
	struct fault why = FAULT_INIT;

	if (sealed.n > REQUEST_KEY_BYTES &&
	    derive(k, span_of(sealed.p, REQUEST_KEY_BYTES), &key, &why) &&
	    seal_open_raw(&key,
		span_of(
		    sealed.p + REQUEST_KEY_BYTES, sealed.n - REQUEST_KEY_BYTES),
		out, &why))
		return true;
	return fault_raise(f, FAULT_CRYPTO, "request.seal",
	    "this does not open with the key of this process");
}
