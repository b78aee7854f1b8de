/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rpc_world.h"

#include "verify/base/clock.h"

#include <stdlib.h>
#include <string.h>

#define GENESIS 1000

/* ---- making ------------------------------------------------------------- */

static void *grow(void *p, size_t n)
{
	p = realloc(p, n);
	if (p == NULL)
		abort();
	return p;
}

static bool same_hash(const struct keccak256 *a, const struct keccak256 *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static struct rpc_world_block *top(const struct rpc_world *w)
{
	return &w->blocks[w->n_blocks - 1];
}

static struct rpc_world_block *push_block(struct rpc_world *w)
{
	struct rpc_world_block b = { .base_fee = w->base_fee };
	uint8_t seed[48] = { 0 };

	b.timestamp_s = (uint64_t)clock_now().ms / 1000;
	b.number = GENESIS;
	if (w->n_blocks > 0) {
		b.number = top(w)->number + 1;
		b.parent = top(w)->hash;
		if (b.timestamp_s < top(w)->timestamp_s)
			b.timestamp_s = top(w)->timestamp_s;
	}
	w->salt++;
	memcpy(seed, &b.parent, 32);
	memcpy(seed + 32, &w->salt, 8);
	memcpy(seed + 40, &w->chain_id, 8);
	b.hash = keccak256_of(span_of(seed, sizeof(seed)));
	w->blocks = grow(w->blocks, (w->n_blocks + 1) * sizeof(b));
	w->blocks[w->n_blocks++] = b;
	return top(w);
}

void rpc_world_init(struct rpc_world *w, uint64_t chain_id)
{
	*w = (struct rpc_world){
		.chain_id = chain_id,
		.base_fee = u256_of(1000000000),
		.tip = u256_of(100000000),
		.gas_limit = 30000000,
		.has_tags = true,
		.finality_depth = 2,
		.default_balance = u256_of(10000000000000000000ull),
	};
	push_block(w);
}

static void drop_tx(struct rpc_world_tx *t)
{
	blob_drop(&t->raw);
	free(t->updates);
	free(t);
}

void rpc_world_drop(struct rpc_world *w)
{
	for (size_t i = 0; i < w->n_txs; i++)
		drop_tx(w->txs[i]);
	free(w->txs);
	free(w->blocks);
}

uint64_t rpc_world_head(const struct rpc_world *w)
{
	return top(w)->number;
}

struct rpc_feed *rpc_world_contract(
    struct rpc_world *w, const struct eth_addr *at, bool make)
{
	for (size_t i = 0; i < w->n_contracts; i++) {
		if (eth_addr_equal(&w->contracts[i].address, at))
			return &w->contracts[i];
	}
	if (!make || w->n_contracts == RPC_WORLD_CONTRACTS)
		return NULL;
	struct rpc_feed *c = &w->contracts[w->n_contracts++];
	*c = (struct rpc_feed){ .address = *at };
	return c;
}

/* ---- accounts ----------------------------------------------------------- */

void rpc_world_set_balance(
    struct rpc_world *w, const struct eth_addr *of, const struct u256 *v)
{
	size_t i = 0;

	while (i < w->n_accounts && !eth_addr_equal(&w->accounts[i].of, of))
		i++;
	if (i == RPC_WORLD_ACCOUNTS)
		abort();
	if (i == w->n_accounts)
		w->accounts[w->n_accounts++].of = *of;
	w->accounts[i].balance = *v;
}

/* gas * price + value; what does not fit is more than anybody has. */
static struct u256 cost_of(
    const struct eth_tx *tx, uint64_t gas, const struct u256 *price)
{
	struct u256 sum, most = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, 0 } };

	if (!u256_mul_div(price, gas, 1, &sum, NULL, NULL) ||
	    !u256_add(&sum, &tx->value, &sum, NULL))
		return most;
	return sum;
}

static void take(struct u256 *from, const struct u256 *v)
{
	if (!u256_subtract(from, v, from, NULL))
		*from = (struct u256){ 0 };
}

