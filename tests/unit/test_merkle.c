/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "tests/unit/vectors.h"
#include "verify/base/text.h"
#include "verify/merkle.h"

#include <stdlib.h>

/* Leaf i of the vectors' tree is the text "alpha i". */
static struct sha256 leaf_of(size_t i)
{
	char text[32];

	snprintf(text, sizeof(text), "alpha %zu", i);
	return merkle_leaf(span_text(text));
}

static struct sha256 *leaves_of(size_t n)
{
	struct sha256 *leaves = calloc(n, sizeof(*leaves));

	assert_non_null(leaves);
	for (size_t i = 0; i < n; i++)
		leaves[i] = leaf_of(i);
	return leaves;
}

/* ---- against the vectors ------------------------------------------------ */

static void merkle_root__is_that_of_the_vectors(void **state)
{
	struct json *doc = vectors_json("log/tree.json");
	size_t n_seen = 0;

	(void)state;
	for (const struct json_node *c =
		 json_first(vectors_member(json_root(doc), "cases"));
	     c != NULL; c = json_next(c)) {
		struct sha256 want, got, *leaves;
		uint64_t size;

		if (json_find(c, "size") == NULL ||
		    json_find(c, "root") == NULL)
			continue;
		size = vectors_u64(c, "size");
		if (size == 0 || size > LIMIT_BATCH)
			continue;
		leaves = leaves_of((size_t)size);
		vectors_hex_into(c, "root", want.b, sizeof(want.b));
		got = merkle_root(leaves, (size_t)size);
		assert_memory_equal(&got, &want, sizeof(got));
		free(leaves);
		n_seen++;
	}
	assert_true(n_seen > 10);
	json_free(doc);
}

/* Index and size are text there: they go beyond what we take. */
static bool small(const struct json_node *c, const char *name, uint64_t *out)
{
	return u64_parse(span_text(vectors_text(c, name)), out, "test", NULL) &&
	    *out <= LIMIT_BATCH;
}

static void merkle_path_root__agrees_with_the_vectors(void **state)
{
	struct json *doc = vectors_json("log/inclusion.json");
	size_t n_good = 0, n_bad = 0;

	(void)state;
	for (const struct json_node *c =
		 json_first(vectors_member(json_root(doc), "cases"));
	     c != NULL; c = json_next(c)) {
		const struct json_node *proof = vectors_member(c, "proof");
		bool ok = json_bool(vectors_member(c, "ok"));
		struct merkle_path path = { 0 };
		struct sha256 leaf, root, got;
		struct fault f = FAULT_INIT;

		if (!small(c, "index", &path.index) ||
		    !small(c, "size", &path.size) ||
		    json_count(proof) > LIMIT_BATCH_PATH)
			continue;
		for (const struct json_node *e = json_first(proof); e != NULL;
		     e = json_next(e))
			if (!hex_decode(span_text(json_text(e)),
				path.node[path.n++].b, 32, "test", &f))
				break;
		if (f.kind != FAULT_NONE)
			continue;
		vectors_hex_into(c, "leafHash", leaf.b, sizeof(leaf.b));
		vectors_hex_into(c, "root", root.b, sizeof(root.b));
		if ((merkle_path_root(&leaf, &path, &got, &f) &&
			sha256_equal(&got, &root)) != ok)
			fail_msg("%s", vectors_text(c, "id"));
		n_good += ok;
		n_bad += !ok;
	}
	assert_true(n_good > 10 && n_bad > 10);
	json_free(doc);
}

/* ---- every small tree --------------------------------------------------- */

static void merkle_path__leads_every_leaf_to_the_root(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 70; n++) {
		struct sha256 *leaves = leaves_of(n);
		struct sha256 *scratch = leaves_of(n);
		struct sha256 root = merkle_root(scratch, n);

		for (size_t i = 0; i < n; i++) {
			struct fault f = FAULT_INIT;
			struct merkle_path path;
			struct sha256 got;

			assert_ok(merkle_path_make(leaves, n, i, &path, &f), f);
			assert_ok(
			    merkle_path_root(&leaves[i], &path, &got, &f), f);
			assert_true(sha256_equal(&got, &root));
		}
		free(leaves);
		free(scratch);
	}
}

