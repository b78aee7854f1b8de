/* SPDX-License-Identifier: Apache-2.0 */
/* The generic encoder of typed data: what it refuses, and where. */
#include "chain/eth.h"
#include "verify/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_fault(
    const struct fault *f, enum fault_kind kind, const char *at)
{
	if (f->at == NULL || strcmp(f->at, at) != 0)
		fail_msg("wanted %s, got %s: %s", at,
		    f->at != NULL ? f->at : "no fault", f->text);
	assert_int_equal(f->kind, kind);
	assert_true(f->text[0] != '\0');
}

/* One struct M with one member x of this type: refused, and nothing written. */
static void refuses_type(const char *text)
{
	const struct eip712_member member = { text, "x" };
	const struct eip712_type type = { "M", &member, 1 };
	const struct eip712_types types = { &type, 1 };
	const struct eth_value item = { 0 };
	const struct eth_value value = { .items = &item, .n_items = 1 };
	struct fault f = FAULT_INIT, w_fault = FAULT_INIT;
	struct keccak256 hash = { "unchanged" };
	uint8_t room[256];
	struct wr w = wr_into(room, sizeof(room), "test", &w_fault);

	if (eip712_encode_type(&types, "M", &w, &f))
		fail_msg("accepted: %s", text);
	assert_fault(&f, FAULT_USAGE, "eth.eip712.type");
	assert_int_equal(wr_view(&w).n, 0);
	fault_clear(&f);
	assert_false(eip712_type_hash(&types, "M", &hash, &f));
	assert_fault(&f, FAULT_USAGE, "eth.eip712.type");
	fault_clear(&f);
	assert_false(eip712_struct_hash(&types, "M", &value, &hash, &f));
	assert_fault(&f, FAULT_USAGE, "eth.eip712.type");
	assert_string_equal((const char *)hash.b, "unchanged");
}

