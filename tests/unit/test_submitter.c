/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The submitter against a chain in memory with the rules of a real mempool,
 * pass by pass, and every way in which endpoints and chains misbehave.
 */
#include "oracle/submitter.h"

#include "tests/unit/check.h"
#include "tests/unit/rpc_double.h"
#include "tests/unit/state_dir.h"
#include "verify/base/clock.h"

#define CHAIN 8453
#define GWEI UINT64_C(1000000000)
#define POLL_MS 100
#define BTC 0
#define ETH 1

static const struct eth_addr CONTRACT = { { 0xc0, 0x01 } };
static const char *const ids[] = { "BTC/USD", "ETH/USD" };

struct world {
	struct state_dir dir;
	struct rpc_double *d;
	const char *urls[1];
	struct feed_config feeds[2];
	struct chain_feed_config chain_feeds[2];
	struct chain_config chain;
	struct config config;
	struct payer *payers[2];
	struct submitter *s;
	uint64_t tick;
	int64_t shift_ms; /* of the submitter's clock */
	int64_t base_ms;  /* statements count from here */
};

/* ---- opening ------------------------------------------------------------- */

static struct submitter *opened(struct world *w, size_t payer)
{
	const struct submitter_config c = { .config = &w->config,
		.chain = &w->chain,
		.payer = w->payers[payer] };
	struct submitter *s = NULL;
	struct fault f = FAULT_INIT;

	assert_ok(submitter_open(&c, &s, &f), f);
	return s;
}

