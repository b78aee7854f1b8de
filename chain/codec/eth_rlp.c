/* SPDX-License-Identifier: Apache-2.0 */
/* RLP, the encoding of Ethereum's transactions (yellow paper, appendix B). */
#include "chain/eth_rlp.h"

#include "verify/base/limits.h"

#include <endian.h>
#include <string.h>

#define STRING_BASE 0x80
#define LIST_BASE 0xc0
/* A payload up to here has its length in the prefix byte itself; a longer one
 * has there the length of its length, counted on from this. */
#define SHORT_MAX 55

/* The big-endian bytes of v; `out` holds them. Empty for zero. */
static struct span minimal(uint64_t v, uint8_t out[8])
{
	size_t n_zero = 0;

	v = htobe64(v);
	memcpy(out, &v, 8);
	while (n_zero < 8 && out[n_zero] == 0)
		n_zero++;
	return span_of(out + n_zero, 8 - n_zero);
}

static struct span without_leading_zeros(struct span be)
{
	size_t n_zero = 0;

	while (n_zero < be.n && be.p[n_zero] == 0)
		n_zero++;
	return n_zero == 0 ? be : span_of(be.p + n_zero, be.n - n_zero);
}

/* A byte below 0x80 stands for itself. */
static bool is_its_own(struct span s)
{
	return s.n == 1 && s.p[0] < STRING_BASE;
}

static size_t prefix_size(size_t payload)
{
	uint8_t be[8];

	return payload <= SHORT_MAX ? 1 : 1 + minimal(payload, be).n;
}

static void prefix(struct wr *w, uint8_t base, size_t payload)
{
	uint8_t be[8];
	struct span length;

	if (payload <= SHORT_MAX) {
		wr_u8(w, (uint8_t)(base + payload));
		return;
	}
	length = minimal(payload, be);
	wr_u8(w, (uint8_t)(base + SHORT_MAX + length.n));
	wr_span(w, length);
}

/* ---- writing ------------------------------------------------------------ */

size_t eth_rlp_string_size(struct span s)
{
	return is_its_own(s) ? 1 : prefix_size(s.n) + s.n;
}

size_t eth_rlp_uint_size(struct span be)
{
	return eth_rlp_string_size(without_leading_zeros(be));
}

size_t eth_rlp_u64_size(uint64_t v)
{
	uint8_t be[8];

	return eth_rlp_string_size(minimal(v, be));
}

size_t eth_rlp_list_size(size_t payload)
{
	return prefix_size(payload) + payload;
}

void eth_rlp_string_prefix(struct wr *w, struct span s)
{
	if (!is_its_own(s))
		prefix(w, STRING_BASE, s.n);
}

void eth_rlp_string(struct wr *w, struct span s)
{
	eth_rlp_string_prefix(w, s);
	wr_span(w, s);
}

void eth_rlp_uint(struct wr *w, struct span be)
{
	eth_rlp_string(w, without_leading_zeros(be));
}

void eth_rlp_u64(struct wr *w, uint64_t v)
{
	uint8_t be[8];

	eth_rlp_string(w, minimal(v, be));
}

void eth_rlp_u256(struct wr *w, const struct u256 *v)
{
	uint8_t be[32];

	u256_to_be(v, be);
	eth_rlp_uint(w, span_of(be, sizeof(be)));
}

void eth_rlp_list(struct wr *w, size_t payload)
{
	prefix(w, LIST_BASE, payload);
}

/* ---- reading ------------------------------------------------------------ */

struct head {
	bool is_list;
	size_t offset; /* where the item begins, for faults */
	size_t n;      /* bytes of the payload, which are there */
};

static bool not_minimal(const struct rd *r, size_t offset, const char *why)
{
	return fault_raise_at(r->f, FAULT_FORMAT, "eth.rlp.minimal", offset,
	    "not the shortest form: %s", why);
}

static bool ends_early(const struct rd *r, size_t offset, const char *what)
{
	return fault_raise_at(r->f, FAULT_FORMAT, "eth.rlp.end", offset,
	    "the input ends within %s", what);
}

/* The length behind a prefix that says how many bytes it has. */
static bool read_length(
    struct rd *r, size_t offset, size_t n_bytes, uint64_t *out)
{
	uint64_t v = 0;

	if (n_bytes > rd_left(r))
		return ends_early(r, offset, "a length");
	for (size_t i = 0; i < n_bytes; i++) {
		v = v << 8 | rd_u8(r);
		if (v == 0)
			return not_minimal(
			    r, offset, "the length has a leading zero");
	}
	if (v <= SHORT_MAX)
		return not_minimal(r, offset,
		    "the long form of a length that fits the short one");
	*out = v;
	return true;
}

/* A prefix; the reader then stands before the payload, which may be the very
 * byte of the prefix. */
