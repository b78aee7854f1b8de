/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy may say of an Intel platform, and the rows that hold the
 * authenticated case against it. */
#include "verify/intel_policy.h"

#include "verify/base/text.h"

#include <string.h>

#define AT "policy.intel"

const struct json_node *intel_policy_of(const struct tee_case *c)
{
	return policy_platform(
	    c->opt->policy, intel_case_of(c)->is_tdx ? "tdx" : "sgx");
}

/* ---- form ----------------------------------------------------------------- */

static FALLIBLE form_texts(const struct json_node *v, struct fault *f)
{
	if (json_kind_of(v) != JSON_ARRAY)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "%.40s is not an array", json_name(v));
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e))
		if (json_kind_of(e) != JSON_TEXT)
			return fault_raise(f, FAULT_FORMAT, AT,
			    "%.40s holds more than strings", json_name(v));
	return true;
}

static FALLIBLE form_status(const struct json_node *v, struct fault *f)
{
	enum intel_status s;

	TRY(form_texts(v, f));
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e))
		if (!intel_status_parse(json_text(e), &s))
			return fault_raise(f, FAULT_FORMAT, AT,
			    "tcbStatus: there is no status '%.48s'",
			    json_text(e));
	return true;
}

/* Names of findings that are, or are not, refused by default. */
static FALLIBLE form_findings(
    const struct json_node *v, bool refused, bool is_tdx, struct fault *f)
{
	TRY(form_texts(v, f));
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e)) {
		const struct intel_finding_info *i = intel_finding_infos;
		const struct intel_finding_info *end = i + INTEL_FINDING_COUNT;

		for (; i < end; i++)
			if (strcmp(i->name, json_text(e)) == 0 &&
			    i->is_refused == refused &&
			    (is_tdx ? i->tdx_ref : i->sgx_ref) != NULL)
				break;
		if (i == end)
			return fault_raise(f, FAULT_FORMAT, AT,
			    "%.40s: '%.48s' is not one of its words",
			    json_name(v), json_text(e));
	}
	return true;
}

static FALLIBLE form_hashes(
    const struct json_node *v, size_t bytes, struct fault *f)
{
	TRY(form_texts(v, f));
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e)) {
		struct span text = span_text(json_text(e));

		if (text.n != 2 * bytes || !hex_is_lower(text))
			return fault_raise(f, FAULT_FORMAT, AT,
			    "%.40s: %zu hexadecimal digits in lower case are "
			    "wanted",
			    json_name(v), 2 * bytes);
	}
	return true;
}

static FALLIBLE form_numbers(
    const struct json_node *v, uint64_t max, struct fault *f)
{
	uint64_t n;

	if (json_kind_of(v) != JSON_ARRAY)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "%.40s is not an array", json_name(v));
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e))
		TRY(json_u64(e, max, &n, AT, f));
	return true;
}

static FALLIBLE form_date(const struct json_node *v, struct fault *f)
{
	struct utc t;

	if (json_kind_of(v) != JSON_TEXT)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "minTcbDate is not a text");
	return utc_parse_strict(span_text(json_text(v)), &t, AT, f);
}

static FALLIBLE form_member(const struct json_node *v,
    const struct intel_measurements *m, bool is_tdx, struct fault *f)
{
	const char *name = json_name(v);
	uint64_t n;

	if (strcmp(name, "tcbStatus") == 0)
		return form_status(v, f);
	if (strcmp(name, "advisoryIds") == 0)
		return form_texts(v, f);
	if (strcmp(name, "minTcbEvaluationDataNumber") == 0)
		return json_u64(v, UINT32_MAX, &n, AT, f);
	if (strcmp(name, "minTcbDate") == 0)
		return form_date(v, f);
	if (strcmp(name, "allowAttributes") == 0)
		return form_findings(v, true, is_tdx, f);
	if (strcmp(name, "refuseAttributes") == 0)
		return form_findings(v, false, is_tdx, f);
	if (!is_tdx && strcmp(name, "isvprodid") == 0)
		return form_numbers(v, UINT16_MAX, f);
	if (!is_tdx && strcmp(name, "minIsvSvn") == 0)
		return json_u64(v, UINT16_MAX, &n, AT, f);
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(name, m->v[i].member) == 0)
			return form_hashes(v, m->v[i].bytes, f);
	return fault_raise(f, FAULT_FORMAT, AT,
	    "the member %.64s is unknown; nothing is assumed of it", name);
}

FALLIBLE intel_policy_form(const struct json_node *object,
    const struct intel_measurements *m, bool is_tdx, struct fault *f)
{
	for (const struct json_node *v = json_first(object); v != NULL;
	     v = json_next(v))
		TRY(form_member(v, m, is_tdx, f));
	return true;
}

/* ---- status ---------------------------------------------------------------- */

/* L06: "default: UpToDate only". */
bool intel_policy_status(struct tee_case *c, struct fault *f)
{
	enum intel_status s = intel_case_of(c)->result.status;
	const struct json_node *list =
	    json_find(intel_policy_of(c), "tcbStatus");
	bool ok = list == NULL
	    ? s == INTEL_UP_TO_DATE
	    : policy_list_has(list, span_text(intel_status_name(s)));

	/* An empty list accepts nothing, not even what is not known. */
	if (c->unendorsed && (list == NULL || json_count(list) > 0))
		return tee_skip(f, "not checked: collateral (none was given)");
	if (c->unendorsed)
		return fault_raise(f, FAULT_POLICY, "policy.tcbStatus",
		    "the policy accepts no TCB status at all");
	if (!ok)
		return fault_raise(f, FAULT_POLICY, "policy.tcbStatus",
		    "the TCB status is %s, which %s", intel_status_name(s),
		    list == NULL ? "is not UpToDate"
				 : "the policy does not accept");
	return true;
}

