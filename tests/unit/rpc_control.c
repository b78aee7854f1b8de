/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rpc_control.h"

#include "verify/base/text.h"

#include <limits.h>
#include <string.h>

struct control {
	struct rpc_double *d;
	const struct json_node *params;
	struct wr *out;
	bool bad;
};

/* ---- parameters --------------------------------------------------------- */

static const struct json_node *param(struct control *c, size_t i)
{
	const struct json_node *v = json_first(c->params);

	while (v != NULL && i-- > 0)
		v = json_next(v);
	c->bad |= v == NULL;
	return v;
}

static uint64_t number(struct control *c, size_t i)
{
	const struct json_node *v = param(c, i);
	uint64_t n = 0;

	c->bad |= v == NULL || !json_u64(v, UINT64_MAX, &n, "mock", NULL);
	return n;
}

static const char *text(struct control *c, size_t i)
{
	const struct json_node *v = param(c, i);

	return v != NULL ? json_text(v) : "";
}

static struct u256 quantity(struct control *c, size_t i)
{
	struct u256 v = { 0 };

	c->bad |= !u256_parse_quantity(span_text(text(c, i)), &v, "mock", NULL);
	return v;
}

static void bytes(struct control *c, size_t i, void *out, size_t n)
{
	memset(out, 0, n);
	c->bad |= !hex_decode_0x(span_text(text(c, i)), out, n, "mock", NULL);
}

/* ---- methods ------------------------------------------------------------ */

static void balance(struct control *c)
{
	struct eth_addr of;
	struct u256 v = quantity(c, 1);

	bytes(c, 0, of.b, 20);
	if (!c->bad)
		rpc_world_set_balance(rpc_double_lock(c->d), &of, &v);
	if (!c->bad)
		rpc_double_unlock(c->d);
}

static void base_fee(struct control *c)
{
	struct u256 v = quantity(c, 0);

	rpc_double_lock(c->d)->base_fee = v;
	rpc_double_unlock(c->d);
}

static void contract(struct control *c)
{
	struct eth_addr at;

	bytes(c, 0, at.b, 20);
	c->bad |= rpc_world_contract(rpc_double_lock(c->d), &at, true) == NULL;
	rpc_double_unlock(c->d);
}

static void evict(struct control *c)
{
	struct keccak256 hash;

	bytes(c, 0, hash.b, 32);
	rpc_world_evict(rpc_double_lock(c->d), &hash);
	rpc_double_unlock(c->d);
}

static void fail(struct control *c)
{
	const char *method = text(c, 1), *name = text(c, 2);
	uint64_t count = number(c, 3), value = number(c, 4);
	enum rpc_double_mode mode = 0;

	while (mode < RPC_DOUBLE_MODES &&
	    strcmp(rpc_double_mode_name(mode), name) != 0)
		mode++;
	c->bad |= mode == RPC_DOUBLE_MODES;
	if (!c->bad)
		rpc_double_fail(c->d, number(c, 0),
		    method[0] != '\0' ? method : NULL, mode,
		    count < UINT_MAX ? (unsigned)count : UINT_MAX, value);
}

static void heal(struct control *c)
{
	rpc_double_heal(c->d);
}

static void lag(struct control *c)
{
	rpc_double_lag(c->d, number(c, 0), number(c, 1));
}

static void mine(struct control *c)
{
	rpc_double_mine(c->d, (unsigned)number(c, 0));
}

static void mine_every(struct control *c)
{
	rpc_double_mine_every(c->d, (unsigned)number(c, 0));
}

static void reorg(struct control *c)
{
	const struct json_node *keeps = param(c, 1);
	uint64_t depth = number(c, 0);

	if (c->bad)
		return;
	rpc_world_reorg(rpc_double_lock(c->d), depth, json_bool(keeps));
	rpc_double_unlock(c->d);
}

static void repeated(struct control *c)
{
	size_t all, n = rpc_double_repeated(c->d, &all);

	wr_printf(c->out, "{\"all\":%zu,\"repeated\":%zu}", all, n);
}

static void put_hex(struct wr *w, const char *name, const void *p, size_t n)
{
	char digits[HEX_SIZE(32)];

	hex_encode(span_of(p, n), digits);
	wr_printf(w, "\"%s\":\"0x%s\",", name, digits);
}

static void updates(struct control *c)
{
	const struct rpc_world *w = rpc_double_lock(c->d);
	const char *comma = "";

	wr_u8(c->out, '[');
	for (size_t i = 0; i < w->n_txs; i++) {
		const struct rpc_world_tx *t = w->txs[i];

		for (size_t k = 0; t->is_mined && k < t->n_updates; k++) {
			const struct rpc_feed_update *u = &t->updates[k];

			wr_printf(c->out, "%s{", comma);
			put_hex(c->out, "contract", t->tx.to.b, 20);
			put_hex(c->out, "feed", u->feed, 32);
			put_hex(c->out, "statement", u->statement, 32);
			put_hex(c->out, "value", u->value, 32);
			put_hex(c->out, "hash", t->hash.b, 32);
			wr_printf(c->out,
			    "\"nonce\":%llu,\"block\":%llu,\"timestamp\":%llu}",
			    (unsigned long long)t->tx.nonce,
			    (unsigned long long)t->block,
			    (unsigned long long)u->timestamp_ms);
			comma = ",";
		}
	}
	wr_u8(c->out, ']');
	rpc_double_unlock(c->d);
}

static const struct {
	const char *name;
	void (*run)(struct control *c);
	bool answers;
} methods[] = {
	{ "mock_balance", balance, false },
	{ "mock_baseFee", base_fee, false },
	{ "mock_contract", contract, false },
	{ "mock_evict", evict, false },
	{ "mock_fail", fail, false },
	{ "mock_heal", heal, false },
	{ "mock_lag", lag, false },
	{ "mock_mine", mine, false },
	{ "mock_mineEvery", mine_every, false },
	{ "mock_reorg", reorg, false },
	{ "mock_repeated", repeated, true },
	{ "mock_updates", updates, true },
};

void rpc_control_answer(
    struct rpc_double *d, const struct json *request, struct wr *out)
{
	const struct json_node *root = json_root(request);
	const char *method = json_text(json_find(root, "method"));
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr result = wr_grow(64u << 20, "mock", &f);
	struct control c = { d, json_find(root, "params"), &result, true };

	for (size_t i = 0; i < COUNT(methods); i++) {
		if (strcmp(methods[i].name, method) != 0)
			continue;
		c.bad = false;
		methods[i].run(&c);
		if (!methods[i].answers)
			wr_text(&result, c.bad ? "" : "true");
	}
	wr_text(out, "{\"jsonrpc\":\"2.0\",\"id\":");
	wr_span(out, json_source(request, json_find(root, "id")));
	if (c.bad) {
		wr_text(out,
		    ",\"error\":{\"code\":-32602,\"message\":"
		    "\"not understood\"}}");
		return;
	}
	wr_text(out, ",\"result\":");
	wr_span(out, wr_view(&result));
	wr_u8(out, '}');
}
