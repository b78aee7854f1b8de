/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactions (onchain section 7): type 2 (EIP-1559), type 1 (EIP-2930) and
 * legacy ones with a chain id (EIP-155). What is signed, what is sent, and
 * strict reading of what others have sent. Signing itself is not here: the
 * signer takes the transaction, makes the signing hash with the functions
 * below and hands back the signature. Nothing allocates.
 *
 * The hash of a transaction is keccak256_of its raw bytes.
 */
#ifndef AFFIANT_ETH_TX_H
#define AFFIANT_ETH_TX_H

#include "chain/eth.h"
#include "chain/u256.h"

/* The numbers are the type bytes of EIP-2718; a legacy one has none. */
enum eth_tx_type {
	ETH_TX_LEGACY = 0,
	ETH_TX_ACCESS_LIST = 1,
	ETH_TX_DYNAMIC_FEE = 2
};

struct eth_tx {
	enum eth_tx_type type;
	uint64_t chain_id; /* 1 to LIMIT_CHAIN_ID */
	uint64_t nonce;
	uint64_t gas_limit;
	/* Wei per gas. The cap of type 2, the gas price of the others. */
	struct u256 max_fee_per_gas;
	struct u256 max_priority_fee_per_gas; /* type 2, at most the cap */
	bool is_creation; /* no destination: `to` is zero, data is init code */
	struct eth_addr to; /* the zero address is one like any other */
	struct u256 value;  /* wei */
	struct span data;   /* borrowed */
	/*
	 * The RLP list [[address, [key, ...]], ...], borrowed. Left empty it
	 * means the empty list, which is what we send; legacy ones have none.
	 */
	struct span access_list;
};

/* ---- writing ------------------------------------------------------------ */

/*
 * Faults of all three: USAGE at "eth.tx.type", "eth.tx.chain", "eth.tx.tip"
 * (above the cap, or of a type that has none), "eth.tx.to" (a creation with a
 * destination) and "eth.tx.access-list" (a legacy one with a list); what
 * eth_tx_access_count says of the list; LIMIT at "eth.tx.size" beyond
 * LIMIT_TX_BYTES and when w has no room.
 */
/* The bytes whose keccak is signed, type byte included. */
FALLIBLE eth_tx_encode_unsigned(
    const struct eth_tx *tx, struct wr *w, struct fault *f);
FALLIBLE eth_tx_signing_hash(
    const struct eth_tx *tx, struct keccak256 *out, struct fault *f);
/*
 * The bytes for eth_sendRawTransaction. The signature is of the form that
 * eth_sig_check wants; whose it is, and over what, is not looked at.
 */
FALLIBLE eth_tx_encode(const struct eth_tx *tx, const struct eth_sig *sig,
    struct wr *w, struct fault *f);

/* ---- reading ------------------------------------------------------------ */

/*
 * Raw bytes of anybody's transaction. What is accepted has this encoding only;
 * views borrow from `raw`. Who signed is for eth_tx_sender to say. Faults,
 * FORMAT unless said, besides those of eth_rlp.h and eth_sig_check:
 *	eth.tx.empty		no bytes
 *	eth.tx.type		UNSUPPORTED: another type byte
 *	eth.tx.fields		more fields than the type has
 *	eth.tx.left		bytes behind the transaction
 *	eth.tx.chain		no chain id, or one beyond LIMIT_CHAIN_ID
 *	eth.tx.v		v of a legacy one that names no chain (27, 28)
 *	eth.tx.tip		priority fee above the cap
 *	eth.tx.to		a destination of neither 0 nor 20 bytes
 *	eth.tx.parity		y parity above 1
 *	eth.tx.size		LIMIT: LIMIT_TX_BYTES
 */
FALLIBLE eth_tx_decode(
    struct span raw, struct eth_tx *tx, struct eth_sig *sig, struct fault *f);
/* The address that signed. Some address always comes out: compare it. */
FALLIBLE eth_tx_sender(const struct eth_tx *tx, const struct eth_sig *sig,
    struct eth_addr *out, struct fault *f);

/*
 * Checks an access list (empty counts as the empty list) and counts what is in
 * it, duplicates too. Faults of eth_rlp.h; FORMAT at "eth.tx.access-list" for
 * an entry with more than an address and its keys, or bytes behind the list.
 */
FALLIBLE eth_tx_access_count(
    struct span list, size_t *n_addresses, size_t *n_keys, struct fault *f);

#endif
