/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/config_chain.h"

#include "sources/source_url.h"

#include <string.h>

static void check_endpoint(
    struct config_report *r, const struct chain_config *c, size_t index)
{
	AUTO(source_url_drop) struct source_url url = { 0 };
	struct fault f = FAULT_INIT;

	if (!source_url_open(c->rpc[index], c->allow_http, &url, &f)) {
		config_report_add(r, "%s", f.text);
		return;
	}
	/* Two that agree have to be two. */
	for (size_t i = 0; i < index; i++) {
		if (strcmp(c->rpc[i], c->rpc[index]) == 0)
			config_report_add(r, "the same as endpoint %zu", i);
	}
}

/* As config_feed, while feeds may still lack an id that was refused. */
static const struct feed_config *find_feed(
    const struct config *c, const char *id)
{
	for (size_t i = 0; i < c->n_feeds; i++) {
		if (c->feeds[i].id != NULL && strcmp(c->feeds[i].id, id) == 0)
			return &c->feeds[i];
	}
	return NULL;
}

static void check_feed(struct config_report *r, const struct config *c,
    const struct chain_feed_config *feed, bool name_refused)
{
	const struct feed_config *observed = find_feed(c, feed->feed);

	if (name_refused)
		return;
	if (observed == NULL)
		config_report_add(r, "no feed of this configuration");
	else if (!observed->kind->is_number)
		config_report_add(
		    r, "kind %s has no number to write", observed->kind->id);
	if (eth_addr_is_zero(&feed->contract) &&
	    !config_report_has(r, "contract")) {
		size_t mark = config_report_enter(r, "contract");

		config_report_add(r, "the zero address is no contract");
		config_report_leave(r, mark);
	}
	if (feed->min_interval_s > feed->heartbeat_s) {
		size_t mark = config_report_enter(r, "min_interval_s");

		config_report_add(r, "is longer than heartbeat_s");
		config_report_leave(r, mark);
	}
}

static void check_fees(struct config_report *r, const struct chain_config *c)
{
	const struct rpc_fee_caps *fees = &c->fees;

	if (u256_compare(
		&fees->max_priority_fee_per_gas, &fees->max_fee_per_gas) > 0 &&
	    !config_report_has(r, "max_fee_gwei") &&
	    !config_report_has(r, "max_priority_gwei")) {
		size_t mark = config_report_enter(r, "max_priority_gwei");

		config_report_add(r, "is more than max_fee_gwei");
		config_report_leave(r, mark);
	}
	if (u256_compare(&fees->min_priority_fee_per_gas,
		&fees->max_priority_fee_per_gas) > 0 &&
	    !config_report_has(r, "max_priority_gwei") &&
	    !config_report_has(r, "min_priority_gwei")) {
		size_t mark = config_report_enter(r, "min_priority_gwei");

		config_report_add(r, "is more than max_priority_gwei");
		config_report_leave(r, mark);
	}
}

static void check_chain(
    struct config_report *r, const struct config *c, size_t index)
{
	const struct chain_config *chain = &c->chains[index];

	for (size_t i = 0; i < index; i++) {
		if (c->chains[i].id == chain->id && chain->id != 0) {
			size_t mark = config_report_enter(r, "id");

			config_report_add(r, "another chain has this id");
			config_report_leave(r, mark);
		}
	}
	for (size_t i = 0; i < chain->n_rpc; i++) {
		size_t mark = config_report_enter(r, "rpc");

		config_report_enter_index(r, i);
		/* What was no text is an empty one here, and has been said. */
		if (chain->rpc[i][0] != '\0' || !config_report_here(r))
			check_endpoint(r, chain, i);
		config_report_leave(r, mark);
	}
	for (size_t i = 0; i < chain->n_feeds; i++) {
		size_t mark = config_report_enter(r, "feeds");

		config_report_enter(r, chain->feeds[i].feed);
		check_feed(r, c, &chain->feeds[i], config_report_here(r));
		config_report_leave(r, mark);
	}
	check_fees(r, chain);
}

void config_chain_check(struct config_report *r, const struct config *c)
{
	for (size_t i = 0; i < c->n_chains; i++) {
		size_t mark = config_report_enter(r, "chains");

		config_report_enter_index(r, i);
		check_chain(r, c, i);
		config_report_leave(r, mark);
	}
}
