/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the characters that a source sent to an exact number: decimal or
 * hexadecimal, scaled by a power of ten, rounded once.
 */
#ifndef AFFIANT_PICK_NUMBER_H
#define AFFIANT_PICK_NUMBER_H

#include "verify/pick.h"

/* CONFIG at "/form", "/scale". */
FALLIBLE pick_number_check(const struct pick_rule *r, struct fault *f);
/* The forms that pick_rule.form may name; ends NULL. */
extern const char *const pick_number_forms[];

/*
 * "decimal": exactly a number of the JSON grammar (no comma, no plus sign, no
 * blanks). "hex": "0x" and 1 to 64 digits, an unsigned integer; leading zeros
 * are taken, as the words of contracts have them. Multiplied by 10^scale and
 * rounded to r->decimals by r->rounding. Writes `number` and `text`. `where`
 * is what was configured, for sentences.
 *
 * Faults: REMOTE at "source.value".
 */
FALLIBLE pick_number_pick(const struct pick_rule *r, struct span digits,
    const char *where, struct picked *out, struct fault *f);

#endif
