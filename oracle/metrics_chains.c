/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/metrics_chains.h"

#include <stdio.h>

#define VALUES(...) ((const char *const[]){ __VA_ARGS__ })
#define GWEI 1000000000u
#define ID_SIZE 21

/* A chain's id as a label. */
static const char *label(const struct metrics_chain *chain, char out[ID_SIZE])
{
	(void)snprintf(
	    out, ID_SIZE, "%llu", (unsigned long long)chain->state.chain_id);
	return out;
}

/* ---- chains ------------------------------------------------------------- */

void metrics_chains_ok(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	char id[ID_SIZE];

	for (size_t i = 0; i < facts->n_chains; i++)
		metrics_put(to, VALUES(label(&facts->chains[i], id)),
		    facts->chains[i].state.fault_at == NULL ? 1 : 0);
}

void metrics_chains_head(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	char id[ID_SIZE];

	for (size_t i = 0; i < facts->n_chains; i++) {
		const struct metrics_chain *chain = &facts->chains[i];

		if (chain->state.has_head)
			metrics_put(
			    to, VALUES(label(chain, id)), chain->state.head);
	}
}

void metrics_chains_open(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	char id[ID_SIZE];

	for (size_t i = 0; i < facts->n_chains; i++) {
		const struct submitter_state *st = &facts->chains[i].state;

		label(&facts->chains[i], id);
		metrics_put(to, VALUES(id, "pending"), st->n_pending);
		metrics_put(to, VALUES(id, "mined"), st->n_mined);
	}
}

static void put_steps(
    const struct metrics_chain *chain, struct metrics_series *to)
{
	const struct submitter_counts *n = &chain->state.counts;
	const struct {
		const char *step;
		uint64_t n;
	} steps[] = {
		{ "signed", n->signed_ },
		{ "replaced", n->replaced },
		{ "cancelled", n->cancelled },
		{ "mined", n->mined },
		{ "reverted", n->reverted },
		{ "confirmed", n->confirmed },
		{ "dropped", n->dropped },
		{ "reorged", n->reorged },
		{ "taken", n->taken },
		{ "overtaken", n->overtaken },
	};
	char id[ID_SIZE];

	label(chain, id);
	for (size_t i = 0; i < COUNT(steps); i++)
		metrics_put(to, VALUES(id, steps[i].step), steps[i].n);
}

void metrics_chains_steps(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	for (size_t i = 0; i < facts->n_chains; i++)
		put_steps(&facts->chains[i], to);
}

void metrics_chains_failures(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	char id[ID_SIZE];

	for (size_t i = 0; i < facts->n_chains; i++)
		metrics_put(to, VALUES(label(&facts->chains[i], id)),
		    facts->chains[i].state.counts.failed);
}

static void put_gwei(struct metrics_series *to,
    const struct metrics_chain *chain, const struct u256 *wei)
{
	struct fault f = FAULT_INIT;
	char id[ID_SIZE];
	struct u256 gwei;
	uint64_t v;

	/* (no account has 2^64 of them) */
	if (u256_mul_div(wei, 1, GWEI, &gwei, NULL, &f) &&
	    u256_to_u64(&gwei, &v, &f))
		metrics_put(to, VALUES(label(chain, id)), v);
}

void metrics_chains_balance(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	for (size_t i = 0; i < facts->n_chains; i++) {
		const struct metrics_chain *chain = &facts->chains[i];

		if (chain->state.has_balance)
			put_gwei(to, chain, &chain->state.balance);
	}
}

void metrics_chains_spent(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	for (size_t i = 0; i < facts->n_chains; i++)
		put_gwei(to, &facts->chains[i], &facts->chains[i].state.spent);
}

/* ---- their endpoints ---------------------------------------------------- */

void metrics_chains_usable(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	char id[ID_SIZE], place[ID_SIZE];

	for (size_t i = 0; i < facts->n_chains; i++) {
		const struct metrics_chain *chain = &facts->chains[i];

		for (size_t k = 0; k < chain->n_endpoints; k++) {
			(void)snprintf(place, sizeof(place), "%zu", k);
			metrics_put(to, VALUES(label(chain, id), place),
			    chain->endpoints[k].is_usable ? 1 : 0);
		}
	}
}

/* ---- their feeds -------------------------------------------------------- */

void metrics_chains_timestamp(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	char id[ID_SIZE];

	for (size_t i = 0; i < facts->n_chains; i++) {
		const struct metrics_chain *chain = &facts->chains[i];

		label(chain, id);
		for (size_t k = 0; k < chain->n_feeds; k++) {
			const struct submitter_feed *feed = &chain->feeds[k];

			if (feed->is_set)
				metrics_put(to, VALUES(id, feed->config->feed),
				    (uint64_t)feed->observed.ms);
		}
	}
}

void metrics_chains_updates(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	char id[ID_SIZE];

	for (size_t i = 0; i < facts->n_chains; i++) {
		const struct metrics_chain *chain = &facts->chains[i];

		label(chain, id);
		for (size_t k = 0; k < chain->n_feeds; k++) {
			const struct submitter_feed *feed = &chain->feeds[k];
			const char *name = feed->config->feed;

			metrics_put(
			    to, VALUES(id, name, "written"), feed->n_pushed);
			metrics_put(
			    to, VALUES(id, name, "refused"), feed->n_refused);
		}
	}
}
