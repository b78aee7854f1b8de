/* SPDX-License-Identifier: Apache-2.0 */
/* The policy's object `dstack`: its form, and what it says of the guest. */
#include "verify/base/text.h"
#include "verify/dstack_kind.h"
#include "verify/policy_form.h"

#include <string.h>

#define AT "policy.dstack"

const struct json_node *dstack_policy_find(
    const struct kind_case *c, const char *member)
{
	return json_find(kind_case_policy(c, &dstack_kind), member);
}

/* ---- form ---------------------------------------------------------------------- */

static FALLIBLE form_image(const struct json_node *v, struct fault *f)
{
	const char *mrtd, *rtmr1, *rtmr2, *rtmr0 = NULL;
	const struct json_field fields[] = {
		{ "mrtd", JSON_WANT_TEXT, false, &mrtd },
		{ "rtmr0", JSON_WANT_TEXT, true, &rtmr0 },
		{ "rtmr1", JSON_WANT_TEXT, false, &rtmr1 },
		{ "rtmr2", JSON_WANT_TEXT, false, &rtmr2 },
	};

	/* One without RTMR1 or RTMR2 would take any kernel or any initrd. */
	TRY(json_read(v, fields, COUNT(fields), AT ".osImages", f));
	TRY(policy_form_digits(mrtd, 96, AT ".osImages", f));
	TRY(policy_form_digits(rtmr1, 96, AT ".osImages", f));
	TRY(policy_form_digits(rtmr2, 96, AT ".osImages", f));
	return rtmr0 == NULL ||
	    policy_form_digits(rtmr0, 96, AT ".osImages", f);
}

static FALLIBLE form_images(const struct json_node *v, struct fault *f)
{
	if (json_kind_of(v) != JSON_ARRAY)
		return fault_raise(
		    f, FAULT_FORMAT, AT ".osImages", "is not an array");
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e))
		TRY(form_image(e, f));
	return true;
}

static FALLIBLE form_app_ids(const struct json_node *v, struct fault *f)
{
	return policy_form_hex_list(v, 40, AT ".appIds", f);
}

static FALLIBLE form_compose_hashes(const struct json_node *v, struct fault *f)
{
	return policy_form_hex_list(v, 64, AT ".composeHashes", f);
}

static FALLIBLE form_roots(const struct json_node *v, struct fault *f)
{
	return policy_form_hex_list(v, 66, AT ".kmsRoots", f);
}

static FALLIBLE form_provider_ids(const struct json_node *v, struct fault *f)
{
	return policy_form_hex_list(v, 0, AT ".keyProviderIds", f);
}

static FALLIBLE form_providers(const struct json_node *v, struct fault *f)
{
	return dstack_policy_form_providers(v, AT ".keyProviders", f);
}

static FALLIBLE form_purposes(const struct json_node *v, struct fault *f)
{
	return policy_form_texts(v, AT ".purposes", f);
}

static FALLIBLE form_config_event(const struct json_node *v, struct fault *f)
{
	return policy_form_true(v, AT ".configEvent", f);
}

static const struct {
	const char *name;
	FALLIBLE (*form)(const struct json_node *v, struct fault *f);
} members[] = {
	{ "appIds", form_app_ids },
	{ "compose", dstack_policy_compose_form },
	{ "composeHashes", form_compose_hashes },
	{ "configEvent", form_config_event },
	{ "keyProviderIds", form_provider_ids },
	{ "keyProviders", form_providers },
	{ "kmsRoots", form_roots },
	{ "osImages", form_images },
	{ "purposes", form_purposes },
};

FALLIBLE dstack_policy_form_providers(
    const struct json_node *v, const char *at, struct fault *f)
{
	enum dstack_key_provider kind;

	TRY(policy_form_texts(v, at, f));
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e))
		if (!dstack_key_provider_parse(json_text(e), &kind))
			return fault_raise(f, FAULT_FORMAT, at,
			    "there is no key provider of that name");
	return true;
}

FALLIBLE dstack_policy_form(const struct json_node *object, struct fault *f)
{
	for (const struct json_node *v = json_first(object); v != NULL;
	     v = json_next(v)) {
		size_t i = 0;

		while (i < COUNT(members) &&
		    strcmp(json_name(v), members[i].name) != 0)
			i++;
		if (i == COUNT(members))
			return fault_raise(f, FAULT_FORMAT, AT ".members",
			    "the member %.64s is unknown; nothing is assumed "
			    "of it",
			    json_name(v));
		TRY(members[i].form(v, f));
	}
	return true;
}

/* ---- rows ----------------------------------------------------------------------- */

bool dstack_policy_evidence(struct kind_case *c, struct fault *f)
{
	if (kind_case_policy(c, &dstack_kind) == NULL)
		return tee_skip(f, "the policy says nothing of dstack");
	if (!dstack_case_of(c)->has_identity)
		return fault_raise(f, FAULT_POLICY, "dstack.policy.evidence",
		    "the policy speaks of a dstack guest, and the evidence "
		    "carries no event log of one");
	return true;
}

