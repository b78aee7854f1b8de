/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests with sealed parameters, from their bytes to a response: opened,
 * filled into a template of the configuration, fetched once, stated, quoted.
 * The parameters end with the call; only their hash is stated.
 */
#ifndef AFFIANT_REQUEST_DESK_H
#define AFFIANT_REQUEST_DESK_H

#include "oracle/feed.h"

struct request_desk;

/* Borrows what deps names. *out stays NULL when no template is configured. */
FALLIBLE request_desk_open(
    const struct feed_deps *deps, struct request_desk **out, struct fault *f);
/* Fetches under way end with the reason "stopped". NULL is allowed, twice. */
void request_desk_stop(struct request_desk *d);
void request_desk_close(struct request_desk *d);

/* The `key` statement that names the key to seal to, quoted. */
FALLIBLE request_desk_key(struct request_desk *d, struct span nonce,
    enum response_detail detail, struct blob *body, struct fault *f);
/*
 * One request; blocks for a fetch and a quote. Faults: "request.*" (the
 * request: FORMAT, CRYPTO, POLICY; too many: LIMIT), "source.*" (the fetch;
 * "source.reveals": the answer repeats a parameter), and those of a quote. No
 * text of a fault holds a parameter.
 */
FALLIBLE request_desk_serve(struct request_desk *d, struct span sealed,
    enum response_detail detail, struct blob *body, struct fault *f);

#endif
