/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/vectors.h"

#include "tests/unit/check.h"
#include "verify/base/file.h"
#include "verify/base/text.h"

#include <limits.h>
#include <stdlib.h>

/* Trusted files: wide, but not without an end. */
static const struct json_limits wide = {
	.max_bytes = 256u << 20,
	.max_depth = 64,
	.max_values = 10000000,
};

static const char *folder(void)
{
	const char *path = getenv("AFFIANT_VECTORS");

	return path != NULL && file_exists(path) ? path : NULL;
}

bool vectors_present(void)
{
	return folder() != NULL;
}

static void path_of(const char *name, char path[PATH_MAX])
{
	int n = snprintf(path, PATH_MAX, "%s/%s", folder(), name);

	assert_in_range(n, 1, PATH_MAX - 1);
}

bool vectors_has(const char *name)
{
	char path[PATH_MAX];

	if (!vectors_present())
		return false;
	path_of(name, path);
	return file_exists(path);
}

struct blob vectors_file(const char *name)
{
	char path[PATH_MAX];
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	if (!vectors_present()) {
		print_message("skipped: no AFFIANT_VECTORS with %s\n", name);
		skip();
	}
	path_of(name, path);
	assert_ok(file_read(path, wide.max_bytes, &out, &f), f);
	return out;
}

struct json *vectors_json(const char *name)
{
	struct blob file = vectors_file(name);
	struct json *doc = NULL;
	struct fault f = FAULT_INIT;

	assert_ok(json_parse(blob_span(&file), &wide, "vectors", &doc, &f), f);
	blob_drop(&file);
	return doc;
}

const struct json_node *vectors_member(
    const struct json_node *v, const char *name)
{
	const struct json_node *member = json_find(v, name);

	if (member == NULL)
		fail_msg("a vector has no member \"%s\"", name);
	return member;
}

const char *vectors_text(const struct json_node *v, const char *name)
{
	const struct json_node *member = vectors_member(v, name);

	assert_int_equal(json_kind_of(member), JSON_TEXT);
	return json_text(member);
}

static struct span hex_digits(const struct json_node *v, const char *name)
{
	const char *text = vectors_text(v, name);

	return span_text(strncmp(text, "0x", 2) == 0 ? text + 2 : text);
}

struct blob vectors_hex(const struct json_node *v, const char *name)
{
	struct span text = hex_digits(v, name);
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	/* No bytes are a value too, here. */
	if (text.n == 0)
		assert_ok(blob_copy(text, &out, &f), f);
	else
		assert_ok(
		    hex_decode_blob(text, text.n / 2, &out, "vectors", &f), f);
	return out;
}

void vectors_hex_into(
    const struct json_node *v, const char *name, void *out, size_t n)
{
	struct fault f = FAULT_INIT;

	assert_ok(hex_decode(hex_digits(v, name), out, n, "vectors", &f), f);
}

uint64_t vectors_u64(const struct json_node *v, const char *name)
{
	uint64_t n = 0;
	struct fault f = FAULT_INIT;

	assert_ok(
	    json_u64(vectors_member(v, name), UINT64_MAX, &n, "vectors", &f),
	    f);
	return n;
}
