/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/combine.h"

#include <stdlib.h>
#include <string.h>

/* The middle one; of an even number the mean of the middle two. */
static FALLIBLE median(const struct combine_value *sorted, size_t n,
    uint64_t trim, struct dec *out, struct fault *f)
{
	(void)trim;
	if (n % 2 == 0)
		return dec_mean(
		    &sorted[n / 2 - 1].number, &sorted[n / 2].number, out, f);
	*out = sorted[n / 2].number;
	return true;
}

/* Where half of the weight is reached; between two when exactly there. */
static FALLIBLE weighted_median(const struct combine_value *sorted, size_t n,
    uint64_t trim, struct dec *out, struct fault *f)
{
	uint64_t all = 0, below = 0;
	size_t i = 0;

	(void)trim;
	for (size_t k = 0; k < n; k++) {
		uint64_t weight = sorted[k].weight;

		if (weight == 0 || weight > COMBINE_WEIGHT_MAX)
			return fault_raise(f, FAULT_FORMAT, "combine.weight",
			    "a weight is 1 to %d", COMBINE_WEIGHT_MAX);
		all += weight;
	}
	while (2 * (below + sorted[i].weight) < all)
		below += sorted[i++].weight;
	if (2 * (below + sorted[i].weight) == all)
		return dec_mean(
		    &sorted[i].number, &sorted[i + 1].number, out, f);
	*out = sorted[i].number;
	return true;
}

static FALLIBLE trimmed_mean(const struct combine_value *sorted, size_t n,
    uint64_t trim, struct dec *out, struct fault *f)
{
	struct dec kept[LIMIT_SOURCES];
	size_t n_kept;

	if (trim > COMBINE_TRIM_MAX || 2 * trim >= n || n > LIMIT_SOURCES)
		return fault_raise(f, FAULT_FORMAT, "combine.trim",
		    "dropping %llu on each side leaves nothing of %zu values",
		    (unsigned long long)trim, n);
	n_kept = n - 2 * (size_t)trim;
	for (size_t i = 0; i < n_kept; i++)
		kept[i] = sorted[trim + i].number;
	return dec_mean_of(kept, n_kept, out, f);
}

static FALLIBLE first_of(const struct combine_value *sorted, size_t n,
    uint64_t trim, struct dec *out, struct fault *f)
{
	(void)trim;
	if (n != 1)
		return fault_raise(f, FAULT_FORMAT, "combine.first-of",
		    "%zu values are used, not one alone", n);
	*out = sorted[0].number;
	return true;
}

static const struct combine_method method_median = {
	.id = "median",
	.help = "the middle value; of an even number, the mean of the middle "
		"two, half to even",
	.combine = median,
};

static const struct combine_method method_weighted_median = {
	.id = "weighted-median",
	.help = "the value at which half of the weight is reached; when it is "
		"reached exactly, the mean of that value and the next, half "
		"to even",
	.has_weights = true,
	.combine = weighted_median,
};

static const struct combine_method method_trimmed_mean = {
	.id = "trimmed-mean",
	.help = "the mean of what remains without the lowest and the highest "
		"`trim` values, half to even",
	.has_trim = true,
	.combine = trimmed_mean,
};

static const struct combine_method method_first_of = {
	.id = "first-of",
	.help = "the first source, in the order of the configuration, that "
		"gave a usable value",
	.uses_first = true,
	.combine = first_of,
};

const struct combine_method *const combine_methods[] = {
	&method_median,
	&method_weighted_median,
	&method_trimmed_mean,
	&method_first_of,
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
void combine_sort(struct combine_value *values, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct combine_value v = values[i];
		size_t k = i;

		for (;
		     k > 0 && dec_compare(&values[k - 1].number, &v.number) > 0;
		     k--)
			values[k] = values[k - 1];
		values[k] = v;
	}
}

FALLIBLE combine_values(const struct combine_method *m, uint64_t trim,
    struct combine_value *values, size_t n, struct dec *value,
    struct dec *spread, struct fault *f)
{
	struct dec v, d;

	if (n == 0)
		return fault_raise(
		    f, FAULT_INTERNAL, "combine.values", "nothing to combine");
	combine_sort(values, n);
	TRY(m->combine(values, n, trim, &v, f));
	TRY(dec_subtract(&values[n - 1].number, &values[0].number, &d, f));
	*value = v;
	*spread = d;
	return true;
}

static FALLIBLE check_numbers(
    const struct combine_method *m, const struct statement *s, struct fault *f)
{
	struct combine_value values[LIMIT_SOURCES];
	struct dec value, spread, said;
	char text[DEC_TEXT_SIZE];
	size_t n = 0;

	for (size_t i = 0; i < s->n_sources; i++) {
		const struct statement_source *b = &s->source[i];

		if (!b->used)
			continue;
		values[n].weight = b->weight;
		TRY(dec_parse(
		    b->value, s->decimals, DEC_EXACT, &values[n++].number, f));
	}
	TRY(combine_values(m, s->trim, values, n, &value, &spread, f));
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

/* What is no number can only be taken as it is. */
static FALLIBLE check_taken(const struct statement *s, struct fault *f)
{
	for (size_t i = 0; i < s->n_sources; i++)
		if (s->source[i].used &&
		    !span_equal(s->source[i].value, s->value))
			return fault_raise(f, FAULT_FORMAT, "statement.value",
			    "is not what the source used said");
	return true;
}

FALLIBLE combine_check(const struct statement *s, struct fault *f)
{
	const struct combine_method *m = combine_find(s->method);

	if (m == NULL || !(s->kind->is_number || m->uses_first))
		return fault_raise(f, FAULT_UNSUPPORTED, "statement.method",
		    "is no method known here for this kind");
	return s->kind->is_number ? check_numbers(m, s, f) : check_taken(s, f);
}
