/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DER (X.690) over the one reader: definite lengths in their shortest form,
 * one-byte tags, nothing left over. For structures that OpenSSL does not know
 * (the SGX extension of a PCK certificate); certificates themselves go
 * through libcrypto.
 *
 * Every function shares the reader's sticky fault: after a failure it returns
 * zeros and moves nothing. Faults are FORMAT at the reader's name.
 */
#ifndef AFFIANT_RD_DER_H
#define AFFIANT_RD_DER_H

#include "verify/base/bytes.h"

/* Identifier octets (class, constructed bit and number in one). */
#define DER_BOOLEAN 0x01
#define DER_INTEGER 0x02
#define DER_BIT_STRING 0x03
#define DER_OCTET_STRING 0x04
#define DER_NULL 0x05
#define DER_OID 0x06
#define DER_ENUMERATED 0x0a
#define DER_UTF8_STRING 0x0c
#define DER_SEQUENCE 0x30
#define DER_SET 0x31

/* The next element's tag, without reading it; 0 at the end or after a fault. */
uint8_t rd_der_peek(const struct rd *r);

/* The content of one element with this tag, as a view. */
struct span rd_der_value(struct rd *r, uint8_t tag);
/* The whole element, tag and length included, whatever its tag is. */
struct span rd_der_element(struct rd *r);
/*
 * A child over the content of one element with this tag. The caller reads it
 * to its end and asks rd_end.
 */
struct rd rd_der_enter(struct rd *r, uint8_t tag, const char *at);

/*
 * A number 0..2^64-1 in its shortest two's complement form; `tag` is
 * DER_INTEGER or DER_ENUMERATED. Negative numbers are refused.
 */
uint64_t rd_der_u64(struct rd *r, uint8_t tag);
/* 00 or ff, nothing else. */
bool rd_der_bool(struct rd *r);
/* An OCTET STRING of exactly n bytes; zeros when the reader has failed. */
void rd_der_octets(struct rd *r, void *dst, size_t n);
/*
 * The content of an OBJECT IDENTIFIER: at least one byte, every arc in its
 * shortest form. Compare with span_equal against a constant.
 */
struct span rd_der_oid(struct rd *r);

#endif
