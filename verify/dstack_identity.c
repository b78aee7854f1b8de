/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/dstack_identity.h"

#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <string.h>

#define AT "dstack.log.identity"

void dstack_identity_drop(struct dstack_identity *id)
{
	blob_drop(&id->provider_id);
	*id = (struct dstack_identity){ 0 };
}

/* ---- key providers ----------------------------------------------------------- */

static const struct {
	const char *name, *in_log;
} providers[DSTACK_KEYS_COUNT] = {
	[DSTACK_KEYS_NONE] = { "none", "none" },
	[DSTACK_KEYS_LOCAL] = { "local", "local-sgx" },
	[DSTACK_KEYS_KMS] = { "kms", "kms" },
	[DSTACK_KEYS_TPM] = { "tpm", "tpm" },
};

const char *dstack_key_provider_name(enum dstack_key_provider kind)
{
	return providers[kind].name;
}

bool dstack_key_provider_parse(const char *name, enum dstack_key_provider *out)
{
	for (int i = 0; i < DSTACK_KEYS_COUNT; i++)
		if (strcmp(providers[i].name, name) == 0) {
			*out = (enum dstack_key_provider)i;
			return true;
		}
	return false;
}

static FALLIBLE read_provider(
    struct span payload, struct dstack_identity *id, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	const char *name, *hex;
	const struct json_field fields[] = {
		{ "id", JSON_WANT_TEXT, false, &hex },
		{ "name", JSON_WANT_TEXT, false, &name },
	};
	int kind = 0;

	TRY(json_parse(payload, &json_limits_default, AT, &doc, f));
	TRY(json_read(json_root(doc), fields, COUNT(fields), AT, f));
	while (kind < DSTACK_KEYS_COUNT &&
	    strcmp(providers[kind].in_log, name) != 0)
		kind++;
	if (kind == DSTACK_KEYS_COUNT)
		return fault_raise(f, FAULT_UNSUPPORTED, AT,
		    "a key provider of a kind unknown here");
	id->key_provider = (enum dstack_key_provider)kind;
	if (hex[0] == '\0')
		return true;
	TRY(hex_decode_blob(
	    span_text(hex), LIMIT_KEY_PROVIDER_ID, &id->provider_id, AT, f));
	id->key_provider_id = blob_span(&id->provider_id);
	return true;
}

/* ---- the events of the boot -------------------------------------------------- */

FALLIBLE dstack_identity_check_order(
    const struct dstack_log *l, size_t *ready_out, struct fault *f)
{
	const struct dstack_event *first = NULL;

	for (size_t i = 0; i < l->n; i++) {
		const struct dstack_event *e = &l->event[i];

		if (e->imr != 3)
			continue;
		if (first == NULL)
			first = e;
		/* Up to the 0.3 line a boot began with its file system. */
		if (!dstack_event_is(first, "system-preparing") &&
		    !dstack_event_is(first, "rootfs-hash"))
			return fault_raise(f, FAULT_FORMAT, "dstack.log.order",
			    "register 3 does not begin with system-preparing: "
			    "something came before the guest's own events");
		if (dstack_event_is(e, "system-ready")) {
			*ready_out = i;
			return true;
		}
	}
	return fault_raise(f, FAULT_FORMAT, "dstack.log.order",
	    "there is no system-ready: the boot did not end, and nobody knows "
	    "which events are the guest's own");
}

/* The only event of that name in front of `ready`; *out is NULL without. */
static FALLIBLE find_one(const struct dstack_log *l, size_t ready,
    const char *name, const struct dstack_event **out, struct fault *f)
{
	*out = NULL;
	for (size_t i = 0; i < ready; i++) {
		if (!dstack_event_is(&l->event[i], name))
			continue;
		if (*out != NULL)
			return fault_raise(
			    f, FAULT_FORMAT, AT, "%s was measured twice", name);
		*out = &l->event[i];
	}
	return true;
}

static FALLIBLE find_needed(const struct dstack_log *l, size_t ready,
    const char *name, const struct dstack_event **out, struct fault *f)
{
	TRY(find_one(l, ready, name, out, f));
	if (*out == NULL)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "%s was not measured before system-ready", name);
	return true;
}

static FALLIBLE copy_payload(const struct dstack_event *e, void *out, size_t n,
    const char *name, struct fault *f)
{
	if (e->payload.n != n)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "%s has %zu bytes and not %zu", name, e->payload.n, n);
	memcpy(out, e->payload.p, n);
	return true;
}

static FALLIBLE read_identity(
    const struct dstack_log *l, struct dstack_identity *id, struct fault *f)
{
	const struct dstack_event *e;

	TRY(find_needed(l, id->ready, "app-id", &e, f));
	TRY(copy_payload(e, id->app_id, sizeof(id->app_id), "app-id", f));
	TRY(find_needed(l, id->ready, "compose-hash", &e, f));
	TRY(copy_payload(e, id->compose_hash.b, sizeof(id->compose_hash.b),
	    "compose-hash", f));
	TRY(find_needed(l, id->ready, "instance-id", &e, f));
	if (e->payload.n != 0 && e->payload.n != DSTACK_APP_ID_BYTES)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "instance-id has %zu bytes and not 20 or none",
		    e->payload.n);
	id->instance_id = e->payload;
	TRY(find_one(l, id->ready, "os-image-hash", &e, f));
	id->has_os_image = e != NULL;
	if (e != NULL)
		TRY(copy_payload(e, id->os_image.b, sizeof(id->os_image.b),
		    "os-image-hash", f));
	TRY(find_needed(l, id->ready, "key-provider", &e, f));
	return read_provider(e->payload, id, f);
}

FALLIBLE dstack_identity_read(
    const struct dstack_log *l, struct dstack_identity *out, struct fault *f)
{
	AUTO(dstack_identity_drop) struct dstack_identity id = { 0 };

	TRY(dstack_identity_check_order(l, &id.ready, f));
	TRY(read_identity(l, &id, f));
	*out = id;
	id = (struct dstack_identity){ 0 };
	return true;
}

FALLIBLE dstack_identity_config(const struct dstack_log *l, size_t ready,
    size_t *n_out, struct sha256 *out, struct fault *f)
{
	struct sha256 hash = { { 0 } };
	size_t n = 0;

	for (size_t i = ready; i < l->n; i++) {
		const struct dstack_event *e = &l->event[i];

		if (!dstack_event_is(e, DSTACK_CONFIG_EVENT))
			continue;
		if (e->payload.n != sizeof(hash.b))
			return fault_raise(f, FAULT_FORMAT, "dstack.log.config",
			    "the event %s has %zu bytes and not 32",
			    DSTACK_CONFIG_EVENT, e->payload.n);
		if (n > 0 && memcmp(hash.b, e->payload.p, sizeof(hash.b)) != 0)
			return fault_raise(f, FAULT_FORMAT, "dstack.log.config",
			    "two configurations were measured in one boot");
		memcpy(hash.b, e->payload.p, sizeof(hash.b));
		n++;
	}
	*n_out = n;
	*out = hash;
	return true;
}
