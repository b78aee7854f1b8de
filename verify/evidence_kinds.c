/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of evidence that can stand beside a quote. */
#include "verify/dstack_kind.h"

const struct evidence_kind *const evidence_kinds[] = {
	&dstack_kind,
	NULL,
};

_Static_assert(COUNT(evidence_kinds) <= EVIDENCE_KINDS_MAX + 1,
    "a case has room for every kind");

const struct evidence_kind *evidence_kind_find(struct span id)
{
	for (size_t i = 0; evidence_kinds[i] != NULL; i++)
		if (span_equal_text(id, evidence_kinds[i]->id))
			return evidence_kinds[i];
	return NULL;
}

struct span kind_case_field(const struct kind_case *c, const char *name)
{
	if (c->platform->field == NULL)
		return span_of(NULL, 0);
	return c->platform->field(c->tee, name);
}

const struct json_node *kind_case_policy(
    const struct kind_case *c, const struct evidence_kind *kind)
{
	return policy_find(c->opt->policy, kind->id);
}
