/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The observation's own time, in the forms in which sources write it.
 */
#ifndef AFFIANT_PICK_TIME_H
#define AFFIANT_PICK_TIME_H

#include "verify/pick.h"

/* What pick_rule.time_unit may name; ends NULL. */
extern const char *const pick_time_units[];
bool pick_time_unit_is_known(const char *unit);

/*
 * "s", "ms", "us", "ns": a decimal number since 1970. "hex": seconds as 0x and
 * 1 to 16 digits. "rfc3339". "date": YYYY-MM-DD, the first moment of that day
 * in UTC. False: the text is no time in that unit.
 */
bool pick_time_parse(const char *unit, struct span text, struct utc *out);

#endif
