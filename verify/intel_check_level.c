/* SPDX-License-Identifier: Apache-2.0 */
/*
 * E06 to E11, T09, M01 to M04, L01 to L05: the quoting enclave, the TDX
 * module and the platform held against Intel's levels. (Section 10.)
 */
#include "verify/base/text.h"
#include "verify/intel_case.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool equal_under_mask(
    struct span got, const uint8_t *want, const uint8_t *mask)
{
	for (size_t i = 0; i < got.n; i++)
		if ((got.p[i] & mask[i]) != (want[i] & mask[i]))
			return false;
	return true;
}

/* ---- the quoting enclave -------------------------------------------------- */

bool intel_check_level_qe_mrsigner(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (!span_equal(k->q.qe.mrsigner,
		span_of(k->known->identity.mrsigner,
		    sizeof(k->known->identity.mrsigner))))
		return fault_raise(f, FAULT_CRYPTO, "intel.qe.mrsigner",
		    "the quoting enclave is not signed by Intel's signer");
	return true;
}

bool intel_check_level_qe_prodid(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (k->q.qe.isv_prod_id != k->known->identity.isv_prod_id)
		return fault_raise(f, FAULT_CRYPTO, "intel.qe.isvprodid",
		    "the enclave's product is %u, a quoting enclave's is %llu",
		    k->q.qe.isv_prod_id,
		    (unsigned long long)k->known->identity.isv_prod_id);
	return true;
}

bool intel_check_level_qe_miscselect(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (!equal_under_mask(k->q.qe.misc_select,
		k->known->identity.misc_select, k->known->identity.misc_mask))
		return fault_raise(f, FAULT_CRYPTO, "intel.qe.miscselect",
		    "MISCSELECT of the quoting enclave is not as required");
	return true;
}

bool intel_check_level_qe_attributes(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (!equal_under_mask(k->q.qe.attributes, k->known->identity.attributes,
		k->known->identity.attributes_mask))
		return fault_raise(f, FAULT_CRYPTO, "intel.qe.attributes",
		    "ATTRIBUTES of the quoting enclave are not as required");
	return true;
}

/* "Whatever the identity's mask says." */
bool intel_check_level_qe_debug(struct tee_case *c, struct fault *f)
{
	if ((intel_case_of(c)->q.qe.flags & INTEL_SGX_DEBUG) != 0)
		return fault_raise(f, FAULT_CRYPTO, "intel.qe.debug",
		    "the quoting enclave is a debug enclave");
	return true;
}

/* The first level, highest first, that an SVN reaches; or NULL. */
static const struct intel_svn_level *find_svn_level(
    const struct intel_svn_levels *levels, unsigned svn)
{
	for (size_t i = 0; i < levels->n; i++)
		if (levels->v[i].isvsvn <= svn)
			return &levels->v[i];
	return NULL;
}

bool intel_check_level_qe_svn(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (!intel_case_is_known(c))
		TRY(intel_identity_levels(&k->known->identity, f));
	k->result.qe_level =
	    find_svn_level(&k->known->identity.levels, k->q.qe.isv_svn);
	if (k->result.qe_level == NULL)
		return fault_raise(f, FAULT_CRYPTO, "intel.qe.isvsvn",
		    "SVN %u of the quoting enclave is below every level",
		    k->q.qe.isv_svn);
	return true;
}

bool intel_check_level_tcb(struct tee_case *c, struct fault *f)
{
	if (intel_case_is_known(c))
		return true;
	return intel_tcb_levels(&intel_case_of(c)->known->tcb, f);
}

/* ---- the TDX module -------------------------------------------------------- */

/*
 * "The one entry whose id, compared without case, is TDX_ followed by T[1] as
 * two hexadecimal digits. None, or two: reject."
 */
