/* SPDX-License-Identifier: Apache-2.0 */
/* T09: the levels of TCB info, well formed and sorted. (Section 10.1.) */
#include "verify/intel_tcb.h"

#include "verify/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT "intel.tcb.levels"

/* What every level says, of whatever it is a level. */
struct common {
	enum intel_status status;
	struct utc date;
	const struct json_node *advisories;
	const struct json_node *tcb;
};

static FALLIBLE read_common(
    const struct json_node *level, struct common *out, struct fault *f)
{
	const char *date, *status;
	const struct json_field fields[] = {
		{ "tcb", JSON_WANT_OBJECT, false, &out->tcb },
		{ "tcbDate", JSON_WANT_TEXT, false, &date },
		{ "tcbStatus", JSON_WANT_TEXT, false, &status },
		{ "advisoryIDs", JSON_WANT_ARRAY, true, &out->advisories },
	};

	TRY(json_read_loose(level, fields, COUNT(fields), AT, f));
	TRY(utc_parse_strict(span_text(date), &out->date, AT, f));
	if (!intel_status_parse(status, &out->status))
		return fault_raise(
		    f, FAULT_FORMAT, AT, "status '%s' is not known", status);
	for (const struct json_node *a = json_first(out->advisories); a != NULL;
	     a = json_next(a))
		if (json_kind_of(a) != JSON_TEXT)
			return fault_raise(
			    f, FAULT_FORMAT, AT, "an advisory id is not text");
	return true;
}

static FALLIBLE read_svn(
    const struct json_node *v, uint64_t max, uint64_t *out, struct fault *f)
{
	if (v == NULL)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "a security version is missing");
	return json_u64(v, max, out, AT, f);
}

/* Version 3: an array of exactly 16 objects with `svn`. */
static FALLIBLE read_components(const struct json_node *tcb, const char *member,
    uint8_t out[INTEL_COMPONENTS], struct fault *f)
{
	const struct json_node *array = json_find(tcb, member);
	const struct json_node *v;
	size_t i = 0;

	if (array == NULL || json_kind_of(array) != JSON_ARRAY)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "%s is missing or no array", member);
	for (v = json_first(array); v != NULL && i < INTEL_COMPONENTS;
	     v = json_next(v), i++) {
		uint64_t svn;

		TRY(read_svn(json_find(v, "svn"), UINT8_MAX, &svn, f));
		out[i] = (uint8_t)svn;
	}
	if (v != NULL || i != INTEL_COMPONENTS)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "%s does not have exactly 16 components", member);
	return true;
}

/* Version 2: sixteen members. */
static FALLIBLE read_components_v2(
    const struct json_node *tcb, uint8_t out[INTEL_COMPONENTS], struct fault *f)
{
	for (unsigned i = 0; i < INTEL_COMPONENTS; i++) {
		char name[32];
		uint64_t svn;

		snprintf(name, sizeof(name), "sgxtcbcomp%02usvn", i + 1);
		TRY(read_svn(json_find(tcb, name), UINT8_MAX, &svn, f));
		out[i] = (uint8_t)svn;
	}
	return true;
}

static FALLIBLE read_level(const struct intel_tcb *t,
    const struct json_node *node, struct intel_level *out, struct fault *f)
{
	struct common c = { 0 };
	uint64_t pcesvn;

	TRY(read_common(node, &c, f));
	if (!intel_status_is_level(c.status))
		return fault_raise(f, FAULT_FORMAT, AT,
		    "status '%s' cannot be that of a level",
		    intel_status_name(c.status));
	*out = (struct intel_level){
		.status = c.status, .date = c.date, .advisories = c.advisories
	};
	TRY(read_svn(json_find(c.tcb, "pcesvn"), UINT16_MAX, &pcesvn, f));
	out->pcesvn = (uint16_t)pcesvn;
	if (t->version == 2)
		return read_components_v2(c.tcb, out->sgx, f);
	TRY(read_components(c.tcb, "sgxtcbcomponents", out->sgx, f));
	if (t->id != NULL && strcmp(t->id, "TDX") == 0)
		TRY(read_components(c.tcb, "tdxtcbcomponents", out->tdx, f));
	return true;
}

