/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an attestation: refused with a place, or evidence whose report
 * data is the blob's, and whose log is one canonical array.
 */
#include "tests/fuzz/must.h"
#include "verify/base/canon.h"
#include "verify/dstack_attestation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(dstack_attestation_drop)
	struct dstack_attestation a = { .n_certs = 0 };
	struct fault f = FAULT_INIT;

	if (!dstack_attestation_decode(span_of(data, size), &a, &f)) {
		MUST(f.kind != FAULT_NONE && f.at != NULL);
		MUST(a.bytes.p == NULL && a.log.p == NULL);
		return 0;
	}
	MUST(a.bytes.n <= size);
	MUST(a.evidence.n > REPORT_DATA_BYTES);
	MUST(a.n_certs <= LIMIT_ATTESTATION_CERTS);
	MUST((a.kind == DSTACK_ATTESTATION_TDX) == (a.log.n > 0));
	if (a.log.n > 0)
		MUST(canon_check(
		    blob_span(&a.log), &json_limits_default, "fuzz", &f));
	return 0;
}