static bool read_head(struct rd *r, struct head *out)
{
	struct head h = { .offset = rd_offset(r) };
	struct rd payload = *r;
	uint64_t n;
	uint8_t first;

	if (!rd_ok(r))
		return false;
	if (rd_left(r) == 0)
		return ends_early(r, h.offset, "a list: an item is missing");
	first = rd_u8(&payload);
	if (first < STRING_BASE) {
		h.n = 1;
		*out = h;
		return true;
	}
	h.is_list = first >= LIST_BASE;
	n = (uint64_t)first - (h.is_list ? LIST_BASE : STRING_BASE);
	if (n > SHORT_MAX)
		TRY(read_length(&payload, h.offset, n - SHORT_MAX, &n));
	/* Compared with what is left, so that nothing is added. */
	if (n > rd_left(&payload))
		return ends_early(r, h.offset, "an item");
	h.n = (size_t)n;
	*r = payload;
	*out = h;
	return true;
}

static bool other_kind(const struct rd *r, const struct head *h)
{
	return fault_raise_at(r->f, FAULT_FORMAT, "eth.rlp.kind", h->offset,
	    "%s",
	    h->is_list ? "a list where a string is due"
		       : "a string where a list is due");
}

bool eth_rlp_next_is_list(const struct rd *r)
{
	struct rd ahead = *r;

	return rd_left(r) > 0 && rd_u8(&ahead) >= LIST_BASE;
}

struct span eth_rlp_read_string(struct rd *r)
{
	const struct span none = { 0 };
	struct span s;
	struct head h;

	if (!read_head(r, &h) || (h.is_list && !other_kind(r, &h)))
		return none;
	s = rd_span(r, h.n);
	/* Behind a prefix of its own, and it would not need one. */
	if (is_its_own(s) && rd_offset(r) - h.offset > 1 &&
	    !not_minimal(r, h.offset, "a byte that stands for itself"))
		return none;
	return s;
}

void eth_rlp_read_bytes(struct rd *r, void *out, size_t n)
{
	const size_t offset = rd_offset(r);
	const struct span s = eth_rlp_read_string(r);

	memset(out, 0, n);
	if (!rd_ok(r))
		return;
	if (s.n != n) {
		fault_raise_at(r->f, FAULT_FORMAT, "eth.rlp.length", offset,
		    "want %zu bytes, have %zu", n, s.n);
		return;
	}
	if (n > 0)
		memcpy(out, s.p, n);
}

/* An integer, right-aligned in `out`. */
static void read_uint(struct rd *r, uint8_t *out, size_t n)
{
	const size_t offset = rd_offset(r);
	const struct span s = eth_rlp_read_string(r);

	memset(out, 0, n);
	if (s.n == 0)
		return;
	if (s.p[0] == 0)
		fault_raise_at(r->f, FAULT_FORMAT, "eth.rlp.uint", offset,
		    "the integer has a leading zero byte");
	else if (s.n > n)
		fault_raise_at(r->f, FAULT_FORMAT, "eth.rlp.uint", offset,
		    "the integer has %zu bytes, at most %zu are allowed", s.n,
		    n);
	else
		memcpy(out + n - s.n, s.p, s.n);
}

uint64_t eth_rlp_read_u64(struct rd *r)
{
	uint64_t v;

	read_uint(r, (uint8_t *)&v, sizeof(v));
	return be64toh(v);
}

struct u256 eth_rlp_read_u256(struct rd *r)
{
	uint8_t be[32];

	read_uint(r, be, sizeof(be));
	return u256_from_be(be);
}

struct rd eth_rlp_read_list(struct rd *r, const char *at)
{
	struct head h = { 0 };

	if (read_head(r, &h) && !h.is_list)
		other_kind(r, &h);
	return rd_within(r, h.n, at);
}

/* `depth` lists stand around this item. */
static bool skip_item(struct rd *r, unsigned depth)
{
	struct rd items;

	if (!eth_rlp_next_is_list(r)) {
		(void)eth_rlp_read_string(r);
		return rd_ok(r);
	}
	if (depth == LIMIT_RLP_DEPTH)
		return fault_raise_at(r->f, FAULT_LIMIT, "eth.rlp.depth",
		    rd_offset(r), "lists are nested deeper than %d",
		    LIMIT_RLP_DEPTH);
	items = eth_rlp_read_list(r, r->at);
	while (rd_left(&items) > 0)
		TRY(skip_item(&items, depth + 1));
	return rd_ok(r);
}

struct span eth_rlp_read_item(struct rd *r)
{
	struct rd from = *r;

	if (!skip_item(r, 0))
		return span_of(NULL, 0);
	return rd_span(&from, rd_offset(r) - rd_offset(&from));
}

FALLIBLE eth_rlp_check(struct span in, struct fault *f)
{
	struct rd r = rd_over(in, "eth.rlp.left", f);

	TRY(skip_item(&r, 0));
	return rd_end(&r);
}
