/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/request_sealer.h"

#include "verify/base/hash.h"
#include "verify/base/seal.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/* X25519 with a key made for this message; ours goes in front. */
static bool agree(struct span key, uint8_t own[32], uint8_t shared[32])
{
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	EVP_PKEY *peer =
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, key.p, key.n);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pair, NULL);
	size_t own_n = 32, shared_n = 32;
	bool ok = peer != NULL && ctx != NULL &&
	    EVP_PKEY_get_raw_public_key(pair, own, &own_n) == 1 &&
	    EVP_PKEY_derive_init(ctx) == 1 &&
	    EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
	    EVP_PKEY_derive(ctx, shared, &shared_n) == 1;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	EVP_PKEY_free(pair);
	return ok;
}

bool request_sealer_seal(struct span key, struct span plain, struct blob *out)
{
	uint8_t own[32], shared[32], info[64];
	struct blob box = { 0 };
	struct fault f = FAULT_INIT;
	struct secret32 k;

	if (key.n != 32 || !agree(key, own, shared))
		return false;
	memcpy(info, own, 32);
	memcpy(info + 32, key.p, 32);
	if (!hkdf_sha256(span_text("affiant-request-v1"), span_of(shared, 32),
		span_of(info, 64), k.b, 32, &f) ||
	    !seal_close_raw(&k, plain, &box, &f))
		return false;
	struct wr w = wr_grow(65536, "sealer", &f);
	wr_span(&w, span_of(own, 32));
	wr_span(&w, blob_span(&box));
	blob_drop(&box);
	return wr_done(&w, out);
}
