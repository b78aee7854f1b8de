/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/rpc_answer.h"

#include "chain/rpc/rpc_words.h"
#include "verify/base/text.h"

#include <string.h>

static const struct json_limits limits = {
	.max_bytes = LIMIT_RPC_BYTES,
	.max_depth = LIMIT_RPC_DEPTH,
	.max_values = LIMIT_RPC_VALUES,
};

void rpc_answer_drop(struct rpc_answer *a)
{
	json_free(a->doc);
	*a = (struct rpc_answer){ 0 };
}

/* ---- the envelope ------------------------------------------------------- */

/* -32000 and the like; 0 for what is no such number. */
static int64_t code_of(const struct json_node *v)
{
	uint64_t n = 0;

	if (v == NULL || json_kind_of(v) != JSON_NUMBER)
		return 0;
	const char *text = json_number(v);
	bool negative = text[0] == '-';
	if (!u64_parse(span_text(text + negative), &n, "rpc.answer", NULL) ||
	    n > INT32_MAX)
		return 0;
	return negative ? -(int64_t)n : (int64_t)n;
}

static FALLIBLE read_error(
    const struct json_node *error, struct rpc_answer *a, struct fault *f)
{
	const struct json_node *message = json_find(error, "message");

	if (json_kind_of(error) != JSON_OBJECT)
		return fault_raise(
		    f, FAULT_REMOTE, "rpc.answer", "its error is no object");
	a->code = code_of(json_find(error, "code"));
	a->data = json_find(error, "data");
	if (message != NULL)
		a->message = span_text(json_text(message));
	return true;
}

static FALLIBLE read_envelope(
    uint64_t id, struct rpc_answer *a, struct fault *f)
{
	const struct json_node *root = json_root(a->doc);
	const struct json_node *version = json_find(root, "jsonrpc");
	const struct json_node *number = json_find(root, "id");
	const struct json_node *error = json_find(root, "error");
	uint64_t got;

	a->result = json_find(root, "result");
	if (version == NULL || strcmp(json_text(version), "2.0") != 0)
		return fault_raise(f, FAULT_REMOTE, "rpc.answer",
		    "it is no JSON-RPC 2.0 answer");
	if (number == NULL || json_kind_of(number) != JSON_NUMBER ||
	    !json_u64(number, UINT64_MAX, &got, "rpc.answer", NULL) ||
	    got != id)
		return fault_raise(f, FAULT_REMOTE, "rpc.answer",
		    "it answers another request");
	if ((a->result == NULL) == (error == NULL))
		return fault_raise(f, FAULT_REMOTE, "rpc.answer",
		    "want either a result or an error");
	return error == NULL || read_error(error, a, f);
}

FALLIBLE rpc_answer_parse(
    struct span body, uint64_t id, struct rpc_answer *out, struct fault *f)
{
	AUTO(rpc_answer_drop) struct rpc_answer a = { 0 };
	struct fault why = FAULT_INIT;

	if (!json_parse(body, &limits, "rpc.answer", &a.doc, &why))
		return fault_raise(f, FAULT_REMOTE, "rpc.answer",
		    "the answer is no JSON that can be read: %s", why.text);
	TRY(read_envelope(id, &a, f));
	*out = a;
	a = (struct rpc_answer){ 0 };
	return true;
}

/* ---- errors ------------------------------------------------------------- */

#define CODE_REVERT 3
#define CODE_UNAVAILABLE (-32002)
#define CODE_LIMIT (-32005)
#define CODE_NO_METHOD (-32601)
#define CODE_INTERNAL (-32603)

bool rpc_answer_is_revert(const struct rpc_answer *a)
{
	return a->result == NULL &&
	    (a->code == CODE_REVERT || rpc_words_has(a->message, "revert"));
}

bool rpc_answer_is_trouble(const struct rpc_answer *a)
{
	if (a->result != NULL || rpc_answer_is_revert(a))
		return false;
	return a->code == CODE_LIMIT || a->code == CODE_UNAVAILABLE ||
	    a->code == CODE_NO_METHOD || a->code == CODE_INTERNAL;
}

FALLIBLE rpc_answer_result(
    const struct rpc_answer *a, const struct json_node **out, struct fault *f)
{
	if (a->result != NULL) {
		*out = a->result;
		return true;
	}
	if (a->code == CODE_LIMIT)
		return fault_raise(f, FAULT_REMOTE, "rpc.limit",
		    "error %lld: asked too often", (long long)a->code);
	if (rpc_words_has(a->message, "insufficient funds"))
		return fault_raise(f, FAULT_REMOTE, "rpc.funds",
		    "the balance does not cover it");
	return fault_raise(f, FAULT_REMOTE, "rpc.error", "error %lld%s",
	    (long long)a->code,
	    rpc_answer_is_revert(a) ? ": the call reverts" : "");
}

