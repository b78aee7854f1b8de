/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints that fail, lie, lag and limit, and reads that go on. */
#include "tests/unit/rpc_fixture.h"

#include "verify/base/clock.h"

static const struct rpc_config plain;

/* ---- what is read ------------------------------------------------------- */

static void reads__give_what_the_chain_has(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	struct eth_addr payer = payer_double_address(PAYER);
	struct eth_addr contract = fixture_contract();
	AUTO(blob_drop) struct blob code = { 0 };
	struct rpc_block block, again;
	struct rpc_nonces nonces;
	struct u256 balance;
	uint64_t head;
	bool found;

	rpc_double_mine(x.d, 3);
	assert_ok(rpc_get_block_number(x.chain, &head, &x.f), x.f);
	assert_int_equal(head, 1003);
	assert_ok(rpc_get_block(x.chain, (struct rpc_at){ .tag = RPC_LATEST },
		      &found, &block, &x.f),
	    x.f);
	assert_true(found);
	assert_int_equal(block.number, 1003);
	assert_true(block.has_base_fee);
	assert_int_equal(block.base_fee.limb[0], 1000000000);
	assert_ok(rpc_get_block_by_hash(
		      x.chain, &block.parent_hash, &found, &again, &x.f),
	    x.f);
	assert_true(found);
	assert_int_equal(again.number, 1002);
	assert_ok(
	    rpc_get_block(x.chain, (struct rpc_at){ .tag = RPC_FINALIZED },
		&found, &block, &x.f),
	    x.f);
	assert_true(found);
	assert_int_equal(block.number, 1001);
	assert_ok(rpc_get_block(x.chain, (struct rpc_at){ RPC_NUMBER, 2000 },
		      &found, &block, &x.f),
	    x.f);
	assert_false(found);

	assert_ok(rpc_get_nonces(x.chain, &payer, &nonces, &x.f), x.f);
	assert_int_equal(nonces.mined, 0);
	assert_int_equal(nonces.pending, 0);
	assert_ok(rpc_get_balance(x.chain, &payer, &balance, &x.f), x.f);
	assert_false(u256_is_zero(&balance));
	assert_ok(rpc_get_code(x.chain, &contract, &code, &x.f), x.f);
	assert_int_equal(code.n, 2);
	blob_drop(&code);
	assert_ok(rpc_get_code(x.chain, &payer, &code, &x.f), x.f);
	assert_int_equal(code.n, 0);
	fixture_close(&x);
}

static void reads__know_a_chain_without_tags_or_base_fee(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	struct rpc_fee_history h;
	struct rpc_block block;
	struct u256 price;
	bool found;

	rpc_double_lock(x.d)->has_tags = false;
	rpc_double_unlock(x.d);
	assert_ok(rpc_get_block(x.chain, (struct rpc_at){ .tag = RPC_SAFE },
		      &found, &block, &x.f),
	    x.f);
	assert_false(found);
	assert_ok(rpc_get_fee_history(x.chain, &h, &x.f), x.f);
	assert_true(h.has_base_fee);
	assert_int_equal(h.n_blocks, RPC_FEE_BLOCKS);
	rpc_double_lock(x.d)->is_legacy = true;
	rpc_double_unlock(x.d);
	assert_ok(rpc_get_fee_history(x.chain, &h, &x.f), x.f);
	assert_false(h.has_base_fee);
	assert_ok(rpc_get_gas_price(x.chain, &price, &x.f), x.f);
	assert_int_equal(price.limb[0], 1000000000);
	assert_ok(rpc_get_block(x.chain, (struct rpc_at){ .tag = RPC_LATEST },
		      &found, &block, &x.f),
	    x.f);
	assert_false(block.has_base_fee);
	fixture_close(&x);
}

/* ---- misbehaviour, one by one ------------------------------------------- */

