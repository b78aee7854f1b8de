/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a blob: opens only if it is, byte for byte, what sealing its
 * content with its nonce gives. Any bytes as content: opens as it was, and not
 * with one bit changed.
 */
#include "verify/base/seal.h"

#include "tests/fuzz/must.h"

static const struct secret32 root = { { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
    31 } };
static const struct seal_id id = {
	.platform = "snp",
	.provider = "snp-derived",
	.platform_no = 2,
	.provider_no = 1,
	.epoch = 1,
};
static const char key_id[] = "my-sealed-data-v1";

static void check_blob(struct span in)
{
	AUTO(blob_wipe) struct blob plain = { 0 };
	AUTO(blob_drop) struct blob again = { 0 };
	struct seal_header h;
	struct seal_id same = id;
	struct fault f = FAULT_INIT;
	bool formed = seal_parse(in, &h, &f);

	if (!formed)
		must_be_refusal(&f, in.n);
	else
		MUST(h.provider_data.n + 22 + 28 <= in.n);
	fault_clear(&f);
	if (!seal_open(&root, &id, key_id, in, &plain, &f)) {
		must_be_refusal(&f, in.n);
		MUST(plain.p == NULL);
		return;
	}
	MUST(formed);
	same.counter = h.counter;
	MUST(seal_close_with_nonce(&root, &same, key_id, h.provider_data,
	    blob_span(&plain), in.p + 22 + h.provider_data.n, &again, &f));
	MUST(span_equal(in, blob_span(&again)));
}

static void check_content(struct span in)
{
	AUTO(blob_drop) struct blob sealed = { 0 };
	AUTO(blob_wipe) struct blob plain = { 0 };
	struct blob none = { 0 };
	struct fault f = FAULT_INIT;
	size_t bit = 0;

	MUST(seal_close_raw(&root, in, &sealed, &f));
	MUST(sealed.n == in.n + 28);
	MUST(seal_open_raw(&root, blob_span(&sealed), &plain, &f));
	MUST(span_equal(in, blob_span(&plain)));
	for (size_t i = 0; i < in.n; i++)
		bit = bit * 31 + in.p[i];
	bit %= 8 * sealed.n;
	sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	MUST(!seal_open_raw(&root, blob_span(&sealed), &none, &f));
	MUST(f.kind == FAULT_CRYPTO && none.p == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	AUTO(blob_wipe) struct blob plain = { 0 };
	struct fault f = FAULT_INIT;

	check_blob(in);
	check_content(in);
	if (!seal_open_raw(&root, in, &plain, &f))
		must_be_refusal(&f, size);
	return 0;
}
