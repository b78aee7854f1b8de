/* SPDX-License-Identifier: Apache-2.0 */
/* Handler: what the parts of the oracle know, for monitoring (metrics.h). */
#ifndef AFFIANT_HTTP_METRICS_H
#define AFFIANT_HTTP_METRICS_H

#include "oracle/http_exchange.h"

void http_metrics(struct http_exchange *x); /* /metrics */

#endif
