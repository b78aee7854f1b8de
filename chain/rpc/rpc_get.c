/* SPDX-License-Identifier: Apache-2.0 */
/* The methods that read, but for calls: one function each. */
#include "chain/rpc/rpc_ask.h"
#include "chain/rpc/rpc_parse.h"

#include <string.h>

/* Room for the parameters of every method here. */
#define PARAMS 256

/* ---- readers ------------------------------------------------------------ */

static bool read_u64(const struct rpc_answer *a, void *out, struct fault *f)
{
	const struct json_node *v;

	TRY(rpc_answer_result(a, &v, f));
	return rpc_answer_u64(v, "the result", out, f);
}

static bool read_u256(const struct rpc_answer *a, void *out, struct fault *f)
{
	const struct json_node *v;

	TRY(rpc_answer_result(a, &v, f));
	return rpc_answer_u256(v, "the result", out, f);
}

static bool read_bytes(const struct rpc_answer *a, void *out, struct fault *f)
{
	const struct json_node *v;

	TRY(rpc_answer_result(a, &v, f));
	return rpc_answer_bytes(v, "the result", out, f);
}

/* ---- blocks ------------------------------------------------------------- */

FALLIBLE rpc_get_block_number(
    struct rpc_chain *c, uint64_t *out, struct fault *f)
{
	uint64_t head = 0;
	const struct rpc_request r = { "eth_blockNumber", span_text("[]"),
		read_u64, &head, &head };

	TRY(rpc_ask_any(c, &r, f));
	*out = head;
	return true;
}

struct block_wish {
	struct rpc_at at;
	const struct keccak256 *hash; /* or by hash */
	bool found;
	struct rpc_block block;
};

static bool read_block(const struct rpc_answer *a, void *out, struct fault *f)
{
	struct block_wish *w = out;
	const struct json_node *v;
	bool is_tag = w->hash == NULL &&
	    (w->at.tag == RPC_SAFE || w->at.tag == RPC_FINALIZED);

	w->found = false;
	/* A chain without the tag says so in as many ways as there are. */
	if (is_tag && a->result == NULL && !rpc_answer_is_trouble(a))
		return true;
	TRY(rpc_answer_result(a, &v, f));
	if (rpc_answer_is_null(v))
		return true;
	TRY(rpc_parse_block(v, &w->block, f));
	if (w->hash != NULL &&
	    memcmp(w->hash, &w->block.hash, sizeof(*w->hash)) != 0)
		return fault_raise(
		    f, FAULT_REMOTE, "rpc.result", "this is another block");
	if (w->hash == NULL && w->at.tag == RPC_NUMBER &&
	    w->block.number != w->at.number)
		return fault_raise(f, FAULT_REMOTE, "rpc.result",
		    "this is a block of another height");
	w->found = true;
	return true;
}

static FALLIBLE put_block_params(
    const struct block_wish *w, char params[PARAMS], struct fault *f)
{
	struct wr p = wr_into(params, PARAMS, "rpc.internal", f);
	size_t n;

	wr_u8(&p, '[');
	if (w->hash != NULL)
		rpc_ask_put_hex(&p, span_of(w->hash->b, sizeof(w->hash->b)));
	else
		rpc_ask_put_at(&p, w->at);
	wr_text(&p, ",false]");
	wr_u8(&p, '\0');
	return wr_done_into(&p, &n);
}

FALLIBLE rpc_get_block(struct rpc_chain *c, struct rpc_at at, bool *found,
    struct rpc_block *out, struct fault *f)
{
	struct block_wish w = { .at = at };
	char params[PARAMS];

	TRY(put_block_params(&w, params, f));
	const struct rpc_request r = { "eth_getBlockByNumber",
		span_text(params), read_block, &w,
		at.tag == RPC_LATEST ? &w.block.number : NULL };
	TRY(rpc_ask_any(c, &r, f));
	*found = w.found;
	if (w.found)
		*out = w.block;
	return true;
}

FALLIBLE rpc_get_block_by_hash(struct rpc_chain *c,
    const struct keccak256 *hash, bool *found, struct rpc_block *out,
    struct fault *f)
{
	struct block_wish w = { .hash = hash };
	char params[PARAMS];

	TRY(put_block_params(&w, params, f));
	const struct rpc_request r = { "eth_getBlockByHash", span_text(params),
		read_block, &w, NULL };
	TRY(rpc_ask_any(c, &r, f));
	*found = w.found;
	if (w.found)
		*out = w.block;
	return true;
}

