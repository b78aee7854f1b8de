/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes to values, checked in one walk before anybody looks at them. Values
 * are found again by the same function that found them first.
 */
#include "chain/eth_abi.h"

#include <string.h>

/* ---- finding a value ---------------------------------------------------- */

static bool fail_at(const struct rd *r, const char *at, const char *why)
{
	return fault_raise_at(r->f, FAULT_FORMAT, at, rd_offset(r), "%s", why);
}

/* A word that must be at most `max`. */
static FALLIBLE read_size(
    struct rd *r, size_t max, const char *at, const char *why, size_t *out)
{
	const struct rd before = *r;
	const struct span high = rd_span(r, ETH_WORD - sizeof(uint64_t));
	const uint64_t low = rd_u64be(r);

	TRY(rd_ok(r));
	if (!span_is_zero(high) || low > max)
		return fail_at(&before, at, why);
	*out = (size_t)low;
	return true;
}

/*
 * The value whose head stands `head` bytes behind the start of `around`, the
 * tuple or array that it is part of. Leaves `out->bytes` of a tuple or array
 * beginning with its first item and reaching to the end of the input.
 */
static FALLIBLE locate(const struct eth_abi_node *node, struct rd around,
    size_t head, struct rd *body_out, struct eth_abi_view *out)
{
	struct eth_abi_view v = { .node = node, .n_items = node->n_items };
	struct rd r = around;
	size_t n;

	rd_skip(&r, head);
	if (node->is_dynamic) {
		TRY(read_size(&r, rd_left(&around), "eth.abi.offset",
		    "an offset beyond the end", &n));
		r = around;
		rd_skip(&r, n);
	}
	/* Its fixed part is there: heads, or the length word. */
	if (node->size > rd_left(&r))
		return rd_ok(&r) &&
		    fail_at(&r, "eth.abi.end", "ends within a value");
	switch (node->form) {
	case ETH_ABI_WORD:
		v.bytes = rd_span(&r, ETH_WORD);
		break;
	case ETH_ABI_CONTENT:
		TRY(read_size(&r, rd_left(&r) - ETH_WORD, "eth.abi.length",
		    "a length beyond the end", &n));
		v.bytes = rd_span(&r, n);
		break;
	case ETH_ABI_ARRAY:
		if (node->n_items > 0)
			break;
		/* No element takes less than a word. */
		TRY(read_size(&r,
		    (rd_left(&r) - ETH_WORD) /
			(node[1].is_dynamic ? ETH_WORD : node[1].size),
		    "eth.abi.length", "more elements than there is room for",
		    &v.n_items));
		break;
	case ETH_ABI_TUPLE:
		break;
	}
	*body_out = r;
	if (node->form == ETH_ABI_TUPLE || node->form == ETH_ABI_ARRAY)
		v.bytes = rd_span(&r, rd_left(&r));
	*out = v;
	return rd_ok(&r);
}

/* The type of item i and where its head stands among the others. */
static const struct eth_abi_node *part_at(
    const struct eth_abi_node *node, size_t i, size_t *head_out)
{
	const struct eth_abi_node *part = node + 1;
	size_t head = 0;

	if (node->form == ETH_ABI_ARRAY) {
		*head_out = i * (part->is_dynamic ? ETH_WORD : part->size);
		return part;
	}
	for (; i > 0; i--) {
		head += part->is_dynamic ? ETH_WORD : part->size;
		part += part->n_nodes;
	}
	*head_out = head;
	return part;
}

/* ---- checking all of them ----------------------------------------------- */

