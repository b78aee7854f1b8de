/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request under way and what comes back: everything that libcurl calls us
 * for stands in source_answer.c. HTTP/1.1 only: every public host known to us
 * speaks it, a connection then carries one exchange at a time, and the end of
 * a body is told by headers that we can check.
 */
#ifndef AFFIANT_SOURCE_ANSWER_H
#define AFFIANT_SOURCE_ANSWER_H

#include "sources/source_head.h"
#include "sources/source_tls.h"
#include "sources/source_url.h"

#include <curl/curl.h>

/* What is wanted; borrowed. */
struct source_want_answer {
	const struct source_url *url;
	size_t max_bytes;
	bool allow_private;
	bool may_redirect;  /* else a redirect is a fault */
	const char *header; /* one to keep, by name in any case; or NULL */
	const struct source_config *config; /* pins and the like */
};

/* Zeroed before each request; nothing in it moves while one is under way. */
struct source_answer {
	struct source_want_answer want;
	CURL *easy;
	struct source_head head;
	struct source_tls tls;
	struct blob body; /* what has come of it, and room up to body_cap */
	size_t body_cap, n_discarded;
	bool has_header;
	struct blob header;
	const char *refused; /* what an address was that libcurl would try */
	struct fault fault;
	char error[CURL_ERROR_SIZE];
};
void source_answer_drop(struct source_answer *a);

/* Zeroes it and makes the handle report to it. INTERNAL. */
FALLIBLE source_answer_await(struct source_answer *a,
    const struct source_want_answer *want, CURL *easy, struct fault *f);
/*
 * libcurl is done. True: the answer is complete, and either a 200 with its
 * body or, where that is wanted, a redirect. Else a.fault says why not; its
 * only own timeout is that of the connection, connect_ms.
 */
FALLIBLE source_answer_judge(
    struct source_answer *a, CURLcode code, uint32_t connect_ms);

bool source_answer_is_redirect(const struct source_answer *a);

#endif
