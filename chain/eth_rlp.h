/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RLP, the encoding of Ethereum's transactions (onchain section 6).
 *
 * Written onto a struct wr. A list starts with the length of what stands in
 * it, so its items are measured first (the _size functions) and written after:
 * no second buffer, nothing moved.
 *
 * Read from a struct rd, strictly: what is read has exactly one encoding.
 * Nothing is allocated; views live as long as the input. A failed read leaves
 * its fault in the reader and returns zeros, like every read of bytes.h.
 * Faults, all FORMAT but the last, with the offset of the item at fault:
 *	eth.rlp.end	an item is missing, or longer than what holds it
 *	eth.rlp.minimal	a shorter encoding of the same item exists
 *	eth.rlp.kind	a list where a string is due, or the reverse
 *	eth.rlp.uint	an integer with a leading zero byte, or too wide
 *	eth.rlp.length	a string that is not as long as it has to be
 *	eth.rlp.left	bytes behind the item (eth_rlp_check)
 *	eth.rlp.depth	LIMIT: lists nested deeper than LIMIT_RLP_DEPTH
 */
#ifndef AFFIANT_ETH_RLP_H
#define AFFIANT_ETH_RLP_H

#include "chain/u256.h"

/* ---- writing ------------------------------------------------------------ */

/* Bytes that each item takes, its own prefix included. */
size_t eth_rlp_string_size(struct span s);
size_t eth_rlp_uint_size(struct span be);
size_t eth_rlp_u64_size(uint64_t v);
/* payload: the sum of the sizes of the list's items. */
size_t eth_rlp_list_size(size_t payload);

void eth_rlp_string(struct wr *w, struct span s);
/* An integer of any width in big-endian bytes; leading zeros are dropped. */
void eth_rlp_uint(struct wr *w, struct span be);
void eth_rlp_u64(struct wr *w, uint64_t v);
void eth_rlp_u256(struct wr *w, const struct u256 *v);
/* Only the prefixes: the caller writes what stands behind. */
void eth_rlp_list(struct wr *w, size_t payload);
void eth_rlp_string_prefix(struct wr *w, struct span s);

/* ---- reading ------------------------------------------------------------ */

/* Whether the next item is a list; false at the end and after a failure. */
bool eth_rlp_next_is_list(const struct rd *r);
struct span eth_rlp_read_string(struct rd *r);
/* A string of exactly n bytes, copied to `out`; zeros on failure. */
void eth_rlp_read_bytes(struct rd *r, void *out, size_t n);
/* Minimal big-endian integers of at most 8 and 32 bytes. */
uint64_t eth_rlp_read_u64(struct rd *r);
struct u256 eth_rlp_read_u256(struct rd *r);
/* A reader of the items of a list; `at` is its name, as in rd_within. */
struct rd eth_rlp_read_list(struct rd *r, const char *at);
/*
 * The next item, whatever it is, with its prefix and everything in it checked
 * at every depth.
 */
struct span eth_rlp_read_item(struct rd *r);

/* One item and nothing behind it, strict at every depth. */
FALLIBLE eth_rlp_check(struct span in, struct fault *f);

#endif
