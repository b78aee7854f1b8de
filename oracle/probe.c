/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/probe.h"

#include "oracle/aggregate.h"

#include <stdlib.h>

#define TURN_MS 1000

struct probe_feed {
	struct probe *probe;
	const struct feed_config *feed;
	struct source_set *set;
	const struct source_result *results; /* NULL: under way, or to come */
};

struct probe {
	struct source_loop *loop;
	struct probe_feed *feeds;
	size_t n;
	size_t n_begun;   /* feeds */
	size_t under_way; /* sources */
};

/* ---- asking -------------------------------------------------------------- */

static void on_done(void *user, const struct source_result *results)
{
	struct probe_feed *pf = user;

	pf->results = results;
	pf->probe->under_way -= pf->feed->n_sources;
}

static FALLIBLE begin(struct probe *p, struct probe_feed *pf, struct fault *f)
{
	TRY(source_set_open(
	    p->loop, pf->feed->sources, pf->feed->n_sources, &pf->set, f));
	p->n_begun++;
	p->under_way += pf->feed->n_sources;
	source_set_start(pf->set, 0, on_done, pf);
	return true;
}

static bool has_room(const struct probe *p)
{
	const struct feed_config *next = p->feeds[p->n_begun].feed;

	return p->under_way == 0 ||
	    p->under_way + next->n_sources <= PROBE_AT_ONCE;
}

static FALLIBLE ask(
    struct probe *p, const struct source_limits *limits, struct fault *f)
{
	struct source_limits once = *limits;

	once.retries = 0;
	TRY(source_loop_open(&once, &p->loop, f));
	while (p->n_begun < p->n || p->under_way > 0) {
		if (p->n_begun < p->n && has_room(p))
			TRY(begin(p, &p->feeds[p->n_begun], f));
		else
			source_loop_turn(p->loop, TURN_MS);
	}
	return true;
}

FALLIBLE probe_open(const struct config *c, struct probe **out, struct fault *f)
{
	AUTO(probe_drop) struct probe *p = calloc(1, sizeof(*p));

	if (p != NULL)
		p->feeds = calloc(c->n_feeds, sizeof(*p->feeds));
	if (p == NULL || p->feeds == NULL)
		return fault_raise(f, FAULT_SYSTEM, "probe", "out of memory");
	p->n = c->n_feeds;
	for (size_t i = 0; i < p->n; i++)
		p->feeds[i] =
		    (struct probe_feed){ .probe = p, .feed = &c->feeds[i] };
	TRY(ask(p, &c->limits, f));
	*out = p;
	p = NULL;
	return true;
}

void probe_close(struct probe *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		source_set_close(p->feeds[i].set);
	source_loop_close(p->loop);
	free(p->feeds);
	free(p);
}

void probe_drop(struct probe **p)
{
	probe_close(*p);
	*p = NULL;
}

/* ---- rows ---------------------------------------------------------------- */

size_t probe_n_rows(const struct probe *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->feeds[i].feed->n_sources;
	return n;
}

/* Age counts from the receipt: a slow neighbour makes nobody older. */
static bool is_stale(
    const struct feed_config *feed, const struct source_result *r)
{
	return r->received_at.ms - r->observed_at.ms >
	    (int64_t)feed->aggregate.max_age_ms;
}

struct probe_row probe_row(const struct probe *p, size_t i)
{
	size_t k = 0;

	while (i >= p->feeds[k].feed->n_sources)
		i -= p->feeds[k++].feed->n_sources;
	const struct feed_config *feed = p->feeds[k].feed;
	const struct source_result *r = &p->feeds[k].results[i];
	struct probe_row row = { .feed = feed, .index = i, .result = r };

	if (!r->ok) {
		row.reason = r->source.reason;
		row.detail = r->source.detail;
	} else if (is_stale(feed, r)) {
		row.reason = span_text(AGGREGATE_STALE);
		row.detail = span_text(
		    "the observation is older than aggregate.max_age_ms");
	} else {
		row.ok = true;
	}
	return row;
}