struct u256 rpc_world_balance(
    const struct rpc_world *w, const struct eth_addr *of)
{
	struct u256 balance = w->default_balance;

	for (size_t i = 0; i < w->n_accounts; i++) {
		if (eth_addr_equal(&w->accounts[i].of, of))
			balance = w->accounts[i].balance;
	}
	for (size_t i = 0; i < w->n_txs; i++) {
		const struct rpc_world_tx *t = w->txs[i];

		if (!t->is_mined || !eth_addr_equal(&t->from, of))
			continue;
		struct u256 cost = cost_of(&t->tx, t->gas_used, &t->price);
		take(&balance, &cost);
	}
	return balance;
}

uint64_t rpc_world_nonce(
    const struct rpc_world *w, const struct eth_addr *of, uint64_t head)
{
	uint64_t n = 0;

	for (size_t i = 0; i < w->n_txs; i++) {
		const struct rpc_world_tx *t = w->txs[i];

		n += t->is_mined && t->block <= head &&
		    eth_addr_equal(&t->from, of);
	}
	return n;
}

static struct rpc_world_tx *find_pending(
    const struct rpc_world *w, const struct eth_addr *from, uint64_t nonce)
{
	for (size_t i = 0; i < w->n_txs; i++) {
		struct rpc_world_tx *t = w->txs[i];

		if (t->in_pool && t->tx.nonce == nonce &&
		    eth_addr_equal(&t->from, from))
			return t;
	}
	return NULL;
}

uint64_t rpc_world_pending_nonce(
    const struct rpc_world *w, const struct eth_addr *of)
{
	uint64_t n = rpc_world_nonce(w, of, UINT64_MAX);

	while (find_pending(w, of, n) != NULL)
		n++;
	return n;
}

struct rpc_world_tx *rpc_world_find(
    const struct rpc_world *w, const struct keccak256 *hash)
{
	for (size_t i = 0; i < w->n_txs; i++) {
		struct rpc_world_tx *t = w->txs[i];

		if ((t->in_pool || t->is_mined) && same_hash(&t->hash, hash))
			return t;
	}
	return NULL;
}

/* ---- the mempool -------------------------------------------------------- */

static struct eth_gas_fees fees_of(const struct eth_tx *tx)
{
	return (struct eth_gas_fees){
		.max_fee_per_gas = tx->max_fee_per_gas,
		.max_priority_fee_per_gas = tx->type == ETH_TX_DYNAMIC_FEE
		    ? tx->max_priority_fee_per_gas
		    : tx->max_fee_per_gas,
	};
}

static bool replaces(const struct eth_tx *new, const struct eth_tx *old)
{
	struct eth_gas_fees before = fees_of(old), offered = fees_of(new), need;

	return eth_gas_least_replacement(&before, &need, NULL) &&
	    u256_compare(&offered.max_fee_per_gas, &need.max_fee_per_gas) >=
	    0 &&
	    u256_compare(&offered.max_priority_fee_per_gas,
		&need.max_priority_fee_per_gas) >= 0;
}

static const char *refuse_gas(
    const struct rpc_world *w, const struct rpc_world_tx *t)
{
	struct fault f = FAULT_INIT;
	struct eth_gas gas;

	if (!eth_gas_of_tx(&t->tx, &gas, &f) ||
	    t->tx.gas_limit < gas.intrinsic || t->tx.gas_limit < gas.floor)
		return "intrinsic gas too low: have less, want more";
	if (t->tx.gas_limit > w->gas_limit)
		return "exceeds block gas limit";
	return NULL;
}

static const char *refuse_fees(
    const struct rpc_world *w, const struct rpc_world_tx *t)
{
	struct eth_gas_fees fees = fees_of(&t->tx);

	if (u256_compare(&fees.max_priority_fee_per_gas, &w->least_tip) < 0)
		return "transaction underpriced: tip needed 1, tip permitted 0";
	if (w->refuses_low_cap &&
	    u256_compare(&fees.max_fee_per_gas, &w->base_fee) < 0)
		return "max fee per gas less than block base fee";
	return NULL;
}

