/* SPDX-License-Identifier: Apache-2.0 */
/* The texts in which people have calldata and events: hexadecimal, JSON. */
#include "verify/base/text.h"
#include "verify/onchain.h"

#include <string.h>

static bool is_kind(const struct json_node *v, enum json_kind kind)
{
	return v != NULL && json_kind_of(v) == kind;
}

static FALLIBLE read_bytes(
    const struct json_node *v, struct blob *out, struct fault *f)
{
	const struct span text = span_text(json_text(v));

	if (!is_kind(v, JSON_TEXT) || text.n < 2 ||
	    memcmp(text.p, "0x", 2) != 0)
		return fault_raise_at(f, FAULT_FORMAT, "onchain.hex",
		    json_offset(v), "is no hexadecimal text with 0x");
	if (text.n == 2)
		return true;
	return hex_decode_blob(span_of(text.p + 2, text.n - 2), LIMIT_ABI_BYTES,
	    out, "onchain.hex", f);
}

/* ---- events ----------------------------------------------------------------- */

static bool is_log(const struct json_node *v)
{
	return is_kind(json_find(v, "topics"), JSON_ARRAY) &&
	    json_find(v, "data") != NULL;
}

static FALLIBLE read_log(
    const struct json_node *v, struct onchain *out, struct fault *f)
{
	AUTO(blob_drop) struct blob data = { 0 };
	const struct json_node *removed = json_find(v, "removed");
	const struct json_node *t = json_first(json_find(v, "topics"));
	struct keccak256 topics[4];
	size_t n = 0;

	for (; t != NULL; t = json_next(t)) {
		if (n == COUNT(topics))
			return fault_raise(f, FAULT_FORMAT, "onchain.topics",
			    "more than 4 topics");
		TRY(hex_decode_0x(span_text(json_text(t)), topics[n].b,
		    sizeof(topics[n].b), "onchain.hex", f));
		n++;
	}
	TRY(read_bytes(json_find(v, "data"), &data, f));
	TRY(onchain_read_log(topics, n, blob_span(&data), out, f));
	/* Absent, null and false all say that it stands. */
	if (is_kind(removed, JSON_BOOL) && json_bool(removed))
		return fault_raise(f, FAULT_FORMAT, "onchain.removed",
		    "a reorganisation took the event back");
	return true;
}

/* Those of ours among the events of a transaction or of a filter. */
static FALLIBLE read_logs(
    const struct json_node *list, struct onchain *out, struct fault *f)
{
	const struct json_node *v = json_first(list);

	for (; v != NULL; v = json_next(v)) {
		struct fault why = FAULT_INIT;

		if (is_log(v) && read_log(v, out, &why))
			continue;
		if (is_log(v) && strcmp(why.at, "onchain.event") == 0)
			continue;
		if (is_log(v)) {
			*f = why;
			return false;
		}
		return fault_raise_at(f, FAULT_UNSUPPORTED, "onchain.text",
		    json_offset(v), "is no entry of an event log");
	}
	if (out->n == 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "onchain.event",
		    "no event Updated of Affiant's contracts is among them");
	return true;
}

/* ---- documents --------------------------------------------------------------- */

static FALLIBLE read_input(
    const struct json_node *input, struct onchain *out, struct fault *f)
{
	AUTO(blob_drop) struct blob calldata = { 0 };

	TRY(read_bytes(input, &calldata, f));
	return onchain_read_call(blob_span(&calldata), out, f);
}

static FALLIBLE read_json(
    struct span text, struct onchain *out, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	const struct json_node *v;

	TRY(json_parse(text, &json_limits_default, "onchain.json", &doc, f));
	v = json_root(doc);
	if (json_find(v, "result") != NULL)
		v = json_find(v, "result");
	if (is_kind(v, JSON_ARRAY))
		return read_logs(v, out, f);
	if (is_kind(json_find(v, "logs"), JSON_ARRAY))
		return read_logs(json_find(v, "logs"), out, f);
	if (is_log(v))
		return read_log(v, out, f);
	if (json_find(v, "input") != NULL)
		return read_input(json_find(v, "input"), out, f);
	return fault_raise(f, FAULT_UNSUPPORTED, "onchain.text",
	    "is no transaction, receipt, or entry of an event log");
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

FALLIBLE onchain_read_text(
    struct span text, struct onchain *out, struct fault *f)
{
	AUTO(blob_drop) struct blob calldata = { 0 };

	out->n = 0;
	while (text.n > 0 && is_space(text.p[text.n - 1]))
		text.n--;
	while (text.n > 0 && is_space(text.p[0]))
		text = span_of(text.p + 1, text.n - 1);
	if (text.n > 0 && (text.p[0] == '{' || text.p[0] == '['))
		return read_json(text, out, f);
	if (text.n < 3 || memcmp(text.p, "0x", 2) != 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "onchain.text",
		    "is neither hexadecimal with 0x nor JSON");
	TRY(hex_decode_blob(span_of(text.p + 2, text.n - 2), LIMIT_ABI_BYTES,
	    &calldata, "onchain.hex", f));
	return onchain_read_call(blob_span(&calldata), out, f);
}