static void reopen(struct world *w)
{
	submitter_close(w->s);
	w->s = opened(w, 0);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->dir = state_dir_new();
	w->d = rpc_double_start(CHAIN, 0);
	w->urls[0] = rpc_double_url(w->d, 0);
	for (size_t i = 0; i < COUNT(ids); i++) {
		w->feeds[i] =
		    (struct feed_config){ .id = ids[i], .decimals = 8 };
		w->chain_feeds[i] = (struct chain_feed_config){
			.feed = ids[i],
			.contract = CONTRACT,
			.deviation_bps = 50,
			.heartbeat_s = 3600,
		};
	}
	w->chain = (struct chain_config){
		.id = CHAIN,
		.rpc = w->urls,
		.n_rpc = 1,
		.allow_http = true,
		.timeout_ms = 500,
		.poll_ms = POLL_MS,
		.feeds = w->chain_feeds,
		.n_feeds = 2,
		.mode = CHAIN_BATCH,
		.fees = { .max_fee_per_gas = u256_of(100 * GWEI),
		    .max_priority_fee_per_gas = u256_of(5 * GWEI) },
		.max_gas = 2000000,
		.daily_spend = u256_of(1000000000 * GWEI),
		.finality = RPC_FINALITY_BLOCKS,
		.confirmations = 2,
		.reorg_depth = 6,
		.stuck_after_s = 30,
		.max_replacements = 3,
	};
	w->config = (struct config){ .state_dir = w->dir.path,
		.feeds = w->feeds,
		.n_feeds = 2,
		.chains = &w->chain,
		.n_chains = 1 };
	w->tick = 1000;
	w->base_ms = clock_now().ms - 1000000;
	struct fault f = FAULT_INIT;
	for (size_t i = 0; i < COUNT(w->payers); i++)
		assert_ok(payer_make(&w->payers[i], &f), f);
	struct rpc_world *chain = rpc_double_lock(w->d);
	assert_non_null(rpc_world_contract(chain, &CONTRACT, true));
	rpc_double_unlock(w->d);
	w->s = opened(w, 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	submitter_close(w->s);
	for (size_t i = 0; i < COUNT(w->payers); i++)
		payer_close(w->payers[i]);
	rpc_double_stop(w->d);
	state_dir_drop(&w->dir);
	free(w);
	return 0;
}

/* ---- doing --------------------------------------------------------------- */

static struct feed_call call_of(
    const struct world *w, size_t feed, unsigned at, uint64_t units)
{
	struct feed_call call = { .statement = {
				      .timestamp =
					  (uint64_t)(w->base_ms + at * 1000),
				      .round = at,
				  } };
	uint8_t value[32] = { 0 };
	char text[64];

	for (size_t i = 0; i < 8; i++)
		value[31 - i] = (uint8_t)(units >> (8 * i));
	dec_decode_int256(value, 8, &call.statement.value);
	memcpy(call.statement.feed, ids[feed], strlen(ids[feed]));
	(void)snprintf(text, sizeof(text), "%zu %u", feed, at);
	call.statement.statement = sha256_of(span_text(text));
	memset(call.signature.b, 1, 64);
	call.signature.b[64] = 27;
	return call;
}

/* A statement of second `at`. */
static void offer(struct world *w, size_t feed, unsigned at, uint64_t units)
{
	const struct feed_call call = call_of(w, feed, at, units);

	submitter_offer(w->s, ids[feed], &call);
}

static void step(struct world *w)
{
	const struct utc now = { .ms = clock_now().ms + w->shift_ms };

	(void)submitter_step(w->s, now, w->tick);
	w->tick += POLL_MS;
}

static void steps(struct world *w, unsigned n)
{
	while (n-- > 0)
		step(w);
}

static void mine(struct world *w, unsigned n)
{
	rpc_double_mine(w->d, n);
}

/* Somebody else's transaction in a block; what became of it is not asked. */
static void others_push(
    struct world *w, size_t feed, unsigned at, uint64_t units)
{
	const struct feed_call call = call_of(w, feed, at, units);
	struct rpc_world *chain = rpc_double_lock(w->d);
	struct rpc_feed *contract = rpc_world_contract(chain, &CONTRACT, false);
	struct rpc_feed_result *r = calloc(1, sizeof(*r));
	struct fault f = FAULT_INIT;
	struct wr data = wr_grow(4096, "test", &f);

	assert_ok(feed_call_encode(&call, 1, &data, &f), f);
	rpc_feed_run(
	    contract, wr_view(&data), (uint64_t)clock_now().ms / 1000, r);
	assert_false(r->reverted);
	rpc_feed_result_drop(r);
	free(r);
	wr_drop(&data);
	rpc_double_unlock(w->d);
}

/* ---- seeing -------------------------------------------------------------- */

static struct submitter_state state_of(const struct world *w)
{
	struct submitter_state st;

	submitter_state_of(w->s, &st);
	return st;
}

static struct submitter_feed feed_of(const struct world *w, size_t feed)
{
	struct submitter_feed out;

	assert_true(submitter_feed_of(w->s, feed, &out));
	return out;
}

/* The second of the statement that the contract holds; 0: none. */
static unsigned stored_at(struct world *w, size_t feed)
{
	uint8_t id[32] = { 0 };

	memcpy(id, ids[feed], strlen(ids[feed]));
	struct rpc_world *chain = rpc_double_lock(w->d);
	const struct rpc_feed_slot *slot =
	    rpc_feed_find(rpc_world_contract(chain, &CONTRACT, false), id);
	const uint64_t ms = slot != NULL ? slot->timestamp_ms : 0;
	rpc_double_unlock(w->d);
	return ms == 0 ? 0 : (unsigned)((int64_t)ms - w->base_ms) / 1000;
}

struct sent {
	size_t n, n_mined, n_pool;
	struct keccak256 last; /* hash of the last that came */
	struct eth_gas_fees fees;
	struct eth_addr to;
};

static struct sent sent(struct world *w)
{
	struct rpc_world *chain = rpc_double_lock(w->d);
	struct sent out = { .n = chain->n_txs };

	for (size_t i = 0; i < chain->n_txs; i++) {
		const struct rpc_world_tx *t = chain->txs[i];

		out.n_mined += t->is_mined;
		out.n_pool += t->in_pool && !t->is_mined;
		out.last = t->hash;
		out.fees.max_fee_per_gas = t->tx.max_fee_per_gas;
		out.fees.max_priority_fee_per_gas =
		    t->tx.max_priority_fee_per_gas;
		out.to = t->tx.to;
	}
	rpc_double_unlock(w->d);
	return out;
}

static size_t updates(struct world *w)
{
	size_t n = 0;

	assert_int_equal(rpc_double_repeated(w->d, &n), 0);
	return n;
}

static void expect_fault(const struct world *w, const char *at)
{
	const struct submitter_state st = state_of(w);

	assert_non_null(st.fault_at);
	assert_string_equal(st.fault_at, at);
	assert_true(st.fault[0] != '\0');
}

static void expect_well(const struct world *w)
{
	const struct submitter_state st = state_of(w);

	if (st.fault_at != NULL)
		fail_msg("%s: %s", st.fault_at, st.fault);
}

/* An endpoint that failed is asked again after half a second. */
static void recover(struct world *w)
{
	rpc_double_heal(w->d);
	usleep(700000);
	w->tick += 1000;
}

/* ---- the ordinary way ---------------------------------------------------- */

static void a_first_value__is_written_mined_and_confirmed(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	expect_well(w);
	assert_int_equal(sent(w).n_pool, 1);
	assert_string_equal(feed_of(w, BTC).decision, "pending");
	mine(w, 1);
	step(w);
	assert_int_equal(stored_at(w, BTC), 1);
	assert_int_equal(state_of(w).n_mined, 1);
	assert_int_equal(state_of(w).counts.mined, 1);
	assert_int_equal(feed_of(w, BTC).n_pushed, 1);
	mine(w, 1);
	step(w);
	assert_int_equal(state_of(w).counts.confirmed, 1);
	assert_int_equal(state_of(w).n_mined, 0);
	/* ... and nothing more */
	steps(w, 3);
	mine(w, 1);
	assert_int_equal(sent(w).n, 1);
	assert_int_equal(updates(w), 1);
}

static void feeds_due_together__share_a_transaction(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	offer(w, ETH, 1, 7);
	step(w);
	mine(w, 1);
	step(w);
	assert_int_equal(sent(w).n, 1);
	assert_int_equal(stored_at(w, BTC), 1);
	assert_int_equal(stored_at(w, ETH), 1);
	assert_int_equal(updates(w), 2);
}

static void a_batch__waits_a_while_for_others(void **state)
{
	struct world *w = *state;

	w->chain.batch_wait_ms = 250;
	offer(w, BTC, 1, 100);
	steps(w, 2);
	assert_int_equal(sent(w).n, 0);
	offer(w, ETH, 1, 7);
	steps(w, 3);
	assert_int_equal(sent(w).n, 1);
	mine(w, 1);
	assert_int_equal(updates(w), 2);
}

static void modes__write_one_each_or_packed(void **state)
{
	struct world *w = *state;

	w->chain.mode = CHAIN_PUSH;
	offer(w, BTC, 1, 100);
	offer(w, ETH, 1, 7);
	step(w);
	mine(w, 1);
	step(w);
	assert_int_equal(sent(w).n, 2);
	assert_int_equal(updates(w), 2);
	w->chain.mode = CHAIN_PACKED;
	offer(w, BTC, 2, 200);
	offer(w, ETH, 2, 14);
	step(w);
	mine(w, 1);
	step(w);
	assert_int_equal(sent(w).n, 3);
	assert_int_equal(updates(w), 4);
	assert_int_equal(stored_at(w, ETH), 2);
}

static void a_chain_without_base_fee__gets_legacy_transactions(void **state)
{
	struct world *w = *state;
	struct rpc_world *chain = rpc_double_lock(w->d);

	chain->is_legacy = true;
	rpc_double_unlock(w->d);
	mine(w, 1);
	offer(w, BTC, 1, 100);
	step(w);
	expect_well(w);
	mine(w, 1);
	step(w);
	assert_int_equal(stored_at(w, BTC), 1);
	chain = rpc_double_lock(w->d);
	assert_int_equal(chain->txs[0]->tx.type, ETH_TX_LEGACY);
	rpc_double_unlock(w->d);
}

static void a_quiet_value__is_not_written_until_it_moves(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 10000);
	step(w);
	mine(w, 1);
	step(w);
	offer(w, BTC, 2, 10049);
	steps(w, 2);
	assert_string_equal(feed_of(w, BTC).decision, "quiet");
	assert_int_equal(sent(w).n, 1);
	offer(w, BTC, 3, 10050);
	step(w);
	assert_int_equal(sent(w).n, 2);
	mine(w, 1);
	assert_int_equal(stored_at(w, BTC), 3);
}

