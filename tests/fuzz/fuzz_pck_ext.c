/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the SGX extension: refused with a place, or every byte of it
 * counts: the same with one byte more or less is refused.
 */
#include "verify/intel_pck.h"

#include "tests/fuzz/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct intel_pck p;
	struct fault f = FAULT_INIT;

	if (!intel_pck_parse(span_of(data, size), &p, &f)) {
		MUST(f.kind == FAULT_FORMAT && f.at != NULL);
		return 0;
	}
	MUST(p.sgx_type <= 2);
	if (!intel_pck_consistent(&p, &f))
		must_be_refusal(&f, size);
	fault_clear(&f);
	MUST(!intel_pck_parse(span_of(data, size - 1), &p, &f));
	return 0;
}
