/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/chains: what is written where, and how that goes. */
#ifndef AFFIANT_HTTP_CHAINS_H
#define AFFIANT_HTTP_CHAINS_H

#include "oracle/http_exchange.h"

void http_chains(struct http_exchange *x);

#endif
