/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed data against evm/eip712.json: the generic encoder on every case, and
 * the two fixed messages wherever a case is one of them.
 */
#include "tests/unit/evm.h"
#include "verify/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- types and values from JSON ----------------------------------------- */

/* Everything that one case needs, freed at its end. */
struct arena {
	void *list[4096];
	size_t n;
};

static void *take(struct arena *a, size_t n, size_t size)
{
	assert_true(a->n < COUNT(a->list));
	a->list[a->n] = calloc(n > 0 ? n : 1, size);
	assert_non_null(a->list[a->n]);
	return a->list[a->n++];
}

static void arena_drop(struct arena *a)
{
	while (a->n > 0)
		free(a->list[--a->n]);
}

static struct eip712_types types_of(
    struct arena *a, const struct json_node *json)
{
	struct eip712_type *types =
	    take(a, json_count(json), sizeof(struct eip712_type));
	struct eip712_types out = { .types = types };

	for (const struct json_node *t = json_first(json); t != NULL;
	     t = json_next(t)) {
		struct eip712_member *members =
		    take(a, json_count(t), sizeof(struct eip712_member));
		struct eip712_type *type = &types[out.n_types++];

		type->name = json_name(t);
		type->members = members;
		for (const struct json_node *m = json_first(t); m != NULL;
		     m = json_next(m))
			members[type->n_members++] =
			    (struct eip712_member){ .type = evm_text(m, "type"),
				    .name = evm_text(m, "name") };
	}
	return out;
}

static struct eth_value value_of(struct arena *a,
    const struct eip712_types *types, const char *type,
    const struct json_node *json);

static struct eth_value value_of_struct(struct arena *a,
    const struct eip712_types *types, const struct eip712_type *type,
    const struct json_node *json)
{
	struct eth_value *items =
	    take(a, type->n_members, sizeof(struct eth_value));

	assert_int_equal(json_count(json), type->n_members);
	for (size_t i = 0; i < type->n_members; i++)
		items[i] = value_of(a, types, type->members[i].type,
		    evm_get(json, type->members[i].name));
	return (struct eth_value){ .items = items, .n_items = type->n_members };
}

static struct eth_value value_of_array(struct arena *a,
    const struct eip712_types *types, const char *type,
    const struct json_node *json)
{
	const size_t n = (size_t)(strrchr(type, '[') - type);
	struct eth_value *items =
	    take(a, json_count(json), sizeof(struct eth_value));
	char *element = take(a, n + 1, 1);
	size_t i = 0;

	assert_int_equal(json_kind_of(json), JSON_ARRAY);
	memcpy(element, type, n);
	for (const struct json_node *v = json_first(json); v != NULL;
	     v = json_next(v))
		items[i++] = value_of(a, types, element, v);
	return (struct eth_value){ .items = items, .n_items = i };
}

/* Bytes of any length, kept in the arena. */
static struct span bytes_of(struct arena *a, const struct json_node *json)
{
	struct blob b = evm_blob_of(json);
	uint8_t *copy = take(a, b.n, 1);
	const size_t n = b.n;

	if (n > 0)
		memcpy(copy, b.p, n);
	blob_drop(&b);
	return span_of(copy, n);
}

static struct eth_value value_of(struct arena *a,
    const struct eip712_types *types, const char *type,
    const struct json_node *json)
{
	uint8_t *word = take(a, 32, 1);
	struct span bytes;

	if (type[strlen(type) - 1] == ']')
		return value_of_array(a, types, type, json);
	for (size_t i = 0; i < types->n_types; i++)
		if (strcmp(types->types[i].name, type) == 0)
			return value_of_struct(
			    a, types, &types->types[i], json);
	if (strcmp(type, "string") == 0)
		return (
		    struct eth_value){ .bytes = span_text(json_text(json)) };
	if (strcmp(type, "bytes") == 0)
		return (struct eth_value){ .bytes = bytes_of(a, json) };

	if (strcmp(type, "bool") == 0) {
		word[31] = json_bool(json);
	} else if (strcmp(type, "address") == 0) {
		bytes = bytes_of(a, json);
		assert_int_equal(bytes.n, 20);
		memcpy(word + 12, bytes.p, 20);
	} else if (strncmp(type, "bytes", 5) == 0) {
		bytes = bytes_of(a, json);
		assert_true(bytes.n > 0 && bytes.n <= 32);
		memcpy(word, bytes.p, bytes.n);
	} else {
		evm_word(json, word);
	}
	return (struct eth_value){ .bytes = span_of(word, 32) };
}

