/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only way bytes from outside are read, and the only way bytes are put
 * together. A reader is a cursor with a sticky fault: after the first failure
 * every read returns zeros and moves nothing, so a parser is a straight list
 * of reads that looks like the specification, and asks once at the end.
 */
#ifndef AFFIANT_BYTES_H
#define AFFIANT_BYTES_H

#include "verify/base/fault.h"

#include <stdint.h>

/* A view of bytes that somebody else owns. Headers say who, and how long. */
struct span {
	const uint8_t *p; /* may be NULL when n is 0 */
	size_t n;
};

/* Bytes that we own (malloc). A zeroed blob is empty and valid. */
struct blob {
	uint8_t *p;
	size_t n;
};

/* ---- spans and blobs ---------------------------------------------------- */

struct span span_of(const void *p, size_t n);
struct span span_text(const char *s); /* without the NUL; NULL gives empty */
struct span blob_span(const struct blob *b);
bool span_equal(struct span a, struct span b); /* not constant time */
bool span_equal_text(struct span a, const char *s);
bool span_is_zero(struct span a); /* all bytes zero; true when empty */

/* Copies. The copy has one NUL more than n says, so text can be used as C. */
FALLIBLE blob_copy(struct span in, struct blob *out, struct fault *f);
/* Hands ownership over and leaves *from empty. */
struct blob blob_move(struct blob *from);
/* Frees; accepts a zeroed value and a second call. */
void blob_drop(struct blob *b);
/* Overwrites, then frees: for what a secret may have passed through. */
void blob_wipe(struct blob *b);

/* ---- reading ------------------------------------------------------------ */

struct rd {
	struct span in;
	size_t pos;
	size_t base;     /* offset of in.p within the outermost input */
	const char *at;  /* static prefix for faults */
	struct fault *f; /* shared with children; never NULL */
};

/* Borrows `in`; never allocates. *f must be clean (FAULT_INIT). */
struct rd rd_over(struct span in, const char *at, struct fault *f);

uint8_t rd_u8(struct rd *r);
uint16_t rd_u16le(struct rd *r);
uint32_t rd_u32le(struct rd *r);
uint64_t rd_u64le(struct rd *r);
uint16_t rd_u16be(struct rd *r);
uint32_t rd_u32be(struct rd *r);
uint64_t rd_u64be(struct rd *r);

/* Fills dst with n bytes, or with zeros when the reader has failed. */
void rd_copy(struct rd *r, void *dst, size_t n);
/* A view of n bytes that lives as long as the input; empty on failure. */
struct span rd_span(struct rd *r, size_t n);
void rd_skip(struct rd *r, size_t n);
/* A child of exactly n bytes, with its own name; it shares the fault. */
struct rd rd_within(struct rd *r, size_t n, const char *at);
/* Bytes not yet read; 0 after a failure. Bound every loop with this. */
size_t rd_left(const struct rd *r);
/* Offset of the next byte in the outermost input. */
size_t rd_offset(const struct rd *r);
bool rd_ok(const struct rd *r);
/* Fails on a leftover byte too: "no fault, and not one byte left over". */
FALLIBLE rd_end(const struct rd *r);
/* Raises a fault at the reader's place. Returns false. */
bool rd_fail(const struct rd *r, enum fault_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- writing ------------------------------------------------------------ */

/*
 * A writer has the same sticky fault. It either fills the caller's memory
 * (wr_into: never allocates) or grows a blob of its own up to `max`.
 */
struct wr {
	uint8_t *p;
	size_t n, cap, max;
	bool grows;
	const char *at;
	struct fault *f;
};

struct wr wr_into(void *buf, size_t cap, const char *at, struct fault *f);
struct wr wr_grow(size_t max, const char *at, struct fault *f);

void wr_u8(struct wr *w, uint8_t v);
void wr_u16le(struct wr *w, uint16_t v);
void wr_u32le(struct wr *w, uint32_t v);
void wr_u64le(struct wr *w, uint64_t v);
void wr_u16be(struct wr *w, uint16_t v);
void wr_u32be(struct wr *w, uint32_t v);
void wr_u64be(struct wr *w, uint64_t v);
void wr_bytes(struct wr *w, const void *p, size_t n);
void wr_span(struct wr *w, struct span s);
void wr_zero(struct wr *w, size_t n);
void wr_text(struct wr *w, const char *s); /* without the NUL */
/* A result of 512 bytes or more needs one byte of room more than it has. */
void wr_printf(struct wr *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Leaves room for n bytes (zeroed) and returns their offset, ... */
size_t wr_hold(struct wr *w, size_t n);
/* ... to be filled in when known. */
void wr_fill_u32le(struct wr *w, size_t offset, uint32_t v);
void wr_fill_u16le(struct wr *w, size_t offset, uint16_t v);

bool wr_ok(const struct wr *w);
/* What has been written so far; valid until the next write. */
struct span wr_view(const struct wr *w);
/*
 * The end of a growing writer: hands its memory to *out (with one NUL behind
 * the last byte, not counted). On failure the memory is freed.
 */
FALLIBLE wr_done(struct wr *w, struct blob *out);
/* The end of a fixed writer: how many bytes stand in the caller's memory. */
FALLIBLE wr_done_into(struct wr *w, size_t *n_out);
/* Frees the memory of a growing writer that is given up; safe always. */
void wr_drop(struct wr *w);

#endif
