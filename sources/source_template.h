/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ${NAME} in configured text: a secret that the environment gives. NAME is
 * [A-Z_][A-Z0-9_]*, at most 64 characters; "${" always opens a name, a "$"
 * elsewhere is itself. Values are 1..LIMIT_SOURCE_HEADER_BYTES bytes of
 * printable ASCII: no CR, LF, NUL or control character gets into a request.
 */
#ifndef AFFIANT_SOURCE_TEMPLATE_H
#define AFFIANT_SOURCE_TEMPLATE_H

#include "sources/sources.h"

#define SOURCE_NAME_MAX 64

/* What happens to a value on its way into the text. */
enum source_template_form {
	SOURCE_TEMPLATE_RAW,     /* headers */
	SOURCE_TEMPLATE_PERCENT, /* URLs: all but RFC 3986 unreserved, encoded */
	SOURCE_TEMPLATE_JSON     /* within a text of JSON: " and \ escaped */
};

/* CONFIG fault with at = `at` when a "${" is no name that ends in "}". */
FALLIBLE source_template_check(
    const char *text, const char *at, struct fault *f);
bool source_template_has_names(const char *text);
/*
 * The text with its values, at most min(max_bytes, LIMIT_SOURCE_HEADER_BYTES)
 * of it, with NUL behind. For blob_wipe. CONFIG, or LIMIT when too long.
 */
FALLIBLE source_template_expand(const char *text,
    enum source_template_form form, size_t max_bytes, const char *at,
    struct blob *out, struct fault *f);
/* The same, with values that come before those of the environment. */
FALLIBLE source_template_fill(const char *text,
    const struct source_values *values, enum source_template_form form,
    size_t max_bytes, const char *at, struct blob *out, struct fault *f);
/*
 * The text with every name replaced by one letter: what can be parsed
 * without the environment. Same faults as source_template_check.
 */
FALLIBLE source_template_neutral(const char *text, size_t max_bytes,
    const char *at, struct blob *out, struct fault *f);
/* Whether `text` holds the value of a name that `configured` uses. */
bool source_template_reveals(const char *configured,
    const struct source_values *values, struct span text);

#endif
