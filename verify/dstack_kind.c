/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of dstack, in the order of belief. */
#include "verify/dstack_kind.h"

#include <stdlib.h>

struct dstack_case *dstack_case_of(const struct kind_case *c)
{
	return (struct dstack_case *)c->state;
}

static bool concerns(const struct kind_case *c)
{
	const struct evidence *e = c->evidence;

	return e->event_log.n > 0 || e->app_compose.n > 0 ||
	    e->key_chain.n > 0 || e->mr_config.n > 0 ||
	    kind_case_policy(c, &dstack_kind) != NULL;
}

static FALLIBLE open_case(struct kind_case *c, struct fault *f)
{
	c->state = calloc(1, sizeof(struct dstack_case));
	if (c->state == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "dstack.memory", "out of memory");
	return true;
}

static void close_case(struct kind_case *c)
{
	struct dstack_case *d = dstack_case_of(c);

	if (d == NULL)
		return;
	dstack_log_drop(&d->log);
	dstack_identity_drop(&d->id);
	dstack_compose_drop(&d->compose);
	dstack_key_drop(&d->key);
	free(d);
	c->state = NULL;
}

#define ROW(id, ref, clause, explain, run)                                   \
	{                                                                    \
		{ "dstack." id, ref, clause, explain, STAGE_AUTHENTIC }, run \
	}
static const struct kind_check checks[] = {
	ROW("log.form", "7.1", "FORMAT.evidence.md 7",
	    "The event log is an array of events, each with its members and no "
	    "others. Ask the maker for one that was not reformatted.",
	    dstack_check_log_form),
	ROW("log.digest", "7.2", "FORMAT.evidence.md 7",
	    "Digests and preimages that come with runtime events are those of "
	    "their names and payloads. They are never believed: an event whose "
	    "digest says one thing and its name another is a forgery.",
	    dstack_check_log_digest),
	ROW("log.rtmr0", "7.3", "FORMAT.evidence.md 7",
	    "The events of firmware and its configuration replay to RTMR0 of "
	    "the quote.",
	    dstack_check_log_rtmr0),
	ROW("log.rtmr1", "7.3", "FORMAT.evidence.md 7",
	    "The events of the kernel replay to RTMR1 of the quote.",
	    dstack_check_log_rtmr1),
	ROW("log.rtmr2", "7.3", "FORMAT.evidence.md 7",
	    "The events of command line and initrd replay to RTMR2 of the "
	    "quote.",
	    dstack_check_log_rtmr2),
	ROW("log.rtmr3", "7.3", "FORMAT.evidence.md 7",
	    "The guest's own events replay to RTMR3 of the quote: nothing was "
	    "left out, added, renamed or put in another order.",
	    dstack_check_log_rtmr3),
	ROW("log.order", "7.4", "FORMAT.evidence.md 7",
	    "The guest's events begin with its own and come to system-ready. "
	    "What stands behind that was chosen by the application.",
	    dstack_check_log_order),
	ROW("log.identity", "7.4", "FORMAT.evidence.md 7",
	    "App id, compose hash, instance id and key provider were each "
	    "measured once before system-ready. An event of such a name behind "
	    "it counts for nothing.",
	    dstack_check_log_identity),
	ROW("log.config", "", "FORMAT.evidence.md 7",
	    "Where the configuration was measured (event affiant-config), it "
	    "is the one that the statement names, and the only one of this "
	    "boot.",
	    dstack_check_log_config),
	ROW("compose.hash", "8.1", "FORMAT.evidence.md 7",
	    "The SHA-256 of the app-compose text is the compose hash that was "
	    "measured. The text must not be parsed and written again on its "
	    "way.",
	    dstack_check_compose_hash),
	ROW("compose.form", "8.2", "FORMAT.evidence.md 7",
	    "The app-compose is JSON whose settings are of the kinds that a "
	    "guest takes.",
	    dstack_check_compose_form),
	ROW("mrconfigid", "8.4", "FORMAT.evidence.md 7",
	    "MRCONFIGID, where the host set it, is made from the compose hash "
	    "that was measured. Alone it would prove nothing: a host with a "
	    "kernel of its own sets what it likes.",
	    dstack_check_mrconfigid),
	ROW("key.form", "10.2", "FORMAT.evidence.md 7",
	    "The key chain has its members and no others.",
	    dstack_check_key_form),
	ROW("key.app-id", "10.2", "FORMAT.evidence.md 7",
	    "The key service gave the key to the app that was measured, not to "
	    "another one of the same service.",
	    dstack_check_key_app_id),
	ROW("key.app", "10.2", "FORMAT.evidence.md 7",
	    "The first signature is one that some app key made over this "
	    "public key and purpose.",
	    dstack_check_key_app),
	ROW("key.root", "10.2", "FORMAT.evidence.md 7",
	    "The second signature is one that some root made over that app "
	    "key and the app id, exactly where a key service was measured. "
	    "Whose root it is, the policy has to say.",
	    dstack_check_key_root),
	ROW("key.published", "10.2", "FORMAT.policy.dstack.md 3",
	    "Neither root nor app key is one whose secret anybody can look up "
	    "(simulators). No policy and no option forgives it.",
	    dstack_check_key_known),
	ROW("key.signer", "10.2", "FORMAT.evidence.md 7",
	    "The key that the chain vouches for is the one that signed the "
	    "statement.",
	    dstack_check_key_signer),
};
#undef ROW

