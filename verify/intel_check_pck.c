/* SPDX-License-Identifier: Apache-2.0 */
/* P01 to P09, T07, T08: the platform's certificate and its chain. */
#include "verify/intel_case.h"

#include <string.h>

/*
 * Type 4 has the PCK certificate alone in the quote: the chain that was given
 * apart must start with that one, or it would replace the quote's.
 */
static FALLIBLE same_leaf(const struct intel_case *k, struct fault *f)
{
	AUTO(x509_pem_drop) struct x509_pem alone = { 0 };

	TRY(x509_pem_read(k->q.cert_data, true, &alone, "intel.pck.chain", f));
	if (alone.n != 1 ||
	    !span_equal(
		blob_span(&alone.der[0]), blob_span(&k->known->pck_pem.der[0])))
		return fault_raise(f, FAULT_FORMAT, "intel.pck.chain",
		    "the chain given is not that of the certificate in the "
		    "quote");
	return true;
}

/* P01. The third is never parsed: P02 compares its bytes. */
bool intel_check_pck_chain(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct intel_known *n = k->known;

	if (n->pck_fault.kind != FAULT_NONE) {
		*f = n->pck_fault;
		return false;
	}
	if (n->pck_pem.n != 3)
		return fault_raise(f, FAULT_FORMAT, "intel.pck.chain",
		    "the PCK chain has %zu certificates, not 3", n->pck_pem.n);
	/* This one is about the quote: asked of every quote. */
	if (k->q.cert_type == INTEL_CERT_PCK)
		TRY(same_leaf(k, f));
	if (intel_case_is_known(c))
		return true;
	TRY(x509_cert_parse(
	    blob_span(&n->pck_pem.der[0]), &n->pck, "intel.pck.chain", f));
	return x509_cert_parse(
	    blob_span(&n->pck_pem.der[1]), &n->ca, "intel.pck.chain", f);
}

bool intel_check_pck_root(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (!span_equal(
		blob_span(&k->known->pck_pem.der[2]), k->known->root.der))
		return fault_raise(f, FAULT_CRYPTO, "intel.pck.root",
		    "the chain does not end in %s",
		    k->known->root.is_pinned ? "Intel's root"
					     : "the root that was given");
	return true;
}

bool intel_check_pck_names(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (!x509_cert_has_cn(&k->known->pck, "Intel SGX PCK Certificate"))
		return fault_raise(f, FAULT_CRYPTO, "intel.pck.names",
		    "the first certificate is not named a PCK certificate");
	if (!x509_cert_has_cn(&k->known->ca, "Intel SGX PCK Platform CA") &&
	    !x509_cert_has_cn(&k->known->ca, "Intel SGX PCK Processor CA"))
		return fault_raise(f, FAULT_CRYPTO, "intel.pck.names",
		    "the second certificate is not the Platform or Processor "
		    "CA");
	return true;
}

/* Absent identifiers are P05's; absent is never equal to absent. */
static FALLIBLE check_link(const struct x509_cert *cert, struct span subject,
    struct span ski, const struct x509_key *key, const char *what,
    struct fault *f)
{
	if (!span_equal(cert->issuer, subject))
		return fault_raise(f, FAULT_CRYPTO, "intel.pck.links",
		    "%s names another issuer", what);
	if (cert->aki.p != NULL && !span_equal(cert->aki, ski))
		return fault_raise(f, FAULT_CRYPTO, "intel.pck.links",
		    "%s names another issuer's key", what);
	if (!x509_cert_signed_by(cert, key, "intel.pck.links", f))
		return fault_within(f, "%s", what);
	return true;
}

bool intel_check_pck_links(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct x509_key key = x509_cert_key(&k->known->ca);

	if (intel_case_is_known(c))
		return true;
	TRY(check_link(&k->known->ca, k->known->root.subject,
	    k->known->root.ski, &k->known->root.key, "the intermediate CA", f));
	return check_link(&k->known->pck, k->known->ca.subject,
	    k->known->ca.ski, &key, "the PCK certificate", f);
}

static FALLIBLE check_extensions(
    const struct x509_cert *cert, const char *what, struct fault *f)
{
	const char *at = "intel.pck.usage";

	if (cert->has_bad_extension)
		return fault_raise(f, FAULT_FORMAT, at,
		    "%s has a malformed or repeated extension", what);
	if (cert->has_unknown_critical)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "%s has a critical extension that is not known", what);
	if (cert->ski.p == NULL || cert->aki.p == NULL)
		return fault_raise(
		    f, FAULT_CRYPTO, at, "%s lacks a key identifier", what);
	if (!cert->basic_is_critical || !cert->usage_is_critical)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "%s lacks critical constraints or key usage", what);
	return true;
}

bool intel_check_pck_usage(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	const char *at = "intel.pck.usage";

	TRY(check_extensions(&k->known->ca, "the intermediate CA", f));
	TRY(check_extensions(&k->known->pck, "the PCK certificate", f));
	if (!k->known->ca.is_ca || k->known->ca.path_length != 0)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the intermediate is not a CA of path length 0");
	if (k->known->ca.usage != (X509_USE_CERT_SIGN | X509_USE_CRL_SIGN))
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the intermediate's key is not for signing certificates "
		    "and lists alone");
	if (k->known->pck.is_ca)
		return fault_raise(
		    f, FAULT_CRYPTO, at, "the PCK certificate is a CA's");
	if (k->known->pck.usage !=
	    (X509_USE_DIGITAL_SIGNATURE | X509_USE_NON_REPUDIATION))
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the PCK key is not for signatures alone");
	return true;
}

static FALLIBLE check_algorithm(
    const struct x509_cert *cert, const char *what, struct fault *f)
{
	if (!cert->is_v3 || !cert->is_p256 || !cert->is_ecdsa_sha256)
		return fault_raise(f, FAULT_CRYPTO, "intel.pck.algorithm",
		    "%s is not X.509 v3 with P-256 and SHA-256", what);
	return true;
}

bool intel_check_pck_algorithm(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	TRY(check_algorithm(&k->known->ca, "the intermediate CA", f));
	return check_algorithm(&k->known->pck, "the PCK certificate", f);
}

bool intel_check_pck_time(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	const char *at = "intel.pck.time";

	TRY(intel_case_within(c, k->known->root.from, k->known->root.to,
	    "the root certificate", at, f));
	TRY(intel_case_within(c, k->known->ca.from, k->known->ca.to,
	    "the intermediate CA", at, f));
	return intel_case_within(c, k->known->pck.from, k->known->pck.to,
	    "the PCK certificate", at, f);
}

bool intel_check_pck_extension(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct span value = { 0 };
	size_t n = x509_cert_extension(&k->known->pck,
	    span_of(intel_pck_oid, sizeof(intel_pck_oid)), &value);

	if (intel_case_is_known(c))
		return true;
	if (n != 1)
		return fault_raise(f, FAULT_FORMAT, "intel.pck.extension",
		    "the PCK certificate has %zu SGX extensions, not 1", n);
	return intel_pck_parse(value, &k->known->facts, f);
}

bool intel_check_pck_cpusvn(struct tee_case *c, struct fault *f)
{
	return intel_pck_consistent(&intel_case_of(c)->known->facts, f);
}

bool intel_check_pck_fmspc(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	return intel_tcb_fmspc(&k->known->tcb,
	    span_of(k->known->facts.fmspc, sizeof(k->known->facts.fmspc)), f);
}

bool intel_check_pck_pceid(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	return intel_tcb_pceid(&k->known->tcb,
	    span_of(k->known->facts.pceid, sizeof(k->known->facts.pceid)), f);
}
