/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/publish.h"
#include "tests/unit/check.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <pthread.h>
#include <stdatomic.h>

/* Sunday, 06 Nov 1994 08:49:37 GMT */
static const struct utc now = { 784111777000 };
static struct board *board;

static int set_up(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	clock_set_for_test(&now);
	return board_new(&board, &f) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	board_free(board);
	clock_set_for_test(NULL);
	return 0;
}

static struct publication publication(const char *body)
{
	return (struct publication){
		.body = span_text(body),
		.statement = sha256_of(span_text(body)),
		.timestamp = now,
		.valid_until = { now.ms + 30000 },
		.interval_ms = 5000,
	};
}

static void publish(const struct publication *p)
{
	struct fault f = FAULT_INIT;

	assert_ok(board_publish(board, p, &f), f);
}

/* The answer as text, cut in head and body; the slot is given back. */
static char text_of_answer[4096];
static const char *head, *body;

static int ask(const struct board_ask *question)
{
	struct board_answer answer;
	char *text = text_of_answer;

	board_answer(board, question, &answer);
	assert_in_range(answer.bytes.n, 1, sizeof(text_of_answer) - 1);
	memcpy(text, answer.bytes.p, answer.bytes.n);
	text[answer.bytes.n] = '\0';
	board_release(answer.slot);

	char *end = strstr(text, "\r\n\r\n");
	assert_non_null(end);
	end[2] = '\0';
	head = text;
	body = end + 4;
	return answer.status;
}

static int ask_at(int64_t ms_later)
{
	return ask(&(struct board_ask){
	    .detail = RESPONSE_QUOTE, .now = { now.ms + ms_later } });
}

static bool head_has(const char *line)
{
	return strstr(head, line) != NULL;
}

static void expect_lines(const char *const *lines)
{
	for (; *lines != NULL; lines++) {
		if (!head_has(*lines))
			fail_msg("no \"%s\" in:\n%s", *lines, head);
	}
}

/* ---- answers ------------------------------------------------------------ */

static void board_answer__says_starting_before_the_first_round(void **state)
{
	(void)state;
	assert_int_equal(ask_at(0), 503);
	expect_lines((const char *[]){ "HTTP/1.1 503 Service Unavailable\r\n",
	    "\r\nContent-Type: application/problem+json\r\n",
	    "\r\nCache-Control: no-store\r\n", "\r\nRetry-After: 1\r\n",
	    "\r\nAccess-Control-Allow-Origin: *\r\n", NULL });
	assert_non_null(strstr(body, "\"urn:affiant:problem:starting\""));
}

static void board_answer__is_one_finished_http_response(void **state)
{
	struct publication p = publication("{\"a\":1}");
	char etag[HEX_SIZE(32)], line[128];

	(void)state;
	publish(&p);
	hex_encode(sha256_span(&p.statement), etag);
	snprintf(line, sizeof(line), "\r\nETag: \"%s\"\r\n", etag);
	assert_int_equal(ask_at(0), 200);
	expect_lines((const char *[]){ "HTTP/1.1 200 OK\r\n",
	    "\r\nContent-Type: application/json\r\n",
	    "\r\nContent-Length: 7\r\n", line,
	    "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
	    "\r\nCache-Control: public, max-age=5\r\n",
	    "\r\nAccess-Control-Allow-Origin: *\r\n",
	    "\r\nAccess-Control-Expose-Headers: ETag\r\n",
	    "\r\nX-Content-Type-Options: nosniff\r\n",
	    "\r\nConnection: keep-alive\r\n", NULL });
	assert_string_equal(body, "{\"a\":1}");
}

static void board_answer__says_close_when_the_connection_ends(void **state)
{
	struct publication p = publication("{\"a\":1}");

	(void)state;
	publish(&p);
	assert_int_equal(
	    ask(&(struct board_ask){
		.detail = RESPONSE_QUOTE, .close = true, .now = now }),
	    200);
	assert_true(head_has("\r\nConnection: close\r\n"));
	assert_false(head_has("keep-alive"));
	assert_string_equal(body, "{\"a\":1}");
}

static void board_answer__gives_head_the_same_head_and_no_body(void **state)
{
	struct publication p = publication("{\"a\":1}");
	char whole[sizeof(text_of_answer)];

	(void)state;
	publish(&p);
	ask_at(0);
	memcpy(whole, text_of_answer, sizeof(whole));
	assert_int_equal(
	    ask(&(struct board_ask){
		.detail = RESPONSE_QUOTE, .head_only = true, .now = now }),
	    200);
	assert_string_equal(head, whole);
	assert_string_equal(body, "");
}

