/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/feed_call.h"
#include "oracle/feed.h"

#include "attest/provider.h"
#include "oracle/collateral_keeper.h"
#include "oracle/feed_tally.h"
#include "tests/unit/check.h"
#include "tests/unit/source_double.h"
#include "tests/unit/state_dir.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"
#include "verify/verify.h"

#include <pthread.h>
#include <time.h>

/* 2026-01-15T00:00:00Z */
static const struct utc START = { .ms = 1768435200000 };
static struct utc now;

static void set_time(int64_t ms_later)
{
	now.ms = START.ms + ms_later;
	clock_set_for_test(&now);
}

/* Another moment: one time has one value. */
static void later(void)
{
	now.ms++;
	clock_set_for_test(&now);
}

/* ---- an oracle with one feed -------------------------------------------- */

struct bench {
	struct state_dir dir;
	struct source_config sources[3];
	struct feed_config cfg;
	struct config config;
	struct attest *attest;
	struct signer *signer;
	struct quoter *quoter;
	struct recent *recent;
	struct trusted_time *time;
	struct feed_deps deps;
	struct feed *feed;
};

static void open_feed(struct bench *b)
{
	struct fault f = FAULT_INIT;

	assert_ok(feed_open(&b->cfg, &b->deps, &b->feed, &f), f);
}

static void bench_open(struct bench *b, size_t n_sources)
{
	struct fault f = FAULT_INIT;
	bool made;

	set_time(0);
	memset(b, 0, sizeof(*b));
	memset(source_script, 0, sizeof(source_script));
	b->dir = state_dir_new();
	for (size_t i = 0; i < n_sources; i++) {
		b->sources[i].rule.is_number = true;
		b->sources[i].rule.decimals = 8;
	}
	b->cfg = (struct feed_config){
		.id = "BTC/USD",
		.kind = statement_kind_find(span_text("price")),
		.decimals = 8,
		.interval_ms = 5000,
		.aggregate = { .method = "median",
		    .min_sources = n_sources > 1 ? 2 : 1,
		    .max_deviation_bps = 100,
		    .max_age_ms = 30000 },
		.sources = b->sources,
		.n_sources = n_sources,
	};
	b->config = (struct config){
		.state_dir = b->dir.path, .feeds = &b->cfg, .n_feeds = 1
	};
	b->config.hash = sha256_of(span_text("the configuration"));
	const struct attest_config attest = { .provider = "simulator",
		.state_dir = b->dir.path };
	assert_ok(attest_open(&attest, &b->attest, &f), f);
	assert_ok(
	    signer_open(b->attest, b->dir.path, &b->signer, &made, &f), f);
	assert_ok(quoter_open(b->attest, &b->quoter, &f), f);
	assert_ok(recent_new(16, 1 << 20, &b->recent, &f), f);
	const struct time_config time = { .min_sources = 3,
		.tolerance_ms = 60000 };
	assert_ok(trusted_time_new(&time, &b->time, &f), f);
	b->deps = (struct feed_deps){ .config = &b->config,
		.time = b->time,
		.signer = b->signer,
		.quoter = b->quoter,
		.attest = b->attest,
		.recent = b->recent };
	open_feed(b);
}

static void bench_close(struct bench *b)
{
	feed_free(b->feed);
	trusted_time_free(b->time);
	recent_free(b->recent);
	quoter_close(b->quoter);
	signer_close(b->signer);
	attest_close(b->attest);
	state_dir_drop(&b->dir);
}

static void says(size_t i, const char *value)
{
	source_script[i] = (struct source_script){ .value = value };
}

static void fails(size_t i, const char *reason)
{
	source_script[i] = (struct source_script){ .reason = reason };
}

static void round_ok(struct bench *b)
{
	struct fault f = FAULT_INIT;

	assert_ok(feed_round(b->feed, NULL, &f), f);
}

static void round_fails(struct bench *b, const char *at)
{
	struct fault f = FAULT_INIT;

	assert_false(feed_round(b->feed, NULL, &f));
	assert_string_equal(f.at, at);
}

/* ---- what it answers ---------------------------------------------------- */

struct answer {
	int status;
	struct blob body;
	struct response response;
	struct response_doc response_doc;
	struct statement *st;
	struct statement_doc statement_doc;
	struct sha256 hash;
};

static void answer_drop(struct answer *a)
{
	response_doc_drop(&a->response_doc);
	statement_doc_drop(&a->statement_doc);
	blob_drop(&a->body);
	free(a->st);
}

/* Decodes the body; the verifier finds it authentic. */
static void decode_answer(struct answer *a)
{
	struct fault f = FAULT_INIT;

	assert_ok(response_decode(
		      blob_span(&a->body), &a->response, &a->response_doc, &f),
	    f);
	a->hash = sha256_of(a->response.statement);
	a->st = calloc(1, sizeof(*a->st));
	assert_non_null(a->st);
	assert_ok(statement_decode(
		      a->response.statement, a->st, &a->statement_doc, &f),
	    f);
}