/* EIP712Domain has those of its five fields that the domain has. */
static struct eip712_types domain_types(
    struct arena *a, const struct json_node *domain)
{
	static const struct eip712_member fields[] = {
		{ "string", "name" },
		{ "string", "version" },
		{ "uint256", "chainId" },
		{ "address", "verifyingContract" },
		{ "bytes32", "salt" },
	};
	struct eip712_type *type = take(a, 1, sizeof(*type));
	struct eip712_member *members =
	    take(a, COUNT(fields), sizeof(*members));

	for (size_t i = 0; i < COUNT(fields); i++)
		if (evm_has(domain, fields[i].name))
			members[type->n_members++] = fields[i];
	assert_int_equal(type->n_members, json_count(domain));
	type->name = "EIP712Domain";
	type->members = members;
	return (struct eip712_types){ .types = type, .n_types = 1 };
}

/* ---- the vectors -------------------------------------------------------- */

static bool type_is(const struct eip712_types *types, const char *name,
    const struct json_node *c, const char *member)
{
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob text = { 0 };
	struct wr w = wr_grow(4096, "test", &f);

	if (!eip712_encode_type(types, name, &w, &f) || !wr_done(&w, &text))
		fail_msg("%s: %s", evm_id(c), f.text);
	return span_equal_text(blob_span(&text), evm_text(c, member));
}

static bool equals(
    const struct json_node *c, const char *name, const struct keccak256 *k)
{
	return evm_equals(c, name, span_of(k->b, sizeof(k->b)));
}

static struct keccak256 check_domain(struct arena *a, const struct json_node *c)
{
	const struct json_node *json = evm_get(c, "domain");
	const struct eip712_types types = domain_types(a, json);
	const struct eth_value value =
	    value_of(a, &types, "EIP712Domain", json);
	struct fault f = FAULT_INIT;
	struct keccak256 hash, separator;

	EVM_TRUE(c, type_is(&types, "EIP712Domain", c, "domain_type"));
	EVM_TRUE(c, eip712_type_hash(&types, "EIP712Domain", &hash, &f));
	EVM_TRUE(c, equals(c, "domain_type_hash", &hash));
	EVM_TRUE(c,
	    eip712_struct_hash(&types, "EIP712Domain", &value, &separator, &f));
	EVM_TRUE(c, equals(c, "domain_separator", &separator));
	return separator;
}

static void check_signature(
    const struct json_node *c, const struct keccak256 *digest)
{
	struct fault f = FAULT_INIT;
	uint8_t private_key[32], point[65];
	struct eth_addr signer;
	struct eth_sig sig;

	evm_bytes(c, "private_key", private_key, sizeof(private_key));
	EVM_TRUE(c, evm_public_key(private_key, point));
	signer = eth_addr_from_public_key(point + 1);
	EVM_TRUE(
	    c, evm_equals(c, "address", span_of(signer.b, sizeof(signer.b))));
	evm_bytes(c, "signature65", sig.b, sizeof(sig.b));
	EVM_TRUE(c, eth_sig_verify(digest, &sig, &signer, &f));
}

static bool is_affiant(const struct json_node *c, const char *primary)
{
	return strcmp(evm_text(c, "domain_type"),
		   "EIP712Domain(string name,string version)") == 0 &&
	    strcmp(evm_text(evm_get(c, "domain"), "name"), "Affiant") == 0 &&
	    strcmp(evm_text(evm_get(c, "domain"), "version"), "1") == 0 &&
	    strcmp(evm_text(c, "primary_type"), primary) == 0;
}

/* The statement of a case, as the daemon has it. */
static struct eip712_statement statement_of(const struct json_node *c)
{
	const struct json_node *m = evm_get(c, "message");
	struct eip712_statement s;
	uint8_t word[32];
	struct fault f = FAULT_INIT;

	evm_bytes(m, "feed", s.feed, sizeof(s.feed));
	evm_bytes(m, "config", s.config.b, sizeof(s.config.b));
	evm_bytes(m, "statement", s.statement.b, sizeof(s.statement.b));
	evm_word(evm_get(m, "decimals"), word);
	EVM_TRUE(c, span_is_zero(span_of(word, 31)));
	if (!dec_parse(
		span_text(evm_text(m, "value")), 0, DEC_EXACT, &s.value, &f))
		fail_msg("%s: %s", evm_id(c), f.text);
	s.value.decimals = word[31];
	EVM_TRUE(c,
	    u64_parse(
		span_text(evm_text(m, "timestamp")), &s.timestamp, "test", &f));
	EVM_TRUE(c,
	    u64_parse(span_text(evm_text(m, "round")), &s.round, "test", &f));
	return s;
}

