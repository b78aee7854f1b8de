/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a signed QE identity, as if the signature held: refused with a
 * place, or levels that are sorted and no two alike; and the signed range is
 * an object by itself.
 */
#include "verify/intel_json.h"
#include "verify/intel_tcb.h"

#include "tests/fuzz/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(intel_json_drop) struct intel_json j = { 0 };
	struct intel_identity id = { 0 };
	struct fault f = FAULT_INIT;
	bool duplicate;

	if (!intel_json_parse(span_of(data, size), &j, &duplicate, &f) ||
	    !intel_json_envelope(
		&j, span_of(data, size), "enclaveIdentity", &f)) {
		MUST(f.kind != FAULT_NONE && fault_rejects(f.kind));
		return 0;
	}
	MUST(j.signed_bytes.n >= 2);
	MUST(j.signed_bytes.p[0] == '{');
	MUST(j.signed_bytes.p[j.signed_bytes.n - 1] == '}');
	if (!intel_identity_members(j.inner, &id, &f) ||
	    !intel_identity_version(&id, true, &f) ||
	    !intel_identity_dates(&id, &f) ||
	    !intel_identity_evaluation(&id, &f) ||
	    !intel_identity_levels(&id, &f)) {
		MUST(f.kind != FAULT_NONE && fault_rejects(f.kind));
		return 0;
	}
	MUST(id.levels.n >= 1);
	for (size_t i = 1; i < id.levels.n; i++)
		MUST(id.levels.v[i - 1].isvsvn > id.levels.v[i].isvsvn);
	return 0;
}
