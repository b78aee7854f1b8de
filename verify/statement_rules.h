/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of FORMAT.statement.md that hold between and inside members,
 * beyond their JSON form. One function, used before writing and after reading,
 * so that maker and judge cannot disagree. Used by statement.c only.
 */
#ifndef AFFIANT_STATEMENT_RULES_H
#define AFFIANT_STATEMENT_RULES_H

#include "verify/statement.h"

/* The largest number of milliseconds: the end of the year 9999. */
#define STATEMENT_MAX_MS 253402300799999
/* The largest integer of canonical JSON. */
#define STATEMENT_MAX_INTEGER ((UINT64_C(1) << 53) - 1)

/* FORMAT or LIMIT faults at "statement.MEMBER". */
FALLIBLE statement_rules_check(const struct statement *s, struct fault *f);

#endif