static const char *refuse_balance(const struct rpc_world *w,
    const struct rpc_world_tx *t, const struct rpc_world_tx *old)
{
	struct u256 left = rpc_world_balance(w, &t->from);
	struct u256 cost =
	    cost_of(&t->tx, t->tx.gas_limit, &t->tx.max_fee_per_gas);

	for (size_t i = 0; i < w->n_txs; i++) {
		const struct rpc_world_tx *o = w->txs[i];

		if (!o->in_pool || o == old ||
		    !eth_addr_equal(&o->from, &t->from))
			continue;
		struct u256 other =
		    cost_of(&o->tx, o->tx.gas_limit, &o->tx.max_fee_per_gas);
		take(&left, &other);
	}
	if (u256_compare(&left, &cost) < 0)
		return "insufficient funds for gas * price + value";
	return NULL;
}

static const char *refuse(struct rpc_world *w, const struct rpc_world_tx *t,
    struct rpc_world_tx **old)
{
	const struct rpc_world_tx *known = rpc_world_find(w, &t->hash);
	const char *why;

	if (t->tx.chain_id != w->chain_id)
		return "invalid chain id for signer: have another, want ours";
	if (known != NULL && known->in_pool)
		return "already known";
	if ((why = refuse_gas(w, t)) != NULL ||
	    (why = refuse_fees(w, t)) != NULL)
		return why;
	if (t->tx.nonce < rpc_world_nonce(w, &t->from, UINT64_MAX))
		return "nonce too low: next nonce is higher";
	*old = find_pending(w, &t->from, t->tx.nonce);
	if (*old != NULL && !replaces(&t->tx, &(*old)->tx))
		return "replacement transaction underpriced";
	return refuse_balance(w, t, *old);
}

static const char *read_tx(struct span raw, struct rpc_world_tx *t)
{
	struct eth_sig sig;
	struct fault f = FAULT_INIT;

	if (!blob_copy(raw, &t->raw, &f))
		abort();
	if (!eth_tx_decode(blob_span(&t->raw), &t->tx, &sig, &f))
		return strcmp(f.at, "eth.tx.tip") == 0
		    ? "max priority fee per gas higher than max fee per gas"
		    : "rlp: not a transaction";
	if (!eth_tx_sender(&t->tx, &sig, &t->from, &f))
		return "invalid sender";
	t->hash = keccak256_of(raw);
	return NULL;
}

const char *rpc_world_send(struct rpc_world *w, struct span raw)
{
	struct rpc_world_tx *t = calloc(1, sizeof(*t)), *old = NULL;
	const char *why = t == NULL ? "no memory" : read_tx(raw, t);

	if (why == NULL)
		why = refuse(w, t, &old);
	if (why != NULL) {
		if (t != NULL)
			drop_tx(t);
		return why;
	}
	if (old != NULL)
		old->in_pool = false;
	t->in_pool = true;
	w->txs = grow(w->txs, (w->n_txs + 1) * sizeof(*w->txs));
	w->txs[w->n_txs++] = t;
	return NULL;
}

void rpc_world_evict(struct rpc_world *w, const struct keccak256 *hash)
{
	for (size_t i = 0; i < w->n_txs; i++) {
		if (same_hash(&w->txs[i]->hash, hash))
			w->txs[i]->in_pool = false;
	}
}

/* ---- blocks ------------------------------------------------------------- */

/* A slot and a log for each update, a look at each statement. Measured
 * contracts cost about that; what matters is that it grows with both. */
uint64_t rpc_world_gas(struct span data, const struct rpc_feed_result *r)
{
	struct eth_gas gas = eth_gas_of(data, false, 0, 0);
	uint64_t used = gas.intrinsic + 4000 * r->n_statements +
	    8000 * r->n_updates + (r->n_updates > 0 ? 4000 : 0);

	return used > gas.floor ? used : gas.floor;
}

