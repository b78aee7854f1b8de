/* SPDX-License-Identifier: Apache-2.0 */
/* Requests with sealed parameters, where the configuration has templates. */
#ifndef AFFIANT_HTTP_REQUESTS_H
#define AFFIANT_HTTP_REQUESTS_H

#include "oracle/http_exchange.h"

void http_requests_key(struct http_exchange *x);
void http_requests_post(struct http_exchange *x);

#endif
