/* SPDX-License-Identifier: Apache-2.0 */
/* The table of ways to pick. A new one is one file and one row here. */
#include "verify/pick.h"

#include <string.h>

const struct pick_kind *const pick_kinds[] = {
	&pick_json,
	&pick_line,
	NULL,
};

const struct pick_kind *pick_kind_find(const char *id)
{
	for (size_t i = 0; pick_kinds[i] != NULL; i++) {
		if (strcmp(pick_kinds[i]->id, id) == 0)
			return pick_kinds[i];
	}
	return NULL;
}

void picked_drop(struct picked *p)
{
	blob_drop(&p->text);
	*p = (struct picked){ 0 };
}

struct span pick_without_bom(struct span body)
{
	if (body.n >= 3 && memcmp(body.p, "\xef\xbb\xbf", 3) == 0)
		return span_of(body.p + 3, body.n - 3);
	return body;
}
