/* SPDX-License-Identifier: Apache-2.0 */
/* What is confirmed: depth, tags, reorganisations, two that have to agree. */
#include "tests/unit/rpc_fixture.h"

/* A mined transaction, and its receipt. */
static struct rpc_receipt mined(struct rpc_fixture *x)
{
	struct eth_tx tx = fixture_tx(0, (struct span){ 0 });
	struct rpc_receipt r = { 0 };
	struct rpc_send_result sent;
	bool found = false;

	fixture_send(x, &tx, &sent);
	rpc_double_mine(x->d, 1);
	assert_ok(
	    rpc_get_receipt(x->chain, &sent.hash, &found, &r, &x->f), x->f);
	assert_true(found);
	return r;
}

static enum rpc_finality check(
    struct rpc_fixture *x, const struct rpc_receipt *r)
{
	enum rpc_finality v = RPC_FINALITY_GONE;

	assert_ok(rpc_finality_check(x->chain, r, &v, &x->f), x->f);
	return v;
}

static const struct rpc_config plain;
static const struct rpc_config three_blocks = { .finality = RPC_FINALITY_BLOCKS,
	.confirmations = 3 };

static void blocks__confirm_at_the_depth_that_is_configured(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, three_blocks);
	AUTO(rpc_receipt_drop) struct rpc_receipt r = mined(&x);

	assert_int_equal(check(&x, &r), RPC_FINALITY_MINED);
	rpc_double_mine(x.d, 1);
	assert_int_equal(check(&x, &r), RPC_FINALITY_MINED);
	rpc_double_mine(x.d, 1);
	assert_int_equal(check(&x, &r), RPC_FINALITY_CONFIRMED);
	fixture_close(&x);
}

static void tags__confirm_where_the_chain_has_them(void **state)
{
	(void)state;
	static const enum rpc_finality_rule rules[] = { RPC_FINALITY_FINALIZED,
		RPC_FINALITY_SAFE };

	for (size_t i = 0; i < COUNT(rules); i++) {
		struct rpc_fixture x = fixture_open(
		    1, (struct rpc_config){ .finality = rules[i] });
		AUTO(rpc_receipt_drop) struct rpc_receipt r = mined(&x);

		/* Finalized is two blocks behind, safe is one. */
		assert_int_equal(check(&x, &r), RPC_FINALITY_MINED);
		rpc_double_mine(x.d, 1);
		assert_int_equal(check(&x, &r),
		    rules[i] == RPC_FINALITY_SAFE ? RPC_FINALITY_CONFIRMED
						  : RPC_FINALITY_MINED);
		rpc_double_mine(x.d, 1);
		assert_int_equal(check(&x, &r), RPC_FINALITY_CONFIRMED);
		fixture_close(&x);
	}
}

static void no_tags__means_twelve_blocks(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	AUTO(rpc_receipt_drop) struct rpc_receipt r = mined(&x);

	rpc_double_lock(x.d)->has_tags = false;
	rpc_double_unlock(x.d);
	rpc_double_mine(x.d, 10);
	assert_int_equal(check(&x, &r), RPC_FINALITY_MINED);
	rpc_double_mine(x.d, 1);
	assert_int_equal(check(&x, &r), RPC_FINALITY_CONFIRMED);
	fixture_close(&x);
}

static void reorganisation__is_gone_whether_mined_again_or_not(void **state)
{
	(void)state;
	for (uint64_t depth = 1; depth <= 3; depth += 2) {
		struct rpc_fixture x = fixture_open(2, three_blocks);
		AUTO(rpc_receipt_drop) struct rpc_receipt r = mined(&x);

		rpc_double_mine(x.d, (unsigned)depth - 1);
		rpc_world_reorg(rpc_double_lock(x.d), depth, true);
		rpc_double_unlock(x.d);
		assert_int_equal(check(&x, &r), RPC_FINALITY_GONE);
		rpc_double_mine(x.d, 5);
		assert_int_equal(check(&x, &r), RPC_FINALITY_GONE);
		fixture_close(&x);
	}
}