static void board_answer__chooses_the_detail(void **state)
{
	struct publication p = publication("{\"quote\":1}");

	(void)state;
	p.body_full = span_text("{\"full\":1}");
	p.body_signature = span_text("{\"signature\":1}");
	publish(&p);
	ask(&(struct board_ask){ .detail = RESPONSE_FULL, .now = now });
	assert_string_equal(body, "{\"full\":1}");
	ask(&(struct board_ask){ .detail = RESPONSE_SIGNATURE, .now = now });
	assert_string_equal(body, "{\"signature\":1}");
	assert_true(head_has("\r\nContent-Length: 15\r\n"));

	p.body_full = p.body_signature = span_of(NULL, 0);
	publish(&p);
	ask(&(struct board_ask){ .detail = RESPONSE_FULL, .now = now });
	assert_string_equal(body, "{\"quote\":1}");
}

static void board_answer__refuses_full_alone_without_collateral(void **state)
{
	struct publication p = publication("{\"quote\":1}");

	(void)state;
	p.full_problem = span_text("{\"type\":\"why\"}");
	publish(&p);
	const struct board_ask full = {
		.detail = RESPONSE_FULL, .now = now, .if_none_match = "*"
	};
	assert_int_equal(ask(&full), 503);
	assert_string_equal(body, "{\"type\":\"why\"}");
	assert_true(head_has("\r\nContent-Type: application/problem+json\r\n"));
	assert_true(head_has("\r\nCache-Control: no-store\r\n"));
	assert_int_equal(
	    ask(&(struct board_ask){ .detail = RESPONSE_QUOTE, .now = now }),
	    200);
	assert_string_equal(body, "{\"quote\":1}");
	assert_true(board_is_fresh(board, now, NULL));
	/* The next round has it. */
	p.full_problem = span_of(NULL, 0);
	p.body_full = span_text("{\"full\":1}");
	publish(&p);
	assert_int_equal(
	    ask(&(struct board_ask){ .detail = RESPONSE_FULL, .now = now }),
	    200);
	assert_string_equal(body, "{\"full\":1}");
}

static void board_answer__refuses_full_when_its_collateral_ends(void **state)
{
	struct publication p = publication("{\"quote\":1}");
	struct board_ask question = { .detail = RESPONSE_FULL, .now = now };

	(void)state;
	p.body_full = span_text("{\"full\":1}");
	p.full_until = (struct utc){ now.ms + 10000 };
	publish(&p);
	question.now.ms = now.ms + 10000;
	assert_int_equal(ask(&question), 200);
	question.now.ms++;
	assert_int_equal(ask(&question), 503);
	assert_non_null(strstr(body, "urn:affiant:problem:collateral"));
	question.detail = RESPONSE_QUOTE;
	assert_int_equal(ask(&question), 200);
	question.detail = RESPONSE_FULL;
	question.now.ms = now.ms + 30001;
	assert_int_equal(ask(&question), 503);
	assert_non_null(strstr(body, "urn:affiant:problem:stale"));
}

static void board_answer__says_304_to_who_has_it(void **state)
{
	struct publication p = publication("{\"a\":1}");
	char hex[HEX_SIZE(32)], tag[2][256];
	struct board_ask question = { .detail = RESPONSE_QUOTE, .now = now };

	(void)state;
	publish(&p);
	hex_encode(sha256_span(&p.statement), hex);
	snprintf(tag[0], sizeof(tag[0]), "\"%s\"", hex);
	snprintf(tag[1], sizeof(tag[1]), "\"other\", W/\"%s\"", hex);
	for (size_t i = 0; i < COUNT(tag); i++) {
		question.if_none_match = tag[i];
		assert_int_equal(ask(&question), 304);
		expect_lines((const char *[]){ "HTTP/1.1 304 Not Modified\r\n",
		    "\r\nETag: \"", "\r\nCache-Control: public, max-age=5\r\n",
		    "\r\nDate: Sun, 06 Nov 1994", NULL });
		assert_false(head_has("Content-Length"));
		assert_string_equal(body, "");
	}
	question.if_none_match = "*";
	assert_int_equal(ask(&question), 304);
	question.if_none_match = "\"other\"";
	assert_int_equal(ask(&question), 200);
	/* A stale value is not "not modified". */
	question.if_none_match = tag[0];
	question.now.ms = p.valid_until.ms + 1;
	assert_int_equal(ask(&question), 503);
}

