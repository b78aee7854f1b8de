/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/aggregate.h"

#include "tests/unit/check.h"

/* 2026-01-15T00:00:00Z */
static const struct utc NOW = { .ms = 1768435200000 };

/* ---- a feed and what its sources said ----------------------------------- */

struct bench {
	struct feed_config feed;
	struct source_config sources[LIMIT_SOURCES];
	struct source_result results[LIMIT_SOURCES];
	struct aggregate_job job;
	struct aggregate a;
};

static struct bench *bench_of(size_t n_sources, uint64_t min_sources)
{
	static struct bench b;

	memset(&b, 0, sizeof(b));
	b.feed = (struct feed_config){
		.id = "X",
		.kind = statement_kind_find(span_text("price")),
		.decimals = 2,
		.sources = b.sources,
		.n_sources = n_sources,
		.aggregate = { .method = "median",
		    .min_sources = min_sources,
		    .max_age_ms = 30000 },
	};
	b.job = (struct aggregate_job){
		.feed = &b.feed, .results = b.results, .now = NOW
	};
	return &b;
}

static void says(struct bench *b, size_t i, const char *number, int64_t age_ms)
{
	struct source_result *r = &b->results[i];
	struct fault f = FAULT_INIT;

	r->ok = true;
	r->observed_at.ms = NOW.ms - age_ms;
	assert_ok(
	    dec_parse(span_text(number), 2, DEC_EXACT, &r->number, &f), f);
	r->source.value = span_text(number);
	r->source.observed_at = r->observed_at;
}

static void fails(struct bench *b, size_t i, const char *reason)
{
	struct source_result *r = &b->results[i];

	r->ok = false;
	r->source.failed = true;
	r->source.reason = span_text(reason);
	r->source.detail = span_text("why not");
}

static void run_ok(struct bench *b)
{
	struct fault f = FAULT_INIT;

	assert_ok(aggregate_run(&b->job, &b->a, &f), f);
}

static void assert_dec(const struct dec *v, const char *want)
{
	char text[DEC_TEXT_SIZE];

	assert_string_equal(dec_format(v, text), want);
}

static void assert_rejected(const struct bench *b, size_t i, const char *reason)
{
	assert_false(b->a.source[i].used);
	assert_span_text(b->a.source[i].reason, reason);
	assert_true(b->a.source[i].detail.n > 0);
}

/* ---- the median --------------------------------------------------------- */

static void median__of_an_odd_number_is_the_middle(void **state)
{
	(void)state;
	struct bench *b = bench_of(3, 3);

	says(b, 0, "100.5", 0);
	says(b, 1, "99", 0);
	says(b, 2, "103.25", 0);
	run_ok(b);
	assert_dec(&b->a.value, "100.5");
	assert_dec(&b->a.spread, "4.25");
	assert_int_equal(b->a.n_used, 3);
	assert_int_equal(b->a.n_rejected, 0);
}

