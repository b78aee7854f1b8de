/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/feed_response.h"

#include <stdlib.h>

static void drop_statement(struct statement **st)
{
	free(*st);
	*st = NULL;
}

static void drop_bytes(uint8_t **p)
{
	free(*p);
	*p = NULL;
}

bool key_respond(const struct feed_deps *deps, struct span nonce,
    enum response_detail detail, struct blob *body, struct fault *f)
{
	AUTO(feed_response_drop) struct feed_response r = { 0 };
	AUTO(blob_drop) struct blob collateral = { 0 };
	const struct trusted_moment at = trusted_moment_now();
	/* Both too large for the stack of an HTTP thread. */
	AUTO(drop_statement) struct statement *st = calloc(1, sizeof(*st));
	AUTO(drop_bytes) uint8_t *scratch = malloc(LIMIT_STATEMENT_BYTES);

	if (st == NULL || scratch == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "key.memory", "not enough memory");
	TRY(trusted_time_check(deps->time, at, f));
	st->kind = statement_kind_find(span_text("key"));
	if (deps->config != NULL)
		st->config = deps->config->hash;
	st->nonce = nonce;
	st->signer = *signer_address(deps->signer);
	st->timestamp = at.now;
	/* No chain is meant: chain id 0, registry zero. */

	TRY(feed_response_sign(&r, deps, st, scratch, f));
	TRY(feed_response_quote(&r, deps, f));
	TRY(feed_response_collateral(deps, detail, &collateral, f));
	return feed_response_encode(
	    &r, deps, detail, blob_span(&collateral), body, f);
}
