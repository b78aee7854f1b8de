/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/feed_view.h"

#include <stdlib.h>
#include <string.h>

/* ---- text of its own ---------------------------------------------------- */

/* Called with every view of a statement in turn. */
typedef void (*visit_fn)(struct span *view, struct feed_view *v);

static void visit_tls(
    struct tls_evidence *tls, visit_fn visit, struct feed_view *v)
{
	visit(&tls->issuer, v);
	visit(&tls->subject, v);
	visit(&tls->version, v);
	visit(&tls->cipher, v);
	visit(&tls->group, v);
	visit(&tls->ocsp, v);
}

static void visit_source(
    struct statement_source *s, visit_fn visit, struct feed_view *v)
{
	visit(&s->host, v);
	visit(&s->url, v);
	visit(&s->value, v);
	visit(&s->reason, v);
	visit(&s->detail, v);
	visit(&s->http, v);
	visit_tls(&s->tls, visit, v);
	for (size_t i = 0; i < s->n_hops; i++) {
		visit(&s->hops[i].host, v);
		visit(&s->hops[i].url, v);
		visit(&s->hops[i].http, v);
		visit_tls(&s->hops[i].tls, visit, v);
	}
}

static void visit_all(struct feed_view *v, visit_fn visit)
{
	visit(&v->st.value, v);
	for (size_t i = 0; i < v->st.n_sources; i++)
		visit_source(&v->st.source[i], visit, v);
}

/* First pass: how much. text_cap counts up from zero. */
static void measure(struct span *view, struct feed_view *v)
{
	v->text_cap += view->n;
}

/* Second pass: copy, and point to the copy. text_cap counts down. */
static void move_in(struct span *view, struct feed_view *v)
{
	if (view->n == 0)
		return;
	v->text_cap -= view->n;
	memcpy(v->text + v->text_cap, view->p, view->n);
	view->p = v->text + v->text_cap;
}

static FALLIBLE own_text(struct feed_view *v, struct fault *f)
{
	size_t had = v->text_cap;

	v->text_cap = 0;
	visit_all(v, measure);
	size_t need = v->text_cap;
	if (need > had) {
		uint8_t *text = realloc(v->text, need);

		if (text == NULL) {
			v->text_cap = had;
			return fault_raise(f, FAULT_SYSTEM, "feed.memory",
			    "not enough memory for the observations");
		}
		v->text = text;
		had = need;
	}
	visit_all(v, move_in);
	v->text_cap = had;
	return true;
}

/* ---- the statement ------------------------------------------------------ */

static void fill_source(struct statement_source *out,
    const struct source_result *result, const struct aggregate_source *a)
{
	*out = result->source;
	out->failed = !result->ok;
	out->used = a->used;
	out->reason = a->reason;
	out->detail = a->detail;
	/* One that was rejected keeps its own time; it counts for nothing. */
	if (a->used)
		out->observed_at = a->observed_at;
	out->has_received =
	    result->ok && result->received_at.ms != out->observed_at.ms;
	out->received_at = result->received_at;
}

static void fill_value(struct feed_view *v, const struct feed_config *feed,
    const struct source_result *results, const struct aggregate *a)
{
	struct statement *st = &v->st;

	if (feed->n_sources > 1)
		st->method = span_text(feed->aggregate.method);
	if (!feed->kind->is_number) {
		st->value = results[a->oldest].source.value;
		return;
	}
	st->decimals = feed->decimals;
	st->value = span_text(dec_format(&a->value, v->value));
	if (feed->n_sources > 1)
		st->spread = span_text(dec_format(&a->spread, v->spread));
}

/* What a reader needs besides the values to combine them again. */
static void fill_method(struct statement *st, const struct feed_config *feed)
{
	const struct combine_method *m =
	    combine_find(span_text(feed->aggregate.method));

	st->trim = 0;
	if (feed->n_sources < 2 || m == NULL)
		return;
	if (m->has_trim)
		st->trim = feed->aggregate.trim;
	for (size_t i = 0; m->has_weights && i < feed->n_sources; i++)
		if (!st->source[i].failed)
			st->source[i].weight = feed->sources[i].weight;
}

bool feed_view_fill(struct feed_view *v, const struct feed_config *feed,
    const struct source_result *results, const struct aggregate *a,
    struct fault *f)
{
	struct statement *st = &v->st;

	v->is_set = false;
	st->kind = feed->kind;
	st->feed = span_text(feed->id);
	st->unit = feed->unit != NULL ? span_text(feed->unit) : span_text("");
	st->timestamp = a->timestamp;
	st->max_age_ms = feed->aggregate.max_age_ms;
	st->n_sources = feed->n_sources;
	for (size_t i = 0; i < feed->n_sources; i++)
		fill_source(&st->source[i], &results[i], &a->source[i]);
	fill_value(v, feed, results, a);
	fill_method(st, feed);
	TRY(own_text(v, f));
	v->n_used = a->n_used;
	v->n_rejected = a->n_rejected;
	v->valid_until.ms =
	    a->timestamp.ms + (int64_t)feed->aggregate.max_age_ms;
	v->is_set = true;
	return true;
}

void feed_view_drop(struct feed_view *v)
{
	free(v->text);
	v->text = NULL;
	v->text_cap = 0;
	v->is_set = false;
}
