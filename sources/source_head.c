/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_head.h"

#include "verify/base/text.h"

#include <string.h>
#include <strings.h>

/* ---- lines -------------------------------------------------------------- */

static struct span without_line_end(struct span line)
{
	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* Optional white space around a field's value (RFC 9112 5). */
static struct span trim(struct span s)
{
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	return s;
}

static bool equal_ignoring_case(struct span s, const char *word)
{
	return s.n == strlen(word) &&
	    strncasecmp((const char *)s.p, word, s.n) == 0;
}

static FALLIBLE status_line(
    struct source_head *h, struct span line, struct fault *f)
{
	AUTO(fault_clear) struct fault inner = FAULT_INIT;
	struct rd r = rd_over(line, "source.http", &inner);
	struct span version = rd_span(&r, 8);
	uint8_t space = rd_u8(&r);
	struct span code = rd_span(&r, 3);
	uint64_t status;

	/* "HTTP/1.1 200 OK"; the reason phrase may be missing. */
	if (!rd_ok(&r) || space != ' ' ||
	    (!span_equal_text(version, "HTTP/1.1") &&
		!span_equal_text(version, "HTTP/1.0")) ||
	    !u64_parse(code, &status, "source.http", NULL) || status < 100 ||
	    (rd_left(&r) > 0 && rd_u8(&r) != ' '))
		return fault_raise(f, FAULT_REMOTE, "source.http",
		    "the answer is not HTTP/1.1");
	/* RFC 9110 15.2.2: only to a request that asked for it. */
	if (status == 101)
		return fault_raise(f, FAULT_REMOTE, "source.http",
		    "the server switches to another protocol, unasked");
	h->status = (unsigned)status;
	h->state = SOURCE_HEAD_FIELDS;
	return true;
}

/* ---- fields ------------------------------------------------------------- */

static FALLIBLE take_length(
    struct source_head *h, struct span value, struct fault *f)
{
	uint64_t length;

	if (!u64_parse(value, &length, "source.framing", NULL))
		return fault_raise(f, FAULT_REMOTE, "source.framing",
		    "the Content-Length is not a number");
	if (h->has_length && h->length != length)
		return fault_raise(f, FAULT_REMOTE, "source.framing",
		    "there are two different Content-Length lines");
	h->has_length = true;
	h->length = length;
	return true;
}

static FALLIBLE take_transfer_encoding(
    struct source_head *h, struct span value, struct fault *f)
{
	if (h->is_chunked || !equal_ignoring_case(value, "chunked"))
		return fault_raise(f, FAULT_REMOTE, "source.framing",
		    "the Transfer-Encoding is something else than chunked");
	h->is_chunked = true;
	return true;
}

static FALLIBLE take_content_encoding(
    struct source_head *h, struct span value, struct fault *f)
{
	(void)f;
	if (value.n > 0 && !equal_ignoring_case(value, "identity"))
		h->is_encoded = true;
	return true;
}

/* Absence is no error, and neither is a bad Date: it is then not used. */
static FALLIBLE take_date(
    struct source_head *h, struct span value, struct fault *f)
{
	struct utc date;

	(void)f;
	if (!utc_parse_http(value, &date, "source.http", NULL))
		return true;
	if (h->has_date && h->date.ms != date.ms)
		h->has_two_dates = true;
	h->has_date = true;
	h->date = date;
	return true;
}

/*
 * RFC 9111 5.1: how long ago a cache's answer was made, or last confirmed.
 * One that cannot be read leaves open how old the Date is.
 */
static FALLIBLE take_age(
    struct source_head *h, struct span value, struct fault *f)
{
	uint64_t age_s;

