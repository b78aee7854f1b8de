/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as bytes: what is taken, and each form that is refused. */
#include "chain/rpc/rpc_parse.h"

#include "tests/unit/check.h"

#define HASH \
	"0x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define ADDR "0x82fc9472bccc07ce4d121f464cd00ac8be2b3d50"
#define ANSWER(result) "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":" result "}"
#define ERROR(error) "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":" error "}"

/* ---- envelopes ---------------------------------------------------------- */

static const char *const bad_envelopes[] = {
	"",
	"<html>",
	"null",
	"[]",
	"[" ANSWER("1") "]",
	"{}",
	ANSWER("1") ANSWER("1"),
	ANSWER("1") "x",
	"{\"jsonrpc\":\"2.0\",\"id\":7}",
	"{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1,\"error\":{\"code\":1}}",
	"{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1,\"result\":1}",
	"{\"jsonrpc\":\"2.0\",\"id\":8,\"result\":1}",
	"{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"result\":1}",
	"{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":1}",
	"{\"jsonrpc\":\"2.0\",\"id\":7.0,\"result\":1}",
	"{\"jsonrpc\":\"2.0\",\"result\":1}",
	"{\"jsonrpc\":\"1.0\",\"id\":7,\"result\":1}",
	"{\"jsonrpc\":2.0,\"id\":7,\"result\":1}",
	"{\"id\":7,\"result\":1}",
	ERROR("null"),
	ERROR("\"no\""),
};

static void envelope__is_one_answer_to_this_request(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_envelopes); i++) {
		struct rpc_answer a = { 0 };
		struct fault f = FAULT_INIT;

		if (rpc_answer_parse(span_text(bad_envelopes[i]), 7, &a, &f))
			fail_msg("taken: %s", bad_envelopes[i]);
		assert_fault(f, FAULT_REMOTE, "rpc.answer");
		assert_null(a.doc);
	}
}

static void envelope__may_have_other_members(void **state)
{
	(void)state;
	AUTO(rpc_answer_drop) struct rpc_answer a = { 0 };
	struct fault f = FAULT_INIT;
	const struct json_node *v;

	assert_ok(rpc_answer_parse(span_text("{\"meta\":{},\"jsonrpc\":\"2.0\","
					     "\"result\":null,\"id\":7}"),
		      7, &a, &f),
	    f);
	assert_ok(rpc_answer_result(&a, &v, &f), f);
	assert_true(rpc_answer_is_null(v));
}

/* ---- errors ------------------------------------------------------------- */

static const struct {
	const char *text, *at;
	bool trouble, revert;
	const char *data; /* of a revert, or NULL for a fault */
} errors[] = {
	{ ERROR("{}"), "rpc.error", false, false, "" },
	{ ERROR("{\"code\":-32005,\"message\":\"slow down\"}"), "rpc.limit",
	    true, false, "" },
	{ ERROR("{\"code\":-32603,\"message\":\"oops\"}"), "rpc.error", true,
	    false, "" },
	{ ERROR("{\"code\":-32601,\"message\":\"no such\"}"), "rpc.error", true,
	    false, "" },
	{ ERROR("{\"code\":-32603,\"message\":\"VM Exception: reverted\"}"),
	    "rpc.error", false, true, "" },
	{ ERROR("{\"code\":-32000,\"message\":\"Insufficient funds for x\"}"),
	    "rpc.funds", false, false, "" },
	{ ERROR("{\"code\":3,\"message\":\"x\",\"data\":\"0xabcd\"}"),
	    "rpc.error", false, true, "\xab\xcd" },
	{ ERROR("{\"code\":3,\"data\":{\"data\":\"0xabcd\"}}"), "rpc.error",
	    false, true, "\xab\xcd" },
	{ ERROR("{\"code\":3,\"data\":\"Reverted 0xabcd\"}"), "rpc.error",
	    false, true, "\xab\xcd" },
	{ ERROR("{\"code\":3,\"data\":\"0x\"}"), "rpc.error", false, true, "" },
	{ ERROR("{\"code\":3,\"data\":\"0xabc\"}"), "rpc.error", false, true,
	    "" },
	{ ERROR("{\"code\":3,\"data\":[1]}"), "rpc.error", false, true, "" },
	{ ERROR("{\"code\":3,\"data\":\"0xzz\"}"), "rpc.error", false, true,
	    NULL },
	{ ERROR("{\"code\":\"3\",\"message\":7}"), "rpc.error", false, false,
	    "" },
	{ ERROR("{\"code\":99999999999999999999}"), "rpc.error", false, false,
	    "" },
};

