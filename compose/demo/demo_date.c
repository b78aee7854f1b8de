/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_date.h"

#include <stdio.h>
#include <string.h>

#define OLD "Date: Sun, 06 Nov 1994 08:49:37 GMT"

static void say(struct demo_reply *r, const char *line)
{
	size_t n = strlen(r->headers);

	snprintf(r->headers + n, sizeof(r->headers) - n, "%s\r\n", line);
}

void demo_date_no(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->has_date = false;
}

void demo_date_two(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	say(r, OLD);
}

void demo_date_old(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->has_date = false;
	say(r, OLD);
}

void demo_date_cached(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	say(r, "Age: 58");
}

void demo_date_bad_age(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	say(r, "Age: soon");
}