static void a_heartbeat__is_kept_without_a_move(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	offer(w, ETH, 1, 7);
	step(w);
	mine(w, 1);
	step(w);
	offer(w, BTC, 2, 100);
	offer(w, ETH, 2, 7);
	w->shift_ms = 3590000;
	step(w);
	assert_int_equal(sent(w).n, 1);
	w->shift_ms = 3601000;
	step(w);
	mine(w, 1);
	assert_int_equal(sent(w).n, 2);
	assert_int_equal(stored_at(w, BTC), 2);
	assert_int_equal(stored_at(w, ETH), 2);
}

static void the_newest__takes_the_place_of_what_was_not_sent(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	offer(w, BTC, 2, 200);
	step(w);
	mine(w, 1);
	assert_int_equal(stored_at(w, BTC), 2);
	assert_int_equal(updates(w), 1);
}

static void while_one_is_pending__no_second_is_sent(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	offer(w, BTC, 2, 200);
	offer(w, BTC, 3, 300);
	steps(w, 3);
	assert_int_equal(sent(w).n, 1);
	mine(w, 1);
	steps(w, 2);
	mine(w, 1);
	step(w);
	assert_int_equal(stored_at(w, BTC), 3);
	assert_int_equal(updates(w), 2);
}

/* ---- several instances --------------------------------------------------- */

static void what_another_wrote__is_not_paid_for_again(void **state)
{
	struct world *w = *state;

	others_push(w, BTC, 5, 100);
	offer(w, BTC, 5, 100);
	steps(w, 3);
	assert_string_equal(feed_of(w, BTC).decision, "not_newer");
	offer(w, BTC, 4, 500);
	steps(w, 3);
	assert_int_equal(sent(w).n, 0);
	assert_false(state_of(w).has_nonce);
}

static void a_replica__waits_its_turn_and_looks_again(void **state)
{
	struct world *w = *state;

	w->chain.delay_ms = 300;
	offer(w, BTC, 1, 100);
	steps(w, 2);
	others_push(w, BTC, 2, 100);
	steps(w, 4);
	assert_int_equal(sent(w).n, 0);
	assert_int_equal(state_of(w).counts.overtaken, 1);
	/* ... and writes when nobody was faster */
	offer(w, BTC, 3, 300);
	steps(w, 5);
	assert_int_equal(sent(w).n, 1);
}

static void two_instances__have_a_journal_and_an_account_each(void **state)
{
	struct world *w = *state;
	struct submitter *other = opened(w, 1);
	struct submitter *first = w->s;

	offer(w, BTC, 1, 100);
	w->s = other;
	offer(w, BTC, 1, 100);
	w->s = first;
	step(w);
	mine(w, 1);
	w->s = other;
	steps(w, 2);
	assert_int_equal(sent(w).n, 1);
	w->s = first;
	submitter_close(other);
}