static const struct {
	enum rpc_double_mode mode;
	const char *at;
} misbehaviours[] = {
	{ RPC_DOUBLE_TIMEOUT, "rpc.timeout" },
	{ RPC_DOUBLE_REFUSE, "rpc.connect" },
	{ RPC_DOUBLE_DISCONNECT, "rpc.connect" },
	{ RPC_DOUBLE_HALF, "rpc.connect" },
	{ RPC_DOUBLE_GARBAGE, "rpc.answer" },
	{ RPC_DOUBLE_OVERSIZE, "rpc.size" },
	{ RPC_DOUBLE_STATUS_429, "rpc.limit" },
	{ RPC_DOUBLE_STATUS_500, "rpc.http" },
	{ RPC_DOUBLE_HTML, "rpc.http" },
	{ RPC_DOUBLE_ERROR_LIMIT, "rpc.limit" },
	{ RPC_DOUBLE_ERROR, "rpc.error" },
	{ RPC_DOUBLE_WRONG_ID, "rpc.answer" },
	{ RPC_DOUBLE_TWICE, "rpc.answer" },
	{ RPC_DOUBLE_NULL, "rpc.result" },
};

static void misbehaviour__is_refused_at_its_own_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(misbehaviours); i++) {
		struct rpc_fixture x =
		    fixture_open(1, (struct rpc_config){ .timeout_ms = 300 });
		uint64_t head;

		/* Every time: libcurl tries a dead kept connection anew. */
		rpc_double_fail(x.d, 0, "eth_blockNumber",
		    misbehaviours[i].mode, UINT32_MAX, 0);
		if (rpc_get_block_number(x.chain, &head, &x.f))
			fail_msg("%s is taken",
			    rpc_double_mode_name(misbehaviours[i].mode));
		assert_non_null(strstr(x.f.text, "first"));
		assert_fault(x.f, FAULT_REMOTE, misbehaviours[i].at);
		/* And is over when it is over. */
		rpc_double_heal(x.d);
		fixture_rest();
		assert_ok(rpc_get_block_number(x.chain, &head, &x.f), x.f);
		fixture_close(&x);
	}
}

static void misbehaviour__is_passed_over_where_there_is_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(misbehaviours); i++) {
		struct rpc_fixture x =
		    fixture_open(2, (struct rpc_config){ .timeout_ms = 300 });
		uint64_t head;

		/* Every time: libcurl tries a dead kept connection anew. */
		rpc_double_fail(x.d, 0, "eth_blockNumber",
		    misbehaviours[i].mode, UINT32_MAX, 0);
		if (misbehaviours[i].mode == RPC_DOUBLE_ERROR) {
			/* An error is an answer: nobody else is asked. */
			assert_refused(
			    rpc_get_block_number(x.chain, &head, &x.f), x.f,
			    FAULT_REMOTE, "rpc.error");
			assert_int_equal(rpc_double_count(x.d, 1, NULL), 0);
		} else {
			assert_ok(
			    rpc_get_block_number(x.chain, &head, &x.f), x.f);
			assert_int_equal(
			    rpc_double_count(x.d, 1, "eth_blockNumber"), 1);
		}
		fixture_close(&x);
	}
}

static void a_chain_that_cannot_be_reached__is_a_fault(void **state)
{
	(void)state;
	const struct rpc_endpoint_config nobody = { "http://127.0.0.1:1/",
		"nobody" };
	struct rpc_config c = { .chain_id = CHAIN,
		.endpoints = &nobody,
		.n_endpoints = 1,
		.allow_http = true };
	AUTO(rpc_chain_drop) struct rpc_chain *chain = NULL;
	struct fault f = FAULT_INIT;

	assert_ok(rpc_chain_open(&c, &chain, &f), f);
	assert_refused(
	    rpc_chain_check(chain, &f), f, FAULT_REMOTE, "rpc.connect");
}

