/* SPDX-License-Identifier: Apache-2.0 */
/* What a chain holds: every form of it, and every way to be another. */
#include "chain/eth_abi.h"
#include "tests/unit/check.h"
#include "tests/unit/response_world.h"
#include "verify/base/text.h"
#include "verify/onchain.h"

#include <stdlib.h>

#define TUPLE "(bytes32,int256,uint8,uint64,uint64,bytes32,bytes32)"
#define PUSH "push(" TUPLE ",bytes)"
#define BATCH "pushBatch(" TUPLE "[],bytes)"
#define CONSUMER "settle(" TUPLE ",bytes,address)"

static struct response_world world;
static struct blob response;
static struct onchain_wanted want;
static struct eth_sig signature;
static struct onchain chain;

static int open_world(void **state)
{
	AUTO(response_doc_drop) struct response_doc doc = { 0 };
	static struct statement s;
	const struct response_plan plan = { 0 };
	struct fault f = FAULT_INIT;
	struct response r;

	(void)state;
	response_world_open(&world, NULL);
	statements_one(&s);
	response = response_world_make(&world, &s, &plan);
	assert_ok(onchain_want(blob_span(&response), &want, &f), f);
	assert_ok(response_decode(blob_span(&response), &r, &doc, &f), f);
	signature = r.signature;
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	blob_drop(&response);
	response_world_close(&world);
	return 0;
}

/* ---- what a node would have ------------------------------------------------- */

struct words {
	uint8_t w[7][32];
	struct eth_value items[7];
};

static void put_u64(uint8_t word[32], uint64_t v)
{
	memset(word, 0, 32);
	for (int i = 0; i < 8; i++)
		word[31 - i] = (uint8_t)(v >> (8 * i));
}

static struct eth_value words_of(
    const struct eip712_statement *m, struct words *out)
{
	memcpy(out->w[0], m->feed, 32);
	dec_encode_int256(&m->value, out->w[1]);
	put_u64(out->w[2], m->value.decimals);
	put_u64(out->w[3], m->timestamp);
	put_u64(out->w[4], m->round);
	memcpy(out->w[5], m->config.b, 32);
	memcpy(out->w[6], m->statement.b, 32);
	for (size_t i = 0; i < 7; i++)
		out->items[i] =
		    (struct eth_value){ .bytes = span_of(out->w[i], 32) };
	return (struct eth_value){ .items = out->items, .n_items = 7 };
}

static struct blob call(
    const char *function, const struct eth_value *args, size_t n)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_ABI_BYTES, "test", &f);
	struct blob out = { 0 };

	assert_ok(eth_abi_encode_call(span_text(function), args, n, &w, &f), f);
	assert_ok(wr_done(&w, &out), f);
	return out;
}

static struct eth_value bytes_of(const void *p, size_t n)
{
	return (struct eth_value){ .bytes = span_of(p, n) };
}

static struct blob push_of(
    const struct eip712_statement *m, const void *sig, size_t sig_n)
{
	struct words words;
	const struct eth_value args[] = { words_of(m, &words),
		bytes_of(sig, sig_n) };

	return call(PUSH, args, 2);
}

/* EIP-2098 */
static void compact(uint8_t out[64])
{
	memcpy(out, signature.b, 64);
	out[32] |= (uint8_t)((signature.b[64] - 27) << 7);
}

static void packed_of(const struct eip712_statement *m, uint8_t out[191])
{
	struct words words;
	size_t n = 0;

	words_of(m, &words);
	memcpy(out + n, words.w[0], 32);
	n += 32;
	memcpy(out + n, words.w[1] + 16, 16);
	n += 16;
	out[n++] = words.w[2][31];
	memcpy(out + n, words.w[3] + 26, 6);
	n += 6;
	memcpy(out + n, words.w[4] + 24, 8);
	n += 8;
	memcpy(out + n, words.w[5], 64);
	n += 64;
	compact(out + n);
	assert_int_equal(n + 64, 191);
}

/* Topics, and the slot of Updated. */
static void event_of(const struct eip712_statement *m,
    struct keccak256 topics[3], uint8_t slot[32])
{
	struct fault f = FAULT_INIT;
	struct words words;

