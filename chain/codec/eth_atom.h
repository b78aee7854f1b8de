/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The types of Solidity that have no parts, as EIP-712 and the contract ABI
 * both name them. Aliases (uint, int, byte) and fixed-point types are none.
 */
#ifndef AFFIANT_CODEC_ETH_ATOM_H
#define AFFIANT_CODEC_ETH_ATOM_H

#include "verify/base/bytes.h"

#define ETH_WORD 32

enum eth_atom_form {
	ETH_ATOM_BOOL,
	ETH_ATOM_ADDRESS,
	ETH_ATOM_UINT,  /* uint8 ... uint256 */
	ETH_ATOM_INT,   /* int8 ... int256 */
	ETH_ATOM_FIXED, /* bytes1 ... bytes32 */
	ETH_ATOM_BYTES,
	ETH_ATOM_STRING
};

struct eth_atom {
	enum eth_atom_form form;
	unsigned size; /* numbers: bits; FIXED: bytes; content: 0 */
};

/* False for everything that is no such type. */
bool eth_atom_parse(struct span text, struct eth_atom *out);
/* The one name of the type. */
void eth_atom_format(const struct eth_atom *a, struct wr *w);
/* bytes and string: content of any length. The others are one word. */
bool eth_atom_is_content(const struct eth_atom *a);
/* Bytes that a word's value has; the rest of the word is padding. */
size_t eth_atom_width(const struct eth_atom *a);
/*
 * Whether the padding of a word is right: zeros, the sign of an intN, zeros
 * behind a bytesN; and a bool is 0 or 1.
 */
bool eth_atom_fits(const struct eth_atom *a, const uint8_t word[ETH_WORD]);

/* A name as Solidity writes them: letters, digits (not first), _ and $. */
bool eth_atom_is_name(struct span s);

#endif
