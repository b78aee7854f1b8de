/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rpc_face.h"

#include "chain/eth_abi.h"
#include "verify/base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- texts -------------------------------------------------------------- */

static void put_hex(struct wr *w, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *in = p;

	wr_text(w, "\"0x");
	for (size_t i = 0; i < n; i++) {
		wr_u8(w, (uint8_t)digits[in[i] >> 4]);
		wr_u8(w, (uint8_t)digits[in[i] & 15]);
	}
	wr_u8(w, '"');
}

static void put_u64(struct wr *w, uint64_t v)
{
	wr_printf(w, "\"0x%llx\"", (unsigned long long)v);
}

static void put_u256(struct wr *w, const struct u256 *v)
{
	char text[U256_QUANTITY_SIZE];

	wr_printf(w, "\"%s\"", u256_format_quantity(v, text));
}

static void put_error(struct wr *w, int code, const char *message)
{
	wr_printf(
	    w, "\"error\":{\"code\":%d,\"message\":\"%s\"}", code, message);
}

static void put_result(struct wr *w)
{
	wr_text(w, "\"result\":");
}

/* ---- parameters --------------------------------------------------------- */

static const struct json_node *param(const struct rpc_face_ask *a, size_t i)
{
	const struct json_node *v = json_first(a->params);

	while (v != NULL && i-- > 0)
		v = json_next(v);
	return v;
}

static bool take_bytes(const struct json_node *v, void *out, size_t n)
{
	return v != NULL &&
	    hex_decode_0x(span_text(json_text(v)), out, n, "face", NULL);
}

static bool take_blob(const struct json_node *v, struct blob *out)
{
	const char *text = v != NULL ? json_text(v) : "";
	struct fault f = FAULT_INIT;

	if (strncmp(text, "0x", 2) != 0)
		return false;
	if (text[2] == '\0')
		return blob_copy((struct span){ 0 }, out, &f);
	return hex_decode_blob(
	    span_text(text + 2), LIMIT_TX_BYTES, out, "face", NULL);
}

static uint64_t head_of(const struct rpc_face_ask *a)
{
	uint64_t head = rpc_world_head(a->world);
	uint64_t first = a->world->blocks[0].number;

	return head - first < a->lag ? first : head - a->lag;
}

/* The block that a tag or a number names, or NULL. */
static const struct rpc_world_block *block_at(
    const struct rpc_face_ask *a, const char *at, bool *no_tag)
{
	const struct rpc_world *w = a->world;
	uint64_t head = head_of(a), first = w->blocks[0].number, n = head;
	struct u256 wide;

	*no_tag = false;
	if (strcmp(at, "safe") == 0 || strcmp(at, "finalized") == 0) {
		uint64_t depth =
		    w->finality_depth / (strcmp(at, "safe") == 0 ? 2 : 1);

		*no_tag = !w->has_tags;
		n = head - first < depth ? first : head - depth;
	} else if (strcmp(at, "latest") != 0 && strcmp(at, "pending") != 0) {
		if (!u256_parse_quantity(span_text(at), &wide, "face", NULL) ||
		    !u256_to_u64(&wide, &n, NULL))
			return NULL;
	}
	return n >= first && n <= head ? &w->blocks[n - first] : NULL;
}

/* ---- blocks and fees ---------------------------------------------------- */

/* What was asked for, or something else. */
static void put_hash(
    const struct rpc_face_ask *a, struct wr *w, const struct keccak256 *hash)
{
	struct keccak256 h = *hash;

	h.b[0] ^= a->mode == RPC_DOUBLE_OTHER;
	put_hex(w, h.b, sizeof(h.b));
}

