/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a mined transaction stays (onchain sections 9.2 and 11.5). What one
 * endpoint says is a hint; two that are told different things by the same
 * liar do not exist, so two have to agree where there are two.
 */
#include "chain/rpc/rpc_parse.h"
#include "chain/rpc/rpc_tx.h"

#include <string.h>

const char *rpc_finality_name(enum rpc_finality v)
{
	switch (v) {
	case RPC_FINALITY_GONE:
		return "gone";
	case RPC_FINALITY_MINED:
		return "mined";
	case RPC_FINALITY_CONFIRMED:
		return "confirmed";
	}
	return "";
}

/* ---- blocks of one endpoint --------------------------------------------- */

struct block_wish {
	bool is_tag;
	bool found;
	struct rpc_block block;
};

static bool read_block(const struct rpc_answer *a, void *out, struct fault *f)
{
	struct block_wish *w = out;
	const struct json_node *v;

	w->found = false;
	if (w->is_tag && a->result == NULL && !rpc_answer_is_trouble(a))
		return true;
	TRY(rpc_answer_result(a, &v, f));
	if (rpc_answer_is_null(v))
		return true;
	w->found = true;
	return rpc_parse_block(v, &w->block, f);
}

static FALLIBLE block_of(struct rpc_chain *c, size_t i, struct rpc_at at,
    struct block_wish *w, struct fault *f)
{
	char params[64];
	struct wr p = wr_into(params, sizeof(params), "rpc.internal", f);
	size_t n;

	wr_u8(&p, '[');
	rpc_ask_put_at(&p, at);
	wr_text(&p, ",false]");
	TRY(wr_done_into(&p, &n));
	w->is_tag = at.tag == RPC_SAFE || at.tag == RPC_FINALIZED;
	const struct rpc_request r = { "eth_getBlockByNumber",
		span_of(params, n), read_block, w, NULL };
	return rpc_ask_one(c, i, &r, f);
}

/* ---- one endpoint's word ------------------------------------------------ */

static FALLIBLE is_deep(
    struct rpc_chain *c, size_t i, uint64_t block, bool *out, struct fault *f)
{
	struct block_wish w = { 0 };
	const struct rpc_at tag = {
		.tag = c->config.finality == RPC_FINALITY_SAFE ? RPC_SAFE
							       : RPC_FINALIZED,
	};

	if (c->config.finality != RPC_FINALITY_BLOCKS) {
		TRY(block_of(c, i, tag, &w, f));
		*out = w.found && w.block.number >= block;
		if (w.found)
			return true;
	}
	TRY(block_of(c, i, (struct rpc_at){ .tag = RPC_LATEST }, &w, f));
	*out = w.found && w.block.number >= block &&
	    w.block.number - block + 1 >= c->config.confirmations;
	return true;
}

static bool is_same_receipt(
    const struct rpc_receipt *a, const struct rpc_receipt *b)
{
	return a->block == b->block && a->succeeded == b->succeeded &&
	    memcmp(&a->block_hash, &b->block_hash, sizeof(a->block_hash)) == 0;
}

static FALLIBLE ask_endpoint(struct rpc_chain *c, size_t i,
    const struct rpc_receipt *r, enum rpc_finality *out, struct fault *f)
{
	AUTO(rpc_tx_receipt_drop)
	struct rpc_tx_receipt mine = { .hash = &r->hash };
	struct block_wish w = { 0 };
	bool deep = false;

	TRY(block_of(c, i, (struct rpc_at){ RPC_NUMBER, r->block }, &w, f));
	TRY(rpc_tx_receipt_of(c, i, &mine, f));
	bool is_there = mine.found && is_same_receipt(&mine.receipt, r);
	if (!w.found)
		*out = is_there ? RPC_FINALITY_MINED : RPC_FINALITY_GONE;
	else if (memcmp(&w.block.hash, &r->block_hash, sizeof(r->block_hash)))
		*out = RPC_FINALITY_GONE;
	else
		*out = RPC_FINALITY_MINED;
	if (!w.found || *out == RPC_FINALITY_GONE || !is_there)
		return true;
	TRY(is_deep(c, i, r->block, &deep, f));
	*out = deep ? RPC_FINALITY_CONFIRMED : RPC_FINALITY_MINED;
	return true;
}

/* ---- all together ------------------------------------------------------- */

FALLIBLE rpc_finality_check(struct rpc_chain *c, const struct rpc_receipt *r,
    enum rpc_finality *out, struct fault *f)
{
	struct fault first = FAULT_INIT;
	size_t n_confirmed = 0, n_gone = 0, n_said = 0;
	size_t wanted = c->n < 2 ? 1 : 2;

	for (size_t k = 0; k < c->n && n_confirmed < wanted; k++) {
		struct fault why = FAULT_INIT;
		enum rpc_finality said;

		if (!ask_endpoint(c, rpc_chain_order(c, k), r, &said, &why)) {
			if (first.kind == FAULT_NONE)
				first = why;
			continue;
		}
		n_said++;
		n_confirmed += said == RPC_FINALITY_CONFIRMED;
		n_gone += said == RPC_FINALITY_GONE;
		/* Not deep enough for one: the others change nothing. */
		if (said == RPC_FINALITY_MINED)
			break;
	}
	if (n_said == 0)
		return fault_raise(f, first.kind, first.at, "%s", first.text);
	if (n_confirmed >= wanted)
		*out = RPC_FINALITY_CONFIRMED;
	else
		*out =
		    n_gone == n_said ? RPC_FINALITY_GONE : RPC_FINALITY_MINED;
	return true;
}
