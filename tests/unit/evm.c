/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/evm.h"

#include "verify/base/file.h"
#include "verify/base/text.h"

#include <secp256k1.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct evm_file evm_open(const char *name)
{
	static const struct json_limits limits = {
		.max_bytes = 16u << 20, .max_depth = 16, .max_values = 1000000
	};
	const char *folder = getenv("AFFIANT_VECTORS");
	struct evm_file file = { 0 };
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT;
	char path[4096];
	const struct json_node *root;

	snprintf(path, sizeof(path), "%s/evm/%s.json",
	    folder != NULL ? folder : "", name);
	if (folder == NULL || !file_exists(path)) {
		print_message("skipped: no vectors at %s\n", path);
		skip();
	}
	if (!file_read(path, limits.max_bytes, &text, &f) ||
	    !json_parse(blob_span(&text), &limits, "evm", &file.doc, &f))
		fail_msg("%s: %s", path, f.text);
	root = json_root(file.doc);
	file.cases = evm_get(root, "cases");
	assert_int_equal(json_kind_of(file.cases), JSON_ARRAY);
	assert_true(json_count(file.cases) > 0);
	assert_int_equal(json_count(file.cases), evm_u64(root, "count"));
	return file;
}

void evm_close(struct evm_file *file)
{
	json_drop(&file->doc);
	file->cases = NULL;
}

const char *evm_id(const struct json_node *c)
{
	const struct json_node *id = json_find(c, "id");

	return id != NULL && json_kind_of(id) == JSON_TEXT ? json_text(id)
							   : "(no id)";
}

bool evm_has(const struct json_node *c, const char *name)
{
	return json_find(c, name) != NULL;
}

static const struct json_node *get_kind(
    const struct json_node *c, const char *name, enum json_kind kind)
{
	const struct json_node *v = json_find(c, name);

	if (v == NULL || json_kind_of(v) != kind)
		fail_msg("%s: no %s %s", evm_id(c), json_kind_name(kind), name);
	return v;
}

const struct json_node *evm_get(const struct json_node *c, const char *name)
{
	const struct json_node *v = json_find(c, name);

	if (v == NULL)
		fail_msg("%s: no %s", evm_id(c), name);
	return v;
}

const char *evm_text(const struct json_node *c, const char *name)
{
	return json_text(get_kind(c, name, JSON_TEXT));
}

bool evm_bool(const struct json_node *c, const char *name)
{
	return json_bool(get_kind(c, name, JSON_BOOL));
}

uint64_t evm_u64(const struct json_node *c, const char *name)
{
	struct fault f = FAULT_INIT;
	uint64_t out = 0;

	if (!json_u64(evm_get(c, name), UINT64_MAX, &out, "evm", &f))
		fail_msg("%s: %s: %s", evm_id(c), name, f.text);
	return out;
}

struct blob evm_blob_of(const struct json_node *v)
{
	struct fault f = FAULT_INIT;
	struct blob out = { 0 };
	const char *text;

	assert_int_equal(json_kind_of(v), JSON_TEXT);
	text = json_text(v);
	if (strncmp(text, "0x", 2) != 0)
		fail_msg("no 0x in front of \"%s\"", text);
	if (text[2] != '\0' &&
	    !hex_decode_blob(span_text(text + 2), 16u << 20, &out, "evm", &f))
		fail_msg("%s: %s", text, f.text);
	return out;
}

struct blob evm_blob(const struct json_node *c, const char *name)
{
	return evm_blob_of(get_kind(c, name, JSON_TEXT));
}

void evm_bytes(const struct json_node *c, const char *name, void *out, size_t n)
{
	struct fault f = FAULT_INIT;

	if (!hex_decode_0x(span_text(evm_text(c, name)), out, n, "evm", &f))
		fail_msg("%s: %s: %s", evm_id(c), name, f.text);
}

bool evm_is_negative(const struct json_node *c)
{
	return evm_has(c, "error") ||
	    (evm_has(c, "valid") && !evm_bool(c, "valid"));
}

/* Schoolbook, so that nothing of dec.c is needed to test beside it. */
void evm_word(const struct json_node *v, uint8_t out[32])
{
	const char *text =
	    json_kind_of(v) == JSON_TEXT ? json_text(v) : json_number(v);
	const bool negative = text[0] == '-';
	unsigned carry;

	memset(out, 0, 32);
	for (const char *p = text + negative; *p != '\0'; p++) {
		assert_true(*p >= '0' && *p <= '9');
		carry = (unsigned)(*p - '0');
		for (size_t i = 32; i-- > 0;) {
			carry += out[i] * 10u;
			out[i] = (uint8_t)carry;
			carry >>= 8;
		}
		assert_int_equal(carry, 0);
	}
	carry = 1;
	for (size_t i = 32; negative && i-- > 0;) {
		carry += (uint8_t)~out[i];
		out[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

bool evm_equals(const struct json_node *c, const char *name, struct span got)
{
	AUTO(blob_drop) struct blob want = evm_blob(c, name);

	return span_equal(blob_span(&want), got);
}

bool evm_public_key(const uint8_t private_key[32], uint8_t out[65])
{
	secp256k1_context *ctx =
	    secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	secp256k1_pubkey key;
	size_t n = 65;
	const bool ok = secp256k1_ec_seckey_verify(ctx, private_key) &&
	    secp256k1_ec_pubkey_create(ctx, &key, private_key) &&
	    secp256k1_ec_pubkey_serialize(
		ctx, out, &n, &key, SECP256K1_EC_UNCOMPRESSED);

	secp256k1_context_destroy(ctx);
	return ok;
}
