/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does each value follow from what the server sent? With the configuration and
 * the bodies beside the statement, which has their hashes, the verifier picks
 * again. Where they are not there nothing is claimed.
 */
#include "verify/base/canon.h"
#include "verify/bodies.h"
#include "verify/recipe.h"
#include "verify/verify_case.h"

#include <stdio.h>

#define NO_CONFIGURATION "not checked: the evidence has no configuration"
#define NO_BODIES "not checked: the evidence has no bodies"

/* ---- the configuration -------------------------------------------------- */

static FALLIBLE check_configuration(struct verify_case *c, struct fault *f)
{
	struct span text = c->response.evidence.configuration;
	struct sha256 hash;

	if (text.n == 0)
		return verify_excuse(f, NO_CONFIGURATION);
	hash = sha256_of(text);
	if (!sha256_equal(&hash, &c->statement->config))
		return fault_raise(f, FAULT_CRYPTO, "recompute.configuration",
		    "the configuration beside the statement is not the one "
		    "that it names");
	return true;
}

/* What this verifier does not know enough for, it has not checked. */
static bool pass_on(const struct fault *why, struct fault *f)
{
	if (why->kind == FAULT_UNSUPPORTED)
		return verify_excuse(f, why->text);
	*f = *why;
	return false;
}

/* The feed's part of it; only behind check_configuration. */
static FALLIBLE open_recipe(
    const struct verify_case *c, struct recipe *out, struct fault *f)
{
	struct fault why = FAULT_INIT;

	return recipe_open(c->response.evidence.configuration,
		   c->statement->feed, out, &why) ||
	    pass_on(&why, f);
}

/* ---- which source of the configuration a block is about ------------------ */

/* The URL that was configured: that of the first request. */
static struct span configured_url(const struct statement_source *b)
{
	return b->n_hops > 0 ? b->hops[0].url : b->url;
}

static bool is_asked(
    const struct statement_source *b, const struct recipe_source *s)
{
	struct sha256 hash;

	if (!span_equal_text(configured_url(b), s->request.url))
		return false;
	return !b->has_request ||
	    (request_hash(&s->request, &hash, NULL) &&
		sha256_equal(&hash, &b->request));
}

static FALLIBLE check_request(struct verify_case *c, struct fault *f)
{
	const struct statement *st = c->statement;
	AUTO(recipe_drop) struct recipe r = { 0 };
	size_t next = 0;

	if (!st->kind->has_sources)
		return verify_excuse(f, "a key statement observes nothing");
	if (c->response.evidence.configuration.n == 0)
		return verify_excuse(f, NO_CONFIGURATION);
	TRY(open_recipe(c, &r, f));
	if (r.n_sources != st->n_sources)
		return fault_raise(f, FAULT_FORMAT, "recompute.request",
		    "the configuration has %zu sources, the statement %zu",
		    r.n_sources, st->n_sources);
	/* Blocks stand in the order of the configuration. */
	for (size_t i = 0; i < st->n_sources; i++) {
		struct recipe_source s;
		bool found = false;

		if (st->source[i].failed)
			continue;
		while (!found && next < r.n_sources) {
			struct fault why = FAULT_INIT;

			if (!recipe_source_at(&r, next++, &s, &why))
				return pass_on(&why, f);
			found = is_asked(&st->source[i], &s);
		}
		if (!found)
			return fault_raise(f, FAULT_FORMAT, "recompute.request",
			    "source %zu was not asked as the configuration "
			    "says",
			    i);
	}
	return true;
}

/* ---- the bodies --------------------------------------------------------- */

static FALLIBLE check_bodies(struct verify_case *c, struct fault *f)
{
	const struct statement *st = c->statement;
	AUTO(bodies_drop) struct bodies b = { 0 };

	if (c->response.evidence.bodies.n == 0)
		return verify_excuse(f, NO_BODIES);
	TRY(bodies_decode(c->response.evidence.bodies, &b, f));
	for (size_t k = 0; k < b.n; k++) {
		bool named = false;

		for (size_t i = 0; i < st->n_sources && !named; i++)
			named = !st->source[i].failed &&
			    sha256_equal(&st->source[i].body, &b.hash[k]);
		if (!named)
			return fault_raise(f, FAULT_CRYPTO, "recompute.bodies",
			    "a body beside the statement is none that it "
			    "names");
	}
	return true;
}

/* ---- the value ---------------------------------------------------------- */

/*
 * A source's own time is taken as it is, unless it lay ahead of the oracle's
 * clock: then the time of receipt, or shortly after it, stands there.
 */
static bool is_time_of(const struct statement_source *b, const struct picked *p)
{
	struct utc received = b->has_received ? b->received_at : b->observed_at;

	/* Without one the time of receipt counts: nothing younger. */
	if (!p->has_time)
		return b->observed_at.ms <= received.ms;
	return b->observed_at.ms == p->time.ms ||
	    (p->time.ms > b->observed_at.ms &&
		b->observed_at.ms >= received.ms);
}