static void put_block(
    const struct rpc_face_ask *a, struct wr *w, const struct rpc_world_block *b)
{
	put_result(w);
	if (b == NULL) {
		wr_text(w, "null");
		return;
	}
	wr_text(w, "{\"number\":");
	put_u64(w, b->number + (a->mode == RPC_DOUBLE_OTHER));
	wr_text(w, ",\"hash\":");
	put_hash(a, w, &b->hash);
	wr_text(w, ",\"parentHash\":");
	put_hex(w, b->parent.b, 32);
	wr_text(w, ",\"timestamp\":");
	put_u64(w, b->timestamp_s);
	wr_text(w, ",\"gasLimit\":");
	put_u64(w, a->world->gas_limit);
	wr_text(w, ",\"gasUsed\":");
	put_u64(w, b->gas_used);
	if (!a->world->is_legacy) {
		wr_text(w, ",\"baseFeePerGas\":");
		put_u256(w, &b->base_fee);
	}
	wr_text(w, ",\"transactions\":[]}");
}

static void block_by_number(const struct rpc_face_ask *a, struct wr *w)
{
	const struct json_node *at = param(a, 0);
	bool no_tag;
	const struct rpc_world_block *b =
	    block_at(a, at != NULL ? json_text(at) : "", &no_tag);

	if (no_tag)
		put_error(w, -39001, "finalized block not found");
	else
		put_block(a, w, b);
}

static void block_by_hash(const struct rpc_face_ask *a, struct wr *w)
{
	const struct rpc_world_block *found = NULL;
	struct keccak256 hash;

	if (!take_bytes(param(a, 0), hash.b, 32)) {
		put_error(w, -32602, "invalid argument 0");
		return;
	}
	for (size_t i = 0; i < a->world->n_blocks; i++) {
		const struct rpc_world_block *b = &a->world->blocks[i];

		if (memcmp(b->hash.b, hash.b, 32) == 0)
			found = b;
	}
	put_block(a, w, found);
}

static struct u256 times(const struct rpc_face_ask *a, const struct u256 *v)
{
	struct u256 out = *v;

	if (a->mode == RPC_DOUBLE_LYING_FEES &&
	    !u256_mul_div(v, a->value, 1, &out, NULL, NULL))
		abort();
	return out;
}

static void fee_history(const struct rpc_face_ask *a, struct wr *w)
{
	struct u256 base = times(a, &a->world->base_fee);
	struct u256 tip = times(a, &a->world->tip);

	if (a->world->is_legacy)
		base = (struct u256){ 0 };
	put_result(w);
	wr_text(w, "{\"oldestBlock\":\"0x1\",\"baseFeePerGas\":[");
	for (int i = 0; i < 21; i++) {
		wr_text(w, i > 0 ? "," : "");
		put_u256(w, &base);
	}
	wr_text(w, "],\"gasUsedRatio\":[],\"reward\":[");
	for (int i = 0; i < 20; i++) {
		wr_text(w, i > 0 ? ",[" : "[");
		put_u256(w, &tip);
		wr_text(w, "]");
	}
	wr_text(w, "]}");
}

static void gas_price(const struct rpc_face_ask *a, struct wr *w)
{
	struct u256 price = times(a, &a->world->base_fee);

	put_result(w);
	put_u256(w, &price);
}

/* ---- accounts ----------------------------------------------------------- */

static void transaction_count(const struct rpc_face_ask *a, struct wr *w)
{
	const struct json_node *at = param(a, 1);
	struct eth_addr of;
	uint64_t n;

	if (!take_bytes(param(a, 0), of.b, 20) || at == NULL) {
		put_error(w, -32602, "invalid argument 0");
		return;
	}
	n = strcmp(json_text(at), "pending") == 0 && a->lag == 0
	    ? rpc_world_pending_nonce(a->world, &of)
	    : rpc_world_nonce(a->world, &of, head_of(a));
	if (a->mode == RPC_DOUBLE_LOW_NONCE)
		n = n < a->value ? 0 : n - a->value;
	put_result(w);
	put_u64(w, n);
}

static void balance(const struct rpc_face_ask *a, struct wr *w)
{
	struct eth_addr of;

	if (!take_bytes(param(a, 0), of.b, 20)) {
		put_error(w, -32602, "invalid argument 0");
		return;
	}
	struct u256 v = rpc_world_balance(a->world, &of);
	put_result(w);
	put_u256(w, &v);
}

