/* SPDX-License-Identifier: Apache-2.0 */
/* The contract ABI: each refusal by its own name, and what is let pass. */
#include "chain/eth_abi.h"

#include "tests/unit/check.h"
#include "verify/base/text.h"

#include <stdlib.h>

static struct eth_abi types(const char *list)
{
	struct fault f = FAULT_INIT;
	struct eth_abi abi;

	assert_ok(eth_abi_parse(span_text(list), &abi, &f), f);
	return abi;
}

static struct eth_value atom(const void *p, size_t n)
{
	return (struct eth_value){ .bytes = span_of(p, n) };
}

/* ---- types -------------------------------------------------------------- */

static void eth_abi_parse__refuses_what_is_no_type(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
	} rows[] = {
		{ "", 0 },
		{ "uint256", 7 },
		{ "f(uint256)", 0 },
		{ "(", 1 },
		{ "(uint256", 8 },
		{ "(uint256))", 9 },
		{ "(uint256) ", 9 },
		{ "(uint256,)", 9 },
		{ "(,uint256)", 1 },
		{ "(uint)", 1 },
		{ "(int)", 1 },
		{ "(byte)", 1 },
		{ "(uint0)", 1 },
		{ "(uint7)", 1 },
		{ "(uint08)", 1 },
		{ "(uint264)", 1 },
		{ "(int12)", 1 },
		{ "(bytes0)", 1 },
		{ "(bytes33)", 1 },
		{ "(fixed128x18)", 1 },
		{ "(function)", 1 },
		{ "(Uint256)", 1 },
		{ "(tuple)", 1 },
		{ "(tuples(uint8))", 1 },
		{ "( uint256)", 1 },
		{ "(uint256 )", 9 },
		{ "(uint256  a)", 9 },
		{ "(uint256 1a)", 11 },
		{ "(uint256 indexed a)", 16 },
		{ "(uint256, uint8)", 9 },
		{ "(())", 3 },
		{ "(uint8,()[])", 9 },
		{ "(uint8[)", 7 },
		{ "(uint8])", 6 },
		{ "(uint8[0])", 7 },
		{ "(uint8[02])", 7 },
		{ "(uint8[-1])", 7 },
		{ "(uint8[1)", 8 },
		{ "(uint8[99999999999999999999])", 7 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = FAULT_INIT;
		struct eth_abi abi = { .n = 77 };

		if (eth_abi_parse(span_text(rows[i].text), &abi, &f) ||
		    f.offset != rows[i].offset)
			fail_msg("%s: %zu", rows[i].text, f.offset);
		assert_fault(f, FAULT_FORMAT, "eth.abi.type");
		assert_int_equal(abi.n, 77);
	}
}

static void eth_abi_parse__refuses_a_nul_within(void **state)
{
	struct fault f = FAULT_INIT;
	struct eth_abi abi;

	(void)state;
	assert_refused(eth_abi_parse(span_of("(uint8\0)", 8), &abi, &f), f,
	    FAULT_FORMAT, "eth.abi.type");
	assert_refused(eth_abi_parse(span_of("(uint8)\0", 8), &abi, &f), f,
	    FAULT_FORMAT, "eth.abi.type");
}

static void eth_abi_parse_signature__wants_a_name(void **state)
{
	static const char *const rows[] = { "(uint256)", "1f()", "f g()",
		"f-()", "", "f" };
	struct fault f = FAULT_INIT;
	struct eth_abi abi;
	struct span name;
	uint8_t selector[4];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (eth_abi_parse_signature(
			span_text(rows[i]), &name, &abi, &f))
			fail_msg("%s", rows[i]);
		assert_fault(f, FAULT_FORMAT, "eth.abi.type");
		assert_refused(
		    eth_abi_selector(span_text(rows[i]), selector, &f), f,
		    FAULT_FORMAT, "eth.abi.type");
	}
	assert_ok(eth_abi_parse_signature(
		      span_text("_f$1(uint8 a)"), &name, &abi, &f),
	    f);
	assert_span_text(name, "_f$1");
}

