/* SPDX-License-Identifier: Apache-2.0 */
/* Fees: the median within the operator's bounds, and never beyond them. */
#include "chain/rpc.h"

#include "tests/unit/check.h"

static struct rpc_fee_caps caps(uint64_t fee, uint64_t most, uint64_t least)
{
	return (
	    struct rpc_fee_caps){ u256_of(fee), u256_of(most), u256_of(least) };
}

static struct rpc_fee_history history(
    uint64_t base, const uint64_t *tips, size_t n)
{
	struct rpc_fee_history h = { .n_blocks = n,
		.has_base_fee = true,
		.next_base_fee = u256_of(base) };

	for (size_t i = 0; i < n; i++)
		h.tips[i] = u256_of(tips[i]);
	return h;
}

static const struct {
	uint64_t base, tips[5];
	size_t n;
	uint64_t cap, most, least;
	uint64_t fee, tip; /* 0: refused */
} cases[] = {
	{ 100, { 5, 1, 9, 3, 7 }, 5, 1000, 100, 0, 205, 5 },
	{ 100, { 4, 1, 9, 3 }, 4, 1000, 100, 0, 203, 3 },
	{ 100, { 5 }, 1, 1000, 100, 0, 205, 5 },
	{ 100, { 0, 0, 0 }, 3, 1000, 100, 0, 200, 0 },
	{ 100, { 0, 0, 0 }, 3, 1000, 100, 2, 202, 2 },
	{ 100, { 500, 500, 500 }, 3, 1000, 100, 0, 300, 100 },
	/* A lower cap than twice the base fee; just enough; not enough. */
	{ 100, { 5 }, 1, 150, 100, 0, 150, 5 },
	{ 100, { 5 }, 1, 105, 100, 0, 105, 5 },
	{ 100, { 5 }, 1, 104, 100, 0, 0, 0 },
	{ 100, { 5 }, 1, 0, 0, 0, 0, 0 },
};

static void choose__is_the_median_within_the_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rpc_fee_history h =
		    history(cases[i].base, cases[i].tips, cases[i].n);
		struct rpc_fee_caps c =
		    caps(cases[i].cap, cases[i].most, cases[i].least);
		struct eth_gas_fees fees;
		struct fault f = FAULT_INIT;

		if (cases[i].fee == 0) {
			assert_refused(rpc_fees_choose(&h, &c, &fees, &f), f,
			    FAULT_LIMIT, "rpc.fees.cap");
			continue;
		}
		assert_ok(rpc_fees_choose(&h, &c, &fees, &f), f);
		assert_int_equal(fees.max_fee_per_gas.limb[0], cases[i].fee);
		assert_int_equal(
		    fees.max_priority_fee_per_gas.limb[0], cases[i].tip);
	}
}

static void choose__refuses_numbers_that_no_chain_has(void **state)
{
	(void)state;
	const uint64_t one = 1;
	struct rpc_fee_history h = history(1, &one, 1);
	struct rpc_fee_caps c = caps(1000, 100, 0);
	struct eth_gas_fees fees;
	struct fault f = FAULT_INIT;

	memset(&h.next_base_fee, 0xff, sizeof(h.next_base_fee));
	assert_refused(rpc_fees_choose(&h, &c, &fees, &f), f, FAULT_LIMIT,
	    "u256.overflow");
	h = history(1, &one, 1);
	h.n_blocks = 0;
	assert_refused(rpc_fees_choose(&h, &c, &fees, &f), f, FAULT_USAGE,
	    "rpc.fees.blocks");
	h.n_blocks = RPC_FEE_BLOCKS + 1;
	assert_refused(rpc_fees_choose(&h, &c, &fees, &f), f, FAULT_USAGE,
	    "rpc.fees.blocks");
}

static void legacy__has_one_price(void **state)
{
	(void)state;
	struct rpc_fee_caps c = caps(1000, 100, 0);
	struct u256 price = u256_of(1000);
	struct eth_gas_fees fees;
	struct fault f = FAULT_INIT;

	assert_ok(rpc_fees_choose_legacy(&price, &c, &fees, &f), f);
	assert_int_equal(fees.max_fee_per_gas.limb[0], 1000);
	assert_true(u256_is_zero(&fees.max_priority_fee_per_gas));
	price = u256_of(1001);
	assert_refused(rpc_fees_choose_legacy(&price, &c, &fees, &f), f,
	    FAULT_LIMIT, "rpc.fees.cap");
}

static void replace__obeys_the_mempool_and_the_caps(void **state)
{
	(void)state;
	struct eth_gas_fees old = { u256_of(200), u256_of(10) };
	struct eth_gas_fees low = { u256_of(100), u256_of(1) };
	struct eth_gas_fees high = { u256_of(500), u256_of(20) };
	struct rpc_fee_caps c = caps(600, 50, 0);
	struct eth_gas_fees out;
	struct fault f = FAULT_INIT;

	assert_ok(rpc_fees_replace(&old, &low, &c, &out, &f), f);
	assert_int_equal(out.max_fee_per_gas.limb[0], 225);
	assert_int_equal(out.max_priority_fee_per_gas.limb[0], 12);
	assert_ok(rpc_fees_replace(&old, &high, &c, &out, &f), f);
	assert_int_equal(out.max_fee_per_gas.limb[0], 500);
	assert_int_equal(out.max_priority_fee_per_gas.limb[0], 20);
	c = caps(224, 50, 0);
	assert_refused(rpc_fees_replace(&old, &low, &c, &out, &f), f,
	    FAULT_LIMIT, "rpc.fees.cap");
	c = caps(600, 11, 0);
	assert_refused(rpc_fees_replace(&old, &low, &c, &out, &f), f,
	    FAULT_LIMIT, "rpc.fees.cap");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(choose__is_the_median_within_the_bounds),
		cmocka_unit_test(choose__refuses_numbers_that_no_chain_has),
		cmocka_unit_test(legacy__has_one_price),
		cmocka_unit_test(replace__obeys_the_mempool_and_the_caps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