static FALLIBLE find_module(const struct intel_tcb *t, uint8_t version,
    const struct intel_module **out, struct fault *f)
{
	const struct intel_module *found = NULL;
	char id[8];

	snprintf(id, sizeof(id), "TDX_%02X", version);
	for (size_t i = 0; i < t->n_identities; i++) {
		if (strcasecmp(t->identity[i].id, id) != 0)
			continue;
		if (found != NULL)
			return fault_raise(f, FAULT_FORMAT,
			    "intel.module.identity",
			    "TCB info has two identities of module %s", id);
		found = &t->identity[i];
	}
	if (found == NULL)
		return fault_raise(f, FAULT_CRYPTO, "intel.module.identity",
		    "TCB info has no identity of TDX module %s", id);
	*out = found;
	return true;
}

bool intel_check_level_module(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	uint8_t version = k->q.td.tee_tcb_svn.p[1];

	if (version == 0) {
		k->result.module = &k->known->tcb.module;
		return true;
	}
	return find_module(&k->known->tcb, version, &k->result.module, f);
}

bool intel_check_level_module_signer(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	const struct intel_module *m = k->result.module;

	if (!span_equal(k->q.td.mrsignerseam,
		span_of(m->mrsigner, sizeof(m->mrsigner))))
		return fault_raise(f, FAULT_CRYPTO, "intel.module.mrsigner",
		    "the TDX module is not signed by the expected signer");
	return true;
}

bool intel_check_level_module_attributes(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	const struct intel_module *m = k->result.module;

	if (!span_is_zero(k->q.td.seam_attributes) ||
	    !equal_under_mask(k->q.td.seam_attributes, m->attributes, m->mask))
		return fault_raise(f, FAULT_CRYPTO, "intel.module.attributes",
		    "SEAMATTRIBUTES are not zero as expected");
	return true;
}

bool intel_check_level_module_svn(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	const uint8_t *t = k->q.td.tee_tcb_svn.p;

	if (t[1] == 0)
		return true;
	k->result.module_level =
	    find_svn_level(&k->result.module->levels, t[0]);
	if (k->result.module_level == NULL)
		return fault_raise(f, FAULT_CRYPTO, "intel.module.isvsvn",
		    "SVN %u of the TDX module is below every level", t[0]);
	return true;
}

/* ---- the platform ------------------------------------------------------------ */

static bool reaches(const uint8_t *have, const uint8_t *want, size_t from)
{
	for (size_t i = from; i < INTEL_COMPONENTS; i++)
		if (have[i] < want[i])
			return false;
	return true;
}

static bool reaches_sgx(
    const struct intel_pck *p, const struct intel_level *level)
{
	return reaches(p->component, level->sgx, 0) &&
	    p->pcesvn >= level->pcesvn;
}

bool intel_check_level_sgx(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	for (size_t i = 0; i < k->known->tcb.n_levels; i++) {
		if (!reaches_sgx(&k->known->facts, &k->known->tcb.level[i]))
			continue;
		k->result.sgx = &k->known->tcb.level[i];
		return true;
	}
	return fault_raise(f, FAULT_CRYPTO, "intel.level.sgx",
	    "the platform's security versions are below every level");
}

/* "s is 2 if T[1] > 0, else 0": the module is judged by its identity. */
bool intel_check_level_tdx(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	const uint8_t *t = k->q.td.tee_tcb_svn.p;
	size_t from = t[1] > 0 ? 2 : 0;

	for (size_t i = 0; i < k->known->tcb.n_levels; i++) {
		const struct intel_level *level = &k->known->tcb.level[i];

		if (!reaches_sgx(&k->known->facts, level) ||
		    !reaches(t, level->tdx, from))
			continue;
		k->result.tdx = level;
		return true;
	}
	return fault_raise(f, FAULT_CRYPTO, "intel.level.tdx",
	    "the TD's security versions are below every level");
}

bool intel_check_level_sgx_revoked(struct tee_case *c, struct fault *f)
{
	const struct intel_result *r = &intel_case_of(c)->result;

	if (r->sgx->status == INTEL_REVOKED && r->tdx->status != INTEL_REVOKED)
		return fault_raise(f, FAULT_CRYPTO, "intel.level.sgx",
		    "the platform's own level is revoked");
	return true;
}

/* ---- merging ------------------------------------------------------------------- */

static enum intel_status with_module(const struct intel_result *r)
{
	enum intel_status s = r->tdx != NULL ? r->tdx->status : r->sgx->status;

