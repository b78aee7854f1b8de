/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/text.h"

#include "tests/unit/check.h"

#include <stdlib.h>

static const uint8_t bytes[] = { 0x00, 0x5a, 0xff };

#define BYTES span_of(bytes, sizeof(bytes))

/* ---- hexadecimal -------------------------------------------------------- */

static void hex_encode__writes_lower_case(void **state)
{
	char out[HEX_SIZE(3)];

	(void)state;
	hex_encode(BYTES, out);
	assert_string_equal(out, "005aff");
	hex_encode(span_of(NULL, 0), out);
	assert_string_equal(out, "");
}

static void hex_encode_colon__writes_as_certificate_tools(void **state)
{
	char out[HEX_COLON_SIZE(3)];

	(void)state;
	hex_encode_colon(BYTES, out);
	assert_string_equal(out, "00:5A:FF");
	hex_encode_colon(span_of(bytes, 1), out);
	assert_string_equal(out, "00");
	/* HEX_COLON_SIZE(0) is 0. */
	out[0] = 'x';
	hex_encode_colon(span_of(NULL, 0), out);
	assert_int_equal(out[0], 'x');
}

static void hex_decode__takes_either_case(void **state)
{
	uint8_t out[4];
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(hex_decode(span_text("00aBcDeF"), out, 4, "t", &f), f);
	assert_memory_equal(out, "\x00\xab\xcd\xef", 4);
	assert_ok(hex_decode(span_text(""), out, 0, "t", &f), f);
	assert_ok(hex_decode_0x(span_text("0x09Af"), out, 2, "t", &f), f);
	assert_memory_equal(out, "\x09\xaf", 2);
	assert_ok(hex_decode_0x(span_text("0x"), out, 0, "t", &f), f);
}

static void hex_decode__knows_every_digit(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		uint8_t text[2] = { '0', (uint8_t)c }, out = 0xee;
		struct fault f = FAULT_INIT;
		bool ok = hex_decode(span_of(text, 2), &out, 1, "t", &f);
		bool want = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
		    (c >= 'A' && c <= 'F');

		assert_int_equal(ok, want);
		if (!want) {
			assert_fault_at(f, FAULT_FORMAT, "t", 1);
			assert_int_equal(out, 0xee);
		} else {
			char digit[2] = { (char)c, '\0' };
			assert_int_equal(out, strtoul(digit, NULL, 16));
		}
	}
}

static void hex_decode__wants_the_exact_length(void **state)
{
	uint8_t out[2] = { 7, 7 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(hex_decode(span_text("aabbc"), out, 2, "t", &f), f,
	    FAULT_FORMAT, "t");
	assert_refused(hex_decode(span_text("aabbcc"), out, 2, "t", &f), f,
	    FAULT_FORMAT, "t");
	assert_refused(hex_decode(span_text("aab"), out, 2, "t", &f), f,
	    FAULT_FORMAT, "t");
	assert_refused(
	    hex_decode(span_text(""), out, 2, "t", &f), f, FAULT_FORMAT, "t");
	/* The last character is wrong: nothing was written before. */
	assert_refused_at(hex_decode(span_text("aabg"), out, 2, "t", &f), f,
	    FAULT_FORMAT, "t", 3);
	assert_int_equal(out[0], 7);
	/* No prefix. */
	assert_refused_at(hex_decode(span_text("0xab"), out, 2, "t", &f), f,
	    FAULT_FORMAT, "t", 1);
}

static void hex_decode_0x__wants_its_prefix(void **state)
{
	static const char *const rows[] = { "aabb", "0Xaabb", "", "0", "x0aa" };
	uint8_t out[2];
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_refused_at(
		    hex_decode_0x(span_text(rows[i]), out, 2, "t", &f), f,
		    FAULT_FORMAT, "t", 0);
	/* Half of the prefix, though the other half stands behind it. */
	assert_refused_at(hex_decode_0x(span_of("0xaabb", 1), out, 2, "t", &f),
	    f, FAULT_FORMAT, "t", 0);
	assert_refused(hex_decode_0x(span_text("0xaa"), out, 2, "t", &f), f,
	    FAULT_FORMAT, "t");
	assert_refused_at(hex_decode_0x(span_text("0xaaxx"), out, 2, "t", &f),
	    f, FAULT_FORMAT, "t", 4);
}

static void hex_decode_colon__has_one_form(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
	} rows[] = {
		{ "00-5A:FF", 2 },
		{ "00:5a:FF", 4 },
		{ "00:5A:Fg", 7 },
		{ "00:5A:Ff", 7 },
		{ "0:05A:FF", 1 },
		{ "00:5A FF", 5 },
		{ ":0:5A:FF", 0 },
		{ "005A:FF:", 2 },
	};
	static const char *const lengths[] = { "", "00", "00:5A",
		"00:5A:FF:", "005AFF", "00:5A:FF:00", " 00:5A:FF" };
	uint8_t out[3] = { 7, 7, 7 };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_refused_at(
		    hex_decode_colon(span_text(rows[i].text), out, 3, "t", &f),
		    f, FAULT_FORMAT, "t", rows[i].offset);
	for (size_t i = 0; i < COUNT(lengths); i++)
		assert_refused(
		    hex_decode_colon(span_text(lengths[i]), out, 3, "t", &f), f,
		    FAULT_FORMAT, "t");
	assert_int_equal(out[0], 7);
	assert_ok(hex_decode_colon(span_text("00:5A:FF"), out, 3, "t", &f), f);
	assert_memory_equal(out, bytes, 3);
	assert_ok(hex_decode_colon(span_text(""), out, 0, "t", &f), f);
}

