/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/rd_msgpack.h"

#include "verify/base/text.h"

#define NIL 0xc0

/*
 * The heads of each type: small ones carry their number in their low bits,
 * the others in 1, 2, 4 or 8 bytes behind them. 0: there is no such head.
 */
struct heads {
	uint8_t small, mask; /* head & ~mask == small; the number is the rest */
	uint8_t in1, in2, in4, in8;
};
static const struct heads heads[] = {
	[MSGPACK_UINT] = { 0x00, 0x7f, 0xcc, 0xcd, 0xce, 0xcf },
	[MSGPACK_TEXT] = { 0xa0, 0x1f, 0xd9, 0xda, 0xdb, 0 },
	/* There are no small byte strings: 0xc1 is never used. */
	[MSGPACK_BYTES] = { 0xc1, 0x00, 0xc4, 0xc5, 0xc6, 0 },
	[MSGPACK_ARRAY] = { 0x90, 0x0f, 0, 0xdc, 0xdd, 0 },
	[MSGPACK_MAP] = { 0x80, 0x0f, 0, 0xde, 0xdf, 0 },
};

static uint8_t peek_byte(const struct rd *r)
{
	struct rd copy = *r;

	return rd_left(r) == 0 ? 0xc1 : rd_u8(&copy);
}

static bool is_small(const struct heads *h, uint8_t head)
{
	return head != 0xc1 && (head & ~h->mask & 0xff) == h->small;
}

static bool is_head(const struct heads *h, uint8_t head)
{
	return is_small(h, head) ||
	    (head >= 0xc4 &&
		(head == h->in1 || head == h->in2 || head == h->in4 ||
		    head == h->in8));
}

enum rd_msgpack_type rd_msgpack_peek(const struct rd *r)
{
	uint8_t head = peek_byte(r);

	for (size_t i = 0; i < COUNT(heads); i++)
		if (is_head(&heads[i], head))
			return (enum rd_msgpack_type)i;
	return MSGPACK_OTHER;
}

/* The largest number that a shorter head could have carried. */
static uint64_t shorter(const struct heads *h, unsigned bytes)
{
	if (bytes == 8)
		return UINT32_MAX;
	if (bytes == 4)
		return UINT16_MAX;
	if (bytes == 2 && h->in1 != 0)
		return UINT8_MAX;
	return h->mask;
}

static uint64_t read_head(struct rd *r, enum rd_msgpack_type want)
{
	const struct heads *h = &heads[want];
	enum rd_msgpack_type have = rd_msgpack_peek(r);
	uint8_t head = rd_u8(r);
	unsigned bytes;
	uint64_t v;

	if (rd_ok(r) && have != want)
		rd_fail(r, FAULT_FORMAT, "want an item of type %u, got 0x%02x",
		    (unsigned)want, head);
	if (!rd_ok(r))
		return 0;
	if (is_small(h, head))
		return head & h->mask;
	bytes = head == h->in1 ? 1
	    : head == h->in2   ? 2
	    : head == h->in4   ? 4
			       : 8;
	v = bytes == 1   ? rd_u8(r)
	    : bytes == 2 ? rd_u16be(r)
	    : bytes == 4 ? rd_u32be(r)
			 : rd_u64be(r);
	/* Byte strings have no small form: an empty one has one byte. */
	if (rd_ok(r) && v <= shorter(h, bytes) &&
	    !(want == MSGPACK_BYTES && bytes == 1))
		rd_fail(r, FAULT_FORMAT, "%llu is not in its shortest form",
		    (unsigned long long)v);
	return rd_ok(r) ? v : 0;
}

uint64_t rd_msgpack_u64(struct rd *r)
{
	return read_head(r, MSGPACK_UINT);
}

struct span rd_msgpack_bytes(struct rd *r)
{
	return rd_span(r, (size_t)read_head(r, MSGPACK_BYTES));
}

struct span rd_msgpack_text(struct rd *r)
{
	struct span s = rd_span(r, (size_t)read_head(r, MSGPACK_TEXT));

	if (rd_ok(r) && !utf8_is_valid(s)) {
		rd_fail(r, FAULT_FORMAT, "a text is not UTF-8");
		return (struct span){ 0 };
	}
	return s;
}

/* Every item takes a byte at least. */
static uint32_t read_count(struct rd *r, enum rd_msgpack_type type)
{
	uint64_t n = read_head(r, type);

	if (rd_ok(r) && n > rd_left(r))
		rd_fail(r, FAULT_FORMAT, "%llu items where %zu bytes are left",
		    (unsigned long long)n, rd_left(r));
	return rd_ok(r) ? (uint32_t)n : 0;
}

uint32_t rd_msgpack_array(struct rd *r)
{
	return read_count(r, MSGPACK_ARRAY);
}

uint32_t rd_msgpack_map(struct rd *r)
{
	return read_count(r, MSGPACK_MAP);
}

bool rd_msgpack_nil(struct rd *r)
{
	if (rd_left(r) == 0 || peek_byte(r) != NIL)
		return false;
	rd_skip(r, 1);
	return true;
}
