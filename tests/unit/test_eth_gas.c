/* SPDX-License-Identifier: Apache-2.0 */
/* Gas and fees against every case of evm/gas.json, and their bounds. */
#include "chain/eth_gas.h"

#include "chain/eth_rlp.h"
#include "tests/unit/check.h"
#include "tests/unit/evm.h"

#define MAX                                                                  \
	"115792089237316195423570985008687907853269984665640564039457584007" \
	"913129639935"

static struct u256 wei(const char *text)
{
	struct fault f = FAULT_INIT;
	struct u256 v = { 0 };

	assert_ok(u256_parse(span_text(text), &v, "test", &f), f);
	return v;
}

static uint64_t number(const struct json_node *c, const char *name)
{
	const struct u256 v = wei(evm_text(c, name));
	struct fault f = FAULT_INIT;
	uint64_t out = 0;

	assert_ok(u256_to_u64(&v, &out, &f), f);
	return out;
}

static void assert_wei(
    const struct json_node *c, const char *name, const struct u256 *got)
{
	char text[U256_TEXT_SIZE];

	if (strcmp(u256_format(got, text), evm_text(c, name)) != 0)
		fail_msg("%s: %s: want %s, got %s", evm_id(c), name,
		    evm_text(c, name), text);
}

/* An access list with as many keys in its entries as the case says. */
static struct blob access_list(const struct json_node *keys, size_t *n_keys)
{
	static const uint8_t zero[32];
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(1u << 20, "test", &f);
	struct blob out = { 0 };
	size_t payload = 0, n;

	*n_keys = 0;
	for (const struct json_node *k = json_first(keys); k != NULL;
	     k = json_next(k)) {
		assert_true(json_u64(k, 1000, &n, "test", &f));
		payload += eth_rlp_list_size(21 + eth_rlp_list_size(33 * n));
		*n_keys += n;
	}
	eth_rlp_list(&w, payload);
	for (const struct json_node *k = json_first(keys); k != NULL;
	     k = json_next(k)) {
		assert_true(json_u64(k, 1000, &n, "test", &f));
		eth_rlp_list(&w, 21 + eth_rlp_list_size(33 * n));
		eth_rlp_string(&w, span_of(zero, 20));
		eth_rlp_list(&w, 33 * n);
		for (size_t i = 0; i < n; i++)
			eth_rlp_string(&w, span_of(zero, 32));
	}
	assert_ok(wr_done(&w, &out), f);
	return out;
}

static void check_intrinsic(const struct json_node *c)
{
	const struct json_node *keys = evm_get(c, "access_list_keys");
	AUTO(blob_drop) struct blob data = evm_blob(c, "data");
	size_t n_keys;
	AUTO(blob_drop) struct blob list = access_list(keys, &n_keys);
	const bool is_creation = evm_bool(c, "creation");
	const struct eth_tx tx = { .data = blob_span(&data),
		.is_creation = is_creation,
		.access_list = blob_span(&list) };
	struct fault f = FAULT_INIT;
	struct eth_gas gas =
	    eth_gas_of(blob_span(&data), is_creation, json_count(keys), n_keys);

	EVM_TRUE(c, data.n == evm_u64(c, "data_length"));
	EVM_TRUE(c, gas.intrinsic == number(c, "intrinsic"));
	EVM_TRUE(c, gas.floor == number(c, "floor"));
	assert_ok(eth_gas_of_tx(&tx, &gas, &f), f);
	EVM_TRUE(c, gas.intrinsic == number(c, "intrinsic"));
	EVM_TRUE(c, gas.floor == number(c, "floor"));
}

static void check_next_base_fee(const struct json_node *c)
{
	const struct u256 base = wei(evm_text(c, "base_fee"));
	struct fault f = FAULT_INIT;
	struct u256 next = { 0 };
	const bool ok = eth_gas_next_base_fee(
	    &base, number(c, "gas_used"), number(c, "gas_limit"), &next, &f);

	EVM_TRUE(c, ok != evm_is_negative(c));
	if (ok)
		assert_wei(c, "next", &next);
}

static void check_replacement(const struct json_node *c)
{
	const struct eth_gas_fees old = {
		.max_fee_per_gas = wei(evm_text(c, "max_fee_per_gas")),
		.max_priority_fee_per_gas =
		    wei(evm_text(c, "max_priority_fee_per_gas")),
	};
	struct fault f = FAULT_INIT;
	struct eth_gas_fees least, ours;

	if (evm_is_negative(c)) {
		EVM_TRUE(c, !eth_gas_replacement(&old, &ours, &f));
		return;
	}
	assert_ok(eth_gas_least_replacement(&old, &least, &f), f);
	assert_wei(c, "min_fee", &least.max_fee_per_gas);
	assert_wei(c, "min_tip", &least.max_priority_fee_per_gas);
	assert_ok(eth_gas_replacement(&old, &ours, &f), f);
	assert_wei(c, "policy_fee", &ours.max_fee_per_gas);
	assert_wei(c, "policy_tip", &ours.max_priority_fee_per_gas);
	/* What we offer is taken. */
	EVM_TRUE(c,
	    u256_compare(&ours.max_fee_per_gas, &least.max_fee_per_gas) >= 0);
	EVM_TRUE(c,
	    u256_compare(&ours.max_priority_fee_per_gas,
		&least.max_priority_fee_per_gas) >= 0);
}