static void assert_authentic(const struct answer *a)
{
	static struct verdict verdict;
	const struct verify_options opt = { .at = now,
		.allow_simulated = true };

	memset(&verdict, 0, sizeof(verdict));
	verify_response(blob_span(&a->body), &opt, &verdict);
	if (verdict.kind != VERDICT_AUTHENTIC) {
		for (size_t i = 0; i < verdict.n_checks; i++) {
			if (verdict.checks[i].result != CHECK_PASS)
				print_error("%s: %s\n",
				    verdict.checks[i].info->id,
				    verdict.checks[i].fault.text);
		}
		fail_msg("%s", verdict.summary);
	}
	verdict_drop(&verdict);
}

static struct answer board_says(struct bench *b, enum response_detail detail)
{
	struct answer a = { 0 };
	struct board_answer got;
	struct fault f = FAULT_INIT;
	const struct board_ask ask = { .detail = detail, .now = now };

	board_answer(feed_board(b->feed), &ask, &got);
	a.status = got.status;
	const uint8_t *end = memmem(got.bytes.p, got.bytes.n, "\r\n\r\n", 4);
	assert_non_null(end);
	size_t head_n = (size_t)(end - got.bytes.p) + 4;
	assert_ok(blob_copy(span_of(got.bytes.p + head_n, got.bytes.n - head_n),
		      &a.body, &f),
	    f);
	board_release(got.slot);
	if (a.status == 200)
		decode_answer(&a);
	return a;
}

static struct answer published(struct bench *b)
{
	struct answer a = board_says(b, RESPONSE_QUOTE);

	assert_int_equal(a.status, 200);
	return a;
}

static struct answer for_nonce(struct bench *b, const char *nonce)
{
	struct answer a = { 0 };
	struct fault f = FAULT_INIT;
	struct sha256 hash;

	assert_ok(feed_respond_to_nonce(b->feed, span_text(nonce),
		      RESPONSE_FULL, &a.body, &hash, &f),
	    f);
	decode_answer(&a);
	assert_true(sha256_equal(&hash, &a.hash));
	return a;
}

#define ANSWER AUTO(answer_drop) struct answer

/* ---- one source, and more ----------------------------------------------- */

static void round__publishes_a_statement_that_the_verifier_believes(
    void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);

	says(0, "97234.12");
	source_script[0].age_ms = 1500;
	round_ok(&b);
	ANSWER a = board_says(&b, RESPONSE_FULL);
	assert_int_equal(a.status, 200);
	assert_authentic(&a);
	assert_span_text(a.st->feed, "BTC/USD");
	assert_span_text(a.st->value, "97234.12");
	assert_int_equal(a.st->decimals, 8);
	assert_int_equal(a.st->timestamp.ms, START.ms - 1500);
	assert_int_equal(a.st->round, START.ms / 1000);
	assert_int_equal(a.st->max_age_ms, 30000);
	assert_false(a.st->has_previous);
	assert_int_equal(a.st->nonce.n, 0);
	assert_int_equal(a.st->n_sources, 1);
	assert_int_equal(a.st->method.n, 0);
	assert_span_text(a.st->source[0].host, "s0.test");
	assert_span_text(a.st->source[0].tls.issuer, "CN=Issuer 0");
	assert_memory_equal(a.st->config.b, b.config.hash.b, 32);
	assert_true(eth_addr_equal(&a.st->signer, signer_address(b.signer)));
}

/* A simulator's quotes, from a provider that brings no collateral. */
static struct attest *open_without_collateral(
    const struct bench *b, struct attest_row *row, struct attest_ops *ops)
{
	const struct attest_config config = { .state_dir = b->dir.path };
	const struct attest_row *simulator = NULL;
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;

	assert_ok(
	    attest_choose(attest_rows, "simulator", NULL, &simulator, &f), f);
	*row = *simulator;
	*ops = *simulator->ops;
	ops->collateral = NULL;
	row->ops = ops;
	assert_ok(attest_open_row(row, &config, &a, &f), f);
	return a;
}

/* What a service would say of this machine; `user` is a provider that knows. */
static bool obtain(void *user, const volatile bool *stop, struct blob *bundle,
    struct collateral_facts *facts, struct fault *f)
{
	(void)stop;
	return attest_collateral(user, bundle, f) &&
	    collateral_check_bundle(blob_span(bundle), facts, f);
}

static int board_status(struct bench *b, enum response_detail detail)
{
	const struct board_ask ask = { .detail = detail, .now = now };
	struct board_answer answer;

	board_answer(feed_board(b->feed), &ask, &answer);
	int status = answer.status;
	board_release(answer.slot);
	return status;
}

static void round__has_no_full_response_while_no_collateral_is_good(
    void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	AUTO(attest_drop) struct attest *without = NULL;
	struct attest_row row;
	struct attest_ops ops;
	struct fault f = FAULT_INIT;

	bench_open(&b, 1);
	const struct collateral_keeper_config config = {
		.obtain = obtain, .user = b.attest, .refresh_s = 60
	};
	without = open_without_collateral(&b, &row, &ops);
	feed_free(b.feed);
	b.deps.attest = without;
	assert_ok(collateral_keeper_new(&config, &b.deps.collateral, &f), f);
	open_feed(&b);

	says(0, "97234.12");
	round_ok(&b);
	assert_int_equal(board_status(&b, RESPONSE_FULL), 503);
	assert_int_equal(board_status(&b, RESPONSE_QUOTE), 200);

	collateral_keeper_refresh(b.deps.collateral);
	set_time(5000);
	round_ok(&b);
	ANSWER a = board_says(&b, RESPONSE_FULL);
	assert_int_equal(a.status, 200);
	assert_true(a.response.evidence.collateral.n > 0);
	assert_authentic(&a);
	feed_free(b.feed);
	b.feed = NULL;
	collateral_keeper_free(b.deps.collateral);
}

