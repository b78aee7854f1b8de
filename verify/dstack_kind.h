/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evidence of a dstack guest: what its checks work on, and the checks
 * themselves, one function for a row of dstack_kind.c. Each may rely on those
 * before it having passed or been skipped.
 */
#ifndef AFFIANT_DSTACK_KIND_H
#define AFFIANT_DSTACK_KIND_H

#include "verify/dstack_compose.h"
#include "verify/dstack_key.h"
#include "verify/evidence_kind.h"

extern const struct evidence_kind dstack_kind;

struct dstack_case {
	bool has_log, is_stripped;
	struct dstack_log log;
	bool has_identity;
	struct dstack_identity id;
	bool has_compose; /* the text is the one that was measured */
	struct dstack_compose compose;
	bool is_bound;        /* MRCONFIGID says the same */
	bool config_measured; /* by an event of ours */
	bool has_key;
	struct dstack_key key;
	struct eth_key app_key, root_key; /* recovered; root if has_root */
};
struct dstack_case *dstack_case_of(const struct kind_case *c);

typedef bool dstack_check(struct kind_case *c, struct fault *f);

/* dstack_check_log.c: sections 7 and 8. */
dstack_check dstack_check_log_form, dstack_check_log_digest,
    dstack_check_log_rtmr0, dstack_check_log_rtmr1, dstack_check_log_rtmr2,
    dstack_check_log_rtmr3, dstack_check_log_order, dstack_check_log_identity,
    dstack_check_log_config, dstack_check_compose_hash,
    dstack_check_compose_form, dstack_check_mrconfigid;

/* dstack_check_key.c: section 10. */
dstack_check dstack_check_key_form, dstack_check_key_app, dstack_check_key_root,
    dstack_check_key_known, dstack_check_key_app_id, dstack_check_key_signer;

/* dstack_policy.c, dstack_policy_compose.c: FORMAT.policy.dstack.md. */
FALLIBLE dstack_policy_form(const struct json_node *object, struct fault *f);
/* The object, or a member of it, or NULL. */
const struct json_node *dstack_policy_find(
    const struct kind_case *c, const char *member);
dstack_check dstack_policy_evidence, dstack_policy_os_image,
    dstack_policy_app_id, dstack_policy_compose_hash, dstack_policy_kms_root,
    dstack_policy_key_provider, dstack_policy_key_provider_id,
    dstack_policy_purpose, dstack_policy_config_event;

/* An array of names of key providers. */
FALLIBLE dstack_policy_form_providers(
    const struct json_node *v, const char *at, struct fault *f);
FALLIBLE dstack_policy_compose_form(const struct json_node *v, struct fault *f);
dstack_check dstack_policy_compose_text, dstack_policy_compose_runner,
    dstack_policy_compose_images, dstack_policy_compose_scripts,
    dstack_policy_compose_gateway, dstack_policy_compose_keys,
    dstack_policy_compose_envs, dstack_policy_compose_public,
    dstack_policy_compose_members;

/* dstack_words.c: claims, and what it means, in words. */
void dstack_words_explain(const struct kind_case *c, struct verdict *v);
/* dstack_suggest.c */
FALLIBLE dstack_suggest_policy(
    const struct kind_case *c, struct wr *w, struct fault *f);

#endif
