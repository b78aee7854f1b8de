/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/policy.h"

#include "verify/base/text.h"
#include "verify/evidence_kind.h"
#include "verify/statement.h"
#include "verify/tls_logs.h"

#include <string.h>

void policy_drop(struct policy *p)
{
	json_drop(&p->doc);
}

/* ---- forms of elements -------------------------------------------------- */

static FALLIBLE check_digits(const char *text, const char *prefix,
    size_t n_digits, const char *at, struct fault *f)
{
	size_t skip = strlen(prefix);
	bool ok = strncmp(text, prefix, skip) == 0 &&
	    strlen(text) == skip + n_digits &&
	    hex_is_lower(span_text(text + skip));

	if (!ok)
		return fault_raise(f, FAULT_FORMAT, at,
		    "%s%zu hexadecimal digits in lower case are wanted",
		    skip > 0 ? "0x and " : "", n_digits);
	return true;
}

static FALLIBLE check_hash(const char *text, const char *at, struct fault *f)
{
	return check_digits(text, "", 64, at, f);
}

static FALLIBLE check_address(const char *text, const char *at, struct fault *f)
{
	return check_digits(text, "0x", 40, at, f);
}

static FALLIBLE check_feed(const char *text, const char *at, struct fault *f)
{
	uint8_t id[32];
	struct fault why = FAULT_INIT;

	if (!statement_feed_bytes32(span_text(text), id, &why))
		return fault_raise(f, FAULT_FORMAT, at, "%s", why.text);
	return true;
}

static FALLIBLE check_kind(const char *text, const char *at, struct fault *f)
{
	if (statement_kind_find(span_text(text)) == NULL)
		return fault_raise(
		    f, FAULT_FORMAT, at, "is of no kind known here");
	return true;
}

static FALLIBLE check_host(const char *text, const char *at, struct fault *f)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p < 0x21 || *p > 0x7e || (*p >= 'A' && *p <= 'Z'))
			return fault_raise(f, FAULT_FORMAT, at,
			    "a host is written in lower case, without spaces");
	if (*text == '\0')
		return fault_raise(f, FAULT_FORMAT, at, "is empty");
	return true;
}

/* An array of texts of one form. */
static FALLIBLE check_list(const struct json_node *v,
    FALLIBLE (*check)(const char *, const char *, struct fault *),
    const char *at, struct fault *f)
{
	if (json_kind_of(v) != JSON_ARRAY)
		return fault_raise(f, FAULT_FORMAT, at, "is not an array");
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e)) {
		if (json_kind_of(e) != JSON_TEXT)
			return fault_raise(
			    f, FAULT_FORMAT, at, "holds more than strings");
		TRY(check(json_text(e), at, f));
	}
	return true;
}

static FALLIBLE check_positive(
    const struct json_node *v, const char *at, struct fault *f)
{
	uint64_t n;

	TRY(json_u64(v, (UINT64_C(1) << 53) - 1, &n, at, f));
	if (n == 0)
		return fault_raise(f, FAULT_FORMAT, at, "begins at 1");
	return true;
}

/* ---- members ------------------------------------------------------------ */

static FALLIBLE form_configs(const struct json_node *v, struct fault *f)
{
	return check_list(v, check_hash, "policy.configs", f);
}

static FALLIBLE form_feeds(const struct json_node *v, struct fault *f)
{
	return check_list(v, check_feed, "policy.feeds", f);
}

static FALLIBLE form_kinds(const struct json_node *v, struct fault *f)
{
	return check_list(v, check_kind, "policy.kinds", f);
}

static FALLIBLE form_signers(const struct json_node *v, struct fault *f)
{
	return check_list(v, check_address, "policy.signers", f);
}

static FALLIBLE form_max_age(const struct json_node *v, struct fault *f)
{
	return check_positive(v, "policy.maxAgeMs", f);
}

static FALLIBLE form_min_sources(const struct json_node *v, struct fault *f)
{
	return check_positive(v, "policy.minSources", f);
}

/* Switches are thrown or not there: false would look like a third way. */
static FALLIBLE check_true(
    const struct json_node *v, const char *at, struct fault *f)
{
	if (json_kind_of(v) != JSON_BOOL || !json_bool(v))
		return fault_raise(
		    f, FAULT_FORMAT, at, "is true or it is absent");
	return true;
}

static FALLIBLE form_plain_http(const struct json_node *v, struct fault *f)
{
	return check_true(v, "policy.plainHttp", f);
}

static FALLIBLE form_recomputed(const struct json_node *v, struct fault *f)
{
	return check_true(v, "policy.recomputed", f);
}

static FALLIBLE form_source(
    const struct json_node *v, const struct json_node *first, struct fault *f)
{
	const char *source;
	const struct json_node *roots = NULL, *spki = NULL;
	const struct json_field fields[] = {
		{ "source", JSON_WANT_TEXT, false, &source },
		{ "tlsRoots", JSON_WANT_ARRAY, true, &roots },
		{ "tlsSpki", JSON_WANT_ARRAY, true, &spki },
	};

	TRY(json_read(v, fields, COUNT(fields), "policy.sources", f));
	TRY(check_host(source, "policy.sources", f));
	/* The second of two would silently say nothing. */
	for (const struct json_node *e = first; e != v; e = json_next(e))
		if (strcmp(json_text(json_find(e, "source")), source) == 0)
			return fault_raise(f, FAULT_FORMAT, "policy.sources",
			    "names one source twice");
	if (roots != NULL)
		TRY(check_list(roots, check_hash, "policy.tlsRoots", f));
	if (spki != NULL)
		TRY(check_list(spki, check_hash, "policy.tlsSpki", f));
	return true;
}

