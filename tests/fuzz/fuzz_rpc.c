/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An endpoint's answer, read as that of every method. A refusal blames the
 * endpoint; what is taken is within its bounds.
 */
#include "chain/rpc/rpc_parse.h"

#include "tests/fuzz/must.h"

static void must_blame(const struct fault *f, const char *at)
{
	MUST(f->kind == FAULT_REMOTE);
	MUST(strcmp(f->at, at) == 0);
	MUST(f->text[0] != '\0');
}

static void as_receipt(const struct json_node *v)
{
	AUTO(rpc_receipt_drop) struct rpc_receipt r = { 0 };
	struct fault f = FAULT_INIT;
	size_t sum = 0;

	if (!rpc_parse_receipt(v, &r, &f)) {
		must_blame(&f, "rpc.result");
		MUST(r.logs == NULL && r.memory.p == NULL);
		return;
	}
	MUST(r.n_logs <= LIMIT_RPC_LOGS);
	for (size_t i = 0; i < r.n_logs; i++) {
		MUST(r.logs[i].n_topics <= 4);
		MUST(r.logs[i].data.p == r.memory.p + sum);
		sum += r.logs[i].data.n;
	}
	MUST(sum == r.memory.n);
}

static void as_others(const struct json_node *v)
{
	struct fault f[6] = { FAULT_INIT, FAULT_INIT, FAULT_INIT, FAULT_INIT,
		FAULT_INIT, FAULT_INIT };
	AUTO(blob_drop) struct blob bytes = { 0 };
	struct rpc_fee_history fees;
	struct rpc_block block;
	struct rpc_tx tx;
	struct keccak256 hash;
	uint64_t u64;
	struct u256 u256;

	if (!rpc_parse_block(v, &block, &f[0]))
		must_blame(&f[0], "rpc.result");
	if (!rpc_parse_tx(v, &tx, &f[1]))
		must_blame(&f[1], "rpc.result");
	if (rpc_parse_fee_history(v, &fees, &f[2]))
		MUST(fees.n_blocks >= 1 && fees.n_blocks <= RPC_FEE_BLOCKS);
	else
		must_blame(&f[2], "rpc.result");
	if (!rpc_answer_bytes(v, "it", &bytes, &f[3]))
		must_blame(&f[3], "rpc.result");
	if (rpc_answer_u64(v, "it", &u64, &f[4])) {
		f[4] = FAULT_INIT;
		MUST(rpc_answer_u256(v, "it", &u256, &f[4]));
		MUST(u256.limb[0] == u64);
	} else {
		must_blame(&f[4], "rpc.result");
	}
	if (!rpc_answer_hash(v, "it", &hash, &f[5]))
		must_blame(&f[5], "rpc.result");
}

static void as_error(const struct rpc_answer *a)
{
	AUTO(blob_drop) struct blob data = { 0 };
	struct fault f = FAULT_INIT;

	MUST(!(rpc_answer_is_revert(a) && rpc_answer_is_trouble(a)));
	MUST(rpc_sent_name(rpc_sent_classify(a->code, a->message))[0] != '\0');
	if (!rpc_answer_revert_data(a, &data, &f))
		must_blame(&f, "rpc.result");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(rpc_answer_drop) struct rpc_answer a = { 0 };
	struct fault f = FAULT_INIT;
	const struct json_node *v;

	if (!rpc_answer_parse(span_of(data, size), 1, &a, &f)) {
		must_blame(&f, "rpc.answer");
		return 0;
	}
	if (!rpc_answer_result(&a, &v, &f)) {
		MUST(f.kind == FAULT_REMOTE);
		as_error(&a);
		return 0;
	}
	as_receipt(v);
	as_others(v);
	return 0;
}
