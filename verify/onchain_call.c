/* SPDX-License-Identifier: Apache-2.0 */
/* Calldata, and how a signature comes in it. */
#include "chain/eth_abi.h"
#include "verify/onchain.h"

#include <string.h>

#define STATEMENT "(bytes32,int256,uint8,uint64,uint64,bytes32,bytes32)"

/* One statement without a selector (chain/contracts/IAffiantFeed.sol). */
#define PACKED_BYTES 191
/* r || s with the parity in the highest bit (EIP-2098). */
#define COMPACT_BYTES 64

const char *onchain_form_name(enum onchain_form form)
{
	switch (form) {
	case ONCHAIN_PUSH:
		return "push";
	case ONCHAIN_BATCH:
		return "pushBatch";
	case ONCHAIN_PACKED:
		return "packed";
	case ONCHAIN_PULL:
		return "pull";
	case ONCHAIN_EVENT:
		return "event";
	}
	return "";
}

static FALLIBLE next_record(struct onchain *out, enum onchain_form form,
    struct onchain_record **r, struct fault *f)
{
	if (out->n == COUNT(out->record))
		return fault_raise(f, FAULT_LIMIT, "onchain.records",
		    "more than %zu statements; no contract of ours takes them",
		    COUNT(out->record));
	*r = &out->record[out->n++];
	**r = (struct onchain_record){ .form = form };
	return true;
}

/* ---- signatures ------------------------------------------------------------ */

static void read_compact(
    const uint8_t compact[COMPACT_BYTES], struct eth_sig *out)
{
	memcpy(out->b, compact, COMPACT_BYTES);
	out->b[64] = (uint8_t)(27 + (out->b[32] >> 7));
	out->b[32] &= 0x7f;
}

/* Signature i of n, one after the other in one of the two forms. */
static FALLIBLE read_signature(
    struct span all, size_t i, size_t n, struct eth_sig *out, struct fault *f)
{
	if (all.n == n * sizeof(out->b))
		memcpy(out->b, all.p + i * sizeof(out->b), sizeof(out->b));
	else if (all.n == n * COMPACT_BYTES)
		read_compact(all.p + i * COMPACT_BYTES, out);
	else
		return fault_raise(f, FAULT_FORMAT, "onchain.signature",
		    "%zu bytes; 65 or 64 for each of %zu are wanted", all.n, n);
	return true;
}

FALLIBLE onchain_recover(
    const struct onchain_record *r, struct eth_addr *out, struct fault *f)
{
	const struct keccak256 digest = eip712_statement_digest(&r->message);

	return eth_sig_recover(&digest, &r->signature, out, f);
}

/* ---- statements ------------------------------------------------------------ */

static uint64_t u64_of(const struct eth_abi_view *tuple, size_t i)
{
	const struct eth_abi_view v = eth_abi_item(tuple, i);

	return eth_abi_u256(&v).limb[0];
}

static void copy_word(
    const struct eth_abi_view *tuple, size_t i, uint8_t out[ETH_WORD])
{
	memcpy(out, eth_abi_item(tuple, i).bytes.p, ETH_WORD);
}

/* In the order of STATEMENT; the decoder has held each against its type. */
static void read_statement(
    const struct eth_abi_view *tuple, struct eip712_statement *out)
{
	uint8_t value[ETH_WORD];

	copy_word(tuple, 0, out->feed);
	copy_word(tuple, 1, value);
	dec_decode_int256(value, (uint8_t)u64_of(tuple, 2), &out->value);
	out->timestamp = u64_of(tuple, 3);
	out->round = u64_of(tuple, 4);
	copy_word(tuple, 5, out->config.b);
	copy_word(tuple, 6, out->statement.b);
}

static FALLIBLE read_packed(struct span in, enum onchain_form form,
    struct onchain *out, struct fault *f)
{
	uint8_t value[ETH_WORD], time[8] = { 0 }, compact[COMPACT_BYTES];
	struct rd r = rd_over(in, "onchain.packed", f);
	struct onchain_record *one;
	struct rd whole_time;
	uint8_t decimals;

	while (rd_left(&r) > 0) {
		TRY(next_record(out, form, &one, f));
		rd_copy(&r, one->message.feed, sizeof(one->message.feed));
		rd_copy(&r, value + 16, 16);
		memset(value, (value[16] & 0x80) != 0 ? 0xff : 0, 16);
		decimals = rd_u8(&r);
		dec_decode_int256(value, decimals, &one->message.value);
		rd_copy(&r, time + 2, 6);
		whole_time = rd_over(span_of(time, 8), "onchain.packed", f);
		one->message.timestamp = rd_u64be(&whole_time);
		one->message.round = rd_u64be(&r);
		rd_copy(&r, one->message.config.b, ETH_WORD);
		rd_copy(&r, one->message.statement.b, ETH_WORD);
		rd_copy(&r, compact, sizeof(compact));
		read_compact(compact, &one->signature);
	}
	return rd_end(&r);
}

/* ---- functions ------------------------------------------------------------- */

