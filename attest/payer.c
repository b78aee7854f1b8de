/* SPDX-License-Identifier: Apache-2.0 */
/* The key that pays for transactions: each instance's own (held_key.h). */
#include "attest/held_key.h"

#include "verify/base/limits.h"

#include <stdlib.h>

struct payer {
	struct held_key *key;
};

static const struct held_key_kind payer_kind = {
	.file = PAYER_FILE,
	.seal_id = PAYER_SEAL_ID,
	.name = "paying key",
	.at_key = "payer.key",
	.at_memory = "payer.memory",
	.at_path = "payer.path",
	.at_provider = "payer.provider",
	.at_sign = "payer.sign",
};

static FALLIBLE payer_new(struct payer **out, struct fault *f)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "payer.memory", "no memory for the key");
	return true;
}

FALLIBLE payer_make(struct payer **out, struct fault *f)
{
	AUTO(payer_drop) struct payer *p = NULL;
	TRY(payer_new(&p, f));
	TRY(held_key_make(&payer_kind, &p->key, f));
	*out = p;
	p = NULL;
	return true;
}

FALLIBLE payer_open(struct attest *a, const char *state_dir, struct payer **out,
    bool *made, struct fault *f)
{
	AUTO(payer_drop) struct payer *p = NULL;
	struct held_key_place place;
	TRY(payer_new(&p, f));
	TRY(held_key_find(&payer_kind, state_dir, &place, f));
	TRY(held_key_open(&payer_kind, a, state_dir, &place, &p->key, made, f));
	*out = p;
	p = NULL;
	return true;
}

void payer_close(struct payer *p)
{
	if (!p)
		return;
	held_key_close(p->key);
	free(p);
}

void payer_drop(struct payer **p)
{
	payer_close(*p);
	*p = NULL;
}

const struct eth_addr *payer_address(const struct payer *p)
{
	return held_key_address(p->key);
}

bool payer_is_ephemeral(const struct payer *p)
{
	return held_key_is_ephemeral(p->key);
}

FALLIBLE payer_sign_tx(const struct payer *p, const struct eth_tx *tx,
    struct blob *raw, struct keccak256 *hash, struct fault *f)
{
	AUTO(blob_drop) struct blob out = { 0 };
	AUTO(wr_drop)
	struct wr w = wr_grow(LIMIT_TX_BYTES, "payer.tx", f);
	struct keccak256 digest;
	struct eth_sig sig;
	TRY(eth_tx_signing_hash(tx, &digest, f));
	TRY(held_key_sign(p->key, &digest, &sig, f));
	TRY(eth_tx_encode(tx, &sig, &w, f));
	TRY(wr_done(&w, &out));
	*hash = keccak256_of(blob_span(&out));
	*raw = blob_move(&out);
	return true;
}