static void round__tells_who_was_used_and_who_was_not(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 3);

	says(0, "100");
	says(1, "100.5");
	source_script[1].age_ms = 700;
	source_script[1].has_hop = true;
	fails(2, "tls");
	round_ok(&b);
	ANSWER a = board_says(&b, RESPONSE_FULL);
	assert_authentic(&a);
	assert_span_text(a.st->method, "median");
	assert_span_text(a.st->value, "100.25");
	assert_span_text(a.st->spread, "0.5");
	assert_int_equal(a.st->timestamp.ms, START.ms - 700);
	assert_int_equal(a.st->n_sources, 3);
	assert_true(a.st->source[0].used);
	assert_true(a.st->source[1].used);
	assert_int_equal(a.st->source[1].n_hops, 1);
	assert_span_text(a.st->source[1].hops[0].host, "hop1.test");
	assert_false(a.st->source[2].used);
	assert_true(a.st->source[2].failed);
	assert_span_text(a.st->source[2].reason, "tls");

	struct feed_status status;
	feed_status_of(b.feed, now, &status);
	assert_true(status.has_value);
	assert_true(status.fresh);
	assert_string_equal(status.value, "100.25");
	assert_int_equal(status.used, 2);
	assert_int_equal(status.rejected, 1);
	assert_int_equal(status.rounds_ok, 1);
	assert_int_equal(status.rounds_failed, 0);
	assert_int_equal(status.round, a.st->round);
	assert_int_equal(status.timestamp.ms, a.st->timestamp.ms);
	assert_string_equal(status.last_fault, "");
	/* (0 is "used"; 2 is "tls") */
	const struct feed_tally *t = feed_outcomes(b.feed);
	assert_int_equal(feed_tally_count(t, 0, 0), 1);
	assert_int_equal(feed_tally_count(t, 1, 0), 1);
	assert_int_equal(feed_tally_count(t, 2, 0), 0);
	assert_string_equal(feed_tally_outcomes[2], "tls");
	assert_int_equal(feed_tally_count(t, 2, 2), 1);
}

/* What a reader needs to combine again stands in the statement. */
static void round__carries_weights_with_the_weighted_median(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 3);

	b.cfg.aggregate.method = "weighted-median";
	b.sources[0].weight = 2;
	b.sources[1].weight = 7;
	b.sources[2].weight = 3;
	says(0, "100");
	says(1, "100.5");
	fails(2, "tls");
	round_ok(&b);
	ANSWER a = board_says(&b, RESPONSE_FULL);
	assert_authentic(&a);
	assert_span_text(a.st->method, "weighted-median");
	assert_span_text(a.st->value, "100.5");
	assert_int_equal(a.st->source[0].weight, 2);
	assert_int_equal(a.st->source[1].weight, 7);
	assert_int_equal(a.st->source[2].weight, 0);
	assert_int_equal(a.st->trim, 0);
}

static void round__carries_trim_with_the_trimmed_mean(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 3);

	b.cfg.aggregate.method = "trimmed-mean";
	b.cfg.aggregate.min_sources = 3;
	b.cfg.aggregate.trim = 1;
	says(0, "100");
	says(1, "100.5");
	says(2, "100.25");
	round_ok(&b);
	ANSWER a = board_says(&b, RESPONSE_FULL);
	assert_authentic(&a);
	assert_span_text(a.st->value, "100.25");
	assert_int_equal(a.st->trim, 1);
	assert_int_equal(a.st->source[0].weight, 0);

	/* Views are used again: another method leaves nothing behind. */
	b.cfg.aggregate.method = "median";
	round_ok(&b);
	round_ok(&b);
	ANSWER again = board_says(&b, RESPONSE_FULL);
	assert_authentic(&again);
	assert_int_equal(again.st->trim, 0);
}

static void round__fails_over_to_the_next_source(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 3);

	b.cfg.aggregate.method = "first-of";
	b.cfg.aggregate.min_sources = 1;
	says(0, "100");
	says(1, "100.5");
	says(2, "100.75");
	round_ok(&b);
	ANSWER first = board_says(&b, RESPONSE_FULL);
	assert_authentic(&first);
	assert_span_text(first.st->value, "100");
	assert_span_text(first.st->spread, "0");

	fails(0, "timeout");
	later();
	round_ok(&b);
	ANSWER next = board_says(&b, RESPONSE_FULL);
	assert_authentic(&next);
	assert_span_text(next.st->value, "100.5");
	assert_true(next.st->source[0].used);
	assert_false(next.st->source[1].used);
	assert_span_text(next.st->source[1].reason, "reserve");
	assert_span_text(next.st->source[2].reason, "timeout");
}

