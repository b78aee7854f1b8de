/* SPDX-License-Identifier: Apache-2.0 */
/* Keccak-256 against evm/keccak256.json, and in pieces of every size. */
#include "chain/codec/keccak.h"
#include "tests/unit/evm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The file's rules for long messages, and how often each was seen. */
enum rule { ZERO, REPEAT, AFFINE, UTF8, N_RULES };
static const char *const rule_names[N_RULES] = { "zero", "repeat", "affine",
	"utf8" };

static uint8_t byte_by_rule(
    enum rule rule, const struct json_node *m, uint64_t a, uint64_t b, size_t i)
{
	switch (rule) {
	case ZERO:
		return 0;
	case REPEAT:
		return (uint8_t)b;
	case AFFINE:
		return (uint8_t)(a * i + b);
	case UTF8:
		return (uint8_t)evm_text(m, "text")[i];
	case N_RULES:
		break;
	}
	return 0;
}

static struct blob message_of(const struct json_node *c, size_t seen[N_RULES])
{
	const struct json_node *m = evm_get(c, "message");
	struct blob out = { .p = NULL, .n = (size_t)evm_u64(c, "length") };
	uint64_t a = 0, b = 0;
	enum rule rule = ZERO;

	while (rule < N_RULES &&
	    strcmp(rule_names[rule], evm_text(m, "kind")) != 0)
		rule++;
	EVM_TRUE(c, rule < N_RULES);
	seen[rule]++;
	if (rule == REPEAT)
		b = evm_u64(m, "byte");
	if (rule == AFFINE) {
		a = evm_u64(m, "a");
		b = evm_u64(m, "b");
	}
	if (rule == UTF8)
		EVM_TRUE(c, strlen(evm_text(m, "text")) == out.n);
	out.p = malloc(out.n + 1);
	assert_non_null(out.p);
	for (size_t i = 0; i < out.n; i++)
		out.p[i] = byte_by_rule(rule, m, a, b, i);
	return out;
}

static void keccak256_of__matches_every_case(void **state)
{
	struct evm_file file = evm_open("keccak256");
	size_t seen[N_RULES] = { 0 };

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		AUTO(blob_drop) struct blob m = message_of(c, seen);
		const struct keccak256 got = keccak256_of(blob_span(&m));
		const struct span digest = span_of(got.b, sizeof(got.b));

		if (evm_has(c, "message_hex"))
			EVM_TRUE(
			    c, evm_equals(c, "message_hex", blob_span(&m)));
		EVM_TRUE(c, evm_equals(c, "keccak256", digest));
		/* The padding is the original one, not that of the standard. */
		EVM_TRUE(c, !evm_equals(c, "sha3_256", digest));
	}
	for (size_t i = 0; i < N_RULES; i++)
		if (seen[i] == 0)
			fail_msg("no message of kind %s", rule_names[i]);
	evm_close(&file);
}

/* onchain.md section 1: also where the vectors are missing. */
static void keccak256_of__pads_as_ethereum_does(void **state)
{
	static const uint8_t empty[32] = { 0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7,
		0x23, 0x3c, 0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0,
		0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b, 0x7b, 0xfa,
		0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70 };
	static const uint8_t abc[32] = { 0x4e, 0x03, 0x65, 0x7a, 0xea, 0x45,
		0xa9, 0x4f, 0xc7, 0xd4, 0x7b, 0xa8, 0x26, 0xc8, 0xd6, 0x67,
		0xc0, 0xd1, 0xe6, 0xe3, 0x3a, 0x64, 0xa0, 0x36, 0xec, 0x44,
		0xf5, 0x8f, 0xa1, 0x2d, 0x6c, 0x45 };
	struct keccak256 got = keccak256_of((struct span){ 0 });

	(void)state;
	assert_memory_equal(got.b, empty, 32);
	got = keccak256_of(span_text("abc"));
	assert_memory_equal(got.b, abc, 32);
	got = keccak256_of_parts(NULL, 0);
	assert_memory_equal(got.b, empty, 32);
}

static void keccak256_of_parts__hashes_the_concatenation(void **state)
{
	uint8_t m[3 * KECCAK_RATE + 5];

	(void)state;
	for (size_t i = 0; i < sizeof(m); i++)
		m[i] = (uint8_t)(i * 7 + 1);
	/* Every length, cut at every place, with an empty part between. */
	for (size_t n = 0; n <= sizeof(m); n++) {
		const struct keccak256 want = keccak256_of(span_of(m, n));

		for (size_t cut = 0; cut <= n; cut++) {
			const struct span parts[] = { span_of(m, cut),
				{ NULL, 0 }, span_of(m + cut, n - cut) };
			const struct keccak256 got =
			    keccak256_of_parts(parts, COUNT(parts));

			assert_memory_equal(got.b, want.b, 32);
		}
	}
}

static void keccak_add__may_be_called_byte_by_byte(void **state)
{
	uint8_t m[2 * KECCAK_RATE + 1];
	const struct keccak256 want =
	    keccak256_of(span_of(memset(m, 0x5a, sizeof(m)), sizeof(m)));
	struct keccak256 got;
	struct keccak k;

	(void)state;
	keccak_start(&k);
	for (size_t i = 0; i < sizeof(m); i++)
		keccak_add(&k, span_of(m + i, 1));
	got = keccak_take(&k);
	assert_memory_equal(got.b, want.b, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keccak256_of__matches_every_case),
		cmocka_unit_test(keccak256_of__pads_as_ethereum_does),
		cmocka_unit_test(keccak256_of_parts__hashes_the_concatenation),
		cmocka_unit_test(keccak_add__may_be_called_byte_by_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
