/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/text.h"
#include "verify/cmd.h"
#include "verify/dstack_attestation.h"

#include <string.h>

void cmd_answer_drop(struct cmd_answer *a)
{
	blob_drop(&a->quote);
	blob_drop(&a->log);
	blob_drop(&a->mr_config);
	blob_drop(&a->config);
}

/* One blob for everything: as it is, or in an agent's answer to Attest. */
static FALLIBLE read_attestation(
    struct span in, struct cmd_answer *out, struct fault *f)
{
	AUTO(dstack_attestation_drop) struct dstack_attestation a = { 0 };

	TRY(dstack_attestation_decode(in, &a, f));
	TRY(blob_copy(a.evidence, &out->quote, f));
	TRY(blob_copy(a.mr_config, &out->mr_config, f));
	TRY(blob_copy(a.config, &out->config, f));
	out->log = blob_move(&a.log);
	out->platform = dstack_attestation_platform(&a);
	return true;
}

/* What an agent answers: the log is a text, the quote hexadecimal. */
static FALLIBLE read_agent(
    const struct json_node *root, struct cmd_answer *out, struct fault *f)
{
	const struct json_node *quote = json_find(root, "quote");
	const struct json_node *log = json_find(root, "event_log");
	const struct json_node *config = json_find(root, "vm_config");

	if (config != NULL)
		TRY(blob_copy(span_text(json_text(config)), &out->config, f));
	if (json_kind_of(log) == JSON_TEXT)
		TRY(blob_copy(span_text(json_text(log)), &out->log, f));
	if (quote == NULL || json_kind_of(quote) != JSON_TEXT)
		return true;
	return hex_decode_blob(span_text(json_text(quote)), LIMIT_QUOTE_BYTES,
	    &out->quote, "answer.quote", f);
}

static FALLIBLE read_response(
    struct span text, struct cmd_answer *out, struct fault *f)
{
	AUTO(response_doc_drop) struct response_doc doc = { 0 };
	struct response r;

	TRY(response_decode(text, &r, &doc, f));
	TRY(blob_copy(r.evidence.event_log, &out->log, f));
	return blob_copy(r.evidence.quote, &out->quote, f);
}

static FALLIBLE read_hex_attestation(
    const struct json_node *v, struct cmd_answer *out, struct fault *f)
{
	AUTO(blob_drop) struct blob raw = { 0 };

	TRY(hex_decode_blob(span_text(json_text(v)), LIMIT_ATTESTATION_BYTES,
	    &raw, "answer.attestation", f));
	return read_attestation(blob_span(&raw), out, f);
}

static FALLIBLE read_json(
    struct span text, struct cmd_answer *out, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	const struct json_node *root, *attestation, *quote;

	TRY(json_parse(text, &json_limits_default, "answer.json", &doc, f));
	root = json_root(doc);
	if (json_kind_of(root) == JSON_ARRAY)
		return blob_copy(text, &out->log, f);
	/* Agents of other platforms than TDX leave the other two empty. */
	attestation = json_find(root, "attestation");
	quote = json_find(root, "quote");
	if (attestation != NULL && (quote == NULL || *json_text(quote) == '\0'))
		return read_hex_attestation(attestation, out, f);
	if (json_find(root, "event_log") != NULL)
		return read_agent(root, out, f);
	return read_response(text, out, f);
}

FALLIBLE cmd_answer_read(
    struct span in, struct cmd_answer *out, struct fault *f)
{
	AUTO(cmd_answer_drop) struct cmd_answer a = { 0 };

	if (dstack_attestation_is(in))
		TRY(read_attestation(in, &a, f));
	else
		TRY(read_json(in, &a, f));
	*out = a;
	a = (struct cmd_answer){ 0 };
	return true;
}

FALLIBLE cmd_answer_read_log(
    struct span in, struct cmd_answer *out, struct fault *f)
{
	AUTO(cmd_answer_drop) struct cmd_answer a = { 0 };

	TRY(cmd_answer_read(in, &a, f));
	if (a.log.n == 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "answer.log",
		    "there is no event log in it");
	*out = a;
	a = (struct cmd_answer){ 0 };
	return true;
}
