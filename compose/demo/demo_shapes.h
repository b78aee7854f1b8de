/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers out of a file, for APIs that are no market: one JSON object, from
 * target to answer.
 *
 *   { "/path?query": { "status": 200, "answer": JSON, or "text": ".." } }
 *
 * It is read for each request, so that a test may write another meanwhile.
 */
#ifndef AFFIANT_DEMO_SHAPES_H
#define AFFIANT_DEMO_SHAPES_H

#include "compose/demo/demo_reply.h"

/* 404 for a target that is not there, 500 when the file is none of that. */
void demo_shapes_answer(
    const char *file, const char *target, struct demo_reply *r);

#endif