/* Nodes differ: the bytes stand in data, or in an object within, or behind a
 * word. What has no such form is no data. */
FALLIBLE rpc_answer_revert_data(
    const struct rpc_answer *a, struct blob *out, struct fault *f)
{
	const struct json_node *v = a->data;
	static const char word[] = "Reverted ";

	if (v != NULL && json_kind_of(v) == JSON_OBJECT)
		v = json_find(v, "data");
	const char *text = v != NULL ? json_text(v) : "";
	if (strncmp(text, word, strlen(word)) == 0)
		text += strlen(word);
	if (strncmp(text, "0x", 2) != 0 || strlen(text) % 2 != 0 ||
	    strlen(text) == 2)
		return blob_copy((struct span){ 0 }, out, f);
	if (!hex_decode_blob(
		span_text(text + 2), LIMIT_RPC_BYTES, out, "rpc.result", NULL))
		return fault_raise(f, FAULT_REMOTE, "rpc.result",
		    "the reason of a revert is no hexadecimal");
	return true;
}

/* ---- atoms --------------------------------------------------------------- */

static bool raise_form(const struct json_node *v, const char *what,
    const char *want, struct fault *f)
{
	return fault_raise(f, FAULT_REMOTE, "rpc.result", "%s is %s", what,
	    v == NULL ? "missing" : want);
}

/* "" for what is no text: no atom has that form. */
static struct span text_of(const struct json_node *v)
{
	return span_text(v != NULL ? json_text(v) : "");
}

FALLIBLE rpc_answer_u256(const struct json_node *v, const char *what,
    struct u256 *out, struct fault *f)
{
	if (!u256_parse_quantity(text_of(v), out, "rpc.result", NULL))
		return raise_form(v, what, "no quantity", f);
	return true;
}

FALLIBLE rpc_answer_u64(
    const struct json_node *v, const char *what, uint64_t *out, struct fault *f)
{
	struct u256 wide;

	TRY(rpc_answer_u256(v, what, &wide, f));
	if (!u256_to_u64(&wide, out, NULL))
		return raise_form(v, what, "larger than 64 bits", f);
	return true;
}

FALLIBLE rpc_answer_hash(const struct json_node *v, const char *what,
    struct keccak256 *out, struct fault *f)
{
	if (!hex_decode_0x(
		text_of(v), out->b, sizeof(out->b), "rpc.result", NULL))
		return raise_form(v, what, "no 32 bytes", f);
	return true;
}

/* Without the checksum of mixed case: nobody has typed it. */
FALLIBLE rpc_answer_addr(const struct json_node *v, const char *what,
    struct eth_addr *out, struct fault *f)
{
	if (!hex_decode_0x(
		text_of(v), out->b, sizeof(out->b), "rpc.result", NULL))
		return raise_form(v, what, "no address", f);
	return true;
}

FALLIBLE rpc_answer_bytes_length(
    const struct json_node *v, const char *what, size_t *out, struct fault *f)
{
	struct span text = text_of(v);

	if (text.n < 2 || text.n % 2 != 0)
		return raise_form(v, what, "no even hexadecimal", f);
	*out = text.n / 2 - 1;
	return true;
}

FALLIBLE rpc_answer_bytes_into(const struct json_node *v, const char *what,
    uint8_t *out, size_t n, struct fault *f)
{
	if (!hex_decode_0x(text_of(v), out, n, "rpc.result", NULL))
		return raise_form(v, what, "no hexadecimal", f);
	return true;
}

FALLIBLE rpc_answer_bytes(const struct json_node *v, const char *what,
    struct blob *out, struct fault *f)
{
	struct span text = text_of(v);
	size_t n;

	TRY(rpc_answer_bytes_length(v, what, &n, f));
	AUTO(blob_drop) struct blob bytes = { 0 };
	TRY(blob_copy(span_of(text.p, n), &bytes, f));
	TRY(rpc_answer_bytes_into(v, what, bytes.p, n, f));
	*out = blob_move(&bytes);
	return true;
}

bool rpc_answer_is_null(const struct json_node *v)
{
	return v == NULL || json_kind_of(v) == JSON_NULL;
}
