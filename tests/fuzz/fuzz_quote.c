/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a quote: refused with a place, or a layout whose parts lie
 * inside of it and add up, and which is read the same without its padding.
 */
#include "verify/intel_inspect.h"
#include "verify/intel_quote.h"

#include "tests/fuzz/must.h"
#include "verify/base/limits.h"

static void check_layout(const struct intel_quote *q)
{
	MUST(q->canonical.n <= q->raw.n);
	MUST(q->signed_part.p == q->raw.p);
	MUST(q->signed_part.n + 4 + q->auth.n == q->canonical.n);
	MUST(q->body.p + q->body.n == q->signed_part.p + q->signed_part.n);
	MUST(q->cert_data.n <= q->auth.n);
	MUST(q->signature.n == 64 && q->ak.n == 64);
	MUST(q->qe_report.n == INTEL_REPORT_BYTES);
	MUST(q->cert_type >= 1 && q->cert_type <= 5);
	MUST((q->body_type == INTEL_BODY_SGX) == (q->version == 3));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct intel_quote q, again;
	struct fault f = FAULT_INIT;
	struct wr w;
	struct blob text = { 0 };

	if (!intel_quote_parse(span_of(data, size), &q, &f)) {
		MUST(f.kind != FAULT_NONE && f.at != NULL);
		MUST(fault_rejects(f.kind));
		return 0;
	}
	check_layout(&q);
	MUST(intel_quote_parse(q.canonical, &again, &f));
	MUST(again.canonical.n == q.canonical.n);
	w = wr_grow(LIMIT_RESPONSE_BYTES, "fuzz", &f);
	MUST(intel_inspect(span_of(data, size), &w, &f));
	MUST(wr_done(&w, &text));
	blob_drop(&text);
	return 0;
}