static void one_account__has_one_owner(void **state)
{
	struct world *w = *state;
	const struct submitter_config c = {
		.config = &w->config, .chain = &w->chain, .payer = w->payers[0]
	};
	struct submitter *s = NULL;
	struct fault f = FAULT_INIT;

	assert_refused(
	    submitter_open(&c, &s, &f), f, FAULT_SYSTEM, "journal.lock");
}

/* ---- stuck --------------------------------------------------------------- */

static void set_base_fee(struct world *w, uint64_t gwei)
{
	struct rpc_world *chain = rpc_double_lock(w->d);

	chain->base_fee = u256_of(gwei * GWEI);
	rpc_double_unlock(w->d);
	mine(w, 1);
}

static bool is_tenth_more(const struct u256 *now, const struct u256 *old)
{
	struct fault f = FAULT_INIT;
	struct u256 least;

	assert_ok(u256_mul_div(old, 110, 100, &least, NULL, &f), f);
	return u256_compare(now, &least) >= 0;
}

static void what_is_stuck__is_replaced_by_the_newest_at_higher_fees(
    void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	const struct sent before = sent(w);
	set_base_fee(w, 40);
	offer(w, BTC, 2, 200);
	offer(w, ETH, 2, 7);
	w->tick += 10000;
	step(w);
	/* (the other feed goes for itself meanwhile) */
	const size_t n = sent(w).n;
	w->tick += 25000;
	step(w);
	const struct sent after = sent(w);
	assert_int_equal(after.n, n + 1);
	assert_true(is_tenth_more(
	    &after.fees.max_fee_per_gas, &before.fees.max_fee_per_gas));
	assert_true(is_tenth_more(&after.fees.max_priority_fee_per_gas,
	    &before.fees.max_priority_fee_per_gas));
	assert_int_equal(state_of(w).counts.replaced, 1);
	mine(w, 1);
	step(w);
	assert_int_equal(stored_at(w, BTC), 2);
	assert_int_equal(stored_at(w, ETH), 2);
	assert_int_equal(updates(w), 2);
}

static void what_is_stuck_and_needed_no_more__is_cancelled(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	set_base_fee(w, 40);
	others_push(w, BTC, 9, 100);
	w->tick += 31000;
	step(w);
	assert_int_equal(state_of(w).counts.cancelled, 1);
	const struct eth_addr self = *payer_address(w->payers[0]);
	const struct sent last = sent(w);
	assert_true(eth_addr_equal(&last.to, &self));
	mine(w, 1);
	steps(w, 2);
	assert_int_equal(stored_at(w, BTC), 9);
	assert_int_equal(updates(w), 0);
	assert_false(feed_of(w, BTC).is_pending);
	expect_well(w);
}

static void replacements__are_bounded_by_the_cap(void **state)
{
	struct world *w = *state;

	w->chain.fees.max_fee_per_gas = u256_of(2 * GWEI + GWEI / 5);
	offer(w, BTC, 1, 100);
	step(w);
	assert_int_equal(sent(w).n, 1);
	set_base_fee(w, 40);
	w->tick += 31000;
	step(w);
	expect_fault(w, "submit.stuck");
	assert_int_equal(sent(w).n, 1);
	/* It is still wanted, and waits for the fee to fall. */
	set_base_fee(w, 1);
	mine(w, 1);
	step(w);
	assert_int_equal(stored_at(w, BTC), 1);
}

static void replacements__are_bounded_by_their_number(void **state)
{
	struct world *w = *state;

	w->chain.fees.max_fee_per_gas = u256_of(10000 * GWEI);
	w->chain.fees.max_priority_fee_per_gas = u256_of(10000 * GWEI);
	offer(w, BTC, 1, 100);
	step(w);
	/* A pool that mines nothing. */
	for (unsigned i = 0; i < 6; i++) {
		w->tick += 31000;
		step(w);
	}
	assert_int_equal(state_of(w).counts.replaced, 3);
	expect_fault(w, "submit.stuck");
	mine(w, 1);
	step(w);
	assert_int_equal(updates(w), 1);
}

static void an_earlier_attempt__may_be_mined_after_all(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	struct rpc_world *chain = rpc_double_lock(w->d);
	AUTO(blob_drop) struct blob raw = { 0 };
	struct fault f = FAULT_INIT;
	assert_ok(blob_copy(blob_span(&chain->txs[0]->raw), &raw, &f), f);
	rpc_double_unlock(w->d);
	offer(w, BTC, 2, 200);
	w->tick += 31000;
	step(w);
	assert_int_equal(state_of(w).counts.replaced, 1);
	/* The pool loses the replacement, and gets the first from elsewhere. */
	const struct keccak256 second = sent(w).last;
	chain = rpc_double_lock(w->d);
	rpc_world_evict(chain, &second);
	assert_null(rpc_world_send(chain, blob_span(&raw)));
	rpc_double_unlock(w->d);
	mine(w, 1);
	step(w);
	assert_int_equal(stored_at(w, BTC), 1);
	assert_int_equal(state_of(w).counts.mined, 1);
	/* The newer value is due now, in a transaction of its own. */
	step(w);
	mine(w, 1);
	step(w);
	assert_int_equal(stored_at(w, BTC), 2);
	assert_int_equal(updates(w), 2);
}