static FALLIBLE form_sources(const struct json_node *v, struct fault *f)
{
	if (json_kind_of(v) != JSON_ARRAY)
		return fault_raise(
		    f, FAULT_FORMAT, "policy.sources", "is not an array");
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e))
		TRY(form_source(e, json_first(v), f));
	return true;
}

static FALLIBLE form_ct_logs(const struct json_node *v, struct fault *f)
{
	AUTO(tls_logs_drop) struct tls_logs *logs = NULL;

	return tls_logs_of_policy(v, &logs, f);
}

static FALLIBLE form_min_scts(const struct json_node *v, struct fault *f)
{
	return check_positive(v, "policy.minScts", f);
}

static FALLIBLE form_tls_evidence(const struct json_node *v, struct fault *f)
{
	if (json_kind_of(v) != JSON_BOOL || !json_bool(v))
		return fault_raise(f, FAULT_FORMAT, "policy.tlsEvidence",
		    "is true or it is absent");
	return true;
}

static FALLIBLE form_tls_roots(const struct json_node *v, struct fault *f)
{
	return check_list(v, check_hash, "policy.tlsRoots", f);
}

static FALLIBLE form_type(const struct json_node *v, struct fault *f)
{
	if (json_kind_of(v) != JSON_TEXT ||
	    strcmp(json_text(v), POLICY_TYPE) != 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "policy.type",
		    "is not %s, the only type known here", POLICY_TYPE);
	return true;
}

static const struct {
	const char *name;
	FALLIBLE (*form)(const struct json_node *v, struct fault *f);
} members[] = {
	{ "configs", form_configs },
	{ "ctLogs", form_ct_logs },
	{ "feeds", form_feeds },
	{ "kinds", form_kinds },
	{ "maxAgeMs", form_max_age },
	{ "minScts", form_min_scts },
	{ "minSources", form_min_sources },
	{ "plainHttp", form_plain_http },
	{ "recomputed", form_recomputed },
	{ "signers", form_signers },
	{ "sources", form_sources },
	{ "tlsEvidence", form_tls_evidence },
	{ "tlsRoots", form_tls_roots },
	{ "type", form_type },
};

static FALLIBLE form_platform(
    const char *name, const struct json_node *v, struct fault *f)
{
	const struct tee_platform *p = tee_platform_find(span_text(name));
	const struct evidence_kind *kind = evidence_kind_find(span_text(name));

	if (kind != NULL && json_kind_of(v) == JSON_OBJECT)
		return kind->policy_form(v, f);
	/* By id only: two names of one platform could contradict. */
	if (p == NULL || strcmp(p->id, name) != 0 || p->policy_form == NULL)
		return fault_raise(f, FAULT_FORMAT, "policy.members",
		    "the member %.64s is unknown; nothing is assumed of it",
		    name);
	if (json_kind_of(v) != JSON_OBJECT)
		return fault_raise(f, FAULT_FORMAT, "policy.members",
		    "the member %.64s is not an object", name);
	return p->policy_form(v, f);
}

static FALLIBLE form_member(const struct json_node *v, struct fault *f)
{
	for (size_t i = 0; i < COUNT(members); i++)
		if (strcmp(json_name(v), members[i].name) == 0)
			return members[i].form(v, f);
	return form_platform(json_name(v), v, f);
}

FALLIBLE policy_parse(struct span in, struct policy *out, struct fault *f)
{
	const struct json_limits limits = {
		.max_bytes = LIMIT_POLICY_BYTES,
		.max_depth = 8,
		.max_values = LIMIT_JSON_VALUES,
	};
	AUTO(json_drop) struct json *doc = NULL;
	const struct json_node *root;

	TRY(json_parse(in, &limits, "policy.json", &doc, f));
	root = json_root(doc);
	if (json_kind_of(root) != JSON_OBJECT)
		return fault_raise(
		    f, FAULT_FORMAT, "policy.members", "is not an object");
	if (json_find(root, "type") == NULL)
		return fault_raise(f, FAULT_FORMAT, "policy.members",
		    "the member type is missing");
	for (const struct json_node *v = json_first(root); v != NULL;
	     v = json_next(v))
		TRY(form_member(v, f));
	out->doc = doc;
	doc = NULL;
	return true;
}

/* ---- asking ------------------------------------------------------------- */

const struct json_node *policy_find(const struct policy *p, const char *member)
{
	if (p == NULL || p->doc == NULL)
		return NULL;
	return json_find(json_root(p->doc), member);
}

const struct json_node *policy_platform(
    const struct policy *p, const char *platform_id)
{
	return policy_find(p, platform_id);
}

bool policy_has_platforms(const struct policy *p)
{
	for (size_t i = 0; tee_platforms[i] != NULL; i++)
		if (policy_platform(p, tee_platforms[i]->id) != NULL)
			return true;
	return false;
}

bool policy_list_has(const struct json_node *list, struct span text)
{
	for (const struct json_node *e = json_first(list); e != NULL;
	     e = json_next(e))
		if (json_kind_of(e) == JSON_TEXT &&
		    span_equal_text(text, json_text(e)))
			return true;
	return false;
}
