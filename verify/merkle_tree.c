/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/merkle_tree.h"

#include <stdlib.h>

/*
 * RFC 6962 section 2.1 splits at the largest power of two below n. Read from
 * the leaves up, that is: neighbours pair, and the last of an odd level moves
 * up as it is.
 */
static size_t level_above(size_t n)
{
	return n / 2 + n % 2;
}

FALLIBLE merkle_tree_make(const struct sha256 *leaves, size_t n,
    struct merkle_tree *out, struct fault *f)
{
	if (n == 0 || n > LIMIT_BATCH)
		return fault_raise(f, FAULT_LIMIT, "merkle.tree",
		    "a tree has 1 to %d leaves, not %zu", LIMIT_BATCH, n);

	size_t total = n;
	for (size_t level = n; level > 1; level = level_above(level))
		total += level_above(level);
	struct sha256 *nodes = calloc(total, sizeof(*nodes));
	if (nodes == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "merkle.tree", "no memory for the tree");

	for (size_t i = 0; i < n; i++)
		nodes[i] = leaves[i];
	size_t below = 0;
	for (size_t level = n; level > 1; level = level_above(level)) {
		size_t above = below + level;

		for (size_t i = 0; i < level; i += 2) {
			struct sha256 pair[2] = { nodes[below + i] };

			if (i + 1 == level) {
				nodes[above + i / 2] = pair[0];
				continue;
			}
			pair[1] = nodes[below + i + 1];
			nodes[above + i / 2] = merkle_root(pair, 2);
		}
		below = above;
	}
	*out = (struct merkle_tree){ nodes, n, total };
	return true;
}

void merkle_tree_drop(struct merkle_tree *t)
{
	free(t->nodes);
	*t = (struct merkle_tree){ 0 };
}

struct sha256 merkle_tree_root(const struct merkle_tree *t)
{
	return t->nodes[t->n_nodes - 1];
}

void merkle_tree_path(
    const struct merkle_tree *t, size_t index, struct merkle_path *out)
{
	size_t below = 0, at = index;

	*out = (struct merkle_path){ .index = index, .size = t->n };
	for (size_t level = t->n; level > 1; level = level_above(level)) {
		/* The last of an odd level has no sibling there. */
		if ((at ^ 1) < level)
			out->node[out->n++] = t->nodes[below + (at ^ 1)];
		below += level;
		at /= 2;
	}
}
