/* SPDX-License-Identifier: Apache-2.0 */
/* Which images a docker compose file starts, and whether that is all of it. */
#ifndef AFFIANT_DSTACK_IMAGES_H
#define AFFIANT_DSTACK_IMAGES_H

#include "verify/dstack_compose.h"

/*
 * Fills image[] of *c from the text. False when there may be more than that (a
 * file that cannot be read, an image that is built, another file that is
 * included): *f says why.
 */
FALLIBLE dstack_images_read(
    struct span text, struct dstack_compose *c, struct fault *f);

/* name@sha256:digest and nothing to be filled in. */
bool dstack_image_is_pinned(struct span reference);

#endif