static void configuration__is_refused_where_it_is_wrong(void **state)
{
	(void)state;
	const struct rpc_endpoint_config plain_http = { "http://a.test/", "a" };
	const struct rpc_endpoint_config tls = { "https://a.test/", "a" };
	const struct rpc_endpoint_config other = { "ftp://a.test/", "a" };
	struct rpc_config c = {
		.chain_id = 1, .endpoints = &plain_http, .n_endpoints = 1
	};
	struct rpc_chain *chain = NULL;
	struct fault f = FAULT_INIT;

	assert_refused(
	    rpc_chain_open(&c, &chain, &f), f, FAULT_CONFIG, "rpc.config");
	c.endpoints = &other;
	assert_refused(
	    rpc_chain_open(&c, &chain, &f), f, FAULT_CONFIG, "rpc.config");
	c.endpoints = &tls;
	c.ca_file = "/nonexistent.pem";
	assert_refused(
	    rpc_chain_open(&c, &chain, &f), f, FAULT_CONFIG, "rpc.ca_file");
	c.ca_file = NULL;
	c.chain_id = 0;
	assert_refused(
	    rpc_chain_open(&c, &chain, &f), f, FAULT_CONFIG, "rpc.config");
	c.chain_id = 1;
	c.n_endpoints = 0;
	assert_refused(
	    rpc_chain_open(&c, &chain, &f), f, FAULT_CONFIG, "rpc.config");
	c.n_endpoints = LIMIT_RPC_ENDPOINTS + 1;
	assert_refused(
	    rpc_chain_open(&c, &chain, &f), f, FAULT_CONFIG, "rpc.config");
	assert_null(chain);
}

static void stop__ends_a_call_at_once(void **state)
{
	(void)state;
	volatile bool stop = true;
	struct rpc_fixture x =
	    fixture_open(2, (struct rpc_config){ .stop = &stop });
	uint64_t head, start = clock_monotonic_ns();

	rpc_double_fail(x.d, 0, NULL, RPC_DOUBLE_TIMEOUT, 1, 0);
	assert_refused(rpc_get_block_number(x.chain, &head, &x.f), x.f,
	    FAULT_REMOTE, "rpc.stopped");
	assert_true(clock_monotonic_ns() - start < 1000000000);
	assert_int_equal(rpc_double_count(x.d, 1, NULL), 0);
	fixture_close(&x);
}

static void answers_about_something_else__are_refused(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	struct eth_tx tx = fixture_tx(0, (struct span){ 0 });
	const struct rpc_at at = { RPC_NUMBER, 1000 };
	struct rpc_send_result sent;
	struct rpc_receipt r = { 0 };
	struct rpc_block block;
	struct rpc_tx seen;
	bool found;

	assert_ok(rpc_get_block(x.chain, at, &found, &block, &x.f), x.f);
	fixture_send(&x, &tx, &sent);
	rpc_double_mine(x.d, 1);
	rpc_double_fail(x.d, 0, NULL, RPC_DOUBLE_OTHER, UINT32_MAX, 0);
	assert_refused(rpc_get_block(x.chain, at, &found, &block, &x.f), x.f,
	    FAULT_REMOTE, "rpc.result");
	fixture_rest();
	assert_refused(
	    rpc_get_block_by_hash(x.chain, &block.hash, &found, &block, &x.f),
	    x.f, FAULT_REMOTE, "rpc.result");
	fixture_rest();
	assert_refused(rpc_get_tx(x.chain, &sent.hash, &found, &seen, &x.f),
	    x.f, FAULT_REMOTE, "rpc.result");
	fixture_rest();
	assert_refused(rpc_get_receipt(x.chain, &sent.hash, &found, &r, &x.f),
	    x.f, FAULT_REMOTE, "rpc.result");
	fixture_close(&x);
}

