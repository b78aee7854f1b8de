/* SPDX-License-Identifier: Apache-2.0 */
/* S01 to S04: from the platform's key to the bytes of the report. */
#include "verify/base/hash.h"
#include "verify/intel_case.h"

#include <string.h>

bool intel_check_signature_qe(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct x509_key key = x509_cert_key(&k->known->pck);

	return x509_key_verify_raw(
	    &key, k->q.qe_signature, k->q.qe_report, "intel.signature.qe", f);
}

/* "SHA-256(AK 64 bytes, QE authentication data n bytes), then 32 zero
 * bytes." */
bool intel_check_signature_binding(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	const struct span parts[] = { k->q.ak, k->q.qe_auth };
	struct sha256 want = sha256_of_parts(parts, COUNT(parts));
	uint8_t expected[64] = { 0 };

	memcpy(expected, want.b, sizeof(want.b));
	if (!span_equal(
		k->q.qe.report_data, span_of(expected, sizeof(expected))))
		return fault_raise(f, FAULT_CRYPTO, "intel.signature.binding",
		    "the quoting enclave does not vouch for this attestation "
		    "key");
	return true;
}

bool intel_check_signature_key(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	return x509_key_p256(k->q.ak, &k->ak, "intel.signature.key", f);
}

bool intel_check_signature_quote(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct span data =
	    k->is_tdx ? k->q.td.report_data : k->q.sgx.report_data;

	TRY(x509_key_verify_raw(&k->ak, k->q.signature, k->q.signed_part,
	    "intel.signature.quote", f));
	memcpy(c->report_data, data.p, sizeof(c->report_data));
	return true;
}