static void round__fails_over_with_text(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 2);

	b.cfg.kind = statement_kind_find(span_text("text"));
	b.cfg.aggregate.method = "first-of";
	b.cfg.aggregate.min_sources = 1;
	b.sources[0].rule.is_number = b.sources[1].rule.is_number = false;
	fails(0, "http");
	says(1, "rain");
	round_ok(&b);
	ANSWER a = board_says(&b, RESPONSE_FULL);
	assert_authentic(&a);
	assert_span_text(a.st->value, "rain");
	assert_span_text(a.st->method, "first-of");
	assert_int_equal(a.st->spread.n, 0);
}

static void round__never_dates_a_statement_after_our_own_time(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);

	says(0, "1");
	source_script[0].age_ms = -5000;
	round_ok(&b);
	ANSWER a = board_says(&b, RESPONSE_FULL);
	assert_authentic(&a);
	assert_int_equal(a.st->timestamp.ms, START.ms);
}

static void round__text_is_signed_as_it_was_picked(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);

	b.cfg.kind = statement_kind_find(span_text("text"));
	b.sources[0].rule.is_number = false;
	says(0, "rain, \"heavy\"");
	round_ok(&b);
	ANSWER a = board_says(&b, RESPONSE_FULL);
	assert_authentic(&a);
	assert_span_text(a.st->value, "rain, \"heavy\"");
}

static void round__keeps_the_response_to_be_looked_up(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);

	says(0, "1");
	round_ok(&b);
	ANSWER a = published(&b);
	const struct recent_entry *e = recent_find(b.recent, &a.hash);
	assert_non_null(e);
	assert_true(span_equal(recent_body(e), blob_span(&a.body)));
	recent_release(e);
}

/* ---- the chain of statements -------------------------------------------- */

static void rounds__name_the_statement_before_and_grow(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);
	struct sha256 last = { { 0 } };
	uint64_t last_round = 0;

	for (int i = 0; i < 5; i++) {
		set_time(i * 5000);
		says(0, i % 2 == 0 ? "1" : "2");
		/* In between, a round that fails and one process that ends. */
		if (i == 2) {
			fails(0, "http");
			round_fails(&b, "aggregate.source");
			says(0, "1");
		}
		if (i == 3) {
			feed_free(b.feed);
			open_feed(&b);
		}
		round_ok(&b);
		ANSWER a = published(&b);
		assert_int_equal(a.st->has_previous, i > 0);
		if (i > 0)
			assert_memory_equal(a.st->previous.b, last.b, 32);
		assert_true(a.st->round > last_round);
		last = a.hash;
		last_round = a.st->round;
	}
}

static void rounds__never_run_back_in_time(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);

	says(0, "1");
	round_ok(&b);
	ANSWER first = published(&b);
	/* A source that repeats an older observation. */
	set_time(5000);
	source_script[0].age_ms = 5001;
	round_fails(&b, "aggregate.source");
	/* Our own clock, set back by somebody. */
	set_time(-60000);
	source_script[0].age_ms = 0;
	round_fails(&b, "aggregate.source");
	/* Nor after the process ended. */
	feed_free(b.feed);
	open_feed(&b);
	round_fails(&b, "aggregate.source");
	/* The same time again is no step back. */
	set_time(5000);
	source_script[0].age_ms = 5000;
	round_ok(&b);
	ANSWER second = published(&b);
	assert_int_equal(second.st->timestamp.ms, first.st->timestamp.ms);
}

static void round__never_signs_two_values_for_one_time(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, 2);
	says(0, "100");
	says(1, "100");
	round_ok(&b);
	/* One repeats its own time, the other has moved. */
	set_time(5000);
	source_script[0].age_ms = 5000;
	says(1, "100.5");
	round_fails(&b, "aggregate.repeat");
	/* The same value may be said again; another one after it. */
	says(1, "100");
	round_ok(&b);
	set_time(6000);
	source_script[0].age_ms = 5999;
	says(1, "100.5");
	round_ok(&b);
	/* A restart does not forget it. */
	feed_free(b.feed);
	open_feed(&b);
	set_time(7000);
	source_script[0].age_ms = 6999;
	says(1, "100.7");
	round_fails(&b, "aggregate.repeat");
	bench_close(&b);
}

/* ---- when it fails ------------------------------------------------------ */

static void fail__names_every_source_and_its_failure(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 3);
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;

	says(0, "100");
	fails(1, "timeout");
	says(2, "100");
	source_script[2].age_ms = 30001;
	round_fails(&b, "aggregate.quorum");
	ANSWER a = board_says(&b, RESPONSE_QUOTE);
	assert_int_equal(a.status, 503);
	assert_ok(json_parse(blob_span(&a.body), &json_limits_default, "test",
		      &doc, &f),
	    f);
	const struct json_node *root = json_root(doc);
	assert_string_equal(json_text(json_find(root, "feed")), "BTC/USD");
	assert_string_equal(json_number(json_find(root, "status")), "503");
	assert_non_null(strstr(json_text(json_find(root, "detail")),
	    "1 of 3 sources can be used, 2 are needed"));
	const struct json_node *sources = json_find(root, "sources");
	assert_int_equal(json_count(sources), 2);
	assert_string_equal(
	    json_text(json_pointer(sources, "/0/source")), "s1.test");
	assert_string_equal(
	    json_text(json_pointer(sources, "/0/reason")), "timeout");
	assert_string_equal(json_text(json_pointer(sources, "/0/detail")),
	    "it failed by timeout");
	assert_string_equal(
	    json_text(json_pointer(sources, "/1/source")), "s2.test");
	assert_string_equal(
	    json_text(json_pointer(sources, "/1/reason")), "stale");

	struct feed_status status;
	feed_status_of(b.feed, now, &status);
	assert_false(status.has_value);
	assert_false(status.fresh);
	assert_int_equal(status.rounds_failed, 1);
	assert_non_null(strstr(status.last_fault, "1 of 3"));
}

