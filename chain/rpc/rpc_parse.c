/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/rpc_parse.h"

#include <stdlib.h>

static FALLIBLE want_object(
    const struct json_node *v, const char *what, struct fault *f)
{
	if (v == NULL || json_kind_of(v) != JSON_OBJECT)
		return fault_raise(
		    f, FAULT_REMOTE, "rpc.result", "%s is no object", what);
	return true;
}

static FALLIBLE want_array(
    const struct json_node *v, const char *what, size_t max, struct fault *f)
{
	if (v == NULL || json_kind_of(v) != JSON_ARRAY)
		return fault_raise(
		    f, FAULT_REMOTE, "rpc.result", "%s is no array", what);
	if (json_count(v) > max)
		return fault_raise(f, FAULT_REMOTE, "rpc.result",
		    "%s has more than %zu entries", what, max);
	return true;
}

/* ---- blocks ------------------------------------------------------------- */

FALLIBLE rpc_parse_block(
    const struct json_node *v, struct rpc_block *out, struct fault *f)
{
	struct rpc_block b = { 0 };
	const struct json_node *base = json_find(v, "baseFeePerGas");

	TRY(want_object(v, "the block", f));
	TRY(rpc_answer_u64(json_find(v, "number"), "number", &b.number, f));
	TRY(rpc_answer_hash(json_find(v, "hash"), "hash", &b.hash, f));
	TRY(rpc_answer_hash(
	    json_find(v, "parentHash"), "parentHash", &b.parent_hash, f));
	TRY(rpc_answer_u64(
	    json_find(v, "timestamp"), "timestamp", &b.timestamp_s, f));
	TRY(rpc_answer_u64(
	    json_find(v, "gasLimit"), "gasLimit", &b.gas_limit, f));
	TRY(rpc_answer_u64(json_find(v, "gasUsed"), "gasUsed", &b.gas_used, f));
	b.has_base_fee = !rpc_answer_is_null(base);
	if (b.has_base_fee)
		TRY(rpc_answer_u256(base, "baseFeePerGas", &b.base_fee, f));
	*out = b;
	return true;
}

/* ---- transactions ------------------------------------------------------- */

FALLIBLE rpc_parse_tx(
    const struct json_node *v, struct rpc_tx *out, struct fault *f)
{
	struct rpc_tx t = { 0 };
	const struct json_node *block = json_find(v, "blockNumber");
	const struct json_node *hash = json_find(v, "blockHash");

	TRY(want_object(v, "the transaction", f));
	TRY(rpc_answer_hash(json_find(v, "hash"), "hash", &t.hash, f));
	TRY(rpc_answer_addr(json_find(v, "from"), "from", &t.from, f));
	TRY(rpc_answer_u64(json_find(v, "nonce"), "nonce", &t.nonce, f));
	t.is_mined = !rpc_answer_is_null(block);
	if (t.is_mined != !rpc_answer_is_null(hash))
		return fault_raise(f, FAULT_REMOTE, "rpc.result",
		    "blockNumber and blockHash contradict each other");
	if (t.is_mined) {
		TRY(rpc_answer_u64(block, "blockNumber", &t.block, f));
		TRY(rpc_answer_hash(hash, "blockHash", &t.block_hash, f));
	}
	*out = t;
	return true;
}

/* ---- receipts ----------------------------------------------------------- */

void rpc_receipt_drop(struct rpc_receipt *r)
{
	free(r->logs);
	blob_drop(&r->memory);
	*r = (struct rpc_receipt){ 0 };
}

/* The bytes of all logs, added up before any of them is decoded. */
static FALLIBLE measure_logs(
    const struct json_node *logs, size_t *out, struct fault *f)
{
	size_t sum = 0;

	for (const struct json_node *v = json_first(logs); v != NULL;
	     v = json_next(v)) {
		size_t n;

		TRY(want_object(v, "a log", f));
		TRY(rpc_answer_bytes_length(
		    json_find(v, "data"), "data of a log", &n, f));
		sum += n; /* below the size of the answer */
	}
	*out = sum;
	return true;
}

static FALLIBLE read_log(const struct json_node *v, uint8_t *memory,
    struct rpc_log *out, struct fault *f)
{
	const struct json_node *data = json_find(v, "data");
	const struct json_node *topics = json_find(v, "topics");
	const struct json_node *removed = json_find(v, "removed");
	size_t n;

	TRY(rpc_answer_addr(
	    json_find(v, "address"), "address of a log", &out->address, f));
	TRY(want_array(topics, "topics", COUNT(out->topics), f));
	for (const struct json_node *t = json_first(topics); t != NULL;
	     t = json_next(t))
		TRY(rpc_answer_hash(
		    t, "a topic", &out->topics[out->n_topics++], f));
	if (removed != NULL && json_bool(removed))
		return fault_raise(f, FAULT_REMOTE, "rpc.result",
		    "a log of this receipt was removed by a reorganisation");
	TRY(rpc_answer_bytes_length(data, "data of a log", &n, f));
	TRY(rpc_answer_bytes_into(data, "data of a log", memory, n, f));
	out->data = span_of(memory, n);
	return true;
}