static void eip712_encode_type__refuses_unknown_types(void **state)
{
	static const char *const bad[] = { "", "uint", "int", "byte", "uint7",
		"uint0", "uint264", "uint08", "uint12", "int9", "uint+8",
		"uint8 ", " uint8", "Uint8", "int1", "int257", "bytes0",
		"bytes33", "bytes01", "Bytes", "String", "bool8",
		"address payable", "N", "M ", "m", "uint8[0]", "uint8[01]",
		"uint8[-1]", "uint8[1", "uint8]", "uint8[][", "uint8[]]",
		"uint8[[2]", "[]", "[2]", "]", "[", "uint8[x]", "uint8[ ]",
		"uint8[18446744073709551616]", "uint8 a,uint8", "M)N(uint8" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		refuses_type(bad[i]);
}

static void eip712_encode_type__takes_every_atomic_type(void **state)
{
	char text[16], want[64];
	const struct eip712_member member = { text, "x" };
	const struct eip712_type type = { "M", &member, 1 };
	const struct eip712_types types = { &type, 1 };
	const struct {
		const char *name;
		unsigned from, to, step;
	} rows[] = {
		{ "uint", 8, 256, 8 },
		{ "int", 8, 256, 8 },
		{ "bytes", 1, 32, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (unsigned n = rows[i].from; n <= rows[i].to;
		     n += rows[i].step) {
			struct fault f = FAULT_INIT;
			uint8_t room[64];
			struct wr w = wr_into(room, sizeof(room), "test", &f);

			snprintf(text, sizeof(text), "%s%u", rows[i].name, n);
			snprintf(want, sizeof(want), "M(%s x)", text);
			assert_true(eip712_encode_type(&types, "M", &w, &f));
			assert_true(span_equal_text(wr_view(&w), want));
		}
	}
}

static void refuses_names(const struct eip712_type *list, size_t n)
{
	const struct eip712_types types = { list, n };
	struct fault f = FAULT_INIT;
	struct keccak256 hash;

	assert_false(eip712_type_hash(&types, "M", &hash, &f));
	assert_fault(&f, FAULT_USAGE, "eth.eip712.name");
}

/* Each of these could be written so that it reads as another type. */
static void eip712_encode_type__refuses_ambiguous_names(void **state)
{
	static const char *const bad[] = { "", "a b", "a,b", "a)", "1a", "a\n",
		"\xc3\xa9", "a-b", "a[]" };
	static const char *const atoms[] = { "uint256", "bytes", "string",
		"bool", "address", "bytes32" };
	const struct eip712_member twice[] = { { "bool", "x" }, { "bool", "y" },
		{ "uint8", "x" } };
	const struct eip712_type two[] = { { "M", twice, 1 }, { "N", twice, 1 },
		{ "M", twice, 2 } };
	const struct eip712_type repeated = { "M", twice, 3 };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct eip712_member member = { "bool", bad[i] };
		const struct eip712_type type = { "M", &member, 1 };
		const struct eip712_type types[] = { { "M", twice, 1 },
			{ bad[i], twice, 1 } };

		refuses_names(&type, 1);
		refuses_names(types, 2);
	}
	for (size_t i = 0; i < COUNT(atoms); i++) {
		const struct eip712_type types[] = { { "M", twice, 1 },
			{ atoms[i], twice, 1 } };

		refuses_names(types, 2);
	}
	refuses_names(two, 3);
	refuses_names(&repeated, 1);
}

static void eip712_encode_type__sorts_and_repeats_nothing(void **state)
{
	/* Reached through arrays, twice, in a circle, and not at all. */
	const struct eip712_member root[] = { { "Zed[2][]", "z" },
		{ "Ant", "a" }, { "Root[]", "more" } };
	const struct eip712_member zed[] = { { "Bee", "b" }, { "Ant[]", "a" } };
	const struct eip712_member bee[] = { { "Zed[]", "$z_1" } };
	const struct eip712_type list[] = { { "Zed", zed, 2 },
		{ "Unused", bee, 1 }, { "Root", root, 3 }, { "Bee", bee, 1 },
		{ "Ant", NULL, 0 } };
	const struct eip712_types types = { list, COUNT(list) };
	struct fault f = FAULT_INIT;
	uint8_t room[256];
	struct wr w = wr_into(room, sizeof(room), "test", &f);

	(void)state;
	assert_true(eip712_encode_type(&types, "Root", &w, &f));
	assert_true(span_equal_text(wr_view(&w),
	    "Root(Zed[2][] z,Ant a,Root[] more)Ant()Bee(Zed[] $z_1)"
	    "Zed(Bee b,Ant[] a)"));
}

static void eip712_encode_type__says_when_the_writer_is_full(void **state)
{
	const struct eip712_member member = { "uint256", "member" };
	const struct eip712_type type = { "M", &member, 1 };
	const struct eip712_types types = { &type, 1 };
	struct fault f = FAULT_INIT, w_fault = FAULT_INIT;
	uint8_t room[16];
	struct wr w = wr_into(room, sizeof(room), "test", &w_fault);

	(void)state;
	assert_false(eip712_encode_type(&types, "M", &w, &f));
	assert_fault(&f, FAULT_LIMIT, "eth.eip712.type");
}

static void eip712_type_hash__bounds_the_type_text(void **state)
{
	static char name[LIMIT_EIP712_TYPE_TEXT];
	const struct eip712_member member = { "bool", name };
	const struct eip712_type type = { "M", &member, 1 };
	const struct eip712_types types = { &type, 1 };
	const size_t longest = LIMIT_EIP712_TYPE_TEXT - strlen("M(bool )");
	struct fault f = FAULT_INIT;
	struct keccak256 hash;

	(void)state;
	memset(name, 'x', longest);
	assert_true(eip712_type_hash(&types, "M", &hash, &f));
	name[longest] = 'x';
	assert_false(eip712_type_hash(&types, "M", &hash, &f));
	assert_fault(&f, FAULT_LIMIT, "eth.eip712.type");
}

static void eip712__bounds_the_number_of_types(void **state)
{
	static char names[LIMIT_EIP712_TYPES + 1][8];
	struct eip712_type list[LIMIT_EIP712_TYPES + 1] = { { 0 } };
	struct eip712_member members[LIMIT_EIP712_TYPES + 1];
	struct eip712_types types = { list, LIMIT_EIP712_TYPES };
	struct fault f = FAULT_INIT;
	struct keccak256 hash;

	(void)state;
	/* A chain: the first type reaches all others. */
	for (size_t i = 0; i < COUNT(list); i++) {
		snprintf(names[i], sizeof(names[i]), "T%02zu", i);
		members[i] = (struct eip712_member){
			names[i + 1 < LIMIT_EIP712_TYPES ? i + 1 : i], "next"
		};
		list[i] = (struct eip712_type){ names[i], &members[i], 1 };
	}
	assert_true(eip712_type_hash(&types, "T00", &hash, &f));
	types.n_types++;
	assert_false(eip712_type_hash(&types, "T00", &hash, &f));
	assert_fault(&f, FAULT_LIMIT, "eth.eip712.types");
}

static void eip712__refuses_a_primary_type_that_is_not_there(void **state)
{
	const struct eip712_type type = { "M", NULL, 0 };
	const struct eip712_types types = { &type, 1 };
	const struct eth_value value = { 0 };
	struct fault f = FAULT_INIT;
	struct keccak256 hash;
	uint8_t room[256];
	struct wr w = wr_into(room, sizeof(room), "test", &f);

	(void)state;
	assert_false(eip712_type_hash(&types, "m", &hash, &f));
	assert_fault(&f, FAULT_USAGE, "eth.eip712.type");
	fault_clear(&f);
	assert_false(eip712_encode_type(&types, "", &w, &f));
	assert_fault(&f, FAULT_USAGE, "eth.eip712.type");
	fault_clear(&f);
	assert_false(eip712_struct_hash(&types, "uint256", &value, &hash, &f));
	assert_fault(&f, FAULT_USAGE, "eth.eip712.type");
}

/* Hashes M(type x) with this value. */
static bool hash_member(
    const char *type, const struct eth_value *x, struct fault *f)
{
	const struct eip712_member member = { type, "x" };
	const struct eip712_member inner[] = { { "bool", "p" },
		{ "bool", "q" } };
	const struct eip712_type list[] = { { "M", &member, 1 },
		{ "N", inner, 2 } };
	const struct eip712_types types = { list, 2 };
	const struct eth_value value = { .items = x, .n_items = 1 };
	struct keccak256 hash;

	return eip712_struct_hash(&types, "M", &value, &hash, f);
}

/* The word is zero but for its first, its middle and its last bytes. */
struct word_row {
	const char *type;
	uint8_t first, last;
	size_t at; /* where `middle` stands */
	uint8_t middle;
	bool ok;
};

static void eip712_struct_hash__refuses_numbers_out_of_range(void **state)
{
	static const struct word_row rows[] = {
		{ "bool", 0, 1, 1, 0, true },
		{ "bool", 0, 2, 1, 0, false },
		{ "bool", 0, 1, 30, 1, false },
		{ "uint8", 0, 0xff, 1, 0, true },
		{ "uint8", 0, 0, 30, 1, false },
		{ "uint64", 0, 0, 24, 0xff, true },
		{ "uint64", 0, 0, 23, 1, false },
		{ "uint256", 0xff, 0xff, 1, 0xff, true },
		{ "address", 0, 0, 12, 0xff, true },
		{ "address", 0, 0, 11, 1, false },
		{ "address", 1, 0, 11, 0, false },
		{ "int8", 0, 0x7f, 1, 0, true },
		{ "int8", 0, 0x80, 1, 0, false },
		{ "int64", 0, 0, 24, 0x7f, true },
		{ "int64", 0, 0, 24, 0x80, false },
		{ "int64", 0xff, 0, 24, 0x80, false },
		{ "int256", 0x80, 0, 1, 0, true },
		{ "bytes1", 0xff, 0, 31, 0, true },
		{ "bytes1", 0xff, 0, 1, 1, false },
		{ "bytes4", 0xff, 0, 3, 0xff, true },
		{ "bytes4", 0xff, 0, 4, 1, false },
		{ "bytes4", 0xff, 1, 1, 0, false },
		{ "bytes32", 0xff, 0xff, 1, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t word[32] = { 0 };
		const struct eth_value x = { .bytes = span_of(word, 32) };
		struct fault f = FAULT_INIT;
		bool ok;

		word[rows[i].at] = rows[i].middle;
		word[0] |= rows[i].first;
		word[31] |= rows[i].last;
		ok = hash_member(rows[i].type, &x, &f);
		if (ok != rows[i].ok)
			fail_msg("row %zu, %s: %s", i, rows[i].type, f.text);
		if (!ok)
			assert_fault(&f, FAULT_USAGE, "eth.eip712.value");
	}
}

static void eip712_struct_hash__takes_negative_numbers(void **state)
{
	uint8_t word[32] = { 0 };
	const struct eth_value x = { .bytes = span_of(word, 32) };
	struct fault f = FAULT_INIT;

	(void)state;
	memset(word, 0xff, sizeof(word));
	assert_true(hash_member("int8", &x, &f));
	word[31] = 0x80;
	assert_true(hash_member("int8", &x, &f));
	word[31] = 0x7f;
	assert_false(hash_member("int8", &x, &f));
	assert_fault(&f, FAULT_USAGE, "eth.eip712.value");
}

static void refuses_value(const char *type, struct eth_value x)
{
	struct fault f = FAULT_INIT;

	if (hash_member(type, &x, &f))
		fail_msg("accepted a wrong value for %s", type);
	assert_fault(&f, FAULT_USAGE, "eth.eip712.value");
}

static void eip712_struct_hash__refuses_values_of_another_shape(void **state)
{
	static const uint8_t zeros[33];
	const struct eth_value word = { .bytes = span_of(zeros, 32) };
	const struct eth_value words[] = { word, word, word };
	const struct eth_value empty = { 0 };
	struct fault f = FAULT_INIT;
	struct eth_value both = {
		.bytes = span_of(zeros, 32), .items = words, .n_items = 2
	};

	(void)state;
#define LIST(n) (struct eth_value){ .items = words, .n_items = (n) }
#define BYTES(n)                             \
	(struct eth_value)                   \
	{                                    \
		.bytes = span_of(zeros, (n)) \
	}
	refuses_value("uint8", BYTES(0));
	refuses_value("uint8", BYTES(31));
	refuses_value("uint8", BYTES(33));
	refuses_value("uint8", LIST(1));
	refuses_value("uint8", both);
	refuses_value("string", LIST(1));
	refuses_value("bytes", both);
	refuses_value("uint8[]", word);
	refuses_value("uint8[]", both);
	refuses_value("uint8[2]", LIST(1));
	refuses_value("uint8[2]", LIST(3));
	refuses_value("uint8[2][]", LIST(1));
	refuses_value("N", LIST(1));
	refuses_value("N", LIST(3));
	refuses_value("N", both);
	refuses_value("N", word);
	assert_true(hash_member("uint8[]", &empty, &f));
	assert_true(hash_member("uint8[2]", &LIST(2), &f));
	assert_true(hash_member("N", &LIST(2), &f));
	assert_true(hash_member("string", &empty, &f));
#undef LIST
#undef BYTES
}

static void eip712_struct_hash__bounds_the_nesting(void **state)
{
	const struct eip712_member member = { "M[]", "x" };
	const struct eip712_type type = { "M", &member, 1 };
	const struct eip712_types types = { &type, 1 };
	/* Each M holds a list of one M; the innermost list is empty. A struct
	 * and its list are two levels. */
	struct eth_value levels[LIMIT_EIP712_DEPTH + 4] = { 0 };
	const size_t last = COUNT(levels) - 1;
	struct fault f = FAULT_INIT;
	struct keccak256 hash;

	(void)state;
	for (size_t i = 0; i < last; i++)
		levels[i] =
		    (struct eth_value){ .items = &levels[i + 1], .n_items = 1 };
	assert_true(eip712_struct_hash(
	    &types, "M", &levels[last - LIMIT_EIP712_DEPTH + 1], &hash, &f));
	assert_false(eip712_struct_hash(
	    &types, "M", &levels[last - LIMIT_EIP712_DEPTH - 1], &hash, &f));
	assert_fault(&f, FAULT_LIMIT, "eth.eip712.depth");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eip712_encode_type__refuses_unknown_types),
		cmocka_unit_test(eip712_encode_type__takes_every_atomic_type),
		cmocka_unit_test(eip712_encode_type__refuses_ambiguous_names),
		cmocka_unit_test(eip712_encode_type__sorts_and_repeats_nothing),
		cmocka_unit_test(
		    eip712_encode_type__says_when_the_writer_is_full),
		cmocka_unit_test(eip712_type_hash__bounds_the_type_text),
		cmocka_unit_test(eip712__bounds_the_number_of_types),
		cmocka_unit_test(
		    eip712__refuses_a_primary_type_that_is_not_there),
		cmocka_unit_test(
		    eip712_struct_hash__refuses_numbers_out_of_range),
		cmocka_unit_test(eip712_struct_hash__takes_negative_numbers),
		cmocka_unit_test(
		    eip712_struct_hash__refuses_values_of_another_shape),
		cmocka_unit_test(eip712_struct_hash__bounds_the_nesting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