static void hex_decode_blob__takes_up_to_its_maximum(void **state)
{
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(hex_decode_blob(span_text("005AfF"), 3, &out, "t", &f), f);
	assert_true(span_equal(blob_span(&out), BYTES));
	blob_drop(&out);
	assert_refused(hex_decode_blob(span_text("005Aff"), 2, &out, "t", &f),
	    f, FAULT_LIMIT, "t");
	assert_refused(hex_decode_blob(span_text("005Af"), 2, &out, "t", &f), f,
	    FAULT_LIMIT, "t");
	assert_refused(hex_decode_blob(span_text("005"), 2, &out, "t", &f), f,
	    FAULT_FORMAT, "t");
	assert_refused(hex_decode_blob(span_text(""), 2, &out, "t", &f), f,
	    FAULT_FORMAT, "t");
	assert_refused_at(hex_decode_blob(span_text("0 "), 2, &out, "t", &f), f,
	    FAULT_FORMAT, "t", 1);
	assert_null(out.p);
}

static void hex_is_lower__refuses_upper_case(void **state)
{
	(void)state;
	assert_true(hex_is_lower(span_text("0123456789abcdef")));
	assert_true(hex_is_lower(span_text("")));
	assert_false(hex_is_lower(span_text("0A")));
	assert_false(hex_is_lower(span_text("0g")));
	assert_false(hex_is_lower(span_text("0x")));
}

/* ---- base64 ------------------------------------------------------------- */

/* RFC 4648 section 10. */
static const struct {
	const char *plain, *encoded;
} rfc4648[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
};

static void base64__agrees_with_rfc_4648(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rfc4648); i++) {
		char text[BASE64_SIZE(6)];
		AUTO(blob_drop) struct blob b = { 0 };
		struct fault f = FAULT_INIT;

		base64_encode(span_text(rfc4648[i].plain), text);
		assert_string_equal(text, rfc4648[i].encoded);
		assert_ok(base64_decode(span_text(text), 6, &b, "t", &f), f);
		assert_span_text(blob_span(&b), rfc4648[i].plain);
	}
}

static void base64url__agrees_with_rfc_4648(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rfc4648); i++) {
		AUTO(blob_drop) struct blob b = { 0 };
		struct fault f = FAULT_INIT;
		struct span text = span_text(rfc4648[i].encoded);

		while (text.n > 0 && text.p[text.n - 1] == '=')
			text.n--;
		assert_ok(base64url_decode(text, 6, &b, "t", &f), f);
		assert_span_text(blob_span(&b), rfc4648[i].plain);
	}
}

static void base64__round_trips_every_length_and_byte(void **state)
{
	uint8_t in[256];
	char text[BASE64_SIZE(256)];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 37 + 11);
	for (size_t n = 0; n <= sizeof(in); n++) {
		AUTO(blob_drop) struct blob b = { 0 };
		struct fault f = FAULT_INIT;

		base64_encode(span_of(in, n), text);
		assert_int_equal(strlen(text), BASE64_SIZE(n) - 1);
		assert_ok(base64_decode(span_text(text), n, &b, "t", &f), f);
		assert_true(span_equal(blob_span(&b), span_of(in, n)));
	}
}

