/* SPDX-License-Identifier: Apache-2.0 */
/* RLP, the encoding of Ethereum's transactions (yellow paper, appendix B). */
#include "chain/codec/eth_rlp.h"

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

void eth_rlp_string(struct wr *w, struct span s)
{
	if (!is_its_own(s))
		prefix(w, STRING_BASE, s.n);
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

void eth_rlp_list(struct wr *w, size_t payload)
{
	prefix(w, LIST_BASE, payload);
}
