/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/intel_json.h"

#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <string.h>

static const struct json_limits limits = {
	.max_bytes = LIMIT_COLLATERAL_JSON,
	.max_depth = LIMIT_COLLATERAL_JSON_DEPTH,
	.max_values = LIMIT_JSON_VALUES,
};

FALLIBLE intel_json_parse(
    struct span body, struct intel_json *out, bool *duplicate, struct fault *f)
{
	*duplicate = false;
	if (json_parse(body, &limits, "intel.json.grammar", &out->doc, f))
		return true;
	/* The reader looks for them last, when the grammar already holds. */
	*duplicate = strstr(f->text, "stands twice in one object") != NULL;
	return false;
}

void intel_json_drop(struct intel_json *j)
{
	json_drop(&j->doc);
	j->inner = NULL;
}

/*
 * "Escapes in member names": two parsers may read different names. The text
 * is valid JSON by now; a string that a colon follows is a name.
 */
static FALLIBLE refuse_escaped_names(struct span body, struct fault *f)
{
	struct rd r = rd_over(body, "intel.json.names", f);
	bool in_text = false, escaped = false, ended = false;

	if (memchr(body.p, '\\', body.n) == NULL)
		return true;
	while (rd_left(&r) > 0) {
		uint8_t c = rd_u8(&r);

		if (in_text && c == '\\') {
			escaped = true;
			rd_skip(&r, 1);
		} else if (c == '"') {
			if (!in_text)
				escaped = false;
			ended = in_text;
			in_text = !in_text;
		} else if (!in_text && c == ':') {
			if (ended && escaped)
				return rd_fail(&r, FAULT_FORMAT,
				    "a member's name is written with an "
				    "escape");
		} else if (!in_text && c > ' ') {
			ended = false;
		}
	}
	return rd_ok(&r);
}

FALLIBLE intel_json_envelope(
    struct intel_json *j, struct span body, const char *member, struct fault *f)
{
	const struct json_node *inner = NULL;
	const char *signature = NULL;
	const struct json_field fields[] = {
		{ member, JSON_WANT_OBJECT, false, &inner },
		{ "signature", JSON_WANT_TEXT, false, &signature },
	};

	TRY(refuse_escaped_names(body, f));
	TRY(json_read(
	    json_root(j->doc), fields, COUNT(fields), "intel.json.members", f));
	j->inner = inner;
	j->signature = signature;
	j->signed_bytes = json_source(j->doc, inner);
	return true;
}

FALLIBLE intel_json_signature(
    const struct intel_json *j, const struct x509_key *signer, struct fault *f)
{
	uint8_t rs[64];

	TRY(hex_decode(span_text(j->signature), rs, sizeof(rs),
	    "intel.json.signature", f));
	return x509_key_verify_raw(signer, span_of(rs, sizeof(rs)),
	    j->signed_bytes, "intel.json.signature", f);
}

FALLIBLE intel_json_dates(const char *issue_date, const char *next_update,
    struct utc *from, struct utc *to, struct fault *f)
{
	TRY(utc_parse_strict(
	    span_text(issue_date), from, "intel.json.issueDate", f));
	return utc_parse_strict(
	    span_text(next_update), to, "intel.json.nextUpdate", f);
}
