/* SPDX-License-Identifier: Apache-2.0 */
/* What the table cannot say of `requests`; every problem is reported. */
#ifndef AFFIANT_CONFIG_REQUESTS_H
#define AFFIANT_CONFIG_REQUESTS_H

#include "oracle/config_report.h"

/* `v` is the member, or NULL. Fills in what templates inherit. */
void config_requests_check(
    struct config_report *r, struct config *c, const struct json_node *v);

#endif
