/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digest (32 bytes) and signature (65): what recovers is verified by the
 * address that it gave, by no other, and has exactly one form.
 */
#include "chain/eth.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f = FAULT_INIT;
	struct keccak256 digest;
	struct eth_addr signer, other;
	struct eth_sig sig;

	if (size != sizeof(digest.b) + sizeof(sig.b))
		return 0;
	memcpy(digest.b, data, sizeof(digest.b));
	memcpy(sig.b, data + sizeof(digest.b), sizeof(sig.b));
	if (!eth_sig_recover(&digest, &sig, &signer, &f)) {
		if (!fault_rejects(f.kind))
			abort();
		return 0;
	}
	if (sig.b[64] != 27 && sig.b[64] != 28)
		abort();
	if (!eth_sig_verify(&digest, &sig, &signer, &f))
		abort();
	other = signer;
	other.b[0] ^= 1;
	if (eth_sig_verify(&digest, &sig, &other, &f))
		abort();
	/* The other v is another point, hence never the same signer. */
	fault_clear(&f);
	sig.b[64] = (uint8_t)(27 + 28 - sig.b[64]);
	if (eth_sig_verify(&digest, &sig, &signer, &f))
		abort();
	return 0;
}
