/* SPDX-License-Identifier: Apache-2.0 */
/* The object `dstack` that a piece of evidence would satisfy, for review. */
#include "verify/base/canon.h"
#include "verify/base/text.h"
#include "verify/dstack_kind.h"

#include <stdlib.h>
#include <string.h>

static void put_hex(struct canon *j, const char *name, struct span bytes)
{
	canon_array(j, name);
	canon_hex(j, NULL, bytes);
	canon_end(j);
}

static void put_text(struct canon *j, const char *name, struct span text)
{
	canon_array(j, name);
	canon_text_span(j, NULL, text);
	canon_end(j);
}

/* ---- the rules of the app-compose -------------------------------------------------- */

static void put_envs(struct canon *j, const struct dstack_compose *a)
{
	if (json_count(a->envs) == 0)
		return;
	canon_array(j, "envs");
	for (const struct json_node *e = json_first(a->envs); e != NULL;
	     e = json_next(e))
		canon_text(j, NULL, json_text(e));
	canon_end(j);
}

static void put_images(struct canon *j, const struct dstack_compose *a,
    const char *name, bool pinned)
{
	bool any = false;

	for (size_t i = 0; i < a->n_images; i++) {
		if (a->image[i].is_pinned != pinned)
			continue;
		if (!any)
			canon_array(j, name);
		any = true;
		canon_text_span(j, NULL, a->image[i].reference);
	}
	if (any)
		canon_end(j);
}

static void put_members(struct canon *j, const struct dstack_compose *a)
{
	const struct json_node *v =
	    dstack_compose_unknown(json_first(json_root(a->doc)));

	if (v == NULL)
		return;
	canon_array(j, "members");
	for (; v != NULL; v = dstack_compose_unknown(json_next(v)))
		canon_text(j, NULL, json_name(v));
	canon_end(j);
}

static void put_on(struct canon *j, const char *name, bool is_on)
{
	if (is_on)
		canon_bool(j, name, true);
}

static void put_scripts(struct canon *j, const struct dstack_compose *a)
{
	if (a->n_scripts == 0)
		return;
	canon_array(j, "scripts");
	for (size_t i = 0; i < a->n_scripts; i++)
		canon_hex(j, NULL, sha256_span(&a->script[i].hash));
	canon_end(j);
}

/* What can be said of this one; one that breaks a rule past relaxing has none. */
static void put_compose(struct canon *j, const struct dstack_compose *a)
{
	if (a->images.kind != FAULT_NONE || !a->has_known_runner)
		return;
	canon_object(j, "compose");
	put_envs(j, a);
	put_on(j, "gateway", a->gateway);
	put_images(j, a, "images", true);
	put_text(j, "keyProviders",
	    span_text(dstack_key_provider_name(a->key_provider)));
	put_members(j, a);
	put_on(j, "publicLogs", a->public_logs);
	put_on(j, "publicSysinfo", a->public_sysinfo);
	put_on(j, "publicTcbinfo", a->public_tcbinfo);
	put_scripts(j, a);
	put_images(j, a, "unpinnedImages", false);
	canon_end(j);
}

/* ---- the rest ------------------------------------------------------------------------ */

static void put_os_image(struct canon *j, const struct kind_case *c)
{
	static const char *const fields[] = { "mrtd", "rtmr0", "rtmr1",
		"rtmr2" };

	canon_array(j, "osImages");
	canon_object(j, NULL);
	for (size_t i = 0; i < COUNT(fields); i++)
		canon_hex(j, fields[i], kind_case_field(c, fields[i]));
	canon_end(j);
	canon_end(j);
}

static void put_key(struct canon *j, const struct dstack_case *d)
{
	if (d->has_key && d->key.has_root)
		put_hex(j, "kmsRoots",
		    span_of(d->root_key.b, sizeof(d->root_key.b)));
}

FALLIBLE dstack_suggest_policy(
    const struct kind_case *c, struct wr *w, struct fault *f)
{
	const struct dstack_case *d = dstack_case_of(c);
	struct canon j = canon_to(w);

	(void)f;
	if (!d->has_identity)
		return true;
	canon_object(&j, NULL);
	put_hex(&j, "appIds", span_of(d->id.app_id, sizeof(d->id.app_id)));
	if (d->has_compose)
		put_compose(&j, &d->compose);
	put_hex(&j, "composeHashes", sha256_span(&d->id.compose_hash));
	put_on(&j, "configEvent", d->config_measured);
	if (d->id.key_provider_id.n > 0)
		put_hex(&j, "keyProviderIds", d->id.key_provider_id);
	put_text(&j, "keyProviders",
	    span_text(dstack_key_provider_name(d->id.key_provider)));
	put_key(&j, d);
	put_os_image(&j, c);
	if (d->has_key)
		put_text(&j, "purposes", d->key.purpose);
	canon_end(&j);
	return wr_ok(w);
}
