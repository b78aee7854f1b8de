/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "tests/unit/oracle_double.h"

#include <unistd.h>

#define CLIENTS 17
#define MANY_CLIENTS 101

static struct attest attest;
static struct quoter *quoter;

static int set_up(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	attest_double_init(&attest);
	return quoter_open(&attest, &quoter, &f) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	quoter_close(quoter);
	attest_double_drop(&attest);
	return 0;
}

/* ---- what a quote must cover -------------------------------------------- */

static void assert_covers(const struct quoted *q, struct span statement)
{
	struct fault f = FAULT_INIT;
	struct sha256 bound = sha256_of(statement);
	uint8_t want[sizeof(QUOTE_PREFIX) - 1 + REPORT_DATA_BYTES] =
	    QUOTE_PREFIX;

	if (q->has_batch) {
		struct sha256 leaf = merkle_leaf(statement);

		assert_ok(merkle_path_root(&leaf, &q->path, &bound, &f), f);
	}
	report_data_of(&bound, want + sizeof(QUOTE_PREFIX) - 1);
	assert_int_equal(q->quote.n, sizeof(want));
	assert_memory_equal(q->quote.p, want, sizeof(want));
}

/* ---- clients in threads of their own ------------------------------------ */

struct client {
	pthread_t thread;
	uint64_t statement;
	struct quoted quoted;
	struct fault fault;
	bool ok;
};

static void *ask(void *arg)
{
	struct client *c = arg;

	c->fault = FAULT_INIT;
	c->ok =
	    quoter_quote(quoter, span_of(&c->statement, sizeof(c->statement)),
		&c->quoted, &c->fault);
	return NULL;
}

static void start(struct client *c, uint64_t statement)
{
	*c = (struct client){ .statement = statement };
	assert_int_equal(pthread_create(&c->thread, NULL, ask, c), 0);
}

static void wait_until_waiting(uint64_t n)
{
	while (quoter_stats_of(quoter).waiting < n)
		usleep(1000);
}

/* One quote is held up, `n` clients wait behind it. */
static void start_behind(struct client *first, struct client *rest, size_t n)
{
	attest_double_gate(&attest);
	start(first, 1000);
	attest_double_wait_begun(&attest, 1);
	for (size_t i = 0; i < n; i++)
		start(&rest[i], i);
	wait_until_waiting(n);
}

/* ---- cases -------------------------------------------------------------- */

static void quoter_quote__alone_binds_the_statement_itself(void **state)
{
	struct span statement = span_text("{\"alone\":true}");
	struct fault f = FAULT_INIT;
	struct quoted q;

	(void)state;
	assert_ok(quoter_quote(quoter, statement, &q, &f), f);
	assert_false(q.has_batch);
	assert_covers(&q, statement);
	quoted_drop(&q);
	quoted_drop(&q);

	struct quoter_stats stats = quoter_stats_of(quoter);
	assert_int_equal(stats.quotes, 1);
	assert_int_equal(stats.statements, 1);
	assert_int_equal(stats.largest_batch, 1);
	assert_int_equal(stats.longest_wait, 1);
}

static void quoter_quote__serves_all_who_wait_with_one_quote(void **state)
{
	static struct client first, rest[CLIENTS];

	(void)state;
	start_behind(&first, rest, CLIENTS);
	attest_double_allow(&attest, 2);
	pthread_join(first.thread, NULL);
	assert_true(first.ok);
	assert_false(first.quoted.has_batch);
	for (size_t i = 0; i < CLIENTS; i++) {
		pthread_join(rest[i].thread, NULL);
		assert_true(rest[i].ok);
		assert_true(rest[i].quoted.has_batch);
		assert_int_equal(rest[i].quoted.path.size, CLIENTS);
		assert_ptr_equal(rest[i].quoted.share, rest[0].quoted.share);
		assert_covers(&rest[i].quoted,
		    span_of(&rest[i].statement, sizeof(uint64_t)));
	}
	struct quoter_stats stats = quoter_stats_of(quoter);
	assert_int_equal(stats.quotes, 2);
	assert_int_equal(stats.statements, CLIENTS + 1);
	assert_int_equal(stats.largest_batch, CLIENTS);
	assert_int_equal(stats.longest_wait, 2);
	assert_int_equal(stats.waiting, 0);

	/* The quote lives until the last of them lets go. */
	for (size_t i = 0; i + 1 < CLIENTS; i++)
		quoted_drop(&rest[i].quoted);
	assert_covers(&rest[CLIENTS - 1].quoted,
	    span_of(&rest[CLIENTS - 1].statement, sizeof(uint64_t)));
	quoted_drop(&rest[CLIENTS - 1].quoted);
	quoted_drop(&first.quoted);
}

