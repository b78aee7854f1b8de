/* SPDX-License-Identifier: Apache-2.0 */
/* J01 to T06, E03 to E05, T10: TCB info and QE identity as signed JSON. */
#include "verify/intel_case.h"

/* J01 finds everything that is wrong with the text; a duplicate name is left
 * to J02, so that each rule has its own answer. */
static FALLIBLE parse(struct span body, struct intel_json *out, bool *duplicate,
    struct fault *kept, struct fault *f)
{
	struct fault why = FAULT_INIT;

	if (intel_json_parse(body, out, duplicate, &why))
		return true;
	if (*duplicate) {
		*kept = why;
		return true;
	}
	*f = why;
	return false;
}

static FALLIBLE no_duplicates(
    bool duplicate, const struct fault *kept, struct fault *f)
{
	if (!duplicate)
		return true;
	*f = *kept;
	return false;
}

bool intel_check_json_tcb_grammar(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (intel_case_is_known(c))
		return true;
	return parse(k->known->col.tcb_info, &k->known->tcb_json,
	    &k->known->tcb_duplicate, &k->known->tcb_fault, f);
}

bool intel_check_json_tcb_duplicates(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	return no_duplicates(k->known->tcb_duplicate, &k->known->tcb_fault, f);
}

bool intel_check_json_tcb_envelope(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (intel_case_is_known(c))
		return true;
	return intel_json_envelope(
	    &k->known->tcb_json, k->known->col.tcb_info, "tcbInfo", f);
}

bool intel_check_json_tcb_signature(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct x509_key key = x509_cert_key(k->known->tcb_signer.cert);

	if (intel_case_is_known(c))
		return true;
	return intel_json_signature(&k->known->tcb_json, &key, f);
}

bool intel_check_json_tcb_members(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (intel_case_is_known(c))
		return true;
	return intel_tcb_members(k->known->tcb_json.inner, &k->known->tcb, f);
}

bool intel_check_json_tcb_version(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	return intel_tcb_version(&k->known->tcb, k->is_tdx, f);
}

bool intel_check_json_tcb_type(struct tee_case *c, struct fault *f)
{
	return intel_tcb_type(&intel_case_of(c)->known->tcb, f);
}

bool intel_check_json_tcb_time(struct tee_case *c, struct fault *f)
{
	struct intel_tcb *t = &intel_case_of(c)->known->tcb;

	TRY(intel_tcb_dates(t, f));
	return intel_case_within(
	    c, t->from, t->to, "the TCB info", "intel.tcb.time", f);
}

bool intel_check_json_qe_grammar(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (intel_case_is_known(c))
		return true;
	return parse(k->known->col.qe_identity, &k->known->qe_json,
	    &k->known->qe_duplicate, &k->known->qe_fault, f);
}

bool intel_check_json_qe_duplicates(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	return no_duplicates(k->known->qe_duplicate, &k->known->qe_fault, f);
}

bool intel_check_json_qe_envelope(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (intel_case_is_known(c))
		return true;
	return intel_json_envelope(&k->known->qe_json,
	    k->known->col.qe_identity, "enclaveIdentity", f);
}

bool intel_check_json_qe_signature(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct x509_key key = x509_cert_key(k->known->qe_signer.cert);

	if (intel_case_is_known(c))
		return true;
	return intel_json_signature(&k->known->qe_json, &key, f);
}

bool intel_check_json_qe_members(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (intel_case_is_known(c))
		return true;
	return intel_identity_members(
	    k->known->qe_json.inner, &k->known->identity, f);
}

bool intel_check_json_qe_version(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	return intel_identity_version(&k->known->identity, k->is_tdx, f);
}

bool intel_check_json_qe_time(struct tee_case *c, struct fault *f)
{
	struct intel_identity *id = &intel_case_of(c)->known->identity;

	TRY(intel_identity_dates(id, f));
	return intel_case_within(
	    c, id->from, id->to, "the QE identity", "intel.identity.time", f);
}

/* T10; the verdict's number is the smaller of the two (10.11). */
bool intel_check_json_evaluation(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	TRY(intel_tcb_evaluation(&k->known->tcb, f));
	TRY(intel_identity_evaluation(&k->known->identity, f));
	k->result.evaluation =
	    k->known->tcb.evaluation < k->known->identity.evaluation
	    ? k->known->tcb.evaluation
	    : k->known->identity.evaluation;
	return true;
}
