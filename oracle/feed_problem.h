/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a feed has no fresh value, as the body of a 503: one problem document
 * (RFC 9457) that names every source that could not be used.
 */
#ifndef AFFIANT_FEED_PROBLEM_H
#define AFFIANT_FEED_PROBLEM_H

#include "oracle/aggregate.h"

/*
 * Members besides those of the problem: "feed", "reason", the last word of the
 * fault's `at` ("quorum", "breaker", "clock", ...), and "sources", an array of
 * {"detail","reason","source"} for every source that was not used.
 */
FALLIBLE feed_problem_encode(const struct feed_config *feed,
    const struct source_result *results, const struct aggregate *a,
    const struct fault *why, struct blob *body, struct fault *f);

/* Why there is a response, and none with its collateral. */
FALLIBLE feed_problem_collateral(
    const struct fault *why, struct blob *body, struct fault *f);

#endif