/* Recursion is as deep as the type; `budget` bounds the work. */
static FALLIBLE check(const struct eth_abi_view *v, struct rd body,
    size_t *budget, struct fault *f)
{
	if (v->node->form == ETH_ABI_WORD) {
		if (eth_atom_fits(&v->node->atom, v->bytes.p))
			return true;
		return fault_raise_at(f, FAULT_FORMAT, "eth.abi.value",
		    rd_offset(&body) - ETH_WORD,
		    "a word is out of the range of its type");
	}
	if (v->node->form == ETH_ABI_CONTENT)
		return true;
	for (size_t i = 0; i < v->n_items; i++) {
		struct eth_abi_view item;
		struct rd item_body;
		size_t head;
		const struct eth_abi_node *part = part_at(v->node, i, &head);

		if ((*budget)-- == 0)
			return fault_raise(f, FAULT_LIMIT, "eth.abi.values",
			    "more than %d values", LIMIT_ABI_VALUES);
		TRY(locate(part, body, head, &item_body, &item));
		TRY(check(&item, item_body, budget, f));
	}
	return true;
}

static FALLIBLE decode(const struct eth_abi *abi, struct rd body,
    struct eth_abi_view *out, struct fault *f)
{
	const struct eth_abi_node *root = &abi->node[0];
	struct rd all = body;
	const struct eth_abi_view v = { .node = root,
		.bytes = rd_span(&all, rd_left(&all)),
		.n_items = root->n_items };
	size_t budget = LIMIT_ABI_VALUES;

	if (v.bytes.n > LIMIT_ABI_BYTES)
		return fault_raise(f, FAULT_LIMIT, "eth.abi.size",
		    "more than %d bytes", LIMIT_ABI_BYTES);
	TRY(check(&v, body, &budget, f));
	*out = v;
	return true;
}

FALLIBLE eth_abi_decode(const struct eth_abi *abi, struct span in,
    struct eth_abi_view *out, struct fault *f)
{
	if (in.n == 0 && abi->node[0].n_items > 0)
		return fault_raise(f, FAULT_FORMAT, "eth.abi.empty",
		    "an empty answer: there is no contract at this address");
	return decode(abi, rd_over(in, "eth.abi.end", f), out, f);
}

FALLIBLE eth_abi_decode_call(struct span signature, struct span data,
    struct eth_abi *abi, struct eth_abi_view *out, struct fault *f)
{
	struct rd r = rd_over(data, "eth.abi.end", f);
	uint8_t want[4], have[4];

	TRY(eth_abi_parse_signature(signature, NULL, abi, f));
	TRY(eth_abi_selector(signature, want, f));
	rd_copy(&r, have, sizeof(have));
	TRY(rd_ok(&r));
	if (memcmp(want, have, sizeof(want)) != 0)
		return fault_raise_at(f, FAULT_FORMAT, "eth.abi.selector", 0,
		    "the data is no call of %.*s", (int)signature.n,
		    (const char *)signature.p);
	return decode(abi, r, out, f);
}

/* ---- looking at them ---------------------------------------------------- */

struct eth_abi_view eth_abi_item(const struct eth_abi_view *v, size_t i)
{
	struct fault ignored = FAULT_INIT;
	struct eth_abi_view item = { 0 };
	struct rd body;
	size_t head;

	if (i < v->n_items) {
		const struct eth_abi_node *part = part_at(v->node, i, &head);

		/* Has succeeded before, in `check`. */
		if (!locate(part, rd_over(v->bytes, "eth.abi.end", &ignored),
			head, &body, &item))
			return (struct eth_abi_view){ 0 };
	}
	return item;
}

static bool is_word(const struct eth_abi_view *v)
{
	return v->node != NULL && v->node->form == ETH_ABI_WORD;
}

struct u256 eth_abi_u256(const struct eth_abi_view *v)
{
	return is_word(v) ? u256_from_be(v->bytes.p) : u256_of(0);
}

struct eth_addr eth_abi_addr(const struct eth_abi_view *v)
{
	struct eth_addr a = { { 0 } };

	if (is_word(v))
		memcpy(a.b, v->bytes.p + ETH_WORD - sizeof(a.b), sizeof(a.b));
	return a;
}