	words_of(m, &words);
	assert_ok(eth_abi_topic(span_text("Updated(bytes32,bytes32,bytes32)"),
		      &topics[0], &f),
	    f);
	memcpy(topics[1].b, words.w[0], 32);
	memcpy(topics[2].b, words.w[6], 32);
	memcpy(slot, words.w[1] + 16, 16);
	memcpy(slot + 16, words.w[3] + 26, 6);
	memcpy(slot + 22, "\0\x69\x55\xb9\x00", 5); /* 1767225600 */
	memcpy(slot + 27, "\0\0\0\0\x07", 5);
}

/* The one that was read: members that differ, and nobody's signature bad. */
static unsigned differs_of(size_t i)
{
	const struct onchain_record *r = &chain.record[i];
	struct eth_addr signer;
	struct fault f = FAULT_INIT;

	if (r->form == ONCHAIN_EVENT)
		return onchain_differs(r, NULL, &want);
	assert_ok(onchain_recover(r, &signer, &f), f);
	return onchain_differs(r, &signer, &want);
}

static void assert_same(const struct blob *calldata, enum onchain_form form)
{
	struct fault f = FAULT_INIT;

	assert_ok(onchain_read_call(blob_span(calldata), &chain, &f), f);
	assert_int_equal(chain.n, 1);
	assert_int_equal(chain.record[0].form, form);
	assert_int_equal(differs_of(0), 0);
}

static void assert_unread(
    struct span calldata, enum fault_kind kind, const char *at)
{
	struct fault f = FAULT_INIT;

	assert_refused(onchain_read_call(calldata, &chain, &f), f, kind, at);
}

/* ---- calldata ---------------------------------------------------------------- */

static void onchain_read_call__gives_back_what_was_signed(void **state)
{
	uint8_t packed[191], two_forms[64];
	struct words words;

	(void)state;
	packed_of(&want.message, packed);
	compact(two_forms);
	const struct eth_value statement = words_of(&want.message, &words);
	static const uint8_t zero[32];
	const struct eth_value settle[] = { statement,
		bytes_of(signature.b, 65), bytes_of(zero, 32) };
	const struct eth_value pull[] = { bytes_of(packed, 191),
		bytes_of(words.w[0], 32), bytes_of(words.w[2], 32),
		bytes_of(zero, 32) };
	const struct eth_value verify[] = { statement, bytes_of(two_forms, 64),
		bytes_of(words.w[0], 32), bytes_of(words.w[2], 32),
		bytes_of(zero, 32) };
	const struct eth_value callback[] = { bytes_of(packed, 191),
		bytes_of(zero, 32) };
	struct {
		struct blob calldata;
		enum onchain_form form;
	} forms[] = {
		{ push_of(&want.message, signature.b, 65), ONCHAIN_PUSH },
		{ push_of(&want.message, two_forms, 64), ONCHAIN_PUSH },
		{ call(CONSUMER, settle, 3), ONCHAIN_PULL },
		{ call("verifyPacked(bytes,bytes32,uint8,uint256)", pull, 4),
		    ONCHAIN_PULL },
		{ call("tryVerifyPacked(bytes,bytes32,uint8,uint256)", pull, 4),
		    ONCHAIN_PULL },
		{ call("verify(" TUPLE ",bytes,bytes32,uint8,uint256)", verify,
		      5),
		    ONCHAIN_PULL },
		{ call("priceCallback(bytes,bytes)", callback, 2),
		    ONCHAIN_PULL },
	};
	for (size_t i = 0; i < COUNT(forms); i++) {
		assert_same(&forms[i].calldata, forms[i].form);
		blob_drop(&forms[i].calldata);
	}
	const struct blob bare = { packed, sizeof(packed) };
	assert_same(&bare, ONCHAIN_PACKED);
}

static void onchain_read_call__knows_negative_values(void **state)
{
	struct eip712_statement m = want.message;
	struct fault f = FAULT_INIT;
	uint8_t packed[191];

	(void)state;
	assert_ok(dec_parse(span_text("-1.5"), m.value.decimals, DEC_EXACT,
		      &m.value, &f),
	    f);
	packed_of(&m, packed);
	assert_ok(onchain_read_call(span_of(packed, 191), &chain, &f), f);
	assert_int_equal(
	    dec_compare(&chain.record[0].message.value, &m.value), 0);
}

