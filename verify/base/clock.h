/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only reader of a clock. Everyone else receives a struct utc. Linked
 * into programs; never into libaffiant-verify.
 */
#ifndef AFFIANT_CLOCK_H
#define AFFIANT_CLOCK_H

#include "verify/base/utc.h"

struct utc clock_now(void);
/* Nanoseconds from an arbitrary start that never runs backwards. */
uint64_t clock_monotonic_ns(void);

/* Tests only: clock_now() answers `t` until called with NULL. */
void clock_set_for_test(const struct utc *t);

#endif