static void eth_abi_parse__stops_at_its_limits(void **state)
{
	char text[LIMIT_ABI_TYPE_TEXT + 16];
	struct fault f = FAULT_INIT;
	struct eth_abi abi;
	size_t n;

	(void)state;
	/* Parts: the tuple, its member, and one for each dimension. */
	n = (size_t)snprintf(text, sizeof(text), "(bool");
	for (size_t i = 0; i < LIMIT_ABI_NODES - 2; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "[]");
	snprintf(text + n, sizeof(text) - n, ")");
	assert_ok(eth_abi_parse(span_text(text), &abi, &f), f);
	snprintf(text + n, sizeof(text) - n, "[])");
	assert_refused(eth_abi_parse(span_text(text), &abi, &f), f, FAULT_LIMIT,
	    "eth.abi.type");

	memset(text, '(', sizeof(text) - 1);
	text[LIMIT_ABI_TYPE_TEXT] = '\0';
	assert_refused(eth_abi_parse(span_text(text), &abi, &f), f, FAULT_LIMIT,
	    "eth.abi.type");
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "(bool ", 6);
	text[LIMIT_ABI_TYPE_TEXT - 1] = ')';
	text[LIMIT_ABI_TYPE_TEXT] = '\0';
	assert_ok(eth_abi_parse(span_text(text), &abi, &f), f);
	text[LIMIT_ABI_TYPE_TEXT - 1] = 'a';
	text[LIMIT_ABI_TYPE_TEXT] = ')';
	text[LIMIT_ABI_TYPE_TEXT + 1] = '\0';
	assert_refused(eth_abi_parse(span_text(text), &abi, &f), f, FAULT_LIMIT,
	    "eth.abi.type");
}

static void eth_abi_parse__refuses_sizes_that_no_message_holds(void **state)
{
	static const char *const rows[] = { "(bool[32769])",
		"(bool[32768],bool)", "(bool[4294967297][4294967297])",
		/* Times 32 that is 2^64. */
		"(bool[576460752303423488])", "(bool[1024][1024][1024])",
		"(bytes[32769])", "((bool[16385])[2])" };
	struct fault f = FAULT_INIT;
	struct eth_abi abi;

	(void)state;
	assert_int_equal(LIMIT_ABI_BYTES / ETH_WORD, 32768);
	assert_ok(eth_abi_parse(span_text("(bool[32768])"), &abi, &f), f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (eth_abi_parse(span_text(rows[i]), &abi, &f))
			fail_msg("%s", rows[i]);
		assert_fault(f, FAULT_LIMIT, "eth.abi.size");
	}
}

static void eth_abi_format__drops_names_only(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "()", "()" },
		{ "(uint160,address,bool,uint8)",
		    "(uint160,address,bool,uint8)" },
		{ "(tuple(bytes32 feed,int256 value)[2][] all,string s)",
		    "((bytes32,int256)[2][],string)" },
		{ "(tuple(bytes a,tuple(string b,uint256[] c) d) e)",
		    "((bytes,(string,uint256[])))" },
		{ "(bytes1[3][][4])", "(bytes1[3][][4])" },
		{ "((bool)[])", "((bool)[])" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = FAULT_INIT;
		uint8_t room[128];
		struct wr w = wr_into(room, sizeof(room), "test", &f);
		struct eth_abi abi = types(rows[i].text);

		eth_abi_format(&abi, &w);
		assert_span_text(wr_view(&w), rows[i].want);
	}
}

/* ---- encoding ----------------------------------------------------------- */

static const uint8_t one[ETH_WORD] = { [31] = 1 };
static const uint8_t two[ETH_WORD] = { [31] = 2 };
static const uint8_t minus_one[ETH_WORD] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff };
static const uint8_t w256[ETH_WORD] = { [30] = 1 };
static const uint8_t w128[ETH_WORD] = { [31] = 128 };
static const uint8_t high[ETH_WORD] = { [0] = 1 };
static const uint8_t above_address[ETH_WORD] = { [11] = 1 };

static void assert_misfit(
    const char *list, const struct eth_value *args, size_t n_args)
{
	struct eth_abi abi = types(list);
	struct fault f = FAULT_INIT, wf = FAULT_INIT;
	uint8_t room[512];
	struct wr w = wr_into(room, sizeof(room), "test", &wf);

	if (eth_abi_encode(&abi, args, n_args, &w, &f))
		fail_msg("%s", list);
	assert_fault(f, FAULT_USAGE, "eth.abi.value");
	assert_int_equal(w.n, 0);
}