static void a_pool_with_a_higher_tip__is_offered_more(void **state)
{
	struct world *w = *state;
	struct rpc_world *chain = rpc_double_lock(w->d);

	chain->least_tip = u256_of(GWEI / 9);
	rpc_double_unlock(w->d);
	offer(w, BTC, 1, 100);
	step(w);
	assert_int_equal(sent(w).n, 0);
	expect_fault(w, "submit.sent");
	w->tick += 1000;
	step(w);
	expect_well(w);
	mine(w, 1);
	step(w);
	assert_int_equal(updates(w), 1);
}

/* ---- money --------------------------------------------------------------- */

static void the_days_spending__is_bounded(void **state)
{
	struct world *w = *state;

	w->chain.daily_spend = u256_of(300000 * GWEI);
	offer(w, BTC, 1, 100);
	step(w);
	mine(w, 1);
	step(w);
	mine(w, 1);
	step(w);
	assert_int_equal(state_of(w).counts.confirmed, 1);
	for (unsigned i = 2; i < 12; i++) {
		offer(w, BTC, i, i * 100);
		step(w);
		mine(w, 2);
		steps(w, 2);
	}
	expect_fault(w, "submit.spend");
	const size_t n = sent(w).n;
	assert_true(n < 11);
	/* A day later it goes on; also for who was started anew. */
	reopen(w);
	offer(w, BTC, 20, 5000);
	w->tick += 1000;
	step(w);
	expect_fault(w, "submit.spend");
	assert_int_equal(sent(w).n, n);
	w->shift_ms = 25 * 3600000;
	w->tick += 1000;
	step(w);
	assert_int_equal(sent(w).n, n + 1);
}

static void an_account_without_money__signs_nothing(void **state)
{
	struct world *w = *state;
	const struct eth_addr self = *payer_address(w->payers[0]);
	const struct u256 little = u256_of(1000 * GWEI);

	w->chain.min_balance = u256_of(1000000 * GWEI);
	struct rpc_world *chain = rpc_double_lock(w->d);
	rpc_world_set_balance(chain, &self, &little);
	rpc_double_unlock(w->d);
	offer(w, BTC, 1, 100);
	step(w);
	const struct submitter_state st = state_of(w);
	assert_non_null(st.fault_at);
	assert_true(strcmp(st.fault_at, "submit.funds") == 0 ||
	    strcmp(st.fault_at, "rpc.funds") == 0);
	assert_true(st.is_low);
	assert_false(st.has_nonce);
	assert_int_equal(sent(w).n, 0);
}

static void fees_beyond_the_maximum__are_not_offered(void **state)
{
	struct world *w = *state;

	rpc_double_fail(
	    w->d, 0, "eth_feeHistory", RPC_DOUBLE_LYING_FEES, 1, 1000);
	offer(w, BTC, 1, 100);
	step(w);
	expect_fault(w, "rpc.fees.cap");
	assert_int_equal(sent(w).n, 0);
	w->tick += 1000;
	step(w);
	assert_int_equal(sent(w).n, 1);
	const struct sent last = sent(w);
	assert_true(u256_compare(&last.fees.max_fee_per_gas,
			&w->chain.fees.max_fee_per_gas) <= 0);
}

static void a_gas_limit_beyond_the_maximum__is_not_signed(void **state)
{
	struct world *w = *state;

	w->chain.max_gas = 30000;
	offer(w, BTC, 1, 100);
	step(w);
	expect_fault(w, "rpc.gas.cap");
	assert_int_equal(sent(w).n, 0);
}

static void a_batch_beyond_the_gas_limit__is_cut(void **state)
{
	struct world *w = *state;

	w->chain.max_gas = 60000;
	offer(w, BTC, 1, 100);
	offer(w, ETH, 1, 7);
	steps(w, 2);
	mine(w, 1);
	steps(w, 2);
	mine(w, 1);
	assert_int_equal(sent(w).n, 2);
	assert_int_equal(updates(w), 2);
}

/* ---- endpoints ----------------------------------------------------------- */

static void another_chain__gets_nothing(void **state)
{
	struct world *w = *state;

	rpc_double_fail(w->d, 0, "eth_chainId", RPC_DOUBLE_WRONG_CHAIN, 99, 1);
	offer(w, BTC, 1, 100);
	step(w);
	expect_fault(w, "rpc.chain-id");
	assert_int_equal(sent(w).n, 0);
	assert_false(state_of(w).has_nonce);
}

/* However the answer to a broadcast is lost, it counts once. */
static void sends_once(struct world *w, enum rpc_double_mode mode)
{
	static unsigned at;
	const size_t before = updates(w);
	const size_t n_before = sent(w).n;

	at++;
	rpc_double_fail(w->d, 0, "eth_sendRawTransaction", mode, 1, 1);
	offer(w, BTC, at, at * 1000);
	step(w);
	recover(w);
	w->tick += 16000;
	step(w);
	recover(w);
	mine(w, 1);
	steps(w, 2);
	assert_int_equal(updates(w), before + 1);
	assert_int_equal(sent(w).n, n_before + 1);
	assert_int_equal(stored_at(w, BTC), at);
}

