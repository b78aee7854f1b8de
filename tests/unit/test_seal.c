/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/seal.h"

#include "tests/unit/check.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <stdlib.h>

/* The known answers of the sealing specification, section 8. */
#define KEY_ID "my-sealed-data-v1"
#define PLAIN "secret data sealed by the oracle!"
#define KEY "98691d8714a5e72445052096598f4efcb3572a523c0f9cc88cbbf09a11db6c02"
#define KEY_SIMULATED \
	"1bf656b92d3df13015bc2e65f4058d94e22a9440042863d23606c4bd2d82d14b"
#define RAW                                                                    \
	"000102030405060708090a0b987efe0f11ae165d77870939b037d02698006a4b0862" \
	"a8ebb9dae3419999b467e03c37a10078f6b1fc1087e4594c4cb4e6"
#define BLOB                                                                   \
	"4f53423102010000000000010000000000000007000804000000000018db00010203" \
	"0405060708090a0b987efe0f11ae165d77870939b037d02698006a4b0862a8ebb9da" \
	"e3419999b467e0c110eebeb1b1a80b991a6e25657c5ee3"

static const struct seal_id snp = {
	.platform = "snp",
	.provider = "snp-derived",
	.platform_no = 2,
	.provider_no = 1,
	.epoch = 1,
	.counter = 7,
};

static const struct seal_id simulated = {
	.platform = "sim:snp",
	.provider = "sim",
	.platform_no = 2 | SEAL_SIMULATED,
	.provider_no = 0x80,
	.epoch = 1,
	.counter = 7,
};

static struct secret32 counting_root(void)
{
	struct secret32 root;

	for (size_t i = 0; i < sizeof(root.b); i++)
		root.b[i] = (uint8_t)i;
	return root;
}

static void assert_hex(struct span got, const char *want)
{
	char *hex = malloc(HEX_SIZE(got.n));

	assert_non_null(hex);
	hex_encode(got, hex);
	assert_string_equal(hex, want);
	free(hex);
}

static struct blob from_hex(const char *hex)
{
	struct blob b = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(hex_decode_blob(span_text(hex), 4096, &b, "test", &f), f);
	return b;
}

static struct blob seal(const struct seal_id *id, const char *key_id,
    struct span provider_data, struct span plain)
{
	struct secret32 root = counting_root();
	struct blob sealed = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(
	    seal_close(&root, id, key_id, provider_data, plain, &sealed, &f),
	    f);
	return sealed;
}

static void refuse_open(const struct seal_id *id, const char *key_id,
    struct span sealed, enum fault_kind kind, const char *at)
{
	struct secret32 root = counting_root();
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	assert_refused(
	    seal_open(&root, id, key_id, sealed, &out, &f), f, kind, at);
	assert_null(out.p);
}

/* ---- known answers ------------------------------------------------------ */

static void seal_key__gives_the_known_answers(void **state)
{
	struct secret32 root = counting_root(), key;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(seal_key(&root, &snp, KEY_ID, &key, &f), f);
	assert_hex(span_of(key.b, sizeof(key.b)), KEY);
	assert_ok(seal_key(&root, &simulated, KEY_ID, &key, &f), f);
	assert_hex(span_of(key.b, sizeof(key.b)), KEY_SIMULATED);
}

static void seal_close_with_nonce__gives_the_known_answer(void **state)
{
	static const uint8_t provider_data[] = { 0x04, 0, 0, 0, 0, 0, 0x18,
		0xdb };
	static const uint8_t nonce[SEAL_NONCE_BYTES] = { 0, 1, 2, 3, 4, 5, 6, 7,
		8, 9, 10, 11 };
	AUTO(blob_drop) struct blob sealed = { 0 };
	AUTO(blob_wipe) struct blob plain = { 0 };
	struct secret32 root = counting_root();
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(seal_close_with_nonce(&root, &snp, KEY_ID,
		      span_of(provider_data, sizeof(provider_data)),
		      span_text(PLAIN), nonce, &sealed, &f),
	    f);
	assert_int_equal(sealed.n, 91);
	assert_hex(blob_span(&sealed), BLOB);
	assert_ok(
	    seal_open(&root, &snp, KEY_ID, blob_span(&sealed), &plain, &f), f);
	assert_span_text(blob_span(&plain), PLAIN);
}