/* As many as daemons leave behind that are killed and started again. */
static void the_double__outlives_many_connections(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	const struct rpc_endpoint_config e = { rpc_double_url(x.d, 0), "e" };
	const struct rpc_config c = { .chain_id = CHAIN,
		.endpoints = &e,
		.n_endpoints = 1,
		.allow_http = true };

	for (int i = 0; i < 400; i++) {
		AUTO(rpc_chain_drop) struct rpc_chain *chain = NULL;

		assert_ok(rpc_chain_open(&c, &chain, &x.f), x.f);
		assert_ok(rpc_chain_check(chain, &x.f), x.f);
	}
	fixture_close(&x);
}

/* ---- the right chain ---------------------------------------------------- */

static void another_chain__is_not_used(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	struct rpc_health h;
	uint64_t head;

	rpc_double_fail(
	    x.d, 0, "eth_chainId", RPC_DOUBLE_WRONG_CHAIN, UINT32_MAX, 1);
	assert_refused(
	    rpc_chain_check(x.chain, &x.f), x.f, FAULT_REMOTE, "rpc.chain-id");
	assert_true(rpc_chain_health(x.chain, 0, &h));
	assert_true(h.is_wrong_chain);
	assert_false(h.is_usable);
	assert_string_equal(h.failure_at, "rpc.chain-id");
	fixture_rest();
	assert_refused(rpc_get_block_number(x.chain, &head, &x.f), x.f,
	    FAULT_REMOTE, "rpc.chain-id");
	assert_int_equal(rpc_double_count(x.d, 0, "eth_blockNumber"), 0);

	/* A transaction does not go there either. */
	struct eth_tx tx = fixture_tx(0, (struct span){ 0 });
	AUTO(blob_drop) struct blob raw = payer_double_sign(PAYER, &tx);
	struct rpc_send_result sent;
	fixture_rest();
	assert_refused(rpc_send_raw(x.chain, blob_span(&raw), &sent, &x.f), x.f,
	    FAULT_REMOTE, "rpc.chain-id");
	assert_int_equal(rpc_double_count(x.d, 0, "eth_sendRawTransaction"), 0);
	fixture_close(&x);
}

static void another_chain__leaves_the_rest_usable(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(2, plain);
	struct rpc_health h;
	uint64_t head;

	rpc_double_fail(
	    x.d, 0, "eth_chainId", RPC_DOUBLE_WRONG_CHAIN, UINT32_MAX, 1);
	assert_ok(rpc_chain_check(x.chain, &x.f), x.f);
	assert_ok(rpc_get_block_number(x.chain, &head, &x.f), x.f);
	assert_int_equal(rpc_double_count(x.d, 0, "eth_blockNumber"), 0);
	assert_true(rpc_chain_health(x.chain, 1, &h));
	assert_true(h.is_usable);
	assert_false(rpc_chain_health(x.chain, 2, &h));
	fixture_close(&x);
}

static void identity__is_asked_once_and_then_believed_for_a_while(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	uint64_t head;

	for (int i = 0; i < 5; i++) {
		assert_ok(rpc_chain_check(x.chain, &x.f), x.f);
		assert_ok(rpc_get_block_number(x.chain, &head, &x.f), x.f);
	}
	assert_int_equal(rpc_double_count(x.d, 0, "eth_chainId"), 1);
	fixture_close(&x);
}

/* ---- waiting ------------------------------------------------------------ */

static void limit__is_respected_for_as_long_as_it_says(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	struct rpc_health h;
	uint64_t head;

	rpc_double_fail(
	    x.d, 0, "eth_blockNumber", RPC_DOUBLE_STATUS_429, 1, 100);
	assert_refused(rpc_get_block_number(x.chain, &head, &x.f), x.f,
	    FAULT_REMOTE, "rpc.limit");
	fixture_rest();
	assert_refused(rpc_get_block_number(x.chain, &head, &x.f), x.f,
	    FAULT_REMOTE, "rpc.limit");
	assert_int_equal(rpc_double_count(x.d, 0, "eth_blockNumber"), 1);
	assert_true(rpc_chain_health(x.chain, 0, &h));
	assert_true(h.wait_ms > 90000 && h.wait_ms <= 100001);
	assert_false(h.is_usable);
	assert_int_equal(h.n_failures, 1);
	fixture_close(&x);
}

