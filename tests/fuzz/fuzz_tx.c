/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw transactions: what is accepted is written again as the same bytes, and
 * what is signed has nothing of the signature in it. Access lists alone, too.
 */
#include "chain/eth_tx.h"
#include "tests/fuzz/must.h"
#include "verify/base/limits.h"

static void one_list(struct span in)
{
	struct fault f = FAULT_INIT;
	size_t n_addresses, n_keys;

	if (!eth_tx_access_count(in, &n_addresses, &n_keys, &f)) {
		must_be_refusal(&f, in.n);
		return;
	}
	/* Each has bytes of its own. */
	MUST(n_addresses <= in.n / 21 && n_keys <= in.n / 33);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span in = span_of(data, size);
	AUTO(blob_drop) struct blob again = { 0 };
	AUTO(blob_drop) struct blob preimage = { 0 };
	struct fault f = FAULT_INIT;
	struct keccak256 hash, direct;
	struct eth_sig sig;
	struct eth_tx tx;
	struct wr w;

	one_list(in);
	if (!eth_tx_decode(in, &tx, &sig, &f)) {
		if (f.kind != FAULT_UNSUPPORTED)
			must_be_refusal(&f, size);
		return 0;
	}
	w = wr_grow(size, "fuzz", &f);
	MUST(eth_tx_encode(&tx, &sig, &w, &f) && wr_done(&w, &again));
	MUST(span_equal(in, blob_span(&again)));

	w = wr_grow(LIMIT_TX_BYTES, "fuzz", &f);
	MUST(eth_tx_encode_unsigned(&tx, &w, &f) && wr_done(&w, &preimage));
	hash = keccak256_of(blob_span(&preimage));
	MUST(eth_tx_signing_hash(&tx, &direct, &f));
	MUST(memcmp(hash.b, direct.b, sizeof(hash.b)) == 0);
	return 0;
}