/* Statement and signature at arguments `at` and `at` + 1. */
static FALLIBLE read_pair(const struct eth_abi_view *args, size_t at,
    enum onchain_form form, struct onchain *out, struct fault *f)
{
	const struct eth_abi_view statement = eth_abi_item(args, at);
	const struct eth_abi_view signature = eth_abi_item(args, at + 1);
	struct onchain_record *one;

	TRY(next_record(out, form, &one, f));
	read_statement(&statement, &one->message);
	return read_signature(signature.bytes, 0, 1, &one->signature, f);
}

static FALLIBLE read_one(const struct eth_abi_view *args,
    enum onchain_form form, struct onchain *out, struct fault *f)
{
	return read_pair(args, 0, form, out, f);
}

static FALLIBLE read_two(const struct eth_abi_view *args,
    enum onchain_form form, struct onchain *out, struct fault *f)
{
	TRY(read_pair(args, 0, form, out, f));
	return read_pair(args, 2, form, out, f);
}

static FALLIBLE read_batch(const struct eth_abi_view *args,
    enum onchain_form form, struct onchain *out, struct fault *f)
{
	const struct eth_abi_view list = eth_abi_item(args, 0);
	const struct span signatures = eth_abi_item(args, 1).bytes;
	struct onchain_record *one;

	if (list.n_items == 0)
		return fault_raise(
		    f, FAULT_FORMAT, "onchain.records", "a batch of nothing");
	for (size_t i = 0; i < list.n_items; i++) {
		const struct eth_abi_view statement = eth_abi_item(&list, i);

		TRY(next_record(out, form, &one, f));
		read_statement(&statement, &one->message);
		TRY(read_signature(
		    signatures, i, list.n_items, &one->signature, f));
	}
	return true;
}

/* One packed statement as the first argument. */
static FALLIBLE read_argument(const struct eth_abi_view *args,
    enum onchain_form form, struct onchain *out, struct fault *f)
{
	const struct span packed = eth_abi_item(args, 0).bytes;

	if (packed.n != PACKED_BYTES)
		return fault_raise(f, FAULT_FORMAT, "onchain.packed",
		    "%zu bytes; a packed statement has 191", packed.n);
	return read_packed(packed, form, out, f);
}

static const struct function {
	const char *signature;
	enum onchain_form form;
	bool (*read)(const struct eth_abi_view *args, enum onchain_form form,
	    struct onchain *out, struct fault *f);
} functions[] = {
	{ "push(" STATEMENT ",bytes)", ONCHAIN_PUSH, read_one },
	{ "pushBatch(" STATEMENT "[],bytes)", ONCHAIN_BATCH, read_batch },
	{ "verify(" STATEMENT ",bytes,bytes32,uint8,uint256)", ONCHAIN_PULL,
	    read_one },
	{ "verifyPacked(bytes,bytes32,uint8,uint256)", ONCHAIN_PULL,
	    read_argument },
	{ "tryVerifyPacked(bytes,bytes32,uint8,uint256)", ONCHAIN_PULL,
	    read_argument },
	{ "priceCallback(bytes,bytes)", ONCHAIN_PULL, read_argument },
	{ "reportEquivocation(" STATEMENT ",bytes," STATEMENT ",bytes)",
	    ONCHAIN_PULL, read_two },
};

/* NULL when it is none of ours. */
static const struct function *find(struct span calldata)
{
	for (size_t i = 0; i < COUNT(functions) && calldata.n >= 4; i++) {
		struct fault f = FAULT_INIT;
		uint8_t selector[4];

		if (eth_abi_selector(
			span_text(functions[i].signature), selector, &f) &&
		    memcmp(selector, calldata.p, sizeof(selector)) == 0)
			return &functions[i];
	}
	return NULL;
}

/* A consumer's own function, whatever its name and its further arguments. */
static FALLIBLE read_consumer(
    struct span calldata, struct onchain *out, struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct eth_abi_view args;
	struct eth_abi abi;

	TRY(eth_abi_parse(span_text("(" STATEMENT ",bytes)"), &abi, f));
	if (calldata.n < 4 ||
	    !eth_abi_decode(
		&abi, span_of(calldata.p + 4, calldata.n - 4), &args, &why) ||
	    !read_one(&args, ONCHAIN_PULL, out, &why))
		return fault_raise(f, FAULT_UNSUPPORTED, "onchain.call",
		    "calls none of Affiant's functions and carries no "
		    "statement where a consumer's would");
	return true;
}

FALLIBLE onchain_read_call(
    struct span calldata, struct onchain *out, struct fault *f)
{
	const struct function *function = find(calldata);
	struct eth_abi_view args;
	struct eth_abi abi;

	out->n = 0;
	if (function != NULL) {
		TRY(eth_abi_decode_call(
		    span_text(function->signature), calldata, &abi, &args, f));
		return function->read(&args, function->form, out, f);
	}
	if (calldata.n > 0 && calldata.n % PACKED_BYTES == 0)
		return read_packed(calldata, ONCHAIN_PACKED, out, f);
	return read_consumer(calldata, out, f);
}
