/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values to bytes. A first walk holds every value against its type and counts;
 * the second one writes and cannot fail.
 */
#include "chain/eth_abi.h"

static bool misfit(struct fault *f, const char *why)
{
	return fault_raise(f, FAULT_USAGE, "eth.abi.value", "%s", why);
}

static size_t padding(size_t n)
{
	return (ETH_WORD - n % ETH_WORD) % ETH_WORD;
}

/* The type of member or element i, when `part` is that of the one before. */
static const struct eth_abi_node *next_part(
    const struct eth_abi_node *node, const struct eth_abi_node *part)
{
	return node->form == ETH_ABI_TUPLE ? part + part->n_nodes : part;
}

static FALLIBLE check_atom(const struct eth_abi_node *node,
    const struct eth_value *value, struct fault *f)
{
	if (value->n_items != 0)
		return misfit(f, "a list of values for a type without parts");
	if (node->form == ETH_ABI_CONTENT)
		return true;
	if (value->bytes.n != ETH_WORD)
		return misfit(f, "such a value is given as 32 bytes");
	if (!eth_atom_fits(&node->atom, value->bytes.p))
		return misfit(f, "a value is out of the range of its type");
	return true;
}

/* *total += n, up to the limit. */
static FALLIBLE count(size_t *total, size_t n, struct fault *f)
{
	if (n > LIMIT_ABI_BYTES - *total)
		return fault_raise(f, FAULT_LIMIT, "eth.abi.size",
		    "the arguments take more than %d bytes", LIMIT_ABI_BYTES);
	*total += n;
	return true;
}

/*
 * Bytes of the value itself, without the offset that leads to it. Recursion is
 * as deep as the type.
 */
static FALLIBLE measure(const struct eth_abi_node *node,
    const struct eth_value *value, size_t *total, struct fault *f)
{
	const struct eth_abi_node *part = node + 1;
	const bool has_length = node->form == ETH_ABI_CONTENT ||
	    (node->form == ETH_ABI_ARRAY && node->n_items == 0);

	TRY(count(total, has_length ? ETH_WORD : 0, f));
	switch (node->form) {
	case ETH_ABI_WORD:
		TRY(check_atom(node, value, f));
		return count(total, ETH_WORD, f);
	case ETH_ABI_CONTENT:
		TRY(check_atom(node, value, f));
		TRY(count(total, value->bytes.n, f));
		return count(total, padding(value->bytes.n), f);
	case ETH_ABI_TUPLE:
	case ETH_ABI_ARRAY:
		break;
	}
	if (value->bytes.n != 0 ||
	    (!has_length && value->n_items != node->n_items))
		return misfit(f, "a list has as many values as its type says");
	for (size_t i = 0; i < value->n_items; i++) {
		TRY(count(total, part->is_dynamic ? ETH_WORD : 0, f));
		TRY(measure(part, &value->items[i], total, f));
		part = next_part(node, part);
	}
	return true;
}

/* What has been measured already as part of the whole. */
static size_t size_of(
    const struct eth_abi_node *node, const struct eth_value *value)
{
	struct fault ignored = FAULT_INIT;
	size_t n = 0;

	return measure(node, value, &n, &ignored) ? n : 0;
}

static void write_number(struct wr *w, size_t v)
{
	wr_zero(w, ETH_WORD - sizeof(uint64_t));
	wr_u64be(w, v);
}

static void write_value(struct wr *w, const struct eth_abi_node *node,
    const struct eth_value *value);

/* Heads, then tails in their order; offsets count from the first head. */
static void write_items(struct wr *w, const struct eth_abi_node *node,
    const struct eth_value *value)
{
	const struct eth_abi_node *part = node + 1;
	size_t tail = 0;

	for (size_t i = 0; i < value->n_items; i++) {
		tail += part->is_dynamic ? ETH_WORD : part->size;
		part = next_part(node, part);
	}
	part = node + 1;
	for (size_t i = 0; i < value->n_items; i++) {
		if (!part->is_dynamic) {
			write_value(w, part, &value->items[i]);
		} else {
			write_number(w, tail);
			tail += size_of(part, &value->items[i]);
		}
		part = next_part(node, part);
	}
	part = node + 1;
	for (size_t i = 0; i < value->n_items; i++) {
		if (part->is_dynamic)
			write_value(w, part, &value->items[i]);
		part = next_part(node, part);
	}
}

