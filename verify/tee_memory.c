/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/tee_memory.h"

#include <stddef.h>

void tee_memory_drop(struct tee_memory *m)
{
	if (m->kept != NULL)
		m->free(m->kept);
	*m = (struct tee_memory){ 0 };
}