static void eth_abi_encode__refuses_words_out_of_range(void **state)
{
	static const struct {
		const char *list;
		const uint8_t *word;
	} rows[] = {
		{ "(bool)", two },
		{ "(bool)", minus_one },
		{ "(uint8)", w256 },
		{ "(int8)", w128 },
		{ "(int8)", w256 },
		{ "(address)", above_address },
		{ "(bytes1)", one },
		{ "(bytes31)", one },
		{ "(uint248)", high },
		{ "(int248)", high },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct eth_value v = atom(rows[i].word, ETH_WORD);

		assert_misfit(rows[i].list, &v, 1);
	}
}

static void eth_abi_encode__refuses_values_of_another_shape(void **state)
{
	const struct eth_value w = atom(one, ETH_WORD);
	const struct eth_value short_word = atom(one, 31);
	const struct eth_value nothing = { 0 };
	const struct eth_value pair[] = { w, w };
	const struct eth_value list = { .items = pair, .n_items = 2 };
	const struct eth_value both = {
		.bytes = w.bytes, .items = pair, .n_items = 2
	};

	(void)state;
	assert_misfit("(uint8)", &w, 0);
	assert_misfit("()", &w, 1);
	assert_misfit("(uint8)", pair, 2);
	assert_misfit("(uint8)", &short_word, 1);
	assert_misfit("(uint8)", &nothing, 1);
	assert_misfit("(uint8)", &list, 1);
	assert_misfit("(bytes)", &list, 1);
	assert_misfit("(uint8[3])", &list, 1);
	assert_misfit("(uint8[])", &w, 1);
	assert_misfit("(uint8[2])", &both, 1);
	assert_misfit("((uint8,uint8,uint8))", &list, 1);
	assert_misfit("((uint8))", &w, 1);
	assert_misfit("((uint8,bytes1)[])",
	    &(struct eth_value){ .items = &list, .n_items = 1 }, 1);
}

static void eth_abi_encode__says_when_there_is_no_room(void **state)
{
	struct eth_abi abi = types("(uint8,bytes)");
	const struct eth_value args[] = { atom(one, ETH_WORD),
		atom("hello", 5) };
	struct fault f = FAULT_INIT, wf = FAULT_INIT;
	uint8_t room[4 * ETH_WORD];
	struct wr w = wr_into(room, sizeof(room), "test", &wf);

	(void)state;
	assert_ok(eth_abi_encode(&abi, args, 2, &w, &f), f);
	assert_int_equal(w.n, sizeof(room));
	w = wr_into(room, sizeof(room) - 1, "test", &wf);
	assert_refused(eth_abi_encode(&abi, args, 2, &w, &f), f, FAULT_LIMIT,
	    "eth.abi.size");
}

static void eth_abi_encode__refuses_what_exceeds_the_limit(void **state)
{
	struct eth_abi abi = types("(bytes)");
	struct fault f = FAULT_INIT, wf = FAULT_INIT;
	struct wr w = wr_grow(2u * LIMIT_ABI_BYTES, "test", &wf);
	uint8_t *content = calloc(1, LIMIT_ABI_BYTES);
	struct eth_value v = atom(content, LIMIT_ABI_BYTES - 2 * ETH_WORD);

	(void)state;
	assert_non_null(content);
	assert_ok(eth_abi_encode(&abi, &v, 1, &w, &f), f);
	assert_int_equal(w.n, LIMIT_ABI_BYTES);
	wr_drop(&w);
	w = wr_grow(2u * LIMIT_ABI_BYTES, "test", &wf);
	v.bytes.n++;
	assert_refused(eth_abi_encode(&abi, &v, 1, &w, &f), f, FAULT_LIMIT,
	    "eth.abi.size");
	v.bytes.n = SIZE_MAX;
	assert_refused(eth_abi_encode(&abi, &v, 1, &w, &f), f, FAULT_LIMIT,
	    "eth.abi.size");
	assert_int_equal(w.n, 0);
	wr_drop(&w);
	free(content);
}