static void check_case(struct arena *a, const struct json_node *c)
{
	const char *primary = evm_text(c, "primary_type");
	const struct eip712_types types = types_of(a, evm_get(c, "types"));
	const struct eth_value value =
	    value_of(a, &types, primary, evm_get(c, "message"));
	const struct keccak256 separator = check_domain(a, c);
	struct fault f = FAULT_INIT;
	struct keccak256 hash, digest, input;
	AUTO(blob_drop) struct blob bytes = evm_blob(c, "signing_input");

	EVM_TRUE(c, type_is(&types, primary, c, "encode_type"));
	EVM_TRUE(c, eip712_type_hash(&types, primary, &hash, &f));
	EVM_TRUE(c, equals(c, "type_hash", &hash));
	if (!eip712_struct_hash(&types, primary, &value, &hash, &f))
		fail_msg("%s: %s", evm_id(c), f.text);
	EVM_TRUE(c, equals(c, "struct_hash", &hash));
	digest = eip712_signing_digest(&separator, &hash);
	EVM_TRUE(c, equals(c, "digest", &digest));
	input = keccak256_of(blob_span(&bytes));
	EVM_TRUE(c, equals(c, "digest", &input));
	check_signature(c, &digest);
}

/* A negative case is refused somewhere on the way to its hash. */
static void check_refused(struct arena *a, const struct json_node *c)
{
	const char *primary = evm_text(c, "primary_type");
	const struct eip712_types types = types_of(a, evm_get(c, "types"));
	const struct eth_value value =
	    value_of(a, &types, primary, evm_get(c, "message"));
	struct fault f = FAULT_INIT;
	struct keccak256 hash;

	EVM_TRUE(c, !eip712_struct_hash(&types, primary, &value, &hash, &f));
}

static void eip712__matches_every_case(void **state)
{
	struct evm_file file = evm_open("eip712");
	size_t n_statement = 0, n_digest = 0, n_other = 0;
	struct arena a = { .n = 0 };

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		struct keccak256 digest;

		if (evm_is_negative(c)) {
			check_refused(&a, c);
			arena_drop(&a);
			continue;
		}
		check_case(&a, c);
		arena_drop(&a);
		if (is_affiant(c, "Statement")) {
			const struct eip712_statement s = statement_of(c);

			digest = eip712_statement_digest(&s);
			EVM_TRUE(c, equals(c, "digest", &digest));
			n_statement++;
		} else if (is_affiant(c, "Digest")) {
			struct sha256 s;

			evm_bytes(evm_get(c, "message"), "statement", s.b,
			    sizeof(s.b));
			digest = eip712_digest_digest(&s);
			EVM_TRUE(c, equals(c, "digest", &digest));
			n_digest++;
		} else {
			n_other++;
		}
	}
	assert_true(n_statement > 0);
	assert_true(n_digest > 0);
	assert_true(n_other > 0);
	evm_close(&file);
}

/* ---- the constants of the project, onchain.md 5.2 and 5.3 --------------- */

static const struct eip712_member domain_members[] = {
	{ "string", "name" },
	{ "string", "version" },
};
static const struct eip712_member statement_members[] = {
	{ "bytes32", "feed" },
	{ "int256", "value" },
	{ "uint8", "decimals" },
	{ "uint64", "timestamp" },
	{ "uint64", "round" },
	{ "bytes32", "config" },
	{ "bytes32", "statement" },
};
static const struct eip712_member digest_members[] = {
	{ "bytes32", "statement" },
};
static const struct eip712_type our_types_list[] = {
	{ "EIP712Domain", domain_members, COUNT(domain_members) },
	{ "Statement", statement_members, COUNT(statement_members) },
	{ "Digest", digest_members, COUNT(digest_members) },
};
static const struct eip712_types our_types = { our_types_list,
	COUNT(our_types_list) };

static void assert_keccak(const struct keccak256 *got, const char *want)
{
	char text[HEX_SIZE(32)];

	hex_encode(span_of(got->b, sizeof(got->b)), text);
	assert_string_equal(text, want);
}

static void assert_type_hash(const char *name, const char *want)
{
	struct fault f = FAULT_INIT;
	struct keccak256 hash;

	assert_true(eip712_type_hash(&our_types, name, &hash, &f));
	assert_keccak(&hash, want);
}

static void eip712_type_hash__gives_the_constants_of_the_specification(
    void **state)
{
	struct keccak256 hash;

	(void)state;
	assert_type_hash("EIP712Domain",
	    "b03948446334eb9b2196d5eb166f69b9d49403eb4a12f36de8d3f9f3cb8e15c3");
	assert_type_hash("Statement",
	    "c762d6bcd2732593f28f178ceb42d4a8b5d355d591d016d7a5c1d86ade202026");
	assert_type_hash("Digest",
	    "f05571505ade8e00c600e1804b0d562b767f412a8b45444cca32899bedb9871d");
	hash = keccak256_of(span_text("Affiant"));
	assert_keccak(&hash,
	    "edd28dda835d596fd19cdde085e3e729cac50ad5232593f32df3971c01a77d7f");
	hash = keccak256_of(span_text("1"));
	assert_keccak(&hash,
	    "c89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc6");
}

