/* SPDX-License-Identifier: Apache-2.0 */
/* Types of the contract ABI: from text to a table, and back. */
#include "chain/eth_abi.h"

#include "verify/base/text.h"

#include <string.h>

/* A cursor over the text of a type. */
struct cursor {
	struct span text;
	size_t pos;
};

/* The next character, or NUL at the end; a NUL within is no type either. */
static uint8_t peek(const struct cursor *c)
{
	return c->pos < c->text.n ? c->text.p[c->pos] : 0;
}

static bool take(struct cursor *c, uint8_t want)
{
	if (c->pos >= c->text.n || c->text.p[c->pos] != want)
		return false;
	c->pos++;
	return true;
}

/* Characters up to one that ends a name or an atom. */
static struct span take_word(struct cursor *c)
{
	const size_t from = c->pos;

	while (c->pos < c->text.n && memchr("(),[] ", peek(c), 6) == NULL)
		c->pos++;
	return span_of(c->text.p + from, c->pos - from);
}

static bool bad_type(const struct cursor *c, struct fault *f, const char *why)
{
	return fault_raise_at(
	    f, FAULT_FORMAT, "eth.abi.type", c->pos, "%s", why);
}

/* Makes room for one node at index `at`, in front of what stands there. */
static FALLIBLE add_node(struct eth_abi *abi, size_t at, struct fault *f)
{
	if (abi->n == LIMIT_ABI_NODES)
		return fault_raise(f, FAULT_LIMIT, "eth.abi.type",
		    "the type has more than %d parts", LIMIT_ABI_NODES);
	memmove(&abi->node[at + 1], &abi->node[at],
	    (abi->n - at) * sizeof(abi->node[0]));
	abi->n++;
	return true;
}

/* What a value takes in the tuple or array around it. */
static size_t head_size(const struct eth_abi_node *node)
{
	return node->is_dynamic ? ETH_WORD : node->size;
}

/* No value of this type could ever be encoded: saves all later sums from
 * overflowing. */
static FALLIBLE check_size(uint64_t size, struct fault *f)
{
	if (size > LIMIT_ABI_BYTES)
		return fault_raise(f, FAULT_LIMIT, "eth.abi.size",
		    "the type alone takes more than %d bytes", LIMIT_ABI_BYTES);
	return true;
}

static FALLIBLE parse_type(
    struct cursor *c, struct eth_abi *abi, struct fault *f);

/* "(...)"; recursion is bounded by the number of nodes. */
static FALLIBLE parse_list(
    struct cursor *c, struct eth_abi *abi, struct fault *f)
{
	struct eth_abi_node tuple = { .form = ETH_ABI_TUPLE };
	const size_t at = abi->n;

	if (!take(c, '('))
		return bad_type(c, f, "a list of types begins with (");
	TRY(add_node(abi, at, f));
	while (peek(c) != ')' || tuple.n_items > 0) {
		const size_t member = abi->n;

		TRY(parse_type(c, abi, f));
		tuple.n_items++;
		tuple.is_dynamic |= abi->node[member].is_dynamic;
		tuple.size += head_size(&abi->node[member]);
		TRY(check_size(tuple.size, f));
		if (take(c, ' ') && !eth_atom_is_name(take_word(c)))
			return bad_type(c, f, "no name behind the space");
		if (!take(c, ','))
			break;
	}
	if (!take(c, ')'))
		return bad_type(c, f, "a type ends with , or )");
	tuple.n_nodes = abi->n - at;
	abi->node[at] = tuple;
	return true;
}

static FALLIBLE parse_atom(
    struct cursor *c, struct eth_abi *abi, struct fault *f)
{
	struct eth_abi_node node = { .n_nodes = 1, .size = ETH_WORD };
	const struct cursor before = *c;

	if (!eth_atom_parse(take_word(c), &node.atom))
		return bad_type(&before, f, "there is no such type");
	node.is_dynamic = eth_atom_is_content(&node.atom);
	node.form = node.is_dynamic ? ETH_ABI_CONTENT : ETH_ABI_WORD;
	TRY(add_node(abi, abi->n, f));
	abi->node[abi->n - 1] = node;
	return true;
}

/* "[]" or "[3]" behind the type at `at`, which becomes the element. */
static FALLIBLE parse_suffix(
    struct cursor *c, struct eth_abi *abi, size_t at, struct fault *f)
{
	const struct eth_abi_node element = abi->node[at];
	struct eth_abi_node array = { .form = ETH_ABI_ARRAY,
		.n_nodes = element.n_nodes + 1 };
	struct fault ignored = FAULT_INIT;
	const struct cursor before = *c;
	struct span digits;
	uint64_t length;