static void board_publish__lets_no_cache_keep_it_beyond_its_validity(
    void **state)
{
	static const struct {
		uint64_t interval_ms;
		int64_t valid_ms;
		const char *want;
	} cases[] = {
		{ 5000, 30000, "public, max-age=5\r\n" },
		{ 999, 30000, "no-cache\r\n" },
		{ 60000, 2500, "public, max-age=2\r\n" },
		{ 60000, 999, "no-cache\r\n" },
		{ 60000, 0, "no-cache\r\n" },
		{ 60000, -5000, "no-cache\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct publication p = publication("{}");
		char line[64];

		p.interval_ms = cases[i].interval_ms;
		p.valid_until.ms = now.ms + cases[i].valid_ms;
		publish(&p);
		snprintf(
		    line, sizeof(line), "\r\nCache-Control: %s", cases[i].want);
		ask(&(struct board_ask){
		    .detail = RESPONSE_QUOTE, .now = { p.valid_until.ms } });
		if (!head_has(line))
			fail_msg("case %zu: no \"%s\" in\n%s", i, line, head);
	}
}

static void board_publish__refuses_an_empty_body(void **state)
{
	struct publication p = publication("");
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(
	    board_publish(board, &p, &f), f, FAULT_INTERNAL, "board.body");
}

/* ---- staleness ---------------------------------------------------------- */

static const char failure[] =
    "{\"detail\":\"kraken: http 500\",\"status\":503}";

static void fail_round(const char *problem)
{
	struct fault f = FAULT_INIT;

	assert_ok(board_fail(board, span_text(problem), &f), f);
}

static void board_answer__never_serves_a_stale_value(void **state)
{
	struct publication p = publication("{\"a\":1}");

	(void)state;
	publish(&p);
	assert_int_equal(ask_at(30000), 200);
	assert_int_equal(ask_at(30001), 503);
	assert_non_null(strstr(body, "\"urn:affiant:problem:stale\""));
	assert_null(strstr(head, "\r\nETag:"));
}

static void board_answer__does_not_believe_a_clock_that_was_set_back(
    void **state)
{
	struct publication p = publication("{\"a\":1}");
	char why[FAULT_TEXT_MAX];

	(void)state;
	p.valid_until_ns = clock_monotonic_ns() + UINT64_C(3600000000000);
	publish(&p);
	assert_int_equal(ask_at(0), 200);
	p.valid_until_ns = 1; /* long ago, whatever the clock says */
	publish(&p);
	assert_int_equal(ask_at(0), 503);
	assert_int_equal(ask_at(-3600000), 503);
	assert_false(board_is_fresh(board, now, why));
}

static void board_fail__is_not_seen_while_the_value_is_fresh(void **state)
{
	struct publication p = publication("{\"a\":1}");

	(void)state;
	publish(&p);
	fail_round(failure);
	assert_int_equal(ask_at(30000), 200);
	assert_int_equal(ask_at(30001), 503);
	assert_string_equal(body, failure);
	assert_true(head_has("Content-Type: application/problem+json\r\n"));
}

static void board_fail__answers_at_once_when_there_is_no_value(void **state)
{
	(void)state;
	fail_round(failure);
	assert_int_equal(ask_at(0), 503);
	assert_string_equal(body, failure);
	fail_round("{\"detail\":\"worse\"}");
	ask_at(0);
	assert_string_equal(body, "{\"detail\":\"worse\"}");
}

static void board_publish__forgets_the_failure(void **state)
{
	struct publication p = publication("{\"a\":1}");

	(void)state;
	fail_round(failure);
	publish(&p);
	assert_int_equal(ask_at(30001), 503);
	assert_null(strstr(body, "kraken"));
}

static void board_is_fresh__says_why_not(void **state)
{
	struct publication p = publication("{\"a\":1}");
	char why[FAULT_TEXT_MAX];

	(void)state;
	assert_false(board_is_fresh(board, now, why));
	assert_string_equal(why, "the first round has not finished yet");
	fail_round(failure);
	assert_false(board_is_fresh(board, now, why));
	assert_string_equal(why, "kraken: http 500");
	fail_round("not JSON");
	assert_false(board_is_fresh(board, now, why));
	assert_string_equal(why, "the last round failed");
	publish(&p);
	assert_true(board_is_fresh(board, now, NULL));
	assert_false(
	    board_is_fresh(board, (struct utc){ now.ms + 30001 }, why));
	assert_string_equal(
	    why, "the last statement is too old and no round has ended since");
}

/* A detail that is cut must not end in half a character. */
static void board_is_fresh__cuts_between_characters(void **state)
{
	char problem[512], why[FAULT_TEXT_MAX];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(problem, sizeof(problem), "test", &f);

	(void)state;
	wr_text(&w, "{\"detail\":\"");
	for (size_t i = 0; i < 200; i++)
		wr_text(&w, "\xc3\xa9");
	wr_bytes(&w, "\"}", 3);
	assert_true(wr_ok(&w));
	fail_round(problem);
	assert_false(board_is_fresh(board, now, why));
	assert_true(utf8_is_valid(span_text(why)));
	/* 255 bytes would be 127 of them and a half. */
	assert_int_equal(strlen(why), 2 * 127);
}

/* ---- slow readers ------------------------------------------------------- */

static void board_publish__leaves_what_slow_readers_hold(void **state)
{
	struct board_answer held[40];
	struct publication p;
	char text[32];

	(void)state;
	for (size_t i = 0; i < COUNT(held); i++) {
		snprintf(text, sizeof(text), "{\"n\":%zu}", 100 + i);
		p = publication(text);
		publish(&p);
		board_answer(board,
		    &(struct board_ask){ .detail = RESPONSE_QUOTE, .now = now },
		    &held[i]);
	}
	for (size_t i = 0; i < COUNT(held); i++) {
		struct span s = held[i].bytes;

		snprintf(text, sizeof(text), "{\"n\":%zu}", 100 + i);
		assert_memory_equal(
		    s.p + s.n - strlen(text), text, strlen(text));
		board_release(held[i].slot);
	}
	p = publication("{\"last\":1}");
	publish(&p);
	assert_int_equal(ask_at(0), 200);
	assert_string_equal(body, "{\"last\":1}");
}

/* ---- many at once ------------------------------------------------------- */

static atomic_bool done;
static atomic_ulong reads, torn;

/*
 * A body is one letter all over: half of one and half of another shows, and a
 * slot that was emptied under a reader shows to the sanitizers. The loop is
 * short, so that a reader is often interrupted between finding a slot and
 * holding it.
 */
static void *read_for_ever(void *arg)
{
	const struct board_ask question = { .detail = RESPONSE_QUOTE,
		.now = now };
	struct board_answer answer;

	(void)arg;
	while (!atomic_load(&done)) {
		board_answer(board, &question, &answer);
		const uint8_t *p = answer.bytes.p;
		size_t n = answer.bytes.n;
		bool whole = p[n - 1] == p[n - 500] && p[n - 1] == p[n - 250];
		board_release(answer.slot);
		if (!whole)
			atomic_fetch_add(&torn, 1);
		atomic_fetch_add_explicit(&reads, 1, memory_order_relaxed);
	}
	return NULL;
}

static void board__stands_readers_while_it_is_written(void **state)
{
	pthread_t readers[4];
	char letters[501] = { 0 };
	struct publication p;

	(void)state;
	memset(letters, 'a', 500);
	p = publication(letters);
	publish(&p);
	for (size_t i = 0; i < COUNT(readers); i++)
		assert_int_equal(
		    pthread_create(&readers[i], NULL, read_for_ever, NULL), 0);
	for (unsigned i = 0; i < 30000 || atomic_load(&reads) < 3000; i++) {
		memset(letters, 'a' + (int)(i % 26), 500);
		p = publication(letters);
		publish(&p);
	}
	atomic_store(&done, true);
	for (size_t i = 0; i < COUNT(readers); i++)
		pthread_join(readers[i], NULL);
	assert_int_equal(atomic_load(&torn), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(board_answer__says_starting_before_the_first_round),
		CASE(board_answer__is_one_finished_http_response),
		CASE(board_answer__says_close_when_the_connection_ends),
		CASE(board_answer__gives_head_the_same_head_and_no_body),
		CASE(board_answer__chooses_the_detail),
		CASE(board_answer__refuses_full_alone_without_collateral),
		CASE(board_answer__refuses_full_when_its_collateral_ends),
		CASE(board_answer__says_304_to_who_has_it),
		CASE(board_publish__lets_no_cache_keep_it_beyond_its_validity),
		CASE(board_publish__refuses_an_empty_body),
		CASE(board_answer__never_serves_a_stale_value),
		CASE(board_answer__does_not_believe_a_clock_that_was_set_back),
		CASE(board_fail__is_not_seen_while_the_value_is_fresh),
		CASE(board_fail__answers_at_once_when_there_is_no_value),
		CASE(board_publish__forgets_the_failure),
		CASE(board_is_fresh__says_why_not),
		CASE(board_is_fresh__cuts_between_characters),
		CASE(board_publish__leaves_what_slow_readers_hold),
		CASE(board__stands_readers_while_it_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