static void median__of_an_even_number_rounds_half_to_even(void **state)
{
	(void)state;
	static const struct {
		const char *low, *high, *want;
	} cases[] = {
		{ "100", "101", "100.5" },
		{ "1.01", "1.02", "1.02" }, /* 1.015: to 1.02 */
		{ "1.02", "1.03", "1.02" }, /* 1.025: to 1.02 */
		{ "-1.02", "-1.01", "-1.02" },
		{ "-1.03", "-1.02", "-1.02" },
		{ "-1", "1", "0" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench *b = bench_of(2, 2);

		says(b, 0, cases[i].high, 0);
		says(b, 1, cases[i].low, 0);
		run_ok(b);
		assert_dec(&b->a.value, cases[i].want);
	}
}

static void median__of_all_that_may_be_configured(void **state)
{
	(void)state;
	struct bench *b = bench_of(LIMIT_SOURCES, LIMIT_SOURCES);

	for (size_t i = 0; i < LIMIT_SOURCES; i++) {
		char number[8];

		/* 7 and 32 share no factor: all of 0 to 31, shuffled. */
		snprintf(number, sizeof(number), "%zu", i * 7 % LIMIT_SOURCES);
		says(b, i, number, 0);
	}
	run_ok(b);
	assert_dec(&b->a.value, "15.5");
	assert_dec(&b->a.spread, "31");
}

/* ---- the other methods -------------------------------------------------- */

static void weighted_median__takes_the_configured_weights(void **state)
{
	(void)state;
	struct bench *b = bench_of(3, 2);

	b->feed.aggregate.method = "weighted-median";
	b->sources[0].weight = 5;
	b->sources[1].weight = 1;
	b->sources[2].weight = 1;
	says(b, 0, "90", 0);
	says(b, 1, "100", 0);
	says(b, 2, "101", 0);
	run_ok(b);
	assert_dec(&b->a.value, "90");
	/* Without the heavy one the others keep their own. */
	b->sources[2].weight = 2;
	says(b, 0, "90", 40000);
	run_ok(b);
	assert_dec(&b->a.value, "101");
	assert_rejected(b, 0, "stale");
}

static void trimmed_mean__leaves_out_the_configured_number(void **state)
{
	(void)state;
	struct bench *b = bench_of(4, 3);

	b->feed.aggregate.method = "trimmed-mean";
	b->feed.aggregate.trim = 1;
	says(b, 0, "1", 0);
	says(b, 1, "100", 0);
	says(b, 2, "103", 0);
	says(b, 3, "900", 0);
	run_ok(b);
	assert_dec(&b->a.value, "101.5");
	assert_dec(&b->a.spread, "899");
	assert_int_equal(b->a.n_used, 4);
}

static void first_of__is_the_first_that_can_be_used(void **state)
{
	(void)state;
	struct bench *b = bench_of(5, 2);

	b->feed.aggregate.method = "first-of";
	b->feed.aggregate.max_deviation_bps = 100;
	fails(b, 0, "timeout");
	says(b, 1, "500", 0);
	says(b, 2, "100", 3000);
	says(b, 3, "100.5", 9000);
	says(b, 4, "100.25", 0);
	run_ok(b);
	assert_dec(&b->a.value, "100");
	assert_dec(&b->a.spread, "0");
	assert_int_equal(b->a.n_used, 1);
	assert_int_equal(b->a.n_rejected, 4);
	assert_rejected(b, 0, "timeout");
	assert_rejected(b, 1, "deviation");
	assert_true(b->a.source[2].used);
	assert_rejected(b, 3, "reserve");
	assert_rejected(b, 4, "reserve");
	/* Only what is used has a say in the time. */
	assert_int_equal(b->a.timestamp.ms, NOW.ms - 3000);
}

static void first_of__counts_the_reserve_for_the_quorum(void **state)
{
	(void)state;
	struct bench *b = bench_of(3, 2);
	struct fault f = FAULT_INIT;

	b->feed.aggregate.method = "first-of";
	fails(b, 0, "tls");
	says(b, 1, "100", 0);
	fails(b, 2, "tls");
	assert_refused(aggregate_run(&b->job, &b->a, &f), f, FAULT_REMOTE,
	    "aggregate.quorum");
	says(b, 2, "100", 0);
	run_ok(b);
	assert_int_equal(b->a.n_used, 1);
}

static void first_of__takes_text_as_it_is(void **state)
{
	(void)state;
	struct bench *b = bench_of(2, 1);

	b->feed.aggregate.method = "first-of";
	b->feed.kind = statement_kind_find(span_text("text"));
	for (size_t i = 0; i < 2; i++) {
		b->results[i].ok = true;
		b->results[i].observed_at.ms = NOW.ms - 1 - (int64_t)i;
		b->results[i].source.value = span_text("rain");
	}
	run_ok(b);
	assert_int_equal(b->a.oldest, 0);
	assert_rejected(b, 1, "reserve");
}

/* ---- too old ------------------------------------------------------------ */

static void stale__is_older_than_max_age_and_not_as_old(void **state)
{
	(void)state;
	struct bench *b = bench_of(3, 1);

	says(b, 0, "1", 30000);
	says(b, 1, "2", 30001);
	says(b, 2, "3", 0);
	run_ok(b);
	assert_true(b->a.source[0].used);
	assert_rejected(b, 1, "stale");
	assert_dec(&b->a.value, "2"); /* of 1 and 3 */
	assert_int_equal(b->a.n_used, 2);
	assert_int_equal(b->a.n_rejected, 1);
}

static void timestamp__is_that_of_the_oldest_value_used(void **state)
{
	(void)state;
	struct bench *b = bench_of(4, 1);

	b->feed.aggregate.max_deviation_bps = 1000;
	says(b, 0, "100", 500);
	says(b, 1, "100", 9000);
	says(b, 2, "100", 40000); /* too old to count */
	says(b, 3, "500", 20000); /* too far to count */
	run_ok(b);
	assert_int_equal(b->a.timestamp.ms, NOW.ms - 9000);
	assert_int_equal(b->a.oldest, 1);
}

static void timestamp__is_never_later_than_our_own_time(void **state)
{
	(void)state;
	struct bench *b = bench_of(2, 2);

	says(b, 0, "100", -4000);
	says(b, 1, "101", -9000);
	run_ok(b);
	assert_int_equal(b->a.timestamp.ms, NOW.ms);
	assert_int_equal(b->a.source[0].observed_at.ms, NOW.ms);
	assert_int_equal(b->a.source[1].observed_at.ms, NOW.ms);
}

static void backwards__is_before_the_last_statement_and_not_at_it(void **state)
{
	(void)state;
	struct bench *b = bench_of(3, 1);

	b->job.not_before.ms = NOW.ms - 5000;
	says(b, 0, "1", 5001);
	says(b, 1, "2", 5000);
	says(b, 2, "4", 0);
	run_ok(b);
	assert_rejected(b, 0, "backwards");
	assert_dec(&b->a.value, "3");
	assert_int_equal(b->a.timestamp.ms, b->job.not_before.ms);
}

/* ---- too far ------------------------------------------------------------ */

static void deviation__is_from_the_median_of_all_candidates(void **state)
{
	(void)state;
	struct bench *b = bench_of(5, 3);

	b->feed.aggregate.max_deviation_bps = 100;
	says(b, 0, "100", 0);
	says(b, 1, "101", 0);    /* exactly one percent: stays */
	says(b, 2, "101.01", 0); /* a hundredth more: goes */
	says(b, 3, "99", 0);
	says(b, 4, "98.99", 0);
	run_ok(b);
	assert_true(b->a.source[0].used);
	assert_true(b->a.source[1].used);
	assert_rejected(b, 2, "deviation");
	assert_true(b->a.source[3].used);
	assert_rejected(b, 4, "deviation");
	assert_dec(&b->a.value, "100");
	/* The spread is that of the values used. */
	assert_dec(&b->a.spread, "2");
	assert_int_equal(b->a.n_rejected, 2);
}

static void deviation__stale_values_have_no_say_in_the_median(void **state)
{
	(void)state;
	struct bench *b = bench_of(5, 2);

	b->feed.aggregate.max_deviation_bps = 100;
	says(b, 0, "50", 60000);
	says(b, 1, "50", 60000);
	says(b, 2, "50", 60000);
	says(b, 3, "100", 0);
	says(b, 4, "100.5", 0);
	run_ok(b);
	assert_dec(&b->a.value, "100.25");
	assert_int_equal(b->a.n_used, 2);
}

static void deviation__zero_rejects_nobody(void **state)
{
	(void)state;
	struct bench *b = bench_of(2, 2);

	says(b, 0, "1", 0);
	says(b, 1, "1000", 0);
	run_ok(b);
	assert_dec(&b->a.value, "500.5");
}

static void deviation__of_two_that_disagree_leaves_no_quorum(void **state)
{
	(void)state;
	struct bench *b = bench_of(2, 1);
	struct fault f = FAULT_INIT;

	b->feed.aggregate.max_deviation_bps = 100;
	says(b, 0, "90", 0);
	says(b, 1, "110", 0);
	assert_refused(aggregate_run(&b->job, &b->a, &f), f, FAULT_REMOTE,
	    "aggregate.quorum");
	assert_rejected(b, 0, "deviation");
	assert_rejected(b, 1, "deviation");
}

/* ---- enough ------------------------------------------------------------- */

static void quorum__counts_what_remains_after_every_rejection(void **state)
{
	(void)state;
	struct fault f = FAULT_INIT;

	for (uint64_t needed = 1; needed <= 5; needed++) {
		struct bench *b = bench_of(5, needed);

		b->feed.aggregate.max_deviation_bps = 100;
		says(b, 0, "100", 0);
		says(b, 1, "100", 0);
		fails(b, 2, "tls");
		says(b, 3, "100", 40000);
		says(b, 4, "150", 0);
		bool ok = aggregate_run(&b->job, &b->a, &f);
		assert_int_equal(ok, needed <= 2);
		/* Told source by source, whether it succeeded or not. */
		assert_int_equal(b->a.n_used, 2);
		assert_int_equal(b->a.n_rejected, 3);
		assert_rejected(b, 2, "tls");
		assert_rejected(b, 3, "stale");
		assert_rejected(b, 4, "deviation");
		if (!ok)
			assert_fault(f, FAULT_REMOTE, "aggregate.quorum");
	}
}

static void quorum__of_nobody_is_none(void **state)
{
	(void)state;
	struct bench *b = bench_of(3, 1);
	struct fault f = FAULT_INIT;

	for (size_t i = 0; i < 3; i++)
		fails(b, i, "timeout");
	assert_refused(aggregate_run(&b->job, &b->a, &f), f, FAULT_REMOTE,
	    "aggregate.quorum");
}

static void quorum__the_only_source_is_named_with_its_failure(void **state)
{
	(void)state;
	struct bench *b = bench_of(1, 1);
	struct fault f = FAULT_INIT;

	fails(b, 0, "http");
	assert_false(aggregate_run(&b->job, &b->a, &f));
	assert_string_equal(f.text, "http: why not");
	assert_fault(f, FAULT_REMOTE, "aggregate.source");

	says(b, 0, "1", 30001);
	assert_false(aggregate_run(&b->job, &b->a, &f));
	assert_non_null(strstr(f.text, "stale"));
	assert_fault(f, FAULT_REMOTE, "aggregate.source");
}

static void run__forgets_the_round_before(void **state)
{
	(void)state;
	struct bench *b = bench_of(2, 1);

	fails(b, 0, "tls");
	says(b, 1, "5", 1000);
	run_ok(b);
	says(b, 0, "7", 0);
	says(b, 1, "9", 0);
	run_ok(b);
	assert_true(b->a.source[0].used);
	assert_int_equal(b->a.source[0].reason.n, 0);
	assert_dec(&b->a.value, "8");
	assert_int_equal(b->a.timestamp.ms, NOW.ms);
}

static void run__text_needs_no_number(void **state)
{
	(void)state;
	struct bench *b = bench_of(1, 1);

	b->feed.kind = statement_kind_find(span_text("text"));
	b->feed.aggregate.max_deviation_bps = 1;
	b->results[0].ok = true;
	b->results[0].observed_at.ms = NOW.ms - 1;
	b->results[0].source.value = span_text("rain");
	run_ok(b);
	assert_int_equal(b->a.oldest, 0);
	assert_int_equal(b->a.timestamp.ms, NOW.ms - 1);
}

static void run__numbers_too_far_apart_for_256_bits_are_refused(void **state)
{
	(void)state;
	struct bench *b = bench_of(2, 2);
	struct fault f = FAULT_INIT;
	uint8_t bytes[32];

	says(b, 0, "1", 0);
	says(b, 1, "1", 0);
	memset(bytes, 0xff, sizeof(bytes));
	bytes[0] = 0x7f;
	dec_decode_int256(bytes, 2, &b->results[0].number);
	memset(bytes, 0, sizeof(bytes));
	bytes[0] = 0x80;
	dec_decode_int256(bytes, 2, &b->results[1].number);
	assert_refused(
	    aggregate_run(&b->job, &b->a, &f), f, FAULT_LIMIT, "dec.overflow");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(median__of_an_odd_number_is_the_middle),
		cmocka_unit_test(median__of_an_even_number_rounds_half_to_even),
		cmocka_unit_test(median__of_all_that_may_be_configured),
		cmocka_unit_test(weighted_median__takes_the_configured_weights),
		cmocka_unit_test(
		    trimmed_mean__leaves_out_the_configured_number),
		cmocka_unit_test(first_of__is_the_first_that_can_be_used),
		cmocka_unit_test(first_of__counts_the_reserve_for_the_quorum),
		cmocka_unit_test(first_of__takes_text_as_it_is),
		cmocka_unit_test(stale__is_older_than_max_age_and_not_as_old),
		cmocka_unit_test(timestamp__is_that_of_the_oldest_value_used),
		cmocka_unit_test(timestamp__is_never_later_than_our_own_time),
		cmocka_unit_test(
		    backwards__is_before_the_last_statement_and_not_at_it),
		cmocka_unit_test(
		    deviation__is_from_the_median_of_all_candidates),
		cmocka_unit_test(
		    deviation__stale_values_have_no_say_in_the_median),
		cmocka_unit_test(deviation__zero_rejects_nobody),
		cmocka_unit_test(
		    deviation__of_two_that_disagree_leaves_no_quorum),
		cmocka_unit_test(
		    quorum__counts_what_remains_after_every_rejection),
		cmocka_unit_test(quorum__of_nobody_is_none),
		cmocka_unit_test(
		    quorum__the_only_source_is_named_with_its_failure),
		cmocka_unit_test(run__forgets_the_round_before),
		cmocka_unit_test(run__text_needs_no_number),
		cmocka_unit_test(
		    run__numbers_too_far_apart_for_256_bits_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
