/* SPDX-License-Identifier: Apache-2.0 */
/* RLP in both directions: evm/rlp.json, and each refusal by its own name. */
#include "chain/eth_rlp.h"
#include "tests/unit/check.h"
#include "tests/unit/evm.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

static size_t item_size(const struct json_node *item)
{
	size_t payload = 0;

	if (json_kind_of(item) == JSON_TEXT) {
		AUTO(blob_drop) struct blob b = evm_blob_of(item);

		return eth_rlp_string_size(blob_span(&b));
	}
	assert_int_equal(json_kind_of(item), JSON_ARRAY);
	for (const struct json_node *v = json_first(item); v != NULL;
	     v = json_next(v))
		payload += item_size(v);
	return eth_rlp_list_size(payload);
}

static void write_item(struct wr *w, const struct json_node *item)
{
	size_t payload = 0;

	if (json_kind_of(item) == JSON_TEXT) {
		AUTO(blob_drop) struct blob b = evm_blob_of(item);

		eth_rlp_string(w, blob_span(&b));
		return;
	}
	for (const struct json_node *v = json_first(item); v != NULL;
	     v = json_next(v))
		payload += item_size(v);
	eth_rlp_list(w, payload);
	for (const struct json_node *v = json_first(item); v != NULL;
	     v = json_next(v))
		write_item(w, v);
}

static struct wr writer(struct fault *f)
{
	return wr_grow(1u << 20, "test", f);
}

static void assert_written(
    const struct json_node *c, struct wr *w, size_t size, struct fault *f)
{
	AUTO(blob_drop) struct blob got = { 0 };

	if (!wr_done(w, &got))
		fail_msg("%s: %s", evm_id(c), f->text);
	EVM_TRUE(c, evm_equals(c, "encoded", blob_span(&got)));
	EVM_TRUE(c, got.n == size);
}

/* Reads an item of any shape and writes it again. */
static void copy_item(struct rd *r, struct wr *w)
{
	struct rd items;

	if (!eth_rlp_next_is_list(r)) {
		eth_rlp_string(w, eth_rlp_read_string(r));
		return;
	}
	items = eth_rlp_read_list(r, "test.items");
	eth_rlp_list(w, rd_left(&items));
	while (rd_left(&items) > 0)
		copy_item(&items, w);
	assert_true(rd_end(&items));
}

/* What was accepted has no other encoding. */
static void assert_only_form(struct span in)
{
	AUTO(blob_drop) struct blob again = { 0 };
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(in, "test", &f);
	struct wr w = writer(&f);

	copy_item(&r, &w);
	assert_ok(rd_end(&r), f);
	assert_ok(wr_done(&w, &again), f);
	assert_true(span_equal(in, blob_span(&again)));
}

/* The item that is read is the one that the case describes. */
static void assert_read(
    const struct json_node *c, struct rd *r, const struct json_node *item)
{
	struct rd items;

	if (json_kind_of(item) == JSON_TEXT) {
		AUTO(blob_drop) struct blob want = evm_blob_of(item);

		EVM_TRUE(
		    c, span_equal(eth_rlp_read_string(r), blob_span(&want)));
		return;
	}
	EVM_TRUE(c, eth_rlp_next_is_list(r));
	items = eth_rlp_read_list(r, "test.items");
	for (const struct json_node *v = json_first(item); v != NULL;
	     v = json_next(v))
		assert_read(c, &items, v);
	EVM_TRUE(c, rd_end(&items));
}

static void assert_decodes(const struct json_node *c)
{
	AUTO(blob_drop) struct blob in = evm_blob(c, "encoded");
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(blob_span(&in), "test", &f);

	if (!eth_rlp_check(blob_span(&in), &f))
		fail_msg("%s: %s: %s", evm_id(c), f.at, f.text);
	assert_only_form(blob_span(&in));
	if (!evm_has(c, "item"))
		return;
	assert_read(c, &r, evm_get(c, "item"));
	EVM_TRUE(c, rd_end(&r));
}

static void check_encode(const struct json_node *c)
{
	const struct json_node *item = evm_get(c, "item");
	struct fault f = FAULT_INIT;
	struct wr w = writer(&f);

	write_item(&w, item);
	assert_written(c, &w, item_size(item), &f);
	assert_decodes(c);
}

