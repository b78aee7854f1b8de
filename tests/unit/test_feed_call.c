/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/feed_call.h"

#include "tests/unit/check.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <stdlib.h>

#define STATEMENT "(bytes32,int256,uint8,uint64,uint64,bytes32,bytes32)"

static struct feed_call call_of(const char *feed, const char *value, uint8_t v)
{
	struct feed_call c = {
		.statement = { .timestamp = 1760000000000,
		    .round = 42,
		    .config = sha256_of(span_text("config")),
		    .statement = sha256_of(span_text("statement")) },
	};
	struct fault f = FAULT_INIT;

	memcpy(c.statement.feed, feed, strlen(feed));
	assert_ok(
	    dec_parse(span_text(value), 8, DEC_EXACT, &c.statement.value, &f),
	    f);
	memset(c.signature.b, 0x11, 64);
	c.signature.b[64] = v;
	return c;
}

static struct blob encoded(const struct feed_call *calls, size_t n)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_TX_BYTES, "test", &f);
	struct blob out = { 0 };

	assert_ok(feed_call_encode(calls, n, &w, &f), f);
	assert_ok(wr_done(&w, &out), f);
	return out;
}

static uint64_t u64_at(const struct eth_abi_view *v, size_t i)
{
	const struct eth_abi_view item = eth_abi_item(v, i);
	const struct u256 n = eth_abi_u256(&item);
	struct fault f = FAULT_INIT;
	uint64_t out;

	assert_ok(u256_to_u64(&n, &out, &f), f);
	return out;
}

/* Members stand in the order of the interface, one statement by itself. */
static void one__is_a_push_with_its_members_in_order(void **state)
{
	const struct feed_call c = call_of("BTC/USD", "97234.12", 27);
	AUTO(blob_drop) struct blob data = encoded(&c, 1);
	struct eth_abi_view args;
	struct eth_abi abi;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(eth_abi_decode_call(span_text("push(" STATEMENT ",bytes)"),
		      blob_span(&data), &abi, &args, &f),
	    f);
	const struct eth_abi_view s = eth_abi_item(&args, 0);
	assert_memory_equal(eth_abi_item(&s, 0).bytes.p, "BTC/USD\0", 8);
	assert_int_equal(u64_at(&s, 1), 9723412000000);
	assert_int_equal(u64_at(&s, 2), 8);
	assert_int_equal(u64_at(&s, 3), 1760000000000);
	assert_int_equal(u64_at(&s, 4), 42);
	assert_memory_equal(
	    eth_abi_item(&s, 5).bytes.p, c.statement.config.b, 32);
	assert_memory_equal(
	    eth_abi_item(&s, 6).bytes.p, c.statement.statement.b, 32);
	assert_int_equal(eth_abi_item(&args, 1).bytes.n, 64);
}

/* v moves into the highest bit of s. */
static void signatures__are_compact(void **state)
{
	const struct feed_call calls[] = { call_of("BTC/USD", "1", 27),
		call_of("ETH/USD", "-2", 28) };
	AUTO(blob_drop) struct blob data = encoded(calls, 2);
	struct eth_abi_view args;
	struct eth_abi abi;
	struct fault f = FAULT_INIT;
	struct dec v;

	(void)state;
	assert_ok(
	    eth_abi_decode_call(span_text("pushBatch(" STATEMENT "[],bytes)"),
		blob_span(&data), &abi, &args, &f),
	    f);
	const struct eth_abi_view list = eth_abi_item(&args, 0);
	const struct span sigs = eth_abi_item(&args, 1).bytes;
	assert_int_equal(list.n_items, 2);
	assert_int_equal(sigs.n, 128);
	assert_int_equal(sigs.p[32], 0x11);
	assert_int_equal(sigs.p[96], 0x91);
	const struct eth_abi_view second = eth_abi_item(&list, 1);
	dec_decode_int256(eth_abi_item(&second, 1).bytes.p, 8, &v);
	assert_int_equal(dec_compare(&v, &calls[1].statement.value), 0);
}