static void code(const struct rpc_face_ask *a, struct wr *w)
{
	struct eth_addr of;

	if (!take_bytes(param(a, 0), of.b, 20)) {
		put_error(w, -32602, "invalid argument 0");
		return;
	}
	put_result(w);
	wr_text(w,
	    rpc_world_contract(a->world, &of, false) != NULL ? "\"0x6000\""
							     : "\"0x\"");
}

/* ---- calls -------------------------------------------------------------- */

static void call(const struct rpc_face_ask *a, struct wr *w)
{
	bool estimates = strcmp(a->method, "eth_estimateGas") == 0;
	const struct json_node *tx = param(a, 0);
	AUTO(blob_drop) struct blob data = { 0 };
	struct eth_addr to;
	struct rpc_feed_result *r = calloc(1, sizeof(*r));

	if (r == NULL)
		abort();
	if (!take_bytes(json_find(tx, "to"), to.b, 20) ||
	    !take_blob(json_find(tx, "data"), &data)) {
		put_error(w, -32602, "invalid argument 0");
	} else {
		rpc_world_call(a->world, &to, blob_span(&data), r);
		if (r->reverted) {
			wr_text(w,
			    "\"error\":{\"code\":3,\"message\":"
			    "\"execution reverted\",\"data\":");
			put_hex(w, r->data.p, r->data.n);
			wr_u8(w, '}');
		} else if (estimates) {
			put_result(w);
			put_u64(w, rpc_world_gas(blob_span(&data), r));
		} else {
			put_result(w);
			put_hex(w, r->data.p, r->data.n);
		}
	}
	rpc_feed_result_drop(r);
	free(r);
}

/* ---- transactions ------------------------------------------------------- */

static void send_raw(const struct rpc_face_ask *a, struct wr *w)
{
	AUTO(blob_drop) struct blob raw = { 0 };
	const char *why;

	if (!take_blob(param(a, 0), &raw)) {
		put_error(w, -32602, "invalid argument 0");
		return;
	}
	why = rpc_world_send(a->world, blob_span(&raw));
	if (why != NULL) {
		put_error(w, -32000, why);
		return;
	}
	struct keccak256 hash = keccak256_of(blob_span(&raw));
	if (a->mode == RPC_DOUBLE_WRONG_HASH)
		hash.b[0] ^= 1;
	put_result(w);
	put_hex(w, hash.b, 32);
}

static struct rpc_world_tx *find_tx(const struct rpc_face_ask *a)
{
	struct keccak256 hash;

	if (!take_bytes(param(a, 0), hash.b, 32))
		return NULL;
	return rpc_world_find(a->world, &hash);
}

static bool is_visible(
    const struct rpc_face_ask *a, const struct rpc_world_tx *t)
{
	return t != NULL && t->is_mined && t->block <= head_of(a);
}

static const struct rpc_world_block *block_of(
    const struct rpc_face_ask *a, uint64_t number)
{
	return &a->world->blocks[number - a->world->blocks[0].number];
}

static void transaction(const struct rpc_face_ask *a, struct wr *w)
{
	const struct rpc_world_tx *t = find_tx(a);

	put_result(w);
	if (t == NULL || (t->is_mined && !is_visible(a, t))) {
		wr_text(w, "null");
		return;
	}
	wr_text(w, "{\"hash\":");
	put_hash(a, w, &t->hash);
	wr_text(w, ",\"from\":");
	put_hex(w, t->from.b, 20);
	wr_text(w, ",\"nonce\":");
	put_u64(w, t->tx.nonce);
	if (t->is_mined) {
		wr_text(w, ",\"blockNumber\":");
		put_u64(w, t->block);
		wr_text(w, ",\"blockHash\":");
		put_hex(w, block_of(a, t->block)->hash.b, 32);
	} else {
		wr_text(w, ",\"blockNumber\":null,\"blockHash\":null");
	}
	wr_u8(w, '}');
}

static void put_log(
    struct wr *w, const struct rpc_world_tx *t, const struct rpc_feed_update *u)
{
	struct keccak256 topic;
	struct fault f = FAULT_INIT;

