/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MessagePack over the one reader, as far as attestations need it: unsigned
 * integers, texts, byte strings, arrays, maps, nil. Every head is in its
 * shortest form, as encoders write it; signed integers, floats, booleans and
 * extensions are refused. Functions share the reader's sticky fault; faults
 * are FORMAT at the reader's name.
 */
#ifndef AFFIANT_RD_MSGPACK_H
#define AFFIANT_RD_MSGPACK_H

#include "verify/base/bytes.h"

enum rd_msgpack_type {
	MSGPACK_UINT,
	MSGPACK_TEXT,
	MSGPACK_BYTES,
	MSGPACK_ARRAY,
	MSGPACK_MAP,
	MSGPACK_OTHER /* also at the end and after a fault */
};

/* The next item's type, without reading it. */
enum rd_msgpack_type rd_msgpack_peek(const struct rd *r);

uint64_t rd_msgpack_u64(struct rd *r);
/* The content, as a view. Text is UTF-8. */
struct span rd_msgpack_text(struct rd *r);
struct span rd_msgpack_bytes(struct rd *r);
/* How many items, or pairs of items, follow: not more than bytes are left. */
uint32_t rd_msgpack_array(struct rd *r);
uint32_t rd_msgpack_map(struct rd *r);
/* True, and read, when the next item is nil. */
bool rd_msgpack_nil(struct rd *r);

#endif
