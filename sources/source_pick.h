/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a body to an observation: one strict JSON document, a pointer into it,
 * an exact decimal or a text, and perhaps the observation's own time. Details
 * name what is wrong without repeating a byte of the body.
 */
#ifndef AFFIANT_SOURCE_PICK_H
#define AFFIANT_SOURCE_PICK_H

#include "sources/sources.h"

struct source_picked {
	struct blob text;  /* canonical decimal, or the text */
	struct dec number; /* is_number only */
	bool has_time;
	struct utc time;
};
void source_picked_drop(struct source_picked *p);

/* The body behind a UTF-8 byte order mark, if it starts with one. */
struct span source_pick_without_bom(struct span body);

/*
 * The guards come first. Numbers: a JSON number, or a string that is exactly a
 * number of the configured form (source_number.h). Texts: a string as it is, a number
 * as its canonical decimal, anything else as canonical JSON; not empty, at
 * most LIMIT_TEXT bytes. A UTF-8 byte order mark in front of the document is
 * skipped (RFC 8259 8.1 permits that; central banks send one).
 *
 * Faults: REMOTE at "source.json", "source.guard", "source.pick",
 * "source.value", "source.time", "source.limit".
 */
FALLIBLE source_pick_json(const struct source_config *c, struct span body,
    struct utc now, struct source_picked *out, struct fault *f);

#endif
