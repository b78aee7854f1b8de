/* SPDX-License-Identifier: Apache-2.0 */
/* What is read as evidence of connections is written again byte for byte. */
#include "tests/fuzz/must.h"
#include "verify/base/canon.h"
#include "verify/tls_bundle.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct blob write_again(const struct tls_bundle *b)
{
	AUTO(tls_bundle_maker_drop) struct tls_bundle_maker m = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "fuzz", &f);
	struct blob out = { 0 };

	for (size_t k = 0; k < TLS_ITEM_KINDS; k++)
		for (size_t i = 0; i < b->list[k].n; i++) {
			const struct tls_item *item = &b->list[k].item[i];

			MUST(tls_bundle_find(b, (enum tls_item_kind)k,
				 &item->hash) == item);
			MUST(tls_bundle_add(&m, (enum tls_item_kind)k,
			    &item->hash, item->bytes, &f));
		}
	MUST(tls_bundle_write(&m, &w, &f));
	MUST(wr_done(&w, &out));
	return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(tls_bundle_drop) struct tls_bundle b = { 0 };
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT, why = FAULT_INIT;
	struct span in = span_of(data, size);

	if (!tls_bundle_read(in, &b, &f)) {
		MUST(strcmp(f.at, "tls.evidence") == 0);
		return 0;
	}
	text = write_again(&b);
	if (canon_check(in, &json_limits_default, "fuzz", &why))
		MUST(span_equal(blob_span(&text), in));
	return 0;
}
