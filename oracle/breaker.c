/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/breaker.h"

void breaker_interrupt(struct breaker *b)
{
	b->rounds = 0;
}

static void count(struct breaker *b, const struct aggregate_config *cfg,
    const struct dec *value)
{
	uint32_t bps = (uint32_t)cfg->max_deviation_bps;

	/* Held against the first: rounds that drift do not agree. */
	if (b->rounds == 0 || dec_deviates(value, &b->first, bps)) {
		b->rounds = 1;
		b->first = *value;
	} else {
		b->rounds++;
	}
}

bool breaker_pass(struct breaker *b, const struct aggregate_config *cfg,
    const struct dec *published, const struct dec *value, struct fault *f)
{
	uint32_t bps = (uint32_t)cfg->max_jump_bps;
	char now[DEC_TEXT_SIZE], before[DEC_TEXT_SIZE];

	if (bps == 0 || published == NULL ||
	    !dec_deviates(value, published, bps)) {
		b->rounds = 0;
		return true;
	}
	count(b, cfg, value);
	if (b->rounds >= cfg->confirm_rounds)
		return true;
	return fault_raise(f, FAULT_REMOTE, BREAKER_AT,
	    "breaker: %.80s is more than %u bps from %.80s, published last; "
	    "round %llu of %llu that must agree",
	    dec_format(value, now), bps, dec_format(published, before),
	    (unsigned long long)b->rounds,
	    (unsigned long long)cfg->confirm_rounds);
}
