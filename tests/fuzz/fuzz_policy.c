/* SPDX-License-Identifier: Apache-2.0 */
/* A policy is taken or refused with a reason; asking it never fails. */
#include "tests/fuzz/must.h"
#include "verify/policy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const lists[] = { "configs", "feeds", "kinds",
		"signers" };
	struct policy p = { 0 };
	struct fault f = FAULT_INIT;

	if (!policy_parse(span_of(data, size), &p, &f)) {
		MUST(f.kind != FAULT_NONE && f.at != NULL && p.doc == NULL);
		return 0;
	}
	for (size_t i = 0; i < COUNT(lists); i++) {
		const struct json_node *list = policy_find(&p, lists[i]);

		if (list != NULL)
			MUST(!policy_list_has(list, span_text("no such")));
	}
	(void)policy_has_platforms(&p);
	policy_drop(&p);
	return 0;
}
