/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EIP-712 for types given at run time: encodeType, hashStruct. The types are
 * arguments of our own code, so what is wrong with them is USAGE; all the same
 * nothing here trusts them, because a type text that can be written in two
 * ways is a signature that means two things.
 */
#include "chain/codec/eth_atom.h"
#include "chain/codec/keccak.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <string.h>

/* ---- the text of a type ------------------------------------------------- */

enum form { FORM_ATOM, FORM_STRUCT, FORM_ARRAY };

/* What one level of a type's text says. */
struct shape {
	enum form form;
	struct eth_atom atom; /* ATOM */
	size_t type;          /* STRUCT: index into the types */
	struct span element;  /* ARRAY: the text of the element's type */
	bool has_length;      /* ARRAY: T[n] and not T[] */
	uint64_t length;
};

/* The outermost dimension stands last: int256[2][] is a list of pairs. */
static bool array_of(struct span text, struct shape *out)
{
	struct fault ignored = FAULT_INIT;
	struct span length;
	size_t open = text.n;

	if (text.n == 0 || text.p[text.n - 1] != ']')
		return false;
	while (open > 0 && text.p[open - 1] != '[')
		open--;
	if (open == 0)
		return false;
	*out = (struct shape){ .form = FORM_ARRAY,
		.element = span_of(text.p, open - 1) };
	length = span_of(text.p + open, text.n - 1 - open);
	if (length.n == 0)
		return true;
	out->has_length = true;
	return u64_parse(length, &out->length, "eth.eip712.type", &ignored) &&
	    out->length > 0;
}

static bool struct_of(
    const struct eip712_types *types, struct span name, size_t *out)
{
	for (size_t i = 0; i < types->n_types; i++) {
		if (!span_equal_text(name, types->types[i].name))
			continue;
		*out = i;
		return true;
	}
	return false;
}

static FALLIBLE shape_of(const struct eip712_types *types, struct span text,
    struct shape *out, struct fault *f)
{
	struct shape shape = { .form = FORM_STRUCT };

	if (eth_atom_parse(text, &shape.atom))
		shape.form = FORM_ATOM;
	else if (!array_of(text, &shape) &&
	    !struct_of(types, text, &shape.type))
		return fault_raise(f, FAULT_USAGE, "eth.eip712.type",
		    "there is no type \"%.*s\"", (int)text.n,
		    text.n > 0 ? (const char *)text.p : "");
	*out = shape;
	return true;
}

/* ---- the declarations --------------------------------------------------- */

static FALLIBLE check_members(const struct eip712_type *type, struct fault *f)
{
	for (size_t i = 0; i < type->n_members; i++) {
		const char *name = type->members[i].name;

		if (!eth_atom_is_name(span_text(name)))
			return fault_raise(f, FAULT_USAGE, "eth.eip712.name",
			    "member %zu of %s has no proper name", i,
			    type->name);
		for (size_t j = 0; j < i; j++)
			if (strcmp(name, type->members[j].name) == 0)
				return fault_raise(f, FAULT_USAGE,
				    "eth.eip712.name",
				    "%s has two members called %s", type->name,
				    name);
	}
	return true;
}

/* Every name is one identifier and means one thing. */
static FALLIBLE check_types(const struct eip712_types *types, struct fault *f)
{
	if (types->n_types > LIMIT_EIP712_TYPES)
		return fault_raise(f, FAULT_LIMIT, "eth.eip712.types",
		    "%zu struct types, at most %d are allowed", types->n_types,
		    LIMIT_EIP712_TYPES);
	for (size_t i = 0; i < types->n_types; i++) {
		const struct eip712_type *type = &types->types[i];
		const struct span name = span_text(type->name);
		struct eth_atom atom;
		size_t first;

		if (!eth_atom_is_name(name) || eth_atom_parse(name, &atom))
			return fault_raise(f, FAULT_USAGE, "eth.eip712.name",
			    "struct type %zu has no proper name", i);
		if (!struct_of(types, name, &first) || first != i)
			return fault_raise(f, FAULT_USAGE, "eth.eip712.name",
			    "the struct type %s is declared twice", type->name);
		TRY(check_members(type, f));
	}
	return true;
}

