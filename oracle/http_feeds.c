/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_feeds.h"

#include "oracle/http_answer.h"
#include "oracle/http_uri.h"
#include "oracle/log.h"

#include <string.h>

/* One feed's entry is below 2 KB. */
#define LIST_MAX_BYTES (CONFIG_MAX_FEEDS * 4096)

/* ---- the latest response, or one bound to a nonce ----------------------- */

static void remember(
    struct http_site *site, const struct sha256 *statement, struct span body)
{
	struct fault f = FAULT_INIT;

	if (!recent_put(site->deps.recent, statement, body, &f))
		log_fault(LOG_WARN, "recent", &f);
}

static void respond_to_nonce(struct http_exchange *x, struct feed *feed)
{
	AUTO(blob_drop) struct blob body = { 0 };
	const struct http_query *q = &x->query;
	struct fault f = FAULT_INIT;
	struct sha256 statement;

	if (feed_respond_to_nonce(feed, span_of(q->nonce, q->nonce_n),
		q->detail, &body, &statement, &f)) {
		if (q->detail != RESPONSE_SIGNATURE)
			remember(x->site, &statement, blob_span(&body));
		http_answer_json(x, blob_span(&body));
	} else if (strcmp(f.at, "feed.stale") == 0 &&
	    !board_is_fresh(feed_board(feed), x->request->now, NULL)) {
		/* The board says which source failed how. */
		http_answer_board(x, feed_board(feed));
	} else {
		http_answer_fault(x, &f);
	}
}

static void answer_feed(struct http_exchange *x, struct feed *feed)
{
	if ((x->query.given & HTTP_NONCE) == 0) {
		http_answer_board(x, feed_board(feed));
	} else if (http_answer_enter(x)) {
		respond_to_nonce(x, feed);
		http_answer_leave(x);
	}
}

/* ---- which feed --------------------------------------------------------- */

static void answer_no_feed(struct http_exchange *x, const char *detail)
{
	const struct config *config = x->site->deps.config;
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIST_MAX_BYTES, "http.feeds", &f);
	struct canon c = canon_to(&w);

	canon_array(&c, NULL);
	for (size_t i = 0; i < x->site->deps.n_feeds; i++)
		canon_text(&c, NULL, config->feeds[i].id);
	canon_end(&c);
	struct problem_member ids = { "feeds", wr_view(&w) };
	http_answer_problem_with(
	    x, PROBLEM_NO_FEED, detail, &ids, wr_ok(&w) ? 1 : 0, NULL);
	wr_drop(&w);
}

void http_feeds_price(struct http_exchange *x)
{
	const struct http_deps *deps = &x->site->deps;
	bool named = (x->query.given & HTTP_FEED) != 0;
	struct feed *feed = named ? http_site_feed_by_id(x->site, x->query.feed)
				  : http_site_feed_by_path(x->site, x->path);

	if (feed == NULL && !named && deps->n_feeds == 1)
		feed = deps->feeds[0];
	if (feed != NULL)
		answer_feed(x, feed);
	else
		answer_no_feed(x,
		    named ? "no feed has this id"
			  : "no feed has this path; name one: ?feed=ID");
}

void http_feeds_path(struct http_exchange *x)
{
	http_feeds_price(x);
}

void http_feeds_id(struct http_exchange *x)
{
	struct feed *feed = http_site_feed_by_id(x->site, x->rest);

	if (feed != NULL)
		answer_feed(x, feed);
	else
		answer_no_feed(x, "no feed has this id");
}

/* ---- the list ----------------------------------------------------------- */

static void put_links(struct canon *c, const struct feed_config *cfg)
{
	char path[3 * LIMIT_FEED_ID + 16];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(path, sizeof(path), "http.link", &f);

	wr_text(&w, "/v1/feeds/");
	http_uri_put_segment(&w, cfg->id);
	canon_object(c, "links");
	canon_text_span(c, "latest", wr_view(&w));
	if (cfg->path != NULL)
		canon_text(c, "path", cfg->path);
	canon_end(c);
}

static void put_feed(
    struct canon *c, const struct feed_config *cfg, const struct feed_status *s)
{
	canon_object(c, NULL);
	if (cfg->kind->is_number)
		canon_u64(c, "decimals", cfg->decimals);
	canon_bool(c, "fresh", s->fresh);
	canon_text(c, "id", cfg->id);
	canon_u64(c, "intervalMs", cfg->interval_ms);
	canon_text(c, "kind", cfg->kind->id);
	if (s->last_fault[0] != '\0')
		canon_text(c, "lastFault", s->last_fault);
	put_links(c, cfg);
	if (s->has_value) {
		canon_u64(c, "rejected", s->rejected);
		canon_u64(c, "round", s->round);
	}
	canon_u64(c, "roundsFailed", s->rounds_failed);
	canon_u64(c, "roundsOk", s->rounds_ok);
	canon_u64(c, "sources", cfg->n_sources);
	if (s->has_value)
		canon_u64(c, "timestamp", (uint64_t)s->timestamp.ms);
	if (cfg->unit != NULL)
		canon_text(c, "unit", cfg->unit);
	if (s->has_value) {
		canon_u64(c, "used", s->used);
		canon_text(c, "value", s->value);
	}
	canon_end(c);
}

void http_feeds_put(struct canon *c, const char *name,
    const struct http_site *site, struct utc now)
{
	canon_array(c, name);
	for (size_t i = 0; i < site->deps.n_feeds; i++) {
		struct feed_status status;

		feed_status_of(site->deps.feeds[i], now, &status);
		put_feed(c, &site->deps.config->feeds[i], &status);
	}
	canon_end(c);
}

void http_feeds_list(struct http_exchange *x)
{
	AUTO(blob_drop) struct blob body = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIST_MAX_BYTES, "http.feeds", &f);
	struct canon c = canon_to(&w);

	canon_object(&c, NULL);
	http_feeds_put(&c, "feeds", x->site, x->request->now);
	canon_end(&c);
	if (wr_done(&w, &body))
		http_answer_json(x, blob_span(&body));
	else
		http_answer_fault(x, &f);
}
