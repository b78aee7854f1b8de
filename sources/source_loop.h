/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop inside: who gets a turn at a host, transfers of libcurl, alarms.
 * What callers of sources/ see of it stands in sources.h. One thread; nothing
 * of a loop is ever called back from within the call that asked for it.
 *
 * Connections are shared by all who ask the same host with the same TLS
 * settings; a kept-alive one carries the evidence of its own handshake,
 * because evidence is read from the connection of each answer.
 */
#ifndef AFFIANT_SOURCE_LOOP_H
#define AFFIANT_SOURCE_LOOP_H

#include "sources/source_host.h"
#include "sources/source_timer.h"

#include <curl/curl.h>

struct source_timers *source_loop_timers(struct source_loop *l);
const struct source_limits *source_loop_limits(const struct source_loop *l);
/* Less than n, evenly enough to keep clients apart. */
uint64_t source_loop_random(struct source_loop *l, uint64_t n);

/* ---- a turn at a host --------------------------------------------------- */

struct source_desk; /* a host with those who wait for it */
/* The same for the same name and port; lives as long as the loop. NULL: out
 * of memory. To be asked at opening, for what is configured. */
struct source_desk *source_loop_desk(
    struct source_loop *l, const char *host, const char *port);
struct source_host *source_desk_host(struct source_desk *d);

/* Zeroed: none. */
struct source_turn {
	void (*granted)(void *user);
	void *user;
	enum { SOURCE_TURN_NONE, SOURCE_TURN_WAITS, SOURCE_TURN_HAS } state;
	struct source_desk *desk;
	struct source_turn *next; /* behind this one in the desk's line */
};
/* In line; granted() is called later, first come, first served. */
void source_turn_ask(
    struct source_loop *l, struct source_turn *t, struct source_desk *d);
/* Out of the line, or the turn given back; accepts one that is neither. */
void source_turn_end(struct source_loop *l, struct source_turn *t);

/* ---- a transfer --------------------------------------------------------- */

/*
 * A handle with nothing set, of a pool; NULL: out of memory. `ended` is called
 * once when libcurl has finished with it, and may read from the handle, which
 * goes back to the pool after that. Dropping it earlier calls nothing.
 */
struct source_transfer {
	void (*ended)(void *user, CURL *easy, CURLcode code);
	void *user;
	CURL *easy; /* NULL: not under way */
};
CURL *source_transfer_take(struct source_loop *l, struct source_transfer *t);
/* False: libcurl refused it, and it is dropped. */
bool source_transfer_run(struct source_loop *l, struct source_transfer *t);
void source_transfer_drop(struct source_loop *l, struct source_transfer *t);

/* ---- retries ------------------------------------------------------------ */

/*
 * Each request adds a tenth of a retry, up to SOURCE_RETRIES_KEPT; each retry
 * takes one: when everything fails, we ask a tenth more often and not twice.
 */
#define SOURCE_RETRIES_KEPT 50
void source_loop_earn_retry(struct source_loop *l);
bool source_loop_take_retry(struct source_loop *l);

#endif
