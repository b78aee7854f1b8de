/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/merkle.h"

#include <stdlib.h>
#include <string.h>

struct sha256 merkle_leaf(struct span canonical)
{
	const uint8_t prefix = 0x00;
	const struct span parts[] = { { &prefix, 1 }, canonical };

	return sha256_of_parts(parts, COUNT(parts));
}

static struct sha256 node(const struct sha256 *left, const struct sha256 *right)
{
	const uint8_t prefix = 0x01;
	const struct span parts[] = { { &prefix, 1 }, sha256_span(left),
		sha256_span(right) };

	return sha256_of_parts(parts, COUNT(parts));
}

/*
 * One level up, in place. A last node without a sibling goes up as it is:
 * with that, pairing level by level gives the tree of RFC 6962 section 2.1,
 * which splits at the largest power of two.
 */
static size_t level_up(struct sha256 *nodes, size_t n)
{
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		nodes[i / 2] = node(&nodes[i], &nodes[i + 1]);
	if (i < n)
		nodes[i / 2] = nodes[i];
	return (n + 1) / 2;
}

struct sha256 merkle_root(struct sha256 *leaves, size_t n)
{
	while (n > 1)
		n = level_up(leaves, n);
	return leaves[0];
}

FALLIBLE merkle_path_make(const struct sha256 *leaves, size_t n, size_t index,
    struct merkle_path *out, struct fault *f)
{
	struct merkle_path path = { .index = index, .size = n };
	struct sha256 *nodes;

	if (n == 0 || n > LIMIT_BATCH || index >= n)
		return fault_raise(f, FAULT_INTERNAL, "batch.path",
		    "leaf %zu of %zu; a batch has 1 to %d leaves", index, n,
		    LIMIT_BATCH);
	nodes = malloc(n * sizeof(*nodes));
	if (nodes == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "batch.memory", "out of memory");
	memcpy(nodes, leaves, n * sizeof(*nodes));
	while (n > 1) {
		size_t sibling = index ^ 1;

		if (sibling < n)
			path.node[path.n++] = nodes[sibling];
		n = level_up(nodes, n);
		index /= 2;
	}
	free(nodes);
	*out = path;
	return true;
}

/* RFC 9162 section 2.1.3.2, verifying an inclusion proof. */
FALLIBLE merkle_path_root(const struct sha256 *leaf,
    const struct merkle_path *path, struct sha256 *out, struct fault *f)
{
	struct sha256 hash = *leaf;
	uint64_t index = path->index;
	uint64_t last = path->size - 1;

	if (path->size == 0 || path->size > LIMIT_BATCH ||
	    path->index >= path->size || path->n > LIMIT_BATCH_PATH)
		return fault_raise(f, FAULT_FORMAT, "batch.path",
		    "leaf %llu of %llu with a path of %zu cannot be",
		    (unsigned long long)path->index,
		    (unsigned long long)path->size, path->n);
	for (size_t i = 0; i < path->n; i++) {
		if (last == 0)
			return fault_raise(f, FAULT_FORMAT, "batch.path",
			    "the path is longer than the tree is high");
		if (index % 2 == 1 || index == last) {
			hash = node(&path->node[i], &hash);
			/* Levels at which this node had no sibling. */
			while (index % 2 == 0 && index != 0) {
				index /= 2;
				last /= 2;
			}
		} else {
			hash = node(&hash, &path->node[i]);
		}
		index /= 2;
		last /= 2;
	}
	if (last != 0)
		return fault_raise(f, FAULT_FORMAT, "batch.path",
		    "the path is shorter than the tree is high");
	*out = hash;
	return true;
}
