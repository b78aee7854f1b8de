/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts of one endpoint alone, for those who want two to agree. */
#ifndef AFFIANT_RPC_TX_H
#define AFFIANT_RPC_TX_H

#include "chain/rpc/rpc_ask.h"

/* A receipt as a reader's target; the hash is compared. */
struct rpc_tx_receipt {
	const struct keccak256 *hash;
	bool found;
	struct rpc_receipt receipt;
};
void rpc_tx_receipt_drop(struct rpc_tx_receipt *w);
FALLIBLE rpc_tx_receipt_of(struct rpc_chain *c, size_t endpoint,
    struct rpc_tx_receipt *w, struct fault *f);

#endif
