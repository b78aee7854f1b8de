/* SPDX-License-Identifier: Apache-2.0 */
/* Claims of an authenticated Intel case, and the policy it would satisfy. */
#include "verify/base/canon.h"
#include "verify/base/text.h"
#include "verify/intel_policy.h"

#include <stdio.h>
#include <string.h>

static void claim_u64(struct verdict *v, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	verdict_claim_json(v, name, text);
}

static void claim_time(struct verdict *v, const char *name, struct utc t)
{
	char text[UTC_TEXT_SIZE];

	verdict_claim_text(v, name, utc_format(t, text));
}

static void claim_status(
    struct verdict *v, const char *name, enum intel_status status)
{
	verdict_claim_text(v, name, intel_status_name(status));
}

/* Room for a list of advisories or findings; a longer one is left out. */
#define LIST_BYTES 16384

static void claim_list(struct verdict *v, const char *name, struct wr *w)
{
	size_t n;

	if (wr_done_into(w, &n) && n < LIST_BYTES) {
		w->p[n] = '\0';
		verdict_claim_json(v, name, (const char *)w->p);
	}
}

static void claim_advisories(struct verdict *v, const struct intel_result *r)
{
	char buf[LIST_BYTES + 1];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(buf, LIST_BYTES, "intel.claim", &f);
	struct canon c = canon_to(&w);

	canon_array(&c, NULL);
	for (size_t i = 0; i < r->n_advisories; i++)
		canon_text(&c, NULL, r->advisory[i]);
	canon_end(&c);
	claim_list(v, "advisoryIds", &w);
}

static void claim_findings(struct verdict *v, const struct intel_case *k)
{
	uint32_t found = k->is_tdx ? intel_attributes_td(&k->q.td)
				   : intel_attributes_sgx(&k->q.sgx);
	char buf[LIST_BYTES + 1];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(buf, LIST_BYTES, "intel.claim", &f);
	struct canon c = canon_to(&w);

	canon_array(&c, NULL);
	for (size_t i = 0; i < INTEL_FINDING_COUNT; i++)
		if ((found & (UINT32_C(1) << i)) != 0)
			canon_text(&c, NULL, intel_finding_infos[i].name);
	canon_end(&c);
	claim_list(v, "findings", &w);
}

static void claim_platform(const struct intel_case *k, struct verdict *v)
{
	const struct intel_pck *p = &k->known->facts;

	verdict_claim_hex(v, "fmspc", span_of(p->fmspc, sizeof(p->fmspc)));
	verdict_claim_hex(v, "pceId", span_of(p->pceid, sizeof(p->pceid)));
	/* These two identify the machine. */
	verdict_claim_hex(v, "ppid", span_of(p->ppid, sizeof(p->ppid)));
	if (p->has_platform_id)
		verdict_claim_hex(v, "platformInstanceId",
		    span_of(p->platform_id, sizeof(p->platform_id)));
	verdict_claim_text(v, "sgxType", intel_pck_type_name(p->sgx_type));
	verdict_claim_hex(
	    v, "cpuSvn", span_of(p->component, sizeof(p->component)));
	claim_u64(v, "pceSvn", p->pcesvn);
	verdict_claim_text(v, "root",
	    k->known->root.is_pinned          ? "Intel SGX Root CA"
		: k->known->root.is_simulator ? "simulator"
					      : "given by the caller");
}

static void claim_quote(const struct intel_case *k, struct verdict *v)
{
	const struct intel_quote *q = &k->q;

	claim_u64(v, "quoteVersion", q->version);
	claim_u64(v, "quoteBytes", q->canonical.n);
	if (k->is_tdx) {
		verdict_claim_hex(v, "tdAttributes", q->td.attributes);
		verdict_claim_hex(v, "xfam", q->td.xfam);
		verdict_claim_hex(v, "teeTcbSvn", q->td.tee_tcb_svn);
		if (q->td.is_15)
			verdict_claim_hex(v, "teeTcbSvn2", q->td.tee_tcb_svn2);
		return;
	}
	verdict_claim_hex(v, "attributes", q->sgx.attributes);
	verdict_claim_hex(v, "miscSelect", q->sgx.misc_select);
	verdict_claim_hex(v, "configId", q->sgx.config_id);
	claim_u64(v, "isvProdId", q->sgx.isv_prod_id);
	claim_u64(v, "isvSvn", q->sgx.isv_svn);
}

/* True when the row passes or does not apply. */
static bool holds(intel_check *row, struct tee_case *c, struct fault *f)
{
	return row(c, f) || f->kind == FAULT_NONE;
}

/* What the policy, or its default, says of status and attributes. */
static bool is_patched(const struct tee_case *c, struct fault *f)
{
	struct tee_case mine = *c; /* rows take it, and change nothing */

	if (!holds(intel_policy_status, &mine, f) ||
	    !holds(intel_policy_advisories, &mine, f) ||
	    !holds(intel_policy_evaluation, &mine, f) ||
	    !holds(intel_policy_date, &mine, f))
		return false;
	for (int i = 0; i < INTEL_FINDING_COUNT; i++)
		if (intel_finding_infos[i].is_refused &&
		    !intel_policy_finding(&mine, (enum intel_finding)i, f))
			return false;
	return true;
}

