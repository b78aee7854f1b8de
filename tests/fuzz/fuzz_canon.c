/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes: what prints canonically is canonical, prints again to the same,
 * and the input was canonical exactly if it is what was printed.
 */
#include "verify/base/canon.h"

#include "tests/fuzz/must.h"

static const struct json_limits limits = {
	.max_bytes = 1 << 20,
	.max_depth = 64,
	.max_values = 100000,
};

static bool print(struct span in, struct blob *out, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	AUTO(wr_drop) struct wr w = wr_grow(in.n, "fuzz.print", f);

	return json_parse(in, &limits, "fuzz", &doc, f) &&
	    canon_print(json_root(doc), &w, "fuzz", f) && wr_done(&w, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	AUTO(blob_drop) struct blob once = { 0 };
	AUTO(blob_drop) struct blob twice = { 0 };
	struct fault f = FAULT_INIT, g = FAULT_INIT;
	bool canonical = canon_check(in, &limits, "fuzz", &g);

	if (!canonical)
		must_be_refusal(&g, size);
	if (!print(in, &once, &f)) {
		must_be_refusal(&f, size);
		MUST(!canonical);
		return 0;
	}
	MUST(canonical == span_equal(in, blob_span(&once)));
	MUST(canon_check(blob_span(&once), &limits, "fuzz", &f));
	MUST(print(blob_span(&once), &twice, &f));
	MUST(span_equal(blob_span(&once), blob_span(&twice)));
	return 0;
}