static void check_decode_uint(const struct json_node *c)
{
	AUTO(blob_drop) struct blob in = evm_blob(c, "encoded");
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(blob_span(&in), "test.left", &f);
	const struct u256 v = eth_rlp_read_u256(&r);
	const bool ok = rd_end(&r);
	uint8_t want[32], got[32];

	if (evm_is_negative(c)) {
		EVM_TRUE(c, !ok && f.kind == FAULT_FORMAT);
		EVM_TRUE(c, u256_is_zero(&v) || strcmp(f.at, "test.left") == 0);
		return;
	}
	EVM_TRUE(c, ok);
	evm_word(evm_get(c, "value"), want);
	u256_to_be(&v, got);
	EVM_TRUE(c, memcmp(want, got, sizeof(want)) == 0);
}

static void check_encode_uint(const struct json_node *c)
{
	struct fault f = FAULT_INIT;
	struct wr w = writer(&f);
	uint8_t word[32];
	uint64_t v = 0;

	evm_word(evm_get(c, "value"), word);
	eth_rlp_uint(&w, span_of(word, sizeof(word)));
	assert_written(
	    c, &w, eth_rlp_uint_size(span_of(word, sizeof(word))), &f);
	check_decode_uint(c);
	/* The 64-bit form says the same wherever it can. */
	if (!span_is_zero(span_of(word, 24)))
		return;
	for (size_t i = 24; i < 32; i++)
		v = v << 8 | word[i];
	w = writer(&f);
	eth_rlp_u64(&w, v);
	assert_written(c, &w, eth_rlp_u64_size(v), &f);
}

static void check_decode(const struct json_node *c)
{
	AUTO(blob_drop) struct blob in = evm_blob(c, "encoded");
	struct fault f = FAULT_INIT;

	if (!evm_is_negative(c)) {
		assert_decodes(c);
		return;
	}
	if (eth_rlp_check(blob_span(&in), &f))
		fail_msg("%s: accepted", evm_id(c));
	EVM_TRUE(c, strncmp(f.at, "eth.rlp.", 8) == 0);
	EVM_TRUE(c, f.kind == FAULT_FORMAT && f.offset <= in.n);
}

static void eth_rlp__matches_every_case(void **state)
{
	static const struct {
		const char *op;
		void (*check)(const struct json_node *c);
	} ops[] = {
		{ "encode", check_encode },
		{ "encode_uint", check_encode_uint },
		{ "decode", check_decode },
		{ "decode_uint", check_decode_uint },
	};
	struct evm_file file = evm_open("rlp");
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
	}
	for (size_t i = 0; i < COUNT(ops); i++)
		assert_true(n[i] > 0);
	evm_close(&file);
}

/* Where the length of the length grows: the sizes agree with what is written,
 * and the prefix is the one of the specification. */
