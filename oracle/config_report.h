/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Problems as they are found, each at the JSON pointer of the place that the
 * reader has entered.
 */
#ifndef AFFIANT_CONFIG_REPORT_H
#define AFFIANT_CONFIG_REPORT_H

#include "oracle/config.h"

struct config_report {
	struct config_problems *problems;
	/* The pointer of the current place. Longer ones lose their end. */
	char pointer[sizeof(((struct config_problem *)0)->pointer)];
	size_t n;
};

/* Notes a problem at the current place; beyond the list's end sets `more`. */
void config_report_add(struct config_report *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether the current place was complained about already. */
bool config_report_here(const struct config_report *r);
/* Whether a member of the current place was complained about already. */
bool config_report_has(struct config_report *r, const char *name);

/*
 * Goes down to a member or an element, escaped as RFC 6901 wants; characters
 * outside printable ASCII are shown as '?'. Returns what config_report_leave
 * takes to come back.
 */
size_t config_report_enter(struct config_report *r, const char *name);
size_t config_report_enter_index(struct config_report *r, size_t index);
void config_report_leave(struct config_report *r, size_t mark);

#endif