static FALLIBLE read_logs(
    const struct json_node *logs, struct rpc_receipt *r, struct fault *f)
{
	size_t n_bytes, used = 0;

	TRY(want_array(logs, "logs", LIMIT_RPC_LOGS, f));
	TRY(measure_logs(logs, &n_bytes, f));
	r->logs = calloc(json_count(logs) + 1, sizeof(*r->logs));
	r->memory.p = calloc(n_bytes + 1, 1);
	if (r->logs == NULL || r->memory.p == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "rpc.internal", "out of memory");
	r->memory.n = n_bytes;
	for (const struct json_node *v = json_first(logs); v != NULL;
	     v = json_next(v)) {
		struct rpc_log *log = &r->logs[r->n_logs++];

		TRY(read_log(v, r->memory.p + used, log, f));
		used += log->data.n;
	}
	return true;
}

static FALLIBLE read_status(
    const struct json_node *v, bool *out, struct fault *f)
{
	uint64_t status;

	TRY(rpc_answer_u64(v, "status", &status, f));
	if (status > 1)
		return fault_raise(f, FAULT_REMOTE, "rpc.result",
		    "status is neither 0x0 nor 0x1");
	*out = status == 1;
	return true;
}

FALLIBLE rpc_parse_receipt(
    const struct json_node *v, struct rpc_receipt *out, struct fault *f)
{
	AUTO(rpc_receipt_drop) struct rpc_receipt r = { 0 };
	const struct json_node *price = json_find(v, "effectiveGasPrice");
	const struct json_node *l1 = json_find(v, "l1Fee");

	TRY(want_object(v, "the receipt", f));
	TRY(rpc_answer_hash(
	    json_find(v, "transactionHash"), "transactionHash", &r.hash, f));
	TRY(rpc_answer_u64(
	    json_find(v, "blockNumber"), "blockNumber", &r.block, f));
	TRY(rpc_answer_hash(
	    json_find(v, "blockHash"), "blockHash", &r.block_hash, f));
	TRY(read_status(json_find(v, "status"), &r.succeeded, f));
	TRY(rpc_answer_u64(json_find(v, "gasUsed"), "gasUsed", &r.gas_used, f));
	TRY(rpc_answer_u256(price, "effectiveGasPrice", &r.gas_price, f));
	if (!rpc_answer_is_null(l1))
		TRY(rpc_answer_u256(l1, "l1Fee", &r.l1_fee, f));
	TRY(read_logs(json_find(v, "logs"), &r, f));
	*out = r;
	r = (struct rpc_receipt){ 0 };
	return true;
}

/* ---- fees --------------------------------------------------------------- */

/* [oldest, ..., newest, the next one]: the last is what a transaction meets. */
static FALLIBLE read_base_fees(const struct json_node *v, size_t n_blocks,
    struct rpc_fee_history *h, struct fault *f)
{
	const struct json_node *last = NULL;

	if (json_count(v) != n_blocks + 1)
		return fault_raise(f, FAULT_REMOTE, "rpc.result",
		    "baseFeePerGas has another length than there are blocks");
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e))
		last = e;
	TRY(rpc_answer_u256(
	    last, "the next baseFeePerGas", &h->next_base_fee, f));
	/* What nodes say of chains that know no base fee. */
	h->has_base_fee = !u256_is_zero(&h->next_base_fee);
	return true;
}

/* Of each block the one percentile that was asked for. */
static FALLIBLE read_tips(
    const struct json_node *v, struct rpc_fee_history *h, struct fault *f)
{
	TRY(want_array(v, "reward", RPC_FEE_BLOCKS, f));
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e)) {
		TRY(want_array(e, "the reward of a block", 1, f));
		TRY(rpc_answer_u256(json_first(e), "the reward of a block",
		    &h->tips[h->n_blocks++], f));
	}
	return true;
}

FALLIBLE rpc_parse_fee_history(
    const struct json_node *v, struct rpc_fee_history *out, struct fault *f)
{
	struct rpc_fee_history h = { 0 };
	const struct json_node *base = json_find(v, "baseFeePerGas");

	TRY(want_object(v, "the history", f));
	TRY(read_tips(json_find(v, "reward"), &h, f));
	if (h.n_blocks == 0)
		return fault_raise(
		    f, FAULT_REMOTE, "rpc.result", "the history has no block");
	if (!rpc_answer_is_null(base)) {
		TRY(want_array(base, "baseFeePerGas", RPC_FEE_BLOCKS + 1, f));
		TRY(read_base_fees(base, h.n_blocks, &h, f));
	}
	*out = h;
	return true;
}
