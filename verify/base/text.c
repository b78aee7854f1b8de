/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/text.h"

#include <stdlib.h>

/* ---- hexadecimal -------------------------------------------------------- */

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

void hex_encode(struct span in, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < in.n; i++) {
		out[2 * i] = digits[in.p[i] >> 4];
		out[2 * i + 1] = digits[in.p[i] & 15];
	}
	out[2 * in.n] = '\0';
}

void hex_encode_colon(struct span in, char *out)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		if (i > 0)
			out[n++] = ':';
		out[n++] = digits[in.p[i] >> 4];
		out[n++] = digits[in.p[i] & 15];
	}
	/* HEX_COLON_SIZE(0) is 0: no room, not even for a NUL. */
	if (in.n > 0)
		out[n] = '\0';
}

/*
 * Digits from text.p[skip] on, all checked before the first byte of the
 * output is touched. text.n - skip is even.
 */
static bool hex_check(
    struct span text, size_t skip, const char *at, struct fault *f)
{
	for (size_t i = skip; i < text.n; i++) {
		if (hex_value(text.p[i]) < 0)
			return fault_raise_at(
			    f, FAULT_FORMAT, at, i, "not a hexadecimal digit");
	}
	return true;
}

static void hex_fill(const uint8_t *digits, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(hex_value(digits[2 * i]) << 4 |
		    hex_value(digits[2 * i + 1]));
}

static bool hex_decode_from(struct span text, size_t skip, void *out, size_t n,
    const char *at, struct fault *f)
{
	if (text.n - skip != 2 * n)
		return fault_raise(f, FAULT_FORMAT, at,
		    "want %zu hexadecimal digits, got %zu", 2 * n,
		    text.n - skip);
	TRY(hex_check(text, skip, at, f));
	if (n > 0)
		hex_fill(text.p + skip, out, n);
	return true;
}

FALLIBLE hex_decode(
    struct span text, void *out, size_t n, const char *at, struct fault *f)
{
	return hex_decode_from(text, 0, out, n, at, f);
}

FALLIBLE hex_decode_0x(
    struct span text, void *out, size_t n, const char *at, struct fault *f)
{
	if (text.n < 2 || text.p[0] != '0' || text.p[1] != 'x')
		return fault_raise_at(
		    f, FAULT_FORMAT, at, 0, "does not start with 0x");
	return hex_decode_from(text, 2, out, n, at, f);
}

FALLIBLE hex_decode_colon(
    struct span text, void *out, size_t n, const char *at, struct fault *f)
{
	uint8_t *bytes = out;

	if (text.n != (n > 0 ? 3 * n - 1 : 0))
		return fault_raise(f, FAULT_FORMAT, at,
		    "want %zu bytes as hexadecimal with colons, got %zu "
		    "characters",
		    n, text.n);
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		bool lower = c >= 'a' && c <= 'f';

		if (i % 3 == 2 ? c != ':' : hex_value(c) < 0 || lower)
			return fault_raise_at(f, FAULT_FORMAT, at, i, "want %s",
			    i % 3 == 2 ? "a colon" : "a digit 0-9 or A-F");
	}
	for (size_t i = 0; i < n; i++)
		hex_fill(text.p + 3 * i, bytes + i, 1);
	return true;
}

FALLIBLE hex_decode_blob(struct span text, size_t max_bytes, struct blob *out,
    const char *at, struct fault *f)
{
	uint8_t *p;
	size_t n = text.n / 2;

	if (text.n == 0)
		return fault_raise(f, FAULT_FORMAT, at, "is empty");
	if (n > max_bytes || (n == max_bytes && text.n % 2 != 0))
		return fault_raise(f, FAULT_LIMIT, at,
		    "more than %zu bytes of hexadecimal", max_bytes);
	if (text.n % 2 != 0)
		return fault_raise(
		    f, FAULT_FORMAT, at, "an odd number of hexadecimal digits");
	TRY(hex_check(text, 0, at, f));
	p = malloc(n + 1);
	if (p == NULL)
		return fault_raise(f, FAULT_SYSTEM, at, "no memory");
	hex_fill(text.p, p, n);
	p[n] = 0;
	*out = (struct blob){ .p = p, .n = n };
	return true;
}

bool hex_is_lower(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return true;
}

/* ---- base64 ------------------------------------------------------------- */

void base64_encode(struct span in, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	size_t i = 0;

	for (; in.n - i >= 3; i += 3) {
		uint32_t v = (uint32_t)in.p[i] << 16 |
		    (uint32_t)in.p[i + 1] << 8 | in.p[i + 2];
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = digits[v >> 6 & 63];
		*out++ = digits[v & 63];
	}
	if (in.n - i == 1) {
		*out++ = digits[in.p[i] >> 2];
		*out++ = digits[(in.p[i] & 3) << 4];
		*out++ = '=';
		*out++ = '=';
	} else if (in.n - i == 2) {
		uint32_t v = (uint32_t)in.p[i] << 8 | in.p[i + 1];
		*out++ = digits[v >> 10];
		*out++ = digits[v >> 4 & 63];
		*out++ = digits[(v & 15) << 2];
		*out++ = '=';
	}
	*out = '\0';
}

