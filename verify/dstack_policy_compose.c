/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an app-compose may let its app do. The object `compose` of a policy
 * switches all of these rules on; its members relax them by name, but for
 * `images`, which narrows.
 */
#include "verify/base/text.h"
#include "verify/dstack_kind.h"
#include "verify/policy_form.h"

#include <string.h>

#define AT "policy.dstack.compose"

/* ---- form ------------------------------------------------------------------------ */

enum form { FORM_TEXTS, FORM_HASHES, FORM_PROVIDERS, FORM_TRUE };

static const struct {
	const char *name;
	enum form form;
} members[] = {
	{ "envs", FORM_TEXTS },
	{ "gateway", FORM_TRUE },
	{ "images", FORM_TEXTS },
	{ "keyProviders", FORM_PROVIDERS },
	{ "members", FORM_TEXTS },
	{ "publicLogs", FORM_TRUE },
	{ "publicSysinfo", FORM_TRUE },
	{ "publicTcbinfo", FORM_TRUE },
	{ "scripts", FORM_HASHES },
	{ "unpinnedImages", FORM_TEXTS },
};

static FALLIBLE form_member(
    const struct json_node *v, enum form form, struct fault *f)
{
	switch (form) {
	case FORM_TEXTS:
		return policy_form_texts(v, AT, f);
	case FORM_HASHES:
		return policy_form_hex_list(v, 64, AT, f);
	case FORM_PROVIDERS:
		return dstack_policy_form_providers(v, AT, f);
	case FORM_TRUE:
		return policy_form_true(v, AT, f);
	}
	return false;
}

FALLIBLE dstack_policy_compose_form(const struct json_node *v, struct fault *f)
{
	if (json_kind_of(v) != JSON_OBJECT)
		return fault_raise(f, FAULT_FORMAT, AT, "is not an object");
	for (const struct json_node *m = json_first(v); m != NULL;
	     m = json_next(m)) {
		size_t i = 0;

		while (i < COUNT(members) &&
		    strcmp(json_name(m), members[i].name) != 0)
			i++;
		if (i == COUNT(members))
			return fault_raise(f, FAULT_FORMAT, AT,
			    "the member %.64s is unknown; nothing is assumed "
			    "of it",
			    json_name(m));
		if (!form_member(m, members[i].form, f))
			return fault_within(f, "%s", json_name(m));
	}
	return true;
}

/* ---- rows ------------------------------------------------------------------------- */

/* Excused without rules, or without the text (that has a row of its own). */
static bool has_rules(
    const struct kind_case *c, const struct json_node **out, struct fault *f)
{
	*out = dstack_policy_find(c, "compose");
	if (*out == NULL)
		return tee_skip(
		    f, "the policy has no rules for the app-compose");
	if (!dstack_case_of(c)->has_compose)
		return tee_skip(f, "there is no app-compose");
	return true;
}

bool dstack_policy_compose_text(struct kind_case *c, struct fault *f)
{
	if (dstack_policy_find(c, "compose") == NULL)
		return tee_skip(
		    f, "the policy has no rules for the app-compose");
	if (!dstack_case_of(c)->has_compose)
		return fault_raise(f, FAULT_POLICY,
		    "dstack.policy.compose.text",
		    "the policy has rules for the app-compose, and the "
		    "evidence does not carry its text");
	return true;
}

bool dstack_policy_compose_runner(struct kind_case *c, struct fault *f)
{
	const struct json_node *rules;

	if (!has_rules(c, &rules, f))
		return false;
	if (!dstack_case_of(c)->compose.has_known_runner)
		return fault_raise(f, FAULT_POLICY,
		    "dstack.policy.compose.runner",
		    "the app is started by a runner unknown here");
	return true;
}

static FALLIBLE check_image(const struct json_node *rules,
    const struct dstack_image *image, struct fault *f)
{
	const struct json_node *only = json_find(rules, "images");
	int n = image->reference.n < 100 ? (int)image->reference.n : 100;

	if (!image->is_pinned &&
	    !policy_list_has(
		json_find(rules, "unpinnedImages"), image->reference))
		return fault_raise(f, FAULT_POLICY,
		    "dstack.policy.compose.images",
		    "the image %.*s is not pinned by digest: it is whatever "
		    "its registry says",
		    n, (const char *)image->reference.p);
	if (image->is_pinned && only != NULL &&
	    !policy_list_has(only, image->reference))
		return fault_raise(f, FAULT_POLICY,
		    "dstack.policy.compose.images",
		    "the image %.*s is not one that the policy lists", n,
		    (const char *)image->reference.p);
	return true;
}

