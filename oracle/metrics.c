/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/metrics.h"

struct metrics_series {
	const struct metrics_row *row;
	struct wr *w;
	bool begun;
};

static const char *type_name(enum metrics_type type)
{
	switch (type) {
	case METRICS_COUNTER:
		return "counter";
	case METRICS_GAUGE:
		return "gauge";
	}
	return "untyped";
}

/* Backslash, quote and newline are all that the format escapes. */
static void put_escaped(struct wr *w, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			wr_text(w, "\\n");
			continue;
		}
		if (*text == '\\' || *text == '"')
			wr_u8(w, '\\');
		wr_u8(w, (uint8_t)*text);
	}
}

static void put_labels(
    struct wr *w, const char *const *names, const char *const *values)
{
	for (size_t i = 0; i < METRICS_MAX_LABELS && names[i] != NULL; i++) {
		wr_printf(w, "%s%s=\"", i == 0 ? "{" : ",", names[i]);
		put_escaped(w, values[i]);
		wr_u8(w, '"');
	}
	if (names[0] != NULL)
		wr_u8(w, '}');
}

static void put_value(
    struct wr *w, enum metrics_unit unit, bool below_zero, uint64_t value)
{
	wr_text(w, below_zero ? " -" : " ");
	switch (unit) {
	case METRICS_PLAIN:
		wr_printf(w, "%llu\n", (unsigned long long)value);
		break;
	case METRICS_MS:
		wr_printf(w, "%llu.%03llu\n",
		    (unsigned long long)(value / 1000),
		    (unsigned long long)(value % 1000));
		break;
	}
}

static void put_sample(struct metrics_series *to, const char *const *values,
    bool below_zero, uint64_t value)
{
	const struct metrics_row *row = to->row;

	if (!to->begun)
		wr_printf(to->w, "# HELP %s %s\n# TYPE %s %s\n", row->name,
		    row->help, row->name, type_name(row->type));
	to->begun = true;
	wr_text(to->w, row->name);
	put_labels(to->w, row->labels, values);
	put_value(to->w, row->unit, below_zero, value);
}

void metrics_put(
    struct metrics_series *to, const char *const *values, uint64_t value)
{
	put_sample(to, values, false, value);
}

void metrics_put_signed(
    struct metrics_series *to, const char *const *values, int64_t value)
{
	const uint64_t bits = (uint64_t)value;

	put_sample(to, values, value < 0, value < 0 ? 0 - bits : bits);
}

void metrics_encode(const struct metrics_row *rows,
    const struct metrics_facts *facts, struct wr *w)
{
	for (const struct metrics_row *row = rows; row->name != NULL; row++) {
		struct metrics_series series = { .row = row, .w = w };

		row->read(facts, &series);
	}
}
