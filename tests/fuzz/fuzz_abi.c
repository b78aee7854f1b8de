/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of types, a line feed, and bytes. Types that are accepted have one
 * text; bytes that are accepted give values that encode, and what was encoded
 * decodes to values that encode to the same.
 */
#include "chain/eth_abi.h"
#include "tests/fuzz/must.h"

/* Lists of types and messages that are worth the time of a round trip. */
#define MAX_VALUES 4096

static struct eth_value pool[MAX_VALUES];
static size_t n_used;

/* The values that a view shows; false when there are too many of them. */
static bool value_of(const struct eth_abi_view *view, struct eth_value *out)
{
	struct eth_value *items = &pool[n_used];

	if (view->node->form == ETH_ABI_WORD ||
	    view->node->form == ETH_ABI_CONTENT) {
		*out = (struct eth_value){ .bytes = view->bytes };
		return true;
	}
	if (view->n_items > MAX_VALUES - n_used)
		return false;
	n_used += view->n_items;
	*out = (struct eth_value){ .items = items, .n_items = view->n_items };
	for (size_t i = 0; i < view->n_items; i++) {
		const struct eth_abi_view item = eth_abi_item(view, i);

		MUST(item.node != NULL);
		if (!value_of(&item, &items[i]))
			return false;
	}
	return true;
}

/* False when it is too much. */
static bool encode(const struct eth_abi *abi, const struct eth_abi_view *view,
    struct blob *out)
{
	struct fault f = FAULT_INIT, wf = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_ABI_BYTES, "fuzz", &wf);
	struct eth_value all;

	n_used = 0;
	if (!value_of(view, &all))
		return false;
	if (!eth_abi_encode(abi, all.items, all.n_items, &w, &f)) {
		/* Overlapping tails take more room than they did. */
		MUST(strcmp(f.at, "eth.abi.size") == 0);
		wr_drop(&w);
		return false;
	}
	MUST(wr_done(&w, out));
	return true;
}

static void check_types(const struct eth_abi *abi)
{
	uint8_t text[2][LIMIT_ABI_TYPE_TEXT];
	struct fault f = FAULT_INIT;
	struct wr first = wr_into(text[0], sizeof(text[0]), "fuzz", &f);
	struct wr second = wr_into(text[1], sizeof(text[1]), "fuzz", &f);
	struct eth_abi again;

	eth_abi_format(abi, &first);
	MUST(wr_ok(&first));
	MUST(eth_abi_parse(wr_view(&first), &again, &f));
	eth_abi_format(&again, &second);
	MUST(span_equal(wr_view(&first), wr_view(&second)));
	MUST(abi->n == again.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	const size_t n_text = end != NULL ? (size_t)(end - data) : size;
	const size_t skip = end != NULL ? n_text + 1 : n_text;
	const struct span in = span_of(data + skip, size - skip);
	AUTO(blob_drop) struct blob once = { 0 };
	AUTO(blob_drop) struct blob twice = { 0 };
	struct fault f = FAULT_INIT;
	struct eth_abi_view view;
	struct eth_abi abi;
	struct eth_revert revert;

	if (!eth_revert_decode(in, &revert, &f)) {
		must_be_refusal(&f, in.n);
		fault_clear(&f);
	}
	if (!eth_abi_parse(span_of(data, n_text), &abi, &f)) {
		must_be_refusal(&f, n_text);
		return 0;
	}
	check_types(&abi);
	if (!eth_abi_decode(&abi, in, &view, &f)) {
		must_be_refusal(&f, in.n);
		return 0;
	}
	if (!encode(&abi, &view, &once))
		return 0;
	MUST(eth_abi_decode(&abi, blob_span(&once), &view, &f));
	MUST(encode(&abi, &view, &twice));
	MUST(span_equal(blob_span(&once), blob_span(&twice)));
	return 0;
}