static void eth_abi_encode_packed__refuses_what_solidity_refuses(void **state)
{
	static const char *const rows[] = { "((uint8))", "(uint8,(uint8)[])",
		"(uint8[][])", "(uint8[2][2])", "(string[])", "(bytes[2])" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct eth_abi abi = types(rows[i]);
		struct fault f = FAULT_INIT, wf = FAULT_INIT;
		uint8_t room[64];
		struct wr w = wr_into(room, sizeof(room), "test", &wf);

		if (eth_abi_encode_packed(&abi, NULL, 0, &w, &f))
			fail_msg("%s", rows[i]);
		assert_fault(f, FAULT_UNSUPPORTED, "eth.abi.packed");
	}
}

static void eth_abi_encode_packed__refuses_misfits_too(void **state)
{
	struct eth_abi abi = types("(uint8)");
	const struct eth_value v = atom(w256, ETH_WORD);
	struct fault f = FAULT_INIT, wf = FAULT_INIT;
	uint8_t room[64];
	struct wr w = wr_into(room, sizeof(room), "test", &wf);

	(void)state;
	assert_refused(eth_abi_encode_packed(&abi, &v, 1, &w, &f), f,
	    FAULT_USAGE, "eth.abi.value");
	assert_int_equal(w.n, 0);
}

/* ---- decoding ----------------------------------------------------------- */

/* Words of a message, each given by its last byte; 0xffff stands for ff...ff,
 * 0xfffe for a first byte of 1. */
static size_t message(const uint16_t *words, size_t n, uint8_t *out)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t *word = out + i * ETH_WORD;

		memset(word, words[i] == 0xffff ? 0xff : 0, ETH_WORD);
		if (words[i] == 0xfffe)
			word[0] = 1;
		else if (words[i] != 0xffff) {
			word[30] = (uint8_t)(words[i] >> 8);
			word[31] = (uint8_t)words[i];
		}
	}
	return n * ETH_WORD;
}

