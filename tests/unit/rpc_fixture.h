/* SPDX-License-Identifier: Apache-2.0 */
/* A chain of two faces, a client of it, and transactions to send. */
#ifndef AFFIANT_TEST_RPC_FIXTURE_H
#define AFFIANT_TEST_RPC_FIXTURE_H

#include "tests/unit/check.h"

#include "chain/eth_abi.h"
#include "chain/rpc.h"
#include "tests/unit/payer_double.h"
#include "tests/unit/rpc_double.h"

#include <unistd.h>

#define CHAIN 31337u
#define PAYER 7

struct rpc_fixture {
	struct rpc_double *d;
	struct rpc_chain *chain;
	struct fault f;
};

static struct eth_addr fixture_contract(void)
{
	return (struct eth_addr){ { 0x11, 0x22 } };
}

/* `n` faces; whatever else of the configuration is in *c. */
static inline struct rpc_fixture fixture_open(size_t n, struct rpc_config c)
{
	struct rpc_fixture x = { .d = rpc_double_start(CHAIN, 0),
		.f = FAULT_INIT };
	struct rpc_endpoint_config endpoints[RPC_DOUBLE_FACES];
	static const char *const shown[] = { "first", "second", "third",
		"fourth" };
	struct eth_addr contract = fixture_contract();

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			assert_int_equal(rpc_double_add_face(x.d), i);
		endpoints[i].url = rpc_double_url(x.d, i);
		endpoints[i].shown = shown[i];
	}
	assert_non_null(
	    rpc_world_contract(rpc_double_lock(x.d), &contract, true));
	rpc_double_unlock(x.d);
	c.chain_id = c.chain_id == 0 ? CHAIN : c.chain_id;
	c.endpoints = endpoints;
	c.n_endpoints = n;
	c.allow_http = true;
	c.timeout_ms = c.timeout_ms == 0 ? 2000 : c.timeout_ms;
	c.backoff_ms = c.backoff_ms == 0 ? 1 : c.backoff_ms;
	assert_ok(rpc_chain_open(&c, &x.chain, &x.f), x.f);
	return x;
}

static inline void fixture_close(struct rpc_fixture *x)
{
	rpc_chain_close(x->chain);
	rpc_double_stop(x->d);
}

/* Waits out what a failure costs with a back-off of 1 ms. */
static inline void fixture_rest(void)
{
	(void)usleep(20000);
}

#define FEED_ID "BTC/USD"
#define STATEMENT_TYPE "(bytes32,int256,uint8,uint64,uint64,bytes32,bytes32)"

/* The calldata of one push; its signature is 65 bytes of nothing. */
static inline struct blob fixture_push(uint64_t timestamp_ms)
{
	uint8_t words[7][32] = { FEED_ID, { [31] = 5 }, { [31] = 8 } };
	struct eth_value members[7], args[2] = { 0 };
	uint8_t signature[65] = { 1 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(4096, "push", &f);
	struct blob out = { 0 };

	for (int i = 0; i < 8; i++)
		words[3][31 - i] = (uint8_t)(timestamp_ms >> (8 * i));
	for (size_t i = 0; i < 7; i++)
		members[i] =
		    (struct eth_value){ .bytes = span_of(words[i], 32) };
	args[0] = (struct eth_value){ .items = members, .n_items = 7 };
	args[1].bytes = span_of(signature, sizeof(signature));
	assert_ok(
	    eth_abi_encode_call(
		span_text("push(" STATEMENT_TYPE ",bytes)"), args, 2, &w, &f),
	    f);
	assert_ok(wr_done(&w, &out), f);
	return out;
}

static inline struct eth_tx fixture_tx(uint64_t nonce, struct span data)
{
	return (struct eth_tx){
		.type = ETH_TX_DYNAMIC_FEE,
		.chain_id = CHAIN,
		.nonce = nonce,
		.gas_limit = 200000,
		.max_fee_per_gas = u256_of(3000000000u),
		.max_priority_fee_per_gas = u256_of(100000000u),
		.to = fixture_contract(),
		.data = data,
	};
}

/* Signs and sends it; the hash is in *out. */
static inline void fixture_send(
    struct rpc_fixture *x, const struct eth_tx *tx, struct rpc_send_result *out)
{
	AUTO(blob_drop) struct blob raw = payer_double_sign(PAYER, tx);

	assert_ok(rpc_send_raw(x->chain, blob_span(&raw), out, &x->f), x->f);
}

#endif
