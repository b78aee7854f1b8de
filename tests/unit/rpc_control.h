/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Methods mock_* of the double, for shell stories: the functions of
 * rpc_double.h over the same port. Parameters are texts and numbers:
 *
 *	mock_balance [ADDRESS, QUANTITY]   mock_baseFee [QUANTITY]
 *	mock_contract [ADDRESS]            mock_evict [HASH]
 *	mock_fail [FACE, METHOD or "", MODE, COUNT, VALUE]
 *	mock_heal []                       mock_lag [FACE, BLOCKS]
 *	mock_mine [BLOCKS]                 mock_mineEvery [MS]
 *	mock_reorg [DEPTH, KEEPS]          mock_repeated []
 *	mock_updates []
 *
 * mock_updates answers every update that a mined transaction stored, in the
 * order of the transactions; mock_repeated {"all":N,"repeated":N}.
 */
#ifndef AFFIANT_TEST_RPC_CONTROL_H
#define AFFIANT_TEST_RPC_CONTROL_H

#include "tests/unit/rpc_double.h"
#include "verify/base/json.h"

void rpc_control_answer(
    struct rpc_double *d, const struct json *request, struct wr *out);

#endif
