/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every decoder over the same bytes: what decodes encodes again to the very
 * same text, so no value has two spellings (hexadecimal: two cases).
 */
#include "verify/base/text.h"

#include "tests/fuzz/must.h"

#include <inttypes.h>

#define MAX_BYTES 1000

static void check_hex(struct span text)
{
	AUTO(blob_drop) struct blob b = { 0 };
	char again[HEX_SIZE(MAX_BYTES)];
	uint8_t exact[MAX_BYTES];
	struct fault f = FAULT_INIT;

	if (!hex_decode_blob(text, MAX_BYTES, &b, "fuzz", &f)) {
		must_be_refusal(&f, text.n);
		return;
	}
	hex_encode(blob_span(&b), again);
	MUST(strlen(again) == text.n);
	MUST(!hex_is_lower(text) || span_equal_text(text, again));
	MUST(hex_decode(text, exact, b.n, "fuzz", NULL));
	MUST(memcmp(exact, b.p, b.n) == 0);
	MUST(!hex_decode(text, exact, b.n + 1, "fuzz", NULL));
	MUST(!hex_decode_0x(text, exact, b.n, "fuzz", NULL));
}

static void check_hex_forms(struct span text)
{
	uint8_t b[MAX_BYTES];
	char again[HEX_SIZE(MAX_BYTES) + HEX_COLON_SIZE(MAX_BYTES)];
	size_t n = (text.n + 1) / 3;

	if (n > MAX_BYTES)
		return;
	if (hex_decode_colon(text, b, n, "fuzz", NULL) && n > 0) {
		hex_encode_colon(span_of(b, n), again);
		MUST(span_equal_text(text, again));
	}
	n = text.n / 2 - (text.n >= 2);
	if (n <= MAX_BYTES && hex_decode_0x(text, b, n, "fuzz", NULL)) {
		MUST(memcmp(text.p, "0x", 2) == 0);
		hex_encode(span_of(b, n), again);
		MUST(strlen(again) == text.n - 2);
	}
}

static void check_base64(struct span text)
{
	AUTO(blob_drop) struct blob b = { 0 };
	AUTO(blob_drop) struct blob url = { 0 };
	char again[BASE64_SIZE(MAX_BYTES)];
	struct fault f = FAULT_INIT;
	size_t n;

	if (base64_decode(text, MAX_BYTES, &b, "fuzz", &f)) {
		base64_encode(blob_span(&b), again);
		MUST(span_equal_text(text, again));
	} else {
		must_be_refusal(&f, text.n);
	}
	fault_clear(&f);
	if (!base64url_decode(text, MAX_BYTES, &url, "fuzz", &f)) {
		must_be_refusal(&f, text.n);
		return;
	}
	base64_encode(blob_span(&url), again);
	n = strlen(again);
	while (n > 0 && again[n - 1] == '=')
		n--;
	MUST(n == text.n);
	for (size_t i = 0; i < n; i++) {
		char c = again[i] == '+' ? '-'
		    : again[i] == '/'    ? '_'
					 : again[i];
		MUST(text.p[i] == (uint8_t)c);
	}
}

static void check_characters(struct span text)
{
	char again[24];
	struct fault f = FAULT_INIT;
	uint64_t v;
	size_t i = 0, n;

	while (i < text.n &&
	    (n = utf8_length(span_of(text.p + i, text.n - i))) > 0) {
		MUST(n <= 4 && n <= text.n - i);
		i += n;
	}
	MUST(utf8_is_valid(text) == (i == text.n));
	MUST(!ascii_is_printable(text) || utf8_is_valid(text));
	if (u64_parse(text, &v, "fuzz", &f)) {
		snprintf(again, sizeof(again), "%" PRIu64, v);
		MUST(span_equal_text(text, again));
	} else {
		must_be_refusal(&f, text.n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);

	check_hex(text);
	check_hex_forms(text);
	check_base64(text);
	check_characters(text);
	return 0;
}
