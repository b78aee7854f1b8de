/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/dstack_compose.h"

#include "verify/base/text.h"
#include "verify/dstack_images.h"

#include <string.h>

#define AT "dstack.compose.form"

void dstack_compose_drop(struct dstack_compose *c)
{
	json_drop(&c->doc);
	blob_drop(&c->key_provider_id);
}

/* ---- members ------------------------------------------------------------------ */

/* All that guests of any version know (reference section 8.2). */
static const char *const known[] = {
	"allowed_envs",
	"bash_script",
	"docker_compose_file",
	"docker_config",
	"event_log_version",
	"features",
	"gateway_enabled",
	"init_script",
	"key_provider",
	"key_provider_id",
	"kms_enabled",
	"local_key_provider_enabled",
	"manifest_version",
	"name",
	"no_instance_id",
	"port_policy",
	"pre_launch_script",
	"public_logs",
	"public_sysinfo",
	"public_tcbinfo",
	"requirements",
	"runner",
	"secure_time",
	"snapshotter",
	"storage_fs",
	"swap_size",
	"tproxy_enabled",
	"verity_volumes",
};

const struct json_node *dstack_compose_unknown(const struct json_node *v)
{
	for (; v != NULL; v = json_next(v)) {
		size_t i = 0;

		while (i < COUNT(known) && strcmp(json_name(v), known[i]) != 0)
			i++;
		if (i == COUNT(known))
			return v;
	}
	return NULL;
}

/* Guests take null for absent. */
static const struct json_node *find(
    const struct dstack_compose *c, const char *name)
{
	const struct json_node *v = json_find(json_root(c->doc), name);

	return v != NULL && json_kind_of(v) == JSON_NULL ? NULL : v;
}

static FALLIBLE find_of_kind(const struct dstack_compose *c, const char *name,
    enum json_kind kind, const struct json_node **out, struct fault *f)
{
	*out = find(c, name);
	if (*out != NULL && json_kind_of(*out) != kind)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "%s is of kind %s and not %s", name,
		    json_kind_name(json_kind_of(*out)), json_kind_name(kind));
	return true;
}

/* *value keeps its default when the member is absent. */
static FALLIBLE read_bool(const struct dstack_compose *c, const char *name,
    bool *value, struct fault *f)
{
	const struct json_node *v;

	TRY(find_of_kind(c, name, JSON_BOOL, &v, f));
	if (v != NULL)
		*value = json_bool(v);
	return true;
}

static FALLIBLE read_text(const struct dstack_compose *c, const char *name,
    const char **value, struct fault *f)
{
	const struct json_node *v;

	TRY(find_of_kind(c, name, JSON_TEXT, &v, f));
	*value = v != NULL ? json_text(v) : "";
	return true;
}

/* ---- scripts ------------------------------------------------------------------- */

static FALLIBLE add_script(struct dstack_compose *c, const char *member,
    const char *text, struct fault *f)
{
	if (text[0] == '\0')
		return true;
	if (c->n_scripts == LIMIT_COMPOSE_SCRIPTS)
		return fault_raise(f, FAULT_LIMIT, AT, "more than %d scripts",
		    LIMIT_COMPOSE_SCRIPTS);
	c->script[c->n_scripts++] =
	    (struct dstack_script){ member, sha256_of(span_text(text)) };
	return true;
}

/* A text, or several. */
static FALLIBLE read_init(struct dstack_compose *c, struct fault *f)
{
	const struct json_node *v = find(c, "init_script");

	if (v == NULL)
		return true;
	if (json_kind_of(v) == JSON_TEXT)
		return add_script(c, "init_script", json_text(v), f);
	if (json_kind_of(v) != JSON_ARRAY)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "init_script is neither a text nor an array");
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e)) {
		if (json_kind_of(e) != JSON_TEXT)
			return fault_raise(f, FAULT_FORMAT, AT,
			    "init_script holds more than texts");
		TRY(add_script(c, "init_script", json_text(e), f));
	}
	return true;
}

static FALLIBLE read_scripts(struct dstack_compose *c, struct fault *f)
{
	const char *text;

	TRY(read_init(c, f));
	TRY(read_text(c, "pre_launch_script", &text, f));
	TRY(add_script(c, "pre_launch_script", text, f));
	TRY(read_text(c, "bash_script", &text, f));
	return add_script(c, "bash_script", text, f);
}

/* ---- settings ------------------------------------------------------------------- */

