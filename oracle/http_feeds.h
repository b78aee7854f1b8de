/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers: what feeds have to say. */
#ifndef AFFIANT_HTTP_FEEDS_H
#define AFFIANT_HTTP_FEEDS_H

#include "oracle/http_exchange.h"
#include "verify/base/canon.h"

/* GET /price: the feed of ?feed=ID, else the one with this path. */
void http_feeds_price(struct http_exchange *x);
/* GET of a configured path. */
void http_feeds_path(struct http_exchange *x);
/* GET /v1/feeds/ID; the id's slash may be encoded or not. */
void http_feeds_id(struct http_exchange *x);
/* GET /v1/feeds */
void http_feeds_list(struct http_exchange *x);

/* The array of feeds and how they are, as member `name`. */
void http_feeds_put(struct canon *c, const char *name,
    const struct http_site *site, struct utc now);

#endif