static FALLIBLE find_primary(const struct eip712_types *types, const char *name,
    size_t *out, struct fault *f)
{
	TRY(check_types(types, f));
	if (!struct_of(types, span_text(name), out))
		return fault_raise(f, FAULT_USAGE, "eth.eip712.type",
		    "there is no struct type \"%s\"", name);
	return true;
}

/* ---- encodeType --------------------------------------------------------- */

/* Marks every struct type that `root` reaches; a type may reach itself. */
static FALLIBLE mark_reached(const struct eip712_types *types, size_t root,
    bool reached[LIMIT_EIP712_TYPES], struct fault *f)
{
	size_t list[LIMIT_EIP712_TYPES] = { root };
	size_t n = 1;

	reached[root] = true;
	for (size_t i = 0; i < n; i++) {
		const struct eip712_type *type = &types->types[list[i]];

		for (size_t j = 0; j < type->n_members; j++) {
			struct shape shape = { .form = FORM_ARRAY,
				.element = span_text(type->members[j].type) };

			while (shape.form == FORM_ARRAY)
				TRY(shape_of(types, shape.element, &shape, f));
			if (shape.form == FORM_STRUCT && !reached[shape.type]) {
				reached[shape.type] = true;
				list[n++] = shape.type;
			}
		}
	}
	return true;
}

/* "Person(string name,address wallet)" */
static void write_type(struct wr *w, const struct eip712_type *type)
{
	wr_text(w, type->name);
	wr_text(w, "(");
	for (size_t i = 0; i < type->n_members; i++) {
		wr_text(w, i > 0 ? "," : "");
		wr_text(w, type->members[i].type);
		wr_text(w, " ");
		wr_text(w, type->members[i].name);
	}
	wr_text(w, ")");
}

static FALLIBLE encode_type(const struct eip712_types *types, size_t root,
    struct wr *w, struct fault *f)
{
	bool left[LIMIT_EIP712_TYPES] = { false };

	TRY(mark_reached(types, root, left, f));
	/* The primary type first, the others once each, sorted by name. */
	for (size_t next = root; next < types->n_types;) {
		write_type(w, &types->types[next]);
		left[next] = false;
		next = types->n_types;
		for (size_t i = 0; i < types->n_types; i++)
			if (left[i] &&
			    (next == types->n_types ||
				strcmp(types->types[i].name,
				    types->types[next].name) < 0))
				next = i;
	}
	if (!wr_ok(w))
		return fault_raise(f, FAULT_LIMIT, "eth.eip712.type",
		    "the type text of %s does not fit",
		    types->types[root].name);
	return true;
}

static FALLIBLE type_hash(const struct eip712_types *types, size_t root,
    struct keccak256 *out, struct fault *f)
{
	uint8_t text[LIMIT_EIP712_TYPE_TEXT];
	struct fault full = FAULT_INIT;
	struct wr w = wr_into(text, sizeof(text), "eth.eip712.type", &full);

	TRY(encode_type(types, root, &w, f));
	*out = keccak256_of(wr_view(&w));
	return true;
}

/* ---- hashStruct --------------------------------------------------------- */

static FALLIBLE hash_struct(const struct eip712_types *types, size_t root,
    const struct eth_value *value, unsigned depth, struct keccak256 *out,
    struct fault *f);