static FALLIBLE pick_again(const struct statement_source *b,
    const struct recipe_source *s, struct span body, struct fault *f)
{
	struct utc received = b->has_received ? b->received_at : b->observed_at;
	AUTO(picked_drop) struct picked p = { 0 };
	struct fault why = FAULT_INIT;

	if (!s->picks->pick(&s->rule, body, received, &p, &why))
		return fault_raise(f,
		    why.kind == FAULT_SYSTEM ? FAULT_SYSTEM : FAULT_FORMAT,
		    "recompute.value",
		    "nothing can be picked from the body of %.*s: %.90s",
		    (int)(b->host.n < 60 ? b->host.n : 60), b->host.p,
		    why.text);
	if (!span_equal(blob_span(&p.text), b->value))
		return fault_raise(f, FAULT_FORMAT, "recompute.value",
		    "the body of %.*s has another value than the statement "
		    "says",
		    (int)(b->host.n < 80 ? b->host.n : 80), b->host.p);
	if (!is_time_of(b, &p))
		return fault_raise(f, FAULT_FORMAT, "recompute.value",
		    "the body of %.*s has another time than the statement says",
		    (int)(b->host.n < 80 ? b->host.n : 80), b->host.p);
	return true;
}

/*
 * The same URL may be configured twice, with two picks, and one of the two may
 * have failed: the first from `next` on that gives this value is meant.
 */
static FALLIBLE recompute(const struct recipe *r, size_t *next,
    const struct statement_source *b, struct span body, struct fault *f)
{
	struct fault first = FAULT_INIT;

	while (*next < r->n_sources) {
		struct fault why = FAULT_INIT;
		struct recipe_source s;

		TRY(recipe_source_at(r, (*next)++, &s, f));
		if (!is_asked(b, &s))
			continue;
		if (pick_again(b, &s, body, &why))
			return true;
		if (first.kind == FAULT_NONE)
			first = why;
	}
	if (first.kind == FAULT_NONE)
		return fault_raise(f, FAULT_FORMAT, "recompute.value",
		    "a value comes from no source of the configuration");
	*f = first;
	return false;
}

static FALLIBLE recompute_all(const struct statement *st,
    const struct recipe *r, const struct bodies *b, struct fault *f)
{
	size_t next = 0, n_used = 0, n_done = 0;

	for (size_t i = 0; i < st->n_sources; i++) {
		const struct statement_source *s = &st->source[i];
		const struct blob *body = bodies_find(b, &s->body);

		if (s->failed)
			continue;
		n_used += s->used;
		if (body == NULL)
			continue;
		TRY(recompute(r, &next, s, blob_span(body), f));
		n_done += s->used;
	}
	if (n_done < n_used) {
		char why[FAULT_TEXT_MAX];

		snprintf(why, sizeof(why),
		    "not checked: %zu of %zu values were recomputed; the "
		    "bodies of the others were not kept",
		    n_done, n_used);
		return verify_excuse(f, why);
	}
	return true;
}

static FALLIBLE check_value(struct verify_case *c, struct fault *f)
{
	const struct evidence *e = &c->response.evidence;
	AUTO(recipe_drop) struct recipe r = { 0 };
	AUTO(bodies_drop) struct bodies b = { 0 };
	struct fault why = FAULT_INIT;

	if (!c->statement->kind->has_sources)
		return verify_excuse(f, "a key statement observes nothing");
	if (e->configuration.n == 0)
		return verify_excuse(f, NO_CONFIGURATION);
	if (e->bodies.n == 0)
		return verify_excuse(f, NO_BODIES);
	TRY(open_recipe(c, &r, f));
	TRY(bodies_decode(e->bodies, &b, f));
	return recompute_all(c->statement, &r, &b, &why) || pass_on(&why, f);
}

static const struct verify_check rows[] = {
	{ { .id = "recompute.configuration",
	      .ref = "",
	      .clause = "FORMAT.evidence.md 8",
	      .explain =
		  "The configuration that travels beside the statement is the "
		  "one whose SHA-256 the statement names.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT, NEEDS_CONFIGURATION, check_configuration },
	{ { .id = "recompute.request",
	      .ref = "",
	      .clause = "FORMAT.evidence.md 8",
	      .explain =
		  "Each source was asked as the configuration says: the URL, "
		  "and the SHA-256 of method, headers and body where the "
		  "statement has it.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT | NEEDS_CONFIGURATION, 0, check_request },
	{ { .id = "recompute.bodies",
	      .ref = "",
	      .clause = "FORMAT.evidence.md 8",
	      .explain =
		  "Each body that travels beside the statement has a SHA-256 "
		  "that a source of the statement names.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT, NEEDS_BODIES, check_bodies },
	{ { .id = "recompute.value",
	      .ref = "",
	      .clause = "FORMAT.evidence.md 8",
	      .explain =
		  "Picked from the bodies again, by the configuration's rules, "
		  "each source's value and its own time are those in the "
		  "statement. If not, the code that made the statement did not "
		  "do what it was told. Not checked where bodies were not kept "
		  "(keep_body in the configuration).",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT | NEEDS_CONFIGURATION | NEEDS_BODIES, 0,
	    check_value },
};

const struct verify_table verify_recompute = { rows, COUNT(rows) };
