/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a transaction that is sent, and what nodes call that. */
#include "tests/unit/rpc_fixture.h"

static const struct rpc_config plain;

/* ---- words -------------------------------------------------------------- */

static const struct {
	const char *message;
	enum rpc_sent means;
} words[] = {
	{ "already known", RPC_SENT_KNOWN },
	{ "Transaction already imported.", RPC_SENT_KNOWN },
	{ "ALREADY_EXISTS: known transaction", RPC_SENT_KNOWN },
	{ "nonce too low: next nonce 8, tx nonce 7", RPC_SENT_NONCE_LOW },
	{ "Nonce too low", RPC_SENT_NONCE_LOW },
	{ "replacement transaction underpriced", RPC_SENT_REPLACEMENT },
	{ "transaction underpriced: tip needed 1", RPC_SENT_UNDERPRICED },
	{ "max fee per gas less than block base fee: address 0x1",
	    RPC_SENT_BASE_FEE },
	{ "max priority fee per gas higher than max fee per gas",
	    RPC_SENT_TIP },
	{ "insufficient funds for gas * price + value", RPC_SENT_FUNDS },
	{ "err: INSUFFICIENT FUNDS for gas", RPC_SENT_FUNDS },
	{ "intrinsic gas too low", RPC_SENT_GAS },
	{ "intrinsic gas too high -- tx", RPC_SENT_GAS },
	{ "exceeds block gas limit", RPC_SENT_GAS },
	{ "tx gas limit too high", RPC_SENT_GAS },
	{ "nonce too high", RPC_SENT_NONCE_HIGH },
	{ "future transaction tries to replace pending", RPC_SENT_NONCE_HIGH },
	{ "invalid sender", RPC_SENT_INVALID },
	{ "invalid chain id for signer", RPC_SENT_INVALID },
	{ "", RPC_SENT_UNKNOWN },
	{ "internal error", RPC_SENT_UNKNOWN },
	{ "nonce too", RPC_SENT_UNKNOWN },
};

static void words__are_told_apart_in_any_case_of_letters(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		enum rpc_sent found =
		    rpc_sent_classify(-32000, span_text(words[i].message));

		if (found != words[i].means)
			fail_msg(
			    "%s: %s", words[i].message, rpc_sent_name(found));
	}
	/* Words before codes, and a code where there are no words. */
	assert_int_equal(rpc_sent_classify(-32602, span_text("already known")),
	    RPC_SENT_KNOWN);
	assert_int_equal(
	    rpc_sent_classify(-32602, span_text("oops")), RPC_SENT_INVALID);
	assert_int_equal(
	    rpc_sent_classify(-32003, span_text("oops")), RPC_SENT_UNKNOWN);
}

static void names__are_one_each(void **state)
{
	(void)state;
	for (int i = 0; i <= RPC_SENT_UNKNOWN; i++) {
		const char *name = rpc_sent_name((enum rpc_sent)i);

		assert_true(name[0] != '\0');
		assert_int_equal(rpc_sent_is_success((enum rpc_sent)i), i < 2);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(
			    name, rpc_sent_name((enum rpc_sent)k));
	}
}

/* ---- what the mempool says ---------------------------------------------- */

static enum rpc_sent outcome_of(struct rpc_fixture *x, const struct eth_tx *tx)
{
	struct rpc_send_result sent;

	fixture_send(x, tx, &sent);
	return sent.outcome;
}

static void pool__takes_one_transaction_for_a_nonce(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	struct eth_tx tx = fixture_tx(0, (struct span){ 0 });

	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_ACCEPTED);
	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_KNOWN);
	/* A tenth more on one field only, on both but one wei, on both. */
	tx.max_fee_per_gas = u256_of(3300000000u);
	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_REPLACEMENT);
	tx.max_priority_fee_per_gas = u256_of(109999999);
	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_REPLACEMENT);
	tx.max_priority_fee_per_gas = u256_of(110000000);
	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_ACCEPTED);
	rpc_double_mine(x.d, 1);
	tx.data = span_text("x");
	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_NONCE_LOW);
	fixture_close(&x);
}

static void pool__refuses_what_cannot_be_paid_or_run(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	struct eth_tx tx = fixture_tx(0, (struct span){ 0 });
	struct eth_addr payer = payer_double_address(PAYER);
	struct u256 little = u256_of(1000);

	tx.gas_limit = 20999;
	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_GAS);
	tx.gas_limit = 30000001;
	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_GAS);
	tx.gas_limit = 21000;
	rpc_double_lock(x.d)->least_tip = u256_of(100000001);
	rpc_double_unlock(x.d);
	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_UNDERPRICED);
	rpc_double_lock(x.d)->least_tip = u256_of(0);
	rpc_double_unlock(x.d);
	rpc_world_set_balance(rpc_double_lock(x.d), &payer, &little);
	rpc_double_unlock(x.d);
	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_FUNDS);
	fixture_close(&x);
}