static void packed__is_191_bytes_each(void **state)
{
	const struct feed_call calls[] = { call_of("BTC/USD", "1", 27),
		call_of("ETH/USD", "-2", 28) };
	uint8_t out[2 * 191 + 1];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(out, sizeof(out), "test", &f);
	size_t n;

	(void)state;
	assert_ok(feed_call_encode_packed(calls, 2, &w, &f), f);
	assert_ok(wr_done_into(&w, &n), f);
	assert_int_equal(n, 2 * 191);
	const uint8_t *p = out + 191;
	assert_memory_equal(p, "ETH/USD\0", 8);
	assert_int_equal(p[32], 0xff); /* -200000000 in 128 bits */
	assert_int_equal(p[48], 8);
	assert_memory_equal(p + 49, "\x01\x99\xc8\x2c\xc0\x00", 6);
	assert_int_equal(p[62], 42);
	assert_memory_equal(p + 63, calls[1].statement.config.b, 32);
	assert_memory_equal(p + 95, calls[1].statement.statement.b, 32);
	assert_int_equal(p[127], 0x11);
	assert_int_equal(p[159], 0x91);
}

static void packed__refuses_what_does_not_fit(void **state)
{
	/* 2^127 in units of 10^-8 is one too many. */
	struct feed_call wide =
	    call_of("BTC/USD", "1701411834604692317316873037158.84105728", 27);
	uint8_t out[191];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(out, sizeof(out), "test", &f);

	(void)state;
	assert_refused(feed_call_encode_packed(&wide, 1, &w, &f), f,
	    FAULT_LIMIT, "feed.call.width");
	wide =
	    call_of("BTC/USD", "1701411834604692317316873037158.84105727", 27);
	assert_ok(feed_call_encode_packed(&wide, 1, &w, &f), f);
	wide.statement.timestamp = UINT64_C(1) << 48;
	assert_refused(feed_call_encode_packed(&wide, 1, &w, &f), f,
	    FAULT_LIMIT, "feed.call.width");
}

static void counts__are_bounded(void **state)
{
	struct feed_call *calls = calloc(LIMIT_FEED_CALLS + 1, sizeof(*calls));
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_TX_BYTES, "test", &f);

	(void)state;
	for (size_t i = 0; i <= LIMIT_FEED_CALLS; i++)
		calls[i] = call_of("BTC/USD", "1", 27);
	assert_refused(feed_call_encode(calls, 0, &w, &f), f, FAULT_USAGE,
	    "feed.call.count");
	assert_refused(feed_call_encode(calls, LIMIT_FEED_CALLS + 1, &w, &f), f,
	    FAULT_USAGE, "feed.call.count");
	assert_refused(
	    feed_call_encode_packed(calls, LIMIT_FEED_CALLS + 1, &w, &f), f,
	    FAULT_USAGE, "feed.call.count");
	assert_ok(feed_call_encode(calls, LIMIT_FEED_CALLS, &w, &f), f);
	wr_drop(&w);
	free(calls);
}

/* ---- what is stored ------------------------------------------------------ */

static struct blob answer_of(const char *hex)
{
	struct fault f = FAULT_INIT;
	struct blob out = { 0 };

	assert_ok(hex_decode_blob(span_text(hex), 4096, &out, "test", &f), f);
	return out;
}

#define ZEROS_56 "00000000000000000000000000000000000000000000000000000000"
#define HEAD ZEROS_56 "00000020" ZEROS_56 "00000002"
/* -5; 1760000000000 ms; 1760000001 s; 7 */
#define ROUND                              \
	"fffffffffffffffffffffffffffffffb" \
	"0199c82cc000"                     \
	"0068e77801"                       \
	"0000000007"

