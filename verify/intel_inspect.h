/* SPDX-License-Identifier: Apache-2.0 */
/* A quote of Intel's for a person: every field with its meaning, nothing
 * judged. */
#ifndef AFFIANT_INTEL_INSPECT_H
#define AFFIANT_INTEL_INSPECT_H

#include "verify/base/bytes.h"

/* Plain text in lines. Fails when the layout does not hold. */
FALLIBLE intel_inspect(struct span quote, struct wr *w, struct fault *f);

#endif
