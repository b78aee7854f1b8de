/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every verdict that the Intel vectors record: real quotes at exact times,
 * edits of good cases, and a synthetic world; each at the recorded check.
 */
#include "tests/unit/check.h"
#include "tests/unit/intel_world.h"
#include "verify/base/text.h"

#include <stdlib.h>

static int n_wrong;

static void set_time(struct intel_world *w, const char *text)
{
	struct fault f = FAULT_INIT;

	assert_ok(utc_parse_strict(span_text(text), &w->at, "test", &f), f);
}

static const char *text_or(
    const struct json_node *v, const char *name, const char *other)
{
	const struct json_node *m = json_find(v, name);

	return m == NULL || json_kind_of(m) != JSON_TEXT ? other : json_text(m);
}

/* ---- what a record expects -------------------------------------------------- */

static void expect_claim(const struct json_node *record, const char *id,
    const char *member, const struct intel_outcome *o, const char *claim)
{
	const struct json_node *m = json_find(record, member);
	const char *got = intel_outcome_claim(o, claim);

	if (m == NULL)
		return;
	if (json_kind_of(m) == JSON_NULL ? got == NULL
		: json_kind_of(m) == JSON_NUMBER
		? got != NULL && strcmp(got, json_number(m)) == 0
		: got != NULL && strcmp(got, json_text(m)) == 0)
		return;
	print_error("%s: %s is %s\n", id, claim, got == NULL ? "-" : got);
	n_wrong++;
}

/*
 * ["A01-debug","A11-pks"] against ["debug","pks"]; advisories as they are. As
 * sets: some records are sorted, some in order of appearance.
 */
static void expect_list(const struct json_node *record, const char *id,
    const char *member, size_t skip, const struct intel_outcome *o,
    const char *claim)
{
	const struct json_node *m = json_find(record, member);
	const char *got = intel_outcome_claim(o, claim);
	struct fault f = FAULT_INIT;
	struct json *list;
	bool ok;

	if (m == NULL || json_kind_of(m) != JSON_ARRAY)
		return;
	assert_non_null(got);
	assert_ok(
	    json_parse(span_text(got), &json_limits_default, "test", &list, &f),
	    f);
	ok = json_count(m) == json_count(json_root(list));
	for (const struct json_node *e = json_first(m); e != NULL;
	     e = json_next(e))
		ok = ok &&
		    policy_list_has(
			json_root(list), span_text(json_text(e) + skip));
	json_free(list);
	if (ok)
		return;
	print_error("%s: %s is %s\n", id, claim, got);
	n_wrong++;
}

/* Up to date, and no finding that is refused by default. */
static bool is_clean(const struct intel_outcome *o)
{
	const char *findings = intel_outcome_claim(o, "findings");
	static const char *const harmless[] = { "[]", "[\"pks\"]", "[\"kl\"]",
		"[\"perfmon\"]" };
	bool ok = false;

	for (size_t i = 0; i < COUNT(harmless); i++)
		ok = ok || strcmp(findings, harmless[i]) == 0;
	return ok &&
	    strcmp(intel_outcome_claim(o, "tcbStatus"), "UpToDate") == 0;
}

