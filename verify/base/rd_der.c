/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/rd_der.h"

/* High tag numbers (X.690 8.1.2.4) occur in nothing that we read. */
#define TAG_NUMBER_MASK 0x1f

uint8_t rd_der_peek(const struct rd *r)
{
	struct rd copy = *r;

	if (rd_left(r) == 0)
		return 0;
	return rd_u8(&copy);
}

/*
 * X.690 8.1.3 and 10.1: short form below 128, else the fewest bytes that hold
 * it; the indefinite form (80) is not DER.
 */
static size_t read_length(struct rd *r)
{
	uint8_t first = rd_u8(r);
	size_t n_bytes = first & 0x7f;
	uint64_t length = 0;

	if (first < 0x80)
		return first;
	if (n_bytes == 0 || n_bytes > 4) {
		rd_fail(r, FAULT_FORMAT, "length in %zu bytes: want 1 to 4",
		    n_bytes);
		return 0;
	}
	for (size_t i = 0; i < n_bytes; i++)
		length = length << 8 | rd_u8(r);
	if (rd_ok(r) &&
	    (length < 0x80 ||
		(n_bytes > 1 && length >> 8 * (n_bytes - 1) == 0)))
		rd_fail(r, FAULT_FORMAT, "length %llu is not in shortest form",
		    (unsigned long long)length);
	return rd_ok(r) ? (size_t)length : 0;
}

/* Reads tag and length; the content is next. */
static size_t read_head(struct rd *r, uint8_t *tag)
{
	*tag = rd_u8(r);
	if (rd_ok(r) && (*tag & TAG_NUMBER_MASK) == TAG_NUMBER_MASK)
		rd_fail(r, FAULT_FORMAT, "tag of more than one byte");
	return read_length(r);
}

/* The head of an element that must have this tag. */
static size_t read_head_of(struct rd *r, uint8_t tag)
{
	uint8_t have = rd_der_peek(r);

	if (rd_ok(r) && have != tag) {
		if (rd_left(r) == 0)
			rd_fail(r, FAULT_FORMAT,
			    "ends where tag 0x%02x is wanted", tag);
		else
			rd_fail(r, FAULT_FORMAT, "want tag 0x%02x, got 0x%02x",
			    tag, have);
	}
	return read_head(r, &have);
}

struct span rd_der_value(struct rd *r, uint8_t tag)
{
	size_t n = read_head_of(r, tag);

	return rd_span(r, n);
}

struct span rd_der_element(struct rd *r)
{
	struct rd ahead = *r;
	uint8_t tag;
	size_t content = read_head(&ahead, &tag);

	/* The copy has the fault of the original, so a bad head stops here. */
	if (!rd_ok(r))
		return (struct span){ 0 };
	if (content > rd_left(&ahead)) {
		rd_fail(&ahead, FAULT_FORMAT,
		    "ends early: want %zu bytes, have %zu", content,
		    rd_left(&ahead));
		return (struct span){ 0 };
	}
	return rd_span(r, rd_offset(&ahead) - rd_offset(r) + content);
}

struct rd rd_der_enter(struct rd *r, uint8_t tag, const char *at)
{
	size_t n = read_head_of(r, tag);

	return rd_within(r, n, at);
}

uint64_t rd_der_u64(struct rd *r, uint8_t tag)
{
	struct rd v = rd_der_enter(r, tag, r->at);
	size_t n = rd_left(&v);
	uint64_t value = 0;
	uint8_t first = rd_der_peek(&v);

	if (!rd_ok(r))
		return 0;
	if (n == 0) {
		rd_fail(&v, FAULT_FORMAT, "number without a byte");
	} else if (first >= 0x80) {
		rd_fail(&v, FAULT_FORMAT, "negative number");
	} else if (n > 9 || (n == 9 && first != 0)) {
		rd_fail(&v, FAULT_FORMAT, "number of more than 64 bits");
	} else if (first == 0 && n > 1) {
		/* A leading zero only where the next bit would be a sign. */
		rd_skip(&v, 1);
		if (rd_der_peek(&v) < 0x80)
			rd_fail(
			    &v, FAULT_FORMAT, "number is not in shortest form");
	}
	while (rd_left(&v) > 0)
		value = value << 8 | rd_u8(&v);
	return rd_ok(r) ? value : 0;
}

bool rd_der_bool(struct rd *r)
{
	struct span v = rd_der_value(r, DER_BOOLEAN);

	if (!rd_ok(r))
		return false;
	if (v.n != 1 || (v.p[0] != 0x00 && v.p[0] != 0xff)) {
		rd_fail(r, FAULT_FORMAT, "boolean is neither 00 nor ff");
		return false;
	}
	return v.p[0] == 0xff;
}

void rd_der_octets(struct rd *r, void *dst, size_t n)
{
	struct rd v = rd_der_enter(r, DER_OCTET_STRING, r->at);

	if (rd_ok(r) && rd_left(&v) != n)
		rd_fail(&v, FAULT_FORMAT, "want %zu bytes, got %zu", n,
		    rd_left(&v));
	rd_copy(&v, dst, n);
}

struct span rd_der_oid(struct rd *r)
{
	struct span v = rd_der_value(r, DER_OID);
	bool starts = true;

	if (!rd_ok(r))
		return (struct span){ 0 };
	/* X.690 8.19.2: an arc never starts with 80, and the last one ends. */
	for (size_t i = 0; i < v.n; i++) {
		if (starts && v.p[i] == 0x80)
			rd_fail(r, FAULT_FORMAT,
			    "object identifier is not in shortest form");
		starts = v.p[i] < 0x80;
	}
	if (v.n == 0 || !starts)
		rd_fail(r, FAULT_FORMAT, "object identifier is cut off");
	return rd_ok(r) ? v : (struct span){ 0 };
}
