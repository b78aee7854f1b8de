/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/aggregate.h"

#include <stdarg.h>
#include <stdio.h>

static void reject(struct aggregate_source *s, const char *reason,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void reject(
    struct aggregate_source *s, const char *reason, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(s->text, sizeof(s->text), fmt, args);
	va_end(args);
	s->used = false;
	s->reason = span_text(reason);
	s->detail = span_text(s->text);
}

/* ---- step 1: who answered, in time -------------------------------------- */

static void judge_time(const struct aggregate_job *job,
    const struct source_result *result, struct aggregate_source *s)
{
	const struct aggregate_config *cfg = &job->feed->aggregate;
	int64_t age_ms = job->now.ms - result->observed_at.ms;

	if (age_ms > (int64_t)cfg->max_age_ms) {
		reject(s, AGGREGATE_STALE,
		    "observed %lld ms ago, more than max_age_ms %llu",
		    (long long)age_ms, (unsigned long long)cfg->max_age_ms);
		return;
	}
	s->observed_at = age_ms < 0 ? job->now : result->observed_at;
	/* Only the timestamp orders statements, so it never runs back: not
	 * for a source that repeats itself, not for a clock that was set. */
	if (s->observed_at.ms < job->not_before.ms)
		reject(s, AGGREGATE_BACKWARDS,
		    "observed %lld ms before the feed's last statement",
		    (long long)(job->not_before.ms - s->observed_at.ms));
}

static void judge_answer(const struct aggregate_job *job,
    const struct source_result *result, struct aggregate_source *s)
{
	*s = (struct aggregate_source){ .used = result->ok };
	if (result->ok) {
		judge_time(job, result, s);
		return;
	}
	s->reason = result->source.reason;
	s->detail = result->source.detail;
}

/* ---- step 2: who agrees ------------------------------------------------- */

static size_t numbers_used(const struct aggregate_job *job,
    const struct aggregate *a, struct combine_value numbers[LIMIT_SOURCES])
{
	size_t n = 0;

	for (size_t i = 0; i < job->feed->n_sources; i++) {
		if (a->source[i].used)
			numbers[n++] = (struct combine_value){
				.number = job->results[i].number,
				.weight = job->feed->sources[i].weight,
			};
	}
	return n;
}

static FALLIBLE reject_deviating(
    const struct aggregate_job *job, struct aggregate *a, struct fault *f)
{
	uint32_t bps = (uint32_t)job->feed->aggregate.max_deviation_bps;
	const struct combine_method *median = combine_find(span_text("median"));
	struct combine_value numbers[LIMIT_SOURCES];
	struct dec middle, spread;
	size_t n = numbers_used(job, a, numbers);
	char text[DEC_TEXT_SIZE];

	if (bps == 0 || n == 0)
		return true;
	TRY(combine_values(median, 0, numbers, n, &middle, &spread, f));
	dec_format(&middle, text);
	for (size_t i = 0; i < job->feed->n_sources; i++) {
		struct aggregate_source *s = &a->source[i];

		if (s->used &&
		    dec_deviates(&job->results[i].number, &middle, bps))
			reject(s, AGGREGATE_DEVIATION,
			    "more than %u bps from the median %.80s of %zu",
			    bps, text, n);
	}
	return true;
}

/* ---- step 3: what they say ---------------------------------------------- */

static void count(const struct aggregate_job *job, struct aggregate *a)
{
	a->n_used = 0;
	for (size_t i = 0; i < job->feed->n_sources; i++)
		a->n_used += a->source[i].used;
	a->n_rejected = job->feed->n_sources - a->n_used;
}

static FALLIBLE has_quorum(
    const struct aggregate_job *job, struct aggregate *a, struct fault *f)
{
	const struct aggregate_source *only = &a->source[0];

	if (a->n_used >= job->feed->aggregate.min_sources && a->n_used > 0)
		return true;
	if (job->feed->n_sources == 1)
		return fault_raise(f, FAULT_REMOTE, "aggregate.source",
		    "%.*s: %.*s", (int)only->reason.n,
		    (const char *)only->reason.p, (int)only->detail.n,
		    (const char *)only->detail.p);
	return fault_raise(f, FAULT_REMOTE, "aggregate.quorum",
	    "%zu of %zu sources can be used, %llu are needed", a->n_used,
	    job->feed->n_sources,
	    (unsigned long long)job->feed->aggregate.min_sources);
}

/* First-of: whoever comes behind the first is not needed. */
static void reserve_the_rest(
    const struct aggregate_job *job, struct aggregate *a)
{
	bool found = false;

	for (size_t i = 0; i < job->feed->n_sources; i++) {
		struct aggregate_source *s = &a->source[i];

		if (s->used && found)
			reject(s, AGGREGATE_RESERVE,
			    "not needed: an earlier source was used");
		found = found || s->used;
	}
	count(job, a);
}

static void find_oldest(const struct aggregate_job *job, struct aggregate *a)
{
	bool found = false;

	for (size_t i = 0; i < job->feed->n_sources; i++) {
		const struct aggregate_source *s = &a->source[i];

		if (!s->used || (found && s->observed_at.ms >= a->timestamp.ms))
			continue;
		found = true;
		a->oldest = i;
		a->timestamp = s->observed_at;
	}
}

static FALLIBLE find_method(const struct feed_config *feed,
    const struct combine_method **out, struct fault *f)
{
	*out = combine_find(span_text(feed->aggregate.method));
	return *out != NULL ||
	    fault_raise(f, FAULT_INTERNAL, "aggregate.method",
		"the method has no row in the table");
}

static FALLIBLE combine(const struct aggregate_job *job,
    const struct combine_method *method, struct aggregate *a, struct fault *f)
{
	struct combine_value numbers[LIMIT_SOURCES];
	size_t n = numbers_used(job, a, numbers);

	return combine_values(method, job->feed->aggregate.trim, numbers, n,
	    &a->value, &a->spread, f);
}

bool aggregate_run(
    const struct aggregate_job *job, struct aggregate *out, struct fault *f)
{
	const struct statement_kind *kind = job->feed->kind;
	const struct combine_method *method;

	for (size_t i = 0; i < job->feed->n_sources; i++)
		judge_answer(job, &job->results[i], &out->source[i]);
	if (kind->is_number && !reject_deviating(job, out, f)) {
		count(job, out);
		return false;
	}
	count(job, out);
	TRY(has_quorum(job, out, f));
	TRY(find_method(job->feed, &method, f));
	if (method->uses_first)
		reserve_the_rest(job, out);
	find_oldest(job, out);
	return !kind->is_number || combine(job, method, out, f);
}
