/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One byte of decimals, then text: what the three modes say of it fits
 * together, survives text and int256, and compares as it should.
 */
#include "verify/base/dec.h"

#include "tests/fuzz/must.h"

static bool parse(
    struct span text, uint8_t decimals, enum dec_round mode, struct dec *out)
{
	struct fault f = FAULT_INIT;

	if (dec_parse(text, decimals, mode, out, &f))
		return true;
	must_be_refusal(&f, text.n);
	return false;
}

static bool same(const struct dec *a, const struct dec *b)
{
	return a->decimals == b->decimals &&
	    memcmp(&a->units, &b->units, sizeof(a->units)) == 0;
}

static void check_round_trips(const struct dec *v)
{
	char text[DEC_TEXT_SIZE];
	uint8_t b[32];
	struct dec back;

	dec_format(v, text);
	MUST(dec_text_is_canonical(span_text(text)));
	MUST(parse(span_text(text), v->decimals, DEC_EXACT, &back));
	MUST(same(v, &back));
	dec_encode_int256(v, b);
	dec_decode_int256(b, v->decimals, &back);
	MUST(same(v, &back));
	MUST((b[0] >= 0x80) == dec_is_negative(v));
	MUST(span_is_zero(span_of(b, 32)) == dec_is_zero(v));
}

/* The two results lie a unit apart at most, and nothing else but it. */
static void check_rounding(const struct dec *down, const struct dec *even)
{
	struct dec unit = { .decimals = down->decimals,
		.units = { { 1, 0, 0, 0 } } };
	struct dec diff, mean;

	MUST(dec_subtract(even, down, &diff, NULL));
	if (dec_is_negative(&diff)) {
		struct dec zero = { .decimals = down->decimals };
		MUST(dec_subtract(&zero, &diff, &diff, NULL));
	}
	MUST(dec_is_zero(&diff) || same(&diff, &unit));
	/* The mean of neighbours is the even one of them. */
	MUST(dec_mean(down, even, &mean, NULL));
	MUST(same(&mean, down) || same(&mean, even));
	if (!same(down, even)) {
		MUST((mean.units.limb[0] & 1) == 0);
		MUST(dec_deviates(down, even, 0));
	}
	MUST(!dec_deviates(even, even, 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dec exact, down, even, any;
	bool is_exact, is_down, is_even, is_any;
	struct span text;
	uint8_t decimals;

	if (size == 0)
		return 0;
	decimals = data[0] % (DEC_MAX_DECIMALS + 1);
	text = span_of(data + 1, size - 1);
	is_exact = parse(text, decimals, DEC_EXACT, &exact);
	is_down = parse(text, decimals, DEC_TRUNC, &down);
	is_even = parse(text, decimals, DEC_HALF_EVEN, &even);
	is_any = dec_parse_any(text, &any, NULL);

	if (is_exact)
		MUST(is_down && is_even && same(&exact, &down) &&
		    same(&exact, &even));
	/* Rounding up may overflow where cutting does not; never else. */
	MUST(!is_even || is_down);
	if (is_down)
		check_round_trips(&down);
	if (is_even) {
		check_round_trips(&even);
		check_rounding(&down, &even);
	}
	if (is_any)
		check_round_trips(&any);
	if (is_any && is_exact)
		MUST(dec_compare(&any, &exact) == 0 &&
		    !dec_deviates(&any, &exact, 0));
	if (is_any && is_down && !dec_is_negative(&any))
		MUST(dec_compare(&down, &any) <= 0);
	return 0;
}
