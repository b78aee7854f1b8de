/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/request_key.h"
#include "tests/unit/check.h"
#include "tests/unit/request_sealer.h"

#include <string.h>

static const char secret[] = "{\"values\":{\"CITY\":\"zurich\"}}";

static struct request_key *make(void)
{
	struct fault f = FAULT_INIT;
	struct request_key *k = NULL;

	assert_ok(request_key_make(&k, &f), f);
	return k;
}

static void opens__what_was_sealed_to_it(void **state)
{
	(void)state;
	AUTO(request_key_drop) struct request_key *k = make();
	AUTO(blob_drop) struct blob sealed = { 0 };
	AUTO(blob_wipe) struct blob plain = { 0 };
	struct fault f = FAULT_INIT;

	assert_true(request_sealer_seal(
	    request_key_public(k), span_text(secret), &sealed));
	assert_ok(request_key_open(k, blob_span(&sealed), &plain, &f), f);
	assert_true(span_equal_text(blob_span(&plain), secret));
}

static void opens__nothing_with_a_bit_changed(void **state)
{
	(void)state;
	AUTO(request_key_drop) struct request_key *k = make();
	AUTO(blob_drop) struct blob sealed = { 0 };

	assert_true(request_sealer_seal(
	    request_key_public(k), span_text(secret), &sealed));
	for (size_t i = 0; i < sealed.n; i++) {
		AUTO(blob_wipe) struct blob plain = { 0 };
		struct fault f = FAULT_INIT;

		/* X25519 itself ignores the highest bit; we do not. */
		sealed.p[i] ^= 0x80;
		assert_refused(
		    request_key_open(k, blob_span(&sealed), &plain, &f), f,
		    FAULT_CRYPTO, "request.seal");
		sealed.p[i] ^= 0x80;
	}
}

static void opens__nothing_that_is_cut(void **state)
{
	(void)state;
	AUTO(request_key_drop) struct request_key *k = make();
	AUTO(blob_drop) struct blob sealed = { 0 };

	assert_true(request_sealer_seal(
	    request_key_public(k), span_text(secret), &sealed));
	for (size_t n = 0; n < sealed.n; n++) {
		AUTO(blob_wipe) struct blob plain = { 0 };
		struct fault f = FAULT_INIT;

		assert_refused(
		    request_key_open(k, span_of(sealed.p, n), &plain, &f), f,
		    FAULT_CRYPTO, "request.seal");
	}
}

static void opens__nothing_for_another_key_or_of_low_order(void **state)
{
	(void)state;
	AUTO(request_key_drop) struct request_key *k = make();
	AUTO(request_key_drop) struct request_key *other = make();
	AUTO(blob_drop) struct blob sealed = { 0 };
	AUTO(blob_wipe) struct blob plain = { 0 };
	struct fault f = FAULT_INIT;

	assert_true(request_sealer_seal(
	    request_key_public(other), span_text(secret), &sealed));
	assert_refused(request_key_open(k, blob_span(&sealed), &plain, &f), f,
	    FAULT_CRYPTO, "request.seal");
	/* The point of order 1: everybody would know the secret. */
	memset(sealed.p, 0, REQUEST_KEY_BYTES);
	f = FAULT_INIT;
	assert_refused(request_key_open(other, blob_span(&sealed), &plain, &f),
	    f, FAULT_CRYPTO, "request.seal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens__what_was_sealed_to_it),
		cmocka_unit_test(opens__nothing_with_a_bit_changed),
		cmocka_unit_test(opens__nothing_that_is_cut),
		cmocka_unit_test(
		    opens__nothing_for_another_key_or_of_low_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
