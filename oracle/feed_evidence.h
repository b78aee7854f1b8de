/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the connections of a round carried, as `evidence.tls` of the statements
 * made of it. Connections stay from round to round, and so does the text.
 */
#ifndef AFFIANT_FEED_EVIDENCE_H
#define AFFIANT_FEED_EVIDENCE_H

#include "sources/sources.h"

/* A zeroed one is empty. */
struct feed_evidence {
	struct source_wire **wire; /* held */
	size_t n;
	struct blob tls; /* JSON; empty: nothing came over TLS */
};
void feed_evidence_drop(struct feed_evidence *e);

/*
 * Of every source that gave a value. LIMIT at "tls.bundle" when it is more
 * than a response may hold: then there is none, and statements are good
 * without. SYSTEM without memory.
 */
FALLIBLE feed_evidence_fill(struct feed_evidence *e,
    const struct source_result *results, size_t n_sources, struct fault *f);

#endif
