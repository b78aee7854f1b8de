/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this box know of a chain; rpc_ask.h asks it. */
#ifndef AFFIANT_RPC_CHAIN_H
#define AFFIANT_RPC_CHAIN_H

#include "chain/rpc/rpc_answer.h"
#include "chain/rpc/rpc_http.h"

#include <pthread.h>

/* Receipts that were given out: they are not forgotten at the first miss. */
#define RPC_SEEN 64

struct rpc_endpoint {
	struct rpc_http *http;
	char *shown;
	uint64_t checked_ns; /* chain id last found right; 0: never */
	uint64_t wait_ns;    /* not asked before this time */
	unsigned n_waits;    /* in a row */
	/* Under the chain's lock, with which others look at it. */
	struct rpc_health health;
};

struct rpc_chain {
	struct rpc_config config; /* without what was borrowed */
	struct rpc_endpoint endpoints[LIMIT_RPC_ENDPOINTS];
	size_t n;
	size_t current; /* reads stick to it */
	uint64_t id;    /* of the last request */
	uint64_t best_head;
	struct eth_addr nonce_of; /* whose `nonce_floor` it is */
	uint64_t nonce_floor;
	struct keccak256 seen[RPC_SEEN];
	size_t n_seen; /* ever; the ring holds the last */
	char *ca_file;
	pthread_mutex_t lock;
};

/* Endpoint number k of the order of asking: the current one is number 0. */
size_t rpc_chain_order(const struct rpc_chain *c, size_t k);
bool rpc_chain_is_waiting(const struct rpc_chain *c, size_t i);

#endif
