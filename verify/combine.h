/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one value follows from several: the daemon combines with the function
 * that the verifier repeats. A new method is one row.
 */
#ifndef AFFIANT_COMBINE_H
#define AFFIANT_COMBINE_H

#include "verify/statement.h"

/* The most that `trim` can drop on each side: one of 32 must remain. */
#define COMBINE_TRIM_MAX ((LIMIT_SOURCES - 1) / 2)
/* 32 of these and their double are far below 2^64. */
#define COMBINE_WEIGHT_MAX 1000000
/*
 * Rejected because an earlier source was used: the one reason that the
 * verifier knows, as first-of follows from the order.
 */
#define COMBINE_RESERVE "reserve"

struct combine_value {
	struct dec number;
	uint64_t weight; /* 1 to COMBINE_WEIGHT_MAX, where weights count */
};

struct combine_method {
	const char *id; /* "median": the statement's `method` */
	const char *help;
	bool has_weights; /* each source has one, in the statement too */
	bool has_trim;    /* 1 to COMBINE_TRIM_MAX, in the statement too */
	bool uses_first;  /* one value alone is used; any kind has one */
	/* n >= 1 values of the same decimals, ascending. */
	FALLIBLE(*combine)
	(const struct combine_value *sorted, size_t n, uint64_t trim,
	    struct dec *out, struct fault *f);
};
extern const struct combine_method *const combine_methods[]; /* ends NULL */
const struct combine_method *combine_find(struct span id);

/* By number, ascending. */
void combine_sort(struct combine_value *values, size_t n);
/*
 * Value and spread (highest minus lowest) of n >= 1 values of the same
 * decimals, which are sorted on the way. INTERNAL with none. FORMAT at
 * "combine.trim" when nothing would remain, at "combine.weight" for one out of
 * range, at "combine.first-of" for more than one value.
 */
FALLIBLE combine_values(const struct combine_method *m, uint64_t trim,
    struct combine_value *values, size_t n, struct dec *value,
    struct dec *spread, struct fault *f);

/*
 * The same over a statement's used sources, for maker and judge:
 * FORMAT at "statement.value" or "statement.spread" when the statement says
 * something else, UNSUPPORTED at "statement.method" for an unknown method.
 * Only for statements with a method.
 */
FALLIBLE combine_check(const struct statement *s, struct fault *f);

#endif
