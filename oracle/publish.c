/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/publish.h"

#include "oracle/http_problem.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Between a response and its HTTP head; a head is below 600 bytes. */
#define HEAD_ROOM 1024

/* The two ways to end a response's head, and what HEAD gets of either. */
enum ending { KEEP_ALIVE, CLOSE, ENDINGS };
#define DETAILS (RESPONSE_FULL + 1)

struct finished {
	struct blob bytes; /* head and body */
	size_t head_n;
};

struct board_slot {
	atomic_size_t readers;
	struct board_slot *next; /* of all slots of its cell */

	/* Below: written by the writer while the slot is not current and
	 * nobody reads it; read by whoever holds it. */
	int status;
	struct finished answer[DETAILS][ENDINGS]; /* empty: as the default */
	struct finished not_modified[ENDINGS];
	char etag[HEX_SIZE(32) + 2];
	struct utc valid_until, full_until;
	uint64_t valid_until_ns; /* 0: none */
	bool full_is_problem;
	char why[FAULT_TEXT_MAX]; /* 503: its detail */
};

/* One place where the newest of something is found. */
struct cell {
	_Atomic(struct board_slot *) current;
	struct board_slot *all; /* touched by the writer only */
};

struct board {
	struct cell value;
	struct cell failure;
	struct board_slot starting; /* nothing was published, nothing failed */
	struct board_slot expired;  /* stale, and no failed round says why */
	struct board_slot ended;    /* the collateral has ended, the rest not */
};

/* ---- slots -------------------------------------------------------------- */

static void finished_drop(struct finished *a)
{
	blob_drop(&a->bytes);
	a->head_n = 0;
}

static void slot_clear(struct board_slot *s)
{
	for (int e = 0; e < ENDINGS; e++) {
		for (int d = 0; d < DETAILS; d++)
			finished_drop(&s->answer[d][e]);
		finished_drop(&s->not_modified[e]);
	}
}

/*
 * Hazard counting. The reader counts itself in, then asks whether the slot is
 * still current; the writer makes another slot current, then asks whether
 * anybody is counted in. All four are sequentially consistent, so one of the
 * two always sees the other: a reader that came too late has looked at
 * nothing but the counter.
 */
static struct board_slot *cell_hold(struct cell *c)
{
	for (;;) {
		struct board_slot *s = atomic_load(&c->current);

		if (s == NULL)
			return NULL;
		atomic_fetch_add(&s->readers, 1);
		if (atomic_load(&c->current) == s)
			return s;
		atomic_fetch_sub(&s->readers, 1);
	}
}

void board_release(const struct board_slot *slot)
{
	/* The counter is the one part of a slot that readers write. */
	struct board_slot *s = (struct board_slot *)(uintptr_t)slot;

	atomic_fetch_sub(&s->readers, 1);
}

/*
 * A slot to fill: neither current nor held. All held by slow readers: one
 * more. What other free slots still hold is given back on the way, so that a
 * burst of slow readers costs memory only while it lasts.
 */
static struct board_slot *cell_clear_free(struct cell *c)
{
	struct board_slot *current = atomic_load(&c->current), *last = NULL;

	for (struct board_slot *s = c->all; s != NULL; s = s->next) {
		if (s == current || atomic_load(&s->readers) != 0)
			continue;
		slot_clear(s);
		last = s;
	}
	return last;
}

static struct board_slot *cell_take(struct cell *c)
{
	struct board_slot *taken = cell_clear_free(c);

	if (taken == NULL) {
		taken = calloc(1, sizeof(*taken));
		if (taken == NULL)
			return NULL;
		atomic_init(&taken->readers, 0);
		taken->next = c->all;
		c->all = taken;
	}
	return taken;
}

static void cell_free(struct cell *c)
{
	struct board_slot *next;

	for (struct board_slot *s = c->all; s != NULL; s = next) {
		next = s->next;
		slot_clear(s);
		free(s);
	}
}

