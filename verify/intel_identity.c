/* SPDX-License-Identifier: Apache-2.0 */
/* QE identity: what the quoting enclave must look like. */
#include "verify/base/text.h"
#include "verify/intel_json.h"
#include "verify/intel_tcb.h"

#include <string.h>

#define AT "intel.identity.members"

static FALLIBLE read_hex(const struct json_node *inner, const char *member,
    void *out, size_t n, struct fault *f)
{
	const struct json_node *v = json_find(inner, member);

	if (v == NULL || json_kind_of(v) != JSON_TEXT)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "member %s is missing or no text", member);
	return hex_decode(span_text(json_text(v)), out, n, AT, f);
}

FALLIBLE intel_identity_members(
    const struct json_node *inner, struct intel_identity *out, struct fault *f)
{
	struct intel_identity id = { .inner = inner };
	const struct json_node *evaluation;
	const struct json_field fields[] = {
		{ "id", JSON_WANT_TEXT, false, &id.id },
		{ "version", JSON_WANT_U64, false, &id.version },
		{ "issueDate", JSON_WANT_TEXT, false, &id.issue_date },
		{ "nextUpdate", JSON_WANT_TEXT, false, &id.next_update },
		{ "tcbEvaluationDataNumber", JSON_WANT_ANY, false,
		    &evaluation },
		{ "isvprodid", JSON_WANT_U64, false, &id.isv_prod_id },
		{ "tcbLevels", JSON_WANT_ARRAY, false, &id.levels_node },
	};

	TRY(json_read_loose(inner, fields, COUNT(fields), AT, f));
	TRY(read_hex(
	    inner, "miscselect", id.misc_select, sizeof(id.misc_select), f));
	TRY(read_hex(
	    inner, "miscselectMask", id.misc_mask, sizeof(id.misc_mask), f));
	TRY(read_hex(
	    inner, "attributes", id.attributes, sizeof(id.attributes), f));
	TRY(read_hex(inner, "attributesMask", id.attributes_mask,
	    sizeof(id.attributes_mask), f));
	TRY(read_hex(inner, "mrsigner", id.mrsigner, sizeof(id.mrsigner), f));
	*out = id;
	return true;
}

FALLIBLE intel_identity_version(
    const struct intel_identity *id, bool is_tdx, struct fault *f)
{
	const char *want = is_tdx ? "TD_QE" : "QE";

	if (id->version != 2)
		return fault_raise(f, FAULT_FORMAT, "intel.identity.version",
		    "QE identity version %llu; only 2 is known",
		    (unsigned long long)id->version);
	if (strcmp(id->id, want) != 0)
		return fault_raise(f, FAULT_FORMAT, "intel.identity.version",
		    "identity is of '%s', this quote needs '%s'", id->id, want);
	return true;
}

FALLIBLE intel_identity_dates(struct intel_identity *id, struct fault *f)
{
	return intel_json_dates(
	    id->issue_date, id->next_update, &id->from, &id->to, f);
}

FALLIBLE intel_identity_evaluation(struct intel_identity *id, struct fault *f)
{
	return json_u64(json_find(id->inner, "tcbEvaluationDataNumber"),
	    UINT32_MAX, &id->evaluation, "intel.identity.evaluation", f);
}

FALLIBLE intel_identity_levels(struct intel_identity *id, struct fault *f)
{
	return intel_tcb_svn_levels(id->levels_node, &id->levels, f);
}
