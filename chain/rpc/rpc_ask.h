/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests, from their parameters to what was read of the answer, and who is
 * asked next when that fails.
 */
#ifndef AFFIANT_RPC_ASK_H
#define AFFIANT_RPC_ASK_H

#include "chain/rpc/rpc_chain.h"

/* Reads an answer; a fault is the endpoint's unless the answer is an error. */
typedef bool rpc_reader(const struct rpc_answer *a, void *out, struct fault *f);

struct rpc_request {
	const char *method;
	struct span params; /* a JSON array as text */
	rpc_reader *read;
	void *out;
	/* The reader put the head of the chain here; NULL: it did not. An
	 * endpoint that is behind is "rpc.stale". */
	const uint64_t *head;
};

/*
 * Asks endpoint i, its chain id first if that is due. Health and waits are
 * kept. One that has to wait is not asked: "rpc.limit".
 */
FALLIBLE rpc_ask_one(struct rpc_chain *c, size_t i, const struct rpc_request *r,
    struct fault *f);
/* Its chain id alone; nothing is asked while the last check is young. */
FALLIBLE rpc_ask_identity(struct rpc_chain *c, size_t i, struct fault *f);
/*
 * Asks the current endpoint, then the others, until one answers, and sticks
 * to that. The first fault is the one that is told.
 */
FALLIBLE rpc_ask_any(
    struct rpc_chain *c, const struct rpc_request *r, struct fault *f);
/*
 * The others, from number `from` of the order of asking on, until one answers;
 * *k is its number. Does not stick to it.
 */
FALLIBLE rpc_ask_next(struct rpc_chain *c, size_t from,
    const struct rpc_request *r, size_t *k, struct fault *f);

/* ---- texts for params --------------------------------------------------- */

void rpc_ask_put_hex(struct wr *w, struct span bytes); /* "0x...", quoted */
void rpc_ask_put_u64(struct wr *w, uint64_t v);        /* "0x1f", quoted */
void rpc_ask_put_at(struct wr *w, struct rpc_at at);

#endif
