/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evm/keys.json: private key, public key, address. The codec has no private
 * keys; the step from private to public is libsecp256k1's and is made here.
 */
#include "tests/unit/evm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check_key(const struct json_node *c, const uint8_t point[65])
{
	const struct eth_addr a = eth_addr_from_public_key(point + 1);
	uint8_t compressed[33];
	char text[ETH_ADDR_TEXT_SIZE];

	compressed[0] = (uint8_t)(2 + (point[64] & 1));
	memcpy(compressed + 1, point + 1, 32);
	EVM_TRUE(
	    c, evm_equals(c, "public_key_uncompressed", span_of(point, 65)));
	EVM_TRUE(
	    c, evm_equals(c, "public_key_compressed", span_of(compressed, 33)));
	EVM_TRUE(c, evm_equals(c, "address", span_of(a.b, sizeof(a.b))));
	EVM_TRUE(c,
	    strcmp(eth_addr_format(&a, text), evm_text(c, "address_eip55")) ==
		0);
}

static void every_private_key_gives_its_address_or_is_refused(void **state)
{
	struct evm_file file = evm_open("keys");
	size_t n_good = 0, n_refused = 0;

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		uint8_t private_key[32], point[65];

		evm_bytes(c, "private_key", private_key, sizeof(private_key));
		if (evm_is_negative(c)) {
			EVM_TRUE(c, !evm_public_key(private_key, point));
			n_refused++;
			continue;
		}
		EVM_TRUE(c, evm_public_key(private_key, point));
		check_key(c, point);
		n_good++;
	}
	assert_true(n_good > 0);
	assert_true(n_refused > 0);
	evm_close(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_private_key_gives_its_address_or_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
