/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/combine.h"

#include <stdlib.h>
#include <string.h>

/* The middle one; of an even number the mean of the middle two. */
static FALLIBLE median(
    const struct dec *sorted, size_t n, struct dec *out, struct fault *f)
{
	if (n % 2 == 0)
		return dec_mean(&sorted[n / 2 - 1], &sorted[n / 2], out, f);
	*out = sorted[n / 2];
	return true;
}

static const struct combine_method method_median = {
	.id = "median",
	.help = "the middle value; of an even number, the mean of the middle "
		"two, half to even",
	.combine = median,
};

const struct combine_method *const combine_methods[] = {
	&method_median,
	NULL,
};

const struct combine_method *combine_find(struct span id)
{
	for (size_t i = 0; combine_methods[i] != NULL; i++)
		if (span_equal_text(id, combine_methods[i]->id))
			return combine_methods[i];
	return NULL;
}

/* By insertion: there are at most LIMIT_SOURCES. */
void combine_sort(struct dec *values, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct dec v = values[i];
		size_t k = i;

		for (; k > 0 && dec_compare(&values[k - 1], &v) > 0; k--)
			values[k] = values[k - 1];
		values[k] = v;
	}
}

FALLIBLE combine_values(const struct combine_method *m, struct dec *values,
    size_t n, struct dec *value, struct dec *spread, struct fault *f)
{
	struct dec v, d;

	if (n == 0)
		return fault_raise(
		    f, FAULT_INTERNAL, "combine.values", "nothing to combine");
	combine_sort(values, n);
	TRY(m->combine(values, n, &v, f));
	TRY(dec_subtract(&values[n - 1], &values[0], &d, f));
	*value = v;
	*spread = d;
	return true;
}

FALLIBLE combine_check(const struct statement *s, struct fault *f)
{
	const struct combine_method *m = combine_find(s->method);
	struct dec values[LIMIT_SOURCES], value, spread, said;
	char text[DEC_TEXT_SIZE];
	size_t n = 0;

	if (m == NULL || !s->kind->is_number)
		return fault_raise(f, FAULT_UNSUPPORTED, "statement.method",
		    "is no method known here for this kind");
	for (size_t i = 0; i < s->n_sources; i++) {
		if (!s->source[i].used)
			continue;
		TRY(dec_parse(s->source[i].value, s->decimals, DEC_EXACT,
		    &values[n++], f));
	}
	TRY(combine_values(m, values, n, &value, &spread, f));
	TRY(dec_parse(s->value, s->decimals, DEC_EXACT, &said, f));
	if (dec_compare(&said, &value) != 0)
		return fault_raise(f, FAULT_FORMAT, "statement.value",
		    "is not the %s of the values used, which is %s", m->id,
		    dec_format(&value, text));
	TRY(dec_parse(s->spread, s->decimals, DEC_EXACT, &said, f));
	if (dec_compare(&said, &spread) != 0)
		return fault_raise(f, FAULT_FORMAT, "statement.spread",
		    "is not the spread of the values used, which is %s",
		    dec_format(&spread, text));
	return true;
}
