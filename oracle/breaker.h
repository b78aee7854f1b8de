/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds back a value that jumps: one that is further than max_jump_bps from
 * what was published last is signed only when confirm_rounds rounds in a row
 * have said it, each within max_deviation_bps of the first of them.
 */
#ifndef AFFIANT_BREAKER_H
#define AFFIANT_BREAKER_H

#include "oracle/config.h"

#define BREAKER_AT "aggregate.breaker"

/* Zeroed: nothing is held back. One thread's. */
struct breaker {
	uint64_t rounds;  /* in a row that agree, this one included */
	struct dec first; /* what the first of them said */
};

/*
 * Whether the round's value may be signed. `published` is what was published
 * last, NULL for nothing: then there is nothing to jump from. REMOTE at
 * BREAKER_AT when it is held back. A value that passes by confirmation passes
 * again until something is published.
 */
FALLIBLE breaker_pass(struct breaker *b, const struct aggregate_config *cfg,
    const struct dec *published, const struct dec *value, struct fault *f);

/* A round without a value: the rounds before it are no longer in a row. */
void breaker_interrupt(struct breaker *b);

#endif