static void waits__grow_with_every_failure(void **state)
{
	(void)state;
	struct rpc_fixture x =
	    fixture_open(1, (struct rpc_config){ .backoff_ms = 20 });
	struct rpc_health h;
	uint64_t head;
	uint32_t first;

	rpc_double_fail(
	    x.d, 0, "eth_blockNumber", RPC_DOUBLE_STATUS_500, UINT32_MAX, 0);
	assert_false(rpc_get_block_number(x.chain, &head, &x.f));
	assert_true(rpc_chain_health(x.chain, 0, &h));
	first = h.wait_ms;
	assert_true(first > 0 && first <= 26);
	for (int i = 0; i < 3; i++) {
		(void)rpc_chain_health(x.chain, 0, &h);
		(void)usleep((h.wait_ms + 1) * 1000);
		fault_clear(&x.f);
		assert_false(rpc_get_block_number(x.chain, &head, &x.f));
	}
	assert_true(rpc_chain_health(x.chain, 0, &h));
	assert_true(h.wait_ms > 80);
	fixture_close(&x);
}

/* ---- sticking ----------------------------------------------------------- */

static void reads__stick_to_the_endpoint_that_answered(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(2, plain);
	uint64_t head;

	rpc_double_fail(x.d, 0, "eth_blockNumber", RPC_DOUBLE_STATUS_500, 1, 0);
	assert_ok(rpc_get_block_number(x.chain, &head, &x.f), x.f);
	fixture_rest();
	for (int i = 0; i < 3; i++)
		assert_ok(rpc_get_block_number(x.chain, &head, &x.f), x.f);
	assert_int_equal(rpc_double_count(x.d, 0, "eth_blockNumber"), 1);
	assert_int_equal(rpc_double_count(x.d, 1, "eth_blockNumber"), 4);
	fixture_close(&x);
}

static void an_endpoint_that_lags__is_left(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(2, plain);
	struct rpc_health h;
	uint64_t head;

	rpc_double_mine(x.d, 20);
	assert_ok(rpc_get_block_number(x.chain, &head, &x.f), x.f);
	assert_int_equal(head, 1020);
	rpc_double_lag(x.d, 0, LIMIT_RPC_LAG_BLOCKS + 1);
	assert_ok(rpc_get_block_number(x.chain, &head, &x.f), x.f);
	assert_int_equal(head, 1020);
	assert_int_equal(rpc_double_count(x.d, 1, "eth_blockNumber"), 1);
	assert_true(rpc_chain_health(x.chain, 0, &h));
	assert_false(h.is_usable);
	assert_string_equal(h.failure_at, "rpc.stale");
	fixture_close(&x);
}

/* All of them are behind what was seen: then the chain went back. */
static void a_chain_that_went_back__is_believed(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(2, plain);
	uint64_t head;

	rpc_double_mine(x.d, 20);
	assert_ok(rpc_get_block_number(x.chain, &head, &x.f), x.f);
	rpc_double_lag(x.d, 0, 10);
	rpc_double_lag(x.d, 1, 10);
	assert_ok(rpc_get_block_number(x.chain, &head, &x.f), x.f);
	assert_int_equal(head, 1010);
	fixture_close(&x);
}