/* "The hardware is genuine and patched": without it, simulator, debug mode,
 * broken firmware. */
static void claim_hardware(const struct tee_case *c, struct verdict *v)
{
	const struct intel_case *k = intel_case_of(c);
	struct fault f = FAULT_INIT;

	if (c->simulated)
		verdict_link(v, LINK_HARDWARE, LINK_NOT_CHECKED,
		    "the quote is a simulator's: no hardware stands behind it");
	else if (!is_patched(c, &f))
		verdict_link(
		    v, LINK_HARDWARE, LINK_REFUTED, "genuine, but %s", f.text);
	else
		verdict_link(v, LINK_HARDWARE, LINK_PROVED,
		    "signed by a platform that %s certified, status %s",
		    k->known->root.is_pinned ? "Intel" : "the root given",
		    intel_status_name(k->result.status));
}

/* What Intel's signed documents say of the platform. */
static void claim_endorsed(const struct intel_case *k, struct verdict *v)
{
	const struct intel_result *r = &k->result;

	claim_status(v, "tcbStatus", r->status);
	claim_advisories(v, r);
	claim_time(v, "tcbDate", r->tcb_date);
	claim_u64(v, "tcbEvaluationDataNumber", r->evaluation);
	claim_status(v, "sgxTcbStatus", r->sgx->status);
	if (r->tdx != NULL)
		claim_status(v, "tdxTcbStatus", r->tdx->status);
	/* "If T[1] is 0: no identity; module status is UpToDate." (10.2) */
	if (k->is_tdx)
		claim_status(v, "moduleTcbStatus",
		    r->module_level == NULL ? INTEL_UP_TO_DATE
					    : r->module_level->status);
	claim_status(v, "qeTcbStatus", r->qe_level->status);
}

void intel_policy_claim(const struct tee_case *c,
    const struct intel_measurements *m, struct verdict *v)
{
	const struct intel_case *k = intel_case_of(c);

	if (!c->unendorsed)
		claim_endorsed(k, v);
	claim_findings(v, k);
	claim_time(v, "validFrom", k->window.from);
	claim_time(v, "validTo", k->window.to);
	claim_platform(k, v);
	claim_quote(k, v);
	for (size_t i = 0; i < m->n; i++) {
		struct span value = m->v[i].of(k);

		if (value.n > 0)
			verdict_claim_hex(v, m->v[i].claim, value);
	}
	claim_hardware(c, v);
}

/* ---- the policy it would satisfy -------------------------------------------- */

static void write_findings(struct canon *j, const struct intel_case *k)
{
	uint32_t found = k->is_tdx ? intel_attributes_td(&k->q.td)
				   : intel_attributes_sgx(&k->q.sgx);
	bool any = false;

	for (size_t i = 0; i < INTEL_FINDING_COUNT; i++) {
		if ((found & (UINT32_C(1) << i)) == 0 ||
		    !intel_finding_infos[i].is_refused)
			continue;
		if (!any)
			canon_array(j, "allowAttributes");
		any = true;
		canon_text(j, NULL, intel_finding_infos[i].name);
	}
	if (any)
		canon_end(j);
}

static void write_u64_list(struct canon *j, const char *name, uint64_t n)
{
	canon_array(j, name);
	canon_u64(j, NULL, n);
	canon_end(j);
}

static bool is_pinned_elsewhere(const struct tee_case *c, const char *member)
{
	for (size_t i = 0; c->pinned != NULL && c->pinned[i] != NULL; i++)
		if (strcmp(c->pinned[i], member) == 0)
			return true;
	return false;
}

/* Members in canonical order; the measurements' table is sorted. */
FALLIBLE intel_policy_write(const struct tee_case *c,
    const struct intel_measurements *m, struct wr *w, struct fault *f)
{
	const struct intel_case *k = intel_case_of(c);
	const struct intel_result *r = &k->result;
	struct canon j = canon_to(w);

	(void)f;
	canon_object(&j, NULL);
	if (!c->unendorsed) {
		canon_array(&j, "advisoryIds");
		for (size_t i = 0; i < r->n_advisories; i++)
			canon_text(&j, NULL, r->advisory[i]);
		canon_end(&j);
	}
	write_findings(&j, k);
	if (!k->is_tdx) {
		write_u64_list(&j, "isvprodid", k->q.sgx.isv_prod_id);
		canon_u64(&j, "minIsvSvn", k->q.sgx.isv_svn);
	}
	if (!c->unendorsed)
		canon_u64(&j, "minTcbEvaluationDataNumber", r->evaluation);
	for (size_t i = 0; i < m->n; i++) {
		struct span value = m->v[i].of(k);

		if (value.n == 0 || is_pinned_elsewhere(c, m->v[i].member))
			continue;
		canon_array(&j, m->v[i].member);
		canon_hex(&j, NULL, value);
		canon_end(&j);
	}
	if (!c->unendorsed) {
		canon_array(&j, "tcbStatus");
		canon_text(&j, NULL, intel_status_name(r->status));
		canon_end(&j);
	}
	canon_end(&j);
	return wr_ok(w);
}