#define POLICY(id, ref, clause, explain, run)                                \
	{                                                                    \
		{ "dstack.policy." id, ref, clause, explain, STAGE_POLICY }, \
		    run                                                      \
	}
#define FORMAT_1 "FORMAT.policy.dstack.md 1"
#define FORMAT_2 "FORMAT.policy.dstack.md 2"
static const struct kind_check policy_checks[] = {
	POLICY("evidence", "21", FORMAT_1,
	    "A policy that speaks of dstack wants its event log: without it "
	    "nobody knows which app the machine runs.",
	    dstack_policy_evidence),
	POLICY("os-image", "13", "policy: osImages",
	    "Firmware, kernel, command line and initrd are those of one image "
	    "that the policy lists, all of one and the same. Firmware alone "
	    "starts any kernel.",
	    dstack_policy_os_image),
	POLICY("app-id", "8.3", "policy: appIds",
	    "The app is one that the policy lists. An app id alone does not "
	    "pin code: its owner can put other code under it.",
	    dstack_policy_app_id),
	POLICY("compose-hash", "8.1", "policy: composeHashes",
	    "The app-compose that was measured is one that you audited.",
	    dstack_policy_compose_hash),
	POLICY("kms-root", "10.2", "policy: kmsRoots",
	    "The key service whose root the chain ends in is one that the "
	    "policy lists; recovery always ends in some root.",
	    dstack_policy_kms_root),
	POLICY("key-provider", "7.4", "policy: keyProviders",
	    "Keys come from a source that the policy lists.",
	    dstack_policy_key_provider),
	POLICY("key-provider-id", "7.4", "policy: keyProviderIds",
	    "The key provider that was measured is one that the policy lists "
	    "by its identity.",
	    dstack_policy_key_provider_id),
	POLICY("purpose", "10.1", "policy: purposes",
	    "The key was derived for a purpose that the policy lists.",
	    dstack_policy_purpose),
	POLICY("config-event", "", "policy: configEvent",
	    "The policy wants the configuration measured in the event log, "
	    "and it is.",
	    dstack_policy_config_event),
	POLICY("compose.text", "8.1", FORMAT_2,
	    "A policy with rules for the app-compose wants its text in the "
	    "evidence.",
	    dstack_policy_compose_text),
	POLICY("compose.runner", "8.2", FORMAT_2,
	    "The app is started by a runner known here.",
	    dstack_policy_compose_runner),
	POLICY("compose.images", "8.2", FORMAT_2,
	    "Every image is pinned by digest, or named by the policy; where "
	    "the policy lists images, each is one of them. A tag is whatever "
	    "its registry says today.",
	    dstack_policy_compose_images),
	POLICY("compose.scripts", "8.2", FORMAT_2,
	    "No script runs as root in the guest but those that the policy "
	    "lists by SHA-256.",
	    dstack_policy_compose_scripts),
	POLICY("compose.gateway", "17", FORMAT_2,
	    "The gateway is off, by its new name and its old one, unless the "
	    "policy takes it: it may end the TLS of your users.",
	    dstack_policy_compose_gateway),
	POLICY("compose.keys", "8.2", FORMAT_2,
	    "The app-compose asks for keys from a source that the policy "
	    "lists.",
	    dstack_policy_compose_keys),
	POLICY("compose.envs", "11.3", FORMAT_2,
	    "No environment comes from outside but names that the policy "
	    "lists: their values are the operator's, and unmeasured.",
	    dstack_policy_compose_envs),
	POLICY("compose.public", "8.2", FORMAT_2,
	    "Logs, system information and measurements are not served to the "
	    "public, unless the policy takes it.",
	    dstack_policy_compose_public),
	POLICY("compose.members", "8.2", FORMAT_2,
	    "Every member of the app-compose is known here, or named by the "
	    "policy: a newer guest may do something for one that is not.",
	    dstack_policy_compose_members),
};
#undef POLICY

/* What the policy's object pins instead of the platform's. */
static const char *const *pins(const struct kind_case *c)
{
	static const char *const none[] = { NULL };
	static const char *const all[] = { "mrconfigid", "mrtd", "rtmr0",
		"rtmr1", "rtmr2", "rtmr3", NULL };

	return dstack_case_of(c)->has_identity ? all : none;
}

const struct evidence_kind dstack_kind = {
	.id = "dstack",
	.concerns = concerns,
	.open = open_case,
	.close = close_case,
	.checks = checks,
	.n_checks = COUNT(checks),
	.policy_checks = policy_checks,
	.n_policy_checks = COUNT(policy_checks),
	.explain = dstack_words_explain,
	.policy_form = dstack_policy_form,
	.policy_of = dstack_suggest_policy,
	.pins = pins,
};
