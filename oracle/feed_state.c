/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/feed_state.h"

#include "verify/base/canon.h"
#include "verify/base/file.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE_TYPE "affiant.feed-state.v1"
/* Integers of a statement stay below 2^53. */
#define ROUND_MAX ((UINT64_C(1) << 53) - 1)

struct feed_state {
	pthread_mutex_t lock;
	char *path;
	char *feed_id;
	uint64_t next, reserved; /* given out: all below next */
	uint64_t block;          /* how many to reserve the next time */
	struct feed_past past;
};

/* ---- the file ----------------------------------------------------------- */

/* Callers hold the lock. */
static FALLIBLE save(const struct feed_state *s, uint64_t reserved,
    const struct feed_past *past, struct fault *f)
{
	uint8_t text[LIMIT_FEED_STATE_BYTES];
	char value[DEC_TEXT_SIZE];
	struct wr w = wr_into(text, sizeof(text), "feed_state.file", f);
	struct canon c = canon_to(&w);
	size_t n;

	canon_object(&c, NULL);
	canon_text(&c, "feed", s->feed_id);
	if (past->has_previous)
		canon_hex(&c, "previous", sha256_span(&past->previous));
	canon_u64(&c, "reserved", reserved);
	if (past->has_previous)
		canon_u64(&c, "timestamp", (uint64_t)past->timestamp.ms);
	canon_text(&c, "type", STATE_TYPE);
	if (past->has_previous && past->has_value)
		canon_text(&c, "value", dec_format(&past->value, value));
	canon_end(&c);
	TRY(wr_done_into(&w, &n));
	return file_write(s->path, span_of(text, n), 0600, f);
}

static FALLIBLE decode(struct feed_state *s, struct span text, struct fault *f)
{
	static const struct json_limits limits = {
		.max_bytes = LIMIT_FEED_STATE_BYTES,
		.max_depth = 1,
		.max_values = 16,
	};
	static const char at[] = "feed_state.file";
	AUTO(json_drop) struct json *doc = NULL;
	const char *type = NULL, *feed = NULL, *previous = NULL, *value = NULL;
	uint64_t reserved = 0, timestamp = 0;
	const struct json_field fields[] = {
		{ "feed", JSON_WANT_TEXT, false, &feed },
		{ "previous", JSON_WANT_TEXT, true, &previous },
		{ "reserved", JSON_WANT_U64, false, &reserved },
		{ "timestamp", JSON_WANT_U64, true, &timestamp },
		{ "type", JSON_WANT_TEXT, false, &type },
		{ "value", JSON_WANT_TEXT, true, &value },
	};
	struct feed_past past = { .has_previous = false };

	TRY(json_parse(text, &limits, "feed_state.file", &doc, f));
	TRY(json_read(json_root(doc), fields, COUNT(fields), at, f));
	if (!span_equal_text(span_text(type), STATE_TYPE))
		return fault_raise(f, FAULT_FORMAT, "feed_state.file",
		    "its type is not " STATE_TYPE);
	if (!span_equal_text(span_text(feed), s->feed_id))
		return fault_raise(f, FAULT_FORMAT, "feed_state.file",
		    "it is the state of another feed");
	if ((previous != NULL) != (timestamp != 0))
		return fault_raise(f, FAULT_FORMAT, "feed_state.file",
		    "previous and timestamp go together");
	past.has_value = value != NULL;
	if (past.has_value &&
	    (previous == NULL || !dec_text_is_canonical(span_text(value)) ||
		!dec_parse_any(span_text(value), &past.value, NULL)))
		return fault_raise(f, FAULT_FORMAT, "feed_state.file",
		    "value is a decimal, and goes with previous");
	if (previous != NULL) {
		TRY(hex_decode(span_text(previous), past.previous.b,
		    sizeof(past.previous.b), "feed_state.file", f));
		past.has_previous = true;
		past.timestamp.ms = (int64_t)timestamp;
	}
	s->reserved = reserved;
	s->past = past;
	return true;
}

