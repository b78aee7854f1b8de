/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/hash.h"

#include "tests/unit/check.h"
#include "verify/base/text.h"

#include <pthread.h>

/* FIPS 180-4 examples. */
#define EMPTY256 \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC256 \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC384                                                             \
	"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed" \
	"8086072ba1e7cc2358baeca134c825a7"
#define LONG256 \
	"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void assert_hex(const void *p, size_t n, const char *want)
{
	char hex[HEX_SIZE(128)];

	assert_in_range(n, 0, 128);
	hex_encode(span_of(p, n), hex);
	assert_string_equal(hex, want);
}

static void sha256_of__gives_the_known_answers(void **state)
{
	struct sha256 d = sha256_of(span_text("abc"));

	(void)state;
	assert_hex(d.b, 32, ABC256);
	d = sha256_of(span_of(NULL, 0));
	assert_hex(d.b, 32, EMPTY256);
}

static void sha384_of__gives_the_known_answers(void **state)
{
	struct sha384 d = sha384_of(span_text("abc"));

	(void)state;
	assert_hex(d.b, 48, ABC384);
}

static void sha512_of_parts__gives_the_known_answer(void **state)
{
	const struct span parts[] = { span_text("ab"), span_text("c") };
	struct sha512 d = sha512_of_parts(parts, COUNT(parts));

	(void)state;
	assert_hex(d.b, 64,
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

static void sha_of_parts__hashes_the_concatenation(void **state)
{
	const struct span parts[] = { span_text("a"), span_of(NULL, 0),
		span_text("bc") };
	struct sha256 d = sha256_of_parts(parts, COUNT(parts));
	struct sha384 e = sha384_of_parts(parts, COUNT(parts));

	(void)state;
	assert_hex(d.b, 32, ABC256);
	assert_hex(e.b, 48, ABC384);
	d = sha256_of_parts(NULL, 0);
	assert_hex(d.b, 32, EMPTY256);
}

static void sha256_stream__hashes_pieces_and_starts_anew(void **state)
{
	struct sha256_stream *s = NULL;
	struct fault f = FAULT_INIT;
	char piece[1000];
	struct sha256 d;

	(void)state;
	assert_ok(sha256_stream_new(&s, &f), f);
	d = sha256_stream_take(s);
	assert_hex(d.b, 32, EMPTY256);
	/* A million times "a". */
	memset(piece, 'a', sizeof(piece));
	for (int i = 0; i < 1000; i++)
		sha256_stream_add(s, span_of(piece, sizeof(piece)));
	d = sha256_stream_take(s);
	assert_hex(d.b, 32, LONG256);
	sha256_stream_add(s, span_text("ab"));
	sha256_stream_add(s, span_of(NULL, 0));
	sha256_stream_add(s, span_text("c"));
	d = sha256_stream_take(s);
	assert_hex(d.b, 32, ABC256);
	sha256_stream_free(s);
	sha256_stream_free(NULL);
}

static void sha256_equal__looks_at_every_byte(void **state)
{
	struct sha256 a = { { 0 } }, b = { { 0 } };

	(void)state;
	assert_true(sha256_equal(&a, &b));
	assert_true(sha256_is_zero(&a));
	for (size_t i = 0; i < 32; i++) {
		b.b[i] = 0x80;
		assert_false(sha256_equal(&a, &b));
		assert_false(sha256_is_zero(&b));
		b.b[i] = 0;
	}
	assert_int_equal(sha256_span(&a).n, 32);
	assert_ptr_equal(sha256_span(&a).p, a.b);
}

static void *hash_in_a_thread(void *arg)
{
	(void)arg;
	for (int i = 0; i < 200; i++) {
		struct sha256 d = sha256_of(span_text("abc"));
		if (d.b[0] != 0xba || d.b[31] != 0xad)
			return (void *)1;
	}
	return NULL;
}

static void sha256_of__works_in_threads(void **state)
{
	pthread_t t[4];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		assert_int_equal(
		    pthread_create(&t[i], NULL, hash_in_a_thread, NULL), 0);
	for (size_t i = 0; i < COUNT(t); i++) {
		void *failed = NULL;
		assert_int_equal(pthread_join(t[i], &failed), 0);
		assert_null(failed);
	}
}

/* ---- HKDF --------------------------------------------------------------- */

/* `n` bytes that count up from `first`. */
static void count_up(uint8_t *out, uint8_t first, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(first + i);
}

static void hkdf__case(struct span salt, struct span ikm, struct span info,
    size_t n, const char *prk, const char *okm)
{
	uint8_t out[82], extracted[32];
	struct fault f = FAULT_INIT;

	assert_ok(hkdf_sha256_extract(salt, ikm, extracted, &f), f);
	assert_hex(extracted, 32, prk);
	assert_ok(hkdf_sha256(salt, ikm, info, out, n, &f), f);
	assert_hex(out, n, okm);
}

static void hkdf_sha256__passes_rfc_5869_case_1(void **state)
{
	uint8_t ikm[22], salt[13], info[10];

	(void)state;
	memset(ikm, 0x0b, sizeof(ikm));
	count_up(salt, 0x00, sizeof(salt));
	count_up(info, 0xf0, sizeof(info));
	hkdf__case(span_of(salt, 13), span_of(ikm, 22), span_of(info, 10), 42,
	    "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
	    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
	    "34007208d5b887185865");
}

static void hkdf_sha256__passes_rfc_5869_case_2(void **state)
{
	uint8_t ikm[80], salt[80], info[80];

	(void)state;
	count_up(ikm, 0x00, sizeof(ikm));
	count_up(salt, 0x60, sizeof(salt));
	count_up(info, 0xb0, sizeof(info));
	hkdf__case(span_of(salt, 80), span_of(ikm, 80), span_of(info, 80), 82,
	    "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
	    "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
	    "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
	    "cc30c58179ec3e87c14c01d5c1f3434f1d87");
}

static void hkdf_sha256__passes_rfc_5869_case_3(void **state)
{
	uint8_t ikm[22];

	(void)state;
	memset(ikm, 0x0b, sizeof(ikm));
	hkdf__case(span_of(NULL, 0), span_of(ikm, 22), span_of(NULL, 0), 42,
	    "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
	    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
	    "9d201395faa4b61a96c8");
}

static void hkdf_sha256__refuses_impossible_lengths(void **state)
{
	uint8_t out[8161];
	struct fault f = FAULT_INIT;
	struct span ikm = span_text("x");

	(void)state;
	assert_ok(hkdf_sha256(span_of(NULL, 0), ikm, ikm, out, 8160, &f), f);
	assert_refused(hkdf_sha256(span_of(NULL, 0), ikm, ikm, out, 8161, &f),
	    f, FAULT_INTERNAL, "hash.hkdf");
	assert_refused(hkdf_sha256(span_of(NULL, 0), ikm, ikm, out, 0, &f), f,
	    FAULT_INTERNAL, "hash.hkdf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_of__gives_the_known_answers),
		cmocka_unit_test(sha384_of__gives_the_known_answers),
		cmocka_unit_test(sha512_of_parts__gives_the_known_answer),
		cmocka_unit_test(sha_of_parts__hashes_the_concatenation),
		cmocka_unit_test(sha256_stream__hashes_pieces_and_starts_anew),
		cmocka_unit_test(sha256_equal__looks_at_every_byte),
		cmocka_unit_test(sha256_of__works_in_threads),
		cmocka_unit_test(hkdf_sha256__passes_rfc_5869_case_1),
		cmocka_unit_test(hkdf_sha256__passes_rfc_5869_case_2),
		cmocka_unit_test(hkdf_sha256__passes_rfc_5869_case_3),
		cmocka_unit_test(hkdf_sha256__refuses_impossible_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
