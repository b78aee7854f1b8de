/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/tee.h"

#include <stdio.h>

bool tee_skip(struct fault *f, const char *why)
{
	/* Not fault_raise: a fault of kind NONE is none, and this is none. */
	*f = FAULT_INIT;
	f->at = "tee.skip";
	snprintf(f->text, sizeof(f->text), "%s", why);
	return false;
}
