/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the characters that a source sent to an exact number: decimal or
 * hexadecimal, scaled by a power of ten, rounded once.
 */
#ifndef AFFIANT_SOURCE_NUMBER_H
#define AFFIANT_SOURCE_NUMBER_H

#include "sources/source_pick.h"

/* CONFIG at "/form", "/scale". */
FALLIBLE source_number_check(const struct source_config *c, struct fault *f);
/* The forms that source_config.form may name; ends NULL. */
extern const char *const source_number_forms[];

/*
 * "decimal": exactly a number of the JSON grammar (no comma, no plus sign, no
 * blanks). "hex": "0x" and 1 to 64 digits, an unsigned integer; leading zeros
 * are taken, as the words of contracts have them. Multiplied by 10^scale and
 * rounded to c->decimals by c->rounding. Writes `number` and `text`. `where`
 * is what was configured, for sentences.
 *
 * Faults: REMOTE at "source.value".
 */
FALLIBLE source_number_pick(const struct source_config *c, struct span digits,
    const char *where, struct source_picked *out, struct fault *f);

#endif
