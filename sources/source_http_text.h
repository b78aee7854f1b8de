/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The row of kind "http-text": GET a URL, take a line of its body by number,
 * or what the first group of a regular expression (POSIX, extended) matches in
 * the first line where it matches, or the group in that one line.
 *
 * Hostile text meets a bounded machine: at most LIMIT_TEXT_BODY bytes of body,
 * LIMIT_TEXT_LINE of a line, LIMIT_MATCH_BYTES of pattern, LIMIT_MATCH_GROUPS
 * groups. There is no counted repetition ("{"), no repetition of a repetition
 * or of a group ("a**", "(a)*"; "(a)?" is no loop) and no reference to a
 * group: those make matching exponential, or endless. Patterns are printable
 * ASCII, matched byte by byte.
 *
 * Faults of a body: REMOTE at "source.pick" (no such line, no match, no text),
 * "source.value", "source.limit".
 */
#ifndef AFFIANT_SOURCE_HTTP_TEXT_H
#define AFFIANT_SOURCE_HTTP_TEXT_H

#include "sources/sources.h"

extern const struct source_kind source_http_text;

#endif