static void a_lost_answer__loses_nothing_and_repeats_nothing(void **state)
{
	static const enum rpc_double_mode modes[] = {
		RPC_DOUBLE_TIMEOUT,
		RPC_DOUBLE_REFUSE,
		RPC_DOUBLE_DISCONNECT,
		RPC_DOUBLE_HALF,
		RPC_DOUBLE_GARBAGE,
		RPC_DOUBLE_STATUS_500,
		RPC_DOUBLE_ERROR,
		RPC_DOUBLE_WRONG_ID,
		RPC_DOUBLE_WRONG_HASH,
		RPC_DOUBLE_TWICE,
	};

	for (size_t i = 0; i < COUNT(modes); i++)
		sends_once(*state, modes[i]);
}

static void any_question_unanswered__signs_nothing_twice(void **state)
{
	static const char *const methods[] = {
		"eth_chainId",
		"eth_getBlockByNumber",
		"eth_call",
		"eth_estimateGas",
		"eth_feeHistory",
		"eth_getBalance",
		"eth_getTransactionCount",
		"eth_getTransactionReceipt",
	};
	struct world *w = *state;

	for (unsigned i = 0; i < COUNT(methods); i++) {
		rpc_double_fail(
		    w->d, 0, methods[i], RPC_DOUBLE_STATUS_500, 1, 0);
		offer(w, BTC, 10 + i, 1000 * (i + 1));
		steps(w, 2);
		recover(w);
		steps(w, 2);
		mine(w, 1);
		steps(w, 2);
		assert_int_equal(updates(w), i + 1);
		assert_int_equal(sent(w).n, i + 1);
	}
}

static void a_node_behind__makes_no_second_transaction(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	mine(w, 1);
	step(w);
	assert_int_equal(state_of(w).counts.mined, 1);
	/* It forgets the block that it has shown, for its state and counts. */
	rpc_double_fail(
	    w->d, 0, "eth_getTransactionCount", RPC_DOUBLE_LOW_NONCE, 4, 1);
	offer(w, BTC, 2, 200);
	step(w);
	expect_fault(w, "submit.behind");
	assert_int_equal(sent(w).n, 1);
	rpc_double_heal(w->d);
	w->tick += 1000;
	step(w);
	assert_int_equal(sent(w).n, 2);
}

static void a_forged_receipt__is_not_believed_for_ever(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	rpc_double_fail(
	    w->d, 0, "eth_getTransactionReceipt", RPC_DOUBLE_FORGE, 1, 0);
	w->tick += 31000;
	step(w);
	rpc_double_heal(w->d);
	steps(w, 3);
	/* Whatever it thought: it is there once, in the end. */
	mine(w, 1);
	w->tick += 31000;
	steps(w, 3);
	mine(w, 2);
	steps(w, 3);
	assert_int_equal(updates(w), 1);
	assert_int_equal(state_of(w).counts.confirmed, 1);
}

/* ---- dropped, reorganised, used by another -------------------------------- */

static void what_a_pool_forgot__is_sent_again_byte_for_byte(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	const struct keccak256 hash = sent(w).last;
	struct rpc_world *chain = rpc_double_lock(w->d);
	rpc_world_evict(chain, &hash);
	rpc_double_unlock(w->d);
	w->tick += 16000;
	step(w);
	assert_int_equal(state_of(w).counts.dropped, 1);
	const struct keccak256 again = sent(w).last;
	assert_memory_equal(&again, &hash, sizeof(hash));
	mine(w, 1);
	step(w);
	assert_int_equal(updates(w), 1);
}

static void reorganise(struct world *w, uint64_t depth, bool keeps)
{
	struct rpc_world *chain = rpc_double_lock(w->d);

	rpc_world_reorg(chain, depth, keeps);
	rpc_double_unlock(w->d);
}

static void a_block_that_goes_away__gives_its_transactions_back(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	mine(w, 1);
	step(w);
	const struct keccak256 hash = sent(w).last;
	reorganise(w, 1, false);
	assert_int_equal(stored_at(w, BTC), 0);
	steps(w, 2);
	assert_int_equal(state_of(w).counts.reorged, 1);
	steps(w, 2);
	const struct keccak256 again = sent(w).last;
	assert_memory_equal(&again, &hash, sizeof(hash));
	mine(w, 1);
	step(w);
	mine(w, 1);
	step(w);
	assert_int_equal(state_of(w).counts.confirmed, 1);
	assert_int_equal(updates(w), 1);
	assert_int_equal(stored_at(w, BTC), 1);
}

static void a_deep_reorganisation__takes_confirmed_ones_too(void **state)
{
	struct world *w = *state;

	for (unsigned i = 1; i <= 3; i++) {
		offer(w, BTC, i, i * 100);
		step(w);
		mine(w, 1);
		step(w);
	}
	assert_true(state_of(w).counts.confirmed >= 2);
	reorganise(w, 3, false);
	steps(w, 3);
	assert_int_equal(state_of(w).counts.reorged, 3);
	for (unsigned i = 0; i < 4; i++) {
		mine(w, 1);
		steps(w, 2);
	}
	assert_int_equal(stored_at(w, BTC), 3);
	assert_int_equal(updates(w), 3);
	assert_int_equal(state_of(w).n_pending, 0);
}

