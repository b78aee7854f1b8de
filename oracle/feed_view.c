/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/feed_view.h"

#include "verify/bodies.h"

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
}

static size_t count_hops(const struct feed_view *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n_sources; i++)
		n += v->sources[i].n_hops;
	return n;
}

static void visit_all(struct feed_view *v, visit_fn visit)
{
	size_t n_hops = count_hops(v);

	visit(&v->value, v);
	for (size_t i = 0; i < v->n_sources; i++)
		visit_source(&v->sources[i], visit, v);
	for (size_t i = 0; i < n_hops; i++) {
		visit(&v->hops[i].host, v);
		visit(&v->hops[i].url, v);
		visit(&v->hops[i].http, v);
		visit_tls(&v->hops[i].tls, visit, v);
	}
}

/* ---- hops of its own ---------------------------------------------------- */

static FALLIBLE own_hops(struct feed_view *v, struct fault *f)
{
	size_t n = count_hops(v);
	struct statement_hop *next = v->hops;

	if (n > v->hops_cap) {
		next = realloc(v->hops, n * sizeof(*next));
		if (next == NULL)
			return fault_raise(f, FAULT_SYSTEM, "feed.memory",
			    "not enough memory for the observations");
		v->hops = next;
		v->hops_cap = n;
	}
	for (size_t i = 0; i < v->n_sources; i++) {
		struct statement_source *s = &v->sources[i];

		if (s->n_hops == 0)
			continue;
		memcpy(next, s->hops, s->n_hops * sizeof(*next));
		s->hops = next;
		next += s->n_hops;
	}
	return true;
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
	v->method = v->spread = span_text("");
	if (feed->n_sources > 1)
		v->method = span_text(feed->aggregate.method);
	if (!feed->kind->is_number) {
		v->value = results[a->oldest].source.value;
		return;
	}
	v->value = span_text(dec_format(&a->value, v->value_text));
	if (feed->n_sources > 1)
		v->spread = span_text(dec_format(&a->spread, v->spread_text));
}

/* What a reader needs besides the values to combine them again. */
static void fill_method(struct feed_view *v, const struct feed_config *feed)
{
	const struct combine_method *m =
	    combine_find(span_text(feed->aggregate.method));

	v->trim = 0;
	if (feed->n_sources < 2 || m == NULL)
		return;
	if (m->has_trim)
		v->trim = feed->aggregate.trim;
	for (size_t i = 0; m->has_weights && i < feed->n_sources; i++)
		if (!v->sources[i].failed)
			v->sources[i].weight = feed->sources[i].weight;
}

static FALLIBLE make_room(
    struct feed_view *v, const struct feed_config *feed, struct fault *f)
{
	if (v->sources != NULL)
		return true;
	v->sources = calloc(feed->n_sources, sizeof(*v->sources));
	if (v->sources == NULL)
		return fault_raise(f, FAULT_SYSTEM, "feed.memory",
		    "not enough memory for the observations");
	v->n_sources = feed->n_sources;
	return true;
}

/* The views of `results` end with this call. */
static FALLIBLE fill_bodies(struct feed_view *v, const struct feed_config *feed,
    const struct source_result *results, struct fault *f)
{
	AUTO(bodies_drop) struct bodies b = { 0 };

	blob_drop(&v->bodies);
	for (size_t i = 0; i < feed->n_sources; i++)
		if (results[i].ok && feed->sources[i].keep_body)
			TRY(bodies_add(&b, results[i].body, f));
	return b.n == 0 || bodies_encode(&b, &v->bodies, f);
}

bool feed_view_fill(struct feed_view *v, const struct feed_config *feed,
    const struct source_result *results, const struct aggregate *a,
    struct fault *f)
{
	struct fault why = FAULT_INIT;

	v->is_set = false;
	TRY(make_room(v, feed, f));
	v->feed = feed;
	v->kind = feed->kind;
	v->timestamp = a->timestamp;
	for (size_t i = 0; i < feed->n_sources; i++)
		fill_source(&v->sources[i], &results[i], &a->source[i]);
	fill_value(v, feed, results, a);
	fill_method(v, feed);
	TRY(own_hops(v, f));
	TRY(fill_bodies(v, feed, results, f));
	TRY(own_text(v, f));
	/* Beyond what a response holds it is left out, and missed by those
	 * who ask for it; the statement is as good. */
	if (!feed_evidence_fill(&v->evidence, results, feed->n_sources, &why) &&
	    why.kind != FAULT_LIMIT) {
		*f = why;
		return false;
	}
	v->n_used = a->n_used;
	v->n_rejected = a->n_rejected;
	v->valid_until.ms =
	    a->timestamp.ms + (int64_t)feed->aggregate.max_age_ms;
	v->is_set = true;
	return true;
}

void feed_view_state(const struct feed_view *v, struct statement *out)
{
	const struct feed_config *feed = v->feed;

	*out = (struct statement){
		.kind = v->kind,
		.feed = span_text(feed->id),
		.value = v->value,
		.decimals = v->kind->is_number ? feed->decimals : 0,
		.unit = span_text(feed->unit != NULL ? feed->unit : ""),
		.timestamp = v->timestamp,
		.n_sources = v->n_sources,
		.method = v->method,
		.spread = v->spread,
		.trim = v->trim,
		.max_age_ms = feed->aggregate.max_age_ms,
	};
	memcpy(out->source, v->sources, v->n_sources * sizeof(*v->sources));
}

void feed_view_drop(struct feed_view *v)
{
	blob_drop(&v->bodies);
	feed_evidence_drop(&v->evidence);
	free(v->text);
	free(v->sources);
	free(v->hops);
	*v = (struct feed_view){ 0 };
}