/* ---- heads -------------------------------------------------------------- */

static const char *connection_of(enum ending e)
{
	switch (e) {
	case KEEP_ALIVE:
		return "keep-alive";
	case CLOSE:
	case ENDINGS:
		return "close";
	}
	return "close";
}

/* What every answer about a publication says, also 304 (RFC 9110 15.4.5). */
static void put_common(struct wr *w, const char *date, const char *etag,
    uint64_t max_age_s, enum ending e)
{
	if (date != NULL)
		wr_printf(w, "Date: %s\r\n", date);
	if (etag != NULL)
		wr_printf(w, "ETag: %s\r\n", etag);
	if (max_age_s > 0)
		wr_printf(w, "Cache-Control: public, max-age=%llu\r\n",
		    (unsigned long long)max_age_s);
	else
		wr_printf(w, "Cache-Control: %s\r\n",
		    etag != NULL ? "no-cache" : "no-store");
	wr_printf(w,
	    "Access-Control-Allow-Origin: *\r\n"
	    "Access-Control-Expose-Headers: ETag\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Connection: %s\r\n\r\n",
	    connection_of(e));
}

struct head {
	const char *status_line;
	const char *type;  /* NULL: no body */
	const char *extra; /* finished lines, or "" */
	const char *date, *etag;
	uint64_t max_age_s;
};

/* A writer has up to twice of what it wrote, and this stays for a round. */
static void give_back_room(struct blob *b)
{
	uint8_t *p = realloc(b->p, b->n + 1); /* with its NUL */

	if (p != NULL)
		b->p = p;
}

static FALLIBLE finish(const struct head *h, enum ending e, struct span body,
    struct finished *out, struct fault *f)
{
	struct wr w = wr_grow(body.n + HEAD_ROOM, "board.answer", f);

	wr_printf(&w, "HTTP/1.1 %s\r\n", h->status_line);
	if (h->type != NULL)
		wr_printf(&w, "Content-Type: %s\r\nContent-Length: %zu\r\n",
		    h->type, body.n);
	wr_text(&w, h->extra);
	put_common(&w, h->date, h->etag, h->max_age_s, e);
	size_t head_n = wr_view(&w).n;
	wr_span(&w, body);
	TRY(wr_done(&w, &out->bytes));
	give_back_room(&out->bytes);
	out->head_n = head_n;
	return true;
}

/* ---- writing ------------------------------------------------------------ */

/* A cache counts from Date, so it never holds a value beyond its validity. */
static uint64_t max_age_s(const struct publication *p, struct utc now)
{
	int64_t left_ms = p->valid_until.ms - now.ms;
	uint64_t age_ms = p->interval_ms;

	if (left_ms <= 0)
		return 0;
	if ((uint64_t)left_ms < age_ms)
		age_ms = (uint64_t)left_ms;
	return age_ms / 1000;
}

static FALLIBLE finish_problem(
    struct span problem, enum ending e, struct finished *out, struct fault *f)
{
	const struct head h = {
		.status_line = "503 Service Unavailable",
		.type = "application/problem+json",
		.extra = "Retry-After: 1\r\n",
	};

	return finish(&h, e, problem, out, f);
}

static FALLIBLE fill_value(
    struct board_slot *s, const struct publication *p, struct fault *f)
{
	const struct utc now = clock_now();
	char date[30], hex[HEX_SIZE(32)];
	const struct span body[DETAILS] = {
		[RESPONSE_SIGNATURE] = p->body_signature,
		[RESPONSE_QUOTE] = p->body,
		[RESPONSE_FULL] = p->body_full,
	};
	struct wr w = wr_into(s->etag, sizeof(s->etag), "board.etag", f);
	struct head h = {
		.status_line = "200 OK",
		.type = "application/json",
		.extra = "",
		.date = utc_format_http(now, date),
		.etag = s->etag,
		.max_age_s = max_age_s(p, now),
	};
	size_t n;