bool dstack_policy_compose_images(struct kind_case *c, struct fault *f)
{
	const struct dstack_compose *a = &dstack_case_of(c)->compose;
	const struct json_node *rules;

	if (!has_rules(c, &rules, f))
		return false;
	if (a->images.kind != FAULT_NONE)
		return fault_raise(f, FAULT_POLICY,
		    "dstack.policy.compose.images",
		    "nobody can tell which images it starts: %s",
		    a->images.text);
	for (size_t i = 0; i < a->n_images; i++)
		TRY(check_image(rules, &a->image[i], f));
	return true;
}

bool dstack_policy_compose_scripts(struct kind_case *c, struct fault *f)
{
	const struct dstack_compose *a = &dstack_case_of(c)->compose;
	const struct json_node *rules;
	char text[HEX_SIZE(32)];

	if (!has_rules(c, &rules, f))
		return false;
	for (size_t i = 0; i < a->n_scripts; i++) {
		hex_encode(sha256_span(&a->script[i].hash), text);
		if (!policy_list_has(
			json_find(rules, "scripts"), span_text(text)))
			return fault_raise(f, FAULT_POLICY,
			    "dstack.policy.compose.scripts",
			    "%s runs as root in the guest and is not one that "
			    "the policy lists (SHA-256 %.16s...)",
			    a->script[i].member, text);
	}
	return true;
}

/* A setting that is off, or taken by name. */
static FALLIBLE check_off(const struct json_node *rules, bool is_on,
    const char *member, const char *at, const char *meaning, struct fault *f)
{
	if (is_on && json_find(rules, member) == NULL)
		return fault_raise(f, FAULT_POLICY, at,
		    "%s, which the policy does not take (%s)", meaning, member);
	return true;
}

bool dstack_policy_compose_gateway(struct kind_case *c, struct fault *f)
{
	const struct json_node *rules;

	if (!has_rules(c, &rules, f))
		return false;
	return check_off(rules, dstack_case_of(c)->compose.gateway, "gateway",
	    "dstack.policy.compose.gateway", "the gateway is on", f);
}

bool dstack_policy_compose_keys(struct kind_case *c, struct fault *f)
{
	const struct json_node *rules, *list;
	enum dstack_key_provider kind;

	if (!has_rules(c, &rules, f))
		return false;
	kind = dstack_case_of(c)->compose.key_provider;
	list = json_find(rules, "keyProviders");
	if (list == NULL ? kind != DSTACK_KEYS_KMS
			 : !policy_list_has(
			       list, span_text(dstack_key_provider_name(kind))))
		return fault_raise(f, FAULT_POLICY,
		    "dstack.policy.compose.keys",
		    "the app-compose asks for keys from %s, which %s",
		    dstack_key_provider_name(kind),
		    list == NULL ? "is not kms" : "the policy does not list");
	return true;
}

bool dstack_policy_compose_envs(struct kind_case *c, struct fault *f)
{
	const struct json_node *rules;

	if (!has_rules(c, &rules, f))
		return false;
	for (const struct json_node *e =
		 json_first(dstack_case_of(c)->compose.envs);
	     e != NULL; e = json_next(e))
		if (!policy_list_has(
			json_find(rules, "envs"), span_text(json_text(e))))
			return fault_raise(f, FAULT_POLICY,
			    "dstack.policy.compose.envs",
			    "the operator may set %.64s, a name that the "
			    "policy does not list",
			    json_text(e));
	return true;
}

bool dstack_policy_compose_public(struct kind_case *c, struct fault *f)
{
	static const char at[] = "dstack.policy.compose.public";
	const struct dstack_compose *a = &dstack_case_of(c)->compose;
	const struct json_node *rules;

	if (!has_rules(c, &rules, f))
		return false;
	TRY(check_off(rules, a->public_logs, "publicLogs", at,
	    "logs are served to the public", f));
	TRY(check_off(rules, a->public_sysinfo, "publicSysinfo", at,
	    "system information is served to the public", f));
	return check_off(rules, a->public_tcbinfo, "publicTcbinfo", at,
	    "measurements are served to the public", f);
}

bool dstack_policy_compose_members(struct kind_case *c, struct fault *f)
{
	const struct json_node *rules, *v;

	if (!has_rules(c, &rules, f))
		return false;
	v = json_first(json_root(dstack_case_of(c)->compose.doc));
	while ((v = dstack_compose_unknown(v)) != NULL) {
		if (!policy_list_has(
			json_find(rules, "members"), span_text(json_name(v))))
			return fault_raise(f, FAULT_POLICY,
			    "dstack.policy.compose.members",
			    "the member %.64s is unknown here, and what it "
			    "does in the guest as well",
			    json_name(v));
		v = json_next(v);
	}
	return true;
}
