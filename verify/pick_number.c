/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/pick_number.h"

#include "verify/base/limbs.h"
#include "verify/base/text.h"

#include <inttypes.h>
#include <string.h>

/* Exponents beyond this have no digit left within DEC_MAX_DECIMALS, whatever
 * a body of LIMIT_BODY_BYTES_MAX puts in front of them. */
#define EXPONENT_MAX INT64_C(1000000000000)
/* 2^256 has 78 digits. */
#define DIGITS_MAX 78
#define HEX_DIGITS_MAX 64

const char *const pick_number_forms[] = { "decimal", "hex", NULL };

static bool is_hex(const struct pick_rule *r)
{
	return r->form != NULL && strcmp(r->form, "hex") == 0;
}

FALLIBLE pick_number_check(const struct pick_rule *r, struct fault *f)
{
	size_t i = 0;

	while (r->form != NULL && pick_number_forms[i] != NULL &&
	    strcmp(r->form, pick_number_forms[i]) != 0)
		i++;
	if (pick_number_forms[i] == NULL)
		return fault_raise(
		    f, FAULT_CONFIG, "/form", "want \"decimal\" or \"hex\"");
	if (!r->is_number && is_hex(r))
		return fault_raise(f, FAULT_CONFIG, "/form",
		    "a form is for kinds with a number");
	if (r->scale < -LIMIT_SCALE || r->scale > LIMIT_SCALE)
		return fault_raise(f, FAULT_CONFIG, "/scale", "want %d to %d",
		    -LIMIT_SCALE, LIMIT_SCALE);
	if (!r->is_number && r->scale != 0)
		return fault_raise(f, FAULT_CONFIG, "/scale",
		    "a scale is for kinds with a number");
	return true;
}

/* ---- hexadecimal -------------------------------------------------------- */

/* Digits of a 256-bit integer, without leading zeros; as "0" none at all. */
static void write_decimal(uint64_t limbs[4], struct wr *w)
{
	char digits[DIGITS_MAX];
	size_t n = sizeof(digits);

	while (!limbs_is_zero(limbs, 4))
		digits[--n] = (char)('0' + limbs_div(limbs, 4, 10));
	if (n == sizeof(digits))
		wr_u8(w, '0');
	wr_bytes(w, digits + n, sizeof(digits) - n);
}

static bool write_hex(struct span digits, struct wr *w)
{
	char padded[HEX_DIGITS_MAX];
	uint8_t bytes[32];
	uint64_t limbs[4];
	size_t n = digits.n > 2 ? digits.n - 2 : 0;

	if (n < 1 || n > HEX_DIGITS_MAX || memcmp(digits.p, "0x", 2) != 0)
		return false;
	memset(padded, '0', sizeof(padded));
	memcpy(padded + sizeof(padded) - n, digits.p + 2, n);
	if (!hex_decode(span_of(padded, sizeof(padded)), bytes, sizeof(bytes),
		"source.value", NULL))
		return false;
	limbs_from_be(bytes, limbs, 4);
	write_decimal(limbs, w);
	return true;
}

/* ---- scale -------------------------------------------------------------- */

/* The exponent that stands in a number; false: it has none that is one. */
static bool read_exponent(struct span text, int64_t *out)
{
	size_t i = 0;
	int64_t v = 0;

	if (i < text.n && (text.p[i] == '-' || text.p[i] == '+'))
		i++;
	if (i == text.n)
		return false;
	for (; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		if (v < EXPONENT_MAX)
			v = v * 10 + (text.p[i] - '0');
	}
	*out = text.p[0] == '-' ? -v : v;
	return true;
}

/* The number with another exponent; what is no number stays none. */
static void write_scaled(struct span digits, int32_t scale, struct wr *w)
{
	int64_t exponent = 0;
	size_t n = 0;

	while (n < digits.n && digits.p[n] != 'e' && digits.p[n] != 'E')
		n++;
	if (n < digits.n &&
	    !read_exponent(
		span_of(digits.p + n + 1, digits.n - n - 1), &exponent)) {
		wr_span(w, digits);
		return;
	}
	wr_bytes(w, digits.p, n);
	wr_printf(w, "e%" PRId64, exponent + scale);
}

/* ---- the number --------------------------------------------------------- */

static FALLIBLE parse(const struct pick_rule *r, struct span digits,
    const char *where, struct dec *out, struct fault *f)
{
	struct fault why = FAULT_INIT;

	if (dec_parse(digits, r->decimals, r->rounding, out, &why))
		return true;
	if (why.kind == FAULT_LIMIT)
		return fault_raise(f, FAULT_REMOTE, "source.value",
		    "the number at \"%.100s\" is too large", where);
	if (strcmp(why.at, "dec.inexact") == 0)
		return fault_raise(f, FAULT_REMOTE, "source.value",
		    "the number at \"%.100s\" has more than %u decimals", where,
		    r->decimals);
	return fault_raise(f, FAULT_REMOTE, "source.value",
	    "the text at \"%.100s\" is not exactly a decimal number", where);
}

static FALLIBLE parse_form(const struct pick_rule *r, struct span digits,
    const char *where, struct dec *out, struct fault *f)
{
	struct fault why = FAULT_INIT;
	char plain[DIGITS_MAX];
	struct wr decimal = wr_into(plain, sizeof(plain), "source.value", &why);
	AUTO(wr_drop)
	struct wr scaled =
	    wr_grow(LIMIT_BODY_BYTES_MAX + 32, "source.value", &why);

	if (is_hex(r)) {
		if (!write_hex(digits, &decimal))
			return fault_raise(f, FAULT_REMOTE, "source.value",
			    "the text at \"%.100s\" is not 0x and 1 to %d "
			    "hexadecimal digits",
			    where, HEX_DIGITS_MAX);
		digits = wr_view(&decimal);
	}
	if (r->scale != 0) {
		write_scaled(digits, r->scale, &scaled);
		if (!wr_ok(&scaled))
			return fault_raise(f, FAULT_SYSTEM, "source.internal",
			    "out of memory");
		digits = wr_view(&scaled);
	}
	return parse(r, digits, where, out, f);
}

FALLIBLE pick_number_pick(const struct pick_rule *r, struct span digits,
    const char *where, struct picked *out, struct fault *f)
{
	char text[DEC_TEXT_SIZE];

	if (digits.n == 0)
		return fault_raise(f, FAULT_REMOTE, "source.value",
		    "the text at \"%.100s\" is empty", where);
	TRY(parse_form(r, digits, where, &out->number, f));
	if (r->must_be_positive &&
	    (dec_is_negative(&out->number) || dec_is_zero(&out->number)))
		return fault_raise(f, FAULT_REMOTE, "source.value",
		    "a price is above zero, and the number at \"%.100s\" is "
		    "not",
		    where);
	dec_format(&out->number, text);
	return blob_copy(span_text(text), &out->text, f);
}
