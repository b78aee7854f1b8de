/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSONPath (RFC 9535) where a JSON pointer cannot say it: the element whose
 * member has a value, the last element, the only one there is. A subset:
 *
 *   $                          the root
 *   .name ['name'] ["name"]    a member
 *   [3] [-1]                   an element, from the front or from the end
 *   .* [*]                     every element or member
 *   [?@.a.b=='x']              those whose value there is equal to a text, a
 *                              number or true or false
 *
 * A filter goes by names and indices only. In quotes, a backslash stands
 * before \ / b f n r t and the quote itself. Everything else of the RFC
 * (slices, lists, "..", functions, other comparisons, \u) is refused.
 *
 * Work is bounded: every step leads to distinct values, so that no value of a
 * document is looked at more often than the path has steps.
 */
#ifndef AFFIANT_PICK_PATH_H
#define AFFIANT_PICK_PATH_H

#include "verify/base/json.h"

/* A path starts with "$", which no pointer does. */
bool pick_path_is(const char *text);
/* CONFIG with at = `at` and an offset; also beyond LIMIT_POINTER_BYTES. */
FALLIBLE pick_path_check(const char *path, const char *at, struct fault *f);

enum pick_path_found {
	PICK_PATH_NONE,
	PICK_PATH_ONE, /* *out is it */
	PICK_PATH_MANY
};
/* Of a path that pick_path_check takes; of any other NONE. */
enum pick_path_found pick_path_find(const struct json_node *root,
    const char *path, const struct json_node **out);

#endif
