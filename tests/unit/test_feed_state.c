/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/feed_state.h"

#include "tests/unit/check.h"
#include "tests/unit/state_dir.h"
#include "verify/base/text.h"

#include <pthread.h>

/* 2026-01-15T00:00:00Z */
static const struct utc NOW = { .ms = 1768435200000 };
#define NOW_S 1768435200u
#define FILE_OF_BTC "feeds/4254432f555344.json"

static struct feed_state *opened(const struct state_dir *d, struct utc now)
{
	struct feed_state *s = NULL;
	struct fault f = FAULT_INIT;

	assert_ok(feed_state_open(d->path, "BTC/USD", now, &s, &f), f);
	return s;
}

static uint64_t taken(struct feed_state *s)
{
	struct fault f = FAULT_INIT;
	uint64_t round = 0;

	assert_ok(feed_state_take_round(s, &round, &f), f);
	return round;
}

static void write_file(const struct state_dir *d, const char *text)
{
	struct fault f = FAULT_INIT;

	assert_ok(dir_make(state_dir_file(d, "feeds"), 0700, &f), f);
	assert_ok(file_write(state_dir_file(d, FILE_OF_BTC), span_text(text),
		      0600, &f),
	    f);
}

/* A published statement, with a number or without (NULL). */
static struct feed_past past_of(const char *value)
{
	struct feed_past past = {
		.has_previous = true,
		.previous = sha256_of(span_text("a statement")),
		.timestamp = NOW,
		.has_value = value != NULL,
	};
	struct fault f = FAULT_INIT;

	if (value != NULL)
		assert_ok(
		    dec_parse(span_text(value), 8, DEC_EXACT, &past.value, &f),
		    f);
	return past;
}

/* ---- numbers ------------------------------------------------------------ */

static void rounds__start_from_the_unix_second_and_grow_by_one(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct feed_state *s = opened(&d, NOW);

	assert_int_equal(taken(s), NOW_S);
	assert_int_equal(taken(s), NOW_S + 1);
	assert_int_equal(taken(s), NOW_S + 2);
	feed_state_free(s);
}

static void rounds__are_never_given_twice_over_many_blocks(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	uint64_t last = 0;

	/* Three lives, each ended without a word, within one second. */
	for (int life = 0; life < 3; life++) {
		struct feed_state *s = opened(&d, NOW);

		for (int i = 0; i < 3 * FEED_STATE_BLOCK_MAX + 10; i++) {
			uint64_t round = taken(s);

			assert_true(round > last);
			last = round;
		}
		feed_state_free(s);
	}
}

static void rounds__restart_from_the_second_when_the_state_was_lost(
    void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct utc later = { .ms = NOW.ms + 3600 * 1000 };
	struct feed_state *s = opened(&d, NOW);

	assert_int_equal(taken(s), NOW_S);
	feed_state_free(s);
	assert_int_equal(remove(state_dir_file(&d, FILE_OF_BTC)), 0);
	s = opened(&d, later);
	assert_int_equal(taken(s), NOW_S + 3600);
	feed_state_free(s);
}

static void rounds__go_on_from_the_reservation_when_the_clock_was_set_back(
    void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct utc before = { .ms = NOW.ms - 3600 * 1000 };
	struct feed_state *s = opened(&d, NOW);
	uint64_t last = taken(s);

	feed_state_free(s);
	s = opened(&d, before);
	assert_int_equal(taken(s), last + 1);
	feed_state_free(s);
}

static void rounds__end_before_two_to_the_53(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct feed_state *s = NULL;
	struct fault f = FAULT_INIT;

	write_file(&d,
	    "{\"feed\":\"BTC/USD\",\"reserved\":9007199254740991,"
	    "\"type\":\"affiant.feed-state.v1\"}");
	assert_refused(feed_state_open(d.path, "BTC/USD", NOW, &s, &f), f,
	    FAULT_LIMIT, "feed_state.rounds");
	assert_null(s);
}

/* What a killed process loses is no more than it used since its last record,
 * and the file is written seldom: see the times it changes. */