static void run(struct rpc_world *w, struct rpc_world_tx *t, uint64_t now_s)
{
	struct rpc_feed *c = rpc_world_contract(w, &t->tx.to, false);
	struct rpc_feed *before = NULL;
	struct rpc_feed_result *r = calloc(1, sizeof(*r));

	if (r == NULL)
		abort();
	if (c != NULL) {
		before = grow(NULL, sizeof(*before));
		*before = *c;
		rpc_feed_run(c, t->tx.data, now_s, r);
	}
	t->gas_used = rpc_world_gas(t->tx.data, r);
	t->succeeded = !r->reverted;
	if (t->gas_used > t->tx.gas_limit) {
		t->gas_used = t->tx.gas_limit;
		t->succeeded = false;
		if (c != NULL)
			*c = *before;
	}
	free(t->updates);
	t->n_updates = t->succeeded ? r->n_updates : 0;
	t->updates = grow(NULL, (t->n_updates + 1) * sizeof(*t->updates));
	memcpy(t->updates, r->updates, t->n_updates * sizeof(*t->updates));
	rpc_feed_result_drop(r);
	free(r);
	free(before);
}

/* min(cap, base + tip) */
static struct u256 price_of(const struct eth_tx *tx, const struct u256 *base)
{
	struct eth_gas_fees fees = fees_of(tx);
	struct u256 price;

	if (tx->type != ETH_TX_DYNAMIC_FEE ||
	    !u256_add(base, &fees.max_priority_fee_per_gas, &price, NULL) ||
	    u256_compare(&price, &fees.max_fee_per_gas) > 0)
		return fees.max_fee_per_gas;
	return price;
}

/* The next of anybody whose nonce it is and who pays the base fee. */
static struct rpc_world_tx *next_tx(
    struct rpc_world *w, const struct rpc_world_block *b)
{
	for (size_t i = 0; i < w->n_txs; i++) {
		struct rpc_world_tx *t = w->txs[i];

		if (t->in_pool &&
		    t->tx.nonce == rpc_world_nonce(w, &t->from, UINT64_MAX) &&
		    u256_compare(&t->tx.max_fee_per_gas, &b->base_fee) >= 0 &&
		    t->tx.gas_limit <= w->gas_limit - b->gas_used)
			return t;
	}
	return NULL;
}

void rpc_world_mine(struct rpc_world *w)
{
	struct rpc_world_block *b = push_block(w);
	struct rpc_world_tx *t;

	for (size_t index = 0; (t = next_tx(w, b)) != NULL; index++) {
		t->in_pool = false;
		t->is_mined = true;
		t->block = b->number;
		t->index = index;
		t->price = price_of(&t->tx, &b->base_fee);
		run(w, t, b->timestamp_s);
		b->gas_used += t->gas_used;
	}
}

/* The contracts as the blocks that are left made them. */
static void replay(struct rpc_world *w)
{
	for (size_t i = 0; i < w->n_contracts; i++)
		w->contracts[i].n_slots = 0;
	for (size_t k = 0; k < w->n_blocks; k++) {
		const struct rpc_world_block *b = &w->blocks[k];
		bool more = true;

		for (size_t index = 0; more; index++) {
			more = false;
			for (size_t i = 0; i < w->n_txs && !more; i++) {
				struct rpc_world_tx *t = w->txs[i];

				more = t->is_mined && t->block == b->number &&
				    t->index == index;
				if (more)
					run(w, t, b->timestamp_s);
			}
		}
	}
}

void rpc_world_reorg(struct rpc_world *w, uint64_t depth, bool keeps)
{
	if (depth >= w->n_blocks)
		depth = w->n_blocks - 1;
	w->n_blocks -= depth;
	for (size_t i = 0; i < w->n_txs; i++) {
		struct rpc_world_tx *t = w->txs[i];

		if (!t->is_mined || t->block <= rpc_world_head(w))
			continue;
		t->is_mined = false;
		t->in_pool = keeps;
	}
	replay(w);
	for (uint64_t i = 0; i < depth; i++)
		push_block(w);
}

void rpc_world_call(const struct rpc_world *w, const struct eth_addr *to,
    struct span data, struct rpc_feed_result *out)
{
	for (size_t i = 0; i < w->n_contracts; i++) {
		if (!eth_addr_equal(&w->contracts[i].address, to))
			continue;
		struct rpc_feed *copy = grow(NULL, sizeof(*copy));

		*copy = w->contracts[i];
		rpc_feed_run(copy, data, top(w)->timestamp_s, out);
		free(copy);
	}
}
