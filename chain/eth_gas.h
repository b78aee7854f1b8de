/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a transaction costs before it runs, and what it must offer (onchain
 * sections 7.4, 10 and 11.4). All of it integer arithmetic on values that a
 * provider may have made up: bounds are checked, nothing wraps.
 */
#ifndef AFFIANT_ETH_GAS_H
#define AFFIANT_ETH_GAS_H

#include "chain/eth_tx.h"

/* No transaction may ask for more since Osaka (EIP-7825). */
#define ETH_GAS_LIMIT_MAX (UINT64_C(1) << 24)

/*
 * A gas limit below either is refused by every node. Both are a lower bound,
 * for a sanity check: the limit itself comes from an estimate, because rollups
 * add to it.
 */
struct eth_gas {
	uint64_t intrinsic;
	uint64_t floor; /* EIP-7623 */
};

struct eth_gas eth_gas_of(
    struct span data, bool is_creation, size_t n_addresses, size_t n_keys);
/* The same of a whole transaction. Faults of eth_tx_access_count. */
FALLIBLE eth_gas_of_tx(
    const struct eth_tx *tx, struct eth_gas *out, struct fault *f);

/*
 * The base fee of the block after this one (EIP-1559). FORMAT at
 * "eth.gas.limit" for a gas limit below 2 and "eth.gas.used" for more used
 * than the limit: then the provider's block is none. LIMIT at
 * "u256.overflow".
 */
FALLIBLE eth_gas_next_base_fee(const struct u256 *base_fee, uint64_t gas_used,
    uint64_t gas_limit, struct u256 *out, struct fault *f);

struct eth_gas_fees {
	struct u256 max_fee_per_gas;          /* wei */
	struct u256 max_priority_fee_per_gas; /* wei */
};

/*
 * The least that a default mempool takes in the place of a transaction with
 * the same nonce: both fees more, and at least old * 110 / 100 rounded down.
 * LIMIT at "u256.overflow".
 */
FALLIBLE eth_gas_least_replacement(
    const struct eth_gas_fees *old, struct eth_gas_fees *out, struct fault *f);
/* What we offer, because some chains want more: old * 1.125 rounded up, at
 * least one more. The caller holds it against its configured cap. */
FALLIBLE eth_gas_replacement(
    const struct eth_gas_fees *old, struct eth_gas_fees *out, struct fault *f);

#endif