static void compare(const struct json_node *record, const char *id,
    const struct intel_outcome *o)
{
	bool want = strcmp(vectors_text(record, "verdict"), "authentic") == 0;
	const char *check = text_or(record, "check", "");

	if (o->authentic != want ||
	    (!want && strcmp(o->info.ref, check) != 0)) {
		print_error("%s: want %s %s, got %s %s (%s: %s)\n", id,
		    vectors_text(record, "verdict"), check,
		    o->authentic ? "authentic" : "reject", o->info.ref,
		    o->authentic ? "" : o->fault.at, o->fault.text);
		n_wrong++;
		return;
	}
	if (!want) {
		if (!fault_rejects(o->fault.kind)) {
			print_error("%s: fault of kind %s\n", id,
			    fault_kind_name(o->fault.kind));
			n_wrong++;
		}
		return;
	}
	if ((o->verdict.links[LINK_HARDWARE].state == LINK_PROVED) !=
	    is_clean(o)) {
		print_error("%s: hardware: %s\n", id,
		    o->verdict.links[LINK_HARDWARE].why);
		n_wrong++;
	}
	expect_claim(record, id, "status", o, "tcbStatus");
	expect_claim(record, id, "sgx_level", o, "sgxTcbStatus");
	expect_claim(record, id, "module_status", o, "moduleTcbStatus");
	expect_claim(record, id, "qe_status", o, "qeTcbStatus");
	expect_claim(
	    record, id, "evaluation_data_number", o, "tcbEvaluationDataNumber");
	expect_list(record, id, "advisory_ids", 0, o, "advisoryIds");
	expect_list(record, id, "findings", 4, o, "findings");
}

static void judge(
    const struct json_node *record, const char *id, const struct intel_world *w)
{
	struct intel_outcome o;

	intel_world_judge(w, NULL, &o);
	compare(record, id, &o);
	intel_outcome_drop(&o);
}

/* ---- the manifest ------------------------------------------------------------- */

static const struct json_node *by_id(
    const struct json_node *list, const char *id)
{
	for (const struct json_node *v = json_first(list); v != NULL;
	     v = json_next(v))
		if (strcmp(vectors_text(v, "id"), id) == 0)
			return v;
	fail_msg("nothing is called %s", id);
	return NULL;
}

static void load_named(struct intel_world *w, const struct json_node *manifest,
    const char *quote, const char *collateral)
{
	const struct json_node *q =
	    by_id(vectors_member(manifest, "quotes"), quote);
	const struct json_node *c =
	    by_id(vectors_member(manifest, "collateral"), collateral);

	w->is_tdx = strcmp(vectors_text(q, "tee"), "tdx") == 0;
	intel_world_load(w, INTEL_QUOTE, ".", vectors_text(q, "file"));
	intel_world_load_set(w, vectors_text(c, "dir"));
}

static void vectors__real_quotes_get_the_recorded_verdicts(void **state)
{
	struct json *doc = vectors_json("intel/vectors.json");
	const struct json_node *root = json_root(doc);
	const struct json_node *list = vectors_member(root, "expect");
	size_t n = 0;

	(void)state;
	n_wrong = 0;
	for (const struct json_node *v = json_first(list); v != NULL;
	     v = json_next(v), n++) {
		AUTO(intel_world_drop) struct intel_world w = { 0 };

		load_named(&w, root, vectors_text(v, "quote"),
		    vectors_text(v, "collateral"));
		set_time(&w, vectors_text(v, "at"));
		judge(v, vectors_text(v, "quote"), &w);
	}
	json_free(doc);
	assert_int_equal(n, 28);
	assert_int_equal(n_wrong, 0);
}

/* ---- edits ---------------------------------------------------------------------- */

/* Puts `insert` in the place of `remove` bytes at `at`. */
static void splice(struct blob *b, size_t at, size_t remove, struct span insert)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "test", &f);
	struct blob out = { 0 };

	assert_true(at <= b->n && remove <= b->n - at);
	wr_bytes(&w, b->p, at);
	wr_span(&w, insert);
	wr_bytes(&w, b->p + at + remove, b->n - at - remove);
	assert_ok(wr_done(&w, &out), f);
	blob_drop(b);
	*b = out;
}

static size_t find(const struct blob *b, const char *text, bool last)
{
	size_t n = strlen(text), at = SIZE_MAX;

	for (size_t i = 0; i + n <= b->n; i++) {
		if (memcmp(b->p + i, text, n) != 0)
			continue;
		at = i;
		if (!last)
			break;
	}
	assert_true(at != SIZE_MAX);
	return at;
}