static void fail__leaves_the_last_statement_until_it_is_stale(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);
	struct feed_status status;

	says(0, "7");
	source_script[0].age_ms = 1000;
	round_ok(&b);
	fails(0, "connect");
	set_time(5000);
	round_fails(&b, "aggregate.source");
	/* maxAgeMs counts from the observation, not from the round. */
	set_time(29000);
	ANSWER fresh = board_says(&b, RESPONSE_QUOTE);
	assert_int_equal(fresh.status, 200);
	feed_status_of(b.feed, now, &status);
	assert_true(status.fresh);
	set_time(29001);
	ANSWER stale = board_says(&b, RESPONSE_QUOTE);
	assert_int_equal(stale.status, 503);
	assert_non_null(
	    memmem(stale.body.p, stale.body.n, "it failed by connect", 20));
	feed_status_of(b.feed, now, &status);
	assert_true(status.has_value);
	assert_false(status.fresh);
}

static void fail__recovers_with_the_next_good_round(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);

	fails(0, "connect");
	round_fails(&b, "aggregate.source");
	says(0, "7");
	round_ok(&b);
	ANSWER a = published(&b);
	assert_span_text(a.st->value, "7");
}

static void assert_held(struct bench *b, const char *value)
{
	struct fault f = FAULT_INIT;
	struct blob body = { 0 };
	struct sha256 hash;

	says(0, value);
	later();
	round_fails(b, "aggregate.breaker");
	/* Nothing is signed meanwhile, for nobody. */
	assert_refused(feed_respond_to_nonce(b->feed, span_text("n"),
			   RESPONSE_QUOTE, &body, &hash, &f),
	    f, FAULT_REMOTE, "feed.stale");
}

static void call__is_what_was_published_last(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);
	struct fault f = FAULT_INIT;
	struct feed_call call;

	assert_refused(
	    feed_latest_call(b.feed, &call, &f), f, FAULT_REMOTE, "feed.stale");
	says(0, "97234.12");
	round_ok(&b);
	assert_ok(feed_latest_call(b.feed, &call, &f), f);
	ANSWER a = published(&b);
	struct eip712_statement want;
	assert_ok(statement_message(a.st, &a.hash, &want, &f), f);
	assert_memory_equal(eip712_statement_digest(&call.statement).b,
	    a.response.digest.b, 32);
	assert_memory_equal(
	    eip712_statement_digest(&want).b, a.response.digest.b, 32);
	assert_memory_equal(
	    call.signature.b, a.response.signature.b, sizeof(call.signature.b));
	/* What was made for somebody's nonce is his alone. */
	ANSWER own = for_nonce(&b, "n");
	assert_false(sha256_equal(&own.hash, &a.hash));
	assert_ok(feed_latest_call(b.feed, &call, &f), f);
	assert_true(sha256_equal(&call.statement.statement, &a.hash));
	now.ms += 30001;
	later();
	assert_refused(
	    feed_latest_call(b.feed, &call, &f), f, FAULT_REMOTE, "feed.stale");
}

static void breaker__holds_a_jump_until_rounds_confirm_it(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);

	b.cfg.aggregate.max_jump_bps = 500;
	b.cfg.aggregate.confirm_rounds = 3;
	says(0, "100");
	round_ok(&b);
	assert_held(&b, "200");
	ANSWER before = published(&b); /* what it was, until it is stale */
	assert_span_text(before.st->value, "100");
	assert_held(&b, "200.5");
	/* A round without a value: they are not in a row any more. */
	fails(0, "timeout");
	round_fails(&b, "aggregate.source");
	assert_held(&b, "200");
	assert_held(&b, "200");
	says(0, "200");
	later();
	round_ok(&b);
	ANSWER after = published(&b);
	assert_span_text(after.st->value, "200");
	assert_memory_equal(after.st->previous.b, before.hash.b, 32);
	ANSWER own = for_nonce(&b, "n");
	assert_span_text(own.st->value, "200");
	/* And now 200 is what there is to jump from. */
	says(0, "201");
	later();
	round_ok(&b);
	assert_held(&b, "100");
}

static void breaker__knows_the_last_value_after_a_restart(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);

	b.cfg.aggregate.max_jump_bps = 500;
	b.cfg.aggregate.confirm_rounds = 2;
	says(0, "100");
	round_ok(&b);
	feed_free(b.feed);
	open_feed(&b);
	assert_held(&b, "200");
	ANSWER a = board_says(&b, RESPONSE_QUOTE);
	assert_int_equal(a.status, 503);
	assert_non_null(memmem(a.body.p, a.body.n, "\"reason\":\"breaker\"",
	    strlen("\"reason\":\"breaker\"")));
	says(0, "200");
	later();
	round_ok(&b);
}

