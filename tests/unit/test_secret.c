/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/secret.h"

#include "tests/unit/check.h"

#include <limits.h>

#ifdef AFFIANT_POISON_SECRETS
#define WIPED 0xdd
#else
#define WIPED 0x00
#endif

static void assert_filled(const uint8_t *p, size_t n, uint8_t want)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(p[i], want);
}

static void secret_random__differs_each_time(void **state)
{
	struct secret32 a = { { 0 } }, b = { { 0 } };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(secret_random(&a, &f), f);
	assert_ok(secret_random(&b, &f), f);
	assert_memory_not_equal(a.b, b.b, 32);
	assert_false(span_is_zero(span_of(a.b, 32)));
}

static void random_bytes__fills_exactly_what_it_is_given(void **state)
{
	uint8_t b[40] = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(random_bytes(b + 4, 32, &f), f);
	assert_filled(b, 4, 0);
	assert_filled(b + 36, 4, 0);
	assert_false(span_is_zero(span_of(b + 4, 32)));
	assert_ok(random_bytes(b, 0, &f), f);
	assert_refused(random_bytes(b, (size_t)INT_MAX + 1, &f), f, FAULT_USAGE,
	    "random.size");
}

static void secret_wipe__leaves_nothing(void **state)
{
	struct secret32 s;
	uint8_t b[10];

	(void)state;
	memset(s.b, 0x5a, sizeof(s.b));
	secret_wipe(&s);
	assert_filled(s.b, sizeof(s.b), WIPED);
	memset(b, 0x5a, sizeof(b));
	secret_wipe_bytes(b + 1, 8);
	assert_int_equal(b[0], 0x5a);
	assert_filled(b + 1, 8, WIPED);
	assert_int_equal(b[9], 0x5a);
	secret_wipe_bytes(NULL, 0);
}

static void secret_equal__looks_at_every_byte(void **state)
{
	struct secret32 a = { { 1, 2, 3 } }, b = a;

	(void)state;
	assert_true(secret_equal(&a, &b, 32));
	for (size_t i = 0; i < 32; i++) {
		b.b[i] ^= 1;
		assert_false(secret_equal(&a, &b, 32));
		b.b[i] ^= 1;
	}
	assert_true(secret_equal("a", "b", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secret_random__differs_each_time),
		cmocka_unit_test(random_bytes__fills_exactly_what_it_is_given),
		cmocka_unit_test(secret_wipe__leaves_nothing),
		cmocka_unit_test(secret_equal__looks_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
