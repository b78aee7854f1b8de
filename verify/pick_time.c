/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/pick_time.h"

#include "verify/base/text.h"

#include <string.h>

#define HEX_DIGITS_MAX 16
/* Seconds beyond this are no year that utc.h knows. */
#define SECONDS_MAX UINT64_C(253402300799)

/* ---- forms --------------------------------------------------------------- */

/* Units of 10^-decimals; of those that come out, per_ms make a millisecond. */
static bool parse_count(
    struct span digits, uint8_t decimals, int64_t per_ms, struct utc *out)
{
	struct dec d;

	if (!dec_parse(digits, decimals, DEC_TRUNC, &d, NULL))
		return false;
	if (dec_is_negative(&d) || d.units.limb[1] != 0 ||
	    d.units.limb[2] != 0 || d.units.limb[3] != 0 ||
	    d.units.limb[0] > INT64_MAX)
		return false;
	out->ms = (int64_t)d.units.limb[0] / per_ms;
	return true;
}

static bool parse_s(struct span text, struct utc *out)
{
	return parse_count(text, 3, 1, out);
}

static bool parse_ms(struct span text, struct utc *out)
{
	return parse_count(text, 0, 1, out);
}

static bool parse_us(struct span text, struct utc *out)
{
	return parse_count(text, 0, 1000, out);
}

static bool parse_ns(struct span text, struct utc *out)
{
	return parse_count(text, 0, 1000000, out);
}

static bool parse_rfc3339(struct span text, struct utc *out)
{
	return utc_parse_rfc3339(text, out, "source.time", NULL);
}

static bool parse_date(struct span text, struct utc *out)
{
	static const char midnight[] = "T00:00:00Z";
	char whole[32];
	struct fault why = FAULT_INIT;
	struct wr w = wr_into(whole, sizeof(whole), "source.time", &why);

	/* What the strict form begins with. */
	if (text.n != strlen("YYYY-MM-DD"))
		return false;
	wr_span(&w, text);
	wr_text(&w, midnight);
	return utc_parse_strict(wr_view(&w), out, "source.time", NULL);
}

static bool parse_hex(struct span text, struct utc *out)
{
	char padded[HEX_DIGITS_MAX];
	size_t n = text.n > 2 ? text.n - 2 : 0;
	uint8_t bytes[8];
	uint64_t seconds = 0;

	if (n < 1 || n > HEX_DIGITS_MAX || memcmp(text.p, "0x", 2) != 0)
		return false;
	memset(padded, '0', sizeof(padded));
	memcpy(padded + sizeof(padded) - n, text.p + 2, n);
	if (!hex_decode(span_of(padded, sizeof(padded)), bytes, sizeof(bytes),
		"source.time", NULL))
		return false;
	for (size_t i = 0; i < sizeof(bytes); i++)
		seconds = seconds << 8 | bytes[i];
	if (seconds > SECONDS_MAX)
		return false;
	out->ms = (int64_t)seconds * 1000;
	return true;
}

/* ---- the table ----------------------------------------------------------- */

const char *const pick_time_units[] = { "s", "ms", "us", "ns", "rfc3339",
	"date", "hex", NULL };

/* In the order of the words. */
static bool (*const parsers[])(struct span text, struct utc *out) = {
	parse_s,
	parse_ms,
	parse_us,
	parse_ns,
	parse_rfc3339,
	parse_date,
	parse_hex,
};
_Static_assert(
    COUNT(parsers) + 1 == COUNT(pick_time_units), "a parser for each unit");

static size_t find(const char *unit)
{
	size_t i = 0;

	while (i < COUNT(parsers) && strcmp(unit, pick_time_units[i]) != 0)
		i++;
	return i;
}

bool pick_time_unit_is_known(const char *unit)
{
	return find(unit) < COUNT(parsers);
}

bool pick_time_parse(const char *unit, struct span text, struct utc *out)
{
	size_t i = find(unit);

	return i < COUNT(parsers) && parsers[i](text, out);
}