/* Excused without the list, or without evidence (that has a row of its own). */
static bool has_list(const struct kind_case *c, const char *member,
    const struct json_node **out, struct fault *f)
{
	*out = dstack_policy_find(c, member);
	if (*out == NULL)
		return tee_skip(f, "the policy does not mention it");
	if (!dstack_case_of(c)->has_identity)
		return tee_skip(f, "there is no event log");
	return true;
}

static FALLIBLE check_listed(const struct json_node *list, struct span value,
    const char *at, const char *what, struct fault *f)
{
	char text[HEX_SIZE(LIMIT_KEY_PROVIDER_ID)];

	hex_encode(value, text);
	if (!policy_list_has(list, span_text(text)))
		return fault_raise(f, FAULT_POLICY, at,
		    "the %s %.16s... is not one that the policy lists", what,
		    text);
	return true;
}

bool dstack_policy_app_id(struct kind_case *c, struct fault *f)
{
	const struct dstack_case *d = dstack_case_of(c);
	const struct json_node *list;

	if (!has_list(c, "appIds", &list, f))
		return false;
	return check_listed(list, span_of(d->id.app_id, sizeof(d->id.app_id)),
	    "dstack.policy.app-id", "app id", f);
}

bool dstack_policy_compose_hash(struct kind_case *c, struct fault *f)
{
	const struct json_node *list;

	if (!has_list(c, "composeHashes", &list, f))
		return false;
	return check_listed(list,
	    sha256_span(&dstack_case_of(c)->id.compose_hash),
	    "dstack.policy.compose-hash", "compose hash", f);
}

bool dstack_policy_kms_root(struct kind_case *c, struct fault *f)
{
	const struct dstack_case *d = dstack_case_of(c);
	const struct json_node *list;

	if (!has_list(c, "kmsRoots", &list, f))
		return false;
	if (!d->has_key || !d->key.has_root)
		return fault_raise(f, FAULT_POLICY, "dstack.policy.kms-root",
		    "the policy lists key services, and no key chain ends in "
		    "one");
	return check_listed(list, span_of(d->root_key.b, sizeof(d->root_key.b)),
	    "dstack.policy.kms-root", "key service's root", f);
}

bool dstack_policy_key_provider(struct kind_case *c, struct fault *f)
{
	const struct json_node *list;
	const char *name;

	if (!has_list(c, "keyProviders", &list, f))
		return false;
	name = dstack_key_provider_name(dstack_case_of(c)->id.key_provider);
	if (!policy_list_has(list, span_text(name)))
		return fault_raise(f, FAULT_POLICY,
		    "dstack.policy.key-provider",
		    "keys come from %s, which the policy does not list", name);
	return true;
}

bool dstack_policy_key_provider_id(struct kind_case *c, struct fault *f)
{
	const struct json_node *list;

	if (!has_list(c, "keyProviderIds", &list, f))
		return false;
	return check_listed(list, dstack_case_of(c)->id.key_provider_id,
	    "dstack.policy.key-provider-id", "key provider", f);
}

bool dstack_policy_purpose(struct kind_case *c, struct fault *f)
{
	const struct dstack_case *d = dstack_case_of(c);
	const struct json_node *list;

	if (!has_list(c, "purposes", &list, f))
		return false;
	if (!d->has_key || !policy_list_has(list, d->key.purpose))
		return fault_raise(f, FAULT_POLICY, "dstack.policy.purpose",
		    "no key chain shows a purpose that the policy lists");
	return true;
}

bool dstack_policy_config_event(struct kind_case *c, struct fault *f)
{
	const struct json_node *wanted;

	if (!has_list(c, "configEvent", &wanted, f))
		return false;
	if (!dstack_case_of(c)->config_measured)
		return fault_raise(f, FAULT_POLICY,
		    "dstack.policy.config-event",
		    "the policy wants the configuration in the event log, and "
		    "it was not measured");
	return true;
}

/* ---- the operating system --------------------------------------------------------- */

static bool is_field(
    const struct kind_case *c, const struct json_node *image, const char *name)
{
	const struct json_node *want = json_find(image, name);
	struct span got = kind_case_field(c, name);
	char text[HEX_SIZE(48)];

	if (want == NULL)
		return true;
	if (got.n != 48)
		return false;
	hex_encode(got, text);
	return strcmp(json_text(want), text) == 0;
}

bool dstack_policy_os_image(struct kind_case *c, struct fault *f)
{
	const struct json_node *list = dstack_policy_find(c, "osImages");

	if (list == NULL)
		return tee_skip(f, "the policy does not mention it");
	for (const struct json_node *e = json_first(list); e != NULL;
	     e = json_next(e))
		if (is_field(c, e, "mrtd") && is_field(c, e, "rtmr0") &&
		    is_field(c, e, "rtmr1") && is_field(c, e, "rtmr2"))
			return true;
	return fault_raise(f, FAULT_POLICY, "dstack.policy.os-image",
	    "MRTD and RTMR0 to RTMR2 are not all those of one image that the "
	    "policy lists: another kernel may say what it likes in the log");
}
