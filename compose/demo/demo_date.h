/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an answer says of its time: modes of demo_mode.c. A price that comes
 * with any of these is taken; its host may have no say in what time it is.
 */
#ifndef AFFIANT_DEMO_DATE_H
#define AFFIANT_DEMO_DATE_H

#include "compose/demo/demo_mode.h"

void demo_date_no(struct demo_reply *r, const struct demo_request *q);
void demo_date_two(struct demo_reply *r, const struct demo_request *q);
void demo_date_old(struct demo_reply *r, const struct demo_request *q);
void demo_date_cached(struct demo_reply *r, const struct demo_request *q);
void demo_date_bad_age(struct demo_reply *r, const struct demo_request *q);

#endif
