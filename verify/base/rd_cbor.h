/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CBOR (RFC 8949) over the one reader, as far as attestation documents need
 * it: unsigned and negative integers, byte and text strings, arrays, maps,
 * null. Heads are in their shortest form; strings and arrays have a definite
 * length, a map may have an indefinite one, because genuine documents do.
 * Tags, floats and other simple values are refused where they are not asked
 * for.
 *
 * Every function shares the reader's sticky fault: after a failure it returns
 * zeros and moves nothing. Faults are FORMAT at the reader's name.
 */
#ifndef AFFIANT_RD_CBOR_H
#define AFFIANT_RD_CBOR_H

#include "verify/base/bytes.h"

enum rd_cbor_type {
	CBOR_UINT = 0,
	CBOR_NEGATIVE = 1,
	CBOR_BYTES = 2,
	CBOR_TEXT = 3,
	CBOR_ARRAY = 4,
	CBOR_MAP = 5,
	CBOR_TAG = 6,
	CBOR_OTHER = 7
};

/* Items inside each other, as rd_cbor_item follows them. */
#define CBOR_MAX_DEPTH 4

/* The next item's type, without reading it; CBOR_OTHER at the end or after a
 * fault. */
enum rd_cbor_type rd_cbor_peek(const struct rd *r);

uint64_t rd_cbor_u64(struct rd *r);
/* A negative integer -1 - n, or n itself; beyond +-2^31 refused. */
int32_t rd_cbor_int(struct rd *r);
/* The content, as a view. Text is UTF-8. */
struct span rd_cbor_bytes(struct rd *r);
struct span rd_cbor_text(struct rd *r);
/* True, and read, when the next item is null. */
bool rd_cbor_null(struct rd *r);
/* True, and read, when the next item is this tag. */
bool rd_cbor_tag(struct rd *r, uint64_t tag);

/* How many items follow. */
uint64_t rd_cbor_array(struct rd *r);

/*
 * A map, walked pair by pair: while (rd_cbor_pair(&m)) { key; value; }. It is
 * at its end after so many pairs, or at the break of an indefinite one. False
 * after a fault.
 */
struct rd_cbor_map {
	struct rd *r;
	uint64_t left;
	bool is_indefinite;
};
struct rd_cbor_map rd_cbor_map(struct rd *r);
bool rd_cbor_pair(struct rd_cbor_map *m);

/* One whole item, whatever it is (but no tag or float), as a view. */
struct span rd_cbor_item(struct rd *r);

#endif