	digits = take_word(c);
	if (!take(c, ']'))
		return bad_type(c, f, "[ without ]");
	if (digits.n == 0) {
		array.is_dynamic = true;
		array.size = ETH_WORD;
	} else {
		if (!u64_parse(digits, &length, "eth.abi.type", &ignored) ||
		    length == 0)
			return bad_type(
			    &before, f, "the length of an array is 1 or more");
		/* So that the product cannot overflow either. */
		TRY(check_size(length, f));
		TRY(check_size(length * head_size(&element), f));
		array.n_items = (size_t)length;
		array.is_dynamic = element.is_dynamic;
		array.size = (size_t)length * head_size(&element);
	}
	TRY(add_node(abi, at, f));
	abi->node[at] = array;
	return true;
}

static FALLIBLE parse_type(
    struct cursor *c, struct eth_abi *abi, struct fault *f)
{
	const size_t at = abi->n;
	struct cursor behind = *c;

	if (span_equal_text(take_word(&behind), "tuple") &&
	    peek(&behind) == '(')
		*c = behind;
	if (peek(c) != '(') {
		TRY(parse_atom(c, abi, f));
	} else {
		TRY(parse_list(c, abi, f));
		/* Zero bytes each: any number of them would fit anywhere. */
		if (abi->node[at].n_items == 0)
			return bad_type(c, f, "a tuple within has members");
	}
	while (take(c, '['))
		TRY(parse_suffix(c, abi, at, f));
	return true;
}

/* An optional name, a list, and nothing behind it. */
static FALLIBLE parse_text(struct span text, struct span *name_out,
    struct eth_abi *out, struct fault *f)
{
	struct cursor c = { .text = text };
	struct eth_abi abi = { .n = 0 };
	struct span name;

	if (text.n > LIMIT_ABI_TYPE_TEXT)
		return fault_raise(f, FAULT_LIMIT, "eth.abi.type",
		    "the text of the type is longer than %d bytes",
		    LIMIT_ABI_TYPE_TEXT);
	name = take_word(&c);
	TRY(parse_list(&c, &abi, f));
	if (c.pos < text.n)
		return bad_type(&c, f, "there is text behind the list");
	*name_out = name;
	*out = abi;
	return true;
}

FALLIBLE eth_abi_parse(struct span list, struct eth_abi *out, struct fault *f)
{
	struct eth_abi abi;
	struct span name;

	TRY(parse_text(list, &name, &abi, f));
	if (name.n > 0)
		return fault_raise_at(f, FAULT_FORMAT, "eth.abi.type", 0,
		    "a list of types begins with (");
	*out = abi;
	return true;
}

FALLIBLE eth_abi_parse_signature(struct span signature, struct span *name_out,
    struct eth_abi *out, struct fault *f)
{
	struct eth_abi abi;
	struct span name;

	TRY(parse_text(signature, &name, &abi, f));
	if (!eth_atom_is_name(name))
		return fault_raise_at(f, FAULT_FORMAT, "eth.abi.type", 0,
		    "a signature begins with a name");
	if (name_out != NULL)
		*name_out = name;
	*out = abi;
	return true;
}

/* ---- the canonical text ------------------------------------------------- */

static void format_node(const struct eth_abi_node *node, struct wr *w)
{
	const struct eth_abi_node *part = node + 1;

	switch (node->form) {
	case ETH_ABI_WORD:
	case ETH_ABI_CONTENT:
		eth_atom_format(&node->atom, w);
		break;
	case ETH_ABI_TUPLE:
		wr_text(w, "(");
		for (size_t i = 0; i < node->n_items; i++) {
			wr_text(w, i > 0 ? "," : "");
			format_node(part, w);
			part += part->n_nodes;
		}
		wr_text(w, ")");
		break;
	case ETH_ABI_ARRAY:
		format_node(part, w);
		if (node->n_items > 0)
			wr_printf(w, "[%zu]", node->n_items);
		else
			wr_text(w, "[]");
		break;
	}
}

void eth_abi_format(const struct eth_abi *abi, struct wr *w)
{
	format_node(&abi->node[0], w);
}

FALLIBLE eth_abi_topic(
    struct span signature, struct keccak256 *out, struct fault *f)
{
	/* Names and "tuple" only go: never longer than the text it is from. */
	uint8_t text[LIMIT_ABI_TYPE_TEXT];
	struct wr w = wr_into(text, sizeof(text), "eth.abi.type", f);
	struct eth_abi abi;
	struct span name;

	TRY(eth_abi_parse_signature(signature, &name, &abi, f));
	wr_span(&w, name);
	eth_abi_format(&abi, &w);
	TRY(wr_ok(&w));
	*out = keccak256_of(wr_view(&w));
	return true;
}

FALLIBLE eth_abi_selector(
    struct span signature, uint8_t out[4], struct fault *f)
{
	struct keccak256 hash;

	TRY(eth_abi_topic(signature, &hash, f));
	memcpy(out, hash.b, 4);
	return true;
}
