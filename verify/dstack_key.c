/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/dstack_key.h"

#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <string.h>

#define AT "dstack.key.form"

void dstack_key_drop(struct dstack_key *k)
{
	json_drop(&k->doc);
}

/* ---- reading ----------------------------------------------------------------- */

FALLIBLE dstack_key_signature(
    struct span bytes, struct eth_sig *out, struct fault *f)
{
	struct eth_sig sig;

	if (bytes.n != sizeof(sig.b))
		return fault_raise(f, FAULT_FORMAT, AT,
		    "a signature has %zu bytes and not 65", bytes.n);
	memcpy(sig.b, bytes.p, sizeof(sig.b));
	/* The agent writes the bare recovery id, contracts want 27 more. */
	if (sig.b[64] < 2)
		sig.b[64] = (uint8_t)(sig.b[64] + 27);
	if (!eth_sig_check(&sig, f))
		return fault_within(f, "in the key chain");
	*out = sig;
	return true;
}

static FALLIBLE read_hex(const char *text, void *out, size_t n, struct fault *f)
{
	if (!hex_is_lower(span_text(text)))
		return fault_raise(f, FAULT_FORMAT, AT,
		    "hexadecimal text is written in lower case");
	return hex_decode(span_text(text), out, n, AT, f);
}

static FALLIBLE read_signature(
    const struct json_node *v, struct eth_sig *out, struct fault *f)
{
	uint8_t raw[65];

	if (v == NULL || json_kind_of(v) != JSON_TEXT)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "signatures are two strings");
	TRY(read_hex(json_text(v), raw, sizeof(raw), f));
	return dstack_key_signature(span_of(raw, sizeof(raw)), out, f);
}

static FALLIBLE read_signatures(
    const struct json_node *list, struct dstack_key *k, struct fault *f)
{
	const struct json_node *first = json_first(list);
	const struct json_node *second =
	    first != NULL ? json_next(first) : NULL;

	if (json_count(list) != 2)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "signatures are two strings");
	TRY(read_signature(first, &k->by_app, f));
	k->has_root =
	    json_kind_of(second) != JSON_TEXT || json_text(second)[0] != '\0';
	return !k->has_root || read_signature(second, &k->by_root, f);
}

static FALLIBLE read_members(
    const struct json_node *v, struct dstack_key *k, struct fault *f)
{
	const char *app_id, *path, *public_key, *purpose, *type;
	const struct json_node *signatures;
	const struct json_field fields[] = {
		{ "appId", JSON_WANT_TEXT, false, &app_id },
		{ "path", JSON_WANT_TEXT, false, &path },
		{ "publicKey", JSON_WANT_TEXT, false, &public_key },
		{ "purpose", JSON_WANT_TEXT, false, &purpose },
		{ "signatures", JSON_WANT_ARRAY, false, &signatures },
		{ "type", JSON_WANT_TEXT, false, &type },
	};

	TRY(json_read(v, fields, COUNT(fields), AT, f));
	if (strcmp(type, DSTACK_KEY_TYPE) != 0)
		return fault_raise(f, FAULT_UNSUPPORTED, AT,
		    "is not %s, the only type known here", DSTACK_KEY_TYPE);
	if (strlen(path) > LIMIT_KEY_TEXT || strlen(purpose) > LIMIT_KEY_TEXT)
		return fault_raise(
		    f, FAULT_LIMIT, AT, "path or purpose is too long");
	k->path = span_text(path);
	k->purpose = span_text(purpose);
	TRY(read_hex(app_id, k->app_id, sizeof(k->app_id), f));
	TRY(read_hex(public_key, k->public_key.b, sizeof(k->public_key.b), f));
	return read_signatures(signatures, k, f);
}

FALLIBLE dstack_key_parse(
    struct span text, struct dstack_key *out, struct fault *f)
{
	AUTO(dstack_key_drop) struct dstack_key k = { 0 };

	TRY(json_parse(text, &json_limits_default, AT, &k.doc, f));
	TRY(read_members(json_root(k.doc), &k, f));
	*out = k;
	k = (struct dstack_key){ 0 };
	return true;
}

/* ---- who signed --------------------------------------------------------------- */

FALLIBLE dstack_key_app(struct span public_key, struct span purpose,
    const struct eth_sig *by_app, struct eth_key *out, struct fault *f)
{
	char hex[HEX_SIZE(33)];
	struct span parts[] = { purpose, span_text(":"), { 0 } };
	struct keccak256 digest;

	if (public_key.n != 32 && public_key.n != 33)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "a public key has 32 or 33 bytes");
	hex_encode(public_key, hex);
	parts[2] = span_text(hex);
	digest = keccak256_of_parts(parts, COUNT(parts));
	return eth_sig_recover_key(&digest, by_app, out, f);
}

FALLIBLE dstack_key_root(const uint8_t app_id[DSTACK_APP_ID_BYTES],
    const struct eth_key *app, const struct eth_sig *by_root,
    struct eth_key *out, struct fault *f)
{
	const struct span parts[] = {
		span_text("dstack-kms-issued:"),
		span_of(app_id, DSTACK_APP_ID_BYTES),
		span_of(app->b, sizeof(app->b)),
	};
	struct keccak256 digest = keccak256_of_parts(parts, COUNT(parts));

	return eth_sig_recover_key(&digest, by_root, out, f);
}
