/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP interface (DESIGN section 5) on civetweb: starting, stopping, and
 * what keeps a few slow or greedy clients from shutting out the others.
 */
#ifndef AFFIANT_HTTP_SERVER_H
#define AFFIANT_HTTP_SERVER_H

#include "oracle/feed.h"
#include "oracle/metrics.h"
#include "oracle/recent.h"
#include "oracle/submit_hub.h"

/* Borrowed; everything must outlive the server. feeds[i] serves
 * config->feeds[i]. */
struct http_deps {
	const struct config *config;
	struct feed *const *feeds;
	size_t n_feeds;
	struct signer *signer;
	struct attest *attest;
	struct quoter *quoter;
	struct recent *recent;
	struct collateral_keeper *collateral; /* or NULL, as in feed_deps */
	struct submit_hub *chains;            /* NULL: writes to none */
	struct trusted_time *time;            /* or NULL, as in feed_deps */
	struct request_desk *desk;            /* NULL: takes no requests */
};

struct request_desk;
struct http_server;

/*
 * Threads when the configuration names none. A connection takes a thread
 * from its first byte to its end; an eighth of them never waits for quotes.
 */
#define HTTP_THREADS_DEFAULT 192

/*
 * Listens on config->listen ("host:port", IPv4; port 0 takes a free one) with
 * config->threads threads. When it returns, requests are being answered.
 * CONFIG at "http.listen" (bad address, address in use: the text names it),
 * SYSTEM at "http.start".
 */
FALLIBLE http_server_start(
    const struct http_deps *deps, struct http_server **out, struct fault *f);
/*
 * Refuses new work, lets requests under way finish (those that wait for a
 * quote end with the quoter), joins all threads.
 */
void http_server_stop(struct http_server *s);

/* The port that was bound. */
uint16_t http_server_port(const struct http_server *s);

#endif
