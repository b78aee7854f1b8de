/* SPDX-License-Identifier: Apache-2.0 */
/* Does what the statement says follow from what it says it saw? */
#include "verify/combine.h"
#include "verify/verify_case.h"

#define NOTHING_OBSERVED "a key statement observes nothing"

/* Oldest and newest observation among those used; there is at least one. */
static void times_used(
    const struct statement *s, struct utc *oldest, struct utc *newest)
{
	bool first = true;

	for (size_t i = 0; i < s->n_sources; i++) {
		struct utc t = s->source[i].observed_at;

		if (!s->source[i].used)
			continue;
		if (first || t.ms < oldest->ms)
			*oldest = t;
		if (first || t.ms > newest->ms)
			*newest = t;
		first = false;
	}
}

static FALLIBLE check_value(struct verify_case *c, struct fault *f)
{
	if (!c->statement->kind->has_sources)
		return verify_excuse(f, NOTHING_OBSERVED);
	if (c->statement->n_sources == 1)
		return verify_excuse(
		    f, "one source: there is nothing to combine");
	return combine_check(c->statement, f);
}

static FALLIBLE check_timestamp(struct verify_case *c, struct fault *f)
{
	const struct statement *s = c->statement;
	struct utc oldest = { 0 }, newest = { 0 };

	if (!s->kind->has_sources)
		return verify_excuse(f, NOTHING_OBSERVED);
	times_used(s, &oldest, &newest);
	if (s->timestamp.ms != oldest.ms)
		return fault_raise(f, FAULT_FORMAT, "statement.timestamp",
		    "is not the time of the oldest value used, it is %lld ms "
		    "off: an old price must look old",
		    (long long)(s->timestamp.ms - oldest.ms));
	return true;
}

static FALLIBLE check_span(struct verify_case *c, struct fault *f)
{
	const struct statement *s = c->statement;
	struct utc oldest = { 0 }, newest = { 0 };

	if (!s->kind->has_sources)
		return verify_excuse(f, NOTHING_OBSERVED);
	if (s->n_sources == 1)
		return verify_excuse(
		    f, "one source: there is no other to compare");
	times_used(s, &oldest, &newest);
	if ((uint64_t)(newest.ms - oldest.ms) > s->max_age_ms)
		return fault_raise(f, FAULT_FORMAT, "statement.maxAgeMs",
		    "a value used is %lld ms older than the newest one, more "
		    "than the statement's own %llu ms",
		    (long long)(newest.ms - oldest.ms),
		    (unsigned long long)s->max_age_ms);
	return true;
}

struct utc verify_received_at(const struct statement_source *b)
{
	return b->has_received ? b->received_at : b->observed_at;
}

/* Whether a connection's leaf was valid when it was used, and not revoked. */
static FALLIBLE check_connection(const struct tls_evidence *t,
    struct utc received, struct span host, struct fault *f)
{
	int n = host.n < 80 ? (int)host.n : 80;
	const char *name = (const char *)host.p;

	if (t->plain_http)
		return true;
	if (received.ms < t->valid_from.ms || received.ms > t->valid_to.ms)
		return fault_raise(f, FAULT_CRYPTO, "statement.tls",
		    "the certificate of %.*s was not valid when the answer "
		    "came",
		    n, name);
	if (span_equal_text(t->ocsp, "revoked"))
		return fault_raise(f, FAULT_CRYPTO, "statement.tls",
		    "the certificate of %.*s was revoked", n, name);
	return true;
}

static FALLIBLE check_tls(struct verify_case *c, struct fault *f)
{
	const struct statement *s = c->statement;

	if (!s->kind->has_sources)
		return verify_excuse(f, NOTHING_OBSERVED);
	for (size_t i = 0; i < s->n_sources; i++) {
		const struct statement_source *b = &s->source[i];

		if (!b->used)
			continue;
		TRY(check_connection(
		    &b->tls, verify_received_at(b), b->host, f));
		for (size_t k = 0; k < b->n_hops; k++)
			TRY(check_connection(&b->hops[k].tls,
			    verify_received_at(b), b->hops[k].host, f));
	}
	return true;
}

static const struct verify_check rows[] = {
	{ { .id = "statement.value",
	      .ref = "",
	      .clause = "FORMAT.statement.md 5",
	      .explain =
		  "The value and the spread are computed again from the "
		  "values used, by the method named. If they differ, the "
		  "statement contradicts itself, whoever signed it.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT, 0, check_value },
	{ { .id = "statement.timestamp",
	      .ref = "",
	      .clause = "FORMAT.statement.md 3",
	      .explain =
		  "The timestamp is that of the oldest value used, so that a "
		  "price signed again looks as old as it is.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT, 0, check_timestamp },
	{ { .id = "statement.span",
	      .ref = "",
	      .clause = "FORMAT.statement.md 5",
	      .explain = "Values that were combined were observed within the "
			 "statement's own maxAgeMs of each other.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT, 0, check_span },
	{ { .id = "statement.tls",
	      .ref = "",
	      .clause = "FORMAT.statement.md 4",
	      .explain =
		  "Each certificate was valid when it was used and is not "
		  "said to be revoked. That the chain was verified is what "
		  "the measured code vouches for.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT, 0, check_tls },
};

const struct verify_table verify_statement = { rows, COUNT(rows) };