/* Offsets may be negative: from the end. */
static size_t offset_of(const struct json_node *op, size_t size)
{
	long v = strtol(json_number(vectors_member(op, "offset")), NULL, 10);

	return v < 0 ? size - (size_t)-v : (size_t)v;
}

static void overwrite(struct blob *b, const struct json_node *op, bool xor)
{
	AUTO(blob_drop) struct blob hex = vectors_hex(op, "hex");
	size_t at = offset_of(op, b->n);

	assert_true(at <= b->n && hex.n <= b->n - at);
	for (size_t i = 0; i < hex.n; i++)
		b->p[at + i] = xor? b->p[at + i] ^ hex.p[i] : hex.p[i];
}

static void do_splice(struct blob *b, const struct json_node *op)
{
	const char *hex = vectors_text(op, "insert");
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob insert = { 0 };

	if (hex[0] != '\0')
		assert_ok(
		    hex_decode_blob(span_text(hex), 1024, &insert, "test", &f),
		    f);
	splice(b, offset_of(op, b->n), (size_t)vectors_u64(op, "remove"),
	    blob_span(&insert));
}

static void do_replace(struct blob *b, const struct json_node *op, bool last)
{
	const char *what = vectors_text(op, "find");

	splice(b, find(b, what, last), strlen(what),
	    span_text(vectors_text(op, "with")));
}

/* Our reader of JSON refuses NUL: 01 stands for it (see read_mutations). */
static void append_text(struct blob *b, const char *text)
{
	AUTO(blob_drop) struct blob tail = intel_world_copy(span_text(text));

	for (size_t i = 0; i < tail.n; i++)
		if (tail.p[i] == 1)
			tail.p[i] = 0;
	splice(b, b->n, 0, blob_span(&tail));
}

/* The 128 digits behind the last "signature":". */
static void swap_signature(struct blob *to, const struct blob *from)
{
	static const char name[] = "\"signature\":\"";
	size_t a = find(to, name, true) + sizeof(name) - 1;
	size_t b = find(from, name, true) + sizeof(name) - 1;

	splice(to, a, 128, span_of(from->p + b, 128));
}

static void apply(struct intel_world *w, const struct json_node *manifest,
    const struct json_node *op)
{
	const char *name = vectors_text(op, "op");
	enum intel_file i;
	struct blob *b;

	if (strcmp(name, "time") == 0) {
		set_time(w, vectors_text(op, "value"));
		return;
	}
	i = intel_world_index(vectors_text(op, "on"));
	b = &w->file[i];
	if (strcmp(name, "xor") == 0) {
		overwrite(b, op, true);
	} else if (strcmp(name, "set") == 0) {
		overwrite(b, op, false);
	} else if (strcmp(name, "splice") == 0) {
		do_splice(b, op);
	} else if (strcmp(name, "append") == 0) {
		AUTO(blob_drop) struct blob hex = vectors_hex(op, "hex");

		splice(b, b->n, 0, blob_span(&hex));
	} else if (strcmp(name, "append_text") == 0) {
		append_text(b, vectors_text(op, "text"));
	} else if (strcmp(name, "truncate") == 0) {
		size_t n = (size_t)vectors_u64(op, "length");

		splice(b, n, b->n - n, span_of(NULL, 0));
	} else if (strcmp(name, "set_empty") == 0) {
		splice(b, 0, b->n, span_of(NULL, 0));
	} else if (strcmp(name, "replace") == 0) {
		do_replace(b, op, false);
	} else if (strcmp(name, "replace_last") == 0) {
		do_replace(b, op, true);
	} else if (strcmp(name, "copy") == 0) {
		const struct json_node *set =
		    by_id(vectors_member(manifest, "collateral"),
			vectors_text(op, "collateral"));

		intel_world_load(
		    w, i, vectors_text(set, "dir"), vectors_text(op, "file"));
	} else if (strcmp(name, "swap_signature") == 0) {
		swap_signature(b,
		    &w->file[intel_world_index(vectors_text(op, "with_file"))]);
	} else {
		fail_msg("no edit is called %s", name);
	}
}