static void two_endpoints__have_to_agree(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(2, three_blocks);
	AUTO(rpc_receipt_drop) struct rpc_receipt r = mined(&x);

	rpc_double_mine(x.d, 2);
	rpc_double_lag(x.d, 1, 1);
	assert_int_equal(check(&x, &r), RPC_FINALITY_MINED);
	rpc_double_lag(x.d, 1, 4);
	assert_int_equal(check(&x, &r), RPC_FINALITY_MINED);
	rpc_double_lag(x.d, 1, 0);
	rpc_double_fail(
	    x.d, 1, "eth_getTransactionReceipt", RPC_DOUBLE_NULL, 1, 0);
	assert_int_equal(check(&x, &r), RPC_FINALITY_MINED);
	rpc_double_fail(x.d, 1, NULL, RPC_DOUBLE_STATUS_500, 1, 0);
	assert_int_equal(check(&x, &r), RPC_FINALITY_MINED);
	fixture_rest();
	assert_int_equal(check(&x, &r), RPC_FINALITY_CONFIRMED);
	fixture_close(&x);
}

static void forged_receipt__confirms_nothing(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(2,
	    (struct rpc_config){
		.finality = RPC_FINALITY_BLOCKS, .confirmations = 1 });
	struct eth_tx tx = fixture_tx(0, (struct span){ 0 });
	AUTO(rpc_receipt_drop) struct rpc_receipt r = { 0 };
	struct rpc_send_result sent;
	bool found;

	fixture_send(&x, &tx, &sent);
	rpc_double_fail(x.d, 0, "eth_getTransactionReceipt", RPC_DOUBLE_FORGE,
	    UINT32_MAX, 0);
	assert_ok(rpc_get_receipt(x.chain, &sent.hash, &found, &r, &x.f), x.f);
	assert_true(found);
	assert_int_equal(check(&x, &r), RPC_FINALITY_MINED);
	fixture_close(&x);
}

static void receipt_of_another_status__is_not_agreed_on(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1,
	    (struct rpc_config){
		.finality = RPC_FINALITY_BLOCKS, .confirmations = 1 });
	AUTO(rpc_receipt_drop) struct rpc_receipt r = mined(&x);

	assert_int_equal(check(&x, &r), RPC_FINALITY_CONFIRMED);
	r.succeeded = !r.succeeded;
	assert_int_equal(check(&x, &r), RPC_FINALITY_MINED);
	r.succeeded = !r.succeeded;
	r.block_hash.b[0] ^= 1;
	assert_int_equal(check(&x, &r), RPC_FINALITY_GONE);
	fixture_close(&x);
}

static void nobody_who_answers__is_a_fault(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(2, plain);
	AUTO(rpc_receipt_drop) struct rpc_receipt r = mined(&x);
	enum rpc_finality v;

	rpc_double_fail(x.d, 0, NULL, RPC_DOUBLE_STATUS_500, UINT32_MAX, 0);
	rpc_double_fail(x.d, 1, NULL, RPC_DOUBLE_STATUS_500, UINT32_MAX, 0);
	assert_refused(rpc_finality_check(x.chain, &r, &v, &x.f), x.f,
	    FAULT_REMOTE, "rpc.http");
	fixture_close(&x);
}

static void names__are_stable(void **state)
{
	(void)state;
	assert_string_equal(rpc_finality_name(RPC_FINALITY_GONE), "gone");
	assert_string_equal(rpc_finality_name(RPC_FINALITY_MINED), "mined");
	assert_string_equal(
	    rpc_finality_name(RPC_FINALITY_CONFIRMED), "confirmed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    blocks__confirm_at_the_depth_that_is_configured),
		cmocka_unit_test(tags__confirm_where_the_chain_has_them),
		cmocka_unit_test(no_tags__means_twelve_blocks),
		cmocka_unit_test(
		    reorganisation__is_gone_whether_mined_again_or_not),
		cmocka_unit_test(two_endpoints__have_to_agree),
		cmocka_unit_test(forged_receipt__confirms_nothing),
		cmocka_unit_test(receipt_of_another_status__is_not_agreed_on),
		cmocka_unit_test(nobody_who_answers__is_a_fault),
		cmocka_unit_test(names__are_stable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
