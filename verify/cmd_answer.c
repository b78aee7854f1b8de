/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/text.h"
#include "verify/cmd.h"

#include <string.h>

void cmd_answer_drop(struct cmd_answer *a)
{
	blob_drop(&a->quote);
	blob_drop(&a->log);
}

/* What an agent answers: the log is a text, the quote hexadecimal. */
static FALLIBLE read_agent(
    const struct json_node *root, struct cmd_answer *out, struct fault *f)
{
	const struct json_node *quote = json_find(root, "quote");
	const struct json_node *log = json_find(root, "event_log");

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

FALLIBLE cmd_answer_read(
    struct span text, struct cmd_answer *out, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	AUTO(cmd_answer_drop) struct cmd_answer a = { 0 };
	const struct json_node *root;

	TRY(json_parse(text, &json_limits_default, "answer.json", &doc, f));
	root = json_root(doc);
	if (json_kind_of(root) == JSON_ARRAY)
		TRY(blob_copy(text, &a.log, f));
	else if (json_find(root, "event_log") != NULL)
		TRY(read_agent(root, &a, f));
	else
		TRY(read_response(text, &a, f));
	if (a.log.n == 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "answer.log",
		    "there is no event log in it");
	*out = a;
	a = (struct cmd_answer){ 0 };
	return true;
}