/* ---- accounts ----------------------------------------------------------- */

static FALLIBLE put_account(const struct eth_addr *of, enum rpc_tag tag,
    char params[PARAMS], struct fault *f)
{
	struct wr p = wr_into(params, PARAMS, "rpc.internal", f);
	size_t n;

	wr_u8(&p, '[');
	rpc_ask_put_hex(&p, span_of(of->b, sizeof(of->b)));
	wr_u8(&p, ',');
	rpc_ask_put_at(&p, (struct rpc_at){ .tag = tag });
	wr_u8(&p, ']');
	wr_u8(&p, '\0');
	return wr_done_into(&p, &n);
}

/*
 * The larger of what two endpoints say; all of them when that is less than
 * what was said before.
 */
static FALLIBLE get_mined(struct rpc_chain *c, const struct eth_addr *of,
    uint64_t *out, struct fault *f)
{
	char params[PARAMS];
	uint64_t count = 0, best;
	bool is_known = eth_addr_equal(&c->nonce_of, of);

	TRY(put_account(of, RPC_LATEST, params, f));
	const struct rpc_request r = { "eth_getTransactionCount",
		span_text(params), read_u64, &count, NULL };
	TRY(rpc_ask_any(c, &r, f));
	best = count;
	for (size_t k = 1, n_said = 1; k < c->n; k++) {
		struct fault ignored = FAULT_INIT;

		if (n_said >= 2 && (!is_known || best >= c->nonce_floor))
			break;
		if (!rpc_ask_next(c, k, &r, &k, &ignored))
			break;
		n_said++;
		if (count > best)
			best = count;
	}
	c->nonce_of = *of;
	c->nonce_floor = best;
	*out = best;
	return true;
}

FALLIBLE rpc_get_nonces(struct rpc_chain *c, const struct eth_addr *of,
    struct rpc_nonces *out, struct fault *f)
{
	struct rpc_nonces n = { 0 };
	char params[PARAMS];

	TRY(put_account(of, RPC_PENDING, params, f));
	const struct rpc_request r = { "eth_getTransactionCount",
		span_text(params), read_u64, &n.pending, NULL };
	TRY(get_mined(c, of, &n.mined, f));
	TRY(rpc_ask_any(c, &r, f));
	if (n.pending < n.mined)
		n.pending = n.mined;
	*out = n;
	return true;
}

FALLIBLE rpc_get_balance(struct rpc_chain *c, const struct eth_addr *of,
    struct u256 *out, struct fault *f)
{
	char params[PARAMS];

	TRY(put_account(of, RPC_LATEST, params, f));
	const struct rpc_request r = { "eth_getBalance", span_text(params),
		read_u256, out, NULL };
	return rpc_ask_any(c, &r, f);
}

FALLIBLE rpc_get_code(struct rpc_chain *c, const struct eth_addr *of,
    struct blob *out, struct fault *f)
{
	char params[PARAMS];

	TRY(put_account(of, RPC_LATEST, params, f));
	const struct rpc_request r = { "eth_getCode", span_text(params),
		read_bytes, out, NULL };
	return rpc_ask_any(c, &r, f);
}

/* ---- fees --------------------------------------------------------------- */

static bool read_fees(const struct rpc_answer *a, void *out, struct fault *f)
{
	const struct json_node *v;

	TRY(rpc_answer_result(a, &v, f));
	return rpc_parse_fee_history(v, out, f);
}

FALLIBLE rpc_get_fee_history(
    struct rpc_chain *c, struct rpc_fee_history *out, struct fault *f)
{
	/* RPC_FEE_BLOCKS of them, and of each the tip in the middle. */
	const struct rpc_request r = { "eth_feeHistory",
		span_text("[\"0x14\",\"latest\",[50]]"), read_fees, out, NULL };

	_Static_assert(RPC_FEE_BLOCKS == 0x14, "the number in the text");
	return rpc_ask_any(c, &r, f);
}

FALLIBLE rpc_get_gas_price(
    struct rpc_chain *c, struct u256 *out, struct fault *f)
{
	const struct rpc_request r = { "eth_gasPrice", span_text("[]"),
		read_u256, out, NULL };

	return rpc_ask_any(c, &r, f);
}