static void eth_abi_decode__names_the_rule_and_the_word(void **state)
{
	static const struct {
		const char *list;
		uint16_t words[6];
		size_t n, n_bytes; /* n_bytes: less than all of them */
		const char *at;
		size_t offset;
	} rows[] = {
		{ "(uint8)", { 0 }, 0, 0, "eth.abi.empty", FAULT_NO_OFFSET },
		{ "(uint8,uint8)", { 1 }, 1, 0, "eth.abi.end", 32 },
		{ "(uint8)", { 1 }, 1, 31, "eth.abi.end", 0 },
		{ "(uint8)", { 256 }, 1, 0, "eth.abi.value", 0 },
		{ "(uint8,bool)", { 1, 2 }, 2, 0, "eth.abi.value", 32 },
		{ "(int8)", { 128 }, 1, 0, "eth.abi.value", 0 },
		{ "(bytes31)", { 1 }, 1, 0, "eth.abi.value", 0 },
		{ "(address)", { 0xfffe }, 1, 0, "eth.abi.value", 0 },
		/* Offsets. */
		{ "(bytes)", { 33 }, 1, 0, "eth.abi.offset", 0 },
		{ "(bytes)", { 0xffff }, 1, 0, "eth.abi.offset", 0 },
		{ "(bytes)", { 0xfffe }, 1, 0, "eth.abi.offset", 0 },
		{ "(bytes)", { 32 }, 1, 0, "eth.abi.end", 32 },
		{ "(bytes)", { 33, 0 }, 2, 0, "eth.abi.end", 33 },
		{ "(bytes[1])", { 32, 33 }, 2, 0, "eth.abi.offset", 32 },
		/* Lengths. */
		{ "(bytes)", { 32, 1 }, 2, 0, "eth.abi.length", 32 },
		{ "(bytes)", { 32, 33, 0 }, 3, 0, "eth.abi.length", 32 },
		{ "(string)", { 32, 0xffff, 0 }, 3, 0, "eth.abi.length", 32 },
		{ "(string)", { 32, 0xfffe, 0 }, 3, 0, "eth.abi.length", 32 },
		{ "(uint8[])", { 32, 2, 1 }, 3, 0, "eth.abi.length", 32 },
		{ "(uint8[])", { 32, 0xffff, 1 }, 3, 0, "eth.abi.length", 32 },
		{ "(uint8[2][])", { 32, 1, 1 }, 3, 0, "eth.abi.length", 32 },
		/* Values further in. */
		{ "(uint8[])", { 32, 2, 1, 256 }, 4, 0, "eth.abi.value", 96 },
		{ "((uint8,bytes))", { 32, 256, 64, 0 }, 4, 0, "eth.abi.value",
		    32 },
		{ "((uint8,bytes))", { 32, 1 }, 2, 0, "eth.abi.end", 32 },
		{ "(bytes[])", { 32, 1, 32, 1 }, 4, 0, "eth.abi.length", 96 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct eth_abi abi = types(rows[i].list);
		const struct eth_abi_view before = { .n_items = 77 };
		struct eth_abi_view v = before;
		struct fault f = FAULT_INIT;
		uint8_t room[6 * ETH_WORD];
		AUTO(blob_drop) struct blob in = { 0 };
		size_t n = message(rows[i].words, rows[i].n, room);

		if (rows[i].n_bytes > 0)
			n = rows[i].n_bytes;
		assert_ok(blob_copy(span_of(room, n), &in, &f), f);
		if (eth_abi_decode(&abi, blob_span(&in), &v, &f) ||
		    strcmp(f.at, rows[i].at) != 0 || f.offset != rows[i].offset)
			fail_msg("row %zu: %s at %zd: %s", i,
			    f.at != NULL ? f.at : "accepted", (ssize_t)f.offset,
			    f.text);
		assert_int_equal(f.kind, FAULT_FORMAT);
		assert_int_equal(v.n_items, before.n_items);
	}
}

static struct eth_abi_view decoded(
    const struct eth_abi *abi, const void *in, size_t n)
{
	struct fault f = FAULT_INIT;
	struct eth_abi_view v;

	assert_ok(eth_abi_decode(abi, span_of(in, n), &v, &f), f);
	return v;
}

/* As Solidity's own decoder, so that a contract and we read the same. */
static void eth_abi_decode__does_not_mind_where_tails_stand(void **state)
{
	/* b's tail first, a word of nothing, a's tail with bytes behind it,
	 * and a word more than all of it needs. */
	static const uint16_t words[] = { 160, 64, 1, 0x4100, 9, 1, 0x4200, 7 };
	struct eth_abi abi = types("(bytes a,bytes b)");
	uint8_t in[COUNT(words) * ETH_WORD];
	size_t n = message(words, COUNT(words), in);
	struct eth_abi_view all, item;

	(void)state;
	/* The contents are the first bytes of their words. */
	in[3 * ETH_WORD] = 'b';
	in[6 * ETH_WORD] = 'a';
	all = decoded(&abi, in, n);
	assert_int_equal(all.n_items, 2);
	item = eth_abi_item(&all, 0);
	assert_span_text(item.bytes, "a");
	item = eth_abi_item(&all, 1);
	assert_span_text(item.bytes, "b");
	assert_int_equal(item.n_items, 0);
	/* Content needs no padding behind it to be there. */
	all = decoded(&abi, in, 6 * ETH_WORD + 1);
	item = eth_abi_item(&all, 0);
	assert_span_text(item.bytes, "a");
}

/* Lists whose elements are all the same next list: 7 KB, 40^5 values. */
static void eth_abi_decode__stops_when_offsets_multiply(void **state)
{
	enum { N = 40, DEPTH = 5 };
	uint16_t words[1 + DEPTH * (N + 1)] = { 32 };
	static uint8_t in[COUNT(words) * ETH_WORD];
	struct eth_abi abi = types("(uint256[][][][][])");
	struct eth_abi few = types("(uint256[])");
	struct fault f = FAULT_INIT;
	struct eth_abi_view v;
	size_t n;

	(void)state;
	for (size_t depth = 0; depth < DEPTH; depth++) {
		words[1 + depth * (N + 1)] = N;
		for (size_t i = 1; i <= N; i++)
			words[1 + depth * (N + 1) + i] = N * ETH_WORD;
	}
	n = message(words, COUNT(words), in);
	assert_refused(eth_abi_decode(&abi, span_of(in, n), &v, &f), f,
	    FAULT_LIMIT, "eth.abi.values");
	assert_ok(eth_abi_decode(&few, span_of(in, n), &v, &f), f);
}

static void eth_abi_decode__refuses_what_exceeds_the_limit(void **state)
{
	struct eth_abi abi = types("(uint8)");
	struct fault f = FAULT_INIT;
	struct eth_abi_view v;
	uint8_t *in = calloc(1, LIMIT_ABI_BYTES + 1);

	(void)state;
	assert_non_null(in);
	assert_ok(
	    eth_abi_decode(&abi, span_of(in, LIMIT_ABI_BYTES), &v, &f), f);
	assert_refused(
	    eth_abi_decode(&abi, span_of(in, LIMIT_ABI_BYTES + 1), &v, &f), f,
	    FAULT_LIMIT, "eth.abi.size");
	free(in);
}

/* No arguments: an empty answer is the right one. */
static void eth_abi_decode__takes_nothing_for_nothing(void **state)
{
	struct eth_abi abi = types("()");
	struct eth_abi_view v = decoded(&abi, NULL, 0);

	(void)state;
	assert_int_equal(v.n_items, 0);
	assert_null(eth_abi_item(&v, 0).node);
}

static void eth_abi_item__gives_nothing_beyond_the_end(void **state)
{
	static const uint16_t words[] = { 1, 96, 0x1234, 2, 5, 6 };
	struct eth_abi abi = types("(bool,uint16[],address)");
	uint8_t in[COUNT(words) * ETH_WORD];
	struct eth_abi_view all =
	    decoded(&abi, in, message(words, COUNT(words), in));
	struct eth_abi_view v = eth_abi_item(&all, 1);
	char text[U256_TEXT_SIZE];
	struct u256 number;
	struct eth_addr a;

	(void)state;
	assert_int_equal(v.n_items, 2);
	number = eth_abi_u256(&v); /* a list is no number */
	assert_true(u256_is_zero(&number));
	a = eth_abi_addr(&v);
	assert_true(eth_addr_is_zero(&a));
	v = eth_abi_item(&v, 1);
	number = eth_abi_u256(&v);
	assert_string_equal(u256_format(&number, text), "6");
	v = eth_abi_item(&all, 2);
	a = eth_abi_addr(&v);
	assert_int_equal(a.b[18] << 8 | a.b[19], 0x1234);
	v = eth_abi_item(&all, 3);
	assert_null(v.node);
	number = eth_abi_u256(&v);
	assert_true(u256_is_zero(&number));
	v = eth_abi_item(&v, 0);
	assert_null(v.node);
}

static void eth_abi_decode_call__wants_its_own_selector(void **state)
{
	static const char signature[] = "f(uint8)";
	struct fault f = FAULT_INIT;
	struct eth_abi abi;
	struct eth_abi_view v;
	uint8_t data[4 + ETH_WORD] = { 0 };

	(void)state;
	assert_ok(eth_abi_selector(span_text(signature), data, &f), f);
	assert_ok(eth_abi_decode_call(span_text(signature),
		      span_of(data, sizeof(data)), &abi, &v, &f),
	    f);
	for (size_t n = 0; n < 4; n++)
		assert_refused_at(eth_abi_decode_call(span_text(signature),
				      span_of(data, n), &abi, &v, &f),
		    f, FAULT_FORMAT, "eth.abi.end", 0);
	/* Offsets count in the data, selector included. */
	assert_refused_at(eth_abi_decode_call(span_text(signature),
			      span_of(data, 4), &abi, &v, &f),
	    f, FAULT_FORMAT, "eth.abi.end", 4);
	data[4] = 1;
	assert_refused_at(eth_abi_decode_call(span_text(signature),
			      span_of(data, sizeof(data)), &abi, &v, &f),
	    f, FAULT_FORMAT, "eth.abi.value", 4);
	for (size_t bit = 0; bit < 32; bit++) {
		data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		assert_refused_at(
		    eth_abi_decode_call(span_text(signature),
			span_of(data, sizeof(data)), &abi, &v, &f),
		    f, FAULT_FORMAT, "eth.abi.selector", 0);
		data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
}

/* ---- reverts ------------------------------------------------------------ */

static struct eth_revert revert_of(const void *data, size_t n)
{
	struct fault f = FAULT_INIT;
	struct eth_revert r;

	assert_ok(eth_revert_decode(span_of(data, n), &r, &f), f);
	return r;
}

static void eth_revert_decode__tells_the_four_kinds_apart(void **state)
{
	uint8_t data[4 + 3 * ETH_WORD] = { 0x08, 0xc3, 0x79, 0xa0 };
	static const uint16_t words[] = { 32, 5 };
	struct eth_revert r = revert_of(NULL, 0);

	(void)state;
	assert_int_equal(r.kind, ETH_REVERT_EMPTY);
	message(words, COUNT(words), data + 4);
	memcpy(data + 4 + 2 * ETH_WORD, "stale", 5);
	r = revert_of(data, sizeof(data));
	assert_int_equal(r.kind, ETH_REVERT_ERROR);
	assert_span_text(r.text, "stale");
	data[3] ^= 1;
	r = revert_of(data, sizeof(data));
	assert_int_equal(r.kind, ETH_REVERT_CUSTOM);
	assert_memory_equal(r.selector, data, 4);
	assert_int_equal(r.args.n, sizeof(data) - 4);
	r = revert_of(data, 4);
	assert_int_equal(r.kind, ETH_REVERT_CUSTOM);
	assert_int_equal(r.args.n, 0);
}

static void eth_revert_decode__refuses_broken_reasons(void **state)
{
	static const uint8_t error[] = { 0x08, 0xc3, 0x79, 0xa0 };
	uint8_t panic[4 + ETH_WORD] = { 0x4e, 0x48, 0x7b, 0x71 };
	struct fault f = FAULT_INIT;
	struct eth_revert r;

	(void)state;
	for (size_t n = 1; n < 4; n++)
		assert_refused(eth_revert_decode(span_of(error, n), &r, &f), f,
		    FAULT_FORMAT, "eth.revert.selector");
	assert_refused(eth_revert_decode(span_of(error, 4), &r, &f), f,
	    FAULT_FORMAT, "eth.abi.end");
	for (size_t n = 4; n < sizeof(panic); n++)
		assert_refused(eth_revert_decode(span_of(panic, n), &r, &f), f,
		    FAULT_FORMAT, "eth.abi.end");
	panic[sizeof(panic) - 1] = 0x32;
	r = revert_of(panic, sizeof(panic));
	assert_int_equal(r.kind, ETH_REVERT_PANIC);
	assert_string_equal(eth_revert_panic_name(&r.panic),
	    "an index beyond the end of an array");
}

static void eth_revert_panic_name__knows_codes_by_their_whole_value(
    void **state)
{
	struct u256 code = u256_of(0x12);

	(void)state;
	assert_string_equal(eth_revert_panic_name(&code), "division by zero");
	code.limb[3] = 1;
	assert_string_equal(eth_revert_panic_name(&code), "an unknown panic");
	code = u256_of(0x13);
	assert_string_equal(eth_revert_panic_name(&code), "an unknown panic");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eth_abi_parse__refuses_what_is_no_type),
		cmocka_unit_test(eth_abi_parse__refuses_a_nul_within),
		cmocka_unit_test(eth_abi_parse_signature__wants_a_name),
		cmocka_unit_test(eth_abi_parse__stops_at_its_limits),
		cmocka_unit_test(
		    eth_abi_parse__refuses_sizes_that_no_message_holds),
		cmocka_unit_test(eth_abi_format__drops_names_only),
		cmocka_unit_test(eth_abi_encode__refuses_words_out_of_range),
		cmocka_unit_test(
		    eth_abi_encode__refuses_values_of_another_shape),
		cmocka_unit_test(eth_abi_encode__says_when_there_is_no_room),
		cmocka_unit_test(
		    eth_abi_encode__refuses_what_exceeds_the_limit),
		cmocka_unit_test(
		    eth_abi_encode_packed__refuses_what_solidity_refuses),
		cmocka_unit_test(eth_abi_encode_packed__refuses_misfits_too),
		cmocka_unit_test(eth_abi_decode__names_the_rule_and_the_word),
		cmocka_unit_test(
		    eth_abi_decode__does_not_mind_where_tails_stand),
		cmocka_unit_test(eth_abi_decode__stops_when_offsets_multiply),
		cmocka_unit_test(
		    eth_abi_decode__refuses_what_exceeds_the_limit),
		cmocka_unit_test(eth_abi_decode__takes_nothing_for_nothing),
		cmocka_unit_test(eth_abi_item__gives_nothing_beyond_the_end),
		cmocka_unit_test(eth_abi_decode_call__wants_its_own_selector),
		cmocka_unit_test(eth_revert_decode__tells_the_four_kinds_apart),
		cmocka_unit_test(eth_revert_decode__refuses_broken_reasons),
		cmocka_unit_test(
		    eth_revert_panic_name__knows_codes_by_their_whole_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
