/* SPDX-License-Identifier: Apache-2.0 */
/* What is read as a statement is written again as it was, and can be signed. */
#include "tests/fuzz/must.h"
#include "verify/statement.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct statement s;
	static uint8_t room[LIMIT_STATEMENT_BYTES];
	struct statement_doc doc = { 0 };
	struct span in = span_of(data, size);
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(room, sizeof(room), "fuzz", &f);
	struct keccak256 digest;
	struct sha256 sha;

	if (!statement_decode(in, &s, &doc, &f)) {
		MUST(f.kind != FAULT_NONE && f.at != NULL);
		return 0;
	}
	MUST(statement_encode(&s, &w, &f));
	MUST(span_equal(wr_view(&w), in));
	sha = sha256_of(in);
	MUST(statement_signing_digest(&s, &sha, &digest, NULL, &f));
	statement_doc_drop(&doc);
	return 0;
}
