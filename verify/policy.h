/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The appraisal policy: whose code, which configuration, what else is
 * tolerated. The built-in part (patched status only, no debug, not simulated,
 * fresh) holds with or without a file; a file relaxes it by name. A list that
 * is present and empty accepts nothing; an absent one is "not checked".
 */
#ifndef AFFIANT_POLICY_H
#define AFFIANT_POLICY_H

#include "verify/base/json.h"

#define POLICY_TYPE "affiant.policy.v1"

/* A parsed policy. A platform's rows read their object with policy_platform. */
struct policy {
	struct json *doc; /* NULL: no file, built-in part only */
};
void policy_drop(struct policy *p);

/*
 * FORMAT.policy.md. Unknown members are refused, at every level, and so are
 * forms that could never match. FORMAT and LIMIT faults at "policy.MEMBER".
 */
FALLIBLE policy_parse(struct span in, struct policy *out, struct fault *f);

/* A member, or NULL (also when p or its document is NULL). */
const struct json_node *policy_find(const struct policy *p, const char *member);
/* Whether the text stands in the array; false for an empty one. */
bool policy_list_has(const struct json_node *list, struct span text);
/* Whether any platform has an object. */
bool policy_has_platforms(const struct policy *p);
/* The object of a platform, or NULL. */
const struct json_node *policy_platform(
    const struct policy *p, const char *platform_id);

#endif