static void rounds__are_unpacked(void **state)
{
	AUTO(blob_drop)
	struct blob answer = answer_of(HEAD ROUND ZEROS_56 "00000000");
	struct feed_stored rounds[2];
	struct fault f = FAULT_INIT;
	struct dec v;

	(void)state;
	assert_ok(feed_call_read_rounds(blob_span(&answer), rounds, 2, &f), f);
	assert_true(rounds[0].is_set);
	dec_decode_int256(rounds[0].value32, 0, &v);
	assert_true(dec_is_negative(&v));
	assert_int_equal(rounds[0].observed.ms, 1760000000000);
	assert_int_equal(rounds[0].accepted.ms, 1760000001000);
	assert_int_equal(rounds[0].count, 7);
	assert_false(rounds[1].is_set);
	assert_int_equal(rounds[1].observed.ms, 0);
}

static void rounds__of_another_number_are_refused(void **state)
{
	AUTO(blob_drop)
	struct blob answer = answer_of(HEAD ROUND ZEROS_56 "00000000");
	struct feed_stored rounds[3];
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(feed_call_read_rounds(blob_span(&answer), rounds, 3, &f),
	    f, FAULT_FORMAT, "feed.call.rounds");
	assert_refused(feed_call_read_rounds(span_text(""), rounds, 2, &f), f,
	    FAULT_FORMAT, "eth.abi.empty");
	answer.n -= 32;
	assert_refused(feed_call_read_rounds(blob_span(&answer), rounds, 2, &f),
	    f, FAULT_FORMAT, "eth.abi.length");
}

/* ---- refusals ------------------------------------------------------------ */

/* The error's selector and a word or two. */
static struct blob refusal_of(const char *signature)
{
	struct blob out = { calloc(1, 68), 68 };
	struct fault f = FAULT_INIT;

	assert_ok(eth_abi_selector(span_text(signature), out.p, &f), f);
	return out;
}

static void refusals__have_their_names(void **state)
{
	AUTO(blob_drop)
	struct blob older = refusal_of("NotNewer(uint64,uint64)");
	AUTO(blob_drop)
	struct blob feed = refusal_of("UnknownFeed(bytes32)");
	AUTO(blob_drop) struct blob other = refusal_of("Another()");
	char text[FEED_REASON_SIZE];

	(void)state;
	assert_string_equal(
	    feed_call_reason(blob_span(&older), text), "NotNewer");
	assert_true(feed_call_is_not_newer(blob_span(&older)));
	assert_string_equal(
	    feed_call_reason(blob_span(&feed), text), "UnknownFeed");
	assert_false(feed_call_is_not_newer(blob_span(&feed)));
	feed_call_reason(blob_span(&other), text);
	assert_memory_equal(text, "an unknown error 0x", 19);
	assert_string_equal(
	    feed_call_reason(span_text(""), text), "no reason given");
	assert_string_equal(feed_call_reason(span_text("ab"), text),
	    "an answer that is no reason");
	assert_false(feed_call_is_not_newer(span_text("ab")));
}

static void words_of_a_contract__are_made_printable_and_cut(void **state)
{
	uint8_t data[4 + 64 + 224] = { 0x08, 0xc3, 0x79, 0xa0 };
	char text[FEED_REASON_SIZE];

	(void)state;
	data[4 + 31] = 0x20;
	data[4 + 63] = 200;
	memset(data + 68, 'x', 200);
	data[68] = 0x1b;
	data[69] = '"';
	feed_call_reason(span_of(data, sizeof(data)), text);
	assert_int_equal(strlen(text), FEED_REASON_SIZE - 1);
	assert_memory_equal(text, "?\"xxx", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one__is_a_push_with_its_members_in_order),
		cmocka_unit_test(signatures__are_compact),
		cmocka_unit_test(packed__is_191_bytes_each),
		cmocka_unit_test(packed__refuses_what_does_not_fit),
		cmocka_unit_test(counts__are_bounded),
		cmocka_unit_test(rounds__are_unpacked),
		cmocka_unit_test(rounds__of_another_number_are_refused),
		cmocka_unit_test(refusals__have_their_names),
		cmocka_unit_test(
		    words_of_a_contract__are_made_printable_and_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