static void onchain_read_call__reads_every_statement_of_a_batch(void **state)
{
	struct eip712_statement other = want.message;
	uint8_t packed[2 * 191], sigs[2 * 65];
	struct words words[2];
	struct fault f = FAULT_INIT;

	(void)state;
	other.feed[0] ^= 1;
	const struct eth_value list[] = { words_of(&other, &words[0]),
		words_of(&want.message, &words[1]) };
	memcpy(sigs, signature.b, 65);
	memcpy(sigs + 65, signature.b, 65);
	struct eth_value args[] = { { .items = list, .n_items = 2 },
		bytes_of(sigs, 130) };
	struct blob batch = call(BATCH, args, 2);
	assert_ok(onchain_read_call(blob_span(&batch), &chain, &f), f);
	assert_int_equal(chain.n, 2);
	assert_int_equal(chain.record[1].form, ONCHAIN_BATCH);
	assert_int_equal(differs_of(0), ONCHAIN_FEED | ONCHAIN_SIGNER);
	assert_int_equal(differs_of(1), 0);
	blob_drop(&batch);

	packed_of(&other, packed);
	packed_of(&want.message, packed + 191);
	assert_ok(onchain_read_call(span_of(packed, 382), &chain, &f), f);
	assert_int_equal(chain.n, 2);
	assert_int_equal(differs_of(0), ONCHAIN_FEED | ONCHAIN_SIGNER);
	assert_int_equal(differs_of(1), 0);

	/* 129 bytes are those of no two signatures. */
	args[1] = bytes_of(sigs, 129);
	batch = call(BATCH, args, 2);
	assert_unread(blob_span(&batch), FAULT_FORMAT, "onchain.signature");
	blob_drop(&batch);
	args[0].n_items = 0;
	args[1] = bytes_of(sigs, 0);
	batch = call(BATCH, args, 2);
	assert_unread(blob_span(&batch), FAULT_FORMAT, "onchain.records");
	blob_drop(&batch);
}

static void onchain_read_call__reads_both_sides_of_an_equivocation(void **state)
{
	struct eip712_statement other = want.message;
	struct words words[2];
	struct fault f = FAULT_INIT;

	(void)state;
	other.statement.b[0] ^= 1;
	const struct eth_value args[] = { words_of(&want.message, &words[0]),
		bytes_of(signature.b, 65), words_of(&other, &words[1]),
		bytes_of(signature.b, 65) };
	struct blob both = call(
	    "reportEquivocation(" TUPLE ",bytes," TUPLE ",bytes)", args, 4);
	assert_ok(onchain_read_call(blob_span(&both), &chain, &f), f);
	assert_int_equal(chain.n, 2);
	assert_int_equal(differs_of(0), 0);
	assert_int_equal(differs_of(1), ONCHAIN_STATEMENT | ONCHAIN_SIGNER);
	blob_drop(&both);
}

static void onchain_read_call__refuses_what_it_cannot_read(void **state)
{
	struct blob good = push_of(&want.message, signature.b, 65);
	static uint8_t many[(LIMIT_ONCHAIN_RECORDS + 1) * 191];
	static const uint8_t zero[190];

	(void)state;
	assert_unread(span_of(NULL, 0), FAULT_UNSUPPORTED, "onchain.call");
	assert_unread(
	    span_text("\x12\x34\x56"), FAULT_UNSUPPORTED, "onchain.call");
	assert_unread(span_of(zero, 190), FAULT_UNSUPPORTED, "onchain.call");
	assert_unread(
	    span_of(many, sizeof(many)), FAULT_LIMIT, "onchain.records");
	assert_unread(
	    span_of(good.p, good.n - 96), FAULT_FORMAT, "eth.abi.length");
	assert_unread(span_of(good.p, 100), FAULT_FORMAT, "eth.abi.end");
	/* decimals 256 + 8 */
	good.p[4 + 3 * 32 - 2] = 1;
	assert_unread(blob_span(&good), FAULT_FORMAT, "eth.abi.value");
	blob_drop(&good);
	good = push_of(&want.message, signature.b, 63);
	assert_unread(blob_span(&good), FAULT_FORMAT, "onchain.signature");
	blob_drop(&good);
	const struct eth_value args[] = { bytes_of(zero, 190),
		bytes_of(zero, 0) };
	good = call("priceCallback(bytes,bytes)", args, 2);
	assert_unread(blob_span(&good), FAULT_FORMAT, "onchain.packed");
	blob_drop(&good);
}

