/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When each feed is fetched, and who does the rest. One thread turns the loop
 * that serves all sources of all feeds and never waits for anything else; what
 * a fetch brought is handed to a pool of workers, who aggregate, sign, wait
 * for quotes and for the disk.
 *
 * A feed's rounds begin one interval after the other, counted from when the
 * last one was due. A round is closed when all its sources have ended, and at
 * its deadline_ms at the latest, with whatever has come: what has not is a
 * source that failed by "timeout", and aggregate.min_sources decides whether
 * there is a statement. A round that is still being worked on when the next
 * is due lets it wait until it is done, and holds up nobody else's.
 */
#ifndef AFFIANT_ROUNDS_H
#define AFFIANT_ROUNDS_H

#include "oracle/feed.h"

struct rounds;

/*
 * Starts the threads. The first rounds begin at once, a moment apart. The
 * loop is the one that the feeds were opened with, and ours until the end.
 * SYSTEM at "serve.thread".
 */
FALLIBLE rounds_start(struct source_loop *loop, struct feed *const *feeds,
    size_t n, struct rounds **out, struct fault *f);
/* Tells them to end, and returns at once. */
void rounds_stop(struct rounds *r);
/* Stops, and waits until they have ended. NULL is allowed. */
void rounds_free(struct rounds *r);

#endif