static void eth_rlp_list__writes_the_shortest_prefix(void **state)
{
	static const struct {
		size_t payload, n;
		uint8_t prefix[4];
	} rows[] = {
		{ 0, 1, { 0xc0 } },
		{ 55, 1, { 0xf7 } },
		{ 56, 2, { 0xf8, 56 } },
		{ 255, 2, { 0xf8, 255 } },
		{ 256, 3, { 0xf9, 1, 0 } },
		{ 65535, 3, { 0xf9, 255, 255 } },
		{ 65536, 4, { 0xfa, 1, 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = FAULT_INIT;
		uint8_t room[16];
		struct wr w = wr_into(room, sizeof(room), "test", &f);

		eth_rlp_list(&w, rows[i].payload);
		assert_true(span_equal(
		    wr_view(&w), span_of(rows[i].prefix, rows[i].n)));
		assert_int_equal(eth_rlp_list_size(rows[i].payload),
		    rows[i].n + rows[i].payload);
	}
}

/* ---- refusals, each by its own name ------------------------------------- */

static struct blob bytes(const char *hex)
{
	struct fault f = FAULT_INIT;
	struct blob out = { 0 };

	if (hex[0] != '\0')
		assert_ok(
		    hex_decode_blob(span_text(hex), 4096, &out, "test", &f), f);
	return out;
}

static void eth_rlp_check__names_the_rule_and_the_item(void **state)
{
	static const struct {
		const char *hex, *at;
		size_t offset;
	} rows[] = {
		{ "", "eth.rlp.end", 0 },
		{ "83aabb", "eth.rlp.end", 0 },
		{ "c3aabb", "eth.rlp.end", 0 },
		{ "c282", "eth.rlp.end", 0 },
		{ "c3c182ff", "eth.rlp.end", 2 },
		{ "b8", "eth.rlp.end", 0 },
		{ "bfffffffffffffffff", "eth.rlp.end", 0 },
		{ "ffffffffffffffffff", "eth.rlp.end", 0 },
		{ "8100", "eth.rlp.minimal", 0 },
		{ "c38101817f", "eth.rlp.minimal", 1 },
		{ "b80100", "eth.rlp.minimal", 0 },
		{ "b800", "eth.rlp.minimal", 0 },
		{ "b900", "eth.rlp.end", 0 },
		{ "b90000", "eth.rlp.minimal", 0 },
		{ "f803010203", "eth.rlp.minimal", 0 },
		{ "f90003010203", "eth.rlp.minimal", 0 },
		{ "01ff", "eth.rlp.left", 1 },
		{ "c080", "eth.rlp.left", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(blob_drop) struct blob in = bytes(rows[i].hex);
		struct fault f = FAULT_INIT;

		if (eth_rlp_check(blob_span(&in), &f) ||
		    strcmp(f.at, rows[i].at) != 0)
			fail_msg("%s: want %s", rows[i].hex, rows[i].at);
		assert_fault_at(f, FAULT_FORMAT, rows[i].at, rows[i].offset);
	}
}

/* Also when the length itself is one for the long form. */
static void eth_rlp_check__refuses_a_length_with_a_leading_zero(void **state)
{
	static const uint8_t prefixes[][4] = { { 0xb9, 0, 56 }, { 0xf9, 0, 56 },
		{ 0xba, 0, 1, 0 } };
	static const size_t n_prefix[] = { 3, 3, 4 }, n[] = { 56, 56, 256 };

	(void)state;
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		uint8_t in[300] = { 0 };
		struct fault f = FAULT_INIT;

		memcpy(in, prefixes[i], n_prefix[i]);
		assert_refused_at(
		    eth_rlp_check(span_of(in, n_prefix[i] + n[i]), &f), f,
		    FAULT_FORMAT, "eth.rlp.minimal", 0);
		/* Without the zero it is right. */
		memmove(in + 1, in + 2, sizeof(in) - 2);
		in[0]--;
		assert_ok(
		    eth_rlp_check(span_of(in, n_prefix[i] + n[i] - 1), &f), f);
	}
}

static void eth_rlp_check__stops_at_the_depth_limit(void **state)
{
	uint8_t in[LIMIT_RLP_DEPTH + 1];
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(0xc0 + sizeof(in) - 1 - i);
	assert_ok(eth_rlp_check(span_of(in + 1, LIMIT_RLP_DEPTH), &f), f);
	assert_refused_at(eth_rlp_check(span_of(in, sizeof(in)), &f), f,
	    FAULT_LIMIT, "eth.rlp.depth", LIMIT_RLP_DEPTH);
}

static void eth_rlp_read__refuses_the_other_kind(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(span_of("\x01\xc1\x80", 3), "test", &f);
	struct rd items;

	(void)state;
	assert_int_equal(eth_rlp_read_u64(&r), 1);
	assert_int_equal(eth_rlp_read_string(&r).n, 0);
	assert_fault_at(f, FAULT_FORMAT, "eth.rlp.kind", 1);
	r = rd_over(span_of("\x01\xc1\x80", 3), "test", &f);
	items = eth_rlp_read_list(&r, "test.items");
	assert_int_equal(rd_left(&items), 0);
	assert_fault_at(f, FAULT_FORMAT, "eth.rlp.kind", 0);
}

static void eth_rlp_read__refuses_wide_and_padded_integers(void **state)
{
	static const struct {
		const char *hex;
		bool u64, u256;
	} rows[] = {
		{ "80", true, true },
		{ "7f", true, true },
		{ "00", false, false },
		{ "820001", false, false },
		{ "88ffffffffffffffff", true, true },
		{ "89010000000000000000", false, true },
		{ "a0ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffff",
		    false, true },
		{ "a101000000000000000000000000000000000000000000000000000000"
		  "0000000000",
		    false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(blob_drop) struct blob in = bytes(rows[i].hex);
		struct fault f = FAULT_INIT;
		struct rd r = rd_over(blob_span(&in), "test", &f);

		(void)eth_rlp_read_u64(&r);
		assert_int_equal(rd_end(&r), rows[i].u64);
		if (!rows[i].u64)
			assert_fault_at(f, FAULT_FORMAT, "eth.rlp.uint", 0);
		r = rd_over(blob_span(&in), "test", &f);
		(void)eth_rlp_read_u256(&r);
		assert_int_equal(rd_end(&r), rows[i].u256);
		if (!rows[i].u256)
			assert_fault_at(f, FAULT_FORMAT, "eth.rlp.uint", 0);
	}
}

static void eth_rlp_read_bytes__wants_the_exact_length(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(span_of("\x82\xaa\xbb", 3), "test", &f);
	uint8_t out[3] = { 9, 9, 9 };

	(void)state;
	eth_rlp_read_bytes(&r, out, 2);
	assert_ok(rd_end(&r), f);
	assert_memory_equal(out, "\xaa\xbb\x09", 3);
	for (size_t n = 0; n <= 3; n++) {
		if (n == 2)
			continue;
		r = rd_over(span_of("\x82\xaa\xbb", 3), "test", &f);
		eth_rlp_read_bytes(&r, out, n);
		assert_fault_at(f, FAULT_FORMAT, "eth.rlp.length", 0);
		assert_true(span_is_zero(span_of(out, n)));
	}
}

/* A reader that has failed says the first thing that was wrong. */
static void eth_rlp_read__stays_failed(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(span_of("\x81\x05\x06", 3), "test", &f);

	(void)state;
	assert_int_equal(eth_rlp_read_u64(&r), 0);
	assert_int_equal(eth_rlp_read_u64(&r), 0);
	assert_false(eth_rlp_next_is_list(&r));
	assert_int_equal(eth_rlp_read_item(&r).n, 0);
	assert_fault_at(f, FAULT_FORMAT, "eth.rlp.minimal", 0);
}

static void eth_rlp_read_item__gives_the_item_with_its_prefix(void **state)
{
	static const uint8_t in[] = { 0xc1, 0x80, 0x82, 1, 2, 5, 0xc2, 0x81,
		5 };
	static const size_t want[] = { 2, 3, 1 };
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(span_of(in, sizeof(in)), "test", &f);
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(want); i++) {
		const struct span item = eth_rlp_read_item(&r);

		assert_ptr_equal(item.p, in + at);
		assert_int_equal(item.n, want[i]);
		at += item.n;
	}
	/* What is wrong within is found although nobody looks inside. */
	assert_int_equal(eth_rlp_read_item(&r).n, 0);
	assert_fault_at(f, FAULT_FORMAT, "eth.rlp.minimal", 7);
}

/* Any one bit of any encoding changed, any byte of it cut off: refused, or
 * another item with one encoding. */
static void eth_rlp_check__survives_every_flip_and_cut(void **state)
{
	struct evm_file file = evm_open("rlp");

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		AUTO(blob_drop) struct blob in = evm_blob(c, "encoded");
		struct fault f = FAULT_INIT;

		if (evm_is_negative(c) || in.n > 300)
			continue;
		for (size_t n = 0; n < in.n; n++) {
			fault_clear(&f);
			EVM_TRUE(c, !eth_rlp_check(span_of(in.p, n), &f));
		}
		for (size_t bit = 0; bit < 8 * in.n; bit++) {
			in.p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
			fault_clear(&f);
			if (eth_rlp_check(blob_span(&in), &f))
				assert_only_form(blob_span(&in));
			in.p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		}
	}
	evm_close(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eth_rlp__matches_every_case),
		cmocka_unit_test(eth_rlp_list__writes_the_shortest_prefix),
		cmocka_unit_test(eth_rlp_check__names_the_rule_and_the_item),
		cmocka_unit_test(
		    eth_rlp_check__refuses_a_length_with_a_leading_zero),
		cmocka_unit_test(eth_rlp_check__stops_at_the_depth_limit),
		cmocka_unit_test(eth_rlp_check__survives_every_flip_and_cut),
		cmocka_unit_test(eth_rlp_read__refuses_the_other_kind),
		cmocka_unit_test(
		    eth_rlp_read__refuses_wide_and_padded_integers),
		cmocka_unit_test(eth_rlp_read__stays_failed),
		cmocka_unit_test(eth_rlp_read_bytes__wants_the_exact_length),
		cmocka_unit_test(
		    eth_rlp_read_item__gives_the_item_with_its_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
