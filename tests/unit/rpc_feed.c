/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rpc_feed.h"

#include "chain/eth_abi.h"

#include <stdlib.h>
#include <string.h>

#define STATEMENT "(bytes32,int256,uint8,uint64,uint64,bytes32,bytes32)"
#define PACKED_BYTES 191

void rpc_feed_result_drop(struct rpc_feed_result *r)
{
	blob_drop(&r->data);
	r->n_updates = 0;
}

static struct rpc_feed_slot *slot_of(
    struct rpc_feed *feed, const uint8_t id[32])
{
	for (size_t i = 0; i < feed->n_slots; i++) {
		if (memcmp(feed->slots[i].feed, id, 32) == 0)
			return &feed->slots[i];
	}
	if (feed->n_slots == RPC_FEED_SLOTS)
		abort();
	struct rpc_feed_slot *slot = &feed->slots[feed->n_slots++];
	*slot = (struct rpc_feed_slot){ 0 };
	memcpy(slot->feed, id, 32);
	return slot;
}

const struct rpc_feed_slot *rpc_feed_find(
    const struct rpc_feed *feed, const uint8_t id[32])
{
	for (size_t i = 0; i < feed->n_slots; i++) {
		if (memcmp(feed->slots[i].feed, id, 32) == 0 &&
		    feed->slots[i].count > 0)
			return &feed->slots[i];
	}
	return NULL;
}

/* ---- answers ------------------------------------------------------------ */

static void put_word(struct wr *w, uint64_t v)
{
	wr_zero(w, 24);
	wr_u64be(w, v);
}

static void finish(struct wr *w, struct blob *out)
{
	if (!wr_done(w, out))
		abort();
}

/* A custom error with up to two numbers. */
static void revert(struct rpc_feed_result *r, const char *signature, size_t n,
    uint64_t a, uint64_t b)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(4096, "feed", &f);
	uint8_t selector[4];

	if (!eth_abi_selector(span_text(signature), selector, &f))
		abort();
	wr_bytes(&w, selector, 4);
	if (n > 0)
		put_word(&w, a);
	if (n > 1)
		put_word(&w, b);
	blob_drop(&r->data);
	finish(&w, &r->data);
	r->reverted = true;
	r->n_updates = 0;
}

/* int128 value | uint48 timestamp | uint40 updatedAt | uint40 count */
static void pack(const struct rpc_feed_slot *s, uint8_t out[32])
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(out, 32, "feed", &f);
	size_t n;

	wr_bytes(&w, s->value + 16, 16);
	wr_u16be(&w, (uint16_t)(s->timestamp_ms >> 32));
	wr_u32be(&w, (uint32_t)s->timestamp_ms);
	wr_u8(&w, (uint8_t)(s->updated_s >> 32));
	wr_u32be(&w, (uint32_t)s->updated_s);
	wr_u8(&w, (uint8_t)(s->count >> 32));
	wr_u32be(&w, (uint32_t)s->count);
	if (!wr_done_into(&w, &n) || n != 32)
		abort();
}

/* ---- storing ------------------------------------------------------------ */

struct statement_in {
	struct eip712_statement s;
	uint8_t value[32];
};

static bool is_signed(const struct rpc_feed *feed,
    const struct statement_in *in, struct span signature)
{
	struct keccak256 digest = eip712_statement_digest(&in->s);
	struct eth_sig sig;
	struct fault f = FAULT_INIT;

	memcpy(sig.b, signature.p, 64);
	if (signature.n == 65) {
		sig.b[64] = signature.p[64];
	} else {
		sig.b[64] = (uint8_t)(27 + (sig.b[32] >> 7));
		sig.b[32] &= 0x7f;
	}
	return eth_sig_verify(&digest, &sig, &feed->signer, &f);
}

/* False after a revert. */
static bool store(struct rpc_feed *feed, const struct statement_in *in,
    struct span signature, uint64_t now_s, struct rpc_feed_result *r)
{
	struct rpc_feed_slot *slot = slot_of(feed, in->s.feed);