static FALLIBLE encode_atom(const struct eth_atom *atom,
    const struct eth_value *value, const char *where, struct keccak256 *out,
    struct fault *f)
{
	if (eth_atom_is_content(atom)) {
		if (value->n_items != 0)
			return fault_raise(f, FAULT_USAGE, "eth.eip712.value",
			    "%s is a text or bytes, not a list", where);
		*out = keccak256_of(value->bytes);
		return true;
	}
	if (value->n_items != 0 || value->bytes.n != ETH_WORD)
		return fault_raise(f, FAULT_USAGE, "eth.eip712.value",
		    "%s is given as 32 bytes", where);
	if (!eth_atom_fits(atom, value->bytes.p))
		return fault_raise(f, FAULT_USAGE, "eth.eip712.value",
		    "%s is out of the range of its type", where);
	memcpy(out->b, value->bytes.p, ETH_WORD);
	return true;
}

/* enc(value): 32 bytes, whatever the type. `where` names the member. */
static FALLIBLE encode_value(const struct eip712_types *types, struct span type,
    const struct eth_value *value, const char *where, unsigned depth,
    struct keccak256 *out, struct fault *f)
{
	struct shape shape;
	struct keccak k;

	if (depth > LIMIT_EIP712_DEPTH)
		return fault_raise(f, FAULT_LIMIT, "eth.eip712.depth",
		    "structs and arrays are nested deeper than %d",
		    LIMIT_EIP712_DEPTH);
	TRY(shape_of(types, type, &shape, f));
	switch (shape.form) {
	case FORM_STRUCT:
		return hash_struct(types, shape.type, value, depth, out, f);
	case FORM_ATOM:
		return encode_atom(&shape.atom, value, where, out, f);
	case FORM_ARRAY:
		break;
	}
	if (value->bytes.n != 0 ||
	    (shape.has_length && value->n_items != shape.length))
		return fault_raise(f, FAULT_USAGE, "eth.eip712.value",
		    "%s is a list, of as many elements as its type says",
		    where);
	keccak_start(&k);
	for (size_t i = 0; i < value->n_items; i++) {
		struct keccak256 word;

		TRY(encode_value(types, shape.element, &value->items[i], where,
		    depth + 1, &word, f));
		keccak_add(&k, span_of(word.b, ETH_WORD));
	}
	*out = keccak_take(&k);
	return true;
}

/* keccak(typeHash || enc(member) ...) */
static FALLIBLE hash_struct(const struct eip712_types *types, size_t root,
    const struct eth_value *value, unsigned depth, struct keccak256 *out,
    struct fault *f)
{
	const struct eip712_type *type = &types->types[root];
	struct keccak256 word;
	struct keccak k;

	if (value->bytes.n != 0 || value->n_items != type->n_members)
		return fault_raise(f, FAULT_USAGE, "eth.eip712.value",
		    "%s has %zu members, %zu are given", type->name,
		    type->n_members, value->n_items);
	TRY(type_hash(types, root, &word, f));
	keccak_start(&k);
	keccak_add(&k, span_of(word.b, ETH_WORD));
	for (size_t i = 0; i < type->n_members; i++) {
		const struct eip712_member *member = &type->members[i];

		TRY(encode_value(types, span_text(member->type),
		    &value->items[i], member->name, depth + 1, &word, f));
		keccak_add(&k, span_of(word.b, ETH_WORD));
	}
	*out = keccak_take(&k);
	return true;
}

/* ---- entry points ------------------------------------------------------- */

FALLIBLE eip712_encode_type(const struct eip712_types *types, const char *name,
    struct wr *w, struct fault *f)
{
	size_t root;

	TRY(find_primary(types, name, &root, f));
	return encode_type(types, root, w, f);
}

FALLIBLE eip712_type_hash(const struct eip712_types *types, const char *name,
    struct keccak256 *out, struct fault *f)
{
	size_t root;

	TRY(find_primary(types, name, &root, f));
	return type_hash(types, root, out, f);
}

FALLIBLE eip712_struct_hash(const struct eip712_types *types, const char *name,
    const struct eth_value *value, struct keccak256 *out, struct fault *f)
{
	size_t root;

	TRY(find_primary(types, name, &root, f));
	return hash_struct(types, root, value, 0, out, f);
}
