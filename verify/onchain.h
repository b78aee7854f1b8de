/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a chain holds of statements, turned back into what was signed: calldata
 * and events of chain/contracts. Bytes in, nothing believed: that a node told
 * the truth about its chain is not proved here. A signature is, and whether a
 * response is what was written.
 */
#ifndef AFFIANT_ONCHAIN_H
#define AFFIANT_ONCHAIN_H

#include "verify/evidence.h"

enum onchain_form {
	ONCHAIN_PUSH,   /* AffiantFeed.push */
	ONCHAIN_BATCH,  /* AffiantFeed.pushBatch */
	ONCHAIN_PACKED, /* the entry without a selector; AffiantQuorum too */
	ONCHAIN_PULL,   /* shown to a consumer, and not stored */
	ONCHAIN_EVENT   /* Updated, of whoever stores */
};

/* One statement as the chain has it. */
struct onchain_record {
	enum onchain_form form;
	/* Of an event round, config and decimals are not known, and zero. */
	struct eip712_statement message;
	/* All but events: as 65 bytes, not checked. */
	struct eth_sig signature;
	/* Events: Unix seconds of the block, and accepted updates so far. */
	uint64_t accepted_s, count;
};

struct onchain {
	struct onchain_record record[LIMIT_ONCHAIN_RECORDS];
	size_t n; /* at least one once something was read */
};

/* "push", "pushBatch", "packed", "pull", "event" */
const char *onchain_form_name(enum onchain_form form);

/*
 * Calldata of a transaction or call. Known are the entries of AffiantFeed,
 * AffiantQuorum, AffiantGateway and the registry; of any other function those
 * whose arguments begin with (Statement, bytes), as AffiantLib wants them.
 * Faults: UNSUPPORTED at "onchain.call" (nothing of ours), FORMAT at
 * "onchain.signature" (not 65 or 64 bytes for each) and "onchain.packed" (not
 * 191 bytes), LIMIT at "onchain.records" and FORMAT for none; those of
 * eth_abi_decode.
 */
FALLIBLE onchain_read_call(
    struct span calldata, struct onchain *out, struct fault *f);

/*
 * One entry of an event log, behind what `out` holds. UNSUPPORTED at "onchain.event" for another event;
 * FORMAT at "onchain.topics" and "onchain.data" (their number, their length)
 * and at "onchain.slot" (a slot that no contract of ours writes).
 */
FALLIBLE onchain_read_log(const struct keccak256 *topics, size_t n_topics,
    struct span data, struct onchain *out, struct fault *f);

/*
 * Text: hexadecimal calldata with 0x; or JSON: a transaction ("input"), an
 * entry of a log ("topics", "data"), an array of those, a receipt ("logs"), or
 * a node's answer with one of these as "result". Other contracts' events are
 * passed over. Also UNSUPPORTED at "onchain.text" for none of these, FORMAT at
 * "onchain.hex" and "onchain.removed" (a reorganisation took it back).
 */
FALLIBLE onchain_read_text(
    struct span text, struct onchain *out, struct fault *f);

/* Who signed; not of events. CRYPTO and FORMAT as eth_sig_recover. */
FALLIBLE onchain_recover(
    const struct onchain_record *r, struct eth_addr *out, struct fault *f);

/* ---- against a response --------------------------------------------------- */

/* In the order in which a difference is named. */
enum onchain_member {
	ONCHAIN_FEED = 1 << 0,
	ONCHAIN_VALUE = 1 << 1,
	ONCHAIN_DECIMALS = 1 << 2,
	ONCHAIN_TIMESTAMP = 1 << 3,
	ONCHAIN_ROUND = 1 << 4,
	ONCHAIN_CONFIG = 1 << 5,
	ONCHAIN_STATEMENT = 1 << 6,
	ONCHAIN_SIGNER = 1 << 7
};
struct onchain_member_row {
	enum onchain_member member;
	const char *at;   /* "onchain.feed" */
	const char *name; /* "feed" */
};
extern const struct onchain_member_row onchain_members[];
extern const size_t n_onchain_members;

/* What a response says of itself, from the bytes of its statement alone. */
struct onchain_wanted {
	struct eip712_statement message;
	struct eth_addr signer;
};
/*
 * Nothing is judged. Faults of response_decode and statement_decode;
 * UNSUPPORTED at "onchain.kind" for kinds without a number.
 */
FALLIBLE onchain_want(
    struct span response, struct onchain_wanted *out, struct fault *f);
/*
 * Members that differ, enum onchain_member; what a record does not have does
 * not differ. `signer` is who signed it, NULL for an event.
 */
unsigned onchain_differs(const struct onchain_record *r,
    const struct eth_addr *signer, const struct onchain_wanted *want);

#endif