static void a_nonce_used_by_another__is_given_up(void **state)
{
	struct world *w = *state;
	const struct eth_tx tx = {
		.type = ETH_TX_DYNAMIC_FEE,
		.chain_id = CHAIN,
		.gas_limit = 21000,
		.max_fee_per_gas = u256_of(50 * GWEI),
		.max_priority_fee_per_gas = u256_of(5 * GWEI),
		.to = { { 0x77 } },
	};
	AUTO(blob_drop) struct blob raw = { 0 };
	struct keccak256 hash;
	struct fault f = FAULT_INIT;

	assert_ok(payer_sign_tx(w->payers[0], &tx, &raw, &hash, &f), f);
	offer(w, BTC, 1, 100);
	step(w);
	struct rpc_world *chain = rpc_double_lock(w->d);
	assert_null(rpc_world_send(chain, blob_span(&raw)));
	rpc_double_unlock(w->d);
	mine(w, 1);
	step(w);
	assert_int_equal(state_of(w).counts.taken, 0);
	w->tick += 61000;
	steps(w, 2);
	assert_int_equal(state_of(w).counts.taken, 1);
	steps(w, 2);
	mine(w, 1);
	step(w);
	assert_int_equal(updates(w), 1);
}

/* ---- refused ------------------------------------------------------------- */

static void admit(struct world *w, bool is_admitted)
{
	struct rpc_world *chain = rpc_double_lock(w->d);
	struct rpc_feed *contract = rpc_world_contract(chain, &CONTRACT, false);

	contract->checks_signer = !is_admitted;
	rpc_double_unlock(w->d);
}

static void what_would_be_refused__is_not_signed(void **state)
{
	struct world *w = *state;

	admit(w, false);
	offer(w, BTC, 1, 100);
	steps(w, 3);
	assert_int_equal(sent(w).n, 0);
	assert_false(state_of(w).has_nonce);
	assert_string_equal(feed_of(w, BTC).refusal, "NotAdmitted");
	assert_int_equal(feed_of(w, BTC).n_refused, 1);
	/* Newer ones wait, longer each time. */
	offer(w, BTC, 2, 200);
	w->tick += 20000;
	step(w);
	assert_int_equal(feed_of(w, BTC).n_refused, 1);
	w->tick += 11000;
	step(w);
	assert_int_equal(feed_of(w, BTC).n_refused, 2);
	admit(w, true);
	offer(w, BTC, 3, 300);
	w->tick += 31000;
	step(w);
	assert_int_equal(sent(w).n, 0);
	w->tick += 31000;
	step(w);
	assert_int_equal(sent(w).n, 1);
}

static void a_revert__is_kept_with_its_reason_and_not_repeated(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	admit(w, false);
	mine(w, 1);
	step(w);
	assert_int_equal(state_of(w).counts.reverted, 1);
	assert_string_equal(feed_of(w, BTC).refusal, "NotAdmitted");
	admit(w, true);
	w->tick += 4000000;
	steps(w, 3);
	assert_int_equal(sent(w).n, 1);
	offer(w, BTC, 2, 100);
	step(w);
	mine(w, 1);
	step(w);
	assert_int_equal(stored_at(w, BTC), 2);
	struct journal_attempt a;
	struct journal_slot slot;
	struct fault f = FAULT_INIT;
	assert_ok(submitter_slot_of(w->s, 0, &slot, &a, &f), f);
	assert_false(slot.mined.succeeded);
	assert_string_equal(slot.reason, "NotAdmitted");
}

static void a_contract_that_is_none__holds_up_no_other(void **state)
{
	struct world *w = *state;

	w->chain_feeds[BTC].contract = (struct eth_addr){ { 0xdd } };
	offer(w, BTC, 1, 100);
	offer(w, ETH, 1, 7);
	step(w);
	expect_fault(w, "eth.abi.empty");
	mine(w, 1);
	step(w);
	assert_int_equal(stored_at(w, ETH), 1);
}

/* ---- started anew -------------------------------------------------------- */

static void signed_and_not_sent__goes_out_after_a_restart(void **state)
{
	struct world *w = *state;

	rpc_double_fail(
	    w->d, 0, "eth_sendRawTransaction", RPC_DOUBLE_REFUSE, 99, 0);
	offer(w, BTC, 1, 100);
	step(w);
	assert_int_equal(sent(w).n, 0);
	assert_int_equal(state_of(w).n_pending, 1);
	rpc_double_heal(w->d);
	reopen(w);
	w->tick += 1000;
	/* nothing is offered: what was signed is enough */
	step(w);
	assert_int_equal(sent(w).n, 1);
	assert_string_equal(feed_of(w, BTC).decision, "pending");
	mine(w, 1);
	step(w);
	assert_int_equal(updates(w), 1);
}

static void sent_and_mined_meanwhile__is_found_after_a_restart(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	reopen(w);
	mine(w, 1);
	offer(w, BTC, 1, 100);
	w->tick += 1000;
	steps(w, 2);
	assert_int_equal(state_of(w).counts.mined, 1);
	reopen(w);
	mine(w, 1);
	offer(w, BTC, 1, 100);
	w->tick += 1000;
	steps(w, 2);
	assert_int_equal(state_of(w).counts.confirmed, 1);
	assert_int_equal(sent(w).n, 1);
	assert_int_equal(updates(w), 1);
}

