/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_site.h"

#include "verify/base/clock.h"

#include <string.h>

static FALLIBLE kept_init(struct http_kept *k, struct fault *f)
{
	TRY(board_new(&k->board, f));
	pthread_mutex_init(&k->making, NULL);
	return true;
}

static void kept_drop(struct http_kept *k)
{
	if (k->board == NULL)
		return;
	pthread_mutex_destroy(&k->making);
	board_free(k->board);
	k->board = NULL;
}

FALLIBLE http_site_init(struct http_site *site, const struct http_deps *deps,
    unsigned max_waiting, struct fault *f)
{
	*site = (struct http_site){ .deps = *deps,
		.started = clock_now(),
		.max_waiting = max_waiting };
	atomic_init(&site->waiting, 0);
	atomic_init(&site->stopping, false);
	if (kept_init(&site->key, f) && kept_init(&site->collateral, f))
		return true;
	http_site_drop(site);
	return false;
}

void http_site_drop(struct http_site *site)
{
	kept_drop(&site->key);
	kept_drop(&site->collateral);
}

bool http_site_enter(struct http_site *site)
{
	if (atomic_fetch_add(&site->waiting, 1) < site->max_waiting)
		return true;
	atomic_fetch_sub(&site->waiting, 1);
	return false;
}

void http_site_leave(struct http_site *site)
{
	atomic_fetch_sub(&site->waiting, 1);
}

struct feed *http_site_feed_by_id(const struct http_site *site, const char *id)
{
	const struct config *c = site->deps.config;

	for (size_t i = 0; i < site->deps.n_feeds; i++) {
		if (strcmp(c->feeds[i].id, id) == 0)
			return site->deps.feeds[i];
	}
	return NULL;
}

struct feed *http_site_feed_by_path(
    const struct http_site *site, const char *path)
{
	const struct config *c = site->deps.config;

	for (size_t i = 0; i < site->deps.n_feeds; i++) {
		if (c->feeds[i].path != NULL &&
		    strcmp(c->feeds[i].path, path) == 0)
			return site->deps.feeds[i];
	}
	return NULL;
}
