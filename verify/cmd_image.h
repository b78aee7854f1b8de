/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-verify image: the kinds of images, and what they share. */
#ifndef AFFIANT_CMD_IMAGE_H
#define AFFIANT_CMD_IMAGE_H

#include "verify/base/hash.h"
#include "verify/cmd.h"

#include <limits.h>

/* The file by which a folder is known to be a dstack image. */
#define DSTACK_CHECKSUMS "sha256sum.txt"

/* One for each kind; each prints what it found. */
FALLIBLE image_oci(
    const struct cmd_options *o, const char *dir, struct fault *f);
FALLIBLE image_dstack(
    const struct cmd_options *o, const char *dir, struct fault *f);

FALLIBLE image_path(
    const char *dir, const char *name, char out[PATH_MAX], struct fault *f);
FALLIBLE image_read(const char *dir, const char *name, size_t max_bytes,
    struct blob *out, struct fault *f);
/* A file of any size, read in pieces. SYSTEM at `at` when it cannot be. */
FALLIBLE image_hash(const char *path, struct sha256 *out, uint64_t *size,
    const char *at, struct fault *f);

#endif