/* ---- differences -------------------------------------------------------------- */

/* A member of the message after another, and what that makes different. */
static void onchain_differs__names_what_was_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_onchain_members; i++) {
		const enum onchain_member member = onchain_members[i].member;
		struct eip712_statement m = want.message;
		struct onchain_wanted other = want;
		struct fault f = FAULT_INIT;
		struct eth_addr signer;
		unsigned differs = member;

		switch (member) {
		case ONCHAIN_FEED:
			m.feed[31] ^= 1;
			break;
		case ONCHAIN_VALUE:
			m.value.units.limb[0] ^= 1;
			break;
		case ONCHAIN_DECIMALS:
			m.value.decimals ^= 1;
			break;
		case ONCHAIN_TIMESTAMP:
			m.timestamp ^= 1;
			break;
		case ONCHAIN_ROUND:
			m.round ^= 1;
			break;
		case ONCHAIN_CONFIG:
			m.config.b[31] ^= 1;
			break;
		case ONCHAIN_STATEMENT:
			m.statement.b[31] ^= 1;
			break;
		case ONCHAIN_SIGNER:
			other.signer.b[0] ^= 1;
			break;
		}
		/* All but the signer are signed. */
		differs |= ONCHAIN_SIGNER;
		struct blob push = push_of(&m, signature.b, 65);
		assert_ok(onchain_read_call(blob_span(&push), &chain, &f), f);
		assert_ok(onchain_recover(&chain.record[0], &signer, &f), f);
		assert_int_equal(
		    onchain_differs(&chain.record[0], &signer, &other),
		    differs);
		blob_drop(&push);
	}
}

static void onchain_recover__refuses_what_the_contract_refuses(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *where;
	} bad[] = {
		{ 64, 0, "eth.sig.v" },
		{ 64, 29, "eth.sig.v" },
		{ 32, 0x80, "eth.sig.high-s" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct fault f = FAULT_INIT;
		struct eth_sig sig = signature;
		struct eth_addr signer;

		sig.b[bad[i].at] = bad[i].value;
		struct blob push = push_of(&want.message, sig.b, 65);
		assert_ok(onchain_read_call(blob_span(&push), &chain, &f), f);
		assert_refused(onchain_recover(&chain.record[0], &signer, &f),
		    f, FAULT_FORMAT, bad[i].where);
		blob_drop(&push);
	}
}

static void onchain_want__takes_numbers_only(void **state)
{
	static struct statement s;
	const struct response_plan plan = { 0 };
	struct fault f = FAULT_INIT;
	struct onchain_wanted w;

	(void)state;
	statements_text(&s);
	struct blob text = response_world_make(&world, &s, &plan);
	assert_refused(onchain_want(blob_span(&text), &w, &f), f,
	    FAULT_UNSUPPORTED, "onchain.kind");
	blob_drop(&text);
	assert_refused(onchain_want(span_text("{}"), &w, &f), f,
	    FAULT_UNSUPPORTED, "response.kind");
}

/* ---- events ------------------------------------------------------------------- */

static void onchain_read_log__gives_back_what_was_stored(void **state)
{
	struct keccak256 topics[3];
	struct fault f = FAULT_INIT;
	uint8_t slot[32];

	(void)state;
	event_of(&want.message, topics, slot);
	chain.n = 0;
	assert_ok(
	    onchain_read_log(topics, 3, span_of(slot, 32), &chain, &f), f);
	assert_int_equal(chain.n, 1);
	assert_int_equal(chain.record[0].form, ONCHAIN_EVENT);
	assert_int_equal(chain.record[0].accepted_s, 1767225600);
	assert_int_equal(chain.record[0].count, 7);
	assert_int_equal(differs_of(0), 0);
}

