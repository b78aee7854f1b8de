/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/payer_double.h"

#include "tests/unit/check.h"
#include "verify/base/limits.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

static secp256k1_context *context(void)
{
	return secp256k1_context_create(SECP256K1_CONTEXT_NONE);
}

struct eth_addr payer_double_address(uint8_t account)
{
	const uint8_t key[32] = { [31] = account };
	secp256k1_context *ctx = context();
	secp256k1_pubkey public;
	uint8_t xy[65];
	size_t n = sizeof(xy);

	assert_true(secp256k1_ec_pubkey_create(ctx, &public, key));
	assert_true(secp256k1_ec_pubkey_serialize(
	    ctx, xy, &n, &public, SECP256K1_EC_UNCOMPRESSED));
	secp256k1_context_destroy(ctx);
	return eth_addr_from_public_key(xy + 1);
}

struct blob payer_double_sign(uint8_t account, const struct eth_tx *tx)
{
	const uint8_t key[32] = { [31] = account };
	secp256k1_context *ctx = context();
	secp256k1_ecdsa_recoverable_signature raw;
	struct fault f = FAULT_INIT;
	struct keccak256 hash;
	struct eth_sig sig;
	struct blob out = { 0 };
	int id;

	assert_ok(eth_tx_signing_hash(tx, &hash, &f), f);
	assert_true(secp256k1_ecdsa_sign_recoverable(
	    ctx, &raw, hash.b, key, NULL, NULL));
	secp256k1_ecdsa_recoverable_signature_serialize_compact(
	    ctx, sig.b, &id, &raw);
	sig.b[64] = (uint8_t)(27 + id);
	secp256k1_context_destroy(ctx);
	struct wr w = wr_grow(LIMIT_TX_BYTES, "payer", &f);
	assert_ok(eth_tx_encode(tx, &sig, &w, &f), f);
	assert_ok(wr_done(&w, &out), f);
	return out;
}
