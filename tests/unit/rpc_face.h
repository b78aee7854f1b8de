/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of the double: a request in, the answer's body out. */
#ifndef AFFIANT_TEST_RPC_FACE_H
#define AFFIANT_TEST_RPC_FACE_H

#include "tests/unit/rpc_double.h"
#include "verify/base/json.h"

struct rpc_face_ask {
	struct rpc_world *world;
	uint64_t lag;
	const char *method;
	const struct json_node *params;
	struct span id; /* as it stood */
	/* What is to go wrong within the answer, or RPC_DOUBLE_MODES. */
	enum rpc_double_mode mode;
	uint64_t value;
};
/* Writes a whole JSON-RPC answer. */
void rpc_face_answer(const struct rpc_face_ask *ask, struct wr *out);

#endif