	hex_encode(sha256_span(&p->statement), hex);
	wr_printf(&w, "\"%s\"", hex);
	wr_u8(&w, 0);
	TRY(wr_done_into(&w, &n));
	s->status = 200;
	s->valid_until = p->valid_until;
	s->valid_until_ns = p->valid_until_ns;
	s->full_until = p->full_until;
	s->full_is_problem = p->full_problem.n > 0;
	for (enum ending e = KEEP_ALIVE; e < ENDINGS; e++) {
		h.status_line = "200 OK";
		h.type = "application/json";
		for (int d = 0; d < DETAILS; d++) {
			if (body[d].n > 0)
				TRY(finish(
				    &h, e, body[d], &s->answer[d][e], f));
		}
		if (s->full_is_problem) {
			finished_drop(&s->answer[RESPONSE_FULL][e]);
			TRY(finish_problem(p->full_problem, e,
			    &s->answer[RESPONSE_FULL][e], f));
		}
		h.status_line = "304 Not Modified";
		h.type = NULL;
		TRY(finish(&h, e, span_of(NULL, 0), &s->not_modified[e], f));
	}
	return true;
}

static FALLIBLE fill_problem(
    struct board_slot *s, struct span problem, const char *why, struct fault *f)
{
	struct wr w = wr_into(s->why, sizeof(s->why), "board.why", f);
	size_t n;

	wr_span(&w, span_of(why, strnlen(why, sizeof(s->why) - 1)));
	wr_u8(&w, 0);
	TRY(wr_done_into(&w, &n));
	s->status = 503;
	for (enum ending e = KEEP_ALIVE; e < ENDINGS; e++)
		TRY(finish_problem(
		    problem, e, &s->answer[RESPONSE_QUOTE][e], f));
	return true;
}

FALLIBLE board_publish(
    struct board *b, const struct publication *p, struct fault *f)
{
	struct board_slot *s = cell_take(&b->value);

	if (s == NULL)
		return fault_raise(f, FAULT_SYSTEM, "board.memory",
		    "no memory to publish a statement");
	if (p->body.n == 0)
		return fault_raise(f, FAULT_INTERNAL, "board.body",
		    "a publication has a body");
	TRY(fill_value(s, p, f));
	atomic_store(&b->value.current, s);
	/* Until the next round nobody needs what was before this one. */
	(void)cell_clear_free(&b->value);
	/* What failed before this round is history. */
	atomic_store(&b->failure.current, NULL);
	return true;
}

/* The `detail` of a problem, for those who only want the sentence. */
static void detail_of(struct span problem, char out[FAULT_TEXT_MAX])
{
	struct fault ignored = FAULT_INIT;
	struct json *doc = NULL;
	const char *text = "the last round failed";
	const struct json_node *v;

	if (json_parse(problem, &json_limits_default, "board.problem", &doc,
		&ignored)) {
		v = json_find(json_root(doc), "detail");
		if (v != NULL && json_kind_of(v) == JSON_TEXT)
			text = json_text(v);
	}
	size_t n = strnlen(text, FAULT_TEXT_MAX - 1);
	while (!utf8_is_valid(span_of(text, n)))
		n--; /* cut in the middle of a character */
	memcpy(out, text, n);
	out[n] = '\0';
	json_free(doc);
}

FALLIBLE board_fail(struct board *b, struct span problem_json, struct fault *f)
{
	struct board_slot *s = cell_take(&b->failure);
	char why[FAULT_TEXT_MAX];

	if (s == NULL)
		return fault_raise(f, FAULT_SYSTEM, "board.memory",
		    "no memory to say why a round failed");
	detail_of(problem_json, why);
	TRY(fill_problem(s, problem_json, why, f));
	atomic_store(&b->failure.current, s);
	return true;
}

/* ---- reading ------------------------------------------------------------ */