static void nonces__never_go_back_because_a_node_lags(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(3, plain);
	struct eth_addr payer = payer_double_address(PAYER);
	struct rpc_send_result sent;
	struct rpc_nonces n;

	for (uint64_t i = 0; i < 3; i++) {
		struct eth_tx tx = fixture_tx(i, (struct span){ 0 });

		fixture_send(&x, &tx, &sent);
	}
	assert_ok(rpc_get_nonces(x.chain, &payer, &n, &x.f), x.f);
	assert_int_equal(n.mined, 0);
	assert_int_equal(n.pending, 3);
	rpc_double_mine(x.d, 1);
	/* The larger of two. */
	rpc_double_lag(x.d, 0, 1);
	assert_ok(rpc_get_nonces(x.chain, &payer, &n, &x.f), x.f);
	assert_int_equal(n.mined, 3);
	assert_int_equal(n.pending, 3);
	/* Two that are behind: the third one knows. */
	rpc_double_lag(x.d, 1, 1);
	assert_ok(rpc_get_nonces(x.chain, &payer, &n, &x.f), x.f);
	assert_int_equal(n.mined, 3);
	/* All of them: a reorganisation. */
	rpc_world_reorg(rpc_double_lock(x.d), 1, true);
	rpc_double_unlock(x.d);
	assert_ok(rpc_get_nonces(x.chain, &payer, &n, &x.f), x.f);
	assert_int_equal(n.mined, 0);
	fixture_close(&x);
}

static void receipts__never_vanish_because_a_node_lags(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(2, plain);
	AUTO(blob_drop) struct blob data = fixture_push(1000);
	struct eth_tx tx = fixture_tx(0, blob_span(&data));
	AUTO(rpc_receipt_drop) struct rpc_receipt r = { 0 };
	struct rpc_send_result sent;
	struct rpc_tx seen;
	bool found;

	fixture_send(&x, &tx, &sent);
	assert_int_equal(sent.outcome, RPC_SENT_ACCEPTED);
	assert_ok(rpc_get_receipt(x.chain, &sent.hash, &found, &r, &x.f), x.f);
	assert_false(found);
	assert_ok(rpc_get_tx(x.chain, &sent.hash, &found, &seen, &x.f), x.f);
	assert_true(found);
	assert_false(seen.is_mined);

	rpc_double_mine(x.d, 1);
	assert_ok(rpc_get_receipt(x.chain, &sent.hash, &found, &r, &x.f), x.f);
	assert_true(found);
	assert_true(r.succeeded);
	assert_int_equal(r.block, 1001);
	assert_int_equal(r.n_logs, 1);
	assert_int_equal(r.logs[0].n_topics, 3);
	assert_memory_equal(r.logs[0].topics[1].b, FEED_ID, 7);
	assert_int_equal(r.logs[0].data.n, 32);
	assert_int_equal(r.gas_price.limb[0], 1100000000);
	rpc_receipt_drop(&r);

	rpc_double_lag(x.d, 0, 1);
	assert_ok(rpc_get_receipt(x.chain, &sent.hash, &found, &r, &x.f), x.f);
	assert_true(found);
	rpc_receipt_drop(&r);

	rpc_double_heal(x.d);
	rpc_world_reorg(rpc_double_lock(x.d), 1, false);
	rpc_double_unlock(x.d);
	assert_ok(rpc_get_receipt(x.chain, &sent.hash, &found, &r, &x.f), x.f);
	assert_false(found);
	assert_ok(rpc_get_tx(x.chain, &sent.hash, &found, &seen, &x.f), x.f);
	assert_false(found);
	fixture_close(&x);
}

/* ---- calls -------------------------------------------------------------- */

