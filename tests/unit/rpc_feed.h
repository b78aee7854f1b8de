/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A model of the contract of chain/contracts/IAffiantFeed.sol: what it takes,
 * what it refuses as not newer, what it answers. Signatures are looked at when
 * a signer is named. No bounds, no breaker, no registry.
 */
#ifndef AFFIANT_TEST_RPC_FEED_H
#define AFFIANT_TEST_RPC_FEED_H

#include "chain/eth.h"

struct rpc_feed_slot {
	uint8_t feed[32];
	uint8_t value[32]; /* int256 */
	uint64_t timestamp_ms, updated_s, count;
};

/* An update that was stored. */
struct rpc_feed_update {
	uint8_t feed[32];
	uint8_t statement[32];
	uint8_t value[32];
	uint64_t timestamp_ms;
	uint8_t round[32]; /* packed, as in the event */
};

#define RPC_FEED_SLOTS 256
struct rpc_feed {
	struct eth_addr address;
	bool checks_signer;
	struct eth_addr signer;
	struct rpc_feed_slot slots[RPC_FEED_SLOTS];
	size_t n_slots;
};

#define RPC_FEED_BATCH 256
struct rpc_feed_result {
	bool reverted;
	struct blob data; /* returned, or the reason; owned */
	struct rpc_feed_update updates[RPC_FEED_BATCH];
	size_t n_updates;
	size_t n_statements; /* looked at */
};
void rpc_feed_result_drop(struct rpc_feed_result *r);

/* Runs calldata at a block's time; *feed changes unless it reverts. */
void rpc_feed_run(struct rpc_feed *feed, struct span calldata, uint64_t now_s,
    struct rpc_feed_result *out);
/* NULL when nothing is stored. */
const struct rpc_feed_slot *rpc_feed_find(
    const struct rpc_feed *feed, const uint8_t id[32]);

#endif
