/* SPDX-License-Identifier: Apache-2.0 */
/* Personal messages against evm/eip191.json. */
#include "tests/unit/evm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void eip191_digest__matches_every_case_and_its_signer(void **state)
{
	struct evm_file file = evm_open("eip191");

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		AUTO(blob_drop) struct blob m = evm_blob(c, "message_hex");
		const struct keccak256 digest = eip191_digest(blob_span(&m));
		struct fault f = FAULT_INIT;
		uint8_t private_key[32], point[65];
		struct eth_addr signer;
		struct eth_sig sig;

		EVM_TRUE(c, m.n == evm_u64(c, "length"));
		EVM_TRUE(c,
		    evm_equals(
			c, "digest", span_of(digest.b, sizeof(digest.b))));
		evm_bytes(c, "private_key", private_key, sizeof(private_key));
		EVM_TRUE(c, evm_public_key(private_key, point));
		signer = eth_addr_from_public_key(point + 1);
		EVM_TRUE(c,
		    evm_equals(
			c, "address", span_of(signer.b, sizeof(signer.b))));
		evm_bytes(c, "signature65", sig.b, sizeof(sig.b));
		EVM_TRUE(c, eth_sig_verify(&digest, &sig, &signer, &f));
	}
	evm_close(&file);
}

/* The number of digits of the length changes here. */
static void eip191_digest__writes_the_length_in_plain_decimal(void **state)
{
	static const struct {
		size_t n;
		const char *prefix;
	} rows[] = {
		{ 0,
		    "\x19"
		    "Ethereum Signed Message:\n0" },
		{ 9,
		    "\x19"
		    "Ethereum Signed Message:\n9" },
		{ 10,
		    "\x19"
		    "Ethereum Signed Message:\n10" },
		{ 99,
		    "\x19"
		    "Ethereum Signed Message:\n99" },
		{ 100,
		    "\x19"
		    "Ethereum Signed Message:\n100" },
		{ 65536,
		    "\x19"
		    "Ethereum Signed Message:\n65536" },
	};
	static uint8_t m[65536];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct span parts[] = { span_text(rows[i].prefix),
			span_of(m, rows[i].n) };
		const struct keccak256 want = keccak256_of_parts(parts, 2);
		const struct keccak256 got = eip191_digest(parts[1]);

		assert_memory_equal(got.b, want.b, sizeof(want.b));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    eip191_digest__matches_every_case_and_its_signer),
		cmocka_unit_test(
		    eip191_digest__writes_the_length_in_plain_decimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
