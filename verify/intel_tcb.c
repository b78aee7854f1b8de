/* SPDX-License-Identifier: Apache-2.0 */
/* TCB info without its levels; those are in intel_tcb_levels.c. */
#include "verify/intel_tcb.h"

#include "verify/base/text.h"
#include "verify/intel_json.h"

#include <string.h>

FALLIBLE intel_tcb_module_read(const struct json_node *node,
    struct intel_module *out, const char *at, struct fault *f)
{
	const char *mrsigner, *attributes, *mask;
	const struct json_field fields[] = {
		{ "mrsigner", JSON_WANT_TEXT, false, &mrsigner },
		{ "attributes", JSON_WANT_TEXT, false, &attributes },
		{ "attributesMask", JSON_WANT_TEXT, false, &mask },
	};

	TRY(json_read_loose(node, fields, COUNT(fields), at, f));
	TRY(hex_decode(
	    span_text(mrsigner), out->mrsigner, sizeof(out->mrsigner), at, f));
	TRY(hex_decode(span_text(attributes), out->attributes,
	    sizeof(out->attributes), at, f));
	return hex_decode(span_text(mask), out->mask, sizeof(out->mask), at, f);
}

/*
 * `fmspc`, `pceId` and `tdxModuleIdentities` have rules of their own that
 * also judge their absence (T07, T08, M03).
 */
FALLIBLE intel_tcb_members(
    const struct json_node *inner, struct intel_tcb *out, struct fault *f)
{
	struct intel_tcb t = { .inner = inner };
	const struct json_node *evaluation, *module = NULL;
	const struct json_field fields[] = {
		{ "id", JSON_WANT_TEXT, true, &t.id },
		{ "version", JSON_WANT_U64, false, &t.version },
		{ "issueDate", JSON_WANT_TEXT, false, &t.issue_date },
		{ "nextUpdate", JSON_WANT_TEXT, false, &t.next_update },
		{ "tcbType", JSON_WANT_U64, false, &t.type },
		{ "tcbEvaluationDataNumber", JSON_WANT_ANY, false,
		    &evaluation },
		{ "tdxModule", JSON_WANT_OBJECT, true, &module },
		{ "tcbLevels", JSON_WANT_ARRAY, false, &t.levels_node },
	};

	TRY(json_read_loose(
	    inner, fields, COUNT(fields), "intel.tcb.members", f));
	if (t.id != NULL && strcmp(t.id, "TDX") == 0) {
		if (module == NULL)
			return fault_raise(f, FAULT_FORMAT, "intel.tcb.members",
			    "member tdxModule is missing");
		TRY(intel_tcb_module_read(
		    module, &t.module, "intel.tcb.members", f));
	}
	*out = t;
	return true;
}

FALLIBLE intel_tcb_version(
    const struct intel_tcb *t, bool is_tdx, struct fault *f)
{
	const char *want = is_tdx ? "TDX" : "SGX";

	if (t->version == 2 && t->id == NULL && !is_tdx)
		return true;
	if (t->version != 3)
		return fault_raise(f, FAULT_FORMAT, "intel.tcb.version",
		    "TCB info version %llu; 3 is known, and 2 for SGX",
		    (unsigned long long)t->version);
	if (t->id == NULL || strcmp(t->id, want) != 0)
		return fault_raise(f, FAULT_FORMAT, "intel.tcb.version",
		    "TCB info is for %s, the quote is from %s",
		    t->id == NULL ? "nothing named" : t->id, want);
	return true;
}

FALLIBLE intel_tcb_type(const struct intel_tcb *t, struct fault *f)
{
	if (t->type != 0)
		return fault_raise(f, FAULT_FORMAT, "intel.tcb.type",
		    "tcbType is %llu; only 0 has a known meaning",
		    (unsigned long long)t->type);
	return true;
}

FALLIBLE intel_tcb_dates(struct intel_tcb *t, struct fault *f)
{
	return intel_json_dates(
	    t->issue_date, t->next_update, &t->from, &t->to, f);
}

FALLIBLE intel_tcb_evaluation(struct intel_tcb *t, struct fault *f)
{
	return json_u64(json_find(t->inner, "tcbEvaluationDataNumber"),
	    UINT32_MAX, &t->evaluation, "intel.tcb.evaluation", f);
}

static FALLIBLE same_hex(const struct json_node *inner, const char *member,
    struct span want, const char *at, struct fault *f)
{
	const struct json_node *v = json_find(inner, member);
	uint8_t got[8];

	if (v == NULL || json_kind_of(v) != JSON_TEXT)
		return fault_raise(f, FAULT_FORMAT, at,
		    "TCB info does not say its %s", member);
	TRY(hex_decode(span_text(json_text(v)), got, want.n, at, f));
	if (!span_equal(span_of(got, want.n), want))
		return fault_raise(f, FAULT_CRYPTO, at,
		    "%s of TCB info and PCK certificate differ", member);
	return true;
}

FALLIBLE intel_tcb_fmspc(
    const struct intel_tcb *t, struct span fmspc, struct fault *f)
{
	return same_hex(t->inner, "fmspc", fmspc, "intel.tcb.fmspc", f);
}

FALLIBLE intel_tcb_pceid(
    const struct intel_tcb *t, struct span pceid, struct fault *f)
{
	return same_hex(t->inner, "pceId", pceid, "intel.tcb.pceid", f);
}
