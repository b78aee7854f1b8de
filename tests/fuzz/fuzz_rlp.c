/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RLP of any shape: what is accepted, read item by item and written again, is
 * the same bytes.
 */
#include "chain/eth_rlp.h"
#include "tests/fuzz/must.h"

static void copy_item(struct rd *r, struct wr *w)
{
	struct rd items;

	if (!eth_rlp_next_is_list(r)) {
		const struct span s = eth_rlp_read_string(r);

		eth_rlp_string(w, s);
		return;
	}
	items = eth_rlp_read_list(r, "fuzz");
	eth_rlp_list(w, rd_left(&items));
	while (rd_left(&items) > 0)
		copy_item(&items, w);
	MUST(rd_end(&items));
}

/* An integer either is refused or has one encoding. */
static void one_integer(struct span in)
{
	struct fault f = FAULT_INIT, no_fault = FAULT_INIT;
	struct rd r = rd_over(in, "fuzz", &f);
	const struct u256 v = eth_rlp_read_u256(&r);
	uint8_t room[64];
	struct wr w = wr_into(room, sizeof(room), "fuzz", &no_fault);

	if (!rd_ok(&r)) {
		must_be_refusal(&f, in.n);
		MUST(u256_is_zero(&v));
		return;
	}
	eth_rlp_u256(&w, &v);
	MUST(wr_ok(&w) && rd_offset(&r) == wr_view(&w).n);
	MUST(memcmp(room, in.p, wr_view(&w).n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span in = span_of(data, size);
	AUTO(blob_drop) struct blob again = { 0 };
	struct fault f = FAULT_INIT;
	struct rd r;
	struct wr w;

	one_integer(in);
	if (!eth_rlp_check(in, &f)) {
		must_be_refusal(&f, size);
		return 0;
	}
	r = rd_over(in, "fuzz", &f);
	w = wr_grow(size, "fuzz", &f);
	copy_item(&r, &w);
	MUST(rd_end(&r) && wr_done(&w, &again));
	MUST(span_equal(in, blob_span(&again)));
	return 0;
}
