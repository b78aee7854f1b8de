/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/recent.h"
#include "tests/unit/check.h"

#include <pthread.h>

static struct sha256 name_of(uint64_t i)
{
	return sha256_of(span_of(&i, sizeof(i)));
}

static void put(struct recent *r, uint64_t i, const char *body)
{
	struct sha256 name = name_of(i);
	struct fault f = FAULT_INIT;

	assert_ok(recent_put(r, &name, span_text(body), &f), f);
}

static void assert_kept(struct recent *r, uint64_t i, const char *body)
{
	struct sha256 name = name_of(i);
	const struct recent_entry *e = recent_find(r, &name);

	assert_non_null(e);
	assert_span_text(recent_body(e), body);
	recent_release(e);
}

static void assert_gone(struct recent *r, uint64_t i)
{
	struct sha256 name = name_of(i);

	assert_null(recent_find(r, &name));
}

static struct recent *make(size_t max_entries, size_t max_bytes)
{
	struct fault f = FAULT_INIT;
	struct recent *r = NULL;

	assert_ok(recent_new(max_entries, max_bytes, &r, &f), f);
	return r;
}

static void recent_find__gives_what_was_put(void **state)
{
	struct recent *r = make(4, 1000);

	(void)state;
	assert_gone(r, 1);
	put(r, 1, "one");
	put(r, 2, "two");
	assert_kept(r, 1, "one");
	assert_kept(r, 2, "two");
	recent_free(r);
}

static void recent_put__forgets_the_oldest_beyond_the_count(void **state)
{
	struct recent *r = make(3, 1000);

	(void)state;
	for (uint64_t i = 0; i < 10; i++)
		put(r, i, "x");
	for (uint64_t i = 0; i < 7; i++)
		assert_gone(r, i);
	for (uint64_t i = 7; i < 10; i++)
		assert_kept(r, i, "x");
	assert_int_equal(recent_stats_of(r).entries, 3);
	recent_free(r);
}

static void recent_put__forgets_the_oldest_beyond_the_bytes(void **state)
{
	struct recent *r = make(100, 10);

	(void)state;
	put(r, 1, "1234");
	put(r, 2, "5678");
	put(r, 3, "90");
	assert_int_equal(recent_stats_of(r).bytes, 10);
	put(r, 4, "x");
	assert_gone(r, 1);
	assert_kept(r, 2, "5678");
	assert_int_equal(recent_stats_of(r).bytes, 7);
	put(r, 5, "1234567890");
	assert_int_equal(recent_stats_of(r).entries, 1);
	assert_kept(r, 5, "1234567890");
	recent_free(r);
}

static void recent_put__refuses_a_body_that_never_fits(void **state)
{
	struct recent *r = make(100, 10);
	struct sha256 name = name_of(2);
	struct fault f = FAULT_INIT;

	(void)state;
	put(r, 1, "1");
	assert_refused(recent_put(r, &name, span_text("12345678901"), &f), f,
	    FAULT_LIMIT, "recent.size");
	assert_kept(r, 1, "1");
	assert_int_equal(recent_stats_of(r).entries, 1);
	recent_free(r);
}

static void recent_put__keeps_the_first_body_of_a_statement(void **state)
{
	struct recent *r = make(4, 1000);

	(void)state;
	put(r, 1, "first");
	put(r, 1, "second");
	assert_kept(r, 1, "first");
	assert_int_equal(recent_stats_of(r).entries, 1);
	recent_free(r);
}

static void recent_find__holds_what_leaves_the_list(void **state)
{
	struct recent *r = make(1, 1000);
	struct sha256 name = name_of(1);

	(void)state;
	put(r, 1, "held");
	const struct recent_entry *e = recent_find(r, &name);
	put(r, 2, "next");
	assert_gone(r, 1);
	assert_span_text(recent_body(e), "held");
	recent_free(r);
	assert_span_text(recent_body(e), "held");
	recent_release(e);
	recent_release(NULL);
}

static void *put_and_find(void *arg)
{
	struct recent *r = arg;

	for (uint64_t i = 0; i < 2000; i++) {
		struct sha256 name = name_of(i % 16);

		put(r, i % 16, "the same for all");
		const struct recent_entry *e = recent_find(r, &name);
		if (e != NULL)
			assert_span_text(recent_body(e), "the same for all");
		recent_release(e);
	}
	return NULL;
}

static void recent__stands_several_threads(void **state)
{
	struct recent *r = make(5, 100);
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, put_and_find, r), 0);
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	assert_true(recent_stats_of(r).entries <= 5);
	recent_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recent_find__gives_what_was_put),
		cmocka_unit_test(
		    recent_put__forgets_the_oldest_beyond_the_count),
		cmocka_unit_test(
		    recent_put__forgets_the_oldest_beyond_the_bytes),
		cmocka_unit_test(recent_put__refuses_a_body_that_never_fits),
		cmocka_unit_test(
		    recent_put__keeps_the_first_body_of_a_statement),
		cmocka_unit_test(recent_find__holds_what_leaves_the_list),
		cmocka_unit_test(recent__stands_several_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
