/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/feed_watch.h"

#include "oracle/log.h"

#include <stdio.h>
#include <string.h>

static void text_of(struct span in, char *out, size_t cap)
{
	snprintf(out, cap, "%.*s", (int)in.n, (const char *)in.p);
}

static void tell(const struct feed_config *feed,
    const struct source_result *result, const struct aggregate_source *s,
    const char *reason)
{
	char host[256], detail[FAULT_TEXT_MAX];

	text_of(result->source.host, host, sizeof(host));
	if (reason[0] == '\0') {
		log_event(LOG_INFO, "source", { "feed", LOG_S(feed->id) },
		    { "source", LOG_S(host) }, { "ok", LOG_B(true) });
		return;
	}
	text_of(s->detail, detail, sizeof(detail));
	/* Trusted, and not whom the operator knows: somebody should look. */
	log_event(strcmp(reason, "pin") == 0 ? LOG_ERROR : LOG_WARN, "source",
	    { "feed", LOG_S(feed->id) }, { "source", LOG_S(host) },
	    { "ok", LOG_B(false) }, { "reason", LOG_S(reason) },
	    { "detail", LOG_S(detail) });
}

void feed_watch_round(struct feed_watch *w, const struct feed_config *feed,
    const struct source_result *results, const struct aggregate *a)
{
	for (size_t i = 0; i < feed->n_sources; i++) {
		const struct aggregate_source *s = &a->source[i];
		char reason[sizeof(w->reason[i])] = "";

		/* A reserve is well: it was only not needed. */
		if (!s->used && !span_equal_text(s->reason, AGGREGATE_RESERVE))
			text_of(s->reason, reason, sizeof(reason));
		if (strcmp(reason, w->reason[i]) == 0)
			continue;
		tell(feed, &results[i], s, reason);
		memcpy(w->reason[i], reason, sizeof(reason));
	}
}
