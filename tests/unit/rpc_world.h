/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chain in memory with the rules of a real mempool, which the nodes for
 * developers do not have: a replacement costs a tenth more on both fields, a
 * nonce gap waits, balances and intrinsic gas are held. Contracts are models
 * (rpc_feed.h). Not for two threads at once: rpc_double.c has the lock.
 */
#ifndef AFFIANT_TEST_RPC_WORLD_H
#define AFFIANT_TEST_RPC_WORLD_H

#include "chain/eth_gas.h"
#include "tests/unit/rpc_feed.h"

#define RPC_WORLD_CONTRACTS 8
#define RPC_WORLD_ACCOUNTS 32

struct rpc_world_tx {
	struct blob raw;
	struct keccak256 hash;
	struct eth_tx tx; /* its data is raw's */
	struct eth_addr from;
	bool in_pool, is_mined;
	/* Of a mined one. */
	uint64_t block;
	size_t index;
	bool succeeded;
	uint64_t gas_used;
	struct u256 price;
	struct rpc_feed_update *updates;
	size_t n_updates;
};

struct rpc_world_block {
	uint64_t number;
	struct keccak256 hash, parent;
	uint64_t timestamp_s;
	uint64_t gas_used;
	struct u256 base_fee;
};

struct rpc_world {
	/* May be changed at any time. */
	uint64_t chain_id;
	struct u256 base_fee; /* of the blocks to come */
	struct u256 tip;      /* what the history says others pay */
	struct u256 least_tip;
	uint64_t gas_limit;      /* of a block */
	bool is_legacy;          /* no base fee in blocks */
	bool has_tags;           /* safe and finalized */
	uint64_t finality_depth; /* of "finalized"; half of it is "safe" */
	bool refuses_low_cap;    /* as some nodes: cap below the base fee */
	struct u256 default_balance;
	/* Within. */
	struct {
		struct eth_addr of;
		struct u256 balance; /* before all transactions */
	} accounts[RPC_WORLD_ACCOUNTS];
	size_t n_accounts;
	struct rpc_feed contracts[RPC_WORLD_CONTRACTS];
	size_t n_contracts;
	struct rpc_world_tx **txs;
	size_t n_txs;
	struct rpc_world_block *blocks; /* [0] is the genesis */
	size_t n_blocks;
	uint64_t salt;
};

void rpc_world_init(struct rpc_world *w, uint64_t chain_id);
void rpc_world_drop(struct rpc_world *w);

struct rpc_feed *rpc_world_contract(
    struct rpc_world *w, const struct eth_addr *at, bool make);
void rpc_world_set_balance(
    struct rpc_world *w, const struct eth_addr *of, const struct u256 *v);

/* As of a block: what a node that lags would say. */
uint64_t rpc_world_nonce(
    const struct rpc_world *w, const struct eth_addr *of, uint64_t head);
uint64_t rpc_world_pending_nonce(
    const struct rpc_world *w, const struct eth_addr *of);
struct u256 rpc_world_balance(
    const struct rpc_world *w, const struct eth_addr *of);
struct rpc_world_tx *rpc_world_find(
    const struct rpc_world *w, const struct keccak256 *hash);
uint64_t rpc_world_head(const struct rpc_world *w);

/* NULL when it is in the pool now; else the node's words. */
const char *rpc_world_send(struct rpc_world *w, struct span raw);
/* A block with all that can be in one. */
void rpc_world_mine(struct rpc_world *w);
/*
 * The last `depth` blocks are replaced by as many empty ones; what was mined
 * there is in the pool again, or lost.
 */
void rpc_world_reorg(struct rpc_world *w, uint64_t depth, bool keeps);
/* Forgets a transaction that is not mined. */
void rpc_world_evict(struct rpc_world *w, const struct keccak256 *hash);

/* Runs a call on a copy of the state. */
void rpc_world_call(const struct rpc_world *w, const struct eth_addr *to,
    struct span data, struct rpc_feed_result *out);
/* What that would cost as a transaction. */
uint64_t rpc_world_gas(struct span data, const struct rpc_feed_result *r);

#endif
