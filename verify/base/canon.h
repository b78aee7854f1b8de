/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canonical JSON (RFC 8785) for the subset that Affiant signs: objects,
 * arrays, strings, booleans and integers below 2^53. Anything finer travels
 * as a decimal string; null and fractions are refused.
 *
 * The streaming writer takes members in canonical order (RFC 8785 3.2.3, by
 * UTF-16 code units) and raises INTERNAL when the caller gets the order
 * wrong: the order is visible in the code that writes, and nothing is sorted
 * or allocated on the way.
 */
#ifndef AFFIANT_CANON_H
#define AFFIANT_CANON_H

#include "verify/base/json.h"

#define CANON_MAX_DEPTH 8
#define CANON_MAX_NAME 64 /* bytes of a member name */

struct canon {
	struct wr *w;
	bool has_root;
	unsigned depth;
	struct {
		bool is_object;
		bool started;
		char last[CANON_MAX_NAME + 1];
	} level[CANON_MAX_DEPTH];
};

/*
 * Writes to w, which the caller owns and finishes. Mistakes of the caller are
 * INTERNAL in the writer's fault, at "canon.order", "canon.name",
 * "canon.nesting" or "canon.integer"; text that is not UTF-8 or has a NUL is
 * FORMAT at "canon.text".
 */
struct canon canon_to(struct wr *w);

/* `name` is NULL for the root and for elements of an array. */
void canon_object(struct canon *c, const char *name);
void canon_array(struct canon *c, const char *name);
void canon_end(struct canon *c); /* closes the innermost object or array */
void canon_text(struct canon *c, const char *name, const char *value);
void canon_text_span(struct canon *c, const char *name, struct span value);
void canon_u64(struct canon *c, const char *name, uint64_t value);
void canon_bool(struct canon *c, const char *name, bool value);
/* Lower-case hexadecimal text, and the same with 0x. */
void canon_hex(struct canon *c, const char *name, struct span bytes);
void canon_hex_0x(struct canon *c, const char *name, struct span bytes);
void canon_base64(struct canon *c, const char *name, struct span bytes);
/* Canonical JSON that was made before, put in as it stands. */
void canon_raw(struct canon *c, const char *name, struct span canonical);

/*
 * Prints a parsed document canonically: members sorted, strings in the one
 * form. FORMAT for null, fractions, exponents, integers of 2^53 and above (or
 * -2^53 and below; -0 prints as 0).
 */
FALLIBLE canon_print(
    const struct json_node *v, struct wr *w, const char *at, struct fault *f);
/*
 * True if `in` is, byte for byte, the canonical form of what it says.
 * FORMAT otherwise; the offset is that of the first difference.
 */
FALLIBLE canon_check(struct span in, const struct json_limits *limits,
    const char *at, struct fault *f);

#endif