static void onchain_read_log__names_what_was_changed(void **state)
{
	static const struct {
		int topic; /* -1: the slot */
		size_t at;
		unsigned differs;
	} rows[] = {
		{ 1, 31, ONCHAIN_FEED },
		{ 2, 0, ONCHAIN_STATEMENT },
		{ -1, 0, ONCHAIN_VALUE },
		{ -1, 15, ONCHAIN_VALUE },
		{ -1, 16, ONCHAIN_TIMESTAMP },
		{ -1, 21, ONCHAIN_TIMESTAMP },
		{ -1, 22, 0 }, /* when it was accepted, no response knows */
		{ -1, 31, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct keccak256 topics[3];
		struct fault f = FAULT_INIT;
		uint8_t slot[32];

		event_of(&want.message, topics, slot);
		if (rows[i].topic < 0)
			slot[rows[i].at] ^= 1;
		else
			topics[rows[i].topic].b[rows[i].at] ^= 1;
		chain.n = 0;
		assert_ok(
		    onchain_read_log(topics, 3, span_of(slot, 32), &chain, &f),
		    f);
		assert_int_equal(differs_of(0), rows[i].differs);
	}
}

static void onchain_read_log__refuses_other_events(void **state)
{
	struct keccak256 topics[3];
	struct fault f = FAULT_INIT;
	uint8_t slot[33];

	(void)state;
	event_of(&want.message, topics, slot);
	chain.n = 0;
	assert_refused(
	    onchain_read_log(topics, 2, span_of(slot, 32), &chain, &f), f,
	    FAULT_FORMAT, "onchain.topics");
	assert_refused(
	    onchain_read_log(topics, 3, span_of(slot, 33), &chain, &f), f,
	    FAULT_FORMAT, "onchain.data");
	memset(slot + 27, 0, 5);
	assert_refused(
	    onchain_read_log(topics, 3, span_of(slot, 32), &chain, &f), f,
	    FAULT_FORMAT, "onchain.slot");
	topics[0].b[0] ^= 1;
	assert_refused(
	    onchain_read_log(topics, 3, span_of(slot, 32), &chain, &f), f,
	    FAULT_UNSUPPORTED, "onchain.event");
	assert_refused(onchain_read_log(NULL, 0, span_of(slot, 32), &chain, &f),
	    f, FAULT_UNSUPPORTED, "onchain.event");
	assert_int_equal(chain.n, 0);
}

/* ---- texts -------------------------------------------------------------------- */

static char text[32768];

/* An entry of a log as a node writes it; `more` goes in front. */
static size_t put_log(size_t at, const char *more, int event)
{
	struct keccak256 topics[3];
	char hex[4][HEX_SIZE(32)];
	uint8_t slot[32];

	event_of(&want.message, topics, slot);
	topics[0].b[0] ^= event == 0 ? 1 : 0;
	slot[31] = event == 2 ? 0 : slot[31];
	for (size_t i = 0; i < 3; i++)
		hex_encode(span_of(topics[i].b, 32), hex[i]);
	hex_encode(span_of(slot, 32), hex[3]);
	return at +
	    (size_t)snprintf(text + at, sizeof(text) - at,
		"{%s\"topics\":[\"0x%s\",\"0x%s\",\"0x%s\"],\"data\":\"0x%s\"}",
		more, hex[0], hex[1], hex[2], hex[3]);
}

static void assert_text(size_t n_records)
{
	struct fault f = FAULT_INIT;

	assert_ok(onchain_read_text(span_text(text), &chain, &f), f);
	assert_int_equal(chain.n, n_records);
	for (size_t i = 0; i < chain.n; i++)
		assert_int_equal(differs_of(i), 0);
}

static void assert_no_text(const char *t, enum fault_kind kind, const char *at)
{
	struct fault f = FAULT_INIT;

	assert_refused(
	    onchain_read_text(span_text(t), &chain, &f), f, kind, at);
}

static void onchain_read_text__takes_what_nodes_answer(void **state)
{
	struct blob push = push_of(&want.message, signature.b, 65);
	char hex[2048];
	size_t n;

	(void)state;
	hex_encode(blob_span(&push), hex);
	blob_drop(&push);
	snprintf(text, sizeof(text), " \n0x%s\n", hex);
	assert_text(1);
	snprintf(
	    text, sizeof(text), "{\"nonce\":\"0x1\",\"input\":\"0x%s\"}", hex);
	assert_text(1);
	snprintf(text, sizeof(text),
	    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"input\":\"0x%s\"}}",
	    hex);
	assert_text(1);
	put_log(0, "\"removed\":false,", 1);
	assert_text(1);
	/* A receipt, with another contract's event between two of ours. */
	n = (size_t)snprintf(
	    text, sizeof(text), "{\"status\":\"0x1\",\"logs\":[");
	n = put_log(n, "", 1);
	text[n++] = ',';
	n = put_log(n, "\"removed\":true,", 0);
	text[n++] = ',';
	n = put_log(n, "", 1);
	snprintf(text + n, sizeof(text) - n, "]}");
	assert_text(2);
	text[0] = '[';
	n = put_log(1, "", 1);
	snprintf(text + n, sizeof(text) - n, "]");
	assert_text(1);
}

static void onchain_read_text__refuses_the_rest(void **state)
{
	size_t n;

	(void)state;
	assert_no_text("", FAULT_UNSUPPORTED, "onchain.text");
	assert_no_text("0x", FAULT_UNSUPPORTED, "onchain.text");
	assert_no_text("a44a74bd", FAULT_UNSUPPORTED, "onchain.text");
	assert_no_text("0xa44a74b", FAULT_FORMAT, "onchain.hex");
	assert_no_text("0xa44a74bg", FAULT_FORMAT, "onchain.hex");
	assert_no_text("{", FAULT_FORMAT, "onchain.json");
	assert_no_text("{}", FAULT_UNSUPPORTED, "onchain.text");
	assert_no_text("{\"result\":null}", FAULT_UNSUPPORTED, "onchain.text");
	assert_no_text("[]", FAULT_UNSUPPORTED, "onchain.event");
	assert_no_text("[1]", FAULT_UNSUPPORTED, "onchain.text");
	assert_no_text("{\"logs\":[]}", FAULT_UNSUPPORTED, "onchain.event");
	assert_no_text("{\"input\":7}", FAULT_FORMAT, "onchain.hex");
	assert_no_text("{\"input\":\"0x\"}", FAULT_UNSUPPORTED, "onchain.call");
	assert_no_text(
	    "{\"topics\":[7],\"data\":\"0x\"}", FAULT_FORMAT, "onchain.hex");
	put_log(0, "\"removed\":true,", 1);
	assert_no_text(text, FAULT_FORMAT, "onchain.removed");
	/* One of ours that is broken hides behind no other. */
	text[0] = '[';
	n = put_log(1, "", 1);
	text[n++] = ',';
	n = put_log(n, "", 2);
	snprintf(text + n, sizeof(text) - n, "]");
	assert_no_text(text, FAULT_FORMAT, "onchain.slot");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(onchain_read_call__gives_back_what_was_signed),
		cmocka_unit_test(onchain_read_call__knows_negative_values),
		cmocka_unit_test(
		    onchain_read_call__reads_every_statement_of_a_batch),
		cmocka_unit_test(
		    onchain_read_call__reads_both_sides_of_an_equivocation),
		cmocka_unit_test(
		    onchain_read_call__refuses_what_it_cannot_read),
		cmocka_unit_test(onchain_differs__names_what_was_changed),
		cmocka_unit_test(
		    onchain_recover__refuses_what_the_contract_refuses),
		cmocka_unit_test(onchain_want__takes_numbers_only),
		cmocka_unit_test(onchain_read_log__gives_back_what_was_stored),
		cmocka_unit_test(onchain_read_log__names_what_was_changed),
		cmocka_unit_test(onchain_read_log__refuses_other_events),
		cmocka_unit_test(onchain_read_text__takes_what_nodes_answer),
		cmocka_unit_test(onchain_read_text__refuses_the_rest),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
