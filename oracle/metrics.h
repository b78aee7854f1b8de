/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an operator's monitoring wants to know, as a table: one row for each
 * metric, in the text format 0.0.4 of Prometheus. Nothing is counted here;
 * rows read what the parts of the oracle know of themselves.
 *
 * Labels come from the configuration and from tables only: ids of feeds,
 * hosts of sources, words. Never a URL, never what a client or server sent.
 */
#ifndef AFFIANT_METRICS_H
#define AFFIANT_METRICS_H

#include "oracle/collateral_keeper.h"
#include "oracle/feed.h"
#include "oracle/feed_tally.h"
#include "oracle/submitter.h"
#include "verify/base/text.h"

/* ---- what there is to say ------------------------------------------------ */

struct metrics_feed {
	const struct feed_config *config;
	const struct feed_tally *tally;
	struct feed_status status;
};

struct metrics_chain {
	struct submitter_state state;
	const struct submitter_feed *feeds;
	size_t n_feeds;
	struct rpc_health endpoints[LIMIT_RPC_ENDPOINTS];
	size_t n_endpoints;
};

#define METRICS_CLASSES 5 /* of HTTP statuses: 1xx to 5xx */
struct metrics_http {
	uint64_t answers[METRICS_CLASSES];
	uint64_t busy;        /* handlers at work; one is the reader's own */
	uint64_t connections; /* each holds a thread */
	uint64_t threads;
	uint64_t waiting; /* handlers that wait for a quote */
};

/* At one moment. Borrows. */
struct metrics_facts {
	const char *version, *platform, *provider;
	bool simulated;
	char signer[ETH_ADDR_TEXT_SIZE];
	char config[HEX_SIZE(32)];
	struct utc started;
	const struct metrics_feed *feeds;
	size_t n_feeds;
	struct quoter_stats quoter;
	struct recent_stats recent;
	struct metrics_http http;
	const struct metrics_chain *chains;
	size_t n_chains;
	bool has_keeper; /* else `collateral` counts for nothing */
	struct collateral_state collateral;
	struct trusted_time_state time;
};

/* ---- the table ------------------------------------------------------------ */

enum metrics_type { METRICS_COUNTER, METRICS_GAUGE };
enum metrics_unit {
	METRICS_PLAIN, /* as it is: a number of things, bytes, 0 or 1 */
	METRICS_MS,    /* milliseconds, written as seconds */
};

#define METRICS_MAX_LABELS 3

struct metrics_series; /* where a row's samples go */

struct metrics_row {
	const char *name; /* with its unit; a counter ends in _total */
	enum metrics_type type;
	enum metrics_unit unit;
	const char *labels[METRICS_MAX_LABELS]; /* names; the rest NULL */
	void (*read)(
	    const struct metrics_facts *facts, struct metrics_series *to);
	const char *help; /* one line */
};
/* Ends with a row whose name is NULL. */
extern const struct metrics_row metrics_rows[];

/*
 * For `read`: one sample. `values` are those of the row's labels, in their
 * order (NULL when it has none); any bytes, escaped here. No two samples of a
 * row have the same values.
 */
void metrics_put(
    struct metrics_series *to, const char *const *values, uint64_t value);
void metrics_put_signed(
    struct metrics_series *to, const char *const *values, int64_t value);

/*
 * All rows, each with HELP and TYPE in front of its samples; a row without
 * samples is left out. Only the writer can fail, for want of room.
 */
void metrics_encode(const struct metrics_row *rows,
    const struct metrics_facts *facts, struct wr *w);

#endif
