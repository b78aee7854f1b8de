/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/feed_call.h"

#include "verify/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMBERS 7
#define STATEMENT "(bytes32,int256,uint8,uint64,uint64,bytes32,bytes32)"
#define PUSH "push(" STATEMENT ",bytes)"
#define PUSH_BATCH "pushBatch(" STATEMENT "[],bytes)"
#define LATEST_ROUNDS "latestRounds(bytes32[])"
#define COMPACT_SIG 64

/* ---- words --------------------------------------------------------------- */

static void put_u64(uint8_t out32[32], uint64_t v)
{
	const struct u256 wide = u256_of(v);

	u256_to_be(&wide, out32);
}

/* The members of a statement as the ABI wants them, in their order. */
struct words {
	uint8_t bytes[MEMBERS][32];
	struct eth_value values[MEMBERS];
};

static void fill_words(const struct eip712_statement *s, struct words *w)
{
	memcpy(w->bytes[0], s->feed, 32);
	dec_encode_int256(&s->value, w->bytes[1]);
	put_u64(w->bytes[2], s->value.decimals);
	put_u64(w->bytes[3], s->timestamp);
	put_u64(w->bytes[4], s->round);
	memcpy(w->bytes[5], s->config.b, 32);
	memcpy(w->bytes[6], s->statement.b, 32);
	for (size_t i = 0; i < MEMBERS; i++)
		w->values[i] =
		    (struct eth_value){ .bytes = span_of(w->bytes[i], 32) };
}

/* EIP-2098: v goes where the highest bit of a low s is free. */
static void put_compact(const struct eth_sig *sig, uint8_t out[COMPACT_SIG])
{
	memcpy(out, sig->b, COMPACT_SIG);
	if (sig->b[64] == 28)
		out[32] |= 0x80;
}

static FALLIBLE check_count(size_t n, struct fault *f)
{
	if (n > 0 && n <= LIMIT_FEED_CALLS)
		return true;
	return fault_raise(f, FAULT_USAGE, "feed.call.count",
	    "%zu statements in a transaction: 1 to %d fit", n,
	    LIMIT_FEED_CALLS);
}

/* ---- calldata ------------------------------------------------------------ */

struct batch {
	struct words words[LIMIT_FEED_CALLS];
	struct eth_value statements[LIMIT_FEED_CALLS];
	uint8_t signatures[LIMIT_FEED_CALLS * COMPACT_SIG];
};

static void free_batch(struct batch **b)
{
	free(*b);
	*b = NULL;
}

bool feed_call_encode(
    const struct feed_call *calls, size_t n, struct wr *w, struct fault *f)
{
	AUTO(free_batch) struct batch *b = calloc(1, sizeof(*b));

	TRY(check_count(n, f));
	if (b == NULL)
		return fault_raise(f, FAULT_SYSTEM, "feed.call.memory",
		    "not enough memory for a transaction");
	for (size_t i = 0; i < n; i++) {
		fill_words(&calls[i].statement, &b->words[i]);
		put_compact(
		    &calls[i].signature, b->signatures + i * COMPACT_SIG);
		b->statements[i] =
		    (struct eth_value){ .items = b->words[i].values,
			    .n_items = MEMBERS };
	}
	const struct eth_value args[] = {
		n == 1 ? b->statements[0]
		       : (struct eth_value){ .items = b->statements,
			     .n_items = n },
		{ .bytes = span_of(b->signatures, n * COMPACT_SIG) },
	};
	return eth_abi_encode_call(
	    span_text(n == 1 ? PUSH : PUSH_BATCH), args, COUNT(args), w, f);
}

/* The sign fills what is left out of the wider number. */
static bool fits_int128(const uint8_t word[32])
{
	const uint8_t fill = (word[16] & 0x80) != 0 ? 0xff : 0;

	for (size_t i = 0; i < 16; i++) {
		if (word[i] != fill)
			return false;
	}
	return true;
}

bool feed_call_encode_packed(
    const struct feed_call *calls, size_t n, struct wr *w, struct fault *f)
{
	TRY(check_count(n, f));
	for (size_t i = 0; i < n; i++) {
		const struct eip712_statement *s = &calls[i].statement;
		uint8_t value[32], sig[COMPACT_SIG];

		dec_encode_int256(&s->value, value);
		if (!fits_int128(value) || s->timestamp >> 48 != 0)
			return fault_raise(f, FAULT_LIMIT, "feed.call.width",
			    "a value beyond 128 bits, or a time beyond 48");
		put_compact(&calls[i].signature, sig);
		wr_bytes(w, s->feed, 32);
		wr_bytes(w, value + 16, 16);
		wr_u8(w, s->value.decimals);
		wr_u16be(w, (uint16_t)(s->timestamp >> 32));
		wr_u32be(w, (uint32_t)s->timestamp);
		wr_u64be(w, s->round);
		wr_span(w, sha256_span(&s->config));
		wr_span(w, sha256_span(&s->statement));
		wr_bytes(w, sig, sizeof(sig));
	}
	return wr_ok(w);
}

/* ---- what is stored ------------------------------------------------------ */

