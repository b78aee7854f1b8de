/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/config_report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void config_report_add(struct config_report *r, const char *fmt, ...)
{
	struct config_problems *all = r->problems;
	va_list args;

	if (all->n == COUNT(all->list)) {
		all->more = true;
		return;
	}
	struct config_problem *p = &all->list[all->n++];
	memcpy(p->pointer, r->pointer, r->n);
	p->pointer[r->n] = '\0';
	va_start(args, fmt);
	vsnprintf(p->text, sizeof(p->text), fmt, args);
	va_end(args);
}

bool config_report_here(const struct config_report *r)
{
	for (size_t i = 0; i < r->problems->n; i++) {
		const char *pointer = r->problems->list[i].pointer;

		if (strlen(pointer) == r->n &&
		    memcmp(pointer, r->pointer, r->n) == 0)
			return true;
	}
	return false;
}

bool config_report_has(struct config_report *r, const char *name)
{
	size_t mark = config_report_enter(r, name);
	bool has = config_report_here(r);

	config_report_leave(r, mark);
	return has;
}

static void put(struct config_report *r, char c)
{
	if (r->n + 1 < sizeof(r->pointer))
		r->pointer[r->n++] = c;
}

size_t config_report_enter(struct config_report *r, const char *name)
{
	size_t mark = r->n;

	put(r, '/');
	for (; *name != '\0'; name++) {
		if (*name == '~' || *name == '/') {
			put(r, '~');
			put(r, *name == '~' ? '0' : '1');
		} else {
			put(r, *name < 0x20 || *name > 0x7e ? '?' : *name);
		}
	}
	return mark;
}

size_t config_report_enter_index(struct config_report *r, size_t index)
{
	char name[24];

	snprintf(name, sizeof(name), "%zu", index);
	return config_report_enter(r, name);
}

void config_report_leave(struct config_report *r, size_t mark)
{
	r->n = mark;
}
