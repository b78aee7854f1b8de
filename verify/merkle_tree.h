/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many paths of one tree. merkle_path_make hashes the whole tree for each
 * path; whoever needs the path of every leaf builds the tree once.
 */
#ifndef AFFIANT_MERKLE_TREE_H
#define AFFIANT_MERKLE_TREE_H

#include "verify/merkle.h"

struct merkle_tree {
	struct sha256 *nodes; /* level by level, leaves first, root last */
	size_t n;             /* leaves */
	size_t n_nodes;
};

/* 1 <= n <= LIMIT_BATCH, else LIMIT at "merkle.tree". Copies the leaves. */
FALLIBLE merkle_tree_make(const struct sha256 *leaves, size_t n,
    struct merkle_tree *out, struct fault *f);
void merkle_tree_drop(struct merkle_tree *t);

struct sha256 merkle_tree_root(const struct merkle_tree *t);
/* index < n. The same path as merkle_path_make gives. */
void merkle_tree_path(
    const struct merkle_tree *t, size_t index, struct merkle_path *out);

#endif