bool feed_call_ask_rounds(
    const struct feed_id32 *feeds, size_t n, struct wr *w, struct fault *f)
{
	struct eth_value items[LIMIT_FEED_CALLS];

	TRY(check_count(n, f));
	for (size_t i = 0; i < n; i++)
		items[i] =
		    (struct eth_value){ .bytes = span_of(feeds[i].b, 32) };
	const struct eth_value list = { .items = items, .n_items = n };
	return eth_abi_encode_call(span_text(LATEST_ROUNDS), &list, 1, w, f);
}

/* From the top: int128, uint48 ms, uint40 seconds, uint40 count. */
static struct feed_stored read_round(struct span word)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(word, "feed.call.round", &f);
	struct feed_stored out = { .is_set = !span_is_zero(word) };

	rd_copy(&r, out.value32 + 16, 16);
	memset(out.value32, (out.value32[16] & 0x80) != 0 ? 0xff : 0, 16);
	uint64_t observed = (uint64_t)rd_u16be(&r) << 32;
	observed |= rd_u32be(&r);
	uint64_t accepted_s = (uint64_t)rd_u8(&r) << 32;
	accepted_s |= rd_u32be(&r);
	out.count = (uint64_t)rd_u8(&r) << 32;
	out.count |= rd_u32be(&r);
	out.observed.ms = (int64_t)observed;
	out.accepted.ms = (int64_t)(accepted_s * 1000);
	return out;
}

bool feed_call_read_rounds(
    struct span answer, struct feed_stored *rounds, size_t n, struct fault *f)
{
	struct eth_abi_view view;
	struct eth_abi abi;

	TRY(eth_abi_parse(span_text("(bytes32[])"), &abi, f));
	TRY(eth_abi_decode(&abi, answer, &view, f));
	const struct eth_abi_view list = eth_abi_item(&view, 0);
	if (list.n_items != n)
		return fault_raise(f, FAULT_FORMAT, "feed.call.rounds",
		    "the contract answers with %zu rounds for %zu feeds",
		    list.n_items, n);
	for (size_t i = 0; i < n; i++)
		rounds[i] = read_round(eth_abi_item(&list, i).bytes);
	return true;
}

/* ---- refusals ------------------------------------------------------------ */

/* The errors of the interface, in its order. */
static const char *const refusals[] = {
	"SignatureLength(uint256)",
	"SignatureV(uint8)",
	"SignatureHighS()",
	"SignatureInvalid()",
	"NotAdmitted(address,bytes32)",
	"NotYetValid(address,bytes32,uint64)",
	"Expired(address,bytes32,uint64)",
	"Revoked(address,bytes32)",
	"Frozen(address,bytes32)",
	"UnknownFeed(bytes32)",
	"WrongDecimals(uint8,uint8)",
	"ValueTooWide(int256)",
	"OutOfBounds(int256,int256,int256)",
	"FromTheFuture(uint64,uint256)",
	"TooOld(uint64,uint256)",
	"NotNewer(uint64,uint64)",
	"BreakerOpen(int256,int256,uint256)",
	"PackedLength(uint256)",
	"BatchLength(uint256)",
};
#define NOT_NEWER "NotNewer(uint64,uint64)"

static bool has_selector(struct span data, const char *signature)
{
	struct fault f = FAULT_INIT;
	uint8_t selector[4];

	return data.n >= 4 &&
	    eth_abi_selector(span_text(signature), selector, &f) &&
	    memcmp(data.p, selector, 4) == 0;
}

bool feed_call_is_not_newer(struct span data)
{
	return has_selector(data, NOT_NEWER);
}

/* What a contract wrote, for people's eyes: printable, and cut. */
static void put_text(char out[FEED_REASON_SIZE], struct span text)
{
	size_t n = text.n < FEED_REASON_SIZE ? text.n : FEED_REASON_SIZE - 1;

	for (size_t i = 0; i < n; i++)
		out[i] = text.p[i] >= 0x20 && text.p[i] <= 0x7e
		    ? (char)text.p[i]
		    : '?';
	out[n] = '\0';
}

static void put_custom(char out[FEED_REASON_SIZE], struct span data)
{
	for (size_t i = 0; i < COUNT(refusals); i++) {
		if (has_selector(data, refusals[i])) {
			size_t n = strcspn(refusals[i], "(");

			put_text(out, span_of(refusals[i], n));
			return;
		}
	}
	char hex[HEX_SIZE(4)];

	hex_encode(span_of(data.p, 4), hex);
	(void)snprintf(out, FEED_REASON_SIZE, "an unknown error 0x%s", hex);
}

char *feed_call_reason(struct span data, char out[FEED_REASON_SIZE])
{
	struct fault f = FAULT_INIT;
	struct eth_revert r;

	if (!eth_revert_decode(data, &r, &f)) {
		put_text(out, span_text("an answer that is no reason"));
		return out;
	}
	switch (r.kind) {
	case ETH_REVERT_EMPTY:
		put_text(out, span_text("no reason given"));
		break;
	case ETH_REVERT_ERROR:
		put_text(out, r.text);
		break;
	case ETH_REVERT_PANIC:
		put_text(out, span_text(eth_revert_panic_name(&r.panic)));
		break;
	case ETH_REVERT_CUSTOM:
		put_custom(out, data);
		break;
	}
	return out;
}
