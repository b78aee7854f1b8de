/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_metrics.h"

#include "oracle/http_answer.h"
#include "oracle/metrics.h"
#include "verify/base/clock.h"

#include <stdlib.h>

/* A source whose rounds end in three ways takes 400 bytes; this is enough for
 * 64 feeds of 32 sources with names of ordinary length. */
#define METRICS_MAX_BYTES (4 * 1024 * 1024)

static struct metrics_http facts_of_http(struct http_site *site)
{
	struct http_load *load = &site->load;
	struct metrics_http out = {
		.busy = atomic_load(&load->answering),
		.connections = atomic_load(&load->connections),
		.threads = load->threads,
		.waiting = atomic_load(&site->waiting),
	};

	for (size_t i = 0; i < METRICS_CLASSES; i++)
		out.answers[i] = atomic_load_explicit(
		    &load->answers[i], memory_order_relaxed);
	return out;
}

static void facts_of(const struct http_exchange *x, struct metrics_feed *feeds,
    struct metrics_facts *out)
{
	const struct http_deps *d = &x->site->deps;

	*out = (struct metrics_facts){
		.version = AFFIANT_VERSION,
		.platform = attest_platform(d->attest),
		.provider = attest_provider(d->attest),
		.simulated = attest_is_simulated(d->attest),
		.started = x->site->started,
		.feeds = feeds,
		.n_feeds = d->n_feeds,
		.quoter = quoter_stats_of(d->quoter),
		.recent = recent_stats_of(d->recent),
		.http = facts_of_http(x->site),
		.has_keeper = d->collateral != NULL,
	};
	trusted_time_state_of(d->time,
	    (struct trusted_moment){ x->request->now, clock_monotonic_ns() },
	    &out->time);
	if (d->collateral != NULL)
		collateral_keeper_state(
		    d->collateral, x->request->now, &out->collateral);
	eth_addr_format(signer_address(d->signer), out->signer);
	hex_encode(sha256_span(&d->config->hash), out->config);
	for (size_t i = 0; i < d->n_feeds; i++) {
		feeds[i].config = feed_config_of(d->feeds[i]);
		feeds[i].tally = feed_outcomes(d->feeds[i]);
		feed_status_of(d->feeds[i], x->request->now, &feeds[i].status);
	}
}

/* For drop_chains. */
static struct metrics_chain *facts_of_chains(
    const struct http_exchange *x, size_t *n_out)
{
	const struct http_deps *d = &x->site->deps;
	/* (calloc of nothing may be NULL) */
	struct metrics_chain *chains =
	    calloc(d->config->n_chains + 1, sizeof(*chains));
	struct submitter *s;
	size_t n = 0;

	while (chains != NULL && (s = submit_hub_chain(d->chains, n)) != NULL) {
		struct metrics_chain *c = &chains[n++];
		const size_t n_feeds = submitter_chain(s)->n_feeds;
		struct submitter_feed *feeds =
		    calloc(n_feeds + 1, sizeof(*feeds));

		submitter_state_of(s, &c->state);
		c->feeds = feeds;
		while (feeds != NULL && c->n_feeds < n_feeds &&
		    submitter_feed_of(s, c->n_feeds, &feeds[c->n_feeds]))
			c->n_feeds++;
		while (c->n_endpoints < LIMIT_RPC_ENDPOINTS &&
		    submitter_endpoint_of(
			s, c->n_endpoints, &c->endpoints[c->n_endpoints]))
			c->n_endpoints++;
	}
	*n_out = n;
	return chains;
}

static void drop_chains(struct metrics_chain *chains, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free((void *)(uintptr_t)chains[i].feeds);
	free(chains);
}

void http_metrics(struct http_exchange *x)
{
	AUTO(blob_drop) struct blob body = { 0 };
	struct metrics_facts facts;
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(METRICS_MAX_BYTES, "http.metrics", &f);
	/* (calloc of nothing may be NULL) */
	struct metrics_feed *feeds =
	    calloc(x->site->deps.n_feeds + 1, sizeof(*feeds));

	if (feeds == NULL) {
		http_answer_problem(x, PROBLEM_INTERNAL, "not enough memory");
		return;
	}
	facts_of(x, feeds, &facts);
	struct metrics_chain *chains = facts_of_chains(x, &facts.n_chains);
	facts.chains = chains;
	metrics_encode(metrics_rows, &facts, &w);
	if (wr_done(&w, &body))
		http_answer_send(x,
		    &(struct http_answer){ .status = 200,
			.type = "text/plain; version=0.0.4; charset=utf-8",
			.body = blob_span(&body) });
	else
		http_answer_fault(x, &f);
	drop_chains(chains, facts.n_chains);
	free(feeds);
}
