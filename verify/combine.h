/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one value follows from several: the daemon combines with the function
 * that the verifier repeats. A new method is one row.
 */
#ifndef AFFIANT_COMBINE_H
#define AFFIANT_COMBINE_H

#include "verify/statement.h"

struct combine_method {
	const char *id; /* "median": the statement's `method` */
	const char *help;
	/* n >= 1 values of the same decimals, ascending. */
	FALLIBLE(*combine)
	(const struct dec *sorted, size_t n, struct dec *out, struct fault *f);
};
extern const struct combine_method *const combine_methods[]; /* ends NULL */
const struct combine_method *combine_find(struct span id);

/* Ascending. */
void combine_sort(struct dec *values, size_t n);
/*
 * Value and spread (highest minus lowest) of n >= 1 values of the same
 * decimals, which are sorted on the way. INTERNAL with none.
 */
FALLIBLE combine_values(const struct combine_method *m, struct dec *values,
    size_t n, struct dec *value, struct dec *spread, struct fault *f);

/*
 * The same over a statement's used sources, for maker and judge:
 * FORMAT at "statement.value" or "statement.spread" when the statement says
 * something else, UNSUPPORTED at "statement.method" for an unknown method.
 * Only for statements with a method.
 */
FALLIBLE combine_check(const struct statement *s, struct fault *f);

#endif