	(void)f;
	if (!u64_parse(value, &age_s, "source.http", NULL) ||
	    age_s > SOURCE_HEAD_AGE_MAX_S)
		h->has_bad_age = true;
	else if (age_s > h->age_s)
		h->age_s = age_s;
	return true;
}

static FALLIBLE take_location(
    struct source_head *h, struct span value, struct fault *f)
{
	if (h->has_location || value.n > LIMIT_URL_BYTES || value.n == 0 ||
	    !ascii_is_printable(value))
		return fault_raise(f, FAULT_REMOTE, "source.redirect",
		    "the server's Location is empty, doubled, over-long or no "
		    "URL");
	memcpy(h->location, value.p, value.n);
	h->location[value.n] = '\0';
	h->has_location = true;
	return true;
}

/* RFC 9110 10.2.3: seconds, or a date. Anything else says nothing. */
static FALLIBLE take_retry_after(
    struct source_head *h, struct span value, struct fault *f)
{
	(void)f;
	h->has_retry_after =
	    u64_parse(value, &h->retry_after_s, "source.http", NULL);
	h->has_retry_date = !h->has_retry_after &&
	    utc_parse_http(value, &h->retry_date, "source.http", NULL);
	return true;
}

/* By the server's own clock, which named the date. */
static void settle_retry_date(struct source_head *h)
{
	if (!h->has_retry_date || !h->has_date || h->has_two_dates ||
	    h->retry_date.ms < h->date.ms)
		return;
	h->has_retry_after = true;
	h->retry_after_s = (uint64_t)(h->retry_date.ms - h->date.ms) / 1000;
}

static const struct {
	const char *name;
	FALLIBLE(*take)
	(struct source_head *h, struct span value, struct fault *f);
} fields[] = {
	{ "content-length", take_length },
	{ "transfer-encoding", take_transfer_encoding },
	{ "content-encoding", take_content_encoding },
	{ "date", take_date },
	{ "age", take_age },
	{ "location", take_location },
	{ "retry-after", take_retry_after },
};

/* RFC 9112 5.2: a folded line is obsolete, and a way to hide things. */
static bool split(struct span line, struct span *name, struct span *value)
{
	const uint8_t *colon = line.n > 0 ? memchr(line.p, ':', line.n) : NULL;

	if (colon == NULL || colon == line.p || is_blank(line.p[0]))
		return false;
	*name = span_of(line.p, (size_t)(colon - line.p));
	*value = trim(span_of(colon + 1, line.n - name->n - 1));
	return true;
}

bool source_head_field(struct span line, const char *name, struct span *value)
{
	struct span found, text;

	if (!split(without_line_end(line), &found, &text) ||
	    !equal_ignoring_case(found, name))
		return false;
	*value = text;
	return true;
}

static FALLIBLE field_line(
    struct source_head *h, struct span line, struct fault *f)
{
	struct span name, value;

	if (!split(line, &name, &value))
		return fault_raise(f, FAULT_REMOTE, "source.http",
		    "a header line of the answer has no name");
	for (size_t i = 0; i < COUNT(fields); i++) {
		if (equal_ignoring_case(name, fields[i].name))
			return fields[i].take(h, value, f);
	}
	return true;
}

/* A further head belongs to the answer behind a 1xx: nothing is carried over
 * but the counts. */
static void start_again(struct source_head *h)
{
	size_t bytes = h->bytes, lines = h->lines;

	*h = (struct source_head){ .bytes = bytes, .lines = lines };
}

FALLIBLE source_head_take(
    struct source_head *h, struct span line, struct fault *f)
{
	h->bytes += line.n;
	h->lines++;
	if (h->bytes > LIMIT_HEADER_BYTES || h->lines > LIMIT_HEADER_LINES)
		return fault_raise(f, FAULT_REMOTE, "source.limit",
		    "the headers exceed %d bytes or %d lines",
		    LIMIT_HEADER_BYTES, LIMIT_HEADER_LINES);
	line = without_line_end(line);
	switch (h->state) {
	case SOURCE_HEAD_START:
		return status_line(h, line, f);
	case SOURCE_HEAD_FIELDS:
		if (line.n > 0)
			return field_line(h, line, f);
		if (h->status < 200) {
			start_again(h);
			return true;
		}
		settle_retry_date(h);
		h->state = SOURCE_HEAD_BODY;
		return true;
	case SOURCE_HEAD_BODY:
		/* Trailers are counted and mean nothing. */
		return true;
	}
	return fault_raise(f, FAULT_INTERNAL, "source.internal", "bad state");
}

FALLIBLE source_head_check_body(const struct source_head *h, struct fault *f)
{
	if (h->state != SOURCE_HEAD_BODY)
		return fault_raise(f, FAULT_REMOTE, "source.framing",
		    "the answer ended within its headers");
	if (h->has_length && h->is_chunked)
		return fault_raise(f, FAULT_REMOTE, "source.framing",
		    "the answer has both Content-Length and chunks");
	if (!h->has_length && !h->is_chunked)
		return fault_raise(f, FAULT_REMOTE, "source.framing",
		    "the answer declares neither a length nor chunks, so a "
		    "cut connection would look like its end");
	if (h->is_encoded)
		return fault_raise(f, FAULT_REMOTE, "source.encoding",
		    "the body is compressed although that was not asked for");
	return true;
}
