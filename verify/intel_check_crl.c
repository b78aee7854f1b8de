/* SPDX-License-Identifier: Apache-2.0 */
/*
 * R01 to R08: both revocation lists. "A CRL which has not passed all of these
 * says nothing, in either direction." (Section 7.)
 */
#include "verify/intel_case.h"

/* Who must have issued a list. */
struct issuer {
	struct span subject, ski;
	struct x509_key key; /* borrowed */
	const char *what;    /* the list, for a person */
};

static struct issuer of_root(const struct intel_case *k)
{
	return (struct issuer){ k->known->root.subject, k->known->root.ski,
		k->known->root.key, "the root's revocation list" };
}

static struct issuer of_ca(const struct intel_case *k)
{
	return (struct issuer){ k->known->ca.subject, k->known->ca.ski,
		x509_cert_key(&k->known->ca), "the PCK revocation list" };
}

static FALLIBLE check_issuer(
    const struct x509_crl *crl, const struct issuer *by, struct fault *f)
{
	if (!span_equal(crl->issuer, by->subject))
		return fault_raise(f, FAULT_CRYPTO, "intel.crl.issuer",
		    "%s names another issuer", by->what);
	return true;
}

static FALLIBLE check_signature(
    const struct x509_crl *crl, const struct issuer *by, struct fault *f)
{
	const char *at = "intel.crl.signature";

	if (!crl->is_ecdsa_sha256)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "%s is not signed with ECDSA and SHA-256", by->what);
	if (crl->aki.p != NULL && !span_equal(crl->aki, by->ski))
		return fault_raise(f, FAULT_CRYPTO, at,
		    "%s names another issuer's key", by->what);
	if (!x509_crl_signed_by(crl, &by->key, at, f))
		return fault_within(f, "%s", by->what);
	return true;
}

static FALLIBLE check_time(struct tee_case *c, const struct x509_crl *crl,
    const char *what, struct fault *f)
{
	if (!crl->has_to)
		return fault_raise(f, FAULT_CRYPTO, "intel.crl.time",
		    "%s says nothing about its next update", what);
	return intel_case_within(
	    c, crl->from, crl->to, what, "intel.crl.time", f);
}

static FALLIBLE check_extensions(
    const struct x509_crl *crl, const char *what, struct fault *f)
{
	const char *at = "intel.crl.extensions";

	if (!crl->is_v2)
		return fault_raise(
		    f, FAULT_FORMAT, at, "%s is not of version 2", what);
	if (crl->is_delta_or_indirect)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "%s is a delta or an indirect list", what);
	if (crl->has_unknown_critical)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "%s has a critical extension that is not known", what);
	return true;
}

static FALLIBLE check_unlisted(const struct x509_crl *crl, struct span serial,
    const char *what, struct fault *f)
{
	if (x509_crl_lists(crl, serial))
		return fault_raise(f, FAULT_CRYPTO, "intel.crl.revoked",
		    "%s is revoked", what);
	return true;
}

/* ---- the root's list ----------------------------------------------------- */

bool intel_check_crl_root_parse(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (intel_case_is_known(c))
		return true;
	return x509_crl_parse(k->known->col.root_ca_crl, &k->known->root_crl,
	    "intel.crl.root", f);
}

bool intel_check_crl_root_issuer(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct issuer by = of_root(k);

	return check_issuer(&k->known->root_crl, &by, f);
}

bool intel_check_crl_root_signature(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct issuer by = of_root(k);

	if (intel_case_is_known(c))
		return true;
	return check_signature(&k->known->root_crl, &by, f);
}

bool intel_check_crl_root_time(struct tee_case *c, struct fault *f)
{
	return check_time(c, &intel_case_of(c)->known->root_crl,
	    "the root's revocation list", f);
}

bool intel_check_crl_root_extensions(struct tee_case *c, struct fault *f)
{
	return check_extensions(&intel_case_of(c)->known->root_crl,
	    "the root's revocation list", f);
}

bool intel_check_crl_root_self(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	return check_unlisted(&k->known->root_crl, k->known->root.serial,
	    "the root certificate", f);
}

bool intel_check_crl_tcb_signer(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	return check_unlisted(&k->known->root_crl,
	    k->known->tcb_signer.cert->serial, "the signer of the TCB info", f);
}

bool intel_check_crl_qe_signer(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	return check_unlisted(&k->known->root_crl,
	    k->known->qe_signer.cert->serial, "the signer of the QE identity",
	    f);
}

bool intel_check_crl_ca(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	return check_unlisted(
	    &k->known->root_crl, k->known->ca.serial, "the intermediate CA", f);
}

/* ---- the intermediate's list --------------------------------------------- */

bool intel_check_crl_pck_parse(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (intel_case_is_known(c))
		return true;
	return x509_crl_parse(
	    k->known->col.pck_crl, &k->known->pck_crl, "intel.crl.pck", f);
}

bool intel_check_crl_pck_issuer(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct issuer by = of_ca(k);

	return check_issuer(&k->known->pck_crl, &by, f);
}

bool intel_check_crl_pck_signature(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct issuer by = of_ca(k);

	if (intel_case_is_known(c))
		return true;
	return check_signature(&k->known->pck_crl, &by, f);
}

bool intel_check_crl_pck_time(struct tee_case *c, struct fault *f)
{
	return check_time(
	    c, &intel_case_of(c)->known->pck_crl, "the PCK revocation list", f);
}

bool intel_check_crl_pck_extensions(struct tee_case *c, struct fault *f)
{
	return check_extensions(
	    &intel_case_of(c)->known->pck_crl, "the PCK revocation list", f);
}

/* "Serials are scoped by issuer": the PCK serial in the PCK list only. */
bool intel_check_crl_pck(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	return check_unlisted(
	    &k->known->pck_crl, k->known->pck.serial, "the PCK certificate", f);
}
