/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of an event log: Updated(bytes32,bytes32,Round). */
#include "chain/eth_abi.h"
#include "verify/onchain.h"

#include <string.h>

#define UPDATED "Updated(bytes32,bytes32,bytes32)"

/*
 * The slot, from its most significant byte (IAffiantFeed.Round): value 16,
 * milliseconds 6, seconds 4, count 4, face 2. Of the face only the decimals
 * concern us.
 */
static FALLIBLE read_slot(
    struct span slot, struct onchain_record *out, struct fault *f)
{
	struct rd r = rd_over(slot, "onchain.slot", f);
	uint8_t value[32];
	uint16_t face;

	rd_copy(&r, value + 16, 16);
	memset(value, (value[16] & 0x80) != 0 ? 0xff : 0, 16);
	out->message.timestamp = (uint64_t)rd_u16be(&r) << 32;
	out->message.timestamp |= rd_u32be(&r);
	out->accepted_s = rd_u32be(&r);
	out->count = rd_u32be(&r);
	face = rd_u16be(&r);
	dec_decode_int256(value, face & 0x7f, &out->message.value);
	TRY(rd_end(&r));
	if (out->count == 0 || face == 0)
		return fault_raise(f, FAULT_FORMAT, "onchain.slot",
		    "is that of a feed without a value");
	return true;
}

FALLIBLE onchain_read_log(const struct keccak256 *topics, size_t n_topics,
    struct span data, struct onchain *out, struct fault *f)
{
	struct onchain_record one = { .form = ONCHAIN_EVENT };
	struct keccak256 updated;

	TRY(eth_abi_topic(span_text(UPDATED), &updated, f));
	if (n_topics == 0 ||
	    memcmp(topics[0].b, updated.b, sizeof(updated.b)) != 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "onchain.event",
		    "is no event Updated of Affiant's contracts");
	if (n_topics != 3)
		return fault_raise(f, FAULT_FORMAT, "onchain.topics",
		    "%zu topics; Updated has 3", n_topics);
	if (data.n != 32)
		return fault_raise(f, FAULT_FORMAT, "onchain.data",
		    "%zu bytes; Updated has 32", data.n);
	memcpy(one.message.feed, topics[1].b, sizeof(one.message.feed));
	memcpy(one.message.statement.b, topics[2].b,
	    sizeof(one.message.statement.b));
	TRY(read_slot(data, &one, f));
	if (out->n == COUNT(out->record))
		return fault_raise(f, FAULT_LIMIT, "onchain.records",
		    "more than %zu events", COUNT(out->record));
	out->record[out->n++] = one;
	return true;
}
