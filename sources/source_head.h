/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head of an HTTP/1.1 answer, line by line as libcurl hands it over, and
 * the few things that matter in it: the status, how the end of the body is
 * known, whether it is compressed, Date, Age, Location, Retry-After.
 *
 * libcurl accepts more than evidence should rest on: a body with no declared
 * end that a cut connection ends (RFC 9112 6.3 item 8), conflicting lengths,
 * folded lines. Those are refused here.
 */
#ifndef AFFIANT_SOURCE_HEAD_H
#define AFFIANT_SOURCE_HEAD_H

#include "verify/base/limits.h"
#include "verify/base/utc.h"

/* RFC 9111 1.2.2: what a cache says when it has lost count. */
#define SOURCE_HEAD_AGE_MAX_S 2147483647

enum source_head_state {
	SOURCE_HEAD_START, /* in front of a status line, also after a 1xx */
	SOURCE_HEAD_FIELDS,
	SOURCE_HEAD_BODY /* behind the empty line; further lines: trailers */
};

struct source_head {
	enum source_head_state state;
	unsigned status;
	size_t bytes, lines; /* of all heads of this exchange, and trailers */
	bool has_length;
	uint64_t length;
	bool is_chunked;
	bool is_encoded; /* Content-Encoding other than identity */
	bool has_date;
	bool has_two_dates; /* that differ: then none is believed */
	struct utc date;
	bool has_bad_age;     /* an Age that cannot be read */
	uint64_t age_s;       /* in caches, by the longest Age; 0: none given */
	bool has_retry_after; /* in seconds, or a date beside a Date */
	uint64_t retry_after_s;
	bool has_retry_date;
	struct utc retry_date;
	bool has_location;
	char location[LIMIT_URL_BYTES + 1];
};

/*
 * Takes one line as it came, line end included. Faults (REMOTE): "source.http"
 * for what is no HTTP, "source.limit", "source.framing".
 */
FALLIBLE source_head_take(
    struct source_head *h, struct span line, struct fault *f);

/*
 * Whether a line, as it came, is the field of this name, in any case; its
 * value, without the white space around it, is then a view into the line.
 */
bool source_head_field(struct span line, const char *name, struct span *value);

/*
 * The body's end is declared and the body is not compressed: to be asked when
 * the head is complete and the status is 200. "source.framing",
 * "source.encoding".
 */
FALLIBLE source_head_check_body(const struct source_head *h, struct fault *f);

#endif
