/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: each refusal by its own name, field by field. */
#include "chain/eth_tx.h"

#include "chain/eth_rlp.h"
#include "tests/unit/check.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <stdlib.h>

#define N_FIELDS 12
#define ADDRESS "941111111111111111111111111111111111111111"
#define KEY                                                              \
	"a0222222222222222222222222222222222222222222222222222222222222" \
	"2222"

/* Fields as RLP. The form of a signature is right with r = s = 1. */
static const char *const type2[N_FIELDS] = { "01", "02", "03", "04", "825208",
	ADDRESS, "05", "820600", "c0", "80", "01", "01" };
static const char *const type1[N_FIELDS] = { "01", "02", "04", "825208",
	ADDRESS, "05", "820600", "c0", "80", "01", "01" };
static const char *const legacy[N_FIELDS] = { "02", "04", "825208", ADDRESS,
	"05", "820600", "26", "01", "01" };

/* The fields in a list, with `hex` in the place of field i. */
static struct blob raw_of(
    uint8_t type, const char *const fields[N_FIELDS], size_t i, const char *hex)
{
	struct fault f = FAULT_INIT;
	struct wr items = wr_grow(4096, "test", &f);
	struct wr w = wr_grow(4096, "test", &f);
	struct blob out = { 0 };

	for (size_t k = 0; k < N_FIELDS; k++) {
		const char *text = k == i ? hex : fields[k];
		AUTO(blob_drop) struct blob item = { 0 };

		if (text == NULL || text[0] == '\0')
			continue;
		assert_ok(
		    hex_decode_blob(span_text(text), 4096, &item, "test", &f),
		    f);
		wr_span(&items, blob_span(&item));
	}
	if (type != 0)
		wr_u8(&w, type);
	eth_rlp_list(&w, items.n);
	wr_span(&w, wr_view(&items));
	wr_drop(&items);
	assert_ok(wr_done(&w, &out), f);
	return out;
}

struct row {
	size_t i; /* the field that changes */
	const char *hex;
	const char *at, *text; /* what the sentence begins with */
};

static void assert_rows(uint8_t type, const char *const fields[N_FIELDS],
    const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO(blob_drop)
		struct blob raw = raw_of(type, fields, rows[i].i, rows[i].hex);
		struct fault f = FAULT_INIT;
		struct eth_tx tx = { .nonce = 77 };
		struct eth_sig sig = { { 77 } };

		if (eth_tx_decode(blob_span(&raw), &tx, &sig, &f) ||
		    strcmp(f.at, rows[i].at) != 0 ||
		    strncmp(f.text, rows[i].text, strlen(rows[i].text)) != 0)
			fail_msg("type %u, row %zu: %s: %s", type, i,
			    f.at != NULL ? f.at : "accepted", f.text);
		assert_int_equal(f.kind, FAULT_FORMAT);
		assert_int_equal(tx.nonce, 77);
		assert_int_equal(sig.b[0], 77);
	}
}

