/* SPDX-License-Identifier: Apache-2.0 */
/* RLP as it is written: the encode cases of evm/rlp.json. */
#include "chain/codec/eth_rlp.h"
#include "tests/unit/evm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

static void check_encode(const struct json_node *c)
{
	const struct json_node *item = evm_get(c, "item");
	struct fault f = FAULT_INIT;
	struct wr w = writer(&f);

	write_item(&w, item);
	assert_written(c, &w, item_size(item), &f);
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
	/* The 64-bit form says the same wherever it can. */
	if (!span_is_zero(span_of(word, 24)))
		return;
	for (size_t i = 24; i < 32; i++)
		v = v << 8 | word[i];
	w = writer(&f);
	eth_rlp_u64(&w, v);
	assert_written(c, &w, eth_rlp_u64_size(v), &f);
}

static void eth_rlp__matches_every_encode_case(void **state)
{
	struct evm_file file = evm_open("rlp");
	size_t n_items = 0, n_uints = 0;

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		if (strcmp(evm_text(c, "op"), "encode") == 0) {
			check_encode(c);
			n_items++;
		} else if (strcmp(evm_text(c, "op"), "encode_uint") == 0) {
			check_encode_uint(c);
			n_uints++;
		}
	}
	assert_true(n_items > 0);
	assert_true(n_uints > 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eth_rlp__matches_every_encode_case),
		cmocka_unit_test(eth_rlp_list__writes_the_shortest_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
