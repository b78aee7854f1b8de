/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results of the methods that answer objects. Members that are not used are
 * not looked at: every chain has its own. REMOTE at "rpc.result".
 */
#ifndef AFFIANT_RPC_PARSE_H
#define AFFIANT_RPC_PARSE_H

#include "chain/rpc/rpc_answer.h"

FALLIBLE rpc_parse_block(
    const struct json_node *v, struct rpc_block *out, struct fault *f);
/* The caller compares the hash. */
FALLIBLE rpc_parse_tx(
    const struct json_node *v, struct rpc_tx *out, struct fault *f);
FALLIBLE rpc_parse_receipt(
    const struct json_node *v, struct rpc_receipt *out, struct fault *f);
FALLIBLE rpc_parse_fee_history(
    const struct json_node *v, struct rpc_fee_history *out, struct fault *f);

#endif