static void eth_tx_decode__refuses_each_field_of_type_2(void **state)
{
	static const struct row rows[] = {
		{ 0, "80", "eth.tx.chain", "a chain id" },
		{ 0, "887fffffffffffffdc", "eth.tx.chain", "a chain id" },
		{ 0, "89010000000000000001", "eth.rlp.uint", "the chain id: " },
		{ 1, "00", "eth.rlp.uint", "the nonce: " },
		{ 1, "820001", "eth.rlp.uint", "the nonce: " },
		{ 1, "8102", "eth.rlp.minimal", "the nonce: " },
		{ 1, "89010000000000000000", "eth.rlp.uint", "the nonce: " },
		{ 1, "c0", "eth.rlp.kind", "the nonce: " },
		{ 2, "05", "eth.tx.tip", "the priority fee" },
		{ 2, "820003", "eth.rlp.uint", "the priority fee: " },
		{ 3, "c104", "eth.rlp.kind", "the fee per gas: " },
		{ 3,
		    "a1ffffffffffffffffffffffffffffffffffffffffffffffffffff"
		    "ffffffffffffff",
		    "eth.rlp.uint", "the fee per gas: " },
		{ 4, "89010000000000000000", "eth.rlp.uint",
		    "the gas limit: " },
		{ 5, "9311111111111111111111111111111111111111", "eth.tx.to",
		    "the destination: " },
		{ 5, "95111111111111111111111111111111111111111111",
		    "eth.tx.to", "the destination: " },
		{ 5, "01", "eth.tx.to", "the destination: " },
		{ 5, "c0", "eth.rlp.kind", "the destination: " },
		{ 6, "00", "eth.rlp.uint", "the value: " },
		{ 7, "c0", "eth.rlp.kind", "the data: " },
		{ 7, "8106", "eth.rlp.minimal", "the data: " },
		{ 8, "80", "eth.rlp.kind", "the access list: " },
		{ 8, "c180", "eth.rlp.kind", "the access list: " },
		{ 8, "c1c0", "eth.rlp.end", "the access list: " },
		{ 8, "d6d5" ADDRESS, "eth.rlp.end", "the access list: " },
		{ 8, "d7d6" ADDRESS "80", "eth.rlp.kind", "the access list: " },
		{ 8, "d8d7" ADDRESS "c080", "eth.tx.access-list",
		    "the access list: " },
		{ 8,
		    "d6d593111111111111111111111111111111111111"
		    "11c0",
		    "eth.rlp.length", "the access list: " },
		{ 8, "d8d7" ADDRESS "c180", "eth.rlp.length",
		    "the access list: " },
		{ 9, "02", "eth.tx.parity", "the signature: " },
		{ 9, "00", "eth.rlp.uint", "the signature: " },
		{ 9, "", "eth.rlp.end", "the signature: " },
		{ 10, "80", "eth.sig.r", "the signature: " },
		{ 10, "820001", "eth.rlp.uint", "the signature: " },
		{ 10,
		    "a0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e"
		    "8cd0364141",
		    "eth.sig.r", "the signature: " },
		{ 11, "80", "eth.sig.s", "the signature: " },
		{ 11,
		    "a0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e"
		    "8cd0364141",
		    "eth.sig.s", "the signature: " },
		{ 11,
		    "a07fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f"
		    "46681b20a1",
		    "eth.sig.high-s", "the signature: " },
		{ 11, "01c0", "eth.tx.fields", "1 bytes" },
	};

	(void)state;
	assert_rows(2, type2, rows, COUNT(rows));
}

static void eth_tx_decode__refuses_fields_of_the_other_types(void **state)
{
	static const struct row ones[] = {
		{ 0, "80", "eth.tx.chain", "a chain id" },
		{ 1, "00", "eth.rlp.uint", "the nonce: " },
		{ 2, "c0", "eth.rlp.kind", "the fee per gas: " },
		{ 7, "80", "eth.rlp.kind", "the access list: " },
		{ 8, "02", "eth.tx.parity", "the signature: " },
		{ 10, "0101", "eth.tx.fields", "1 bytes" },
	};
	static const struct row olds[] = {
		{ 0, "00", "eth.rlp.uint", "the nonce: " },
		{ 6, "1b", "eth.tx.v", "the signature: " },
		{ 6, "1c", "eth.tx.v", "the signature: " },
		{ 6, "80", "eth.tx.v", "the signature: " },
		{ 6, "22", "eth.tx.v", "the signature: " },
		{ 6, "23", "eth.tx.chain", "a chain id" },
		{ 6, "24", "eth.tx.chain", "a chain id" },
		{ 6, "88ffffffffffffffff", "eth.tx.chain", "a chain id" },
		{ 6, "89010000000000000000", "eth.rlp.uint",
		    "the signature: " },
		{ 8, "0101", "eth.tx.fields", "1 bytes" },
		{ 8, "", "eth.rlp.end", "the signature: " },
	};

	(void)state;
	assert_rows(1, type1, ones, COUNT(ones));
	assert_rows(0, legacy, olds, COUNT(olds));
}

