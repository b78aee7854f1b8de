/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract ABI against every case of evm/abi.json. Values of the file are
 * built after the parsed type; what was encoded is decoded and compared again.
 */
#include "chain/eth_abi.h"

#include "tests/unit/check.h"
#include "tests/unit/evm.h"
#include "verify/base/text.h"

#define MAX_VALUES 4096
#define MAX_BLOBS 256

/* What the values of one case are made of. */
static struct {
	struct eth_value value[MAX_VALUES];
	size_t n_values;
	uint8_t word[MAX_VALUES][ETH_WORD];
	size_t n_words;
	struct blob blob[MAX_BLOBS];
	size_t n_blobs;
} pool;

static void empty_pool(void)
{
	while (pool.n_blobs > 0)
		blob_drop(&pool.blob[--pool.n_blobs]);
	pool.n_values = 0;
	pool.n_words = 0;
}

static struct eth_value *new_values(size_t n)
{
	struct eth_value *v = &pool.value[pool.n_values];

	assert_true(n <= MAX_VALUES - pool.n_values);
	pool.n_values += n;
	memset(v, 0, n * sizeof(*v));
	return v;
}

static uint8_t *new_word(void)
{
	assert_true(pool.n_words < MAX_VALUES);
	memset(pool.word[pool.n_words], 0, ETH_WORD);
	return pool.word[pool.n_words++];
}

static struct span new_bytes(const struct json_node *v)
{
	assert_true(pool.n_blobs < MAX_BLOBS);
	pool.blob[pool.n_blobs] = evm_blob_of(v);
	return blob_span(&pool.blob[pool.n_blobs++]);
}

/* ---- values of the file ------------------------------------------------- */

/* Whether the integer has a word at all; what it has then is the code's. */
static bool number_of(const struct json_node *v, uint8_t word[ETH_WORD])
{
	const char *text =
	    json_kind_of(v) == JSON_TEXT ? json_text(v) : json_number(v);
	struct fault f = FAULT_INIT;
	struct u256 magnitude;

	if (!u256_parse(
		span_text(text + (text[0] == '-')), &magnitude, "test", &f))
		return false;
	evm_word(v, word);
	return text[0] != '-' || (word[0] & 0x80) != 0 ||
	    span_is_zero(span_of(word, ETH_WORD));
}

static bool word_of(const struct eth_atom *atom, const struct json_node *v,
    struct eth_value *out)
{
	struct fault f = FAULT_INIT;
	uint8_t *word = new_word();
	struct eth_addr a;
	struct span bytes;

	out->bytes = span_of(word, ETH_WORD);
	switch (atom->form) {
	case ETH_ATOM_BOOL:
		assert_int_equal(json_kind_of(v), JSON_BOOL);
		word[ETH_WORD - 1] = json_bool(v);
		return true;
	case ETH_ATOM_ADDRESS:
		if (!eth_addr_parse(span_text(json_text(v)), &a, &f))
			return false;
		memcpy(word + ETH_WORD - sizeof(a.b), a.b, sizeof(a.b));
		return true;
	case ETH_ATOM_UINT:
	case ETH_ATOM_INT:
		return number_of(v, word);
	case ETH_ATOM_FIXED:
		bytes = new_bytes(v);
		if (bytes.n != atom->size)
			return false;
		memcpy(word, bytes.p, bytes.n);
		return true;
	case ETH_ATOM_BYTES:
		out->bytes = new_bytes(v);
		return true;
	case ETH_ATOM_STRING:
		assert_int_equal(json_kind_of(v), JSON_TEXT);
		out->bytes = span_text(json_text(v));
		return true;
	}
	return false;
}

static bool value_of(const struct eth_abi_node *node, const struct json_node *v,
    struct eth_value *out)
{
	const struct eth_abi_node *part = node + 1;
	struct eth_value *items;
	size_t i = 0;

	if (node->form == ETH_ABI_WORD || node->form == ETH_ABI_CONTENT)
		return word_of(&node->atom, v, out);
	assert_int_equal(json_kind_of(v), JSON_ARRAY);
	items = new_values(json_count(v));
	*out = (struct eth_value){ .items = items, .n_items = json_count(v) };
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e), i++) {
		if (node->form == ETH_ABI_TUPLE && i >= node->n_items)
			return false;
		if (!value_of(part, e, &items[i]))
			return false;
		if (node->form == ETH_ABI_TUPLE)
			part += part->n_nodes;
	}
	return true;
}

/* The arguments of a case: "types" or "signature", and "values". */
struct args {
	struct eth_abi abi;
	struct eth_value all; /* the tuple of them */
};

static bool types_of(
    const struct json_node *c, struct eth_abi *out, struct fault *f)
{
	struct fault wf = FAULT_INIT;
	struct wr w = wr_grow(1u << 16, "test", &wf);
	AUTO(blob_drop) struct blob text = { 0 };
	const char *comma = "";

	if (evm_has(c, "signature"))
		return eth_abi_parse_signature(
		    span_text(evm_text(c, "signature")), NULL, out, f);
	wr_text(&w, "(");
	for (const struct json_node *t = json_first(evm_get(c, "types"));
	     t != NULL; t = json_next(t)) {
		wr_text(&w, comma);
		wr_text(&w, json_text(t));
		comma = ",";
	}
	wr_text(&w, ")");
	assert_ok(wr_done(&w, &text), wf);
	return eth_abi_parse(blob_span(&text), out, f);
}

