/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The on-chain side as bytes in, bytes out: Keccak-256, addresses, EIP-191,
 * EIP-712, signature recovery. No signing here, so the verifier carries none.
 * Implemented in chain/codec/.
 */
#ifndef AFFIANT_ETH_H
#define AFFIANT_ETH_H

#include "verify/base/bytes.h"
#include "verify/base/dec.h"
#include "verify/base/hash.h"

struct keccak256 {
	uint8_t b[32];
};

struct eth_addr {
	uint8_t b[20];
};

/* A public key, compressed: 02 or 03, then X. */
struct eth_key {
	uint8_t b[33];
};

/* r || s || v, v is 27 or 28, s in the lower half: the only form accepted. */
struct eth_sig {
	uint8_t b[65];
};

/* ---- Keccak-256: the original padding 0x01, not SHA3-256's 0x06 --------- */

struct keccak256 keccak256_of(struct span in);
struct keccak256 keccak256_of_parts(const struct span *parts, size_t n);

/* ---- addresses ---------------------------------------------------------- */

#define ETH_ADDR_TEXT_SIZE 43 /* 0x, 40 digits, NUL */

/* xy is the public key without its leading 04: X then Y, 32 bytes each. */
struct eth_addr eth_addr_from_public_key(const uint8_t xy[64]);
/* FORMAT at "eth.key" when it is no point of the curve. */
FALLIBLE eth_addr_from_key(
    const struct eth_key *key, struct eth_addr *out, struct fault *f);
/* EIP-55 mixed case. Returns out. */
char *eth_addr_format(const struct eth_addr *a, char out[ETH_ADDR_TEXT_SIZE]);
/*
 * 0x and 40 digits; all lower or all upper carries no checksum, mixed case
 * must match EIP-55. Faults: FORMAT at "eth.addr".
 */
FALLIBLE eth_addr_parse(
    struct span text, struct eth_addr *out, struct fault *f);
bool eth_addr_equal(const struct eth_addr *a, const struct eth_addr *b);
bool eth_addr_is_zero(const struct eth_addr *a);
/* keccak(rlp([from, nonce]))[12..] */
struct eth_addr eth_addr_create(const struct eth_addr *from, uint64_t nonce);
/* keccak(0xff || from || salt || keccak(init_code))[12..] */
struct eth_addr eth_addr_create2(
    const struct eth_addr *from, const uint8_t salt[32], struct span init_code);

/* ---- signatures --------------------------------------------------------- */

/*
 * The form alone: refuses v outside 27/28, r or s zero or >= n, s > n/2 (FORMAT
 * at "eth.sig.v", "eth.sig.r", "eth.sig.s", "eth.sig.high-s").
 */
FALLIBLE eth_sig_check(const struct eth_sig *sig, struct fault *f);
/*
 * The same, and refuses what recovers to no point (CRYPTO at
 * "eth.sig.recover"). Recovery always gives *some* address: compare with one
 * known beforehand.
 */
FALLIBLE eth_sig_recover(const struct keccak256 *digest,
    const struct eth_sig *sig, struct eth_addr *out, struct fault *f);
/*
 * The same, as the key itself: for chains of keys, where each signs the next.
 */
FALLIBLE eth_sig_recover_key(const struct keccak256 *digest,
    const struct eth_sig *sig, struct eth_key *out, struct fault *f);
/* The recovered address equals `signer`, else CRYPTO at "eth.sig.signer". */
FALLIBLE eth_sig_verify(const struct keccak256 *digest,
    const struct eth_sig *sig, const struct eth_addr *signer, struct fault *f);

/* ---- EIP-191 ------------------------------------------------------------ */

struct keccak256 eip191_digest(struct span message);

/* ---- values of Solidity types ------------------------------------------- */

/*
 * A value mirrors its type. `bytes` for atoms: bool, intN, uintN, address and
 * bytesN already 32 bytes, left- or right-padded as the rules want; string and
 * bytes the content. `items` for structs, tuples (in the order of members) and
 * arrays. Borrowed. EIP-712 and the ABI (eth_abi.h) both take it.
 */
struct eth_value {
	struct span bytes;
	const struct eth_value *items;
	size_t n_items;
};

/* ---- EIP-712 ------------------------------------------------------------ */

/*
 * The two messages Affiant signs, under the domain {name:"Affiant",
 * version:"1"} and nothing else, so that one signature serves every chain.
 */
struct eip712_statement {
	uint8_t feed[32];   /* ASCII id, left-aligned, zero-filled */
	struct dec value;   /* int256 units and uint8 decimals */
	uint64_t timestamp; /* milliseconds */
	uint64_t round;
	struct sha256 config;
	struct sha256 statement;
};
struct keccak256 eip712_statement_digest(const struct eip712_statement *s);
/* Digest(bytes32 statement): for kinds with no number. */
struct keccak256 eip712_digest_digest(const struct sha256 *statement);
/* keccak of the domain above; computed once, constant. */
struct keccak256 eip712_affiant_domain(void);

/*
 * Typed data in general, for domains bound to a contract and for tests.
 * Types refer to each other by name; a value mirrors its type. Faults: USAGE
 * at "eth.eip712.type" (no such type, aliases like uint included),
 * "eth.eip712.name" (a name that is no identifier, or declared twice) and
 * "eth.eip712.value" (value and type disagree, a number out of its range);
 * LIMIT at "eth.eip712.types", "eth.eip712.type" (text) and
 * "eth.eip712.depth".
 */
struct eip712_member {
	const char *type; /* "uint64", "bytes32", "Person", "Person[]", ... */
	const char *name;
};
struct eip712_type {
	const char *name;
	const struct eip712_member *members;
	size_t n_members;
};
struct eip712_types {
	const struct eip712_type *types;
	size_t n_types;
};
/*
 * "Mail(Person from,...)Person(...)": referenced types sorted by name. Nothing
 * is written when the types are at fault; LIMIT when w has no room.
 */
FALLIBLE eip712_encode_type(const struct eip712_types *types, const char *name,
    struct wr *w, struct fault *f);
FALLIBLE eip712_type_hash(const struct eip712_types *types, const char *name,
    struct keccak256 *out, struct fault *f);
/* keccak(typeHash || enc(member) ...). Allocates nothing. */
FALLIBLE eip712_struct_hash(const struct eip712_types *types, const char *name,
    const struct eth_value *value, struct keccak256 *out, struct fault *f);
/* keccak(19 01 || domain separator || struct hash). */
struct keccak256 eip712_signing_digest(
    const struct keccak256 *domain, const struct keccak256 *struct_hash);

#endif
