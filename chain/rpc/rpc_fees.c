/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to offer (onchain section 10). The history is a provider's word: it
 * moves us between the operator's bounds and never beyond them.
 */
#include "chain/rpc.h"

/* The lower one of two in the middle: paying less is never unsafe. */
static struct u256 median(const struct u256 *tips, size_t n)
{
	struct u256 sorted[RPC_FEE_BLOCKS] = { 0 };

	for (size_t i = 0; i < n; i++) {
		size_t k = i;

		for (; k > 0 && u256_compare(&sorted[k - 1], &tips[i]) > 0; k--)
			sorted[k] = sorted[k - 1];
		sorted[k] = tips[i];
	}
	return sorted[(n - 1) / 2];
}

static bool raise_cap(struct fault *f)
{
	return fault_raise(f, FAULT_LIMIT, "rpc.fees.cap",
	    "the chain asks for more than the configured maximum");
}

static const struct u256 *least(const struct u256 *a, const struct u256 *b)
{
	return u256_compare(a, b) < 0 ? a : b;
}

static const struct u256 *largest(const struct u256 *a, const struct u256 *b)
{
	return u256_compare(a, b) > 0 ? a : b;
}

FALLIBLE rpc_fees_choose(const struct rpc_fee_history *h,
    const struct rpc_fee_caps *caps, struct eth_gas_fees *out, struct fault *f)
{
	struct u256 tip, need, cap;

	if (h->n_blocks < 1 || h->n_blocks > RPC_FEE_BLOCKS)
		return fault_raise(f, FAULT_USAGE, "rpc.fees.blocks",
		    "want 1 to %d blocks", RPC_FEE_BLOCKS);
	tip = median(h->tips, h->n_blocks);
	tip = *largest(&tip, &caps->min_priority_fee_per_gas);
	tip = *least(&tip, &caps->max_priority_fee_per_gas);
	TRY(u256_add(&h->next_base_fee, &tip, &need, f));
	if (u256_compare(&need, &caps->max_fee_per_gas) > 0)
		return raise_cap(f);
	TRY(u256_add(&need, &h->next_base_fee, &cap, f));
	out->max_fee_per_gas = *least(&cap, &caps->max_fee_per_gas);
	out->max_priority_fee_per_gas = tip;
	return true;
}

FALLIBLE rpc_fees_choose_legacy(const struct u256 *gas_price,
    const struct rpc_fee_caps *caps, struct eth_gas_fees *out, struct fault *f)
{
	if (u256_compare(gas_price, &caps->max_fee_per_gas) > 0)
		return raise_cap(f);
	out->max_fee_per_gas = *gas_price;
	out->max_priority_fee_per_gas = (struct u256){ 0 };
	return true;
}

FALLIBLE rpc_fees_replace(const struct eth_gas_fees *old,
    const struct eth_gas_fees *fresh, const struct rpc_fee_caps *caps,
    struct eth_gas_fees *out, struct fault *f)
{
	struct eth_gas_fees raised;

	TRY(eth_gas_replacement(old, &raised, f));
	raised.max_fee_per_gas =
	    *largest(&raised.max_fee_per_gas, &fresh->max_fee_per_gas);
	raised.max_priority_fee_per_gas = *largest(
	    &raised.max_priority_fee_per_gas, &fresh->max_priority_fee_per_gas);
	if (u256_compare(&raised.max_fee_per_gas, &caps->max_fee_per_gas) > 0 ||
	    u256_compare(&raised.max_priority_fee_per_gas,
		&caps->max_priority_fee_per_gas) > 0)
		return raise_cap(f);
	*out = raised;
	return true;
}
