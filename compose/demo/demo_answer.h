/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests of one connection, answered one after the other: the market's
 * bodies, spoilt by the mode of the host that was asked, and the control
 * route:
 *
 *   GET  /_demo                          hosts with their modes; all modes
 *   POST /_demo/misbehave?host=H&mode=M  from now on
 */
#ifndef AFFIANT_DEMO_ANSWER_H
#define AFFIANT_DEMO_ANSWER_H

#include "compose/demo/demo_floor.h"
#include "compose/demo/demo_stream.h"

/* Where the exchange listens. */
struct demo_place {
	unsigned port, http_port;
	const char *shapes; /* a file (demo_shapes.h), or NULL */
};

/* Returns when the connection is to be closed. */
void demo_answer_all(struct demo_floor *floor, const struct demo_place *here,
    struct demo_stream *s);

#endif
