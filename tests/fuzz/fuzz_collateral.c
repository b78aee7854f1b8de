/* SPDX-License-Identifier: Apache-2.0 */
/* What is unpacked can be packed and unpacked to the same parts. */
#include "tests/fuzz/must.h"
#include "verify/collateral.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct collateral c, again;
	struct collateral_doc doc = { 0 }, doc_again = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(2 * LIMIT_RESPONSE_BYTES, "fuzz", &f);
	struct blob text = { 0 };

	if (!collateral_decode(span_of(data, size), &c, &doc, &f)) {
		MUST(f.kind != FAULT_NONE);
		return 0;
	}
	MUST(collateral_encode(&c, &w, &f));
	MUST(wr_done(&w, &text));
	MUST(collateral_decode(blob_span(&text), &again, &doc_again, &f));
	for (size_t i = 0; i < n_collateral_files; i++) {
		size_t at = collateral_files[i].offset;

		MUST(span_equal(*(struct span *)((uint8_t *)&c + at),
		    *(struct span *)((uint8_t *)&again + at)));
	}
	collateral_doc_drop(&doc);
	collateral_doc_drop(&doc_again);
	blob_drop(&text);
	return 0;
}