static void errors__are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++) {
		AUTO(rpc_answer_drop) struct rpc_answer a = { 0 };
		AUTO(blob_drop) struct blob data = { 0 };
		const struct json_node *v;
		struct fault f = FAULT_INIT;

		assert_ok(
		    rpc_answer_parse(span_text(errors[i].text), 7, &a, &f), f);
		assert_int_equal(rpc_answer_is_trouble(&a), errors[i].trouble);
		assert_int_equal(rpc_answer_is_revert(&a), errors[i].revert);
		assert_refused(rpc_answer_result(&a, &v, &f), f, FAULT_REMOTE,
		    errors[i].at);
		if (errors[i].data == NULL) {
			assert_refused(rpc_answer_revert_data(&a, &data, &f), f,
			    FAULT_REMOTE, "rpc.result");
			continue;
		}
		assert_ok(rpc_answer_revert_data(&a, &data, &f), f);
		assert_span_text(blob_span(&data), errors[i].data);
	}
}

/* A node's own words stay out of faults: they may hold anything. */
static void errors__are_not_repeated(void **state)
{
	(void)state;
	AUTO(rpc_answer_drop) struct rpc_answer a = { 0 };
	const struct json_node *v;
	struct fault f = FAULT_INIT;

	assert_ok(rpc_answer_parse(
		      span_text(ERROR("{\"code\":-32000,"
				      "\"message\":\"key se-cr-et expired\"}")),
		      7, &a, &f),
	    f);
	assert_false(rpc_answer_result(&a, &v, &f));
	assert_null(strstr(f.text, "se-cr-et"));
	assert_non_null(strstr(f.text, "-32000"));
}

/* ---- results ------------------------------------------------------------ */

union result {
	uint64_t u64;
	struct u256 u256;
	struct keccak256 hash;
	struct eth_addr addr;
	struct blob bytes;
	struct rpc_block block;
	struct rpc_tx tx;
	struct rpc_receipt receipt;
	struct rpc_fee_history fees;
};

static bool as_u64(const struct json_node *v, union result *r, struct fault *f)
{
	return rpc_answer_u64(v, "x", &r->u64, f);
}
static bool as_u256(const struct json_node *v, union result *r, struct fault *f)
{
	return rpc_answer_u256(v, "x", &r->u256, f);
}
static bool as_hash(const struct json_node *v, union result *r, struct fault *f)
{
	return rpc_answer_hash(v, "x", &r->hash, f);
}
static bool as_addr(const struct json_node *v, union result *r, struct fault *f)
{
	return rpc_answer_addr(v, "x", &r->addr, f);
}
static bool as_bytes(
    const struct json_node *v, union result *r, struct fault *f)
{
	bool ok = rpc_answer_bytes(v, "x", &r->bytes, f);

	if (ok)
		blob_drop(&r->bytes);
	return ok;
}
static bool as_block(
    const struct json_node *v, union result *r, struct fault *f)
{
	return rpc_parse_block(v, &r->block, f);
}
static bool as_tx(const struct json_node *v, union result *r, struct fault *f)
{
	return rpc_parse_tx(v, &r->tx, f);
}
static bool as_receipt(
    const struct json_node *v, union result *r, struct fault *f)
{
	bool ok = rpc_parse_receipt(v, &r->receipt, f);

	if (ok)
		rpc_receipt_drop(&r->receipt);
	return ok;
}
static bool as_fees(const struct json_node *v, union result *r, struct fault *f)
{
	return rpc_parse_fee_history(v, &r->fees, f);
}

#define BLOCK(number, hash, base)                                         \
	"{\"number\":" number ",\"hash\":" hash ",\"parentHash\":\"" HASH \
	"\",\"timestamp\":\"0x1\",\"gasLimit\":\"0x2\","                  \
	"\"gasUsed\":\"0x1\"" base ",\"other\":[]}"
#define TX(from, block) \
	"{\"hash\":\"" HASH "\",\"from\":" from ",\"nonce\":\"0x1\"" block "}"
#define RECEIPT(status, price, logs)                              \
	"{\"transactionHash\":\"" HASH "\",\"blockHash\":\"" HASH \
	"\",\"blockNumber\":\"0x1\",\"status\":" status           \
	",\"gasUsed\":\"0x5208\"" price ",\"logs\":" logs "}"
#define PRICE ",\"effectiveGasPrice\":\"0x1\""
#define LOG(topics, data, more)                                                \
	"[{\"address\":\"" ADDR "\",\"topics\":" topics ",\"data\":" data more \
	"}]"
#define FEES(base, reward) "{\"baseFeePerGas\":" base ",\"reward\":" reward "}"

