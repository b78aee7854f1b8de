/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a statement to a response: encode, hash, sign, have it quoted, write
 * the body. The one way that every statement of the daemon takes, so that
 * nothing is quoted that was not encoded by verify/ and signed.
 */
#ifndef AFFIANT_FEED_RESPONSE_H
#define AFFIANT_FEED_RESPONSE_H

#include "oracle/feed.h"

/* On its way; a zeroed one is empty and may be dropped. */
struct feed_response {
	struct blob canonical;
	struct sha256 hash; /* of canonical */
	struct eth_addr signer;
	struct keccak256 digest;
	struct eth_sig signature;
	struct quoted quoted;
	/* What RESPONSE_FULL carries beside it; a copy of the view's. */
	struct blob bodies;
	struct blob tls; /* evidence.tls, for RESPONSE_FULL; may be empty */
};
void feed_response_drop(struct feed_response *r);

/*
 * st->signer must be the signer's address. `scratch` has room for a statement
 * (LIMIT_STATEMENT_BYTES), so that encoding allocates nothing on its way.
 */
FALLIBLE feed_response_sign(struct feed_response *r,
    const struct feed_deps *deps, const struct statement *st, uint8_t *scratch,
    struct fault *f);
/* Blocks for a quote. */
FALLIBLE feed_response_quote(
    struct feed_response *r, const struct feed_deps *deps, struct fault *f);
/* `collateral` is canonical JSON; only RESPONSE_FULL carries it. */
FALLIBLE feed_response_encode(const struct feed_response *r,
    const struct feed_deps *deps, enum response_detail detail,
    struct span collateral, struct blob *body, struct fault *f);
/*
 * The provider's collateral, or the keeper's, if `detail` carries it and there
 * is such a thing; else *out stays empty.
 */
FALLIBLE feed_response_collateral(const struct feed_deps *deps,
    enum response_detail detail, struct blob *out, struct fault *f);
/* The same, with the moment after which it is not to be served; 0: unknown. */
FALLIBLE feed_response_collateral_until(const struct feed_deps *deps,
    enum response_detail detail, struct blob *out, struct utc *until,
    struct fault *f);

#endif
