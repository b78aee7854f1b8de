/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the handlers share: the oracle behind them, the gate in front of
 * quotes, and answers that are made on demand and kept for a while.
 */
#ifndef AFFIANT_HTTP_SITE_H
#define AFFIANT_HTTP_SITE_H

#include "oracle/http_server.h"

#include <pthread.h>
#include <stdatomic.h>

/* Made by whoever asks first, then served from the board until it is old. */
struct http_kept {
	pthread_mutex_t making;
	struct board *board;
};

/* For /metrics. */
struct http_load {
	unsigned threads;
	atomic_uint connections; /* each holds a thread */
	atomic_uint answering;   /* requests under way */
	/* What was sent, by class of status. Relaxed: nothing hangs on it. */
	atomic_uint_least64_t answers[METRICS_CLASSES];
};

struct http_site {
	struct http_deps deps;
	struct utc started;
	struct http_load load;
	/*
	 * Requests that wait for a quote hold a thread each. The gate keeps
	 * some threads free of them, so that plain answers never wait.
	 */
	atomic_uint waiting;
	unsigned max_waiting;
	atomic_bool stopping;
	struct http_kept key, collateral;
};

FALLIBLE http_site_init(struct http_site *site, const struct http_deps *deps,
    unsigned max_waiting, struct fault *f);
void http_site_drop(struct http_site *site);

/* False when too many wait already; else pair with http_site_leave. */
bool http_site_enter(struct http_site *site);
void http_site_leave(struct http_site *site);

/* NULL when there is none. */
struct feed *http_site_feed_by_id(const struct http_site *site, const char *id);
struct feed *http_site_feed_by_path(
    const struct http_site *site, const char *path);

#endif