static void eip712_affiant_domain__is_what_the_encoder_computes(void **state)
{
	const struct eth_value fields[] = {
		{ .bytes = span_text("Affiant") },
		{ .bytes = span_text("1") },
	};
	const struct eth_value value = { .items = fields, .n_items = 2 };
	const struct keccak256 constant = eip712_affiant_domain();
	struct fault f = FAULT_INIT;
	struct keccak256 hash;

	(void)state;
	assert_true(
	    eip712_struct_hash(&our_types, "EIP712Domain", &value, &hash, &f));
	assert_memory_equal(hash.b, constant.b, 32);
	assert_keccak(&constant,
	    "d33e094372855e7d59f8dab48fb9e72f572beb60e0fae7556c874e71289f4c42");
}

static struct eip712_statement worked_example(void)
{
	struct eip712_statement s = { .feed = "BTC/USD",
		.timestamp = 1760000000000,
		.round = 42,
		.config = sha256_of(span_text("example config")),
		.statement = sha256_of(span_text("example statement")) };
	struct fault f = FAULT_INIT;

	assert_true(
	    dec_parse(span_text("97234.12"), 8, DEC_EXACT, &s.value, &f));
	return s;
}

static void eip712_statement_digest__matches_the_worked_example(void **state)
{
	const struct eip712_statement s = worked_example();
	const struct keccak256 digest = eip712_statement_digest(&s);
	struct fault f = FAULT_INIT;
	struct eth_addr signer;
	struct eth_sig sig;

	(void)state;
	assert_keccak(&digest,
	    "add2f17e92a206de9b042cf699367773ab133900a08f765d5ca72220c3b2940e");
	assert_true(hex_decode(
	    span_text(
		"23fd0aa6b4dd867be58d2dd35c9b51b8117cfa4d6e9fda696ecc033c130eb7"
		"ec40b699459cca2589253f4cd04ed2f57e218406ce5700920f051f5cbc8c99"
		"b84f1b"),
	    sig.b, sizeof(sig.b), "test", &f));
	assert_true(eth_addr_parse(
	    span_text("0x82fc9472BCcc07ce4d121f464Cd00AC8Be2b3d50"), &signer,
	    &f));
	assert_true(eth_sig_verify(&digest, &sig, &signer, &f));
}

static void eip712_digest_digest__matches_the_worked_example(void **state)
{
	const struct sha256 s = sha256_of(span_text("example statement"));
	const struct keccak256 digest = eip712_digest_digest(&s);

	(void)state;
	assert_keccak(&digest,
	    "677d4dfb7128a161f646ace2839236359e7a2ae100651cb4c42daeabac44f815");
}

/* No member of a statement is left out of its digest. */
static void eip712_statement_digest__covers_every_bit(void **state)
{
	const struct eip712_statement s = worked_example();
	const struct keccak256 digest = eip712_statement_digest(&s);
	const struct {
		size_t offset, n;
	} members[] = {
		{ offsetof(struct eip712_statement, feed), 32 },
		{ offsetof(struct eip712_statement, value.units), 32 },
		{ offsetof(struct eip712_statement, value.decimals), 1 },
		{ offsetof(struct eip712_statement, timestamp), 8 },
		{ offsetof(struct eip712_statement, round), 8 },
		{ offsetof(struct eip712_statement, config), 32 },
		{ offsetof(struct eip712_statement, statement), 32 },
	};

	(void)state;
	for (size_t m = 0; m < COUNT(members); m++) {
		for (size_t bit = 0; bit < 8 * members[m].n; bit++) {
			struct eip712_statement other = s;
			struct keccak256 got;

			((uint8_t *)&other)[members[m].offset + bit / 8] ^=
			    (uint8_t)(1u << (bit % 8));
			got = eip712_statement_digest(&other);
			assert_memory_not_equal(got.b, digest.b, 32);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eip712__matches_every_case),
		cmocka_unit_test(
		    eip712_type_hash__gives_the_constants_of_the_specification),
		cmocka_unit_test(
		    eip712_affiant_domain__is_what_the_encoder_computes),
		cmocka_unit_test(
		    eip712_statement_digest__matches_the_worked_example),
		cmocka_unit_test(
		    eip712_digest_digest__matches_the_worked_example),
		cmocka_unit_test(eip712_statement_digest__covers_every_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