/* The rows above change one field of these; so these must be right. */
static void eth_tx_decode__takes_what_the_refusals_start_from(void **state)
{
	static const struct {
		uint8_t type;
		const char *const *fields;
		size_t i;
		const char *hex;
	} rows[] = {
		{ 2, type2, 0, "01" },
		{ 1, type1, 0, "01" },
		{ 0, legacy, 0, "02" },
		{ 2, type2, 0, "887fffffffffffffdb" },
		{ 0, legacy, 6, "88ffffffffffffffda" },
		{ 2, type2, 2, "04" },
		{ 2, type2, 3,
		    "a0ffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		    "ffffffffff" },
		{ 2, type2, 5, "80" },
		{ 2, type2, 8, "f838f7" ADDRESS "e1" KEY },
		{ 2, type2, 11,
		    "a07fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f"
		    "46681b20a0" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(blob_drop)
		struct blob raw = raw_of(
		    rows[i].type, rows[i].fields, rows[i].i, rows[i].hex);
		uint8_t room[512];
		struct fault f = FAULT_INIT, wf = FAULT_INIT;
		struct wr w = wr_into(room, sizeof(room), "test", &wf);
		struct eth_sig sig;
		struct eth_tx tx;

		if (!eth_tx_decode(blob_span(&raw), &tx, &sig, &f))
			fail_msg("row %zu: %s: %s", i, f.at, f.text);
		assert_int_equal(tx.type, rows[i].type);
		assert_true(tx.is_creation == eth_addr_is_zero(&tx.to));
		assert_ok(eth_tx_encode(&tx, &sig, &w, &f), f);
		assert_true(span_equal(wr_view(&w), blob_span(&raw)));
	}
}

static void eth_tx_decode__refuses_other_types_and_what_stands_behind(
    void **state)
{
	AUTO(blob_drop) struct blob raw = raw_of(2, type2, 0, "01");
	AUTO(blob_drop) struct blob longer = { 0 };
	struct fault f = FAULT_INIT;
	struct eth_sig sig;
	struct eth_tx tx;

	(void)state;
	assert_refused(eth_tx_decode(span_of(NULL, 0), &tx, &sig, &f), f,
	    FAULT_FORMAT, "eth.tx.empty");
	assert_refused(eth_tx_decode(span_of(raw.p, 1), &tx, &sig, &f), f,
	    FAULT_FORMAT, "eth.rlp.end");
	for (unsigned type = 0; type < 0xc0; type++) {
		if (type == 1 || type == 2)
			continue;
		raw.p[0] = (uint8_t)type;
		assert_refused_at(eth_tx_decode(blob_span(&raw), &tx, &sig, &f),
		    f, FAULT_UNSUPPORTED, "eth.tx.type", 0);
	}
	raw.p[0] = 2;
	assert_ok(blob_copy(span_of(raw.p, raw.n), &longer, &f), f);
	/* blob_copy leaves one NUL behind. */
	assert_refused_at(
	    eth_tx_decode(span_of(longer.p, longer.n + 1), &tx, &sig, &f), f,
	    FAULT_FORMAT, "eth.tx.left", longer.n);
}

/* ---- writing ------------------------------------------------------------ */

static struct eth_tx sample(void)
{
	return (struct eth_tx){ .type = ETH_TX_DYNAMIC_FEE,
		.chain_id = 8453,
		.nonce = 7,
		.gas_limit = 90000,
		.max_fee_per_gas = u256_of(25000000),
		.max_priority_fee_per_gas = u256_of(1000000),
		.to = { { 0x11 } },
		.data = span_text("data") };
}

static const struct eth_sig ones = { { [31] = 1, [63] = 1, [64] = 27 } };

static void assert_unwritable(
    const struct eth_tx *tx, enum fault_kind kind, const char *at)
{
	struct fault f = FAULT_INIT, wf = FAULT_INIT;
	struct keccak256 hash;
	struct eth_addr sender;
	uint8_t room[512];
	struct wr w = wr_into(room, sizeof(room), "test", &wf);

	assert_refused(eth_tx_encode(tx, &ones, &w, &f), f, kind, at);
	assert_refused(eth_tx_encode_unsigned(tx, &w, &f), f, kind, at);
	assert_refused(eth_tx_signing_hash(tx, &hash, &f), f, kind, at);
	assert_refused(eth_tx_sender(tx, &ones, &sender, &f), f, kind, at);
	assert_int_equal(w.n, 0);
}

static void eth_tx_encode__refuses_what_no_chain_would_take(void **state)
{
	struct eth_tx tx = sample();

	(void)state;
	tx.chain_id = 0;
	assert_unwritable(&tx, FAULT_USAGE, "eth.tx.chain");
	tx.chain_id = LIMIT_CHAIN_ID + 1;
	assert_unwritable(&tx, FAULT_USAGE, "eth.tx.chain");

	tx = sample();
	tx.max_priority_fee_per_gas = u256_of(25000001);
	assert_unwritable(&tx, FAULT_USAGE, "eth.tx.tip");
	tx = sample();
	tx.type = ETH_TX_LEGACY;
	assert_unwritable(&tx, FAULT_USAGE, "eth.tx.tip");
	tx.type = ETH_TX_ACCESS_LIST;
	assert_unwritable(&tx, FAULT_USAGE, "eth.tx.tip");
	tx.type = (enum eth_tx_type)3;
	assert_unwritable(&tx, FAULT_USAGE, "eth.tx.type");

	tx = sample();
	tx.is_creation = true;
	assert_unwritable(&tx, FAULT_USAGE, "eth.tx.to");

	tx = sample();
	tx.type = ETH_TX_LEGACY;
	tx.max_priority_fee_per_gas = u256_of(0);
	tx.access_list = span_of("\xc0", 1);
	assert_unwritable(&tx, FAULT_USAGE, "eth.tx.access-list");
	tx.type = ETH_TX_ACCESS_LIST;
	tx.access_list = span_of("\xc0\xc0", 2);
	assert_unwritable(&tx, FAULT_FORMAT, "eth.tx.access-list");
	tx.access_list = span_of("\xc1\x80", 2);
	assert_unwritable(&tx, FAULT_FORMAT, "eth.rlp.kind");
}

static void eth_tx_encode__refuses_signatures_of_the_wrong_form(void **state)
{
	static const struct {
		size_t i;
		uint8_t value;
		const char *at;
	} rows[] = {
		{ 64, 0, "eth.sig.v" },
		{ 64, 29, "eth.sig.v" },
		{ 31, 0, "eth.sig.r" },
		{ 63, 0, "eth.sig.s" },
		{ 32, 0x80, "eth.sig.high-s" },
	};
	const struct eth_tx tx = sample();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = FAULT_INIT, wf = FAULT_INIT;
		uint8_t room[512];
		struct wr w = wr_into(room, sizeof(room), "test", &wf);
		struct eth_sig sig = ones;

		sig.b[rows[i].i] = rows[i].value;
		assert_refused(eth_tx_encode(&tx, &sig, &w, &f), f,
		    FAULT_FORMAT, rows[i].at);
		assert_int_equal(w.n, 0);
	}
}

static void eth_tx_encode__stops_at_the_limit(void **state)
{
	struct fault f = FAULT_INIT, wf = FAULT_INIT;
	uint8_t *data = calloc(1, LIMIT_TX_BYTES + 1);
	struct eth_tx tx = sample(), read;
	struct wr w = wr_grow(2u * LIMIT_TX_BYTES, "test", &wf);
	struct keccak256 hash;
	struct eth_sig sig;
	size_t n;

	(void)state;
	assert_non_null(data);
	assert_ok(eth_tx_encode(&tx, &ones, &w, &f), f);
	/* The prefixes of list and data grow by 3 bytes each. */
	n = w.n - tx.data.n + 6;
	tx.data = span_of(data, LIMIT_TX_BYTES - n);
	wr_drop(&w);
	w = wr_grow(2u * LIMIT_TX_BYTES, "test", &wf);
	assert_ok(eth_tx_encode(&tx, &ones, &w, &f), f);
	assert_int_equal(w.n, LIMIT_TX_BYTES);
	assert_ok(eth_tx_decode(wr_view(&w), &read, &sig, &f), f);
	assert_true(span_equal(read.data, tx.data));
	wr_drop(&w);
	w = wr_grow(2u * LIMIT_TX_BYTES, "test", &wf);
	tx.data.n++;
	assert_refused(
	    eth_tx_encode(&tx, &ones, &w, &f), f, FAULT_LIMIT, "eth.tx.size");
	tx.data.n = SIZE_MAX;
	assert_refused(
	    eth_tx_signing_hash(&tx, &hash, &f), f, FAULT_LIMIT, "eth.tx.size");
	assert_refused(
	    eth_tx_decode(span_of(data, LIMIT_TX_BYTES + 1), &read, &sig, &f),
	    f, FAULT_LIMIT, "eth.tx.size");
	wr_drop(&w);
	free(data);
}

static void eth_tx_encode__says_when_there_is_no_room(void **state)
{
	const struct eth_tx tx = sample();
	struct fault f = FAULT_INIT, wf = FAULT_INIT;
	uint8_t room[512];
	struct wr w = wr_into(room, sizeof(room), "test", &wf);
	size_t n;

	(void)state;
	assert_ok(eth_tx_encode(&tx, &ones, &w, &f), f);
	n = w.n;
	w = wr_into(room, n - 1, "test", &wf);
	assert_refused(
	    eth_tx_encode(&tx, &ones, &w, &f), f, FAULT_LIMIT, "eth.tx.size");
}

/* One byte below 0x80 has no prefix of its own. */
static void eth_tx_encode__writes_data_of_one_byte(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x7f, 0x80 };

	(void)state;
	for (size_t i = 0; i < COUNT(bytes); i++) {
		struct eth_tx tx = sample(), read;
		struct fault f = FAULT_INIT;
		uint8_t room[512];
		struct wr w = wr_into(room, sizeof(room), "test", &f);
		struct eth_sig sig;

		tx.data = span_of(&bytes[i], 1);
		assert_ok(eth_tx_encode(&tx, &ones, &w, &f), f);
		assert_ok(eth_tx_decode(wr_view(&w), &read, &sig, &f), f);
		assert_true(span_equal(read.data, tx.data));
	}
}

