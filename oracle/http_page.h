/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /: what this oracle is, as a page for a person or as JSON for a
 * program. The page is one file: no script, nothing loaded from elsewhere.
 */
#ifndef AFFIANT_HTTP_PAGE_H
#define AFFIANT_HTTP_PAGE_H

#include "oracle/http_exchange.h"

void http_page_root(struct http_exchange *x);

/*
 * Whether an Accept header (NULL: none) asks for a page: it names text/html,
 * and not application/json in front of it. Browsers do; a program that sends
 * a star, or nothing, gets JSON. Weights are not read.
 */
bool http_page_is_wanted(const char *accept);

#endif
