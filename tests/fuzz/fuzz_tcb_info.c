/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as signed TCB info, as if the signature held: refused with a
 * place, or levels that are sorted, in range, and no two alike.
 */
#include "verify/intel_json.h"
#include "verify/intel_tcb.h"

#include "tests/fuzz/must.h"

#include <stdlib.h>

static void check_levels(const struct intel_tcb *t)
{
	MUST(t->n_levels >= 1 && t->n_levels <= LIMIT_TCB_LEVELS);
	for (size_t i = 1; i < t->n_levels; i++) {
		const struct intel_level *a = &t->level[i - 1];
		const struct intel_level *b = &t->level[i];
		int c = memcmp(a->sgx, b->sgx, sizeof(a->sgx));

		MUST(c >= 0);
		MUST(c > 0 || a->pcesvn >= b->pcesvn);
		MUST(c > 0 || a->pcesvn > b->pcesvn ||
		    memcmp(a->tdx, b->tdx, sizeof(a->tdx)) > 0);
	}
	for (size_t i = 0; i < t->n_identities; i++) {
		const struct intel_svn_levels *l = &t->identity[i].levels;

		MUST(l->n >= 1);
		for (size_t j = 1; j < l->n; j++)
			MUST(l->v[j - 1].isvsvn > l->v[j].isvsvn);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(intel_json_drop) struct intel_json j = { 0 };
	struct intel_tcb *t = calloc(1, sizeof(*t));
	struct fault f = FAULT_INIT;
	bool duplicate;
	bool ok;

	MUST(t != NULL);
	ok = intel_json_parse(span_of(data, size), &j, &duplicate, &f) &&
	    intel_json_envelope(&j, span_of(data, size), "tcbInfo", &f) &&
	    intel_tcb_members(j.inner, t, &f) &&
	    (intel_tcb_version(t, true, &f) ||
		(fault_clear(&f), intel_tcb_version(t, false, &f))) &&
	    intel_tcb_type(t, &f) && intel_tcb_dates(t, &f) &&
	    intel_tcb_evaluation(t, &f) && intel_tcb_levels(t, &f);
	if (ok)
		check_levels(t);
	else
		MUST(f.kind != FAULT_NONE && fault_rejects(f.kind));
	free(t);
	return 0;
}