static void a_statement_of_ours_in_a_block__is_not_sent_to_a_node_behind(
    void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	mine(w, 1);
	step(w);
	reopen(w);
	/* The contract's state as of before our block. */
	rpc_double_lag(w->d, 0, 1);
	offer(w, BTC, 1, 100);
	w->tick += 1000;
	steps(w, 3);
	assert_int_equal(sent(w).n, 1);
	rpc_double_heal(w->d);
}

static void a_payers_journal__is_its_own(void **state)
{
	struct world *w = *state;
	const struct eth_addr one = *payer_address(w->payers[0]);
	char *path = submitter_journal_path(w->dir.path, CHAIN, &one);

	assert_non_null(path);
	assert_true(file_exists(path));
	free(path);
}

/* ---- one now ------------------------------------------------------------- */

static void what_is_forced__goes_though_it_is_quiet(void **state)
{
	struct world *w = *state;

	offer(w, BTC, 1, 100);
	step(w);
	mine(w, 1);
	step(w);
	offer(w, BTC, 2, 100);
	submitter_force(w->s, ids[BTC]);
	step(w);
	assert_int_equal(sent(w).n, 2);
	mine(w, 1);
	step(w);
	/* once */
	offer(w, BTC, 3, 100);
	steps(w, 2);
	assert_int_equal(sent(w).n, 2);
	/* and never what the contract would refuse */
	submitter_force(w->s, ids[BTC]);
	offer(w, BTC, 2, 100);
	steps(w, 2);
	assert_int_equal(sent(w).n, 2);
}

static void the_thread__does_it_all_by_itself(void **state)
{
	struct world *w = *state;
	struct fault f = FAULT_INIT;

	rpc_double_mine_every(w->d, 50);
	assert_ok(submitter_start(w->s, &f), f);
	for (unsigned i = 1; i <= 20; i++) {
		offer(w, BTC, i, i * 100);
		offer(w, ETH, i, i * 10);
		usleep(50000);
	}
	for (unsigned i = 0; i < 100 && stored_at(w, BTC) < 20; i++)
		usleep(50000);
	submitter_stop(w->s);
	assert_int_equal(stored_at(w, BTC), 20);
	assert_int_equal(stored_at(w, ETH), 20);
	assert_true(updates(w) >= 4);
}

int main(void)
{
#define t(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		t(a_first_value__is_written_mined_and_confirmed),
		t(feeds_due_together__share_a_transaction),
		t(a_batch__waits_a_while_for_others),
		t(modes__write_one_each_or_packed),
		t(a_chain_without_base_fee__gets_legacy_transactions),
		t(a_quiet_value__is_not_written_until_it_moves),
		t(a_heartbeat__is_kept_without_a_move),
		t(the_newest__takes_the_place_of_what_was_not_sent),
		t(while_one_is_pending__no_second_is_sent),
		t(what_another_wrote__is_not_paid_for_again),
		t(a_replica__waits_its_turn_and_looks_again),
		t(two_instances__have_a_journal_and_an_account_each),
		t(one_account__has_one_owner),
		t(what_is_stuck__is_replaced_by_the_newest_at_higher_fees),
		t(what_is_stuck_and_needed_no_more__is_cancelled),
		t(replacements__are_bounded_by_the_cap),
		t(replacements__are_bounded_by_their_number),
		t(an_earlier_attempt__may_be_mined_after_all),
		t(a_pool_with_a_higher_tip__is_offered_more),
		t(the_days_spending__is_bounded),
		t(an_account_without_money__signs_nothing),
		t(fees_beyond_the_maximum__are_not_offered),
		t(a_gas_limit_beyond_the_maximum__is_not_signed),
		t(a_batch_beyond_the_gas_limit__is_cut),
		t(another_chain__gets_nothing),
		t(a_lost_answer__loses_nothing_and_repeats_nothing),
		t(any_question_unanswered__signs_nothing_twice),
		t(a_node_behind__makes_no_second_transaction),
		t(a_forged_receipt__is_not_believed_for_ever),
		t(what_a_pool_forgot__is_sent_again_byte_for_byte),
		t(a_block_that_goes_away__gives_its_transactions_back),
		t(a_deep_reorganisation__takes_confirmed_ones_too),
		t(a_nonce_used_by_another__is_given_up),
		t(what_would_be_refused__is_not_signed),
		t(a_revert__is_kept_with_its_reason_and_not_repeated),
		t(a_contract_that_is_none__holds_up_no_other),
		t(signed_and_not_sent__goes_out_after_a_restart),
		t(sent_and_mined_meanwhile__is_found_after_a_restart),
		t(a_statement_of_ours_in_a_block__is_not_sent_to_a_node_behind),
		t(a_payers_journal__is_its_own),
		t(what_is_forced__goes_though_it_is_quiet),
		t(the_thread__does_it_all_by_itself),
	};
#undef t

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