static const struct {
	bool (*as)(const struct json_node *v, union result *r, struct fault *f);
	const char *text;
	const char *about; /* NULL: taken */
} results[] = {
	{ as_u64, "\"0x0\"", NULL },
	{ as_u64, "\"0xffffffffffffffff\"", NULL },
	{ as_u64, "\"0x10000000000000000\"", "64 bits" },
	{ as_u64, "\"0x\"", "no quantity" },
	{ as_u64, "\"0x00\"", "no quantity" },
	{ as_u64, "\"0x01\"", "no quantity" },
	{ as_u64, "\"1\"", "no quantity" },
	{ as_u64, "\"0X1\"", "no quantity" },
	{ as_u64, "\"-0x1\"", "no quantity" },
	{ as_u64, "\"0x1 \"", "no quantity" },
	{ as_u64, "1", "no quantity" },
	{ as_u64, "null", "no quantity" },
	{ as_u64, "{}", "no quantity" },
	{ as_u256,
	    "\"0x"
	    "ffffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffffff\"",
	    NULL },
	{ as_u256,
	    "\"0x1"
	    "ffffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffffff\"",
	    "no quantity" },
	{ as_hash, "\"" HASH "\"", NULL },
	{ as_hash, "\"" HASH "00\"", "no 32 bytes" },
	{ as_hash, "\"0x00\"", "no 32 bytes" },
	{ as_hash, "null", "no 32 bytes" },
	{ as_addr, "\"" ADDR "\"", NULL },
	{ as_addr, "\"" HASH "\"", "no address" },
	{ as_addr, "\"82fc9472bccc07ce4d121f464cd00ac8be2b3d50\"",
	    "no address" },
	{ as_bytes, "\"0x\"", NULL },
	{ as_bytes, "\"0xAbcd\"", NULL },
	{ as_bytes, "\"0xabc\"", "no even" },
	{ as_bytes, "\"abcd\"", "no hexadecimal" },
	{ as_bytes, "\"0xzz\"", "no hexadecimal" },
	{ as_bytes, "\"\"", "no even" },
	{ as_bytes, "null", "no even" },

	{ as_block, BLOCK("\"0x1\"", "\"" HASH "\"", ""), NULL },
	{ as_block,
	    BLOCK("\"0x1\"", "\"" HASH "\"", ",\"baseFeePerGas\":\"0x7\""),
	    NULL },
	{ as_block, BLOCK("\"0x1\"", "\"" HASH "\"", ",\"baseFeePerGas\":null"),
	    NULL },
	{ as_block, BLOCK("\"0x1\"", "\"" HASH "\"", ",\"baseFeePerGas\":7"),
	    "baseFeePerGas" },
	/* A pending block, which is none yet. */
	{ as_block, BLOCK("null", "null", ""), "number" },
	{ as_block, BLOCK("\"0x1\"", "null", ""), "hash" },
	{ as_block, "[]", "no object" },
	{ as_block, "{}", "missing" },

	{ as_tx, TX("\"" ADDR "\"", ""), NULL },
	{ as_tx, TX("\"" ADDR "\"", ",\"blockNumber\":null,\"blockHash\":null"),
	    NULL },
	{ as_tx,
	    TX("\"" ADDR "\"",
		",\"blockNumber\":\"0x1\",\"blockHash\":\"" HASH "\""),
	    NULL },
	{ as_tx, TX("\"" ADDR "\"", ",\"blockNumber\":\"0x1\""), "contradict" },
	{ as_tx, TX("\"" ADDR "\"", ",\"blockHash\":\"" HASH "\""),
	    "contradict" },
	{ as_tx, TX("null", ""), "from" },
	{ as_tx, "7", "no object" },

	{ as_receipt, RECEIPT("\"0x1\"", PRICE, "[]"), NULL },
	{ as_receipt, RECEIPT("\"0x0\"", PRICE, "[]"), NULL },
	{ as_receipt, RECEIPT("\"0x1\"", PRICE ",\"l1Fee\":\"0x9\"", "[]"),
	    NULL },
	{ as_receipt, RECEIPT("\"0x1\"", PRICE ",\"l1Fee\":9", "[]"), "l1Fee" },
	{ as_receipt, RECEIPT("\"0x2\"", PRICE, "[]"), "neither" },
	{ as_receipt, RECEIPT("null", PRICE, "[]"), "status" },
	{ as_receipt, RECEIPT("\"0x1\"", "", "[]"), "effectiveGasPrice" },
	{ as_receipt, RECEIPT("\"0x1\"", PRICE, "null"), "no array" },
	{ as_receipt,
	    RECEIPT("\"0x1\"", PRICE,
		LOG("[\"" HASH "\",\"" HASH "\"]", "\"0xabcd\"",
		    ",\"removed\":false")),
	    NULL },
	{ as_receipt,
	    RECEIPT("\"0x1\"", PRICE, LOG("[]", "\"0x\"", ",\"removed\":true")),
	    "removed" },
	{ as_receipt, RECEIPT("\"0x1\"", PRICE, LOG("[1]", "\"0x\"", "")),
	    "topic" },
	{ as_receipt,
	    RECEIPT("\"0x1\"", PRICE,
		LOG("[\"" HASH "\",\"" HASH "\",\"" HASH "\",\"" HASH
		    "\",\"" HASH "\"]",
		    "\"0x\"", "")),
	    "more than 4" },
	{ as_receipt, RECEIPT("\"0x1\"", PRICE, LOG("[]", "\"0x1\"", "")),
	    "no even" },
	{ as_receipt, RECEIPT("\"0x1\"", PRICE, LOG("[]", "\"0xzz\"", "")),
	    "no hexadecimal" },
	{ as_receipt, RECEIPT("\"0x1\"", PRICE, "[1]"), "no object" },

	{ as_fees, FEES("[\"0x5\",\"0x6\"]", "[[\"0x1\"]]"), NULL },
	{ as_fees, FEES("null", "[[\"0x1\"]]"), NULL },
	{ as_fees, FEES("[\"0x5\"]", "[[\"0x1\"]]"), "another length" },
	{ as_fees, FEES("[\"0x5\",7]", "[[\"0x1\"]]"), "baseFeePerGas" },
	{ as_fees, FEES("[\"0x5\"]", "[]"), "no block" },
	{ as_fees, FEES("[\"0x5\"]", "null"), "no array" },
	{ as_fees, FEES("[\"0x5\",\"0x6\"]", "[\"0x1\"]"), "no array" },
	{ as_fees, FEES("[\"0x5\",\"0x6\"]", "[[]]"), "missing" },
	{ as_fees, FEES("[\"0x5\",\"0x6\"]", "[[\"0x1\",\"0x2\"]]"),
	    "more than 1" },
	{ as_fees,
	    FEES("[]",
		"[[\"0x1\"],[\"0x1\"],[\"0x1\"],[\"0x1\"],[\"0x1\"],"
		"[\"0x1\"],[\"0x1\"],[\"0x1\"],[\"0x1\"],[\"0x1\"],"
		"[\"0x1\"],[\"0x1\"],[\"0x1\"],[\"0x1\"],[\"0x1\"],"
		"[\"0x1\"],[\"0x1\"],[\"0x1\"],[\"0x1\"],[\"0x1\"],"
		"[\"0x1\"]]"),
	    "more than 20" },
};