static void fail__by_the_clock_of_three_servers(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 3);

	for (size_t i = 0; i < 3; i++) {
		says(i, "100");
		source_script[i].has_date = true;
		source_script[i].date_ahead_s = 7200;
	}
	round_fails(&b, "time.clock");
	ANSWER a = board_says(&b, RESPONSE_QUOTE);
	assert_int_equal(a.status, 503);
	assert_non_null(memmem(a.body.p, a.body.n, "\"reason\":\"clock\"",
	    strlen("\"reason\":\"clock\"")));
}

static void clock__set_after_the_round_stops_every_signature(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	AUTO(blob_drop) struct blob body = { 0 };
	struct fault f = FAULT_INIT;
	struct sha256 hash;

	bench_open(&b, 3);
	for (size_t i = 0; i < 3; i++) {
		says(i, "100");
		source_script[i].has_date = true;
	}
	round_ok(&b);
	set_time(-61000);
	assert_refused(feed_respond_to_nonce(b.feed, span_text("n"),
			   RESPONSE_QUOTE, &body, &hash, &f),
	    f, FAULT_REMOTE, "time.clock");
	f = FAULT_INIT;
	assert_refused(
	    key_respond(&b.deps, span_text("n"), RESPONSE_QUOTE, &body, &f), f,
	    FAULT_REMOTE, "time.clock");
	set_time(0);
	ANSWER a = for_nonce(&b, "n");
	assert_int_equal(a.st->timestamp.ms, now.ms);
}

static void clock__wrong_is_named_before_what_follows_from_it(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 3);

	for (size_t i = 0; i < 3; i++) {
		says(i, "100");
		source_script[i].age_ms = 7200000;
		source_script[i].has_date = true;
		source_script[i].date_ahead_s = -7200;
	}
	round_fails(&b, "time.clock");
}

static void fail__without_a_quote_nothing_is_published(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);

	says(0, "7");
	quoter_stop(b.quoter);
	round_fails(&b, "quoter.stopped");
	ANSWER a = board_says(&b, RESPONSE_QUOTE);
	assert_int_equal(a.status, 503);
}

static void fail__without_its_state_on_disk_nothing_is_published(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);
	struct fault f = FAULT_INIT;

	says(0, "7");
	state_dir_drop(&b.dir);
	assert_false(feed_round(b.feed, NULL, &f));
	assert_int_equal(f.kind, FAULT_SYSTEM);
	ANSWER a = board_says(&b, RESPONSE_QUOTE);
	assert_int_equal(a.status, 503);
}

static void stop__ends_a_round_without_blaming_the_sources(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);
	volatile bool stop = true;
	struct fault f = FAULT_INIT;
	struct feed_status status;

	says(0, "7");
	assert_refused(
	    feed_round(b.feed, &stop, &f), f, FAULT_REMOTE, "feed.stopped");
	feed_status_of(b.feed, now, &status);
	assert_int_equal(status.rounds_failed, 0);
	assert_string_equal(status.last_fault, "");
}

/* ---- bound to a nonce --------------------------------------------------- */

static void nonce__is_in_a_statement_of_its_own(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 3);

	says(0, "100");
	says(1, "100.5");
	fails(2, "tls");
	round_ok(&b);
	ANSWER latest = published(&b);
	set_time(2000);
	ANSWER one = for_nonce(&b, "one");
	ANSWER two = for_nonce(&b, "two");
	assert_authentic(&one);
	assert_authentic(&two);
	assert_span_text(one.st->nonce, "one");
	assert_span_text(two.st->nonce, "two");
	/* The same observations, of the same time ... */
	assert_span_text(one.st->value, "100.25");
	assert_int_equal(one.st->timestamp.ms, latest.st->timestamp.ms);
	assert_span_text(one.st->source[2].reason, "tls");
	/* ... behind the statement that is published, ... */
	assert_memory_equal(one.st->previous.b, latest.hash.b, 32);
	assert_memory_equal(two.st->previous.b, latest.hash.b, 32);
	/* ... with numbers of their own. */
	assert_true(one.st->round > latest.st->round);
	assert_true(two.st->round > one.st->round);
	/* The next round follows the round before, not these. */
	set_time(5000);
	round_ok(&b);
	ANSWER next = published(&b);
	assert_memory_equal(next.st->previous.b, latest.hash.b, 32);
	assert_true(next.st->round > two.st->round);
	assert_int_equal(next.st->nonce.n, 0);
}

static void nonce__is_answered_from_what_was_published(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 3);

	says(0, "100");
	says(1, "100.5");
	fails(2, "tls");
	round_ok(&b);
	ANSWER latest = published(&b);
	/* The next fetch overwrites what the sources' memory held, and what
	 * it brings is not enough: the last good round still stands. */
	set_time(5000);
	says(0, "555");
	fails(1, "http");
	round_fails(&b, "aggregate.quorum");
	ANSWER a = for_nonce(&b, "n");
	assert_authentic(&a);
	assert_span_text(a.st->value, "100.25");
	assert_span_text(a.st->source[0].host, "s0.test");
	assert_span_text(a.st->source[0].value, "100");
	assert_span_text(a.st->source[1].tls.issuer, "CN=Issuer 1");
	assert_span_text(a.st->source[2].detail, "it failed by tls");
	assert_memory_equal(a.st->previous.b, latest.hash.b, 32);
}

