/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any JSON as the answer of a guest agent, read as each of its methods: what is
 * taken has the lengths that it must have, and a log is canonical JSON.
 */
#include "attest/dstack_answer.h"

#include "tests/fuzz/must.h"
#include "verify/base/canon.h"
#include "verify/base/limits.h"

static void must_be_remote(const struct fault *f)
{
	MUST(f->kind == FAULT_REMOTE);
	MUST(strncmp(f->at, "dstack.", 7) == 0);
	MUST(f->text[0] != '\0');
}

static void as_quote(const struct json_node *root)
{
	AUTO(blob_drop) struct blob quote = { 0 }, log = { 0 };
	static const struct sha256 config;
	struct fault f = FAULT_INIT;

	if (!dstack_answer_quote(root, &quote, &log, &f)) {
		must_be_remote(&f);
		MUST(quote.p == NULL && log.p == NULL);
		return;
	}
	MUST(quote.n > 0 && quote.n <= LIMIT_QUOTE_BYTES);
	MUST(log.n <= LIMIT_EVENT_LOG_BYTES);
	if (log.n > 0)
		MUST(canon_check(
		    blob_span(&log), &json_limits_default, "fuzz", &f));
	(void)dstack_answer_measured(blob_span(&log), &config);
}

static void as_info(const struct json_node *root)
{
	AUTO(dstack_info_drop) struct dstack_info info = { .has_instance = 0 };
	struct fault f = FAULT_INIT;

	if (!dstack_answer_info(root, &info, &f))
		must_be_remote(&f);
	MUST(info.app_compose.n <= LIMIT_APP_COMPOSE);
}

/* Last: it wipes what it takes. */
static void as_key(const struct json *doc)
{
	struct attest_key key = { .has_service = false };
	struct fault f = FAULT_INIT;

	if (dstack_answer_key(doc, "key", "signature_chain", &key, &f))
		return;
	must_be_remote(&f);
	MUST(span_is_zero(span_of(&key, sizeof(key))));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;

	if (!json_parse(
		span_of(data, size), &json_limits_default, "fuzz", &doc, &f))
		return 0;
	as_quote(json_root(doc));
	as_info(json_root(doc));
	as_key(doc);
	return 0;
}