	if (feed->checks_signer && !is_signed(feed, in, signature)) {
		revert(r, "NotAdmitted(address,bytes32)", 2, 0, 0);
		return false;
	}
	memcpy(slot->value, in->value, 32);
	slot->timestamp_ms = in->s.timestamp;
	slot->updated_s = now_s;
	slot->count++;
	struct rpc_feed_update *u = &r->updates[r->n_updates++];
	memcpy(u->feed, in->s.feed, 32);
	memcpy(u->statement, in->s.statement.b, 32);
	memcpy(u->value, in->value, 32);
	u->timestamp_ms = in->s.timestamp;
	pack(slot, u->round);
	return true;
}

static void run_statements(struct rpc_feed *feed,
    const struct statement_in *all, size_t n, struct span signatures,
    uint64_t now_s, struct rpc_feed_result *r)
{
	size_t each = n > 0 ? signatures.n / n : 0;
	uint64_t last = 0, stored = 0;

	r->n_statements = n;
	if (n == 0 || n > RPC_FEED_BATCH) {
		revert(r, "BatchLength(uint256)", 1, n, 0);
		return;
	}
	if ((each != 64 && each != 65) || signatures.n % n != 0) {
		revert(r, "SignatureLength(uint256)", 1, signatures.n, 0);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		last = all[i].s.timestamp;
		stored = slot_of(feed, all[i].s.feed)->timestamp_ms;
		if (last > stored &&
		    !store(feed, &all[i],
			span_of(signatures.p + i * each, each), now_s, r))
			return;
	}
	if (r->n_updates == 0)
		revert(r, "NotNewer(uint64,uint64)", 2, last, stored);
}

/* ---- calldata ----------------------------------------------------------- */

static void take_bytes(const struct eth_abi_view *v, size_t i, uint8_t out[32])
{
	struct eth_abi_view item = eth_abi_item(v, i);

	memcpy(out, item.bytes.p, 32);
}

static uint64_t take_u64(const struct eth_abi_view *v, size_t i)
{
	struct eth_abi_view item = eth_abi_item(v, i);
	struct u256 n = eth_abi_u256(&item);

	return n.limb[0];
}

static struct statement_in take_statement(const struct eth_abi_view *v)
{
	struct statement_in in = { 0 };

	take_bytes(v, 0, in.s.feed);
	take_bytes(v, 1, in.value);
	dec_decode_int256(in.value, (uint8_t)take_u64(v, 2), &in.s.value);
	in.s.timestamp = take_u64(v, 3);
	in.s.round = take_u64(v, 4);
	take_bytes(v, 5, in.s.config.b);
	take_bytes(v, 6, in.s.statement.b);
	return in;
}

/* Whether the calldata was this function's. */
static bool run_push(struct rpc_feed *feed, struct span data, uint64_t now_s,
    struct rpc_feed_result *r)
{
	struct eth_abi abi;
	struct eth_abi_view args;
	struct fault f = FAULT_INIT;

	if (!eth_abi_decode_call(
		span_text("push(" STATEMENT ",bytes)"), data, &abi, &args, &f))
		return false;
	struct eth_abi_view statement = eth_abi_item(&args, 0);
	struct statement_in in = take_statement(&statement);
	run_statements(feed, &in, 1, eth_abi_item(&args, 1).bytes, now_s, r);
	return true;
}

static bool run_batch(struct rpc_feed *feed, struct span data, uint64_t now_s,
    struct rpc_feed_result *r)
{
	static _Thread_local struct statement_in all[RPC_FEED_BATCH];
	struct eth_abi abi;
	struct eth_abi_view args;
	struct fault f = FAULT_INIT;

	if (!eth_abi_decode_call(span_text("pushBatch(" STATEMENT "[],bytes)"),
		data, &abi, &args, &f))
		return false;
	struct eth_abi_view list = eth_abi_item(&args, 0);
	for (size_t i = 0; i < list.n_items && i < RPC_FEED_BATCH; i++) {
		struct eth_abi_view v = eth_abi_item(&list, i);

		all[i] = take_statement(&v);
	}
	run_statements(
	    feed, all, list.n_items, eth_abi_item(&args, 1).bytes, now_s, r);
	if (!r->reverted) {
		struct wr w = wr_grow(32, "feed", &f);

		put_word(&w, r->n_updates);
		finish(&w, &r->data);
	}
	return true;
}

/* feed 32 | value 16 | decimals 1 | timestamp 6 | round 8 | config 32 |
 * statement 32 | r 32 | yParity and s 32 */