static void base64__keeps_the_alphabets_apart(void **state)
{
	struct blob b = { 0 };
	struct fault f = FAULT_INIT;
	char text[BASE64_SIZE(3)];

	(void)state;
	base64_encode(span_of("\xfb\xff\xbf", 3), text);
	assert_string_equal(text, "+/+/");
	assert_ok(base64url_decode(span_text("-_-_"), 3, &b, "t", &f), f);
	assert_memory_equal(b.p, "\xfb\xff\xbf", 3);
	blob_drop(&b);
	assert_refused_at(base64_decode(span_text("AA-_"), 3, &b, "t", &f), f,
	    FAULT_FORMAT, "t", 2);
	assert_refused_at(base64url_decode(span_text("AA+/"), 3, &b, "t", &f),
	    f, FAULT_FORMAT, "t", 2);
}

static void base64_decode__reads_nothing_from_nothing(void **state)
{
	AUTO(blob_drop) struct blob b = { 0 };
	AUTO(blob_drop) struct blob url = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(base64_decode(span_of(NULL, 0), 0, &b, "t", &f), f);
	assert_ok(base64url_decode(span_of(NULL, 0), 0, &url, "t", &f), f);
	assert_int_equal(b.n + url.n, 0);
}

static void base64_decode__is_strict(void **state)
{
	static const char *const rows[] = { "Z", "Zg", "Zg=", "Zm8",
		"Zg===", "Zg==Zg==", "Z===", "====", "=", "Zm9v\n", "Zm9vZm9\n",
		" Zm9", "Zm 9", "Zm=v", "=m9v",
		"Zh==", "Zm9=", "Zm9vYh==", "Zm8=Zm8=", "Zm\xc3\xa9" };
	struct blob b = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = FAULT_INIT;
		assert_refused(
		    base64_decode(span_text(rows[i]), 99, &b, "t", &f), f,
		    FAULT_FORMAT, "t");
	}
	assert_null(b.p);
}

static void base64url_decode__is_strict(void **state)
{
	static const char *const rows[] = { "Z", "A", "Zm9vA",
		"Zg==", "Zm8=", "Zh", "Zm9", "Zm9vY", "Zm9v ", "Zm9v\n" };
	struct blob b = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = FAULT_INIT;
		assert_refused(
		    base64url_decode(span_text(rows[i]), 99, &b, "t", &f), f,
		    FAULT_FORMAT, "t");
	}
	assert_null(b.p);
}

static void base64_decode__has_exactly_one_text_per_value(void **state)
{
	static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
				  "qrstuvwxyz0123456789+/";

	(void)state;
	/* Of 4096 texts for one byte, 256 are good. */
	size_t good = 0;
	for (size_t i = 0; i < 64; i++) {
		for (size_t j = 0; j < 64; j++) {
			char text[] = { all[i], all[j], '=', '=', '\0' };
			AUTO(blob_drop) struct blob b = { 0 };

			good +=
			    base64_decode(span_text(text), 1, &b, "t", NULL);
		}
	}
	assert_int_equal(good, 256);
}

static void base64_decode__refuses_more_than_its_maximum(void **state)
{
	struct blob b = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(base64_decode(span_text("Zm9vYg=="), 3, &b, "t", &f), f,
	    FAULT_LIMIT, "t");
	assert_refused(base64url_decode(span_text("Zm9vYg"), 3, &b, "t", &f), f,
	    FAULT_LIMIT, "t");
	assert_null(b.p);
}

/* ---- characters --------------------------------------------------------- */

static void utf8_is_valid__accepts_the_edges(void **state)
{
	static const char *const rows[] = { "", "\x01", "\x7f", "\xc2\x80",
		"\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
		"\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
		"a\xc3\xa9z" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(utf8_is_valid(span_text(rows[i])));
}

static void utf8_is_valid__refuses_beyond_the_edges(void **state)
{
	static const char *const rows[] = { "\x80", "\xc0\x80", "\xc1\xbf",
		"\xc2", "\xc2\x7f", "\xc2\xc0", "\xe0\x9f\xbf", "\xe1\x80",
		"\xe1\x80\x7f", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xff", "a\x80z",
		"\xf1\x80\x80\x7f", "\xf1\x80\xc0\x80" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_false(utf8_is_valid(span_text(rows[i])));
	assert_false(utf8_is_valid(span_of("a\0b", 3)));
}

/* Encodes what should not be encoded, too. */
static size_t encode(uint32_t c, uint8_t out[4])
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 63));
		out[2] = (uint8_t)(0x80 | (c & 63));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 63));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 63));
	out[3] = (uint8_t)(0x80 | (c & 63));
	return 4;
}

