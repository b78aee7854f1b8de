/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "verify/merkle_tree.h"

#include <stdlib.h>

static struct sha256 leaf_of(size_t i)
{
	return merkle_leaf(span_of(&i, sizeof(i)));
}

/* Against the one-path functions that the verifier judges with. */
static void merkle_tree_path__is_the_path_of_merkle(void **state)
{
	static struct sha256 leaves[130], scratch[130];

	(void)state;
	for (size_t n = 1; n <= COUNT(leaves); n++) {
		struct fault f = FAULT_INIT;
		struct merkle_tree tree;

		for (size_t i = 0; i < n; i++)
			scratch[i] = leaves[i] = leaf_of(i);
		assert_ok(merkle_tree_make(leaves, n, &tree, &f), f);
		struct sha256 root = merkle_tree_root(&tree);
		struct sha256 want_root = merkle_root(scratch, n);
		assert_memory_equal(&root, &want_root, sizeof(root));
		for (size_t i = 0; i < n; i++) {
			struct merkle_path path, want;
			struct sha256 led;

			merkle_tree_path(&tree, i, &path);
			assert_ok(merkle_path_make(leaves, n, i, &want, &f), f);
			assert_int_equal(path.n, want.n);
			assert_int_equal(path.index, i);
			assert_int_equal(path.size, n);
			assert_memory_equal(path.node, want.node,
			    path.n * sizeof(path.node[0]));
			assert_ok(
			    merkle_path_root(&leaves[i], &path, &led, &f), f);
			assert_memory_equal(&led, &root, sizeof(root));
		}
		merkle_tree_drop(&tree);
	}
}

static void merkle_tree_make__takes_the_largest_batch(void **state)
{
	struct sha256 *leaves = calloc(LIMIT_BATCH, sizeof(*leaves));
	struct fault f = FAULT_INIT;
	struct merkle_tree tree;
	struct merkle_path path;
	struct sha256 root, led;

	(void)state;
	assert_non_null(leaves);
	for (size_t i = 0; i < LIMIT_BATCH; i++)
		leaves[i] = leaf_of(i);
	assert_ok(merkle_tree_make(leaves, LIMIT_BATCH, &tree, &f), f);
	root = merkle_tree_root(&tree);
	merkle_tree_path(&tree, LIMIT_BATCH - 1, &path);
	assert_int_equal(path.n, LIMIT_BATCH_PATH);
	assert_ok(
	    merkle_path_root(&leaves[LIMIT_BATCH - 1], &path, &led, &f), f);
	assert_memory_equal(&led, &root, sizeof(root));
	merkle_tree_drop(&tree);
	free(leaves);
}

static void merkle_tree_make__refuses_no_leaf_and_too_many(void **state)
{
	struct fault f = FAULT_INIT;
	struct merkle_tree tree;
	struct sha256 leaf = leaf_of(0);

	(void)state;
	assert_refused(merkle_tree_make(&leaf, 0, &tree, &f), f, FAULT_LIMIT,
	    "merkle.tree");
	assert_refused(merkle_tree_make(&leaf, LIMIT_BATCH + 1, &tree, &f), f,
	    FAULT_LIMIT, "merkle.tree");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merkle_tree_path__is_the_path_of_merkle),
		cmocka_unit_test(merkle_tree_make__takes_the_largest_batch),
		cmocka_unit_test(
		    merkle_tree_make__refuses_no_leaf_and_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