static void write_value(struct wr *w, const struct eth_abi_node *node,
    const struct eth_value *value)
{
	switch (node->form) {
	case ETH_ABI_WORD:
		wr_span(w, value->bytes);
		break;
	case ETH_ABI_CONTENT:
		write_number(w, value->bytes.n);
		wr_span(w, value->bytes);
		wr_zero(w, padding(value->bytes.n));
		break;
	case ETH_ABI_ARRAY:
		if (node->n_items == 0)
			write_number(w, value->n_items);
		write_items(w, node, value);
		break;
	case ETH_ABI_TUPLE:
		write_items(w, node, value);
		break;
	}
}

/* Nothing is written unless everything fits its type. */
static FALLIBLE check_args(
    const struct eth_abi *abi, const struct eth_value *args, struct fault *f)
{
	size_t total = 0;

	return measure(&abi->node[0], args, &total, f);
}

static FALLIBLE check_written(const struct wr *w, struct fault *f)
{
	if (!wr_ok(w))
		return fault_raise(f, FAULT_LIMIT, "eth.abi.size",
		    "there is no room for the arguments");
	return true;
}

FALLIBLE eth_abi_encode(const struct eth_abi *abi, const struct eth_value *args,
    size_t n_args, struct wr *w, struct fault *f)
{
	const struct eth_value all = { .items = args, .n_items = n_args };

	TRY(check_args(abi, &all, f));
	write_value(w, &abi->node[0], &all);
	return check_written(w, f);
}

FALLIBLE eth_abi_encode_call(struct span signature,
    const struct eth_value *args, size_t n_args, struct wr *w, struct fault *f)
{
	const struct eth_value all = { .items = args, .n_items = n_args };
	struct eth_abi abi;
	uint8_t selector[4];

	TRY(eth_abi_parse_signature(signature, NULL, &abi, f));
	TRY(eth_abi_selector(signature, selector, f));
	TRY(check_args(&abi, &all, f));
	wr_bytes(w, selector, sizeof(selector));
	write_value(w, &abi.node[0], &all);
	return check_written(w, f);
}

/* ---- packed ------------------------------------------------------------- */

static FALLIBLE check_packed(const struct eth_abi *abi, struct fault *f)
{
	const struct eth_abi_node *part = &abi->node[1];

	for (size_t i = 0; i < abi->node[0].n_items; i++) {
		const bool is_array = part->form == ETH_ABI_ARRAY;

		if (part->form == ETH_ABI_TUPLE ||
		    (is_array && part[1].form != ETH_ABI_WORD))
			return fault_raise(f, FAULT_UNSUPPORTED,
			    "eth.abi.packed",
			    "argument %zu has a type that cannot be packed", i);
		part += part->n_nodes;
	}
	return true;
}

/* The bytes of a word that are not padding. */
static struct span unpadded(
    const struct eth_atom *atom, const struct eth_value *value)
{
	const size_t n = eth_atom_width(atom);

	return atom->form == ETH_ATOM_FIXED
	    ? span_of(value->bytes.p, n)
	    : span_of(value->bytes.p + ETH_WORD - n, n);
}

FALLIBLE eth_abi_encode_packed(const struct eth_abi *abi,
    const struct eth_value *args, size_t n_args, struct wr *w, struct fault *f)
{
	const struct eth_value all = { .items = args, .n_items = n_args };
	const struct eth_abi_node *part = &abi->node[1];

	TRY(check_packed(abi, f));
	TRY(check_args(abi, &all, f));
	for (size_t i = 0; i < n_args; i++) {
		switch (part->form) {
		case ETH_ABI_WORD:
			wr_span(w, unpadded(&part->atom, &args[i]));
			break;
		case ETH_ABI_CONTENT:
			wr_span(w, args[i].bytes);
			break;
		case ETH_ABI_ARRAY:
		case ETH_ABI_TUPLE:
			write_items(w, part, &args[i]);
			break;
		}
		part += part->n_nodes;
	}
	return check_written(w, f);
}