static void rounds__are_reserved_by_demand(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct feed_past past = past_of("97234.12");
	struct feed_state *s = opened(&d, NOW);
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob before = { 0 };
	const char *file = state_dir_file(&d, FILE_OF_BTC);
	unsigned writes = 0;

	/* A quiet feed, killed after each round: one used and one lost. */
	for (int i = 0; i < 20; i++) {
		assert_int_equal(taken(s), NOW_S + 2 * (unsigned)i);
		assert_ok(feed_state_record(s, &past, &f), f);
		feed_state_free(s);
		s = opened(&d, NOW);
	}
	/* A busy one, between two rounds. */
	for (int i = 0; i < 5000; i++) {
		AUTO(blob_drop) struct blob after = { 0 };

		(void)taken(s);
		assert_ok(file_read(file, 4096, &after, &f), f);
		if (!span_equal(blob_span(&before), blob_span(&after))) {
			writes++;
			blob_drop(&before);
			before = blob_move(&after);
		}
	}
	assert_in_range(writes, 10, 16);
	feed_state_free(s);
	s = opened(&d, NOW);
	assert_in_range(
	    taken(s), NOW_S + 5040, NOW_S + 5040 + FEED_STATE_BLOCK_MAX);
	feed_state_free(s);
}

struct taker {
	struct feed_state *s;
	uint64_t rounds[3000];
};

static void *take_many(void *arg)
{
	struct taker *t = arg;
	struct fault f = FAULT_INIT;

	for (size_t i = 0; i < COUNT(t->rounds); i++) {
		if (!feed_state_take_round(t->s, &t->rounds[i], &f))
			t->rounds[i] = 0;
	}
	return NULL;
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void rounds__differ_between_threads(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct feed_state *s = opened(&d, NOW);
	static struct taker takers[4];
	static uint64_t all[4 * COUNT(takers[0].rounds)];
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++) {
		takers[i].s = s;
		assert_int_equal(
		    pthread_create(&threads[i], NULL, take_many, &takers[i]),
		    0);
	}
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		memcpy(&all[i * COUNT(takers[0].rounds)], takers[i].rounds,
		    sizeof(takers[i].rounds));
	}
	qsort(all, COUNT(all), sizeof(all[0]), compare_u64);
	for (size_t i = 0; i < COUNT(all); i++)
		assert_int_equal(all[i], NOW_S + i);
	feed_state_free(s);
}

/* ---- the statement before ----------------------------------------------- */

static void past__is_empty_on_the_first_day(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct feed_state *s = opened(&d, NOW);
	struct feed_past past = feed_state_past(s);

	assert_false(past.has_previous);
	assert_int_equal(past.timestamp.ms, 0);
	feed_state_free(s);
}

static void record__survives_the_process(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct feed_past past = past_of("97234.12");
	char text[DEC_TEXT_SIZE];
	struct feed_state *s = opened(&d, NOW);
	struct fault f = FAULT_INIT;

	assert_ok(feed_state_record(s, &past, &f), f);
	feed_state_free(s);
	s = opened(&d, NOW);
	/* A block reserved later must not forget what was recorded. */
	for (int i = 0; i < 100; i++)
		(void)taken(s);
	feed_state_free(s);
	s = opened(&d, NOW);
	past = feed_state_past(s);
	assert_true(past.has_previous);
	struct sha256 hash = sha256_of(span_text("a statement"));
	assert_memory_equal(past.previous.b, hash.b, sizeof(hash.b));
	assert_int_equal(past.timestamp.ms, NOW.ms);
	assert_true(past.has_value);
	assert_string_equal(dec_format(&past.value, text), "97234.12");
	feed_state_free(s);
}

/* Text has no number, and files were written before numbers were kept. */
static void record__goes_without_a_value(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct feed_past past = past_of(NULL);
	struct feed_state *s = opened(&d, NOW);
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob file = { 0 };

	assert_ok(feed_state_record(s, &past, &f), f);
	feed_state_free(s);
	assert_ok(
	    file_read(state_dir_file(&d, FILE_OF_BTC), 4096, &file, &f), f);
	assert_null(memmem(file.p, file.n, "\"value\"", 7));
	s = opened(&d, NOW);
	past = feed_state_past(s);
	assert_true(past.has_previous);
	assert_false(past.has_value);
	feed_state_free(s);
}

static void record__leaves_a_file_for_its_owner_only(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct feed_state *s = opened(&d, NOW);

	assert_int_equal(state_dir_mode(&d, FILE_OF_BTC), 0600);
	assert_int_equal(state_dir_mode(&d, "feeds"), 0700);
	feed_state_free(s);
}

static void feeds__have_files_of_their_own(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct feed_past past = past_of("97234.12");
	struct feed_state *btc = opened(&d, NOW), *other = NULL;
	struct fault f = FAULT_INIT;

	assert_ok(feed_state_record(btc, &past, &f), f);
	/* An id that would lead out of the folder if it were a name. */
	assert_ok(feed_state_open(d.path, "../../x", NOW, &other, &f), f);
	assert_false(feed_state_past(other).has_previous);
	assert_true(
	    file_exists(state_dir_file(&d, "feeds/2e2e2f2e2e2f78.json")));
	feed_state_free(other);
	feed_state_free(btc);
}

