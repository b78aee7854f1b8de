/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration from anywhere: either a configuration whose promises hold,
 * or problems that name their place. Nothing in between, and nothing lost.
 */
#include "oracle/config.h"
#include "verify/base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_feed(const struct config *c, const struct feed_config *feed)
{
	require(config_feed(c, feed->id) == feed);
	require(strlen(feed->id) >= 1 && strlen(feed->id) <= LIMIT_FEED_ID);
	require(feed->path == NULL || feed->path[0] == '/');
	require(feed->kind != NULL && feed->kind->has_sources);
	require(feed->kind->has_unit == (feed->unit != NULL));
	require(feed->decimals <= DEC_MAX_DECIMALS);
	require(feed->interval_ms >= 100);
	require(feed->aggregate.max_age_ms >= feed->interval_ms);
	require(feed->n_sources >= 1 && feed->n_sources <= LIMIT_SOURCES);
	require(feed->aggregate.min_sources >= 1);
	require(feed->aggregate.min_sources <= feed->n_sources);
	require(feed->aggregate.method != NULL);
	for (size_t i = 0; i < feed->n_sources; i++) {
		struct fault f = FAULT_INIT;

		require(source_config_check(&feed->sources[i], &f));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config_problems problems;
	struct config *c = NULL;

	if (config_parse(span_of(data, size), &c, &problems)) {
		require(problems.n == 0 && c->n_feeds >= 1);
		require(c->n_feeds <= CONFIG_MAX_FEEDS);
		require(!sha256_is_zero(&c->hash));
		for (size_t i = 0; i < c->n_feeds; i++)
			check_feed(c, &c->feeds[i]);
		config_free(c);
		return 0;
	}
	require(c == NULL);
	require(problems.n >= 1 && problems.n <= CONFIG_MAX_PROBLEMS);
	for (size_t i = 0; i < problems.n; i++) {
		const struct config_problem *p = &problems.list[i];

		require(p->text[0] != '\0');
		require(p->pointer[0] == '\0' || p->pointer[0] == '/');
		require(ascii_is_printable(span_text(p->pointer)));
	}
	return 0;
}