static void seal_open_raw__opens_the_known_answer(void **state)
{
	AUTO(blob_drop) struct blob sealed = from_hex(RAW);
	AUTO(blob_wipe) struct blob plain = { 0 };
	struct secret32 key;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_int_equal(sealed.n, 61);
	assert_ok(hex_decode(span_text(KEY), key.b, 32, "test", &f), f);
	assert_ok(seal_open_raw(&key, blob_span(&sealed), &plain, &f), f);
	assert_span_text(blob_span(&plain), PLAIN);
}

/* ---- round trips -------------------------------------------------------- */

static void seal_close_raw__makes_61_bytes_of_33(void **state)
{
	AUTO(blob_drop) struct blob sealed = { 0 };
	AUTO(blob_wipe) struct blob plain = { 0 };
	struct secret32 key = counting_root();
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(seal_close_raw(&key, span_text(PLAIN), &sealed, &f), f);
	assert_int_equal(sealed.n, 61);
	assert_ok(seal_open_raw(&key, blob_span(&sealed), &plain, &f), f);
	assert_span_text(blob_span(&plain), PLAIN);
}

static void seal_open__returns_what_was_sealed(void **state)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 4096,
		LIMIT_SEAL_PLAIN };
	struct secret32 root = counting_root();
	uint8_t *bytes = calloc(1, LIMIT_SEAL_PLAIN);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct span plain = span_of(bytes, sizes[i]);
		struct span provider_data = span_of(bytes, sizes[i] % 4097);
		AUTO(blob_drop)
		struct blob sealed = seal(&snp, "k", provider_data, plain);
		AUTO(blob_wipe) struct blob back = { 0 };
		struct fault f = FAULT_INIT;

		assert_int_equal(
		    sealed.n, 22 + provider_data.n + 12 + plain.n + 16);
		assert_ok(
		    seal_open(&root, &snp, "k", blob_span(&sealed), &back, &f),
		    f);
		assert_true(span_equal(blob_span(&back), plain));
		if (plain.n > 0)
			bytes[plain.n / 2] = (uint8_t)(i + 1);
	}
	free(bytes);
}

static void seal_parse__reads_the_header(void **state)
{
	AUTO(blob_drop) struct blob sealed = from_hex(BLOB);
	struct seal_header h;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(seal_parse(blob_span(&sealed), &h, &f), f);
	assert_int_equal(h.platform_no, 2);
	assert_int_equal(h.provider_no, 1);
	assert_int_equal(h.flags, 0);
	assert_int_equal(h.epoch, 1);
	assert_int_equal(h.counter, 7);
	assert_hex(h.provider_data, "04000000000018db");
}

/* ---- what must not open ------------------------------------------------- */