static void quoter_quote__keeps_the_order_of_arrival(void **state)
{
	static struct client first, rest[4];

	(void)state;
	attest_double_gate(&attest);
	start(&first, 1000);
	attest_double_wait_begun(&attest, 1);
	for (size_t i = 0; i < COUNT(rest); i++) {
		start(&rest[i], i);
		wait_until_waiting(i + 1);
	}
	attest_double_allow(&attest, 2);
	pthread_join(first.thread, NULL);
	quoted_drop(&first.quoted);
	for (size_t i = 0; i < COUNT(rest); i++) {
		pthread_join(rest[i].thread, NULL);
		assert_int_equal(rest[i].quoted.path.index, i);
		quoted_drop(&rest[i].quoted);
	}
}

static void quoter_quote__hands_a_failure_to_every_waiter(void **state)
{
	static struct client first, rest[CLIENTS], after;

	(void)state;
	start_behind(&first, rest, CLIENTS);
	attest_double_allow(&attest, 1);
	pthread_join(first.thread, NULL);
	assert_true(first.ok);
	quoted_drop(&first.quoted);
	attest_double_fail(&attest, true);
	attest_double_allow(&attest, 1);
	for (size_t i = 0; i < CLIENTS; i++) {
		pthread_join(rest[i].thread, NULL);
		assert_false(rest[i].ok);
		assert_null(rest[i].quoted.share);
		assert_fault(rest[i].fault, FAULT_REMOTE, "double.quote");
	}
	assert_int_equal(quoter_stats_of(quoter).failures, 1);

	/* And goes on afterwards. */
	attest_double_fail(&attest, false);
	attest_double_allow(&attest, 1);
	start(&after, 7);
	pthread_join(after.thread, NULL);
	assert_true(after.ok);
	quoted_drop(&after.quoted);
}

static void *close_quoter(void *arg)
{
	(void)arg;
	quoter_close(quoter);
	return NULL;
}

static void quoter_close__delivers_what_is_under_way_and_fails_the_rest(
    void **state)
{
	static struct client first, rest[MANY_CLIENTS];
	pthread_t closer;

	(void)state;
	start_behind(&first, rest, MANY_CLIENTS);
	assert_int_equal(pthread_create(&closer, NULL, close_quoter, NULL), 0);
	/* The thread is at the gate, so the quoter is still there. */
	while (!quoter_stats_of(quoter).stopping)
		usleep(1000);
	attest_double_allow(&attest, 1);
	pthread_join(closer, NULL);
	quoter = NULL;
	pthread_join(first.thread, NULL);
	assert_true(first.ok);
	assert_covers(
	    &first.quoted, span_of(&first.statement, sizeof(uint64_t)));
	quoted_drop(&first.quoted);
	for (size_t i = 0; i < MANY_CLIENTS; i++) {
		pthread_join(rest[i].thread, NULL);
		assert_false(rest[i].ok);
		assert_fault(rest[i].fault, FAULT_SYSTEM, "quoter.stopped");
	}
	assert_int_equal(attest.begun, 1);
}

/* Everybody at once, for the sanitizers: every answer covers its question. */
static void *ask_often(void *arg)
{
	struct client *c = arg;

	for (uint64_t i = 0; i < 200; i++) {
		uint64_t statement[2] = { c->statement, i };
		struct span bytes = span_of(statement, sizeof(statement));
		struct fault f = FAULT_INIT;
		struct quoted q;

		assert_ok(quoter_quote(quoter, bytes, &q, &f), f);
		assert_covers(&q, bytes);
		quoted_drop(&q);
	}
	return NULL;
}

static void quoter_quote__covers_each_of_many_at_once(void **state)
{
	static struct client clients[CLIENTS];

	(void)state;
	for (size_t i = 0; i < CLIENTS; i++) {
		clients[i] = (struct client){ .statement = i };
		assert_int_equal(pthread_create(&clients[i].thread, NULL,
				     ask_often, &clients[i]),
		    0);
	}
	for (size_t i = 0; i < CLIENTS; i++)
		pthread_join(clients[i].thread, NULL);

	struct quoter_stats stats = quoter_stats_of(quoter);
	assert_int_equal(stats.statements, CLIENTS * 200);
	assert_int_equal(stats.quotes, attest.taken);
	assert_true(stats.longest_wait <= 2);
	assert_false(attest.overlapped);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(quoter_quote__alone_binds_the_statement_itself),
		CASE(quoter_quote__serves_all_who_wait_with_one_quote),
		CASE(quoter_quote__keeps_the_order_of_arrival),
		CASE(quoter_quote__hands_a_failure_to_every_waiter),
		CASE(
		    quoter_close__delivers_what_is_under_way_and_fails_the_rest),
		CASE(quoter_quote__covers_each_of_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