static void nonce__gets_no_stale_value(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);
	AUTO(blob_drop) struct blob body = { 0 };
	struct fault f = FAULT_INIT;
	struct sha256 hash;

	assert_false(feed_respond_to_nonce(
	    b.feed, span_text("n"), RESPONSE_QUOTE, &body, &hash, &f));
	assert_string_equal(f.text, "no round has succeeded yet");
	assert_fault(f, FAULT_REMOTE, "feed.stale");
	says(0, "7");
	round_ok(&b);
	set_time(30000);
	ANSWER last_moment = for_nonce(&b, "n");
	assert_span_text(last_moment.st->value, "7");
	set_time(30001);
	assert_refused(feed_respond_to_nonce(b.feed, span_text("n"),
			   RESPONSE_QUOTE, &body, &hash, &f),
	    f, FAULT_REMOTE, "feed.stale");
	assert_int_equal(body.n, 0);
}

/* The simulator's, for which time passes while it quotes. */
static int64_t quote_ends_at_ms = -1;

static bool quote_slowly(void *simulator,
    const uint8_t report_data[REPORT_DATA_BYTES], struct attested *out,
    struct fault *f)
{
	if (quote_ends_at_ms >= 0)
		set_time(quote_ends_at_ms);
	return quote_sim_tdx.ops->quote(simulator, report_data, out, f);
}

static void nonce__gets_no_value_that_became_stale_behind_a_quote(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);
	AUTO(blob_drop) struct blob body = { 0 };
	const struct attest_config attest = { .state_dir = b.dir.path };
	struct attest_ops ops = *quote_sim_tdx.ops;
	struct attest_row row = quote_sim_tdx;
	struct fault f = FAULT_INIT;
	struct sha256 hash;

	ops.quote = quote_slowly;
	row.ops = &ops;
	feed_free(b.feed);
	quoter_close(b.quoter);
	attest_close(b.attest);
	assert_ok(attest_open_row(&row, &attest, &b.attest, &f), f);
	assert_ok(quoter_open(b.attest, &b.quoter, &f), f);
	b.deps.attest = b.attest;
	b.deps.quoter = b.quoter;
	open_feed(&b);

	says(0, "7");
	round_ok(&b);
	quote_ends_at_ms = 30000;
	ANSWER last_moment = for_nonce(&b, "n");
	assert_span_text(last_moment.st->value, "7");
	quote_ends_at_ms = 30001;
	assert_refused(feed_respond_to_nonce(b.feed, span_text("n"),
			   RESPONSE_QUOTE, &body, &hash, &f),
	    f, FAULT_REMOTE, "feed.stale");
	assert_int_equal(body.n, 0);
	quote_ends_at_ms = -1;
}

/* Its clock stands still, or was set back: the value grows old all the same. */
static void stale__is_what_is_old_whatever_the_clock_says(void **state)
{
	const struct timespec ms = { .tv_nsec = 1000000 };

	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);
	AUTO(blob_drop) struct blob body = { 0 };
	struct feed_status status;
	struct fault f = FAULT_INIT;
	struct sha256 hash;
	bool fresh = true;

	b.cfg.aggregate.max_age_ms = 10;
	says(0, "7");
	round_ok(&b);
	set_time(-3600000);
	for (int i = 0; i < 10000 && fresh; i++) {
		nanosleep(&ms, NULL);
		fresh = board_is_fresh(feed_board(b.feed), now, NULL);
	}
	ANSWER stale = board_says(&b, RESPONSE_QUOTE);
	assert_int_equal(stale.status, 503);
	assert_refused(feed_respond_to_nonce(b.feed, span_text("n"),
			   RESPONSE_QUOTE, &body, &hash, &f),
	    f, FAULT_REMOTE, "feed.stale");
	feed_status_of(b.feed, now, &status);
	assert_true(status.has_value);
	assert_false(status.fresh);
}

static void nonce__follows_the_restart_with_higher_rounds(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);

	says(0, "7");
	round_ok(&b);
	ANSWER before = for_nonce(&b, "n");
	feed_free(b.feed);
	open_feed(&b);
	round_ok(&b);
	ANSWER after = for_nonce(&b, "n");
	assert_true(after.st->round > before.st->round);
}

struct asker {
	struct feed *feed;
	bool ok;
	uint64_t rounds[8];
};

static void *ask_many(void *arg)
{
	struct asker *asker = arg;

	asker->ok = true;
	for (size_t i = 0; i < COUNT(asker->rounds); i++) {
		struct answer a = { 0 };
		struct fault f = FAULT_INIT;
		struct sha256 hash;

		if (!feed_respond_to_nonce(asker->feed, span_text("nonce"),
			RESPONSE_SIGNATURE, &a.body, &hash, &f)) {
			asker->ok = false;
			break;
		}
		decode_answer(&a);
		asker->rounds[i] = a.st->round;
		answer_drop(&a);
	}
	return NULL;
}

