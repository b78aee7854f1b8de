/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactions by their hash. A node that does not know one says little: it
 * may lag behind the one that was asked before.
 */
#include "chain/rpc/rpc_tx.h"

#include "chain/rpc/rpc_parse.h"

#include <string.h>

#define PARAMS 80

static FALLIBLE put_hash(
    const struct keccak256 *hash, char params[PARAMS], struct fault *f)
{
	struct wr p = wr_into(params, PARAMS, "rpc.internal", f);
	size_t n;

	wr_u8(&p, '[');
	rpc_ask_put_hex(&p, span_of(hash->b, sizeof(hash->b)));
	wr_u8(&p, ']');
	wr_u8(&p, '\0');
	return wr_done_into(&p, &n);
}

static bool is_same(const struct keccak256 *a, const struct keccak256 *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* ---- transactions ------------------------------------------------------- */

struct tx_wish {
	const struct keccak256 *hash;
	bool found;
	struct rpc_tx tx;
};

static bool read_tx(const struct rpc_answer *a, void *out, struct fault *f)
{
	struct tx_wish *w = out;
	const struct json_node *v;

	w->found = false;
	TRY(rpc_answer_result(a, &v, f));
	if (rpc_answer_is_null(v))
		return true;
	TRY(rpc_parse_tx(v, &w->tx, f));
	if (!is_same(&w->tx.hash, w->hash))
		return fault_raise(f, FAULT_REMOTE, "rpc.result",
		    "this is another transaction");
	w->found = true;
	return true;
}

FALLIBLE rpc_get_tx(struct rpc_chain *c, const struct keccak256 *hash,
    bool *found, struct rpc_tx *out, struct fault *f)
{
	struct tx_wish w = { .hash = hash };
	char params[PARAMS];

	TRY(put_hash(hash, params, f));
	const struct rpc_request r = { "eth_getTransactionByHash",
		span_text(params), read_tx, &w, NULL };
	TRY(rpc_ask_any(c, &r, f));
	for (size_t k = 1; !w.found && k < c->n; k++) {
		struct fault ignored = FAULT_INIT;

		if (!rpc_ask_next(c, k, &r, &k, &ignored))
			break;
	}
	*found = w.found;
	if (w.found)
		*out = w.tx;
	return true;
}

/* ---- receipts ----------------------------------------------------------- */

void rpc_tx_receipt_drop(struct rpc_tx_receipt *w)
{
	rpc_receipt_drop(&w->receipt);
	w->found = false;
}

static bool read_receipt(const struct rpc_answer *a, void *out, struct fault *f)
{
	struct rpc_tx_receipt *w = out;
	const struct json_node *v;

	rpc_tx_receipt_drop(w);
	TRY(rpc_answer_result(a, &v, f));
	if (rpc_answer_is_null(v))
		return true;
	TRY(rpc_parse_receipt(v, &w->receipt, f));
	if (!is_same(&w->receipt.hash, w->hash))
		return fault_raise(f, FAULT_REMOTE, "rpc.result",
		    "this is the receipt of another transaction");
	w->found = true;
	return true;
}

static FALLIBLE receipt_request(struct rpc_tx_receipt *w, char params[PARAMS],
    struct rpc_request *out, struct fault *f)
{
	TRY(put_hash(w->hash, params, f));
	*out = (struct rpc_request){ "eth_getTransactionReceipt",
		span_text(params), read_receipt, w, NULL };
	return true;
}

FALLIBLE rpc_tx_receipt_of(struct rpc_chain *c, size_t endpoint,
    struct rpc_tx_receipt *w, struct fault *f)
{
	char params[PARAMS];
	struct rpc_request r;

	TRY(receipt_request(w, params, &r, f));
	return rpc_ask_one(c, endpoint, &r, f);
}

static size_t n_remembered(const struct rpc_chain *c)
{
	return c->n_seen < RPC_SEEN ? c->n_seen : RPC_SEEN;
}

static struct keccak256 *find_seen(
    struct rpc_chain *c, const struct keccak256 *hash)
{
	for (size_t i = 0; i < n_remembered(c); i++) {
		if (is_same(&c->seen[i], hash))
			return &c->seen[i];
	}
	return NULL;
}

FALLIBLE rpc_get_receipt(struct rpc_chain *c, const struct keccak256 *hash,
    bool *found, struct rpc_receipt *out, struct fault *f)
{
	AUTO(rpc_tx_receipt_drop) struct rpc_tx_receipt w = { .hash = hash };
	struct keccak256 *seen = find_seen(c, hash);
	char params[PARAMS];
	struct rpc_request r;

	TRY(receipt_request(&w, params, &r, f));
	TRY(rpc_ask_any(c, &r, f));
	/* Mined once: before it counts as gone, everybody is asked. */
	for (size_t k = 1; !w.found && seen != NULL && k < c->n; k++) {
		struct fault ignored = FAULT_INIT;

		if (!rpc_ask_next(c, k, &r, &k, &ignored))
			break;
	}
	*found = w.found;
	if (!w.found) {
		if (seen != NULL)
			*seen = (struct keccak256){ 0 };
		return true;
	}
	if (seen == NULL)
		c->seen[c->n_seen++ % RPC_SEEN] = *hash;
	*out = w.receipt;
	w.receipt = (struct rpc_receipt){ 0 };
	return true;
}
