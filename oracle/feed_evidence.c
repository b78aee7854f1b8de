/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/feed_evidence.h"

#include <stdlib.h>
#include <string.h>

static void let_go(struct feed_evidence *e)
{
	for (size_t i = 0; i < e->n; i++)
		source_wire_release(e->wire[i]);
	e->n = 0;
	blob_drop(&e->tls);
}

void feed_evidence_drop(struct feed_evidence *e)
{
	let_go(e);
	free(e->wire);
	e->wire = NULL;
}

/* Not held yet. */
static size_t collect(const struct source_result *results, size_t n_sources,
    struct source_wire *out[LIMIT_TLS_CONNECTIONS])
{
	size_t n = 0;

	for (size_t i = 0; i < n_sources; i++)
		for (size_t k = 0; results[i].ok && k < results[i].n_wires; k++)
			out[n++] = results[i].wire[k];
	return n;
}

static FALLIBLE write_tls(
    const struct feed_evidence *e, struct blob *out, struct fault *f)
{
	AUTO(tls_bundle_maker_drop) struct tls_bundle_maker m = { 0 };
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "feed.evidence", f);

	for (size_t i = 0; i < e->n; i++)
		TRY(source_wire_add(e->wire[i], &m, f));
	if (!tls_bundle_write(&m, &w, f)) {
		wr_drop(&w);
		return false;
	}
	return wr_done(&w, out);
}

FALLIBLE feed_evidence_fill(struct feed_evidence *e,
    const struct source_result *results, size_t n_sources, struct fault *f)
{
	struct source_wire *wire[LIMIT_TLS_CONNECTIONS];
	size_t n = collect(results, n_sources, wire);

	if (n == e->n && n > 0 && e->tls.n > 0 &&
	    memcmp(wire, e->wire, n * sizeof(wire[0])) == 0)
		return true;
	/* First hold, then let go: some may be the same. */
	for (size_t i = 0; i < n; i++)
		source_wire_hold(wire[i]);
	feed_evidence_drop(e);
	if (n == 0)
		return true;
	e->wire = malloc(n * sizeof(wire[0]));
	if (e->wire == NULL) {
		for (size_t i = 0; i < n; i++)
			source_wire_release(wire[i]);
		return fault_raise(
		    f, FAULT_SYSTEM, "feed.memory", "out of memory");
	}
	memcpy(e->wire, wire, n * sizeof(wire[0]));
	e->n = n;
	return write_tls(e, &e->tls, f);
}