/* SGX vector, then PCESVN, then TDX vector; highest first. */
static int order_levels(const void *pa, const void *pb)
{
	const struct intel_level *a = pa, *b = pb;
	int c = memcmp(b->sgx, a->sgx, sizeof(a->sgx));

	if (c != 0)
		return c;
	if (a->pcesvn != b->pcesvn)
		return a->pcesvn > b->pcesvn ? -1 : 1;
	return memcmp(b->tdx, a->tdx, sizeof(a->tdx));
}

static int order_svn_levels(const void *pa, const void *pb)
{
	const struct intel_svn_level *a = pa, *b = pb;

	return (a->isvsvn < b->isvsvn) - (a->isvsvn > b->isvsvn);
}

FALLIBLE intel_tcb_svn_levels(const struct json_node *array,
    struct intel_svn_levels *out, struct fault *f)
{
	out->n = 0;
	for (const struct json_node *v = json_first(array); v != NULL;
	     v = json_next(v)) {
		struct common c = { 0 };
		uint64_t svn;

		if (out->n == COUNT(out->v))
			return fault_raise(f, FAULT_LIMIT, AT,
			    "more than %zu levels", COUNT(out->v));
		TRY(read_common(v, &c, f));
		if (!intel_status_is_plain(c.status))
			return fault_raise(f, FAULT_FORMAT, AT,
			    "status '%s' cannot be that of an enclave's or "
			    "module's level",
			    intel_status_name(c.status));
		TRY(read_svn(json_find(c.tcb, "isvsvn"), UINT16_MAX, &svn, f));
		out->v[out->n++] = (struct intel_svn_level){
			.isvsvn = (uint16_t)svn,
			.status = c.status,
			.date = c.date,
			.advisories = c.advisories,
		};
	}
	if (out->n == 0)
		return fault_raise(f, FAULT_FORMAT, AT, "no level at all");
	qsort(out->v, out->n, sizeof(out->v[0]), order_svn_levels);
	for (size_t i = 1; i < out->n; i++)
		if (out->v[i].isvsvn == out->v[i - 1].isvsvn)
			return fault_raise(f, FAULT_FORMAT, AT,
			    "two levels have the same isvsvn");
	return true;
}

static FALLIBLE read_identity(
    const struct json_node *node, struct intel_module *out, struct fault *f)
{
	const struct json_node *levels;
	const struct json_field fields[] = {
		{ "id", JSON_WANT_TEXT, false, &out->id },
		{ "tcbLevels", JSON_WANT_ARRAY, false, &levels },
	};

	TRY(json_read_loose(node, fields, COUNT(fields), AT, f));
	TRY(intel_tcb_module_read(node, out, AT, f));
	return intel_tcb_svn_levels(levels, &out->levels, f);
}

/* They may be missing; whether one is needed is rule M03. */
static FALLIBLE read_identities(struct intel_tcb *t, struct fault *f)
{
	const struct json_node *array =
	    json_find(t->inner, "tdxModuleIdentities");

	t->n_identities = 0;
	if (array == NULL)
		return true;
	if (json_kind_of(array) != JSON_ARRAY)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "tdxModuleIdentities is not an array");
	for (const struct json_node *v = json_first(array); v != NULL;
	     v = json_next(v)) {
		if (t->n_identities == COUNT(t->identity))
			return fault_raise(f, FAULT_LIMIT, AT,
			    "more than %zu modules", COUNT(t->identity));
		TRY(read_identity(v, &t->identity[t->n_identities], f));
		t->n_identities++;
	}
	return true;
}

FALLIBLE intel_tcb_levels(struct intel_tcb *t, struct fault *f)
{
	t->n_levels = 0;
	for (const struct json_node *v = json_first(t->levels_node); v != NULL;
	     v = json_next(v)) {
		if (t->n_levels == COUNT(t->level))
			return fault_raise(f, FAULT_LIMIT, AT,
			    "more than %zu levels", COUNT(t->level));
		TRY(read_level(t, v, &t->level[t->n_levels], f));
		t->n_levels++;
	}
	if (t->n_levels == 0)
		return fault_raise(f, FAULT_FORMAT, AT, "no level at all");
	qsort(t->level, t->n_levels, sizeof(t->level[0]), order_levels);
	for (size_t i = 1; i < t->n_levels; i++)
		if (order_levels(&t->level[i - 1], &t->level[i]) == 0)
			return fault_raise(f, FAULT_FORMAT, AT,
			    "two levels have the same versions");
	return read_identities(t, f);
}
