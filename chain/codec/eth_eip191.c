/* SPDX-License-Identifier: Apache-2.0 */
/* EIP-191 version 0x45: personal messages. */
#include "chain/eth.h"

#include <stdio.h>

struct keccak256 eip191_digest(struct span message)
{
	/* The length counts bytes, in decimal without padding; 20 digits hold
	 * any size_t. */
	char length[21];
	const int n = snprintf(length, sizeof(length), "%zu", message.n);
	const struct span parts[] = {
		span_text("\x19"
			  "Ethereum Signed Message:\n"),
		span_of(length, (size_t)n),
		message,
	};

	return keccak256_of_parts(parts, COUNT(parts));
}