/* Either name switches it on, and so does a feature of the oldest guests. */
static FALLIBLE read_gateway(struct dstack_compose *c, struct fault *f)
{
	const struct json_node *features;
	bool gateway = false, tproxy = false, feature = false;

	TRY(read_bool(c, "gateway_enabled", &gateway, f));
	TRY(read_bool(c, "tproxy_enabled", &tproxy, f));
	TRY(find_of_kind(c, "features", JSON_ARRAY, &features, f));
	for (const struct json_node *e = json_first(features); e != NULL;
	     e = json_next(e))
		feature |= strcmp(json_text(e), "tproxy-net") == 0;
	c->gateway = gateway || tproxy || feature;
	return true;
}

/* The newer member overrides the two older ones. */
static FALLIBLE read_key_provider(struct dstack_compose *c, struct fault *f)
{
	const char *name, *id;
	bool kms = false, local = false;

	TRY(read_text(c, "key_provider", &name, f));
	TRY(read_bool(c, "kms_enabled", &kms, f));
	TRY(read_bool(c, "local_key_provider_enabled", &local, f));
	c->key_provider = kms ? DSTACK_KEYS_KMS
	    : local           ? DSTACK_KEYS_LOCAL
			      : DSTACK_KEYS_NONE;
	if (name[0] != '\0' &&
	    !dstack_key_provider_parse(name, &c->key_provider))
		return fault_raise(f, FAULT_FORMAT, AT,
		    "key_provider is of a kind unknown here");
	TRY(read_text(c, "key_provider_id", &id, f));
	if (id[0] == '\0')
		return true;
	return hex_decode_blob(
	    span_text(id), LIMIT_KEY_PROVIDER_ID, &c->key_provider_id, AT, f);
}

static FALLIBLE read_envs(struct dstack_compose *c, struct fault *f)
{
	TRY(find_of_kind(c, "allowed_envs", JSON_ARRAY, &c->envs, f));
	for (const struct json_node *e = json_first(c->envs); e != NULL;
	     e = json_next(e))
		if (json_kind_of(e) != JSON_TEXT)
			return fault_raise(f, FAULT_FORMAT, AT,
			    "allowed_envs holds more than texts");
	return true;
}

static FALLIBLE read_flags(struct dstack_compose *c, struct fault *f)
{
	c->public_tcbinfo = true; /* unless it says otherwise */
	TRY(read_bool(c, "public_logs", &c->public_logs, f));
	TRY(read_bool(c, "public_sysinfo", &c->public_sysinfo, f));
	return read_bool(c, "public_tcbinfo", &c->public_tcbinfo, f);
}

/* A file of services is looked at also where another runner would ignore it. */
static FALLIBLE read_services(struct dstack_compose *c, struct fault *f)
{
	const char *runner, *file;
	bool is_bash;

	TRY(read_text(c, "runner", &runner, f));
	TRY(read_text(c, "docker_compose_file", &file, f));
	is_bash = strcmp(runner, "bash") == 0;
	c->has_known_runner = is_bash ||
	    strcmp(runner, "docker-compose") == 0 ||
	    strcmp(runner, "nerdctl-compose") == 0;
	c->images = FAULT_INIT;
	if (is_bash && file[0] == '\0')
		return true;
	/* What is wrong is kept: it is for a policy to say whether it matters. */
	if (!dstack_images_read(span_text(file), c, &c->images) &&
	    c->images.kind == FAULT_NONE)
		c->images.kind = FAULT_UNSUPPORTED;
	return true;
}

FALLIBLE dstack_compose_parse(
    struct span text, struct dstack_compose *out, struct fault *f)
{
	const struct json_limits limits = {
		.max_bytes = LIMIT_APP_COMPOSE_BYTES,
		.max_depth = 16,
		.max_values = 4096,
	};
	AUTO(dstack_compose_drop) struct dstack_compose c = { 0 };

	TRY(json_parse(text, &limits, AT, &c.doc, f));
	if (json_kind_of(json_root(c.doc)) != JSON_OBJECT)
		return fault_raise(f, FAULT_FORMAT, AT, "is not an object");
	TRY(read_services(&c, f));
	TRY(read_scripts(&c, f));
	TRY(read_gateway(&c, f));
	TRY(read_key_provider(&c, f));
	TRY(read_envs(&c, f));
	TRY(read_flags(&c, f));
	*out = c;
	c = (struct dstack_compose){ 0 };
	return true;
}
