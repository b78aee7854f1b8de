/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who signed: recovery under the strict rules of every contract that reads our
 * signatures. The ecrecover precompile alone is laxer (high s).
 */
#include "chain/eth.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <string.h>

/* The order of the group (SEC 2 version 2, section 2.4.1). */
static const uint8_t order[32] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc,
	0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41,
	0x41 };
/* (order - 1) / 2: the greatest s that counts as low. */
static const uint8_t half_order[32] = { 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57,
	0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b,
	0x20, 0xa0 };

/* In [1, n-1]. Big-endian numbers of one width compare as their bytes do. */
static bool is_scalar(const uint8_t v[32])
{
	return !span_is_zero(span_of(v, 32)) && memcmp(v, order, 32) < 0;
}

FALLIBLE eth_sig_check(const struct eth_sig *sig, struct fault *f)
{
	const uint8_t *r = sig->b, *s = sig->b + 32;
	const unsigned v = sig->b[64];

	if (v != 27 && v != 28)
		return fault_raise_at(f, FAULT_FORMAT, "eth.sig.v", 64,
		    "v of a signature is 27 or 28, not %u", v);
	if (!is_scalar(r))
		return fault_raise_at(f, FAULT_FORMAT, "eth.sig.r", 0,
		    "r of a signature is zero, or not below the group order");
	if (!is_scalar(s))
		return fault_raise_at(f, FAULT_FORMAT, "eth.sig.s", 32,
		    "s of a signature is zero, or not below the group order");
	/* (r, n-s) with the other v would sign the same digest (EIP-2). */
	if (memcmp(s, half_order, 32) > 0)
		return fault_raise_at(f, FAULT_FORMAT, "eth.sig.high-s", 32,
		    "s of a signature is in the upper half: the malleable twin "
		    "of a valid signature is not accepted");
	return true;
}

/* Read-only and shared by all threads; recovery needs no other. */
static FALLIBLE recover(const struct keccak256 *digest,
    const struct eth_sig *sig, secp256k1_pubkey *out, struct fault *f)
{
	const secp256k1_context *ctx = secp256k1_context_static;
	secp256k1_ecdsa_recoverable_signature parsed;

	TRY(eth_sig_check(sig, f));
	if (!secp256k1_ecdsa_recoverable_signature_parse_compact(
		ctx, &parsed, sig->b, sig->b[64] - 27) ||
	    !secp256k1_ecdsa_recover(ctx, out, &parsed, digest->b))
		return fault_raise(f, FAULT_CRYPTO, "eth.sig.recover",
		    "no public key could have made this signature");
	return true;
}

static struct eth_addr address_of(const secp256k1_pubkey *key)
{
	uint8_t point[65]; /* 04, X, Y */
	size_t n = sizeof(point);

	(void)secp256k1_ec_pubkey_serialize(secp256k1_context_static, point, &n,
	    key, SECP256K1_EC_UNCOMPRESSED);
	return eth_addr_from_public_key(point + 1);
}

FALLIBLE eth_sig_recover(const struct keccak256 *digest,
    const struct eth_sig *sig, struct eth_addr *out, struct fault *f)
{
	secp256k1_pubkey key;

	TRY(recover(digest, sig, &key, f));
	*out = address_of(&key);
	return true;
}

FALLIBLE eth_sig_recover_key(const struct keccak256 *digest,
    const struct eth_sig *sig, struct eth_key *out, struct fault *f)
{
	secp256k1_pubkey key;
	size_t n = sizeof(out->b);

	TRY(recover(digest, sig, &key, f));
	(void)secp256k1_ec_pubkey_serialize(secp256k1_context_static, out->b,
	    &n, &key, SECP256K1_EC_COMPRESSED);
	return true;
}

FALLIBLE eth_addr_from_key(
    const struct eth_key *key, struct eth_addr *out, struct fault *f)
{
	secp256k1_pubkey parsed;

	if (!secp256k1_ec_pubkey_parse(
		secp256k1_context_static, &parsed, key->b, sizeof(key->b)))
		return fault_raise(f, FAULT_FORMAT, "eth.key",
		    "is no compressed point of the curve");
	*out = address_of(&parsed);
	return true;
}

FALLIBLE eth_sig_verify(const struct keccak256 *digest,
    const struct eth_sig *sig, const struct eth_addr *signer, struct fault *f)
{
	struct eth_addr found;
	char want_text[ETH_ADDR_TEXT_SIZE], found_text[ETH_ADDR_TEXT_SIZE];

	TRY(eth_sig_recover(digest, sig, &found, f));
	if (!eth_addr_equal(&found, signer))
		return fault_raise(f, FAULT_CRYPTO, "eth.sig.signer",
		    "the signature is not by %s: over this digest it recovers "
		    "to %s",
		    eth_addr_format(signer, want_text),
		    eth_addr_format(&found, found_text));
	return true;
}