/* ---- refusals ----------------------------------------------------------- */

static void open__refuses_a_damaged_file_and_leaves_it(void **state)
{
	(void)state;
#define DIGITS_50 "12345678901234567890123456789012345678901234567890"
#define PAST                                                    \
	"{\"feed\":\"BTC/USD\",\"reserved\":1,\"timestamp\":1," \
	"\"previous\":\"12345678901234567890123456789012"       \
	"12345678901234567890123456789012\""
#define REST ",\"type\":\"affiant.feed-state.v1\"}"
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"{\"feed\":\"BTC/USD\"" REST,
		"{\"feed\":\"ETH/USD\",\"reserved\":1" REST,
		"{\"feed\":\"BTC/USD\",\"reserved\":-1" REST,
		"{\"feed\":\"BTC/USD\",\"reserved\":1.5" REST,
		"{\"feed\":\"BTC/USD\",\"reserved\":1,\"x\":1" REST,
		"{\"feed\":\"BTC/USD\",\"reserved\":1,\"timestamp\":1" REST,
		"{\"feed\":\"BTC/USD\",\"previous\":\"00\",\"reserved\":1" REST,
		"{\"feed\":\"BTC/USD\",\"reserved\":1,"
		"\"type\":\"affiant.feed-state.v2\"}",
		/* A value of no statement; one in no form that we write. */
		"{\"feed\":\"BTC/USD\",\"reserved\":1,\"value\":\"1\"" REST,
		PAST ",\"value\":\"1.0\"" REST,
		PAST ",\"value\":1" REST,
		PAST ",\"value\":\"" DIGITS_50 DIGITS_50 "\"" REST,
		"{\"feed\":\"BTC/USD\",\"reserved\":1" REST "x",
	};
#undef REST
#undef PAST
#undef DIGITS_50
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(state_dir_drop) struct state_dir d = state_dir_new();
		AUTO(blob_drop) struct blob after = { 0 };
		struct feed_state *s = NULL;
		struct fault f = FAULT_INIT;

		write_file(&d, bad[i]);
		assert_false(feed_state_open(d.path, "BTC/USD", NOW, &s, &f));
		assert_null(s);
		assert_string_equal(f.at, "feed_state.file");
		assert_non_null(strstr(f.text, FILE_OF_BTC));
		fault_clear(&f);
		assert_ok(file_read(state_dir_file(&d, FILE_OF_BTC), 4096,
			      &after, &f),
		    f);
		assert_span_text(blob_span(&after), bad[i]);
	}
}

static void open__refuses_a_folder_that_cannot_be_written(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct feed_state *s = NULL;
	struct fault f = FAULT_INIT;

	/* A file where the folder should be: not even root may write there. */
	assert_ok(
	    file_write(state_dir_file(&d, "file"), span_text("x"), 0600, &f),
	    f);
	assert_false(feed_state_open(
	    state_dir_file(&d, "file"), "BTC/USD", NOW, &s, &f));
	assert_int_equal(f.kind, FAULT_SYSTEM);
	assert_null(s);
}

static void take__fails_when_no_block_can_be_reserved(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct feed_state *s = opened(&d, NOW);
	struct fault f = FAULT_INIT;
	uint64_t round = 0;

	(void)taken(s);
	state_dir_drop(&d);
	assert_false(feed_state_take_round(s, &round, &f));
	assert_int_equal(f.kind, FAULT_SYSTEM);
	assert_int_equal(round, 0);
	feed_state_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    rounds__start_from_the_unix_second_and_grow_by_one),
		cmocka_unit_test(
		    rounds__are_never_given_twice_over_many_blocks),
		cmocka_unit_test(
		    rounds__restart_from_the_second_when_the_state_was_lost),
		cmocka_unit_test(
		    rounds__go_on_from_the_reservation_when_the_clock_was_set_back),
		cmocka_unit_test(rounds__end_before_two_to_the_53),
		cmocka_unit_test(rounds__are_reserved_by_demand),
		cmocka_unit_test(rounds__differ_between_threads),
		cmocka_unit_test(past__is_empty_on_the_first_day),
		cmocka_unit_test(record__survives_the_process),
		cmocka_unit_test(record__goes_without_a_value),
		cmocka_unit_test(record__leaves_a_file_for_its_owner_only),
		cmocka_unit_test(feeds__have_files_of_their_own),
		cmocka_unit_test(open__refuses_a_damaged_file_and_leaves_it),
		cmocka_unit_test(open__refuses_a_folder_that_cannot_be_written),
		cmocka_unit_test(take__fails_when_no_block_can_be_reserved),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
