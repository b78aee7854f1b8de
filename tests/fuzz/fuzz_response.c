/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is read as a response is written and read again the same; and nothing
 * that a fuzzer makes is authentic, however it is judged.
 */
#include "tests/fuzz/must.h"
#include "verify/verify.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(const struct response *r)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(2 * LIMIT_RESPONSE_BYTES, "fuzz", &f);
	struct response_doc doc = { 0 };
	struct response again;
	struct blob text = { 0 };

	MUST(response_encode(r, RESPONSE_FULL, &w, &f));
	MUST(wr_done(&w, &text));
	/* Escapes may have become shorter, never longer than the limit. */
	MUST(response_decode(blob_span(&text), &again, &doc, &f));
	MUST(span_equal(again.statement, r->statement));
	MUST(span_equal(again.evidence.quote, r->evidence.quote));
	MUST(span_equal(again.evidence.collateral, r->evidence.collateral));
	MUST(span_equal(again.evidence.app_compose, r->evidence.app_compose));
	MUST(span_equal(again.evidence.mr_config, r->evidence.mr_config));
	MUST(again.evidence.has_batch == r->evidence.has_batch);
	response_doc_drop(&doc);
	blob_drop(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct verdict v;
	const struct verify_options opt = { .at = { 1767225602000 } };
	struct response_doc doc = { 0 };
	struct response r;
	struct span in = span_of(data, size);
	struct fault f = FAULT_INIT;

	if (response_decode(in, &r, &doc, &f)) {
		round_trip(&r);
		response_doc_drop(&doc);
	}
	verify_response(in, &opt, &v);
	MUST(v.kind == VERDICT_REJECTED || v.kind == VERDICT_NOT_JUDGED);
	MUST(v.n_checks > 0);
	verdict_drop(&v);
	return 0;
}