static void eth_gas__matches_every_case(void **state)
{
	static const struct {
		const char *op;
		void (*check)(const struct json_node *c);
	} ops[] = {
		{ "intrinsic", check_intrinsic },
		{ "next_base_fee", check_next_base_fee },
		{ "replacement", check_replacement },
	};
	struct evm_file file = evm_open("gas");
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

/* onchain section 7.4: a started word of init code is a word. */
static void eth_gas_of__counts_words_of_init_code(void **state)
{
	static const uint8_t zero[65];
	static const struct {
		size_t n;
		uint64_t words;
	} rows[] = { { 0, 0 }, { 1, 1 }, { 32, 1 }, { 33, 2 }, { 64, 2 },
		{ 65, 3 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct eth_gas gas =
		    eth_gas_of(span_of(zero, rows[i].n), true, 0, 0);

		assert_int_equal(gas.intrinsic,
		    21000 + 32000 + 4 * rows[i].n + 2 * rows[i].words);
		assert_int_equal(gas.floor, 21000 + 10 * rows[i].n);
	}
}

static void eth_gas_of_tx__refuses_a_broken_list(void **state)
{
	const struct eth_tx tx = { .access_list = span_of("\x80", 1) };
	struct eth_gas gas = { 7, 7 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(
	    eth_gas_of_tx(&tx, &gas, &f), f, FAULT_FORMAT, "eth.rlp.kind");
	assert_int_equal(gas.intrinsic, 7);
}

static void eth_gas_next_base_fee__refuses_blocks_that_cannot_be(void **state)
{
	const struct u256 max = wei(MAX), one = u256_of(1);
	struct u256 next = u256_of(7);
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(eth_gas_next_base_fee(&one, 0, 0, &next, &f), f,
	    FAULT_FORMAT, "eth.gas.limit");
	assert_refused(eth_gas_next_base_fee(&one, 1, 1, &next, &f), f,
	    FAULT_FORMAT, "eth.gas.limit");
	assert_refused(eth_gas_next_base_fee(&one, 3, 2, &next, &f), f,
	    FAULT_FORMAT, "eth.gas.used");
	assert_refused(eth_gas_next_base_fee(&max, 2, 2, &next, &f), f,
	    FAULT_LIMIT, "u256.overflow");
	assert_int_equal(next.limb[0], 7);
	/* The widest product has room. */
	assert_ok(eth_gas_next_base_fee(&max, 0, UINT64_MAX, &next, &f), f);
	assert_int_equal(u256_compare(&next, &max), -1);
	assert_ok(
	    eth_gas_next_base_fee(&max, UINT64_MAX / 2, UINT64_MAX, &next, &f),
	    f);
	assert_int_equal(u256_compare(&next, &max), 0);
}

static void eth_gas_replacement__refuses_what_does_not_fit(void **state)
{
	const struct eth_gas_fees cap = { wei(MAX), u256_of(1) };
	const struct eth_gas_fees tip = { u256_of(1), wei(MAX) };
	struct eth_gas_fees out = { u256_of(7), u256_of(7) };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(eth_gas_replacement(&cap, &out, &f), f, FAULT_LIMIT,
	    "u256.overflow");
	assert_refused(eth_gas_replacement(&tip, &out, &f), f, FAULT_LIMIT,
	    "u256.overflow");
	assert_refused(eth_gas_least_replacement(&cap, &out, &f), f,
	    FAULT_LIMIT, "u256.overflow");
	assert_refused(eth_gas_least_replacement(&tip, &out, &f), f,
	    FAULT_LIMIT, "u256.overflow");
	assert_int_equal(out.max_fee_per_gas.limb[0], 7);
	assert_int_equal(out.max_priority_fee_per_gas.limb[0], 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eth_gas__matches_every_case),
		cmocka_unit_test(eth_gas_of__counts_words_of_init_code),
		cmocka_unit_test(eth_gas_of_tx__refuses_a_broken_list),
		cmocka_unit_test(
		    eth_gas_next_base_fee__refuses_blocks_that_cannot_be),
		cmocka_unit_test(
		    eth_gas_replacement__refuses_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
