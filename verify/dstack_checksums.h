/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sha256sum.txt of a dstack image: the hash of each of its files by name. The
 * hash of this list is what the image is named by (dstack section 13.1).
 */
#ifndef AFFIANT_DSTACK_CHECKSUMS_H
#define AFFIANT_DSTACK_CHECKSUMS_H

#include "verify/base/hash.h"
#include "verify/base/limits.h"

struct dstack_checksum {
	char name[LIMIT_IMAGE_NAME + 1]; /* plain: no folder, no leading dot */
	struct sha256 hash;
};

struct dstack_checksums {
	struct dstack_checksum file[LIMIT_IMAGE_FILES];
	size_t n;
};

/*
 * Lines of 64 digits, two spaces, a name. FORMAT and LIMIT at
 * "image.checksums"; names that stand twice are refused.
 */
FALLIBLE dstack_checksums_parse(
    struct span text, struct dstack_checksums *out, struct fault *f);
/* NULL when it is not in the list. */
const struct dstack_checksum *dstack_checksums_find(
    const struct dstack_checksums *c, const char *name);

#endif