static void seal_open__refuses_every_flipped_bit(void **state)
{
	AUTO(blob_drop) struct blob sealed = from_hex(BLOB);
	struct secret32 root = counting_root();

	(void)state;
	for (size_t bit = 0; bit < 8 * sealed.n; bit++) {
		struct blob out = { 0 };
		struct fault f = FAULT_INIT;
		const char *want = "seal.tag";

		/* magic, platform, provider, flags, length: readable. */
		if (bit / 8 < 4)
			want = "seal.form";
		else if (bit / 8 == 4)
			want =
			    bit % 8 == 7 ? "seal.simulated" : "seal.platform";
		else if (bit / 8 == 5)
			want = "seal.provider";
		else if (bit / 8 == 6 || (bit / 8 == 7 && bit % 8 != 0))
			want = "seal.form";
		else if (bit / 8 == 7)
			want = "seal.simulated";
		sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(seal_open(
		    &root, &snp, KEY_ID, blob_span(&sealed), &out, &f));
		/* A changed length may leave too little, or another nonce. */
		if (bit / 8 == 20 || bit / 8 == 21)
			assert_true(strcmp(f.at, "seal.form") == 0 ||
			    strcmp(f.at, "seal.tag") == 0);
		else
			assert_string_equal(f.at, want);
		assert_null(out.p);
		sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void seal_open_raw__refuses_every_flipped_bit(void **state)
{
	AUTO(blob_drop) struct blob sealed = from_hex(RAW);
	struct blob out = { 0 };
	struct secret32 key;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(hex_decode(span_text(KEY), key.b, 32, "test", &f), f);
	for (size_t bit = 0; bit < 8 * sealed.n; bit++) {
		sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_refused(
		    seal_open_raw(&key, blob_span(&sealed), &out, &f), f,
		    FAULT_CRYPTO, "seal.tag");
		sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_null(out.p);
}

static void seal_open__refuses_every_truncation(void **state)
{
	AUTO(blob_drop) struct blob sealed = from_hex(BLOB);

	(void)state;
	for (size_t n = 0; n < sealed.n; n++) {
		/* With less than nonce and tag it has no form any more. */
		bool form = n < 22 + 8 + 12 + 16;

		refuse_open(&snp, KEY_ID, span_of(sealed.p, n),
		    form ? FAULT_FORMAT : FAULT_CRYPTO,
		    form ? "seal.form" : "seal.tag");
	}
}

static void seal_open_raw__refuses_every_truncation(void **state)
{
	AUTO(blob_drop) struct blob sealed = from_hex(RAW);
	struct blob out = { 0 };
	struct secret32 key;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(hex_decode(span_text(KEY), key.b, 32, "test", &f), f);
	for (size_t n = 0; n < sealed.n; n++)
		assert_refused(
		    seal_open_raw(&key, span_of(sealed.p, n), &out, &f), f,
		    n < 28 ? FAULT_FORMAT : FAULT_CRYPTO,
		    n < 28 ? "seal.form" : "seal.tag");
}

static void seal_open__refuses_a_byte_too_many(void **state)
{
	AUTO(blob_drop) struct blob sealed = from_hex(BLOB "00");

	(void)state;
	refuse_open(&snp, KEY_ID, blob_span(&sealed), FAULT_CRYPTO, "seal.tag");
}

static void seal_open__refuses_a_wrong_key_id_platform_or_epoch(void **state)
{
	AUTO(blob_drop) struct blob sealed = from_hex(BLOB);
	struct seal_id other = snp;

	(void)state;
	refuse_open(&snp, "my-sealed-data-v2", blob_span(&sealed), FAULT_CRYPTO,
	    "seal.tag");
	other.epoch = 2;
	refuse_open(
	    &other, KEY_ID, blob_span(&sealed), FAULT_CRYPTO, "seal.tag");
	/* The same numbers with another name. */
	other = snp;
	other.platform = "tdx";
	refuse_open(
	    &other, KEY_ID, blob_span(&sealed), FAULT_CRYPTO, "seal.tag");
	other = snp;
	other.provider = "tpm";
	refuse_open(
	    &other, KEY_ID, blob_span(&sealed), FAULT_CRYPTO, "seal.tag");
	other = snp;
	other.platform_no = 1;
	refuse_open(
	    &other, KEY_ID, blob_span(&sealed), FAULT_POLICY, "seal.platform");
	other = snp;
	other.provider_no = 2;
	refuse_open(
	    &other, KEY_ID, blob_span(&sealed), FAULT_POLICY, "seal.provider");
}

static void seal_open__ignores_the_counter_of_the_caller(void **state)
{
	AUTO(blob_drop) struct blob sealed = from_hex(BLOB);
	AUTO(blob_wipe) struct blob plain = { 0 };
	struct secret32 root = counting_root();
	struct seal_id other = snp;
	struct fault f = FAULT_INIT;

	(void)state;
	other.counter = 0;
	assert_ok(
	    seal_open(&root, &other, KEY_ID, blob_span(&sealed), &plain, &f),
	    f);
}

static void seal_open__keeps_simulation_and_hardware_apart(void **state)
{
	AUTO(blob_drop)
	struct blob real = seal(&snp, "k", span_of(NULL, 0), span_text("x"));
	AUTO(blob_drop)
	struct blob sim =
	    seal(&simulated, "k", span_of(NULL, 0), span_text("x"));
	AUTO(blob_wipe) struct blob out = { 0 };
	struct secret32 root = counting_root();
	struct fault f = FAULT_INIT;

	(void)state;
	refuse_open(
	    &simulated, "k", blob_span(&real), FAULT_POLICY, "seal.simulated");
	refuse_open(&snp, "k", blob_span(&sim), FAULT_POLICY, "seal.simulated");
	assert_ok(
	    seal_open(&root, &simulated, "k", blob_span(&sim), &out, &f), f);
	/* With the marks of the other forged it still does not open. */
	real.p[4] |= SEAL_SIMULATED;
	real.p[7] |= 1;
	real.p[5] = 0x80;
	refuse_open(
	    &simulated, "k", blob_span(&real), FAULT_CRYPTO, "seal.tag");
	sim.p[4] &= 0x7f;
	sim.p[7] &= 0xfe;
	sim.p[5] = 1;
	refuse_open(&snp, "k", blob_span(&sim), FAULT_CRYPTO, "seal.tag");
}

static void seal__refuses_a_root_that_is_no_secret(void **state)
{
	AUTO(blob_drop) struct blob sealed = from_hex(BLOB);
	struct secret32 root, key;
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	for (int fill = 0; fill < 256; fill += 51) {
		memset(root.b, fill, sizeof(root.b));
		assert_refused(seal_key(&root, &snp, KEY_ID, &key, &f), f,
		    FAULT_CRYPTO, "seal.root");
		assert_refused(seal_close(&root, &snp, KEY_ID, span_of(NULL, 0),
				   span_text("x"), &out, &f),
		    f, FAULT_CRYPTO, "seal.root");
		assert_refused(seal_open(&root, &snp, KEY_ID,
				   blob_span(&sealed), &out, &f),
		    f, FAULT_CRYPTO, "seal.root");
	}
	/* One bit of difference at either end is a difference. */
	memset(root.b, 0, sizeof(root.b));
	root.b[31] = 1;
	assert_ok(seal_key(&root, &snp, KEY_ID, &key, &f), f);
	root.b[31] = 0;
	root.b[0] = 1;
	assert_ok(seal_key(&root, &snp, KEY_ID, &key, &f), f);
}

static void seal_key__has_no_ambiguous_parts(void **state)
{
	static const struct {
		struct seal_id id;
		const char *key_id;
	} rows[] = {
		{ { .platform = "ab", .provider = "c" }, "k" },
		{ { .platform = "a", .provider = "bc" }, "k" },
		{ { .platform = "a", .provider = "c" }, "bk" },
		{ { .platform = "a", .provider = "c" }, "kb" },
		{ { .platform = "a", .provider = "kc" }, "b" },
		{ { .platform = "a", .provider = "c" }, "k" },
		{ { .platform = "a", .provider = "c", .epoch = 1 }, "k" },
		{ { .platform = "a", .provider = "c", .epoch = 256 }, "k" },
	};
	struct secret32 keys[COUNT(rows)], root = counting_root();
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_ok(
		    seal_key(&root, &rows[i].id, rows[i].key_id, &keys[i], &f),
		    f);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(keys[i].b, keys[j].b, 32);
	}
	/* The counter and the numbers are no part of it. */
	struct seal_id id = rows[5].id;
	struct secret32 same;
	id.counter = 9;
	id.platform_no = 3;
	assert_ok(seal_key(&root, &id, "k", &same, &f), f);
	assert_memory_equal(same.b, keys[5].b, 32);
}

static void seal_key__refuses_bad_names(void **state)
{
	char long_name[257];
	struct secret32 root = counting_root(), key;
	struct fault f = FAULT_INIT;
	struct seal_id id = snp;

	(void)state;
	memset(long_name, 'a', sizeof(long_name));
	long_name[128] = '\0';
	assert_ok(seal_key(&root, &snp, long_name, &key, &f), f);
	long_name[128] = 'a';
	long_name[129] = '\0';
	assert_refused(seal_key(&root, &snp, long_name, &key, &f), f,
	    FAULT_USAGE, "seal.key_id");
	assert_refused(
	    seal_key(&root, &snp, "", &key, &f), f, FAULT_USAGE, "seal.key_id");
	assert_refused(seal_key(&root, &snp, "a\n", &key, &f), f, FAULT_USAGE,
	    "seal.key_id");
	assert_refused(seal_key(&root, &snp, "caf\xc3\xa9", &key, &f), f,
	    FAULT_USAGE, "seal.key_id");
	id.platform = "";
	assert_refused(
	    seal_key(&root, &id, "k", &key, &f), f, FAULT_USAGE, "seal.id");
	id = snp;
	id.provider = "";
	assert_refused(
	    seal_key(&root, &id, "k", &key, &f), f, FAULT_USAGE, "seal.id");
	long_name[129] = 'a';
	long_name[255] = '\0';
	id.provider = id.platform = long_name;
	assert_ok(seal_key(&root, &id, "k", &key, &f), f);
	long_name[255] = 'a';
	long_name[256] = '\0';
	id = snp;
	id.platform = long_name;
	assert_refused(
	    seal_key(&root, &id, "k", &key, &f), f, FAULT_USAGE, "seal.id");
	id = snp;
	id.provider = long_name;
	assert_refused(
	    seal_key(&root, &id, "k", &key, &f), f, FAULT_USAGE, "seal.id");
}

static void seal_key__refuses_half_a_simulation(void **state)
{
	struct secret32 root = counting_root(), key;
	struct fault f = FAULT_INIT;
	struct seal_id id = snp;

	(void)state;
	id.platform_no |= SEAL_SIMULATED;
	assert_refused(
	    seal_key(&root, &id, "k", &key, &f), f, FAULT_USAGE, "seal.id");
	id = snp;
	id.platform = "sim:snp";
	assert_refused(
	    seal_key(&root, &id, "k", &key, &f), f, FAULT_USAGE, "seal.id");
}

static void seal_close__refuses_more_than_its_limits(void **state)
{
	struct secret32 root = counting_root();
	struct span nothing = { 0 };
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;
	uint8_t *bytes = calloc(1, LIMIT_SEAL_PLAIN + 1);
	struct span much = span_of(bytes, LIMIT_SEAL_PLAIN + 1);

	(void)state;
	assert_non_null(bytes);
	assert_refused(seal_close(&root, &snp, "k", nothing, much, &out, &f), f,
	    FAULT_LIMIT, "seal.size");
	assert_refused(seal_close(&root, &snp, "k",
			   span_of(bytes, LIMIT_SEAL_PROVIDER_DATA + 1),
			   nothing, &out, &f),
	    f, FAULT_LIMIT, "seal.size");
	assert_refused(
	    seal_close_raw(&root, much, &out, &f), f, FAULT_LIMIT, "seal.size");
	free(bytes);
}

static void seal_open__refuses_more_than_its_limits(void **state)
{
	struct secret32 root = counting_root();
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;
	size_t n = 22 + 12 + LIMIT_SEAL_PLAIN + 16 + 1;
	uint8_t *bytes = calloc(1, n);

	(void)state;
	assert_non_null(bytes);
	assert_refused(seal_open_raw(&root, span_of(bytes, n - 22), &out, &f),
	    f, FAULT_FORMAT, "seal.form");
	memcpy(bytes, "OSB1\2\1", 6);
	assert_refused(seal_open(&root, &snp, "k", span_of(bytes, n), &out, &f),
	    f, FAULT_FORMAT, "seal.form");
	assert_refused(
	    seal_open(&root, &snp, "k", span_of(bytes, n - 1), &out, &f), f,
	    FAULT_CRYPTO, "seal.tag");
	/* 4097 bytes of provider data. */
	bytes[20] = 0x10;
	bytes[21] = 0x01;
	assert_refused(
	    seal_open(&root, &snp, "k", span_of(bytes, 8000), &out, &f), f,
	    FAULT_FORMAT, "seal.form");
	free(bytes);
}

/* ---- nonces ------------------------------------------------------------- */

#define N_NONCES 100000

static int by_nonce(const void *a, const void *b)
{
	return memcmp(a, b, SEAL_NONCE_BYTES);
}

static void seal_close__never_repeats_a_nonce(void **state)
{
	struct secret32 key = counting_root();
	uint8_t(*nonces)[SEAL_NONCE_BYTES] = calloc(N_NONCES, sizeof(*nonces));

	(void)state;
	assert_non_null(nonces);
	for (size_t i = 0; i < N_NONCES; i++) {
		struct blob out = { 0 };
		struct fault f = FAULT_INIT;

		assert_ok(seal_close_raw(&key, span_text("x"), &out, &f), f);
		memcpy(nonces[i], out.p, SEAL_NONCE_BYTES);
		blob_drop(&out);
	}
	qsort(nonces, N_NONCES, sizeof(*nonces), by_nonce);
	for (size_t i = 1; i < N_NONCES; i++)
		assert_memory_not_equal(
		    nonces[i - 1], nonces[i], SEAL_NONCE_BYTES);
	free(nonces);
}

static void seal_close__takes_a_fresh_nonce_each_time(void **state)
{
	AUTO(blob_drop)
	struct blob a = seal(&snp, "k", span_of(NULL, 0), span_text("same"));
	AUTO(blob_drop)
	struct blob b = seal(&snp, "k", span_of(NULL, 0), span_text("same"));

	(void)state;
	assert_int_equal(a.n, b.n);
	assert_memory_not_equal(a.p + 22, b.p + 22, SEAL_NONCE_BYTES);
	assert_memory_not_equal(a.p + 34, b.p + 34, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seal_key__gives_the_known_answers),
		cmocka_unit_test(seal_close_with_nonce__gives_the_known_answer),
		cmocka_unit_test(seal_open_raw__opens_the_known_answer),
		cmocka_unit_test(seal_close_raw__makes_61_bytes_of_33),
		cmocka_unit_test(seal_open__returns_what_was_sealed),
		cmocka_unit_test(seal_parse__reads_the_header),
		cmocka_unit_test(seal_open__refuses_every_flipped_bit),
		cmocka_unit_test(seal_open_raw__refuses_every_flipped_bit),
		cmocka_unit_test(seal_open__refuses_every_truncation),
		cmocka_unit_test(seal_open_raw__refuses_every_truncation),
		cmocka_unit_test(seal_open__refuses_a_byte_too_many),
		cmocka_unit_test(
		    seal_open__refuses_a_wrong_key_id_platform_or_epoch),
		cmocka_unit_test(seal_open__ignores_the_counter_of_the_caller),
		cmocka_unit_test(
		    seal_open__keeps_simulation_and_hardware_apart),
		cmocka_unit_test(seal__refuses_a_root_that_is_no_secret),
		cmocka_unit_test(seal_key__has_no_ambiguous_parts),
		cmocka_unit_test(seal_key__refuses_bad_names),
		cmocka_unit_test(seal_key__refuses_half_a_simulation),
		cmocka_unit_test(seal_close__refuses_more_than_its_limits),
		cmocka_unit_test(seal_open__refuses_more_than_its_limits),
		cmocka_unit_test(seal_close__never_repeats_a_nonce),
		cmocka_unit_test(seal_close__takes_a_fresh_nonce_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