static void pool__keeps_what_waits_for_a_nonce(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	struct eth_addr payer = payer_double_address(PAYER);
	struct eth_tx tx = fixture_tx(1, (struct span){ 0 });
	struct rpc_nonces n;

	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_ACCEPTED);
	rpc_double_mine(x.d, 1);
	assert_ok(rpc_get_nonces(x.chain, &payer, &n, &x.f), x.f);
	assert_int_equal(n.mined, 0);
	assert_int_equal(n.pending, 0);
	tx.nonce = 0;
	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_ACCEPTED);
	rpc_double_mine(x.d, 1);
	assert_ok(rpc_get_nonces(x.chain, &payer, &n, &x.f), x.f);
	assert_int_equal(n.mined, 2);
	fixture_close(&x);
}

static void pool__leaves_a_cap_below_the_base_fee_unmined(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	struct eth_tx tx = fixture_tx(0, (struct span){ 0 });
	struct rpc_send_result sent;
	AUTO(rpc_receipt_drop) struct rpc_receipt r = { 0 };
	bool found;

	rpc_double_lock(x.d)->base_fee = u256_of(4000000000u);
	rpc_double_unlock(x.d);
	fixture_send(&x, &tx, &sent);
	assert_int_equal(sent.outcome, RPC_SENT_ACCEPTED);
	rpc_double_mine(x.d, 2);
	assert_ok(rpc_get_receipt(x.chain, &sent.hash, &found, &r, &x.f), x.f);
	assert_false(found);
	rpc_double_lock(x.d)->base_fee = u256_of(2950000000u);
	rpc_double_unlock(x.d);
	rpc_double_mine(x.d, 1);
	assert_ok(rpc_get_receipt(x.chain, &sent.hash, &found, &r, &x.f), x.f);
	assert_true(found);
	assert_int_equal(r.gas_price.limb[0], 3000000000u);
	fixture_close(&x);
}

/* ---- ways to lose an answer --------------------------------------------- */

/* Whatever happens to the answer, the outcome is never called a refusal, and
 * the same bytes again find the transaction in the pool. */
static void lost_answers__leave_the_outcome_unknown(void **state)
{
	(void)state;
	static const struct {
		enum rpc_double_mode mode;
		bool was_done;
	} losses[] = {
		{ RPC_DOUBLE_TIMEOUT, false },
		{ RPC_DOUBLE_REFUSE, false },
		{ RPC_DOUBLE_HALF, true },
		{ RPC_DOUBLE_GARBAGE, true },
		{ RPC_DOUBLE_OVERSIZE, true },
		{ RPC_DOUBLE_STATUS_429, false },
		{ RPC_DOUBLE_STATUS_500, false },
		{ RPC_DOUBLE_HTML, true },
		{ RPC_DOUBLE_ERROR_LIMIT, false },
		{ RPC_DOUBLE_ERROR, false },
		{ RPC_DOUBLE_WRONG_ID, true },
		{ RPC_DOUBLE_WRONG_HASH, true },
		{ RPC_DOUBLE_TWICE, true },
		{ RPC_DOUBLE_NULL, false },
		{ RPC_DOUBLE_DISCONNECT, true },
	};

	for (size_t i = 0; i < COUNT(losses); i++) {
		struct rpc_fixture x =
		    fixture_open(1, (struct rpc_config){ .timeout_ms = 300 });
		struct eth_tx tx = fixture_tx(0, (struct span){ 0 });
		enum rpc_sent after =
		    losses[i].was_done ? RPC_SENT_KNOWN : RPC_SENT_ACCEPTED;
		enum rpc_sent found;

		rpc_double_fail(x.d, 0, "eth_sendRawTransaction",
		    losses[i].mode, UINT32_MAX, 0);
		found = outcome_of(&x, &tx);
		if (found != RPC_SENT_UNKNOWN)
			fail_msg("%s: %s", rpc_double_mode_name(losses[i].mode),
			    rpc_sent_name(found));
		rpc_double_heal(x.d);
		fixture_rest();
		found = outcome_of(&x, &tx);
		if (found != after)
			fail_msg("%s, then: %s",
			    rpc_double_mode_name(losses[i].mode),
			    rpc_sent_name(found));
		fixture_close(&x);
	}
}

/* ---- several endpoints -------------------------------------------------- */

