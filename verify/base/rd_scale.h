/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCALE, as far as attestations need it: compact lengths and what they count.
 * Integers of a fixed width are rd_u32le and its like. Functions share the
 * reader's sticky fault; faults are FORMAT at the reader's name.
 */
#ifndef AFFIANT_RD_SCALE_H
#define AFFIANT_RD_SCALE_H

#include "verify/base/bytes.h"

/*
 * A compact integer in its shortest form. The form for 2^30 and above is
 * refused: nothing that is counted here comes near.
 */
uint32_t rd_scale_compact(struct rd *r);
/* A vector of bytes, as a view. */
struct span rd_scale_bytes(struct rd *r);
/* The same, and UTF-8. */
struct span rd_scale_text(struct rd *r);

#endif