	return r->module_level == NULL
	    ? s
	    : intel_status_merge(s, r->module_level->status);
}

bool intel_check_level_revoked(struct tee_case *c, struct fault *f)
{
	const struct intel_result *r = &intel_case_of(c)->result;

	if (intel_status_merge(with_module(r), r->qe_level->status) ==
	    INTEL_REVOKED)
		return fault_raise(f, FAULT_CRYPTO, "intel.level.revoked",
		    "Intel has revoked this platform, module or enclave");
	return true;
}

/* The conditions of 10.9 that do not look at TEE_TCB_SVN2. */
static bool may_relaunch(const struct intel_result *r, enum intel_status merged)
{
	enum intel_status sgx = r->sgx->status;

	return r->qe_level->status == INTEL_UP_TO_DATE &&
	    (sgx == INTEL_UP_TO_DATE || sgx == INTEL_SW_HARDENING ||
		sgx == INTEL_CONFIGURATION ||
		sgx == INTEL_CONFIGURATION_AND_SW_HARDENING) &&
	    (merged == INTEL_OUT_OF_DATE ||
		merged == INTEL_OUT_OF_DATE_CONFIGURATION) &&
	    r->module_level != NULL &&
	    r->module_level->status == INTEL_OUT_OF_DATE;
}

/*
 * "The TDX module can be updated below a running TD": TEE_TCB_SVN2 is what
 * runs now. `top` is the first level in sorted order.
 */
static FALLIBLE check_relaunch(
    struct intel_case *k, enum intel_status *status, struct fault *f)
{
	struct intel_result *r = &k->result;
	const struct intel_level *top = &k->known->tcb.level[0];
	const struct intel_module *now;
	const uint8_t *u;
	uint16_t least = top->tdx[0];

	if (!k->q.td.is_15 || !may_relaunch(r, *status))
		return true;
	u = k->q.td.tee_tcb_svn2.p;
	if (u[1] != 0) {
		TRY(find_module(&k->known->tcb, u[1], &now, f));
		least = now->levels.v[0].isvsvn;
	}
	if (u[0] < least || u[2] < top->tdx[2])
		return true;
	r->relaunch_granted = true;
	*status = intel_status_has_configuration(r->sgx->status) ||
		intel_status_has_configuration(*status)
	    ? INTEL_RELAUNCH_CONFIGURATION
	    : INTEL_RELAUNCH;
	return true;
}

static FALLIBLE add_advisories(
    struct intel_result *r, const struct json_node *list, struct fault *f)
{
	for (const struct json_node *v = json_first(list); v != NULL;
	     v = json_next(v)) {
		const char *id = json_text(v);
		size_t i = 0;

		while (i < r->n_advisories && strcmp(r->advisory[i], id) != 0)
			i++;
		if (i < r->n_advisories)
			continue;
		if (i == COUNT(r->advisory))
			return fault_raise(f, FAULT_LIMIT,
			    "intel.level.advisories",
			    "more than %zu advisories", COUNT(r->advisory));
		r->advisory[r->n_advisories++] = id;
	}
	return true;
}

static void lower_date(struct utc *to, struct utc date)
{
	if (date.ms < to->ms)
		*to = date;
}

/* L05, with 10.10 and 10.11: what the verdict says of the TCB. */
bool intel_check_level_merged(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct intel_result *r = &k->result;
	const struct intel_level *level = r->tdx != NULL ? r->tdx : r->sgx;
	enum intel_status status = with_module(r);

	TRY(check_relaunch(k, &status, f));
	r->status = r->relaunch_granted
	    ? status
	    : intel_status_merge(status, r->qe_level->status);
	r->tcb_date = level->date;
	lower_date(&r->tcb_date, r->qe_level->date);
	TRY(add_advisories(r, level->advisories, f));
	if (r->module_level != NULL) {
		lower_date(&r->tcb_date, r->module_level->date);
		TRY(add_advisories(r, r->module_level->advisories, f));
	}
	TRY(add_advisories(r, r->qe_level->advisories, f));
	intel_case_complete(c);
	return true;
}