static bool is_stale(const struct board_slot *s, struct utc now)
{
	return now.ms > s->valid_until.ms ||
	    (s->valid_until_ns != 0 &&
		clock_monotonic_ns() > s->valid_until_ns);
}

/* The slot that answers at `now`, held. */
static struct board_slot *slot_at(struct board *b, struct utc now)
{
	struct board_slot *s = cell_hold(&b->value);
	bool stale = s != NULL && is_stale(s, now);

	if (s != NULL && !stale)
		return s;
	if (s != NULL)
		board_release(s);
	s = cell_hold(&b->failure);
	if (s == NULL) {
		s = stale ? &b->expired : &b->starting;
		atomic_fetch_add(&s->readers, 1);
	}
	return s;
}

/* RFC 9110 13.1.2: "*", or a list that names the tag, weak or not. */
static bool names_tag(const char *if_none_match, const char *etag)
{
	return strcmp(if_none_match, "*") == 0 ||
	    strstr(if_none_match, etag) != NULL;
}

/* The one answer that can be refused while the others are given. */
static bool is_without_collateral(
    const struct board_slot *s, const struct board_ask *ask)
{
	return s->status == 200 && ask->detail == RESPONSE_FULL &&
	    (s->full_is_problem ||
		(s->full_until.ms > 0 && ask->now.ms > s->full_until.ms));
}

void board_answer(
    struct board *b, const struct board_ask *ask, struct board_answer *out)
{
	const enum ending e = ask->close ? CLOSE : KEEP_ALIVE;
	struct board_slot *s = slot_at(b, ask->now);
	const struct finished *a = &s->answer[ask->detail][e];

	out->slot = s;
	out->status = s->status;
	if (a->bytes.n == 0)
		a = &s->answer[RESPONSE_QUOTE][e];
	if (is_without_collateral(s, ask)) {
		out->status = 503;
		if (!s->full_is_problem)
			a = &b->ended.answer[RESPONSE_QUOTE][e];
	} else if (s->status == 200 && ask->if_none_match != NULL &&
	    names_tag(ask->if_none_match, s->etag)) {
		out->status = 304;
		a = &s->not_modified[e];
	}
	out->bytes = ask->head_only ? span_of(a->bytes.p, a->head_n)
				    : blob_span(&a->bytes);
}

bool board_is_fresh(struct board *b, struct utc now, char why[FAULT_TEXT_MAX])
{
	struct board_slot *s = slot_at(b, now);
	bool fresh = s->status == 200;

	if (!fresh && why != NULL)
		memcpy(why, s->why, FAULT_TEXT_MAX);
	board_release(s);
	return fresh;
}

/* ---- making and freeing ------------------------------------------------- */

static FALLIBLE fill_fixed(
    struct board_slot *s, enum problem p, const char *detail, struct fault *f)
{
	uint8_t text[1024];
	struct wr w = wr_into(text, sizeof(text), "board.fixed", f);

	TRY(http_problem_encode(p, detail, NULL, 0, &w, f));
	return fill_problem(s, wr_view(&w), detail, f);
}

FALLIBLE board_new(struct board **out, struct fault *f)
{
	struct board *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "board.memory", "no memory for a board");
	if (!fill_fixed(&b->starting, PROBLEM_STARTING,
		"the first round has not finished yet", f) ||
	    !fill_fixed(&b->ended, PROBLEM_COLLATERAL,
		"the collateral of this response has ended", f) ||
	    !fill_fixed(&b->expired, PROBLEM_STALE,
		"the last statement is too old and no round has ended since",
		f)) {
		board_free(b);
		return false;
	}
	*out = b;
	return true;
}

void board_free(struct board *b)
{
	if (b == NULL)
		return;
	cell_free(&b->value);
	cell_free(&b->failure);
	slot_clear(&b->starting);
	slot_clear(&b->expired);
	slot_clear(&b->ended);
	free(b);
}
