/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract ABI (onchain section 8): arguments of calls, answers, events,
 * reasons of reverts. Nothing here allocates: types are parsed into the
 * caller's memory, decoded values are views into the encoded bytes.
 *
 * Types are texts of our own or of a configuration:
 *	list   = "(" [ type [ " " name ] *( "," type [ " " name ] ) ] ")"
 *	type   = ( atom / [ "tuple" ] list ) *( "[" [ length ] "]" )
 * with the atoms bool, address, uint8...uint256, int8...int256, bytes1...
 * bytes32, bytes, string. Aliases (uint), fixed-point numbers, empty tuples
 * within and arrays of length 0 are refused. A signature is a name and a list.
 * Faults of types: FORMAT at "eth.abi.type" with the offset; LIMIT at
 * "eth.abi.type" (LIMIT_ABI_TYPE_TEXT, LIMIT_ABI_NODES) and "eth.abi.size"
 * (fixed arrays that no message could hold).
 */
#ifndef AFFIANT_ETH_ABI_H
#define AFFIANT_ETH_ABI_H

#include "chain/codec/eth_atom.h"
#include "chain/eth.h"
#include "chain/u256.h"
#include "verify/base/limits.h"

/* ---- types -------------------------------------------------------------- */

enum eth_abi_form {
	ETH_ABI_WORD,    /* an atom of one word */
	ETH_ABI_CONTENT, /* bytes, string */
	ETH_ABI_TUPLE,
	ETH_ABI_ARRAY
};

/* A type; the types of its parts follow in the order of their text. */
struct eth_abi_node {
	enum eth_abi_form form;
	struct eth_atom atom; /* WORD, CONTENT */
	size_t n_items;       /* TUPLE: members. ARRAY: length; 0 for T[] */
	size_t n_nodes;       /* of this type, itself included */
	/* Stands elsewhere, and only its offset in place. */
	bool is_dynamic;
	/* Bytes of the value that are always there: all of it unless it is
	 * dynamic; then its heads, or its length word. */
	size_t size;
};

/* node[0] is the tuple of all arguments. No pointers: may be copied. */
struct eth_abi {
	struct eth_abi_node node[LIMIT_ABI_NODES];
	size_t n;
};

/* "(uint80,int256 answer,...)" */
FALLIBLE eth_abi_parse(struct span list, struct eth_abi *out, struct fault *f);
/* "submit(bytes32,int256,...)"; `name` (may be NULL) borrows from the text. */
FALLIBLE eth_abi_parse_signature(struct span signature, struct span *name,
    struct eth_abi *out, struct fault *f);
/* The canonical text of the list: no names, no spaces, no "tuple". */
void eth_abi_format(const struct eth_abi *abi, struct wr *w);

/* keccak of the canonical signature: topic 0 of an event. */
FALLIBLE eth_abi_topic(
    struct span signature, struct keccak256 *out, struct fault *f);
/* Its first 4 bytes: the selector of a function or an error. */
FALLIBLE eth_abi_selector(
    struct span signature, uint8_t out[4], struct fault *f);

/* ---- encoding ----------------------------------------------------------- */

/*
 * One value (chain/eth.h) for each member of the list. USAGE at
 * "eth.abi.value" when they do not fit their types: then nothing was written.
 * LIMIT at "eth.abi.size" beyond LIMIT_ABI_BYTES, and when w has no room.
 */
FALLIBLE eth_abi_encode(const struct eth_abi *abi, const struct eth_value *args,
    size_t n_args, struct wr *w, struct fault *f);
/* Selector, then the arguments: the data of a transaction or eth_call. */
FALLIBLE eth_abi_encode_call(struct span signature,
    const struct eth_value *args, size_t n_args, struct wr *w, struct fault *f);
/*
 * abi.encodePacked: values in their own width, elements of arrays padded to
 * words. Ambiguous with two dynamic neighbours: hash it for others, never sign
 * it. UNSUPPORTED at "eth.abi.packed" for tuples, arrays of arrays, and arrays
 * of bytes or string, which Solidity refuses too.
 */
FALLIBLE eth_abi_encode_packed(const struct eth_abi *abi,
    const struct eth_value *args, size_t n_args, struct wr *w, struct fault *f);

/* ---- decoding ----------------------------------------------------------- */

/* A decoded value. Lives as long as the types and the bytes it came from. */
struct eth_abi_view {
	const struct eth_abi_node *node;
	/* WORD: its 32 bytes. CONTENT: the content, not checked as UTF-8. */
	struct span bytes;
	size_t n_items; /* TUPLE, ARRAY: for eth_abi_item */
};

/*
 * Checks all of it, under the rules of current Solidity decoders: every offset
 * and length within the bytes, padding of short types right. Where tails stand
 * and what is behind the last one is not checked, as there; the encoder's own
 * layout is one of those accepted. `out` is the tuple. Faults, FORMAT unless
 * said:
 *	eth.abi.empty	nothing: the address has no code
 *	eth.abi.end	a head or a length word is missing
 *	eth.abi.offset	an offset beyond the bytes
 *	eth.abi.length	a length beyond the bytes
 *	eth.abi.value	padding that is no padding, a bool of 2
 *	eth.abi.size	LIMIT: LIMIT_ABI_BYTES
 *	eth.abi.values	LIMIT: LIMIT_ABI_VALUES, when offsets overlap
 */
FALLIBLE eth_abi_decode(const struct eth_abi *abi, struct span in,
    struct eth_abi_view *out, struct fault *f);
/*
 * The same behind the selector of `signature`, which is parsed into *abi:
 * FORMAT at "eth.abi.selector" when the data calls something else.
 */
FALLIBLE eth_abi_decode_call(struct span signature, struct span data,
    struct eth_abi *abi, struct eth_abi_view *out, struct fault *f);

/* Member or element i; all zeros when there is none. */
struct eth_abi_view eth_abi_item(const struct eth_abi_view *v, size_t i);
/* A WORD as an unsigned number (also bool) and as an address; else zero.
 * Signed ones: dec_decode_int256 of its bytes. */
struct u256 eth_abi_u256(const struct eth_abi_view *v);
struct eth_addr eth_abi_addr(const struct eth_abi_view *v);

/* ---- reverts ------------------------------------------------------------ */

enum eth_revert_kind {
	ETH_REVERT_EMPTY, /* no data: out of gas, or no reason given */
	ETH_REVERT_ERROR, /* Error(string) */
	ETH_REVERT_PANIC, /* Panic(uint256) */
	ETH_REVERT_CUSTOM /* an error of the contract's own */
};

struct eth_revert {
	enum eth_revert_kind kind;
	struct span text;    /* ERROR: written by the contract, not checked */
	struct u256 panic;   /* PANIC */
	uint8_t selector[4]; /* CUSTOM */
	struct span args;    /* CUSTOM: what follows the selector */
};

/* Borrows from data. FORMAT at "eth.revert.selector" (1 to 3 bytes), and the
 * faults of eth_abi_decode. */
FALLIBLE eth_revert_decode(
    struct span data, struct eth_revert *out, struct fault *f);
/* "division by zero"; "an unknown panic" for codes that Solidity lacks. */
const char *eth_revert_panic_name(const struct u256 *code);

#endif
