/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/dstack_mr_config.h"

#include "chain/eth.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <string.h>

#define AT "dstack.mrconfigid"

/* A tag, 32 bytes, zeros. */
static void put(
    uint8_t tag, const uint8_t hash[32], uint8_t out[DSTACK_MR_CONFIG_BYTES])
{
	memset(out, 0, DSTACK_MR_CONFIG_BYTES);
	out[0] = tag;
	memcpy(out + 1, hash, 32);
}

void dstack_mr_config_v1(
    const struct sha256 *compose_hash, uint8_t out[DSTACK_MR_CONFIG_BYTES])
{
	put(1, compose_hash->b, out);
}

void dstack_mr_config_v2(const struct sha256 *compose_hash,
    const uint8_t app_id[DSTACK_APP_ID_BYTES], enum dstack_key_provider kind,
    struct span key_provider_id, uint8_t out[DSTACK_MR_CONFIG_BYTES])
{
	const uint8_t number = (uint8_t)kind;
	const struct span parts[] = {
		sha256_span(compose_hash),
		span_of(app_id, DSTACK_APP_ID_BYTES),
		span_of(&number, 1),
		key_provider_id,
	};
	struct keccak256 hash = keccak256_of_parts(parts, COUNT(parts));

	put(2, hash.b, out);
}

void dstack_mr_config_v3(
    struct span document, uint8_t out[DSTACK_MR_CONFIG_BYTES])
{
	const struct span parts[] = {
		span_text("dstack-mr-config-v3:"),
		span_of("", 1),
		document,
	};
	struct sha256 hash = sha256_of_parts(parts, COUNT(parts));

	put(3, hash.b, out);
}

/* ---- the document of the third generation ------------------------------------ */

struct document {
	const char *app_id, *compose_hash, *gpu_policy_hash, *instance_id;
	const char *key_provider, *key_provider_id;
	const struct json_node *init_script_hashes;
	uint64_t version;
};

static FALLIBLE read_document(
    const struct json_node *v, struct document *d, struct fault *f)
{
	const struct json_field fields[] = {
		{ "app_id", JSON_WANT_TEXT, true, &d->app_id },
		{ "compose_hash", JSON_WANT_TEXT, false, &d->compose_hash },
		{ "gpu_policy_hash", JSON_WANT_TEXT, true,
		    &d->gpu_policy_hash },
		{ "init_script_hashes", JSON_WANT_ARRAY, true,
		    &d->init_script_hashes },
		{ "instance_id", JSON_WANT_TEXT, true, &d->instance_id },
		{ "key_provider", JSON_WANT_TEXT, false, &d->key_provider },
		{ "key_provider_id", JSON_WANT_TEXT, true,
		    &d->key_provider_id },
		{ "version", JSON_WANT_U64, false, &d->version },
	};

	TRY(json_read(v, fields, COUNT(fields), AT, f));
	if (d->version != 3)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "the document is not of version 3");
	return true;
}

/* A member that is there says what was measured. */
static FALLIBLE check_hex(
    const char *text, struct span want, const char *what, struct fault *f)
{
	char hex[HEX_SIZE(LIMIT_KEY_PROVIDER_ID)];

	if (text == NULL)
		return true;
	hex_encode(want, hex);
	if (strcmp(text, hex) != 0)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "the document's %s is not what was measured", what);
	return true;
}

static FALLIBLE check_document(
    struct span text, const struct dstack_identity *id, struct fault *f)
{
	const struct json_limits limits = {
		.max_bytes = LIMIT_MR_CONFIG_BYTES,
		.max_depth = 2,
		.max_values = 64,
	};
	AUTO(json_drop) struct json *doc = NULL;
	struct document d = { 0 };
	enum dstack_key_provider kind;

	TRY(json_parse(text, &limits, AT, &doc, f));
	TRY(read_document(json_root(doc), &d, f));
	TRY(check_hex(
	    d.compose_hash, sha256_span(&id->compose_hash), "compose_hash", f));
	TRY(check_hex(
	    d.app_id, span_of(id->app_id, sizeof(id->app_id)), "app_id", f));
	TRY(check_hex(d.instance_id, id->instance_id, "instance_id", f));
	TRY(check_hex(
	    d.key_provider_id, id->key_provider_id, "key_provider_id", f));
	if (!dstack_key_provider_parse(d.key_provider, &kind) ||
	    kind != id->key_provider)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "the document's key_provider is not what was measured");
	return true;
}

/* ---- the register ------------------------------------------------------------- */

static bool is(struct span got, const uint8_t want[DSTACK_MR_CONFIG_BYTES])
{
	return span_equal(got, span_of(want, DSTACK_MR_CONFIG_BYTES));
}

/* The first of all had no tag. */
static bool is_untagged(struct span got, const struct dstack_identity *id)
{
	uint8_t want[DSTACK_MR_CONFIG_BYTES] = { 0 };

	memcpy(want, id->compose_hash.b, sizeof(id->compose_hash.b));
	return is(got, want);
}

/* The identity is that of the log, the one that the compose pins, or none. */
static bool is_v2(struct span got, const struct dstack_identity *id,
    struct span compose_key_id)
{
	const struct span ids[] = { id->key_provider_id, compose_key_id,
		{ 0 } };
	uint8_t want[DSTACK_MR_CONFIG_BYTES];

	for (size_t i = 0; i < COUNT(ids); i++) {
		dstack_mr_config_v2(&id->compose_hash, id->app_id,
		    id->key_provider, ids[i], want);
		if (is(got, want))
			return true;
	}
	return false;
}

FALLIBLE dstack_mr_config_check(struct span mrconfigid,
    const struct dstack_identity *id, struct span compose_key_id,
    struct span document, bool *is_open, struct fault *f)
{
	uint8_t want[DSTACK_MR_CONFIG_BYTES];

	*is_open = false;
	dstack_mr_config_v1(&id->compose_hash, want);
	if (is(mrconfigid, want) || is_untagged(mrconfigid, id) ||
	    is_v2(mrconfigid, id, compose_key_id))
		return true;
	if (mrconfigid.n == DSTACK_MR_CONFIG_BYTES && mrconfigid.p[0] == 3 &&
	    document.n == 0) {
		*is_open = true;
		return true;
	}
	dstack_mr_config_v3(document, want);
	if (document.n > 0 && is(mrconfigid, want))
		return check_document(document, id, f);
	return fault_raise(f, FAULT_CRYPTO, AT,
	    "MRCONFIGID is not zero, and not made from what was measured: the "
	    "guest's software would not have booted");
}
