/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses against evm/address.json, and every way to mistype one. */
#include "tests/unit/evm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Parses what must parse. */
static struct eth_addr addr_of(const struct json_node *c, const char *name)
{
	struct fault f = FAULT_INIT;
	struct eth_addr a = { { 0 } };

	if (!eth_addr_parse(span_text(evm_text(c, name)), &a, &f))
		fail_msg("%s: %s: %s", evm_id(c), name, f.text);
	return a;
}

static bool prints_as(const struct eth_addr *a, const char *text)
{
	char out[ETH_ADDR_TEXT_SIZE];

	return strcmp(eth_addr_format(a, out), text) == 0;
}

/* Refuses, says where, and leaves the output as it was. */
static void assert_refused(const char *text)
{
	const struct eth_addr before = { "................" };
	struct eth_addr a = before;
	struct fault f = FAULT_INIT;

	if (eth_addr_parse(span_text(text), &a, &f))
		fail_msg("accepted: %s", text);
	assert_int_equal(f.kind, FAULT_FORMAT);
	assert_string_equal(f.at, "eth.addr");
	assert_true(f.text[0] != '\0');
	assert_true(eth_addr_equal(&a, &before));
}

static void check_eip55(const struct json_node *c)
{
	const struct eth_addr a = addr_of(c, "input");
	const struct eth_addr again = addr_of(c, "output");

	EVM_TRUE(c, prints_as(&a, evm_text(c, "output")));
	EVM_TRUE(c, eth_addr_equal(&a, &again));
}

static void check_syntax(const struct json_node *c)
{
	if (evm_is_negative(c))
		assert_refused(evm_text(c, "input"));
	else
		(void)addr_of(c, "input");
}

/* A quantity: 0x and digits without leading zeros. */
static uint64_t quantity(const struct json_node *c, const char *name)
{
	const char *text = evm_text(c, name);
	char *end;
	unsigned long long v;

	EVM_TRUE(c, strncmp(text, "0x", 2) == 0 && text[2] != '\0');
	v = strtoull(text + 2, &end, 16);
	EVM_TRUE(c, *end == '\0');
	return v;
}

static void check_create(const struct json_node *c)
{
	const struct eth_addr from = addr_of(c, "from");
	const struct eth_addr a = eth_addr_create(&from, quantity(c, "nonce"));

	EVM_TRUE(c, prints_as(&a, evm_text(c, "address")));
}

static void check_create2(const struct json_node *c)
{
	AUTO(blob_drop) struct blob code = evm_blob(c, "init_code");
	const struct eth_addr from = addr_of(c, "from");
	uint8_t salt[32];
	struct eth_addr a;

	evm_bytes(c, "salt", salt, sizeof(salt));
	a = eth_addr_create2(&from, salt, blob_span(&code));
	EVM_TRUE(c, prints_as(&a, evm_text(c, "address")));
}

static const struct {
	const char *op;
	void (*check)(const struct json_node *c);
} ops[] = {
	{ "eip55", check_eip55 },
	{ "check", check_syntax },
	{ "create", check_create },
	{ "create2", check_create2 },
};

static void eth_addr__matches_every_case(void **state)
{
	struct evm_file file = evm_open("address");
	size_t seen[COUNT(ops)] = { 0 }, n_refused = 0;

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		size_t i = 0;

		while (
		    i < COUNT(ops) && strcmp(ops[i].op, evm_text(c, "op")) != 0)
			i++;
		EVM_TRUE(c, i < COUNT(ops));
		seen[i]++;
		n_refused += evm_is_negative(c);
		ops[i].check(c);
	}
	for (size_t i = 0; i < COUNT(ops); i++)
		if (seen[i] == 0)
			fail_msg("no case of %s", ops[i].op);
	assert_true(n_refused > 0);
	evm_close(&file);
}

/* The published key of onchain.md and the contract at its nonce 0. */
static const char known[] = "0x82fc9472BCcc07ce4d121f464Cd00AC8Be2b3d50";

static void eth_addr_create__matches_the_worked_value(void **state)
{
	struct fault f = FAULT_INIT;
	struct eth_addr a;

	(void)state;
	assert_true(eth_addr_parse(span_text(known), &a, &f));
	a = eth_addr_create(&a, 0);
	assert_true(
	    prints_as(&a, "0x4FA583C1B907094Df5fD873534a66ECF246F3aB8"));
}