static void eth_tx_access_count__counts_addresses_and_keys(void **state)
{
	static const char hex[] = "f86ff7" ADDRESS "e1" KEY "d6" ADDRESS "c0"
				  "d6" ADDRESS "c0";
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob list = { 0 };
	size_t n_addresses = 77, n_keys = 77;

	(void)state;
	assert_ok(hex_decode_blob(span_text(hex), 4096, &list, "test", &f), f);
	list.p[1] = (uint8_t)(list.n - 2);
	assert_ok(
	    eth_tx_access_count(blob_span(&list), &n_addresses, &n_keys, &f),
	    f);
	assert_int_equal(n_addresses, 3);
	assert_int_equal(n_keys, 1);
	assert_ok(
	    eth_tx_access_count(span_of(NULL, 0), &n_addresses, &n_keys, &f),
	    f);
	assert_int_equal(n_addresses, 0);
	assert_int_equal(n_keys, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eth_tx_decode__refuses_each_field_of_type_2),
		cmocka_unit_test(
		    eth_tx_decode__refuses_fields_of_the_other_types),
		cmocka_unit_test(
		    eth_tx_decode__takes_what_the_refusals_start_from),
		cmocka_unit_test(
		    eth_tx_decode__refuses_other_types_and_what_stands_behind),
		cmocka_unit_test(
		    eth_tx_encode__refuses_what_no_chain_would_take),
		cmocka_unit_test(
		    eth_tx_encode__refuses_signatures_of_the_wrong_form),
		cmocka_unit_test(eth_tx_encode__stops_at_the_limit),
		cmocka_unit_test(eth_tx_encode__says_when_there_is_no_room),
		cmocka_unit_test(eth_tx_encode__writes_data_of_one_byte),
		cmocka_unit_test(
		    eth_tx_access_count__counts_addresses_and_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
