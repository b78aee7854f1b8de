/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/rpc_ask.h"
#include "chain/rpc/rpc_words.h"

#include <string.h>

/* ---- what nodes say ----------------------------------------------------- */

/* In this order: some phrases contain others (onchain section 9.4). */
static const struct {
	const char *words;
	enum rpc_sent means;
} phrases[] = {
	{ "already known", RPC_SENT_KNOWN },
	{ "already imported", RPC_SENT_KNOWN },
	{ "known transaction", RPC_SENT_KNOWN },
	{ "nonce too low", RPC_SENT_NONCE_LOW },
	{ "replacement transaction underpriced", RPC_SENT_REPLACEMENT },
	{ "transaction underpriced", RPC_SENT_UNDERPRICED },
	{ "max fee per gas less than block base fee", RPC_SENT_BASE_FEE },
	{ "max priority fee per gas higher than max fee per gas",
	    RPC_SENT_TIP },
	{ "insufficient funds", RPC_SENT_FUNDS },
	{ "intrinsic gas too low", RPC_SENT_GAS },
	{ "intrinsic gas too high", RPC_SENT_GAS },
	{ "exceeds block gas limit", RPC_SENT_GAS },
	{ "gas limit too high", RPC_SENT_GAS },
	{ "nonce too high", RPC_SENT_NONCE_HIGH },
	{ "future transaction", RPC_SENT_NONCE_HIGH },
	{ "invalid sender", RPC_SENT_INVALID },
	{ "invalid chain id", RPC_SENT_INVALID },
};

enum rpc_sent rpc_sent_classify(int64_t code, struct span message)
{
	for (size_t i = 0; i < COUNT(phrases); i++) {
		if (rpc_words_has(message, phrases[i].words))
			return phrases[i].means;
	}
	/* Of the codes one says more than nothing: these parameters were not
	 * understood. All others stand for anything at some node. */
	return code == -32602 ? RPC_SENT_INVALID : RPC_SENT_UNKNOWN;
}

const char *rpc_sent_name(enum rpc_sent v)
{
	switch (v) {
	case RPC_SENT_ACCEPTED:
		return "accepted";
	case RPC_SENT_KNOWN:
		return "known";
	case RPC_SENT_NONCE_LOW:
		return "nonce-low";
	case RPC_SENT_REPLACEMENT:
		return "replacement";
	case RPC_SENT_UNDERPRICED:
		return "underpriced";
	case RPC_SENT_BASE_FEE:
		return "base-fee";
	case RPC_SENT_TIP:
		return "tip";
	case RPC_SENT_FUNDS:
		return "funds";
	case RPC_SENT_GAS:
		return "gas";
	case RPC_SENT_NONCE_HIGH:
		return "nonce-high";
	case RPC_SENT_INVALID:
		return "invalid";
	case RPC_SENT_UNKNOWN:
		return "unknown";
	}
	return "";
}

bool rpc_sent_is_success(enum rpc_sent v)
{
	return v == RPC_SENT_ACCEPTED || v == RPC_SENT_KNOWN;
}

/* ---- one endpoint ------------------------------------------------------- */

struct sending {
	struct keccak256 hash;
	enum rpc_sent means;
};

static bool read_sent(const struct rpc_answer *a, void *out, struct fault *f)
{
	struct sending *s = out;
	struct keccak256 hash;

	s->means = RPC_SENT_UNKNOWN;
	if (a->result == NULL) {
		s->means = rpc_sent_classify(a->code, a->message);
		/* Its own trouble, limits above all, makes it wait. */
		const struct json_node *v;
		return !rpc_answer_is_trouble(a) || rpc_answer_result(a, &v, f);
	}
	TRY(rpc_answer_hash(a->result, "the result", &hash, f));
	if (memcmp(&hash, &s->hash, sizeof(hash)) != 0)
		return fault_raise(f, FAULT_REMOTE, "rpc.result",
		    "it answers the hash of another transaction");
	s->means = RPC_SENT_ACCEPTED;
	return true;
}

/* ---- all of them -------------------------------------------------------- */

static FALLIBLE check_raw(
    const struct rpc_chain *c, struct span raw, struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct eth_tx tx;
	struct eth_sig sig;

	if (!eth_tx_decode(raw, &tx, &sig, &why))
		return fault_raise(f, FAULT_INTERNAL, "rpc.send.tx",
		    "these bytes are no transaction: %s", why.text);
	if (tx.chain_id != c->config.chain_id)
		return fault_raise(f, FAULT_INTERNAL, "rpc.send.tx",
		    "the transaction is for another chain");
	return true;
}

static FALLIBLE put_params(struct span raw, struct blob *out, struct fault *f)
{
	struct wr w = wr_grow(3 * LIMIT_TX_BYTES, "rpc.internal", f);

	wr_u8(&w, '[');
	rpc_ask_put_hex(&w, raw);
	wr_u8(&w, ']');
	return wr_done(&w, out);
}

/* The order of what counts when endpoints disagree. */
static unsigned rank(enum rpc_sent v)
{
	if (rpc_sent_is_success(v))
		return 3;
	if (v == RPC_SENT_UNKNOWN)
		return 2;
	return v == RPC_SENT_NONCE_LOW ? 1 : 0;
}

static void combine(struct rpc_send_result *r, enum rpc_sent said)
{
	if (r->n == 0 || rank(said) > rank(r->outcome))
		r->outcome = said;
	r->each[r->n++] = said;
}

/* Whether this endpoint was asked at all: it is one of this chain. */
static bool send_to(struct rpc_chain *c, size_t i, struct span params,
    struct rpc_send_result *r, struct fault *f)
{
	struct sending s = { r->hash, RPC_SENT_UNKNOWN };
	const struct rpc_request request = { "eth_sendRawTransaction", params,
		read_sent, &s, NULL };
	bool was_best = r->n > 0 && rpc_sent_is_success(r->outcome);

	TRY(rpc_ask_identity(c, i, f));
	if (!rpc_ask_one(c, i, &request, f) && s.means == RPC_SENT_ACCEPTED)
		s.means = RPC_SENT_UNKNOWN;
	combine(r, s.means);
	/* Who has it in the pool is who is asked about it. */
	if (!was_best && rpc_sent_is_success(s.means))
		c->current = i;
	return true;
}

FALLIBLE rpc_send_raw(struct rpc_chain *c, struct span raw,
    struct rpc_send_result *out, struct fault *f)
{
	AUTO(blob_drop) struct blob params = { 0 };
	struct rpc_send_result r = { .hash = keccak256_of(raw) };
	struct fault first = FAULT_INIT;
	size_t order[LIMIT_RPC_ENDPOINTS];

	TRY(check_raw(c, raw, f));
	TRY(put_params(raw, &params, f));
	/* Sticking to another one on the way changes the order. */
	for (size_t k = 0; k < c->n; k++)
		order[k] = rpc_chain_order(c, k);
	for (size_t k = 0; k < c->n; k++) {
		struct fault why = FAULT_INIT;

		(void)send_to(c, order[k], blob_span(&params), &r, &why);
		if (first.kind == FAULT_NONE)
			first = why;
	}
	if (r.n == 0)
		return fault_raise(f, first.kind, first.at, "%s", first.text);
	*out = r;
	return true;
}
