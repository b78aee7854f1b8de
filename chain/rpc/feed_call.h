/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls of chain/contracts/IAffiantFeed.sol: statements into calldata, and
 * what the contract answers back. Bytes only; nobody is asked.
 */
#ifndef AFFIANT_RPC_FEED_CALL_H
#define AFFIANT_RPC_FEED_CALL_H

#include "chain/eth_abi.h"
#include "verify/base/utc.h"

/* What is signed of a statement, and its signature. */
struct feed_call {
	struct eip712_statement statement;
	struct eth_sig signature;
};

/*
 * One: push(Statement,bytes). Several, up to LIMIT_FEED_CALLS:
 * pushBatch(Statement[],bytes), with signatures of 64 bytes (EIP-2098), which
 * cost less. Faults: USAGE at "feed.call.count"; those of eth_abi_encode.
 */
FALLIBLE feed_call_encode(
    const struct feed_call *calls, size_t n, struct wr *w, struct fault *f);
/*
 * The same for the entry without a selector: 191 bytes for each. Also LIMIT at
 * "feed.call.width" for a value beyond int128 and a time beyond uint48.
 */
FALLIBLE feed_call_encode_packed(
    const struct feed_call *calls, size_t n, struct wr *w, struct fault *f);

/* ---- what is stored ------------------------------------------------------ */

struct feed_stored {
	bool is_set;         /* false: nothing is stored, the rest is zero */
	uint8_t value32[32]; /* int256, in units of the feed's decimals */
	struct utc observed, accepted;
	uint64_t count; /* accepted updates, from 1 */
};

/* A feed's id as the contract knows it (statement_feed_bytes32). */
struct feed_id32 {
	uint8_t b[32];
};
/* latestRounds(bytes32[]) */
FALLIBLE feed_call_ask_rounds(
    const struct feed_id32 *feeds, size_t n, struct wr *w, struct fault *f);
/* Its answer, for exactly n feeds: FORMAT at "feed.call.rounds" for another
 * number; those of eth_abi_decode ("eth.abi.empty": no contract is there). */
FALLIBLE feed_call_read_rounds(
    struct span answer, struct feed_stored *rounds, size_t n, struct fault *f);

/* ---- refusals ------------------------------------------------------------ */

#define FEED_REASON_SIZE 96
/*
 * Why a call was refused, in printable words: "NotNewer", "BreakerOpen", "an
 * unknown error 0x01020304", the text of a require. Returns out.
 */
char *feed_call_reason(struct span data, char out[FEED_REASON_SIZE]);
/* Somebody else was faster: no failure. */
bool feed_call_is_not_newer(struct span data);

#endif