static void results__have_one_form_each(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(results); i++) {
		AUTO(json_drop) struct json *doc = NULL;
		union result r = { 0 };
		struct fault f = FAULT_INIT;

		assert_ok(json_parse(span_text(results[i].text),
			      &json_limits_default, "t", &doc, &f),
		    f);
		bool ok = results[i].as(json_root(doc), &r, &f);
		if (ok != (results[i].about == NULL))
			fail_msg(
			    "%s: %s", results[i].text, ok ? "taken" : f.text);
		if (ok)
			continue;
		if (strstr(f.text, results[i].about) == NULL)
			fail_msg("%s: %s", results[i].text, f.text);
		assert_fault(f, FAULT_REMOTE, "rpc.result");
	}
}

static void receipt__keeps_logs_in_order(void **state)
{
	(void)state;
	AUTO(json_drop) struct json *doc = NULL;
	AUTO(rpc_receipt_drop) struct rpc_receipt r = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(
	    json_parse(span_text(RECEIPT("\"0x1\"", PRICE,
			   "[{\"address\":\"" ADDR "\",\"topics\":[\"" HASH
			   "\"],\"data\":\"0x01\"},{\"address\":\"" ADDR
			   "\",\"topics\":[],\"data\":\"0x\"},"
			   "{\"address\":\"" ADDR
			   "\",\"topics\":[],\"data\":\"0x0203\"}]")),
		&json_limits_default, "t", &doc, &f),
	    f);
	assert_ok(rpc_parse_receipt(json_root(doc), &r, &f), f);
	assert_int_equal(r.n_logs, 3);
	assert_int_equal(r.logs[0].n_topics, 1);
	assert_int_equal(r.logs[0].topics[0].b[1], 0x11);
	assert_int_equal(r.logs[0].data.n, 1);
	assert_int_equal(r.logs[1].data.n, 0);
	assert_int_equal(r.logs[2].data.p[1], 3);
	assert_int_equal(r.memory.n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(envelope__is_one_answer_to_this_request),
		cmocka_unit_test(envelope__may_have_other_members),
		cmocka_unit_test(errors__are_told_apart),
		cmocka_unit_test(errors__are_not_repeated),
		cmocka_unit_test(results__have_one_form_each),
		cmocka_unit_test(receipt__keeps_logs_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
