/* SPDX-License-Identifier: Apache-2.0 */
/*
 * T01, E01, C04 to C07: who signed TCB info and QE identity. Chain validity
 * alone is not enough: any platform's PCK certificate hangs from this root.
 */
#include "verify/intel_case.h"

#define SIGNER_CN "Intel SGX TCB Signing"

static FALLIBLE check_chain(const struct intel_case *k, struct span pem,
    struct intel_signer *s, const struct x509_cert *known, struct fault *f)
{
	const char *at = "intel.signer.chain";

	TRY(x509_pem_read(pem, false, &s->pem, at, f));
	if (s->pem.n != 2)
		return fault_raise(f, FAULT_FORMAT, at,
		    "the signer's chain has %zu certificates, not 2", s->pem.n);
	if (!span_equal(blob_span(&s->pem.der[1]), k->known->root.der))
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the signer's chain does not end in the root");
	/* The same certificate, byte for byte, is not looked at twice. */
	s->is_shared =
	    known != NULL && span_equal(blob_span(&s->pem.der[0]), known->der);
	s->cert = s->is_shared ? known : &s->own;
	if (!s->is_shared)
		TRY(x509_cert_parse(blob_span(&s->pem.der[0]), &s->own, at, f));
	if (!x509_cert_has_cn(s->cert, SIGNER_CN))
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the signer is not named '%s'", SIGNER_CN);
	return true;
}

static FALLIBLE check_link(
    const struct intel_case *k, const struct intel_signer *s, struct fault *f)
{
	const char *at = "intel.signer.link";

	if (!span_equal(s->cert->issuer, k->known->root.subject))
		return fault_raise(
		    f, FAULT_CRYPTO, at, "the signer names another issuer");
	if (s->cert->aki.p != NULL &&
	    !span_equal(s->cert->aki, k->known->root.ski))
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the signer names another issuer's key");
	return s->is_shared ||
	    x509_cert_signed_by(s->cert, &k->known->root.key, at, f);
}

static FALLIBLE check_usage(const struct x509_cert *cert, struct fault *f)
{
	const char *at = "intel.signer.usage";

	if (cert->has_bad_extension || cert->has_unknown_critical)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the signer has a malformed or an unknown critical "
		    "extension");
	if (cert->ski.p == NULL || cert->aki.p == NULL)
		return fault_raise(
		    f, FAULT_CRYPTO, at, "the signer lacks a key identifier");
	if (!cert->basic_is_critical || !cert->usage_is_critical)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the signer lacks critical constraints or key usage");
	if (cert->is_ca)
		return fault_raise(f, FAULT_CRYPTO, at, "the signer is a CA");
	if (cert->usage !=
	    (X509_USE_DIGITAL_SIGNATURE | X509_USE_NON_REPUDIATION))
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the signer's key is not for signatures alone");
	return true;
}

static FALLIBLE check_algorithm(const struct x509_cert *cert, struct fault *f)
{
	if (!cert->is_v3 || !cert->is_p256 || !cert->is_ecdsa_sha256)
		return fault_raise(f, FAULT_CRYPTO, "intel.signer.algorithm",
		    "the signer is not X.509 v3 with P-256 and SHA-256");
	return true;
}

bool intel_check_signer_tcb_chain(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (intel_case_is_known(c))
		return true;
	return check_chain(k, k->known->col.tcb_info_issuer_chain,
	    &k->known->tcb_signer, NULL, f);
}

bool intel_check_signer_tcb_link(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (intel_case_is_known(c))
		return true;
	return check_link(k, &k->known->tcb_signer, f);
}

bool intel_check_signer_tcb_usage(struct tee_case *c, struct fault *f)
{
	return check_usage(intel_case_of(c)->known->tcb_signer.cert, f);
}

bool intel_check_signer_tcb_algorithm(struct tee_case *c, struct fault *f)
{
	return check_algorithm(intel_case_of(c)->known->tcb_signer.cert, f);
}

bool intel_check_signer_tcb_time(struct tee_case *c, struct fault *f)
{
	const struct x509_cert *cert = intel_case_of(c)->known->tcb_signer.cert;

	return intel_case_within(c, cert->from, cert->to,
	    "the signer of the TCB info", "intel.signer.time", f);
}

bool intel_check_signer_qe_chain(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (intel_case_is_known(c))
		return true;
	return check_chain(k, k->known->col.qe_identity_issuer_chain,
	    &k->known->qe_signer, k->known->tcb_signer.cert, f);
}

bool intel_check_signer_qe_link(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (intel_case_is_known(c))
		return true;
	return check_link(k, &k->known->qe_signer, f);
}

bool intel_check_signer_qe_usage(struct tee_case *c, struct fault *f)
{
	return check_usage(intel_case_of(c)->known->qe_signer.cert, f);
}

bool intel_check_signer_qe_algorithm(struct tee_case *c, struct fault *f)
{
	return check_algorithm(intel_case_of(c)->known->qe_signer.cert, f);
}

bool intel_check_signer_qe_time(struct tee_case *c, struct fault *f)
{
	const struct x509_cert *cert = intel_case_of(c)->known->qe_signer.cert;

	return intel_case_within(c, cert->from, cert->to,
	    "the signer of the QE identity", "intel.signer.time", f);
}
