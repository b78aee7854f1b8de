/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_uri.h"

#include "verify/base/text.h"

#include <string.h>

FALLIBLE http_uri_decode(
    struct span text, char *out, size_t cap, const char *at, struct fault *f)
{
	struct rd r = rd_over(text, at, f);
	size_t n = 0;

	while (rd_left(&r) > 0) {
		size_t offset = rd_offset(&r);
		uint8_t c = rd_u8(&r);

		if (c == '%') {
			struct span digits = rd_span(&r, 2);
			struct fault bad = FAULT_INIT;

			if (!rd_ok(&r) ||
			    !hex_decode(digits, &c, 1, at, &bad)) {
				fault_clear(f);
				return fault_raise_at(f, FAULT_FORMAT, at,
				    offset,
				    "%% is not followed by two hexadecimal "
				    "digits");
			}
		}
		if (c < 0x20 || c > 0x7e)
			return fault_raise_at(f, FAULT_FORMAT, at, offset,
			    "a character outside printable ASCII");
		if (n + 1 >= cap)
			return fault_raise_at(f, FAULT_LIMIT, at, offset,
			    "longer than %zu characters", cap - 1);
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return true;
}

/* RFC 3986 section 2.3. */
static bool is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

void http_uri_put_segment(struct wr *w, const char *text)
{
	for (; *text != '\0'; text++) {
		if (is_unreserved(*text))
			wr_u8(w, (uint8_t)*text);
		else
			wr_printf(w, "%%%02X", (unsigned char)*text);
	}
}

/* ---- the query ---------------------------------------------------------- */

static FALLIBLE read_nonce(
    const char *value, struct http_query *out, struct fault *f)
{
	size_t digits = strlen(value);

	if (digits == 0)
		return fault_raise(
		    f, FAULT_FORMAT, "http.nonce", "the nonce is empty");
	if (digits % 2 != 0)
		return fault_raise(f, FAULT_FORMAT, "http.nonce",
		    "the nonce has an odd number of digits: %zu", digits);
	if (digits / 2 > LIMIT_NONCE_BYTES)
		return fault_raise(f, FAULT_LIMIT, "http.nonce",
		    "the nonce has %zu bytes, at most %d are allowed",
		    digits / 2, LIMIT_NONCE_BYTES);
	TRY(hex_decode(
	    span_of(value, digits), out->nonce, digits / 2, "http.nonce", f));
	out->nonce_n = digits / 2;
	return true;
}

static FALLIBLE read_evidence(
    const char *value, struct http_query *out, struct fault *f)
{
	static const struct {
		const char *word;
		enum response_detail detail;
	} words[] = {
		{ "full", RESPONSE_FULL },
		{ "quote", RESPONSE_QUOTE },
		{ "signature", RESPONSE_SIGNATURE },
	};

	for (size_t i = 0; i < COUNT(words); i++) {
		if (strcmp(value, words[i].word) == 0) {
			out->detail = words[i].detail;
			return true;
		}
	}
	return fault_raise(f, FAULT_FORMAT, "http.evidence",
	    "evidence is full, quote or signature, not '%s'", value);
}

static FALLIBLE read_feed(
    const char *value, struct http_query *out, struct fault *f)
{
	size_t n = strlen(value);

	if (n == 0 || n > LIMIT_FEED_ID)
		return fault_raise(f, FAULT_FORMAT, "http.feed",
		    "a feed's id has 1 to %d characters, not %zu",
		    LIMIT_FEED_ID, n);
	memcpy(out->feed, value, n + 1);
	return true;
}

static const struct member {
	const char *name;
	enum http_member bit;
	bool (*read)(
	    const char *value, struct http_query *out, struct fault *f);
	enum problem problem;
} members[] = {
	{ "nonce", HTTP_NONCE, read_nonce, PROBLEM_BAD_NONCE },
	{ "evidence", HTTP_EVIDENCE, read_evidence, PROBLEM_BAD_QUERY },
	{ "feed", HTTP_FEED, read_feed, PROBLEM_BAD_QUERY },
};

static const struct member *member_find(const char *name, unsigned allowed)
{
	for (size_t i = 0; i < COUNT(members); i++) {
		if ((members[i].bit & allowed) != 0 &&
		    strcmp(members[i].name, name) == 0)
			return &members[i];
	}
	return NULL;
}

/* What stands in front of `end`, or all that is left. */
static struct span take_until(struct rd *r, uint8_t end)
{
	struct rd ahead = *r;
	size_t n = 0;

	while (rd_left(&ahead) > 0 && rd_u8(&ahead) != end)
		n++;
	return rd_span(r, n);
}

static bool skip_one(struct rd *r)
{
	if (rd_left(r) == 0)
		return false;
	rd_skip(r, 1);
	return true;
}

static FALLIBLE read_member(struct span text, unsigned allowed,
    struct http_query *out, enum problem *p, struct fault *f)
{
	char name[LIMIT_URL_BYTES + 1], value[LIMIT_URL_BYTES + 1];
	struct rd r = rd_over(text, "http.query", f);
	struct span name_text = take_until(&r, '=');

	skip_one(&r);
	TRY(http_uri_decode(name_text, name, sizeof(name), "http.query", f));
	TRY(http_uri_decode(
	    rd_span(&r, rd_left(&r)), value, sizeof(value), "http.query", f));

	const struct member *m = member_find(name, allowed);
	if (m == NULL)
		return fault_raise(f, FAULT_FORMAT, "http.query.unknown",
		    "'%.64s' is not a query member of this route", name);
	if ((out->given & m->bit) != 0)
		return fault_raise(f, FAULT_FORMAT, "http.query.twice",
		    "%s is given twice", m->name);
	out->given |= m->bit;
	*p = m->problem;
	return m->read(value, out, f);
}

FALLIBLE http_uri_query(const char *query, unsigned allowed,
    struct http_query *out, enum problem *p, struct fault *f)
{
	struct rd r = rd_over(span_text(query), "http.query", f);

	*out = (struct http_query){ .detail = RESPONSE_QUOTE };
	if (rd_left(&r) == 0)
		return true;
	do {
		*p = PROBLEM_BAD_QUERY;
		TRY(read_member(take_until(&r, '&'), allowed, out, p, f));
	} while (skip_one(&r));
	return true;
}
