/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict as JSON: FORMAT.evidence.md section 6. */
#include "verify/base/canon.h"
#include "verify/verdict.h"

#include <string.h>

static const char *result_name(enum check_result result)
{
	switch (result) {
	case CHECK_NOT_RUN:
		return "not-run";
	case CHECK_PASS:
		return "pass";
	case CHECK_FAIL:
		return "fail";
	}
	return "not-run";
}

static const char *state_name(enum link_state state)
{
	switch (state) {
	case LINK_NOT_CHECKED:
		return "not-checked";
	case LINK_PROVED:
		return "proved";
	case LINK_REFUTED:
		return "refuted";
	}
	return "not-checked";
}

static void write_check(struct canon *c, const struct check_outcome *o)
{
	bool failed = o->result == CHECK_FAIL;

	canon_object(c, NULL);
	if (failed)
		canon_text(c, "fault", o->fault.at);
	canon_text(c, "id", o->info->id);
	if (failed)
		canon_text(c, "kind", fault_kind_name(o->fault.kind));
	if (o->result != CHECK_PASS)
		canon_text(c, "reason", o->fault.text);
	canon_text(c, "ref", o->info->ref);
	canon_text(c, "result", result_name(o->result));
	canon_text(c, "stage",
	    o->info->stage == STAGE_AUTHENTIC ? "authentic" : "policy");
	canon_end(c);
}

/* ---- claims: "measurements.mrtd" is mrtd inside of measurements ---------- */

/* By groups, then by names: the point sorts before every other character. */
static int compare_names(const char *a, const char *b)
{
	while (*a == *b && *a != '\0') {
		a++;
		b++;
	}
	if (*a == *b)
		return 0;
	if (*a == '\0' || *b == '\0')
		return *a == '\0' ? -1 : 1;
	if (*a == '.' || *b == '.')
		return *a == '.' ? -1 : 1;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

static void sort_claims(const struct verdict *v, const struct claim **sorted)
{
	for (size_t i = 0; i < v->n_claims; i++) {
		const struct claim *claim = &v->claims[i];
		size_t k = i;

		for (; k > 0 &&
		     compare_names(sorted[k - 1]->name, claim->name) > 0;
		     k--)
			sorted[k] = sorted[k - 1];
		sorted[k] = claim;
	}
}

static void write_claim(
    struct canon *c, const char *name, const struct claim *claim)
{
	if (claim->is_json)
		canon_raw(c, name, span_text(claim->value));
	else
		canon_text(c, name, claim->value);
}

static void write_claims(struct canon *c, const struct verdict *v)
{
	const struct claim *sorted[VERDICT_MAX_CLAIMS];
	char group[CANON_MAX_NAME + 1] = "";

	sort_claims(v, sorted);
	canon_object(c, "claims");
	for (size_t i = 0; i < v->n_claims; i++) {
		const char *name = sorted[i]->name;
		size_t n = strcspn(name, ".");
		bool nested = name[n] == '.' && n < sizeof(group);

		if (group[0] != '\0' &&
		    (!nested || strncmp(group, name, n) != 0 ||
			group[n] != '\0')) {
			canon_end(c);
			group[0] = '\0';
		}
		if (nested && group[0] == '\0') {
			memcpy(group, name, n);
			group[n] = '\0';
			canon_object(c, group);
		}
		write_claim(c, nested ? name + n + 1 : name, sorted[i]);
	}
	if (group[0] != '\0')
		canon_end(c);
	canon_end(c);
}

/* ---- links, by name ----------------------------------------------------- */

static const enum link_id by_name[LINK_COUNT] = {
	LINK_CODE,
	LINK_CONFIG,
	LINK_FRESH,
	LINK_HARDWARE,
	LINK_LOG,
	LINK_SERVER,
	LINK_SIGNER,
	LINK_STATEMENT,
};

static void write_links(struct canon *c, const struct verdict *v)
{
	canon_object(c, "linkReasons");
	for (size_t i = 0; i < LINK_COUNT; i++)
		canon_text(c, link_name(by_name[i]), v->links[by_name[i]].why);
	canon_end(c);
	canon_object(c, "links");
	for (size_t i = 0; i < LINK_COUNT; i++)
		canon_text(c, link_name(by_name[i]),
		    state_name(v->links[by_name[i]].state));
	canon_end(c);
}

FALLIBLE verdict_encode(const struct verdict *v, struct wr *w, struct fault *f)
{
	bool authentic = verdict_is_authentic(v);
	struct canon c = canon_to(w);
	char at[UTC_TEXT_SIZE];

	canon_object(&c, NULL);
	canon_bool(&c, "accepted", v->kind == VERDICT_ACCEPTED);
	canon_text(&c, "at", utc_format(v->at, at));
	canon_bool(&c, "authentic", authentic);
	canon_array(&c, "checks");
	for (size_t i = 0; i < v->n_checks; i++)
		write_check(&c, &v->checks[i]);
	canon_end(&c);
	write_claims(&c, v);
	write_links(&c, v);
	canon_text(&c, "platform", v->platform);
	canon_bool(&c, "simulated", v->simulated);
	canon_text(&c, "summary", v->summary);
	canon_bool(&c, "trustRootReplaced", v->trust_root_replaced);
	canon_text(&c, "type", VERDICT_TYPE);
	canon_text(&c, "verdict", verdict_kind_name(v->kind));
	canon_end(&c);
	if (!wr_ok(w))
		return fault_raise(
		    f, w->f->kind, "verdict.encode", "%s", w->f->text);
	return true;
}
