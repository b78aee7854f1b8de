/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guards: what a JSON body must say besides its value. Many hosts answer 200
 * with an error, or with another pair than the one that was asked for; a
 * guard turns that into a reason of its own.
 */
#ifndef AFFIANT_PICK_GUARD_H
#define AFFIANT_PICK_GUARD_H

#include "verify/base/json.h"
#include "verify/pick.h"

/* Counts, pointers and values. CONFIG at "/require", "/forbid". */
FALLIBLE pick_guard_check(const struct pick_rule *r, struct fault *f);
/*
 * Text equals text, an integer a number of the same value (0 and 0.0, never
 * "0"), true and false themselves. What is forbidden may be missing, null, "",
 * [] or {}. REMOTE at "source.guard", naming the pointer and no byte of the
 * body. The first guard that fails; required ones first.
 */
FALLIBLE pick_guard_judge(
    const struct pick_rule *r, const struct json_node *root, struct fault *f);

#endif