static bool args_of(
    const struct json_node *c, struct args *out, struct fault *f)
{
	return types_of(c, &out->abi, f) &&
	    value_of(&out->abi.node[0], evm_get(c, "values"), &out->all);
}

/* ---- what was decoded --------------------------------------------------- */

static void assert_same(const struct json_node *c, const struct eth_value *want,
    const struct eth_abi_view *got)
{
	if (got->node->form == ETH_ABI_WORD ||
	    got->node->form == ETH_ABI_CONTENT) {
		EVM_TRUE(c, span_equal(want->bytes, got->bytes));
		return;
	}
	EVM_TRUE(c, want->n_items == got->n_items);
	for (size_t i = 0; i < want->n_items; i++) {
		const struct eth_abi_view item = eth_abi_item(got, i);

		EVM_TRUE(c, item.node != NULL);
		assert_same(c, &want->items[i], &item);
	}
	EVM_TRUE(c, eth_abi_item(got, want->n_items).node == NULL);
}

/* What was encoded decodes to the same; cut anywhere it is refused, except
 * within the padding of a last string, and any flipped bit does no harm. */
static void assert_decodes(
    const struct json_node *c, struct args *args, struct span encoded)
{
	AUTO(blob_drop) struct blob copy = { 0 };
	struct fault f = FAULT_INIT;
	struct eth_abi_view got;
	const size_t slack = args->abi.node[0].is_dynamic ? ETH_WORD - 1 : 0;

	if (!eth_abi_decode(&args->abi, encoded, &got, &f))
		fail_msg("%s: %s: %s", evm_id(c), f.at, f.text);
	assert_same(c, &args->all, &got);
	for (size_t n = 0; n + slack < encoded.n; n++) {
		/* A copy of its own, so that reading on would be noticed. */
		AUTO(blob_drop) struct blob cut = { 0 };

		assert_ok(blob_copy(span_of(encoded.p, n), &cut, &f), f);
		EVM_TRUE(
		    c, !eth_abi_decode(&args->abi, blob_span(&cut), &got, &f));
		fault_clear(&f);
	}
	assert_ok(blob_copy(encoded, &copy, &f), f);
	for (size_t bit = 0; bit < 8 * copy.n; bit++) {
		copy.p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		if (!eth_abi_decode(&args->abi, blob_span(&copy), &got, &f))
			EVM_TRUE(c,
			    f.kind == FAULT_FORMAT &&
				strncmp(f.at, "eth.abi.", 8) == 0 &&
				f.offset <= copy.n);
		fault_clear(&f);
		copy.p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
}

/* ---- one function for each op ------------------------------------------- */

typedef bool encoder(const struct json_node *c, const struct args *args,
    struct wr *w, struct fault *f);

static bool encode(const struct json_node *c, const struct args *args,
    struct wr *w, struct fault *f)
{
	(void)c;
	return eth_abi_encode(
	    &args->abi, args->all.items, args->all.n_items, w, f);
}

static bool encode_call(const struct json_node *c, const struct args *args,
    struct wr *w, struct fault *f)
{
	return eth_abi_encode_call(span_text(evm_text(c, "signature")),
	    args->all.items, args->all.n_items, w, f);
}

static bool encode_packed(const struct json_node *c, const struct args *args,
    struct wr *w, struct fault *f)
{
	(void)c;
	return eth_abi_encode_packed(
	    &args->abi, args->all.items, args->all.n_items, w, f);
}

/* The bytes of the case, and `member` spells them; nothing when it is one
 * that must be refused. */
static struct blob encoded_by(encoder *with, const struct json_node *c,
    struct args *args, const char *member)
{
	struct fault f = FAULT_INIT, wf = FAULT_INIT;
	struct wr w = wr_grow(1u << 20, "test", &wf);
	struct blob out = { 0 };
	const bool ok = args_of(c, args, &f) && with(c, args, &w, &f);

	if (evm_is_negative(c)) {
		EVM_TRUE(c, !ok && w.n == 0);
		wr_drop(&w);
		return out;
	}
	if (!ok)
		fail_msg("%s: %s: %s", evm_id(c), f.at, f.text);
	assert_ok(wr_done(&w, &out), wf);
	EVM_TRUE(c, evm_equals(c, member, blob_span(&out)));
	return out;
}

static void check_encode(const struct json_node *c)
{
	struct args args;
	AUTO(blob_drop)
	struct blob got = encoded_by(encode, c, &args, "encoded");

	if (!evm_is_negative(c))
		assert_decodes(c, &args, blob_span(&got));
}

static void check_calldata(const struct json_node *c)
{
	struct args args;
	AUTO(blob_drop)
	struct blob got = encoded_by(encode_call, c, &args, "calldata");
	const struct span signature = span_text(evm_text(c, "signature"));
	struct fault f = FAULT_INIT;
	struct eth_abi_view view;

	if (evm_is_negative(c))
		return;
	assert_decodes(c, &args, span_of(got.p + 4, got.n - 4));
	EVM_TRUE(c,
	    eth_abi_decode_call(
		signature, blob_span(&got), &args.abi, &view, &f));
	assert_same(c, &args.all, &view);
	got.p[3] ^= 1;
	assert_refused(eth_abi_decode_call(
			   signature, blob_span(&got), &args.abi, &view, &f),
	    f, FAULT_FORMAT, "eth.abi.selector");
}

static void check_packed(const struct json_node *c)
{
	struct args args;
	AUTO(blob_drop)
	struct blob got = encoded_by(encode_packed, c, &args, "packed");
	const struct keccak256 hash = keccak256_of(blob_span(&got));

	if (!evm_is_negative(c))
		EVM_TRUE(c,
		    evm_equals(
			c, "keccak256", span_of(hash.b, sizeof(hash.b))));
}

static void check_selector(const struct json_node *c)
{
	struct fault f = FAULT_INIT;
	uint8_t got[4];
	const bool ok =
	    eth_abi_selector(span_text(evm_text(c, "signature")), got, &f);

	EVM_TRUE(c, ok != evm_is_negative(c));
	if (ok)
		EVM_TRUE(
		    c, evm_equals(c, "selector", span_of(got, sizeof(got))));
}

static void check_topic(const struct json_node *c)
{
	struct fault f = FAULT_INIT;
	struct keccak256 got;
	const bool ok =
	    eth_abi_topic(span_text(evm_text(c, "signature")), &got, &f);

	EVM_TRUE(c, ok != evm_is_negative(c));
	if (ok)
		EVM_TRUE(
		    c, evm_equals(c, "topic0", span_of(got.b, sizeof(got.b))));
}

static void check_decode(const struct json_node *c)
{
	AUTO(blob_drop) struct blob in = evm_blob(c, "encoded");
	struct fault f = FAULT_INIT;
	struct args args;
	struct eth_abi_view got;

	assert_ok(types_of(c, &args.abi, &f), f);
	if (evm_is_negative(c)) {
		EVM_TRUE(
		    c, !eth_abi_decode(&args.abi, blob_span(&in), &got, &f));
		EVM_TRUE(c, f.kind == FAULT_FORMAT);
		EVM_TRUE(
		    c, (in.n == 0) == (strcmp(f.at, "eth.abi.empty") == 0));
		return;
	}
	if (!eth_abi_decode(&args.abi, blob_span(&in), &got, &f))
		fail_msg("%s: %s: %s", evm_id(c), f.at, f.text);
	EVM_TRUE(c, args_of(c, &args, &f));
	assert_same(c, &args.all, &got);
}

static void check_revert(const struct json_node *c)
{
	AUTO(blob_drop) struct blob data = evm_blob(c, "data");
	struct fault f = FAULT_INIT;
	struct eth_revert got;
	char text[U256_TEXT_SIZE];

	if (evm_is_negative(c)) {
		EVM_TRUE(c, !eth_revert_decode(blob_span(&data), &got, &f));
		return;
	}
	if (!eth_revert_decode(blob_span(&data), &got, &f))
		fail_msg("%s: %s: %s", evm_id(c), f.at, f.text);
	if (evm_has(c, "reason_text")) {
		EVM_TRUE(c, got.kind == ETH_REVERT_ERROR);
		EVM_TRUE(
		    c, span_equal_text(got.text, evm_text(c, "reason_text")));
	} else if (evm_has(c, "panic_code")) {
		EVM_TRUE(c, got.kind == ETH_REVERT_PANIC);
		assert_string_equal(
		    u256_format(&got.panic, text), evm_text(c, "panic_code"));
	} else {
		EVM_TRUE(c,
		    got.kind ==
			(data.n == 0 ? ETH_REVERT_EMPTY : ETH_REVERT_CUSTOM));
	}
}

static void eth_abi__matches_every_case(void **state)
{
	static const struct {
		const char *op;
		void (*check)(const struct json_node *c);
	} ops[] = {
		{ "encode", check_encode },
		{ "selector", check_selector },
		{ "event_topic0", check_topic },
		{ "calldata", check_calldata },
		{ "packed", check_packed },
		{ "decode", check_decode },
		{ "revert_reason", check_revert },
	};
	struct evm_file file = evm_open("abi");
	size_t n[COUNT(ops)] = { 0 };

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		size_t i = 0;

		while (
		    i < COUNT(ops) && strcmp(evm_text(c, "op"), ops[i].op) != 0)
			i++;
		if (i == COUNT(ops))
			fail_msg("%s: what is \"%s\"?", evm_id(c),
			    evm_text(c, "op"));
		ops[i].check(c);
		n[i]++;
		empty_pool();
	}
	for (size_t i = 0; i < COUNT(ops); i++)
		assert_true(n[i] > 0);
	evm_close(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eth_abi__matches_every_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
