/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/rpc_ask.h"

void rpc_called_drop(struct rpc_called *r)
{
	blob_drop(&r->data);
	r->reverted = false;
}

/* ---- parameters --------------------------------------------------------- */

static void put_call(struct wr *w, const struct rpc_call *call)
{
	char value[U256_QUANTITY_SIZE];

	wr_text(w, "[{");
	if (!eth_addr_is_zero(&call->from)) {
		wr_text(w, "\"from\":");
		rpc_ask_put_hex(w, span_of(call->from.b, sizeof(call->from.b)));
		wr_u8(w, ',');
	}
	wr_text(w, "\"to\":");
	rpc_ask_put_hex(w, span_of(call->to.b, sizeof(call->to.b)));
	wr_text(w, ",\"data\":");
	rpc_ask_put_hex(w, call->data);
	if (!u256_is_zero(&call->value))
		wr_printf(w, ",\"value\":\"%s\"",
		    u256_format_quantity(&call->value, value));
	wr_text(w, "},");
}

static FALLIBLE put_params(const struct rpc_call *call, struct rpc_at at,
    struct blob *out, struct fault *f)
{
	struct wr w = wr_grow(3 * LIMIT_ABI_BYTES, "rpc.internal", f);

	put_call(&w, call);
	rpc_ask_put_at(&w, at);
	wr_u8(&w, ']');
	return wr_done(&w, out);
}

/* ---- eth_call ----------------------------------------------------------- */

static bool read_call(const struct rpc_answer *a, void *out, struct fault *f)
{
	struct rpc_called *called = out;
	const struct json_node *v;

	if (rpc_answer_is_revert(a)) {
		TRY(rpc_answer_revert_data(a, &called->data, f));
		called->reverted = true;
		return true;
	}
	TRY(rpc_answer_result(a, &v, f));
	return rpc_answer_bytes(v, "the result", &called->data, f);
}

FALLIBLE rpc_call(struct rpc_chain *c, const struct rpc_call *call,
    struct rpc_at at, struct rpc_called *out, struct fault *f)
{
	AUTO(blob_drop) struct blob params = { 0 };
	struct rpc_called called = { 0 };

	TRY(put_params(call, at, &params, f));
	const struct rpc_request r = { "eth_call", blob_span(&params),
		read_call, &called, NULL };
	TRY(rpc_ask_any(c, &r, f));
	*out = called;
	return true;
}

/* ---- eth_estimateGas ---------------------------------------------------- */

struct estimate {
	uint64_t gas;
	struct rpc_called why;
};

static bool read_estimate(
    const struct rpc_answer *a, void *out, struct fault *f)
{
	struct estimate *e = out;
	const struct json_node *v;

	if (rpc_answer_is_revert(a)) {
		TRY(rpc_answer_revert_data(a, &e->why.data, f));
		e->why.reverted = true;
		return true;
	}
	TRY(rpc_answer_result(a, &v, f));
	return rpc_answer_u64(v, "the result", &e->gas, f);
}

/* A fifth on top: between the estimate and the block other things happen. */
static FALLIBLE with_reserve(
    uint64_t gas, uint64_t max_gas, uint64_t *out, struct fault *f)
{
	uint64_t reserve = gas / 5 + (gas % 5 != 0);

	if (gas > max_gas || reserve > max_gas - gas)
		return fault_raise(f, FAULT_LIMIT, "rpc.gas.cap",
		    "an estimate of %llu gas and a fifth on top is above the "
		    "configured %llu",
		    (unsigned long long)gas, (unsigned long long)max_gas);
	*out = gas + reserve;
	return true;
}

FALLIBLE rpc_call_estimate(struct rpc_chain *c, const struct rpc_call *call,
    uint64_t max_gas, uint64_t *gas, struct rpc_called *why, struct fault *f)
{
	AUTO(blob_drop) struct blob params = { 0 };
	struct estimate e = { 0 };

	TRY(put_params(
	    call, (struct rpc_at){ .tag = RPC_PENDING }, &params, f));
	const struct rpc_request r = { "eth_estimateGas", blob_span(&params),
		read_estimate, &e, NULL };
	TRY(rpc_ask_any(c, &r, f));
	if (e.why.reverted)
		*gas = 0;
	else
		TRY(with_reserve(e.gas, max_gas, gas, f));
	*why = e.why;
	return true;
}
