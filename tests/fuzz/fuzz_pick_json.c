/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any body, picked as a price with a time and as a text: a result is canonical
 * and within its bounds, a refusal has one of the known words and repeats no
 * more of the body than ASCII of ours.
 */
#include "tests/fuzz/must.h"
#include "verify/base/text.h"
#include "verify/pick.h"

#include <string.h>

static const struct utc now = { INT64_C(1768478400000) };

static const struct pick_guard guards[] = {
	{ "/s", PICK_WANT_TEXT, "ok", false },
	{ "/c", PICK_WANT_NUMBER, "0", false },
};
static const char *const forbidden[] = { "/e" };

static void check_refusal(const struct fault *f)
{
	static const char *const words[] = { "source.json", "source.guard",
		"source.pick", "source.value", "source.time", "source.limit" };
	bool known = false;

	MUST(f->kind == FAULT_REMOTE);
	for (size_t i = 0; i < COUNT(words); i++)
		known = known || strcmp(f->at, words[i]) == 0;
	MUST(known);
}

static void pick_price(struct span body)
{
	const struct pick_rule c = {
		.pick = "/p",
		.time_pick = "/t",
		.time_unit = body.n % 2 == 0 ? "s" : "rfc3339",
		.is_number = true,
		.must_be_positive = true,
		.decimals = 8,
		.rounding = DEC_HALF_EVEN,
	};
	AUTO(picked_drop) struct picked p = { 0 };
	struct fault f = FAULT_INIT;

	if (!pick_json.pick(&c, body, now, &p, &f)) {
		check_refusal(&f);
		MUST(p.text.p == NULL);
		return;
	}
	MUST(dec_text_is_canonical(blob_span(&p.text)));
	MUST(!dec_is_negative(&p.number) && !dec_is_zero(&p.number));
	MUST(p.has_time && p.time.ms <= now.ms + 60000);
	MUST(p.time.ms >= INT64_C(1577836800000));
}

/* A path, guards, a hexadecimal number and a scale. */
static void pick_quantity(struct span body)
{
	const struct pick_rule c = {
		.pick = "$.r[?@.n=='x'].v",
		.require = guards,
		.n_require = body.n % 3,
		.forbid = forbidden,
		.n_forbid = body.n % 2,
		.form = body.n % 5 == 0 ? "decimal" : "hex",
		.scale = -18,
		.is_number = true,
		.decimals = 8,
		.rounding = DEC_HALF_EVEN,
	};
	AUTO(picked_drop) struct picked p = { 0 };
	struct fault f = FAULT_INIT;

	if (!pick_json.pick(&c, body, now, &p, &f)) {
		check_refusal(&f);
		return;
	}
	MUST(dec_text_is_canonical(blob_span(&p.text)));
}

static void pick_text(struct span body)
{
	const struct pick_rule c = { .pick = "" };
	AUTO(picked_drop) struct picked p = { 0 };
	struct fault f = FAULT_INIT;

	if (!pick_json.pick(&c, body, now, &p, &f)) {
		check_refusal(&f);
		return;
	}
	MUST(p.text.n > 0 && p.text.n <= LIMIT_TEXT);
	MUST(utf8_is_valid(blob_span(&p.text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pick_price(span_of(data, size));
	pick_quantity(span_of(data, size));
	pick_text(span_of(data, size));
	return 0;
}
