/* SPDX-License-Identifier: Apache-2.0 */
/* Every platform that can be judged. */
#include "verify/tee_platforms.h"

const struct tee_platform *const tee_platforms[] = {
	&tee_tdx,
	&tee_sgx,
	&tee_nitro,
	NULL,
};

const struct tee_platform *tee_platform_find(struct span id_or_alias)
{
	for (size_t i = 0; tee_platforms[i] != NULL; i++) {
		const struct tee_platform *p = tee_platforms[i];

		if (span_equal_text(id_or_alias, p->id))
			return p;
		for (size_t j = 0;
		     j < COUNT(p->aliases) && p->aliases[j] != NULL; j++)
			if (span_equal_text(id_or_alias, p->aliases[j]))
				return p;
	}
	return NULL;
}