	if (!eth_abi_topic(
		span_text("Updated(bytes32,bytes32,bytes32)"), &topic, &f))
		abort();
	wr_text(w, "{\"address\":");
	put_hex(w, t->tx.to.b, 20);
	wr_text(w, ",\"topics\":[");
	put_hex(w, topic.b, 32);
	wr_u8(w, ',');
	put_hex(w, u->feed, 32);
	wr_u8(w, ',');
	put_hex(w, u->statement, 32);
	wr_text(w, "],\"data\":");
	put_hex(w, u->round, 32);
	wr_text(w, ",\"removed\":false}");
}

static void receipt(const struct rpc_face_ask *a, struct wr *w)
{
	const struct rpc_world_tx *t = find_tx(a);
	bool forge = a->mode == RPC_DOUBLE_FORGE && t != NULL && !t->is_mined;
	const struct rpc_world_block *b;

	put_result(w);
	if (!forge && !is_visible(a, t)) {
		wr_text(w, "null");
		return;
	}
	b = block_of(a, forge ? head_of(a) : t->block);
	wr_text(w, "{\"transactionHash\":");
	put_hash(a, w, &t->hash);
	wr_text(w, ",\"blockNumber\":");
	put_u64(w, b->number);
	wr_text(w, ",\"blockHash\":");
	put_hex(w, b->hash.b, 32);
	wr_printf(w,
	    ",\"status\":\"0x%d\",\"gasUsed\":", forge || t->succeeded ? 1 : 0);
	put_u64(w, forge ? 21000 : t->gas_used);
	wr_text(w, ",\"effectiveGasPrice\":");
	put_u256(w, forge ? &t->tx.max_fee_per_gas : &t->price);
	wr_text(w, ",\"logs\":[");
	for (size_t i = 0; !forge && i < t->n_updates; i++) {
		wr_text(w, i > 0 ? "," : "");
		put_log(w, t, &t->updates[i]);
	}
	wr_text(w, "]}");
}

/* ---- all of them -------------------------------------------------------- */

static void chain_id(const struct rpc_face_ask *a, struct wr *w)
{
	put_result(w);
	put_u64(w,
	    a->mode == RPC_DOUBLE_WRONG_CHAIN ? a->value : a->world->chain_id);
}

static void block_number(const struct rpc_face_ask *a, struct wr *w)
{
	put_result(w);
	put_u64(w, head_of(a));
}

static const struct {
	const char *name;
	void (*answer)(const struct rpc_face_ask *a, struct wr *w);
} methods[] = {
	{ "eth_blockNumber", block_number },
	{ "eth_call", call },
	{ "eth_chainId", chain_id },
	{ "eth_estimateGas", call },
	{ "eth_feeHistory", fee_history },
	{ "eth_gasPrice", gas_price },
	{ "eth_getBalance", balance },
	{ "eth_getBlockByHash", block_by_hash },
	{ "eth_getBlockByNumber", block_by_number },
	{ "eth_getCode", code },
	{ "eth_getTransactionByHash", transaction },
	{ "eth_getTransactionCount", transaction_count },
	{ "eth_getTransactionReceipt", receipt },
	{ "eth_sendRawTransaction", send_raw },
};

static void put_member(const struct rpc_face_ask *a, struct wr *w)
{
	switch ((int)a->mode) {
	case RPC_DOUBLE_ERROR_LIMIT:
		put_error(w, -32005, "limit exceeded");
		return;
	case RPC_DOUBLE_ERROR:
		put_error(w, -32000, "something");
		return;
	case RPC_DOUBLE_NULL:
		put_result(w);
		wr_text(w, "null");
		return;
	default:
		break;
	}
	for (size_t i = 0; i < COUNT(methods); i++) {
		if (strcmp(methods[i].name, a->method) == 0) {
			methods[i].answer(a, w);
			return;
		}
	}
	put_error(w, -32601, "the method does not exist");
}

void rpc_face_answer(const struct rpc_face_ask *a, struct wr *out)
{
	wr_text(out, "{\"jsonrpc\":\"2.0\",\"id\":");
	if (a->mode == RPC_DOUBLE_WRONG_ID)
		wr_text(out, "1");
	wr_span(out, a->id);
	wr_u8(out, ',');
	put_member(a, out);
	wr_u8(out, '}');
}
