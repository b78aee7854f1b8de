/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "verify/base/text.h"
#include "verify/report_data.h"

static const char statement_text[] = "{\"a\":1}";

/* What a client had in hand when it made its mistake. */
struct hand {
	struct span statement;
	struct sha256 hash;
	char hex[HEX_SIZE(32)];
};

static struct hand hand(void)
{
	struct hand h = { .statement = span_text(statement_text) };

	h.hash = sha256_of(h.statement);
	hex_encode(sha256_span(&h.hash), h.hex);
	return h;
}

static void refuses(const uint8_t got[REPORT_DATA_BYTES], const char *word)
{
	struct hand h = hand();
	struct fault f = FAULT_INIT;

	assert_false(report_data_check(got, &h.hash, h.statement, &f));
	if (strstr(f.text, word) == NULL)
		fail_msg("'%s' is not named in: %s", word, f.text);
	assert_fault(f, FAULT_CRYPTO, "binding.report-data");
}

static void sha512_into(const char *prefix, struct span of, uint8_t out[64])
{
	const struct span parts[] = { span_text(prefix), of };
	struct sha512 digest = sha512_of_parts(parts, COUNT(parts));

	memcpy(out, digest.b, 64);
}

static void report_data__is_the_digest_and_zeros(void **state)
{
	struct hand h = hand();
	uint8_t got[REPORT_DATA_BYTES];
	struct fault f = FAULT_INIT;

	(void)state;
	report_data_of(&h.hash, got);
	assert_memory_equal(got, h.hash.b, 32);
	assert_true(span_is_zero(span_of(got + 32, 32)));
	assert_ok(report_data_check(got, &h.hash, h.statement, &f), f);
	assert_ok(report_data_check(got, &h.hash, span_of(NULL, 0), &f), f);
}

static void report_data_check__refuses_every_flipped_bit(void **state)
{
	struct hand h = hand();
	uint8_t got[REPORT_DATA_BYTES];

	(void)state;
	report_data_of(&h.hash, got);
	for (size_t bit = 0; bit < 8 * sizeof(got); bit++) {
		got[bit / 8] = (uint8_t)(got[bit / 8] ^ (1 << bit % 8));
		refuses(got, bit < 256 ? "something else" : "padding");
		got[bit / 8] = (uint8_t)(got[bit / 8] ^ (1 << bit % 8));
	}
}

static void report_data_check__names_hexadecimal_text(void **state)
{
	struct hand h = hand();
	char twice[HEX_SIZE(64)], upper[65];

	(void)state;
	refuses((const uint8_t *)h.hex, "hexadecimal text of the hash");
	for (size_t i = 0; i < 64; i++)
		upper[i] = h.hex[i] >= 'a' ? (char)(h.hex[i] - 32) : h.hex[i];
	refuses((const uint8_t *)upper, "hexadecimal text of the hash");
	hex_encode(span_of(h.hex, 64), twice);
	refuses((const uint8_t *)twice, "double hexadecimal");
}

static void report_data_check__names_wrong_places(void **state)
{
	struct hand h = hand();
	uint8_t got[REPORT_DATA_BYTES] = { 0 };

	(void)state;
	refuses(got, "nothing was bound");
	memcpy(got + 32, h.hash.b, 32);
	refuses(got, "right-aligned");
	memcpy(got, h.hash.b, 32);
	refuses(got, "wrong padding");
}

static void report_data_check__names_wrong_hashes(void **state)
{
	struct hand h = hand();
	uint8_t got[REPORT_DATA_BYTES] = { 0 };
	struct sha256 digest = sha256_of(span_of(h.hex, 64));
	struct keccak256 keccak = keccak256_of(h.statement);

	(void)state;
	memcpy(got, digest.b, 32);
	refuses(got, "SHA-256 of the hexadecimal text");
	digest = sha256_of(sha256_span(&h.hash));
	memcpy(got, digest.b, 32);
	refuses(got, "hashed twice");
	memcpy(got, keccak.b, 32);
	refuses(got, "Keccak-256");
	sha512_into("", h.statement, got);
	refuses(got, "a SHA-512");
	sha512_into("", sha256_span(&h.hash), got);
	refuses(got, "a SHA-512");
	sha512_into("", span_of(h.hex, 64), got);
	refuses(got, "a SHA-512");
}

/* dstack section 5: tappd without "raw". */
static void report_data_check__names_the_app_data_prefix(void **state)
{
	struct hand h = hand();
	uint8_t got[REPORT_DATA_BYTES];

	(void)state;
	sha512_into("app-data:", h.statement, got);
	refuses(got, "app-data:");
	sha512_into("app-data:", sha256_span(&h.hash), got);
	refuses(got, "app-data:");
	sha512_into("app-data:", span_of(h.hex, 64), got);
	refuses(got, "app-data:");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_data__is_the_digest_and_zeros),
		cmocka_unit_test(report_data_check__refuses_every_flipped_bit),
		cmocka_unit_test(report_data_check__names_hexadecimal_text),
		cmocka_unit_test(report_data_check__names_wrong_places),
		cmocka_unit_test(report_data_check__names_wrong_hashes),
		cmocka_unit_test(report_data_check__names_the_app_data_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
