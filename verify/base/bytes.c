/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/bytes.h"

#include "verify/base/secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- spans and blobs ---------------------------------------------------- */

struct span span_of(const void *p, size_t n)
{
	return (struct span){ .p = p, .n = n };
}

struct span span_text(const char *s)
{
	return span_of(s, s != NULL ? strlen(s) : 0);
}

struct span blob_span(const struct blob *b)
{
	return span_of(b->p, b->n);
}

bool span_equal(struct span a, struct span b)
{
	/* memcmp wants valid pointers even for nothing. */
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool span_equal_text(struct span a, const char *s)
{
	return span_equal(a, span_text(s));
}

bool span_is_zero(struct span a)
{
	uint8_t any = 0;

	for (size_t i = 0; i < a.n; i++)
		any |= a.p[i];
	return any == 0;
}

FALLIBLE blob_copy(struct span in, struct blob *out, struct fault *f)
{
	uint8_t *p = NULL;

	if (in.n < SIZE_MAX)
		p = malloc(in.n + 1);
	if (p == NULL)
		return fault_raise(f, FAULT_SYSTEM, "blob.memory",
		    "no memory for %zu bytes", in.n);
	if (in.n > 0)
		memcpy(p, in.p, in.n);
	p[in.n] = 0;
	*out = (struct blob){ .p = p, .n = in.n };
	return true;
}

struct blob blob_move(struct blob *from)
{
	struct blob b = *from;

	*from = (struct blob){ 0 };
	return b;
}

void blob_drop(struct blob *b)
{
	free(b->p);
	*b = (struct blob){ 0 };
}

void blob_wipe(struct blob *b)
{
	if (b->p != NULL)
		secret_wipe_bytes(b->p, b->n);
	blob_drop(b);
}

/* ---- reading ------------------------------------------------------------ */

struct rd rd_over(struct span in, const char *at, struct fault *f)
{
	return (struct rd){ .in = in, .at = at, .f = f };
}

bool rd_ok(const struct rd *r)
{
	return r->f->kind == FAULT_NONE;
}

size_t rd_left(const struct rd *r)
{
	return rd_ok(r) ? r->in.n - r->pos : 0;
}

size_t rd_offset(const struct rd *r)
{
	return r->base + r->pos;
}

bool rd_fail(const struct rd *r, enum fault_kind kind, const char *fmt, ...)
{
	char text[FAULT_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	return fault_raise_at(r->f, kind, r->at, rd_offset(r), "%s", text);
}

/*
 * The next n bytes; NULL with a fault, or when n is 0. The only place that
 * moves.
 */
static const uint8_t *take(struct rd *r, size_t n)
{
	const uint8_t *p;

	if (!rd_ok(r) || n == 0)
		return NULL;
	if (n > r->in.n - r->pos) {
		rd_fail(r, FAULT_FORMAT, "ends early: want %zu bytes, have %zu",
		    n, r->in.n - r->pos);
		return NULL;
	}
	p = r->in.p + r->pos;
	r->pos += n;
	return p;
}

static uint64_t take_le(struct rd *r, size_t n)
{
	const uint8_t *p = take(r, n);
	uint64_t v = 0;

	if (p == NULL)
		return 0;
	for (size_t i = n; i > 0; i--)
		v = v << 8 | p[i - 1];
	return v;
}

static uint64_t take_be(struct rd *r, size_t n)
{
	const uint8_t *p = take(r, n);
	uint64_t v = 0;

	if (p == NULL)
		return 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

uint8_t rd_u8(struct rd *r)
{
	return (uint8_t)take_le(r, 1);
}

uint16_t rd_u16le(struct rd *r)
{
	return (uint16_t)take_le(r, 2);
}

uint32_t rd_u32le(struct rd *r)
{
	return (uint32_t)take_le(r, 4);
}

uint64_t rd_u64le(struct rd *r)
{
	return take_le(r, 8);
}

uint16_t rd_u16be(struct rd *r)
{
	return (uint16_t)take_be(r, 2);
}

uint32_t rd_u32be(struct rd *r)
{
	return (uint32_t)take_be(r, 4);
}

uint64_t rd_u64be(struct rd *r)
{
	return take_be(r, 8);
}

void rd_copy(struct rd *r, void *dst, size_t n)
{
	const uint8_t *p = take(r, n);

	if (p != NULL)
		memcpy(dst, p, n);
	else if (n > 0)
		memset(dst, 0, n);
}

struct span rd_span(struct rd *r, size_t n)
{
	const uint8_t *p = take(r, n);

	return p != NULL ? span_of(p, n) : span_of(NULL, 0);
}

void rd_skip(struct rd *r, size_t n)
{
	(void)take(r, n);
}

struct rd rd_within(struct rd *r, size_t n, const char *at)
{
	size_t base = rd_offset(r);
	struct span in = rd_span(r, n);

	return (struct rd){ .in = in, .base = base, .at = at, .f = r->f };
}

FALLIBLE rd_end(const struct rd *r)
{
	if (!rd_ok(r))
		return false;
	if (rd_left(r) > 0)
		return rd_fail(
		    r, FAULT_FORMAT, "%zu bytes left over", rd_left(r));
	return true;
}

/* ---- writing ------------------------------------------------------------ */

struct wr wr_into(void *buf, size_t cap, const char *at, struct fault *f)
{
	return (
	    struct wr){ .p = buf, .cap = cap, .max = cap, .at = at, .f = f };
}

struct wr wr_grow(size_t max, const char *at, struct fault *f)
{
	return (struct wr){ .max = max, .grows = true, .at = at, .f = f };
}

bool wr_ok(const struct wr *w)
{
	return w->f->kind == FAULT_NONE;
}

/* Makes cap at least `need`, by doubling; need <= max + 1. */
static bool enlarge(struct wr *w, size_t need)
{
	size_t cap = w->cap > 0 ? w->cap : 256;
	uint8_t *p;

	while (cap < need)
		cap = cap <= SIZE_MAX / 2 ? 2 * cap : SIZE_MAX;
	p = realloc(w->p, cap);
	if (p == NULL)
		return fault_raise(
		    w->f, FAULT_SYSTEM, w->at, "no memory for %zu bytes", cap);
	w->p = p;
	w->cap = cap;
	return true;
}

/* Room for n more bytes; NULL with a fault, or when n is 0. */
static uint8_t *room(struct wr *w, size_t n)
{
	uint8_t *p;

	if (!wr_ok(w) || n == 0)
		return NULL;
	if (n > w->max - w->n) {
		fault_raise(
		    w->f, FAULT_LIMIT, w->at, "more than %zu bytes", w->max);
		return NULL;
	}
	/* One byte more than asked for: wr_done puts a NUL there. */
	if (w->grows && w->cap - w->n <= n && !enlarge(w, w->n + n + 1))
		return NULL;
	p = w->p + w->n;
	w->n += n;
	return p;
}

static void put_le(struct wr *w, uint64_t v, size_t n)
{
	uint8_t *p = room(w, n);

	for (size_t i = 0; p != NULL && i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static void put_be(struct wr *w, uint64_t v, size_t n)
{
	uint8_t *p = room(w, n);

	for (size_t i = 0; p != NULL && i < n; i++)
		p[n - 1 - i] = (uint8_t)(v >> (8 * i));
}

void wr_u8(struct wr *w, uint8_t v)
{
	uint8_t *p = room(w, 1);

	if (p != NULL)
		*p = v;
}

void wr_u16le(struct wr *w, uint16_t v)
{
	put_le(w, v, 2);
}

void wr_u32le(struct wr *w, uint32_t v)
{
	put_le(w, v, 4);
}

void wr_u64le(struct wr *w, uint64_t v)
{
	put_le(w, v, 8);
}

void wr_u16be(struct wr *w, uint16_t v)
{
	put_be(w, v, 2);
}

void wr_u32be(struct wr *w, uint32_t v)
{
	put_be(w, v, 4);
}

void wr_u64be(struct wr *w, uint64_t v)
{
	put_be(w, v, 8);
}

void wr_bytes(struct wr *w, const void *p, size_t n)
{
	uint8_t *dst = room(w, n);

	if (dst != NULL)
		memcpy(dst, p, n);
}

void wr_span(struct wr *w, struct span s)
{
	wr_bytes(w, s.p, s.n);
}

void wr_zero(struct wr *w, size_t n)
{
	uint8_t *dst = room(w, n);

	if (dst != NULL)
		memset(dst, 0, n);
}

void wr_text(struct wr *w, const char *s)
{
	wr_bytes(w, s, strlen(s));
}

void wr_printf(struct wr *w, const char *fmt, ...)
{
	char text[512];
	uint8_t *dst;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0) {
		fault_raise(w->f, FAULT_INTERNAL, w->at, "cannot format");
		return;
	}
	if ((size_t)n < sizeof(text)) {
		wr_bytes(w, text, (size_t)n);
		return;
	}
	/* Longer: print in place. The NUL of vsnprintf needs one byte more. */
	dst = room(w, (size_t)n + 1);
	if (dst == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf((char *)dst, (size_t)n + 1, fmt, ap);
	va_end(ap);
	w->n -= 1;
}

size_t wr_hold(struct wr *w, size_t n)
{
	size_t offset = w->n;

	wr_zero(w, n);
	return offset;
}

static void fill_le(struct wr *w, size_t offset, uint64_t v, size_t n)
{
	if (!wr_ok(w))
		return;
	if (offset > w->n || n > w->n - offset) {
		fault_raise_at(w->f, FAULT_INTERNAL, w->at, offset,
		    "no room was held here");
		return;
	}
	for (size_t i = 0; i < n; i++)
		w->p[offset + i] = (uint8_t)(v >> (8 * i));
}

void wr_fill_u32le(struct wr *w, size_t offset, uint32_t v)
{
	fill_le(w, offset, v, 4);
}

void wr_fill_u16le(struct wr *w, size_t offset, uint16_t v)
{
	fill_le(w, offset, v, 2);
}

struct span wr_view(const struct wr *w)
{
	return span_of(w->p, w->n);
}

FALLIBLE wr_done(struct wr *w, struct blob *out)
{
	if (!w->grows)
		return fault_raise(w->f, FAULT_INTERNAL, w->at,
		    "wr_done is for growing writers");
	/* Even an empty result has its NUL. */
	if (!wr_ok(w) || (w->cap == 0 && !enlarge(w, 1))) {
		wr_drop(w);
		return false;
	}
	w->p[w->n] = 0;
	*out = (struct blob){ .p = w->p, .n = w->n };
	w->p = NULL;
	wr_drop(w);
	return true;
}

FALLIBLE wr_done_into(struct wr *w, size_t *n_out)
{
	if (!wr_ok(w))
		return false;
	*n_out = w->n;
	return true;
}

void wr_drop(struct wr *w)
{
	if (w->grows)
		free(w->p);
	w->p = NULL;
	w->n = 0;
	w->cap = 0;
}
