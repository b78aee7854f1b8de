/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The envelope of a JSON-RPC 2.0 answer, and the atoms inside: quantities,
 * hashes, addresses, bytes, each in the one form that the methods have.
 */
#ifndef AFFIANT_RPC_ANSWER_H
#define AFFIANT_RPC_ANSWER_H

#include "chain/rpc.h"
#include "verify/base/json.h"

struct rpc_answer {
	struct json *doc;               /* owns all below */
	const struct json_node *result; /* NULL: an error */
	int64_t code;
	struct span message;
	const struct json_node *data; /* of the error; may be NULL */
};
void rpc_answer_drop(struct rpc_answer *a);

/*
 * REMOTE at "rpc.answer" unless it is an object with jsonrpc "2.0", this id,
 * and exactly one of result and error. Other members are not looked at.
 */
FALLIBLE rpc_answer_parse(
    struct span body, uint64_t id, struct rpc_answer *out, struct fault *f);

/*
 * The result, or the fault that an error is: "rpc.limit", "rpc.funds" or
 * "rpc.error". The words of an error are the node's: they are classified and
 * not repeated.
 */
FALLIBLE rpc_answer_result(
    const struct rpc_answer *a, const struct json_node **out, struct fault *f);
/* The endpoint's own trouble (-32005, an internal error, a method that it
 * does not offer), and nothing that another one would have to say too. */
bool rpc_answer_is_trouble(const struct rpc_answer *a);
/* A call that ran and reverted. */
bool rpc_answer_is_revert(const struct rpc_answer *a);
/* What a revert brought along; empty when that is nothing. */
FALLIBLE rpc_answer_revert_data(
    const struct rpc_answer *a, struct blob *out, struct fault *f);

/* ---- atoms --------------------------------------------------------------- */

/*
 * REMOTE at "rpc.result"; `what` names the value in the text. v may be NULL:
 * then it is missing.
 */
FALLIBLE rpc_answer_u64(const struct json_node *v, const char *what,
    uint64_t *out, struct fault *f);
FALLIBLE rpc_answer_u256(const struct json_node *v, const char *what,
    struct u256 *out, struct fault *f);
FALLIBLE rpc_answer_hash(const struct json_node *v, const char *what,
    struct keccak256 *out, struct fault *f);
FALLIBLE rpc_answer_addr(const struct json_node *v, const char *what,
    struct eth_addr *out, struct fault *f);
/* Any number of bytes, none too. */
FALLIBLE rpc_answer_bytes(const struct json_node *v, const char *what,
    struct blob *out, struct fault *f);
/* Length of the same; the digits are not looked at. */
FALLIBLE rpc_answer_bytes_length(
    const struct json_node *v, const char *what, size_t *out, struct fault *f);
/* Into memory of that length. */
FALLIBLE rpc_answer_bytes_into(const struct json_node *v, const char *what,
    uint8_t *out, size_t n, struct fault *f);
/* Absent and null alike. */
bool rpc_answer_is_null(const struct json_node *v);

#endif