static void eth_addr_parse__refuses_a_wrong_case_at_its_place(void **state)
{
	(void)state;
	for (size_t i = 2; i < strlen(known); i++) {
		char text[sizeof(known)];
		struct eth_addr a;
		struct fault f = FAULT_INIT;

		memcpy(text, known, sizeof(known));
		if (text[i] < 'A')
			continue;
		text[i] ^= 0x20;
		assert_false(eth_addr_parse(span_text(text), &a, &f));
		assert_string_equal(f.at, "eth.addr");
		assert_int_equal(f.offset, i);
		assert_refused(text);
	}
}

/* Another digit, in mixed case, escapes the checksum once in 2^16 or so. */
static void eth_addr_parse__refuses_a_mistyped_digit(void **state)
{
	(void)state;
	for (size_t i = 2; i < strlen(known); i++) {
		char text[sizeof(known)];

		memcpy(text, known, sizeof(known));
		text[i] = text[i] == '1' ? '2' : '1';
		assert_refused(text);
	}
}

static void eth_addr_parse__refuses_other_forms(void **state)
{
	static const char *const bad[] = { "", "0", "0x", "82fc9472",
		"82fc9472bccc07ce4d121f464cd00ac8be2b3d50",
		"0X82fc9472bccc07ce4d121f464cd00ac8be2b3d50",
		"0x82fc9472bccc07ce4d121f464cd00ac8be2b3d5",
		"0x82fc9472bccc07ce4d121f464cd00ac8be2b3d500",
		" 0x82fc9472bccc07ce4d121f464cd00ac8be2b3d5",
		"0x82fc9472bccc07ce4d121f464cd00ac8be2b3d50 ",
		"0x82fc9472bccc07ce4d121f464cd00ac8be2b3d5g",
		"0x82fc9472bccc07ce4d121f464cd00ac8be2b3d+1",
		"0x82:fc:94:72bccc07ce4d121f464cd00ac8be2b3" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(bad[i]);
}

static void eth_addr_parse__reads_no_further_than_the_span(void **state)
{
	struct fault f = FAULT_INIT;
	struct eth_addr a;

	(void)state;
	assert_false(eth_addr_parse(span_of(known, 41), &a, &f));
	assert_string_equal(f.at, "eth.addr");
	fault_clear(&f);
	assert_false(eth_addr_parse(span_of(known, sizeof(known)), &a, &f));
	assert_string_equal(f.at, "eth.addr");
}

static void eth_addr_parse__takes_one_case_without_checksum(void **state)
{
	char lower[sizeof(known)], upper[sizeof(known)];
	struct fault f = FAULT_INIT;
	struct eth_addr a, b, c;

	(void)state;
	memcpy(lower, known, sizeof(known));
	memcpy(upper, known, sizeof(known));
	for (size_t i = 2; i < strlen(known); i++) {
		if (known[i] < 'A')
			continue;
		lower[i] = (char)(known[i] | 0x20);
		upper[i] = (char)(known[i] & ~0x20);
	}
	assert_true(eth_addr_parse(span_text(known), &a, &f));
	assert_true(eth_addr_parse(span_text(lower), &b, &f));
	assert_true(eth_addr_parse(span_text(upper), &c, &f));
	assert_true(eth_addr_equal(&a, &b));
	assert_true(eth_addr_equal(&a, &c));
	assert_true(prints_as(&b, known));
}

static void eth_addr_equal__sees_every_byte(void **state)
{
	const struct eth_addr zero = { { 0 } };

	(void)state;
	assert_true(eth_addr_is_zero(&zero));
	for (size_t i = 0; i < sizeof(zero.b); i++) {
		struct eth_addr a = zero;

		a.b[i] = 1;
		assert_false(eth_addr_is_zero(&a));
		assert_false(eth_addr_equal(&a, &zero));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eth_addr__matches_every_case),
		cmocka_unit_test(eth_addr_create__matches_the_worked_value),
		cmocka_unit_test(
		    eth_addr_parse__refuses_a_wrong_case_at_its_place),
		cmocka_unit_test(eth_addr_parse__refuses_a_mistyped_digit),
		cmocka_unit_test(eth_addr_parse__refuses_other_forms),
		cmocka_unit_test(
		    eth_addr_parse__reads_no_further_than_the_span),
		cmocka_unit_test(
		    eth_addr_parse__takes_one_case_without_checksum),
		cmocka_unit_test(eth_addr_equal__sees_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
