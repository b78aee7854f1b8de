/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of an event log: Updated(bytes32,bytes32,Round). */
#include "chain/eth_abi.h"
#include "verify/onchain.h"

#include <string.h>

#define UPDATED "Updated(bytes32,bytes32,bytes32)"

static uint64_t read_40(struct rd *r)
{
	const uint64_t high = rd_u8(r);

	return high << 32 | rd_u32be(r);
}

/*
 * A Round as it is published, from its most significant byte
 * (IAffiantFeed.sol): value 16, milliseconds 6, seconds 5, count 5.
 */
static FALLIBLE read_slot(
    struct span slot, struct onchain_record *out, struct fault *f)
{
	struct rd r = rd_over(slot, "onchain.slot", f);
	uint8_t value[32];

	rd_copy(&r, value + 16, 16);
	memset(value, (value[16] & 0x80) != 0 ? 0xff : 0, 16);
	out->message.timestamp = (uint64_t)rd_u16be(&r) << 32;
	out->message.timestamp |= rd_u32be(&r);
	out->accepted_s = read_40(&r);
	out->count = read_40(&r);
	dec_decode_int256(value, 0, &out->message.value);
	TRY(rd_end(&r));
	if (out->count == 0)
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
