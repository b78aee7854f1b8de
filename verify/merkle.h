/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One quote for several statements: a tree by RFC 6962 section 2.1 (leaf
 * SHA-256(0x00 || bytes), node SHA-256(0x01 || left || right)) over the
 * statements' canonical bytes; the root stands in report_data.
 */
#ifndef AFFIANT_MERKLE_H
#define AFFIANT_MERKLE_H

#include "verify/base/hash.h"
#include "verify/base/limits.h"

struct merkle_path {
	uint64_t index, size;
	struct sha256 node[LIMIT_BATCH_PATH]; /* leaf's sibling first */
	size_t n;
};

struct sha256 merkle_leaf(struct span canonical);
/* 1 <= n <= LIMIT_BATCH. `leaves` is overwritten as scratch. */
struct sha256 merkle_root(struct sha256 *leaves, size_t n);
/* The path of one leaf; `leaves` is not changed. Allocates scratch. */
FALLIBLE merkle_path_make(const struct sha256 *leaves, size_t n, size_t index,
    struct merkle_path *out, struct fault *f);
/*
 * Root that leaf and path lead to. FORMAT at "batch.path" when index, size
 * and the path's length do not fit together exactly.
 */
FALLIBLE merkle_path_root(const struct sha256 *leaf,
    const struct merkle_path *path, struct sha256 *out, struct fault *f);

#endif