static void nonce__numbers_differ_while_rounds_go_on(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 3);
	struct asker askers[4] = { 0 };
	pthread_t threads[4];

	for (size_t i = 0; i < 3; i++)
		says(i, "100");
	round_ok(&b);
	for (size_t i = 0; i < COUNT(askers); i++) {
		askers[i].feed = b.feed;
		assert_int_equal(
		    pthread_create(&threads[i], NULL, ask_many, &askers[i]), 0);
	}
	for (int i = 0; i < 10; i++)
		round_ok(&b);
	uint64_t seen[COUNT(askers) * COUNT(askers[0].rounds)];
	size_t n = 0;
	for (size_t i = 0; i < COUNT(askers); i++) {
		pthread_join(threads[i], NULL);
		assert_true(askers[i].ok);
		for (size_t k = 0; k < COUNT(askers[i].rounds); k++) {
			for (size_t j = 0; j < n; j++)
				assert_int_not_equal(
				    seen[j], askers[i].rounds[k]);
			seen[n++] = askers[i].rounds[k];
		}
	}
}

/* ---- the key ------------------------------------------------------------ */

static void key__statement_has_fixed_bytes(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);
	ANSWER a = { 0 };
	struct fault f = FAULT_INIT;
	char want[512], config[65], signer[41];
	const struct span none = { 0 };

	assert_ok(key_respond(&b.deps, none, RESPONSE_FULL, &a.body, &f), f);
	decode_answer(&a);
	assert_authentic(&a);
	hex_encode(sha256_span(&b.config.hash), config);
	hex_encode(span_of(signer_address(b.signer)->b, 20), signer);
	snprintf(want, sizeof(want),
	    "{\"chainId\":0,\"config\":\"%s\",\"kind\":\"key\",\"registry\":"
	    "\"0x0000000000000000000000000000000000000000\","
	    "\"signer\":\"0x%s\",\"timestamp\":1768435200000,"
	    "\"type\":\"affiant.statement.v1\"}",
	    config, signer);
	assert_span_text(a.response.statement, want);
}

static void key__statement_carries_a_nonce_when_asked(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);
	ANSWER a = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(key_respond(&b.deps, span_text("challenge"), RESPONSE_FULL,
		      &a.body, &f),
	    f);
	decode_answer(&a);
	assert_authentic(&a);
	assert_span_text(a.st->nonce, "challenge");
}

static void key__without_a_configuration_says_so_with_zeros(void **state)
{
	(void)state;
	AUTO(bench_close) struct bench b = { 0 };
	bench_open(&b, 1);
	ANSWER a = { 0 };
	struct fault f = FAULT_INIT;
	struct feed_deps deps = b.deps;
	const struct span none = { 0 };

	deps.config = NULL;
	assert_ok(key_respond(&deps, none, RESPONSE_QUOTE, &a.body, &f), f);
	decode_answer(&a);
	assert_true(sha256_is_zero(&a.st->config));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    round__publishes_a_statement_that_the_verifier_believes),
		cmocka_unit_test(
		    round__has_no_full_response_while_no_collateral_is_good),
		cmocka_unit_test(round__never_signs_two_values_for_one_time),
		cmocka_unit_test(round__tells_who_was_used_and_who_was_not),
		cmocka_unit_test(
		    round__carries_weights_with_the_weighted_median),
		cmocka_unit_test(round__carries_trim_with_the_trimmed_mean),
		cmocka_unit_test(round__fails_over_to_the_next_source),
		cmocka_unit_test(round__fails_over_with_text),
		cmocka_unit_test(
		    round__never_dates_a_statement_after_our_own_time),
		cmocka_unit_test(round__text_is_signed_as_it_was_picked),
		cmocka_unit_test(round__keeps_the_response_to_be_looked_up),
		cmocka_unit_test(rounds__name_the_statement_before_and_grow),
		cmocka_unit_test(rounds__never_run_back_in_time),
		cmocka_unit_test(fail__names_every_source_and_its_failure),
		cmocka_unit_test(
		    fail__leaves_the_last_statement_until_it_is_stale),
		cmocka_unit_test(fail__recovers_with_the_next_good_round),
		cmocka_unit_test(breaker__holds_a_jump_until_rounds_confirm_it),
		cmocka_unit_test(breaker__knows_the_last_value_after_a_restart),
		cmocka_unit_test(fail__by_the_clock_of_three_servers),
		cmocka_unit_test(
		    clock__set_after_the_round_stops_every_signature),
		cmocka_unit_test(
		    clock__wrong_is_named_before_what_follows_from_it),
		cmocka_unit_test(fail__without_a_quote_nothing_is_published),
		cmocka_unit_test(
		    fail__without_its_state_on_disk_nothing_is_published),
		cmocka_unit_test(
		    stop__ends_a_round_without_blaming_the_sources),
		cmocka_unit_test(nonce__is_in_a_statement_of_its_own),
		cmocka_unit_test(nonce__is_answered_from_what_was_published),
		cmocka_unit_test(nonce__gets_no_stale_value),
		cmocka_unit_test(call__is_what_was_published_last),
		cmocka_unit_test(
		    nonce__gets_no_value_that_became_stale_behind_a_quote),
		cmocka_unit_test(stale__is_what_is_old_whatever_the_clock_says),
		cmocka_unit_test(nonce__follows_the_restart_with_higher_rounds),
		cmocka_unit_test(nonce__numbers_differ_while_rounds_go_on),
		cmocka_unit_test(key__statement_has_fixed_bytes),
		cmocka_unit_test(key__statement_carries_a_nonce_when_asked),
		cmocka_unit_test(
		    key__without_a_configuration_says_so_with_zeros),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
