/* SPDX-License-Identifier: Apache-2.0 */
/* What was found out about the guest: as claims, and in words. */
#include "verify/base/canon.h"
#include "verify/base/text.h"
#include "verify/dstack_kind.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room for lists; a longer one is left out. */
#define LIST_BYTES 8192

/* ---- words ------------------------------------------------------------------------ */

/* A sentence that grows; what does not fit is cut. */
struct words {
	char text[FAULT_TEXT_MAX];
	size_t n;
};

static void say(struct words *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void say(struct words *w, const char *fmt, ...)
{
	size_t room = sizeof(w->text) - w->n;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->text + w->n, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		w->n += (size_t)n < room ? (size_t)n : room - 1;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void say_images(struct words *w, const struct dstack_compose *a)
{
	size_t n_loose = 0;

	for (size_t i = 0; i < a->n_images; i++)
		n_loose += a->image[i].is_pinned ? 0 : 1;
	if (a->images.kind != FAULT_NONE)
		say(w, "images that nobody can tell");
	else
		say(w, "%zu image%s", a->n_images, plural(a->n_images));
	if (n_loose > 0)
		say(w, " (%zu NOT pinned)", n_loose);
}

static size_t count_unknown(const struct dstack_compose *a)
{
	const struct json_node *v = json_first(json_root(a->doc));
	size_t n = 0;

	while ((v = dstack_compose_unknown(v)) != NULL) {
		v = json_next(v);
		n++;
	}
	return n;
}

/* What the app may do. */
static void say_app(struct words *w, const struct dstack_compose *a)
{
	size_t n_envs = json_count(a->envs), n_unknown = count_unknown(a);
	bool is_public =
	    a->public_logs || a->public_sysinfo || a->public_tcbinfo;

	say_images(w, a);
	if (a->n_scripts > 0)
		say(w, ", %zu script%s as root", a->n_scripts,
		    plural(a->n_scripts));
	else
		say(w, ", no scripts");
	say(w, ", gateway %s, keys from %s", a->gateway ? "on" : "off",
	    dstack_key_provider_name(a->key_provider));
	if (is_public)
		say(w, ", public:%s%s%s", a->public_logs ? " logs" : "",
		    a->public_sysinfo ? " sysinfo" : "",
		    a->public_tcbinfo ? " tcbinfo" : "");
	say(w, ", %zu env name%s from outside", n_envs, plural(n_envs));
	if (n_unknown > 0)
		say(w, ", %zu member%s unknown", n_unknown, plural(n_unknown));
}

/* ---- claims ------------------------------------------------------------------------ */

static void claim_list(struct verdict *v, const char *name, const struct wr *w)
{
	char text[LIST_BYTES + 1];
	struct span s = wr_view(w);

	if (!wr_ok(w) || s.n > LIST_BYTES)
		return;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	verdict_claim_json(v, name, text);
}

static void claim_images(struct verdict *v, const struct dstack_compose *a)
{
	char buf[LIST_BYTES];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(buf, sizeof(buf), "dstack.words", &f);
	struct canon c = canon_to(&w);

	canon_array(&c, NULL);
	for (size_t i = 0; i < a->n_images; i++)
		canon_text_span(&c, NULL, a->image[i].reference);
	canon_end(&c);
	claim_list(v, "dstack.images", &w);
}

/* Names only, and only to be looked at: the application chose them. */
static void claim_app_events(struct verdict *v, const struct dstack_case *d)
{
	char buf[LIST_BYTES];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(buf, sizeof(buf), "dstack.words", &f);
	struct canon c = canon_to(&w);

	canon_array(&c, NULL);
	for (size_t i = d->id.ready + 1; i < d->log.n; i++)
		if (d->log.event[i].imr == 3)
			canon_text_span(&c, NULL, d->log.event[i].name);
	canon_end(&c);
	claim_list(v, "dstack.appEvents", &w);
}

static void claim_key(struct verdict *v, const struct dstack_case *d)
{
	char purpose[LIMIT_KEY_TEXT + 1];

	if (!d->has_key)
		return;
	if (d->key.has_root)
		verdict_claim_hex(v, "dstack.kmsRoot",
		    span_of(d->root_key.b, sizeof(d->root_key.b)));
	snprintf(purpose, sizeof(purpose), "%.*s", (int)d->key.purpose.n,
	    (const char *)d->key.purpose.p);
	verdict_claim_text(v, "dstack.keyPurpose", purpose);
}

static void claim_all(struct verdict *v, const struct dstack_case *d)
{
	const struct dstack_identity *id = &d->id;
	struct words w = { .n = 0 };

	verdict_claim_hex(
	    v, "dstack.appId", span_of(id->app_id, sizeof(id->app_id)));
	verdict_claim_hex(
	    v, "dstack.composeHash", sha256_span(&id->compose_hash));
	verdict_claim_hex(v, "dstack.instanceId", id->instance_id);
	verdict_claim_text(v, "dstack.keyProvider",
	    dstack_key_provider_name(id->key_provider));
	verdict_claim_hex(v, "dstack.keyProviderId", id->key_provider_id);
	verdict_claim_json(
	    v, "dstack.configMeasured", d->config_measured ? "true" : "false");
	verdict_claim_json(
	    v, "dstack.mrConfigIdBound", d->is_bound ? "true" : "false");
	claim_app_events(v, d);
	claim_key(v, d);
	if (!d->has_compose)
		return;
	claim_images(v, &d->compose);
	say_app(&w, &d->compose);
	verdict_claim_text(v, "dstack.app", w.text);
}

/* ---- links -------------------------------------------------------------------------- */

static const struct json_node *platform_member(
    const struct kind_case *c, const char *name)
{
	return json_find(
	    policy_platform(c->opt->policy, c->platform->id), name);
}

/* By its hash, by every image of it, or by the register that all goes into. */
static bool is_app_named(const struct kind_case *c)
{
	const struct json_node *rules = dstack_policy_find(c, "compose");

	return dstack_policy_find(c, "composeHashes") != NULL ||
	    json_find(rules, "images") != NULL ||
	    platform_member(c, "rtmr3") != NULL;
}

/* Here, or by the platform's object down to the initrd (what it lists and
 * does not match has refuted the link before). */
static bool is_os_named(const struct kind_case *c)
{
	return dstack_policy_find(c, "osImages") != NULL ||
	    (platform_member(c, "mrtd") != NULL &&
		platform_member(c, "rtmr1") != NULL &&
		platform_member(c, "rtmr2") != NULL);
}

/* The first of our policy's rows that refused, or NULL. */
static const struct check_outcome *first_refusal(const struct verdict *v)
{
	for (size_t i = 0; i < dstack_kind.n_policy_checks; i++) {
		const struct check_outcome *o =
		    verdict_find(v, dstack_kind.policy_checks[i].info.id);

		if (o != NULL && o->result == CHECK_FAIL)
			return o;
	}
	return NULL;
}

static void explain_code(const struct kind_case *c, struct verdict *v)
{
	const struct dstack_case *d = dstack_case_of(c);
	const struct check_outcome *refusal = first_refusal(v);
	bool os = is_os_named(c), app = is_app_named(c);
	struct words w = { .n = 0 };

	if (v->links[LINK_CODE].state == LINK_REFUTED)
		return;
	if (refusal != NULL) {
		verdict_link(v, LINK_CODE, LINK_REFUTED, "%s: %s",
		    refusal->info->id, refusal->fault.text);
		return;
	}
	if (os && app)
		say(&w, "system and app are those of the policy. App: ");
	else if (os)
		say(&w, "the policy names a system, and no app. App: ");
	else if (app)
		say(&w,
		    "the policy names an app, and no system (osImages): "
		    "any kernel can say this. App: ");
	else
		say(&w, "the policy names neither system nor app. App: ");
	if (d->has_compose)
		say_app(&w, &d->compose);
	else
		say(&w, "its app-compose is not in the evidence");
	verdict_link(v, LINK_CODE, os && app ? LINK_PROVED : LINK_NOT_CHECKED,
	    "%s", w.text);
}

/* Puts a sentence behind the one that stands there. */
static void add(struct verdict *v, enum link_id id, const char *more)
{
	struct words w = { .n = 0 };

	say(&w, "%s; %s", v->links[id].why, more);
	verdict_link(v, id, v->links[id].state, "%s", w.text);
}

static void explain_config(const struct kind_case *c, struct verdict *v)
{
	const struct dstack_case *d = dstack_case_of(c);

	if (c->statement == NULL)
		return;
	if (d->config_measured)
		add(v, LINK_CONFIG,
		    "it is measured in RTMR3 (event " DSTACK_CONFIG_EVENT ")");
	else
		add(v, LINK_CONFIG,
		    d->has_compose
			? "it is not measured: the statement binds it, and the "
			  "app-compose"
			: "it is not measured: only the statement binds it");
}

static void explain_signer(const struct kind_case *c, struct verdict *v)
{
	const struct dstack_case *d = dstack_case_of(c);
	struct words w = { .n = 0 };
	char root[HEX_SIZE(33)];

	if (c->statement == NULL || !d->has_key)
		return;
	if (!d->key.has_root) {
		add(v, LINK_SIGNER,
		    "no key service stands behind it: the key is this "
		    "instance's own");
		return;
	}
	hex_encode(span_of(d->root_key.b, sizeof(d->root_key.b)), root);
	say(&w,
	    "root %.12s... derived it for this app; the chain binds neither "
	    "address, path nor configuration: the quoted statement does",
	    root);
	add(v, LINK_SIGNER, w.text);
}

void dstack_words_explain(const struct kind_case *c, struct verdict *v)
{
	if (!dstack_case_of(c)->has_identity)
		return;
	claim_all(v, dstack_case_of(c));
	explain_code(c, v);
	explain_config(c, v);
	explain_signer(c, v);
}