/* char62 and char63 are the two characters in which the alphabets differ. */
static int base64_value(uint8_t c, uint8_t char62, uint8_t char63)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == char62)
		return 62;
	if (c == char63)
		return 63;
	return -1;
}

/* Digits without padding; digits.n % 4 is not 1. */
static bool base64_fill(struct span digits, const char *last_two,
    size_t max_bytes, struct blob *out, const char *at, struct fault *f)
{
	AUTO(blob_drop) struct blob b = { 0 };
	size_t n = digits.n / 4 * 3 + (digits.n % 4 > 0 ? digits.n % 4 - 1 : 0);
	uint32_t bits = 0;
	unsigned n_bits = 0;

	if (n > max_bytes)
		return fault_raise(f, FAULT_LIMIT, at,
		    "more than %zu bytes of base64", max_bytes);
	b.p = malloc(n + 1);
	if (b.p == NULL)
		return fault_raise(f, FAULT_SYSTEM, at, "no memory");
	for (size_t i = 0; i < digits.n; i++) {
		int v = base64_value(
		    digits.p[i], (uint8_t)last_two[0], (uint8_t)last_two[1]);
		if (v < 0)
			return fault_raise_at(
			    f, FAULT_FORMAT, at, i, "not a base64 character");
		bits = bits << 6 | (uint32_t)v;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			b.p[b.n++] = (uint8_t)(bits >> n_bits);
			bits &= (1u << n_bits) - 1;
		}
	}
	/* RFC 4648 section 3.5: one encoding per value. */
	if (bits != 0)
		return fault_raise_at(f, FAULT_FORMAT, at, digits.n - 1,
		    "unused bits of the last base64 character are not zero");
	b.p[b.n] = 0;
	*out = blob_move(&b);
	return true;
}

FALLIBLE base64_decode(struct span text, size_t max_bytes, struct blob *out,
    const char *at, struct fault *f)
{
	size_t pad = 0;

	if (text.n % 4 != 0)
		return fault_raise(f, FAULT_FORMAT, at,
		    "length of base64 is not a multiple of 4");
	/* At most two: a third one is caught as a bad character. */
	while (pad < 2 && pad < text.n && text.p[text.n - 1 - pad] == '=')
		pad++;
	text.n -= pad;
	return base64_fill(text, "+/", max_bytes, out, at, f);
}

FALLIBLE base64url_decode(struct span text, size_t max_bytes, struct blob *out,
    const char *at, struct fault *f)
{
	if (text.n % 4 == 1)
		return fault_raise(
		    f, FAULT_FORMAT, at, "no base64url text has this length");
	return base64_fill(text, "-_", max_bytes, out, at, f);
}

/* ---- characters --------------------------------------------------------- */

static bool is_tail(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

/* Unicode 15, table 3-7: well-formed UTF-8 byte sequences. */
size_t utf8_length(struct span text)
{
	const uint8_t *p = text.p;
	size_t left = text.n;

	if (left == 0)
		return 0;
	if (p[0] >= 0x01 && p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		return left >= 2 && is_tail(p[1]) ? 2 : 0;
	if (p[0] >= 0xe0 && p[0] <= 0xef) {
		uint8_t low = p[0] == 0xe0 ? 0xa0 : 0x80;
		uint8_t high = p[0] == 0xed ? 0x9f : 0xbf;

		return left >= 3 && p[1] >= low && p[1] <= high && is_tail(p[2])
		    ? 3
		    : 0;
	}
	if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		uint8_t low = p[0] == 0xf0 ? 0x90 : 0x80;
		uint8_t high = p[0] == 0xf4 ? 0x8f : 0xbf;

		return left >= 4 && p[1] >= low && p[1] <= high &&
			is_tail(p[2]) && is_tail(p[3])
		    ? 4
		    : 0;
	}
	return 0;
}

bool utf8_is_valid(struct span text)
{
	for (size_t i = 0; i < text.n;) {
		size_t n = utf8_length(span_of(text.p + i, text.n - i));
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

bool ascii_is_printable(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < 0x20 || text.p[i] > 0x7e)
			return false;
	}
	return true;
}

FALLIBLE u64_parse(
    struct span text, uint64_t *out, const char *at, struct fault *f)
{
	uint64_t v = 0;

	if (text.n == 0)
		return fault_raise(f, FAULT_FORMAT, at, "is empty");
	if (text.n > 1 && text.p[0] == '0')
		return fault_raise_at(
		    f, FAULT_FORMAT, at, 0, "number with a leading zero");
	for (size_t i = 0; i < text.n; i++) {
		uint64_t digit = (uint64_t)text.p[i] - '0';

		if (text.p[i] < '0' || text.p[i] > '9')
			return fault_raise_at(
			    f, FAULT_FORMAT, at, i, "not a decimal digit");
		if (v > (UINT64_MAX - digit) / 10)
			return fault_raise_at(f, FAULT_LIMIT, at, i,
			    "number does not fit in 64 bits");
		v = 10 * v + digit;
	}
	*out = v;
	return true;
}