/*
 * No other place, size or length makes the same root of the same path. (An
 * equal path can be that of another size; then it leads to another root.)
 */
static void merkle_path_root__belongs_to_one_place_only(void **state)
{
	enum { N = 11 };
	struct sha256 *leaves = leaves_of(N), *scratch = leaves_of(N);
	struct sha256 root = merkle_root(scratch, N);

	(void)state;
	for (size_t i = 0; i < N; i++) {
		struct fault f = FAULT_INIT;
		struct merkle_path path, other;
		struct sha256 got;

		assert_ok(merkle_path_make(leaves, N, i, &path, &f), f);
		for (size_t k = 0; k < N; k++) {
			if (k == i)
				continue;
			assert_true(
			    !merkle_path_root(&leaves[k], &path, &got, &f) ||
			    !sha256_equal(&got, &root));
			other = path;
			other.index = k;
			assert_true(
			    !merkle_path_root(&leaves[i], &other, &got, &f) ||
			    !sha256_equal(&got, &root));
			fault_clear(&f);
		}
		other = path;
		other.n--;
		assert_refused(merkle_path_root(&leaves[i], &other, &got, &f),
		    f, FAULT_FORMAT, "batch.path");
		other = path;
		other.node[other.n++] = root;
		assert_refused(merkle_path_root(&leaves[i], &other, &got, &f),
		    f, FAULT_FORMAT, "batch.path");
	}
	free(leaves);
	free(scratch);
}

static void merkle_path_root__refuses_places_that_cannot_be(void **state)
{
	static const struct {
		uint64_t index, size;
		size_t n;
	} bad[] = {
		{ 0, 0, 0 },
		{ 1, 1, 0 },
		{ 5, 4, 2 },
		{ UINT64_MAX, UINT64_MAX, 3 },
		{ 0, LIMIT_BATCH + 1, LIMIT_BATCH_PATH },
		{ 0, 2, LIMIT_BATCH_PATH + 1 },
	};
	struct sha256 leaf = leaf_of(0), got;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct merkle_path path = { .index = bad[i].index,
			.size = bad[i].size,
			.n = bad[i].n };
		struct fault f = FAULT_INIT;

		assert_refused(merkle_path_root(&leaf, &path, &got, &f), f,
		    FAULT_FORMAT, "batch.path");
	}
}

static void merkle_path_make__takes_the_largest_batch(void **state)
{
	struct sha256 *leaves = leaves_of(LIMIT_BATCH);
	struct merkle_path path;
	struct fault f = FAULT_INIT;
	struct sha256 got, root;

	(void)state;
	assert_ok(
	    merkle_path_make(leaves, LIMIT_BATCH, LIMIT_BATCH - 1, &path, &f),
	    f);
	assert_int_equal(path.n, LIMIT_BATCH_PATH);
	assert_ok(
	    merkle_path_root(&leaves[LIMIT_BATCH - 1], &path, &got, &f), f);
	root = merkle_root(leaves, LIMIT_BATCH);
	assert_true(sha256_equal(&got, &root));
	assert_refused(merkle_path_make(leaves, LIMIT_BATCH + 1, 0, &path, &f),
	    f, FAULT_INTERNAL, "batch.path");
	assert_refused(merkle_path_make(leaves, 0, 0, &path, &f), f,
	    FAULT_INTERNAL, "batch.path");
	assert_refused(merkle_path_make(leaves, 4, 4, &path, &f), f,
	    FAULT_INTERNAL, "batch.path");
	free(leaves);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merkle_root__is_that_of_the_vectors),
		cmocka_unit_test(merkle_path_root__agrees_with_the_vectors),
		cmocka_unit_test(merkle_path__leads_every_leaf_to_the_root),
		cmocka_unit_test(merkle_path_root__belongs_to_one_place_only),
		cmocka_unit_test(
		    merkle_path_root__refuses_places_that_cannot_be),
		cmocka_unit_test(merkle_path_make__takes_the_largest_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