/* Whether the policy accepts any status beside UpToDate. */
static bool is_tolerant(const struct tee_case *c)
{
	const struct json_node *list =
	    json_find(intel_policy_of(c), "tcbStatus");

	for (const struct json_node *e = json_first(list); e != NULL;
	     e = json_next(e))
		if (strcmp(json_text(e), "UpToDate") != 0)
			return true;
	return false;
}

/*
 * L07: "every advisory is in the tolerated set, if the allowed set has more
 * than UpToDate". A list that is given holds in any case.
 */
bool intel_policy_advisories(struct tee_case *c, struct fault *f)
{
	const struct intel_result *r = &intel_case_of(c)->result;
	const struct json_node *list =
	    json_find(intel_policy_of(c), "advisoryIds");

	if (list == NULL && !is_tolerant(c))
		return tee_skip(
		    f, "only UpToDate is accepted, so no advisory is weighed");
	for (size_t i = 0; i < r->n_advisories; i++)
		if (!policy_list_has(list, span_text(r->advisory[i])))
			return fault_raise(f, FAULT_POLICY,
			    "policy.advisoryIds",
			    "advisory %s is not tolerated", r->advisory[i]);
	return true;
}

/* L08 */
bool intel_policy_evaluation(struct tee_case *c, struct fault *f)
{
	const struct json_node *v =
	    json_find(intel_policy_of(c), "minTcbEvaluationDataNumber");
	uint64_t have = intel_case_of(c)->result.evaluation, want;

	if (v == NULL)
		return tee_skip(
		    f, "the policy sets no least TCB evaluation number");
	TRY(json_u64(v, UINT32_MAX, &want, AT, f));
	if (have < want)
		return fault_raise(f, FAULT_POLICY,
		    "policy.minTcbEvaluationDataNumber",
		    "TCB evaluation number is %llu, at least %llu is wanted",
		    (unsigned long long)have, (unsigned long long)want);
	return true;
}

/* L08 */
bool intel_policy_date(struct tee_case *c, struct fault *f)
{
	const struct json_node *v = json_find(intel_policy_of(c), "minTcbDate");
	struct utc have = intel_case_of(c)->result.tcb_date, want;
	char text[UTC_TEXT_SIZE];

	if (v == NULL)
		return tee_skip(f, "the policy sets no least TCB date");
	TRY(utc_parse_strict(span_text(json_text(v)), &want, AT, f));
	if (have.ms < want.ms)
		return fault_raise(f, FAULT_POLICY, "policy.minTcbDate",
		    "TCB date is %s, which is too old", utc_format(have, text));
	return true;
}

/* ---- attributes ------------------------------------------------------------- */

static uint32_t findings_of(const struct intel_case *k)
{
	return k->is_tdx ? intel_attributes_td(&k->q.td)
			 : intel_attributes_sgx(&k->q.sgx);
}

FALLIBLE intel_policy_finding(
    struct tee_case *c, enum intel_finding finding, struct fault *f)
{
	const struct intel_finding_info *info = &intel_finding_infos[finding];
	uint32_t found = findings_of(intel_case_of(c));

	if ((found & (UINT32_C(1) << finding)) == 0 ||
	    policy_list_has(json_find(intel_policy_of(c), "allowAttributes"),
		span_text(info->name)))
		return true;
	return fault_raise(
	    f, FAULT_POLICY, "policy.allowAttributes", "%s", info->meaning);
}

bool intel_policy_features(struct tee_case *c, struct fault *f)
{
	const struct json_node *refused =
	    json_find(intel_policy_of(c), "refuseAttributes");
	uint32_t found = findings_of(intel_case_of(c));

	if (refused == NULL)
		return tee_skip(f, "the policy refuses no feature by name");
	for (size_t i = 0; i < INTEL_FINDING_COUNT; i++)
		if ((found & (UINT32_C(1) << i)) != 0 &&
		    policy_list_has(
			refused, span_text(intel_finding_infos[i].name)))
			return fault_raise(f, FAULT_POLICY,
			    "policy.refuseAttributes", "%s",
			    intel_finding_infos[i].meaning);
	return true;
}

/* ---- measurements ------------------------------------------------------------ */

bool intel_policy_lists(const struct tee_case *c, const char *member)
{
	return json_find(intel_policy_of(c), member) != NULL;
}

bool intel_policy_matches(
    const struct tee_case *c, const struct intel_measurement *m)
{
	struct span value = m->of(intel_case_of(c));
	char text[HEX_SIZE(64)];

	if (value.n != m->bytes || value.n > 64)
		return false;
	hex_encode(value, text);
	return policy_list_has(
	    json_find(intel_policy_of(c), m->member), span_text(text));
}

FALLIBLE intel_policy_measurement(
    struct tee_case *c, const struct intel_measurement *m, struct fault *f)
{
	if (!intel_policy_lists(c, m->member))
		return tee_skip(f, "the policy does not mention it");
	if (m->of(intel_case_of(c)).n == 0)
		return fault_raise(f, FAULT_POLICY, "policy.measurement",
		    "the policy lists %s, but this quote has none", m->member);
	if (!intel_policy_matches(c, m))
		return fault_raise(f, FAULT_POLICY, "policy.measurement",
		    "%s is not one that the policy lists", m->member);
	return true;
}