/* One record appends a NUL, which our JSON refuses to carry: \u0001 instead. */
static struct json *read_mutations(void)
{
	struct blob text = vectors_file("intel/mutations.json");
	struct fault f = FAULT_INIT;
	struct json *doc;
	size_t at = find(&text, "\\u0000", false);

	text.p[at + 5] = '1';
	assert_ok(json_parse(
		      blob_span(&text), &json_limits_default, "test", &doc, &f),
	    f);
	blob_drop(&text);
	return doc;
}

static void vectors__edits_of_good_cases_fail_where_they_must(void **state)
{
	struct json *manifest = vectors_json("intel/vectors.json");
	struct json *doc = read_mutations();
	const struct json_node *bases = vectors_member(json_root(doc), "bases");
	const struct json_node *list = vectors_member(json_root(doc), "cases");
	size_t n = 0;

	(void)state;
	n_wrong = 0;
	for (const struct json_node *v = json_first(list); v != NULL;
	     v = json_next(v), n++) {
		const struct json_node *base =
		    vectors_member(bases, vectors_text(v, "base"));
		AUTO(intel_world_drop) struct intel_world w = { 0 };

		load_named(&w, json_root(manifest), vectors_text(base, "quote"),
		    vectors_text(base, "collateral"));
		set_time(&w, vectors_text(base, "at"));
		for (const struct json_node *op =
			 json_first(vectors_member(v, "ops"));
		     op != NULL; op = json_next(op))
			apply(&w, json_root(manifest), op);
		judge(v, vectors_text(v, "id"), &w);
	}
	json_free(doc);
	json_free(manifest);
	assert_int_equal(n, 147);
	assert_int_equal(n_wrong, 0);
}

/* ---- the synthetic world --------------------------------------------------------- */

static void load_synthetic(struct intel_world *w, const struct json_node *v)
{
	char dir[128];

	snprintf(dir, sizeof(dir), "synthetic/%s", vectors_text(v, "base"));
	w->is_tdx = strstr(dir, "tdx") != NULL;
	intel_world_load_set(w, dir);
	snprintf(dir, sizeof(dir), "synthetic/%s", vectors_text(v, "id"));
	intel_world_load(w, INTEL_QUOTE, dir, "quote.bin");
	for (const struct json_node *o =
		 json_first(vectors_member(v, "overrides"));
	     o != NULL; o = json_next(o))
		intel_world_load(
		    w, intel_world_index(json_text(o)), dir, json_text(o));
	if (json_bool(vectors_member(v, "pck_chain")))
		intel_world_load(w, INTEL_PCK_CHAIN, dir, "pck_chain.pem");
	w->root = vectors_file("intel/synthetic/root_ca.der");
}

static void vectors__synthetic_cases_get_the_recorded_verdicts(void **state)
{
	struct json *doc = vectors_json("intel/synthetic/cases.json");
	const struct json_node *list = vectors_member(json_root(doc), "cases");
	size_t n = 0;

	(void)state;
	n_wrong = 0;
	for (const struct json_node *v = json_first(list); v != NULL;
	     v = json_next(v), n++) {
		AUTO(intel_world_drop) struct intel_world w = { 0 };

		load_synthetic(&w, v);
		set_time(&w, vectors_text(v, "at"));
		judge(v, vectors_text(v, "id"), &w);
	}
	json_free(doc);
	assert_int_equal(n, 157);
	assert_int_equal(n_wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    vectors__real_quotes_get_the_recorded_verdicts),
		cmocka_unit_test(
		    vectors__edits_of_good_cases_fail_where_they_must),
		cmocka_unit_test(
		    vectors__synthetic_cases_get_the_recorded_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
