/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /openapi.json: an OpenAPI 3.1 document of the table of routes and of
 * the paths that the configuration gives its feeds.
 */
#ifndef AFFIANT_HTTP_OPENAPI_H
#define AFFIANT_HTTP_OPENAPI_H

#include "oracle/http_exchange.h"

void http_openapi(struct http_exchange *x);

#endif
