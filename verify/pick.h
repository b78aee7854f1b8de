/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a body to an observation, by configuration: an exact decimal or a text,
 * and perhaps the observation's own time. The oracle picks with these rows
 * when it has fetched a body; whoever has kept the body picks with the same
 * rows years later and gets the same value. A new way of picking is one file
 * and one row in pick_kinds.c.
 *
 * Details name what is wrong without repeating a byte of the body.
 */
#ifndef AFFIANT_PICK_H
#define AFFIANT_PICK_H

#include "verify/base/bytes.h"
#include "verify/base/dec.h"
#include "verify/base/limits.h"
#include "verify/base/utc.h"

/* What must stand somewhere in a body. */
enum pick_want { PICK_WANT_TEXT, PICK_WANT_NUMBER, PICK_WANT_BOOL };
struct pick_guard {
	const char *pointer; /* RFC 6901 */
	enum pick_want want;
	const char *text; /* TEXT; NUMBER: an integer in digits */
	bool flag;        /* BOOL */
};

/* How a source's value is picked. The strings are borrowed. */
struct pick_rule {
	const char *pick; /* JSON pointer, or JSONPath (pick_path.h) */
	/* Optional pointer to the observation's own time, and its form. */
	const char *time_pick; /* NULL: it has none */
	const char *time_unit; /* "s", "ms", ... (pick_time.h) */
	/* What must hold before a body is picked from: values that must stand
	 * there, and pointers where nothing may stand but null, "", [], {}. */
	const struct pick_guard *require;
	size_t n_require;
	const char *const *forbid;
	size_t n_forbid;
	/* Of text: the number of a line from 1 (0: any), a regular expression
	 * (NULL: the whole line), or both. */
	uint32_t line;
	const char *match;
	/* Numbers: decimals of the feed and how to round; else the text. */
	bool is_number;
	bool must_be_positive; /* a price: zero and below are refused */
	uint8_t decimals;
	enum dec_round rounding;
	/* Numbers: "decimal" (NULL means it) or "hex", 0x and 1 to 64 digits;
	 * and the power of ten to multiply by before rounding. */
	const char *form;
	int32_t scale; /* -LIMIT_SCALE..LIMIT_SCALE */
};

struct picked {
	struct blob text;  /* canonical decimal, or the text */
	struct dec number; /* is_number only */
	bool has_time;
	struct utc time;
};
void picked_drop(struct picked *p);

struct pick_kind {
	const char *id; /* of the kinds of sources that it serves */
	bool needs_pick;
	/*
	 * What is wrong with a rule: CONFIG faults whose `at` is the pointer of
	 * the member within its source: "/pick", "/time_unit", "/match", ...
	 * The first problem only.
	 */
	FALLIBLE (*check)(const struct pick_rule *r, struct fault *f);
	/*
	 * The observation in a body, by a rule that `check` takes. `now` is
	 * when it was received: its own time may not lie beyond it by more than
	 * a minute. Faults: REMOTE at "source.json", "source.guard",
	 * "source.pick", "source.value", "source.time", "source.limit".
	 */
	FALLIBLE(*pick)
	(const struct pick_rule *r, struct span body, struct utc now,
	    struct picked *out, struct fault *f);
};

/*
 * One strict JSON document, its guards, a pointer or path into it. Numbers: a
 * JSON number, or a string that is exactly a number of the rule's form. Texts:
 * a string as it is, a number as its canonical decimal, anything else as
 * canonical JSON; not empty, at most LIMIT_TEXT bytes.
 */
extern const struct pick_kind pick_json; /* "http-json" */
/*
 * A line of a text by its number, or what the first group of a regular
 * expression (POSIX, extended) matches in the first line where it matches, or
 * the group in that one line.
 *
 * Hostile text meets a bounded machine: at most LIMIT_TEXT_BODY bytes of body,
 * LIMIT_TEXT_LINE of a line, LIMIT_MATCH_BYTES of pattern, LIMIT_MATCH_GROUPS
 * groups. There is no counted repetition ("{"), no repetition of a repetition
 * or of a group ("a**", "(a)*"; "(a)?" is no loop) and no reference to a
 * group: those make matching exponential, or endless. Patterns are printable
 * ASCII, matched byte by byte.
 */
extern const struct pick_kind pick_line; /* "http-text" */

extern const struct pick_kind *const pick_kinds[]; /* ends NULL */
const struct pick_kind *pick_kind_find(const char *id);

/* The body behind a UTF-8 byte order mark, if it starts with one (RFC 8259 8.1
 * permits to skip it; central banks send one). */
struct span pick_without_bom(struct span body);

#endif
