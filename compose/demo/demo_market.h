/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the demo exchange sells: prices that move, a pure function of time in
 * integers, and bodies in the exact shapes of well-known public APIs, down to
 * which numbers are strings. One row per host.
 */
#ifndef AFFIANT_DEMO_MARKET_H
#define AFFIANT_DEMO_MARKET_H

#include "verify/base/utc.h"

/* What a body can have wrong while its answer is a flawless 200. */
enum demo_quirk {
	DEMO_QUIRK_NONE,
	DEMO_QUIRK_OTHER_TYPE, /* a number where a string stood, or back */
	DEMO_QUIRK_NULL,
	DEMO_QUIRK_ZERO,
	DEMO_QUIRK_NEGATIVE,
	DEMO_QUIRK_EMPTY, /* "" */
	DEMO_QUIRK_COMMA, /* "97.234,12" */
	DEMO_QUIRK_EXPONENT,
	DEMO_QUIRK_DUPLICATE, /* the price's member twice, not equal */
	DEMO_QUIRK_FUTURE,    /* times are of tomorrow */
	DEMO_QUIRK_ERROR      /* the host's own form of an error */
};

struct demo_host {
	const char *name; /* "kraken.demo.localhost" */
	const char *help;
	bool price_is_text; /* a JSON string, as this API has it ... */
	const char *zeros;  /* ... and how many it puts behind the cents */
	void (*write)(const struct demo_host *host, bool is_eth, struct utc now,
	    enum demo_quirk quirk, struct wr *w);
	const char *btc, *eth; /* targets without what may follow */
	const char *error;     /* its body for what it does not know ... */
	unsigned error_status; /* ... and the status that comes with it */
	bool takes_post;       /* wants a call of JSON-RPC instead of a GET */
};
extern const struct demo_host demo_market_hosts[];
extern const size_t demo_market_n_hosts;

/* The row of a host; NULL when it sells nothing. */
const struct demo_host *demo_market_find(const char *name);
/* The row whose target begins `target`, whatever the host; or NULL. */
const struct demo_host *demo_market_find_target(
    const char *target, bool *is_eth);

/* The price in cents of a dollar at a moment, without the host's own skew. */
int64_t demo_market_cents(bool is_eth, struct utc now);

#endif
