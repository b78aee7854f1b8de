/* SPDX-License-Identifier: Apache-2.0 */
/* The table of kinds. A new kind is one row here and one in pick_kinds.c. */
#include "sources/sources.h"

#include <string.h>

static const struct source_kind http_json = {
	.id = "http-json",
	.help = "GET a URL and pick a value of its JSON by a pointer or path",
	.accept = "application/json",
	.picks = &pick_json,
};
static const struct source_kind http_text = {
	.id = "http-text",
	.help = "GET a URL and pick a line of its text, or what a regular "
		"expression's first group matches",
	.accept = "text/plain, */*;q=0.1",
	.picks = &pick_line,
};

const struct source_kind *const source_kinds[] = {
	&http_json,
	&http_text,
	NULL,
};

const struct source_kind *source_kind_find(const char *id)
{
	for (size_t i = 0; source_kinds[i] != NULL; i++) {
		if (strcmp(source_kinds[i]->id, id) == 0)
			return source_kinds[i];
	}
	return NULL;
}
