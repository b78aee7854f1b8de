/* SPDX-License-Identifier: Apache-2.0 */
/* The table of kinds. A new kind is one file and one row here. */
#include "sources/source_http_json.h"
#include "sources/source_http_text.h"

#include <string.h>

const struct source_kind *const source_kinds[] = {
	&source_http_json,
	&source_http_text,
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
