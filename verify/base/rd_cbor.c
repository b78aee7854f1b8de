/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/rd_cbor.h"

#include "verify/base/text.h"

#define INFO_INDEFINITE 31
#define NULL_BYTE 0xf6
#define BREAK_BYTE 0xff

static uint8_t peek_byte(const struct rd *r)
{
	struct rd copy = *r;

	return rd_left(r) == 0 ? BREAK_BYTE : rd_u8(&copy);
}

enum rd_cbor_type rd_cbor_peek(const struct rd *r)
{
	return (enum rd_cbor_type)(peek_byte(r) >> 5);
}

/* The argument behind a head, in 1, 2, 4 or 8 bytes. */
static uint64_t read_wide(struct rd *r, unsigned info, uint64_t *least)
{
	switch (info) {
	case 24:
		*least = 24;
		return rd_u8(r);
	case 25:
		*least = UINT8_MAX + UINT64_C(1);
		return rd_u16be(r);
	case 26:
		*least = UINT16_MAX + UINT64_C(1);
		return rd_u32be(r);
	case 27:
		*least = UINT32_MAX + UINT64_C(1);
		return rd_u64be(r);
	default:
		rd_fail(r, FAULT_FORMAT,
		    "want a head of a definite length, got %u", info);
		return 0;
	}
}

/* RFC 8949 4.2.1: "shortest form". */
static uint64_t read_argument(struct rd *r, unsigned info)
{
	uint64_t least = 0, v;

	if (info < 24)
		return info;
	v = read_wide(r, info, &least);
	if (rd_ok(r) && v < least)
		rd_fail(r, FAULT_FORMAT, "%llu is not in its shortest form",
		    (unsigned long long)v);
	return rd_ok(r) ? v : 0;
}

/* The head of an item that must have this type. */
static uint64_t read_head(struct rd *r, enum rd_cbor_type want)
{
	enum rd_cbor_type have = rd_cbor_peek(r);

	if (rd_ok(r) && rd_left(r) == 0)
		rd_fail(r, FAULT_FORMAT, "ends where an item is wanted");
	if (rd_ok(r) && have != want)
		rd_fail(r, FAULT_FORMAT, "want major type %u, got %u",
		    (unsigned)want, (unsigned)have);
	return read_argument(r, rd_u8(r) & 0x1f);
}

uint64_t rd_cbor_u64(struct rd *r)
{
	return read_head(r, CBOR_UINT);
}

int32_t rd_cbor_int(struct rd *r)
{
	bool is_negative = rd_cbor_peek(r) == CBOR_NEGATIVE;
	uint64_t n = read_head(r, is_negative ? CBOR_NEGATIVE : CBOR_UINT);

	if (n > INT32_MAX) {
		rd_fail(r, FAULT_FORMAT, "an integer is beyond 31 bits");
		return 0;
	}
	return is_negative ? -1 - (int32_t)n : (int32_t)n;
}

static struct span read_string(struct rd *r, enum rd_cbor_type type)
{
	uint64_t n = read_head(r, type);

	if (rd_ok(r) && n > rd_left(r))
		rd_fail(r, FAULT_FORMAT,
		    "a string of %llu bytes where %zu are left",
		    (unsigned long long)n, rd_left(r));
	return rd_span(r, rd_ok(r) ? (size_t)n : 0);
}

struct span rd_cbor_bytes(struct rd *r)
{
	return read_string(r, CBOR_BYTES);
}

struct span rd_cbor_text(struct rd *r)
{
	struct span s = read_string(r, CBOR_TEXT);

	if (rd_ok(r) && !utf8_is_valid(s)) {
		rd_fail(r, FAULT_FORMAT, "a text is not UTF-8");
		return (struct span){ 0 };
	}
	return s;
}

bool rd_cbor_null(struct rd *r)
{
	if (rd_left(r) == 0 || peek_byte(r) != NULL_BYTE)
		return false;
	rd_skip(r, 1);
	return true;
}

bool rd_cbor_tag(struct rd *r, uint64_t tag)
{
	struct rd copy = *r;
	struct fault f = FAULT_INIT;

	copy.f = &f;
	if (rd_cbor_peek(r) != CBOR_TAG || read_head(&copy, CBOR_TAG) != tag ||
	    !rd_ok(&copy))
		return false;
	r->pos = copy.pos;
	return true;
}

uint64_t rd_cbor_array(struct rd *r)
{
	return read_head(r, CBOR_ARRAY);
}

struct rd_cbor_map rd_cbor_map(struct rd *r)
{
	struct rd_cbor_map m = { .r = r };

	if (rd_cbor_peek(r) == CBOR_MAP && rd_left(r) > 0 &&
	    (peek_byte(r) & 0x1f) == INFO_INDEFINITE) {
		rd_skip(r, 1);
		m.is_indefinite = true;
	} else {
		m.left = read_head(r, CBOR_MAP);
	}
	return m;
}

bool rd_cbor_pair(struct rd_cbor_map *m)
{
	if (!rd_ok(m->r))
		return false;
	if (!m->is_indefinite)
		return m->left-- > 0;
	/* Its break must come before its container ends. */
	if (rd_left(m->r) > 0 && peek_byte(m->r) != BREAK_BYTE)
		return true;
	if (rd_left(m->r) == 0)
		rd_fail(m->r, FAULT_FORMAT, "a map has no end");
	else
		rd_skip(m->r, 1);
	return false;
}

/* Every item takes a byte at least, so the input bounds these loops. */
static void skip_item(struct rd *r, unsigned depth)
{
	if (depth == CBOR_MAX_DEPTH) {
		rd_fail(
		    r, FAULT_FORMAT, "nested deeper than %d", CBOR_MAX_DEPTH);
		return;
	}
	switch (rd_cbor_peek(r)) {
	case CBOR_UINT:
		(void)rd_cbor_u64(r);
		return;
	case CBOR_NEGATIVE:
		(void)rd_cbor_int(r);
		return;
	case CBOR_BYTES:
		(void)rd_cbor_bytes(r);
		return;
	case CBOR_TEXT:
		(void)rd_cbor_text(r);
		return;
	case CBOR_ARRAY:
		for (uint64_t n = rd_cbor_array(r); n > 0 && rd_ok(r); n--)
			skip_item(r, depth + 1);
		return;
	case CBOR_MAP:
		for (struct rd_cbor_map m = rd_cbor_map(r); rd_cbor_pair(&m);) {
			skip_item(r, depth + 1);
			skip_item(r, depth + 1);
		}
		return;
	case CBOR_TAG:
	case CBOR_OTHER:
		break;
	}
	if (!rd_cbor_null(r) && rd_ok(r))
		rd_fail(r, FAULT_FORMAT,
		    "a tag, a float or a simple value has no place here");
}

struct span rd_cbor_item(struct rd *r)
{
	size_t from = r->pos;

	skip_item(r, 0);
	return rd_ok(r) ? span_of(r->in.p + from, r->pos - from)
			: (struct span){ 0 };
}
