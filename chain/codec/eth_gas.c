/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/eth_gas.h"

/* EIP-2028, EIP-2930, EIP-3860, EIP-7623. */
#define GAS_TRANSACTION 21000
#define GAS_ZERO_BYTE 4
#define GAS_OTHER_BYTE 16
#define GAS_FLOOR_ZERO_BYTE 10
#define GAS_FLOOR_OTHER_BYTE 40
#define GAS_CREATION 32000
#define GAS_INIT_CODE_WORD 2
#define GAS_ACCESS_ADDRESS 2400
#define GAS_ACCESS_KEY 1900

/* EIP-1559: a block is meant to be half full, and moves the fee by an eighth
 * at most. */
#define ELASTICITY 2
#define CHANGE_DENOMINATOR 8

/* No overflow: everything counted here has bytes in memory. */
struct eth_gas eth_gas_of(
    struct span data, bool is_creation, size_t n_addresses, size_t n_keys)
{
	struct eth_gas gas = { GAS_TRANSACTION, GAS_TRANSACTION };
	uint64_t n_zero = 0, n_other;

	for (size_t i = 0; i < data.n; i++)
		n_zero += data.p[i] == 0;
	n_other = data.n - n_zero;
	gas.intrinsic += GAS_ZERO_BYTE * n_zero + GAS_OTHER_BYTE * n_other;
	gas.intrinsic += (uint64_t)GAS_ACCESS_ADDRESS * n_addresses +
	    (uint64_t)GAS_ACCESS_KEY * n_keys;
	if (is_creation)
		gas.intrinsic += GAS_CREATION +
		    GAS_INIT_CODE_WORD *
			((uint64_t)data.n / 32 + (data.n % 32 != 0));
	gas.floor +=
	    GAS_FLOOR_ZERO_BYTE * n_zero + GAS_FLOOR_OTHER_BYTE * n_other;
	return gas;
}

FALLIBLE eth_gas_of_tx(
    const struct eth_tx *tx, struct eth_gas *out, struct fault *f)
{
	size_t n_addresses, n_keys;

	TRY(eth_tx_access_count(tx->access_list, &n_addresses, &n_keys, f));
	*out = eth_gas_of(tx->data, tx->is_creation, n_addresses, n_keys);
	return true;
}

FALLIBLE eth_gas_next_base_fee(const struct u256 *base_fee, uint64_t gas_used,
    uint64_t gas_limit, struct u256 *out, struct fault *f)
{
	const uint64_t target = gas_limit / ELASTICITY;
	const bool is_above = gas_used > target;
	const struct u256 one = u256_of(1);
	struct u256 change;

	if (target == 0)
		return fault_raise(f, FAULT_FORMAT, "eth.gas.limit",
		    "a block with a gas limit of %llu",
		    (unsigned long long)gas_limit);
	if (gas_used > gas_limit)
		return fault_raise(f, FAULT_FORMAT, "eth.gas.used",
		    "a block that used more gas than its limit");
	/* base * distance / target / 8, from left to right. */
	TRY(u256_mul_div(base_fee,
	    is_above ? gas_used - target : target - gas_used, target, &change,
	    NULL, f));
	TRY(u256_mul_div(&change, 1, CHANGE_DENOMINATOR, &change, NULL, f));
	if (!is_above)
		return u256_subtract(base_fee, &change, out, f);
	return u256_add(
	    base_fee, u256_is_zero(&change) ? &one : &change, out, f);
}

/* old * m / d, rounded as said, and at least old + 1. */
static FALLIBLE bump(const struct u256 *old, uint64_t m, uint64_t d,
    bool round_up, struct u256 *out, struct fault *f)
{
	const struct u256 one = u256_of(1);
	struct u256 more, bumped;
	uint64_t rest;

	TRY(u256_add(old, &one, &more, f));
	TRY(u256_mul_div(old, m, d, &bumped, &rest, f));
	if (round_up && rest != 0)
		TRY(u256_add(&bumped, &one, &bumped, f));
	*out = u256_compare(&bumped, &more) < 0 ? more : bumped;
	return true;
}

static FALLIBLE bump_both(const struct eth_gas_fees *old, uint64_t m,
    uint64_t d, bool round_up, struct eth_gas_fees *out, struct fault *f)
{
	struct eth_gas_fees fees;

	TRY(bump(
	    &old->max_fee_per_gas, m, d, round_up, &fees.max_fee_per_gas, f));
	TRY(bump(&old->max_priority_fee_per_gas, m, d, round_up,
	    &fees.max_priority_fee_per_gas, f));
	*out = fees;
	return true;
}

FALLIBLE eth_gas_least_replacement(
    const struct eth_gas_fees *old, struct eth_gas_fees *out, struct fault *f)
{
	return bump_both(old, 110, 100, false, out, f);
}

FALLIBLE eth_gas_replacement(
    const struct eth_gas_fees *old, struct eth_gas_fees *out, struct fault *f)
{
	return bump_both(old, 9, 8, true, out, f);
}
