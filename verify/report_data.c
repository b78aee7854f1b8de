/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/report_data.h"

#include "verify/base/text.h"

#include <string.h>

#define HALF (REPORT_DATA_BYTES / 2)

void report_data_of(const struct sha256 *bound, uint8_t out[REPORT_DATA_BYTES])
{
	memset(out, 0, REPORT_DATA_BYTES);
	memcpy(out, bound->b, sizeof(bound->b));
}

/* What a mistake is looked for in. */
struct sight {
	const uint8_t *got;
	const struct sha256 *bound;
	struct span statement;
	struct span hex; /* of bound, lower case */
};

static bool begins_with(const struct sight *s, const uint8_t digest[HALF])
{
	return memcmp(s->got, digest, HALF) == 0;
}

static bool is_sha512(const struct sight *s, const char *prefix, struct span of)
{
	const struct span parts[] = { span_text(prefix), of };
	struct sha512 digest = sha512_of_parts(parts, COUNT(parts));

	return memcmp(s->got, digest.b, REPORT_DATA_BYTES) == 0;
}

/* SHA-512 of anything a client may have had in hand, behind a prefix. */
static bool is_sha512_of_ours(const struct sight *s, const char *prefix)
{
	return is_sha512(s, prefix, sha256_span(s->bound)) ||
	    is_sha512(s, prefix, s->hex) ||
	    (s->statement.n > 0 && is_sha512(s, prefix, s->statement));
}

static bool is_zero(const struct sight *s)
{
	return span_is_zero(span_of(s->got, REPORT_DATA_BYTES));
}

static bool is_hex_text(const struct sight *s)
{
	char upper[2 * HALF];

	if (memcmp(s->got, s->hex.p, REPORT_DATA_BYTES) == 0)
		return true;
	for (size_t i = 0; i < sizeof(upper); i++) {
		char c = (char)s->hex.p[i];

		upper[i] = c >= 'a' ? (char)(c - 'a' + 'A') : c;
	}
	return memcmp(s->got, upper, REPORT_DATA_BYTES) == 0;
}

/* The text as hexadecimal again has 128 characters: its first 64. */
static bool is_double_hex(const struct sight *s)
{
	char twice[HEX_SIZE(2 * HALF)];

	hex_encode(s->hex, twice);
	return memcmp(s->got, twice, REPORT_DATA_BYTES) == 0;
}

static bool is_right_aligned(const struct sight *s)
{
	return span_is_zero(span_of(s->got, HALF)) &&
	    memcmp(s->got + HALF, s->bound->b, HALF) == 0;
}

static bool is_badly_padded(const struct sight *s)
{
	return begins_with(s, s->bound->b);
}

static bool is_hash_of_hex(const struct sight *s)
{
	struct sha256 digest = sha256_of(s->hex);

	return begins_with(s, digest.b);
}

static bool is_hashed_twice(const struct sight *s)
{
	struct sha256 digest = sha256_of(sha256_span(s->bound));

	return begins_with(s, digest.b);
}

static bool is_plain_sha512(const struct sight *s)
{
	return is_sha512_of_ours(s, "");
}

static bool is_keccak(const struct sight *s)
{
	struct keccak256 digest = keccak256_of(s->statement);

	return s->statement.n > 0 && begins_with(s, digest.b);
}

/* The shorter hashes that an agent offers, in front. */
static bool is_short_app_data(const struct sight *s, struct span of)
{
	const struct span parts[] = { span_text("app-data:"), of };
	struct sha256 narrow = sha256_of_parts(parts, COUNT(parts));
	struct sha384 wide = sha384_of_parts(parts, COUNT(parts));
	struct keccak256 keccak = keccak256_of_parts(parts, COUNT(parts));

	return begins_with(s, narrow.b) || begins_with(s, keccak.b) ||
	    memcmp(s->got, wide.b, sizeof(wide.b)) == 0;
}

static bool is_app_data(const struct sight *s)
{
	return is_sha512_of_ours(s, "app-data:") ||
	    is_short_app_data(s, sha256_span(s->bound)) ||
	    is_short_app_data(s, s->hex) ||
	    (s->statement.n > 0 && is_short_app_data(s, s->statement));
}

static const struct mistake {
	bool (*is)(const struct sight *s);
	const char *name;
} mistakes[] = {
	{ is_zero, "all zero: nothing was bound" },
	{ is_hex_text,
	    "the hexadecimal text of the hash; the 32 raw bytes are wanted" },
	{ is_double_hex,
	    "double hexadecimal: the hexadecimal text of the hash, as "
	    "hexadecimal again" },
	{ is_right_aligned,
	    "the hash right-aligned behind 32 zero bytes; it belongs in "
	    "front" },
	{ is_badly_padded,
	    "the hash with wrong padding; 32 zero bytes belong behind it" },
	{ is_hash_of_hex, "the SHA-256 of the hexadecimal text of the hash" },
	{ is_hashed_twice, "the SHA-256 of the hash: it was hashed twice" },
	{ is_plain_sha512, "a SHA-512; the SHA-256 and zeros are wanted" },
	{ is_keccak, "the Keccak-256 of the statement; its SHA-256 is wanted" },
	{ is_app_data,
	    "a hash behind the prefix app-data:, as an older guest agent makes "
	    "it (SHA-512 by itself) unless told raw" },
};

FALLIBLE report_data_check(const uint8_t got[REPORT_DATA_BYTES],
    const struct sha256 *bound, struct span statement, struct fault *f)
{
	uint8_t want[REPORT_DATA_BYTES];
	char hex[HEX_SIZE(sizeof(bound->b))];
	const struct sight sight = { got, bound, statement,
		{ (const uint8_t *)hex, sizeof(hex) - 1 } };

	report_data_of(bound, want);
	if (memcmp(got, want, REPORT_DATA_BYTES) == 0)
		return true;
	hex_encode(sha256_span(bound), hex);
	for (size_t i = 0; i < COUNT(mistakes); i++)
		if (mistakes[i].is(&sight))
			return fault_raise(f, FAULT_CRYPTO,
			    "binding.report-data",
			    "the quote's report_data is %s", mistakes[i].name);
	return fault_raise(f, FAULT_CRYPTO, "binding.report-data",
	    "the quote binds something else: its report_data does not begin "
	    "with %.16s...",
	    hex);
}