static void utf8_length__knows_every_character(void **state)
{
	(void)state;
	assert_int_equal(utf8_length(span_of(NULL, 0)), 0);
	for (uint32_t c = 0; c < 0x140000; c++) {
		uint8_t b[4];
		size_t n = encode(c, b);
		bool good =
		    c > 0 && (c < 0xd800 || c > 0xdfff) && c <= 0x10ffff;

		if (utf8_length(span_of(b, n)) != (good ? n : 0))
			fail_msg("U+%04X", (unsigned)c);
		if (n > 1 && utf8_length(span_of(b, n - 1)) != 0)
			fail_msg("U+%04X cut", (unsigned)c);
	}
}

static void ascii_is_printable__has_two_edges(void **state)
{
	(void)state;
	assert_true(ascii_is_printable(span_text(" ~azAZ09")));
	assert_true(ascii_is_printable(span_text("")));
	assert_false(ascii_is_printable(span_text("\x1f")));
	assert_false(ascii_is_printable(span_text("\x7f")));
	assert_false(ascii_is_printable(span_text("\x80")));
	assert_false(ascii_is_printable(span_of("a\0", 2)));
}

static void u64_parse__takes_plain_digits(void **state)
{
	uint64_t v = 0;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(u64_parse(span_text("0"), &v, "t", &f), f);
	assert_int_equal(v, 0);
	assert_ok(u64_parse(span_text("18446744073709551615"), &v, "t", &f), f);
	assert_true(v == UINT64_MAX);
	assert_refused_at(
	    u64_parse(span_text("18446744073709551616"), &v, "t", &f), f,
	    FAULT_LIMIT, "t", 19);
	assert_refused_at(
	    u64_parse(span_text("99999999999999999999"), &v, "t", &f), f,
	    FAULT_LIMIT, "t", 19);
	assert_refused_at(
	    u64_parse(span_text("100000000000000000000"), &v, "t", &f), f,
	    FAULT_LIMIT, "t", 20);
	assert_true(v == UINT64_MAX);
}

static void u64_parse__refuses_other_grammars(void **state)
{
	static const char *const rows[] = { "", "00", "01", "+1", "-1", " 1",
		"1 ", "0x1", "1.0", "1e1", "\xd9\xa1", "1\n", "/", ":" };
	uint64_t v = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = FAULT_INIT;
		assert_refused(u64_parse(span_text(rows[i]), &v, "t", &f), f,
		    FAULT_FORMAT, "t");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex_encode__writes_lower_case),
		cmocka_unit_test(hex_encode_colon__writes_as_certificate_tools),
		cmocka_unit_test(hex_decode__takes_either_case),
		cmocka_unit_test(hex_decode__knows_every_digit),
		cmocka_unit_test(hex_decode__wants_the_exact_length),
		cmocka_unit_test(hex_decode_0x__wants_its_prefix),
		cmocka_unit_test(hex_decode_colon__has_one_form),
		cmocka_unit_test(hex_decode_blob__takes_up_to_its_maximum),
		cmocka_unit_test(hex_is_lower__refuses_upper_case),
		cmocka_unit_test(base64__agrees_with_rfc_4648),
		cmocka_unit_test(base64url__agrees_with_rfc_4648),
		cmocka_unit_test(base64__round_trips_every_length_and_byte),
		cmocka_unit_test(base64__keeps_the_alphabets_apart),
		cmocka_unit_test(base64_decode__reads_nothing_from_nothing),
		cmocka_unit_test(base64_decode__is_strict),
		cmocka_unit_test(base64url_decode__is_strict),
		cmocka_unit_test(base64_decode__has_exactly_one_text_per_value),
		cmocka_unit_test(base64_decode__refuses_more_than_its_maximum),
		cmocka_unit_test(utf8_is_valid__accepts_the_edges),
		cmocka_unit_test(utf8_is_valid__refuses_beyond_the_edges),
		cmocka_unit_test(utf8_length__knows_every_character),
		cmocka_unit_test(ascii_is_printable__has_two_edges),
		cmocka_unit_test(u64_parse__takes_plain_digits),
		cmocka_unit_test(u64_parse__refuses_other_grammars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
