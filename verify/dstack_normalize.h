/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a deployment tool makes of an app-compose before it uploads it, so that
 * the same settings have the same hash: members that the runner does not read
 * are dropped, the rest is sorted and written without spaces. The guest does
 * nothing of the kind: it hashes what it was given.
 */
#ifndef AFFIANT_DSTACK_NORMALIZE_H
#define AFFIANT_DSTACK_NORMALIZE_H

#include "verify/base/json.h"

/*
 * FORMAT at "dstack.normalize", also for what has no canonical form here
 * (fractions, null). `drop`: leave out what the runner does not read.
 */
FALLIBLE dstack_normalize(
    struct span text, bool drop, struct wr *w, struct fault *f);

#endif
