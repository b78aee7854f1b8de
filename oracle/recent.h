/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The responses that were given lately, by the SHA-256 of their statement:
 * what /v1/statements/SHA256 answers with. Bounded by count and by bytes; the
 * oldest leave first. Any thread may call any function.
 */
#ifndef AFFIANT_RECENT_H
#define AFFIANT_RECENT_H

#include "verify/base/hash.h"

struct recent;

FALLIBLE recent_new(
    size_t max_entries, size_t max_bytes, struct recent **out, struct fault *f);
void recent_free(struct recent *r);

/*
 * Copies a finished response body (default detail or full). A statement that
 * is there already keeps its first body. LIMIT at "recent.size" when the body
 * alone is beyond max_bytes.
 */
FALLIBLE recent_put(struct recent *r, const struct sha256 *statement,
    struct span body, struct fault *f);

struct recent_entry; /* held: stays as it is even when it leaves the list */
/* NULL when it is not there. Give back with recent_release. */
const struct recent_entry *recent_find(
    struct recent *r, const struct sha256 *statement);
struct span recent_body(const struct recent_entry *e);
/* NULL is allowed. May come after recent_free. */
void recent_release(const struct recent_entry *e);

struct recent_stats {
	size_t entries, bytes;
};
struct recent_stats recent_stats_of(struct recent *r);

#endif