static FALLIBLE load(struct feed_state *s, struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };

	if (!file_exists(s->path))
		return true;
	TRY(file_read(s->path, LIMIT_FEED_STATE_BYTES, &text, f));
	if (!decode(s, blob_span(&text), f))
		return fault_within(f,
		    "%s is damaged (move it away to start anew from the Unix "
		    "second)",
		    s->path);
	return true;
}

/* ---- numbers ------------------------------------------------------------ */

/* Callers hold the lock, or are alone. */
static FALLIBLE reserve(struct feed_state *s, struct fault *f)
{
	uint64_t reserved = s->next + s->block;

	if (reserved > ROUND_MAX)
		return fault_raise(f, FAULT_LIMIT, "feed_state.rounds",
		    "the feed has used up its round numbers");
	TRY(save(s, reserved, &s->past, f));
	s->reserved = reserved;
	if (s->block < FEED_STATE_BLOCK_MAX)
		s->block *= 2;
	return true;
}

bool feed_state_take_round(
    struct feed_state *s, uint64_t *round_out, struct fault *f)
{
	bool ok = true;

	pthread_mutex_lock(&s->lock);
	if (s->next >= s->reserved)
		ok = reserve(s, f);
	if (ok)
		*round_out = s->next++;
	pthread_mutex_unlock(&s->lock);
	return ok;
}

struct feed_past feed_state_past(struct feed_state *s)
{
	pthread_mutex_lock(&s->lock);
	struct feed_past past = s->past;
	pthread_mutex_unlock(&s->lock);
	return past;
}

bool feed_state_record(
    struct feed_state *s, const struct feed_past *past, struct fault *f)
{
	pthread_mutex_lock(&s->lock);
	/* The next round's number along with it: one write a round. */
	uint64_t reserved = s->reserved;
	if (reserved == s->next && reserved < ROUND_MAX)
		reserved++;
	bool ok = save(s, reserved, past, f);
	if (ok) {
		s->past = *past;
		s->reserved = reserved;
		s->block = 1;
	}
	pthread_mutex_unlock(&s->lock);
	return ok;
}

/* ---- lifetime ----------------------------------------------------------- */

static void drop(struct feed_state **s)
{
	feed_state_free(*s);
	*s = NULL;
}

static FALLIBLE make_path(struct feed_state *s, const char *state_dir,
    const char *feed_id, struct fault *f)
{
	char name[HEX_SIZE(LIMIT_FEED_ID)];
	struct span id = span_text(feed_id);
	char *dir = NULL;

	if (id.n == 0 || id.n > LIMIT_FEED_ID)
		return fault_raise(f, FAULT_USAGE, "feed_state.id",
		    "a feed id has 1 to %d characters", LIMIT_FEED_ID);
	/* Ids have slashes and more in them; hexadecimal has not. */
	hex_encode(id, name);
	if (asprintf(&dir, "%s/feeds", state_dir) < 0)
		return fault_raise(
		    f, FAULT_SYSTEM, "feed_state.memory", "not enough memory");
	bool ok = dir_make(dir, 0700, f);
	if (ok && asprintf(&s->path, "%s/%s.json", dir, name) < 0) {
		s->path = NULL;
		ok = fault_raise(
		    f, FAULT_SYSTEM, "feed_state.memory", "not enough memory");
	}
	free(dir);
	return ok;
}

bool feed_state_open(const char *state_dir, const char *feed_id, struct utc now,
    struct feed_state **out, struct fault *f)
{
	AUTO(drop) struct feed_state *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "feed_state.memory", "not enough memory");
	pthread_mutex_init(&s->lock, NULL);
	s->feed_id = strdup(feed_id);
	if (s->feed_id == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "feed_state.memory", "not enough memory");
	TRY(make_path(s, state_dir, feed_id, f));
	TRY(load(s, f));
	s->block = 1;
	s->next = (uint64_t)(now.ms / 1000);
	if (s->reserved > s->next)
		s->next = s->reserved;
	TRY(reserve(s, f));
	*out = s;
	s = NULL;
	return true;
}

void feed_state_free(struct feed_state *s)
{
	if (s == NULL)
		return;
	pthread_mutex_destroy(&s->lock);
	free(s->path);
	free(s->feed_id);
	free(s);
}