static void calls__return_and_revert(void **state)
{
	(void)state;
	struct rpc_fixture x = fixture_open(1, plain);
	AUTO(blob_drop) struct blob push = fixture_push(1000);
	AUTO(rpc_called_drop) struct rpc_called r = { 0 };
	struct rpc_call call = { .from = payer_double_address(PAYER),
		.to = fixture_contract(),
		.data = blob_span(&push),
		.value = u256_of(0) };
	struct eth_tx tx = fixture_tx(0, blob_span(&push));
	const struct rpc_at latest = { .tag = RPC_LATEST };
	struct rpc_send_result sent;
	struct eth_revert why;
	uint64_t gas;

	assert_ok(rpc_call(x.chain, &call, latest, &r, &x.f), x.f);
	assert_false(r.reverted);
	assert_int_equal(r.data.n, 0);
	rpc_called_drop(&r);
	assert_ok(
	    rpc_call_estimate(x.chain, &call, 1000000, &gas, &r, &x.f), x.f);
	assert_false(r.reverted);
	assert_true(gas > 30000 && gas < 100000);
	rpc_called_drop(&r);
	assert_refused(
	    rpc_call_estimate(x.chain, &call, gas - 1, &gas, &r, &x.f), x.f,
	    FAULT_LIMIT, "rpc.gas.cap");

	fixture_send(&x, &tx, &sent);
	rpc_double_mine(x.d, 1);
	assert_ok(rpc_call(x.chain, &call, latest, &r, &x.f), x.f);
	assert_true(r.reverted);
	assert_ok(eth_revert_decode(blob_span(&r.data), &why, &x.f), x.f);
	assert_int_equal(why.kind, ETH_REVERT_CUSTOM);
	rpc_called_drop(&r);
	assert_ok(
	    rpc_call_estimate(x.chain, &call, 1000000, &gas, &r, &x.f), x.f);
	assert_true(r.reverted);
	assert_int_equal(gas, 0);
	assert_int_equal(r.data.n, 4 + 64);
	fixture_close(&x);
}

static void lying_gas__is_held_against_the_maximum(void **state)
{
	(void)state;
	struct rpc_fee_caps caps = { u256_of(100000000000), u256_of(5000000000),
		u256_of(0) };
	struct rpc_fixture x = fixture_open(1, plain);
	struct rpc_fee_history h;
	struct eth_gas_fees fees;

	assert_ok(rpc_get_fee_history(x.chain, &h, &x.f), x.f);
	assert_ok(rpc_fees_choose(&h, &caps, &fees, &x.f), x.f);
	assert_int_equal(fees.max_fee_per_gas.limb[0], 2100000000);
	rpc_double_fail(
	    x.d, 0, "eth_feeHistory", RPC_DOUBLE_LYING_FEES, 1, 1000000);
	assert_ok(rpc_get_fee_history(x.chain, &h, &x.f), x.f);
	assert_refused(rpc_fees_choose(&h, &caps, &fees, &x.f), x.f,
	    FAULT_LIMIT, "rpc.fees.cap");
	fixture_close(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads__give_what_the_chain_has),
		cmocka_unit_test(reads__know_a_chain_without_tags_or_base_fee),
		cmocka_unit_test(misbehaviour__is_refused_at_its_own_place),
		cmocka_unit_test(
		    misbehaviour__is_passed_over_where_there_is_another),
		cmocka_unit_test(a_chain_that_cannot_be_reached__is_a_fault),
		cmocka_unit_test(configuration__is_refused_where_it_is_wrong),
		cmocka_unit_test(stop__ends_a_call_at_once),
		cmocka_unit_test(answers_about_something_else__are_refused),
		cmocka_unit_test(the_double__outlives_many_connections),
		cmocka_unit_test(another_chain__is_not_used),
		cmocka_unit_test(another_chain__leaves_the_rest_usable),
		cmocka_unit_test(
		    identity__is_asked_once_and_then_believed_for_a_while),
		cmocka_unit_test(limit__is_respected_for_as_long_as_it_says),
		cmocka_unit_test(waits__grow_with_every_failure),
		cmocka_unit_test(reads__stick_to_the_endpoint_that_answered),
		cmocka_unit_test(an_endpoint_that_lags__is_left),
		cmocka_unit_test(a_chain_that_went_back__is_believed),
		cmocka_unit_test(nonces__never_go_back_because_a_node_lags),
		cmocka_unit_test(receipts__never_vanish_because_a_node_lags),
		cmocka_unit_test(calls__return_and_revert),
		cmocka_unit_test(lying_gas__is_held_against_the_maximum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
