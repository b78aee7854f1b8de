/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One source: its question, the exchange while it is asked, and what was
 * picked from the answer. Between fetches it has nothing but the question.
 */
#ifndef AFFIANT_SOURCE_HTTP_H
#define AFFIANT_SOURCE_HTTP_H

#include "sources/source_loop.h"

struct source_http;

FALLIBLE source_http_open(struct source_loop *loop,
    const struct source_config *c, struct source_http **out, struct fault *f);
void source_http_free(struct source_http *h);

/*
 * Asks, for at most deadline_ms (0: the source's own timeout). False: it has
 * failed already; else done() is called later, by a turn of the loop.
 */
bool source_http_start(struct source_http *h, uint32_t deadline_ms,
    void (*done)(void *user), void *user);
/* Ends what is under way; done() is not called. */
void source_http_stop(struct source_http *h);
bool source_http_is_running(const struct source_http *h);
/* What came of it. Views borrow from h until it forgets or starts. */
void source_http_result(const struct source_http *h, struct source_result *out);
void source_http_forget(struct source_http *h);

#endif