static void broadcast__goes_to_all_and_takes_the_best_word(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(3, plain);
	struct eth_tx tx = fixture_tx(0, (struct span){ 0 });
	struct rpc_send_result sent;
	uint64_t head;

	rpc_double_fail(
	    x.d, 0, "eth_sendRawTransaction", RPC_DOUBLE_STATUS_500, 1, 0);
	fixture_send(&x, &tx, &sent);
	assert_int_equal(sent.outcome, RPC_SENT_ACCEPTED);
	assert_int_equal(sent.n, 3);
	assert_int_equal(sent.each[0], RPC_SENT_UNKNOWN);
	assert_int_equal(sent.each[1], RPC_SENT_ACCEPTED);
	assert_int_equal(sent.each[2], RPC_SENT_KNOWN);
	/* Reads follow the one that has it. */
	fixture_rest();
	assert_ok(rpc_get_block_number(x.chain, &head, &x.f), x.f);
	assert_int_equal(rpc_double_count(x.d, 1, "eth_blockNumber"), 1);
	fixture_close(&x);
}

static void broadcast__is_unknown_when_only_some_refuse(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(2, plain);
	struct eth_tx tx = fixture_tx(0, (struct span){ 0 });

	tx.gas_limit = 20999;
	rpc_double_fail(
	    x.d, 1, "eth_sendRawTransaction", RPC_DOUBLE_STATUS_500, 1, 0);
	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_UNKNOWN);
	fixture_rest();
	assert_int_equal(outcome_of(&x, &tx), RPC_SENT_GAS);
	fixture_close(&x);
}

static void broadcast__leaves_out_who_has_to_wait(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(2, plain);
	struct eth_tx tx = fixture_tx(0, (struct span){ 0 });
	struct rpc_send_result sent;
	uint64_t head;

	rpc_double_fail(
	    x.d, 0, "eth_blockNumber", RPC_DOUBLE_STATUS_429, 1, 60);
	assert_ok(rpc_get_block_number(x.chain, &head, &x.f), x.f);
	fixture_send(&x, &tx, &sent);
	assert_int_equal(sent.outcome, RPC_SENT_ACCEPTED);
	assert_int_equal(sent.n, 1);
	assert_int_equal(rpc_double_count(x.d, 0, "eth_sendRawTransaction"), 0);
	fixture_close(&x);
}

static void bytes__have_to_be_a_transaction_of_this_chain(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	struct eth_tx tx = fixture_tx(0, (struct span){ 0 });
	struct rpc_send_result sent;

	assert_refused(rpc_send_raw(x.chain, span_text("junk"), &sent, &x.f),
	    x.f, FAULT_INTERNAL, "rpc.send.tx");
	tx.chain_id = CHAIN + 1;
	AUTO(blob_drop) struct blob raw = payer_double_sign(PAYER, &tx);
	assert_refused(rpc_send_raw(x.chain, blob_span(&raw), &sent, &x.f), x.f,
	    FAULT_INTERNAL, "rpc.send.tx");
	assert_int_equal(rpc_double_count(x.d, 0, NULL), 0);
	fixture_close(&x);
}

/* ---- the model of the contract ------------------------------------------ */

static void contract__stores_the_newer_only_and_each_once(void **state)
{
	(void)state;
	static const uint64_t times[] = { 1000, 1000, 999, 1001 };
	struct rpc_fixture x = fixture_open(1, plain);
	size_t n_all;

	for (size_t i = 0; i < COUNT(times); i++) {
		AUTO(blob_drop) struct blob data = fixture_push(times[i]);
		AUTO(rpc_receipt_drop) struct rpc_receipt r = { 0 };
		struct eth_tx tx = fixture_tx(i, blob_span(&data));
		struct rpc_send_result sent;
		bool found;

		fixture_send(&x, &tx, &sent);
		rpc_double_mine(x.d, 1);
		assert_ok(
		    rpc_get_receipt(x.chain, &sent.hash, &found, &r, &x.f),
		    x.f);
		assert_true(found);
		assert_int_equal(r.succeeded, i == 0 || i == 3);
		assert_int_equal(r.n_logs, r.succeeded);
	}
	assert_int_equal(rpc_double_repeated(x.d, &n_all), 0);
	assert_int_equal(n_all, 2);
	fixture_close(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words__are_told_apart_in_any_case_of_letters),
		cmocka_unit_test(names__are_one_each),
		cmocka_unit_test(pool__takes_one_transaction_for_a_nonce),
		cmocka_unit_test(pool__refuses_what_cannot_be_paid_or_run),
		cmocka_unit_test(pool__keeps_what_waits_for_a_nonce),
		cmocka_unit_test(pool__leaves_a_cap_below_the_base_fee_unmined),
		cmocka_unit_test(lost_answers__leave_the_outcome_unknown),
		cmocka_unit_test(
		    broadcast__goes_to_all_and_takes_the_best_word),
		cmocka_unit_test(broadcast__is_unknown_when_only_some_refuse),
		cmocka_unit_test(broadcast__leaves_out_who_has_to_wait),
		cmocka_unit_test(bytes__have_to_be_a_transaction_of_this_chain),
		cmocka_unit_test(contract__stores_the_newer_only_and_each_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
