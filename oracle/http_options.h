/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How civetweb is set up, in one place: the benchmark measures us against the
 * same library under the same options.
 */
#ifndef AFFIANT_HTTP_OPTIONS_H
#define AFFIANT_HTTP_OPTIONS_H

/* The head of a connection's first request arrives within this ... */
#define HTTP_FIRST_HEAD_MS 3000
/* ... and that of the next one within this, from the answer before. */
#define HTTP_NEXT_HEAD_MS 1000

struct http_options {
	const char *list[32]; /* for mg_start: names and values, then NULL */
	char threads[12], head_bytes[12], backlog[12], first[12], next[12];
};

/* `listen` is borrowed; the list points into *out, which must not move. */
void http_options_fill(
    struct http_options *out, const char *listen, unsigned threads);

#endif