static void run_packed(struct rpc_feed *feed, struct span data, uint64_t now_s,
    struct rpc_feed_result *r)
{
	static _Thread_local struct statement_in all[RPC_FEED_BATCH];
	static _Thread_local uint8_t signatures[RPC_FEED_BATCH * 64];
	size_t n = data.n / PACKED_BYTES;
	struct fault f = FAULT_INIT;
	struct rd in = rd_over(data, "feed.packed", &f);

	if (n == 0 || data.n % PACKED_BYTES != 0 || n > RPC_FEED_BATCH) {
		revert(r, "PackedLength(uint256)", 1, data.n, 0);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct statement_in *s = &all[i];

		*s = (struct statement_in){ 0 };
		rd_copy(&in, s->s.feed, 32);
		rd_copy(&in, s->value + 16, 16);
		memset(s->value, s->value[16] & 0x80 ? 0xff : 0, 16);
		dec_decode_int256(s->value, rd_u8(&in), &s->s.value);
		s->s.timestamp = (uint64_t)rd_u16be(&in) << 32;
		s->s.timestamp |= rd_u32be(&in);
		s->s.round = rd_u64be(&in);
		rd_copy(&in, s->s.config.b, 32);
		rd_copy(&in, s->s.statement.b, 32);
		rd_copy(&in, signatures + i * 64, 64);
	}
	run_statements(feed, all, n, span_of(signatures, n * 64), now_s, r);
}

/* ---- views -------------------------------------------------------------- */

static const struct rpc_feed_slot none;

static bool run_last(
    struct rpc_feed *feed, struct span data, struct rpc_feed_result *r)
{
	struct eth_abi abi;
	struct eth_abi_view args;
	struct fault f = FAULT_INIT;
	bool is_last = eth_abi_decode_call(
	    span_text("lastTimestamp(bytes32)"), data, &abi, &args, &f);

	f = FAULT_INIT;
	if (!is_last &&
	    !eth_abi_decode_call(
		span_text("latest(bytes32)"), data, &abi, &args, &f))
		return false;
	const struct rpc_feed_slot *slot =
	    rpc_feed_find(feed, eth_abi_item(&args, 0).bytes.p);
	struct wr w = wr_grow(128, "feed", &f);
	if (slot == NULL)
		slot = &none;
	if (is_last) {
		put_word(&w, slot->timestamp_ms);
	} else {
		wr_bytes(&w, slot->value, 32);
		put_word(&w, slot->timestamp_ms);
		put_word(&w, slot->updated_s);
		put_word(&w, slot->count);
	}
	finish(&w, &r->data);
	return true;
}

static bool run_rounds(
    struct rpc_feed *feed, struct span data, struct rpc_feed_result *r)
{
	struct eth_abi abi;
	struct eth_abi_view args;
	struct fault f = FAULT_INIT;

	if (!eth_abi_decode_call(
		span_text("latestRounds(bytes32[])"), data, &abi, &args, &f))
		return false;
	struct eth_abi_view list = eth_abi_item(&args, 0);
	struct wr w = wr_grow(LIMIT_ABI_BYTES, "feed", &f);
	put_word(&w, 32);
	put_word(&w, list.n_items);
	for (size_t i = 0; i < list.n_items; i++) {
		const struct rpc_feed_slot *slot =
		    rpc_feed_find(feed, eth_abi_item(&list, i).bytes.p);
		uint8_t packed[32];

		pack(slot != NULL ? slot : &none, packed);
		wr_bytes(&w, packed, sizeof(packed));
	}
	finish(&w, &r->data);
	return true;
}

void rpc_feed_run(struct rpc_feed *feed, struct span calldata, uint64_t now_s,
    struct rpc_feed_result *out)
{
	struct rpc_feed *before = malloc(sizeof(*before));

	if (before == NULL)
		abort();
	*before = *feed;
	if (!run_push(feed, calldata, now_s, out) &&
	    !run_batch(feed, calldata, now_s, out) &&
	    !run_last(feed, calldata, out) && !run_rounds(feed, calldata, out))
		run_packed(feed, calldata, now_s, out);
	if (out->reverted)
		*feed = *before;
	free(before);
}
