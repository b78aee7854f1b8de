/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every check refuses what is wrong at its place, and there first: each line of
 * tests/tamper/NAME.tsv is one change of honest evidence. And every check has a
 * line, here or in the test that covered.tsv names.
 */
#include "tests/unit/check.h"
#include "tests/unit/response_world.h"
#include "verify/base/file.h"
#include "verify/base/text.h"

#include <stdlib.h>

#define MAX_EDITS 4
#define MAX_LINES 400

struct edit {
	char *where, *what, *to; /* the last two may be empty */
};

struct line {
	char *id, *base;
	int code;
	struct edit edit[MAX_EDITS];
	size_t n_edits;
	size_t number;
};

struct table {
	struct blob text;
	struct line line[MAX_LINES];
	size_t n;
};

static const char *source_path(const char *name, char out[4096])
{
	const char *root = getenv("AFFIANT_SOURCE");

	snprintf(out, 4096, "%s/%s", root != NULL ? root : ".", name);
	return out;
}

/* Cuts *rest at the next `stop` and returns what was in front of it. */
static char *field(char **rest, char stop)
{
	char *begin = *rest, *end;

	if (begin == NULL)
		return NULL;
	end = strchr(begin, stop);
	*rest = end != NULL ? end + 1 : NULL;
	if (end != NULL)
		*end = '\0';
	return begin;
}

static char *or_empty(char *text)
{
	static char empty[1];

	return text != NULL ? text : empty;
}

static struct table *table_read(const char *name)
{
	struct table *t = calloc(1, sizeof(*t));
	struct fault f = FAULT_INIT;
	char path[4096], *rest, *text;
	size_t number = 0;

	assert_non_null(t);
	assert_ok(file_read(source_path(name, path), 1 << 20, &t->text, &f), f);
	rest = (char *)t->text.p;
	while ((text = field(&rest, '\n')) != NULL) {
		struct line *l = &t->line[t->n];
		char *column;

		number++;
		if (text[0] == '#' || text[0] == '\0')
			continue;
		assert_true(t->n < MAX_LINES);
		l->number = number;
		l->id = field(&text, '\t');
		l->code = or_empty(field(&text, '\t'))[0] - '0';
		l->base = or_empty(field(&text, '\t'));
		while ((column = field(&text, '\t')) != NULL) {
			struct edit *e = &l->edit[l->n_edits++];

			assert_true(l->n_edits <= MAX_EDITS);
			e->where = field(&column, '|');
			e->what = or_empty(field(&column, '|'));
			e->to = or_empty(field(&column, '|'));
		}
		t->n++;
	}
	return t;
}

static void table_free(struct table *t)
{
	blob_drop(&t->text);
	free(t);
}

static const struct edit *find_edit(const struct line *l, const char *where)
{
	for (size_t i = 0; i < l->n_edits; i++)
		if (strcmp(l->edit[i].where, where) == 0)
			return &l->edit[i];
	return NULL;
}

/* ---- the bases ---------------------------------------------------------- */

/* Configuration and body beside the statement. */
static void keep(struct response_plan *plan)
{
	static char array[1024];
	size_t n = strlen(statements_kept_body);

	memcpy(array, "[\"", 2);
	base64_encode(span_of(statements_kept_body, n), array + 2);
	memcpy(array + strlen(array), "\"]", 3);
	plan->configuration = span_text(statements_kept_configuration);
	plan->bodies = span_text(array);
}

static void make_base(
    const struct line *l, struct statement *s, struct response_plan *plan)
{
	static const struct {
		const char *name;
		void (*make)(struct statement *);
		size_t n_others;
	} bases[] = {
		{ "one", statements_one, 0 },
		{ "many", statements_many, 0 },
		{ "weighted", statements_weighted, 0 },
		{ "trimmed", statements_trimmed, 0 },
		{ "first", statements_first, 0 },
		{ "failover", statements_failover, 0 },
		{ "batch", statements_many, 3 },
		{ "kept", statements_kept, 0 },
		{ "plain", statements_plain, 0 },
		{ "text", statements_text, 0 },
		{ "key", statements_key, 0 },
	};

	for (size_t i = 0; i < COUNT(bases); i++) {
		if (strcmp(bases[i].name, l->base) != 0)
			continue;
		bases[i].make(s);
		plan->n_others = bases[i].n_others;
		if (bases[i].make == statements_kept)
			keep(plan);
		return;
	}
	fail_msg("line %zu: no base %s", l->number, l->base);
}

/* ---- edits of texts ----------------------------------------------------- */

/* `what` stands once in the text and becomes `to`. */
static void replace(
    const struct line *l, struct blob *text, const struct edit *e)
{
	char *found = strstr((char *)text->p, e->what);
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "test.edit", &f);
	struct blob out = { 0 };
	size_t front;

	if (found == NULL || strstr(found + 1, e->what) != NULL)
		fail_msg("line %zu: %s stands not once in\n%.2000s", l->number,
		    e->what, (char *)text->p);
	front = (size_t)(found - (char *)text->p);
	wr_bytes(&w, text->p, front);
	wr_text(&w, e->to);
	wr_text(&w, found + strlen(e->what));
	assert_ok(wr_done(&w, &out), f);
	blob_drop(text);
	*text = out;
}

/* The first digit of the last member of that name becomes another one. */
static void flip_member(
    const struct line *l, struct blob *text, const char *name)
{
	char pattern[64], *found = NULL;

	snprintf(pattern, sizeof(pattern), "\"%s\":\"", name);
	for (char *p = (char *)text->p; (p = strstr(p, pattern)) != NULL; p++)
		found = p;
	if (found == NULL)
		fail_msg("line %zu: no member %s", l->number, name);
	found += strlen(pattern);
	if (strncmp(found, "0x", 2) == 0)
		found += 2;
	*found = *found == '1' ? '2' : '1';
}

/* A byte of the raw quote: offset, then what to add to it. */
static void edit_quote(
    const struct line *l, struct blob *text, const struct edit *e)
{
	const char *pattern = "\"quote\":\"";
	char *begin = strstr((char *)text->p, pattern), *end;
	struct fault f = FAULT_INIT;
	struct blob raw = { 0 };
	size_t offset = strtoul(e->what, NULL, 0);

	assert_non_null(begin);
	begin += strlen(pattern);
	end = strchr(begin, '"');
	assert_ok(base64_decode(span_of(begin, (size_t)(end - begin)),
		      LIMIT_QUOTE_BYTES, &raw, "test.quote", &f),
	    f);
	if (offset >= raw.n)
		fail_msg("line %zu: the quote has %zu bytes", l->number, raw.n);
	raw.p[offset] = (uint8_t)(raw.p[offset] + strtoul(e->to, NULL, 0));
	/* As long as before: base64_encode ends with a NUL, put back. */
	base64_encode(blob_span(&raw), begin);
	*end = '"';
	blob_drop(&raw);
}

/* The malleable twin: n - s, and the other v. */
static void make_high_s(struct blob *text)
{
	static const uint8_t order[32] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
		0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2,
		0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41 };
	const char *pattern = "\"value\":\"0x";
	char *found = NULL;
	struct fault f = FAULT_INIT;
	uint8_t sig[65];
	char after;
	int borrow = 0;

	for (char *p = (char *)text->p; (p = strstr(p, pattern)) != NULL; p++)
		found = p;
	assert_non_null(found);
	found += strlen(pattern);
	assert_ok(hex_decode(span_of(found, 130), sig, 65, "test.sig", &f), f);
	for (int i = 31; i >= 0; i--) {
		int d = order[i] - sig[32 + i] - borrow;

		borrow = d < 0;
		sig[32 + i] = (uint8_t)(d + (borrow ? 256 : 0));
	}
	sig[64] = sig[64] == 27 ? 28 : 27;
	after = found[130];
	hex_encode(span_of(sig, 65), found);
	found[130] = after;
}

static void edit_signature(
    const struct line *l, struct blob *text, const struct edit *e)
{
	char *end;

	if (strcmp(e->what, "high-s") == 0) {
		make_high_s(text);
		return;
	}
	/* v is the last byte in front of the end of the object. */
	end = strstr((char *)text->p, "\"},\"evidence\"");
	if (strcmp(e->what, "v") != 0 || end == NULL)
		fail_msg("line %zu: no such signature", l->number);
	memcpy(end - 2, e->to, 2);
}

static void edit_response(const struct line *l, struct blob *text)
{
	for (size_t i = 0; i < l->n_edits; i++) {
		const struct edit *e = &l->edit[i];

		if (strcmp(e->where, "response") == 0)
			replace(l, text, e);
		else if (strcmp(e->where, "flip") == 0)
			flip_member(l, text, e->what);
		else if (strcmp(e->where, "quote") == 0)
			edit_quote(l, text, e);
		else if (strcmp(e->where, "signature") == 0 &&
		    strcmp(e->what, "stranger") != 0)
			edit_signature(l, text, e);
		else if (strcmp(e->where, "cut") == 0)
			text->n -= strtoul(e->what, NULL, 0);
	}
}

/* ---- what the quote binds ----------------------------------------------- */

static void bind_text(
    const struct sha256 *hash, const char *style, uint8_t out[64])
{
	char hex[HEX_SIZE(32)], twice[HEX_SIZE(64)];
	const struct span parts[] = { span_text("app-data:"),
		sha256_span(hash) };
	struct sha512 wide;
	struct sha256 again;

	hex_encode(sha256_span(hash), hex);
	hex_encode(span_of(hex, 64), twice);
	report_data_of(hash, out);
	if (strcmp(style, "hex") == 0) {
		memcpy(out, hex, 64);
	} else if (strcmp(style, "double-hex") == 0) {
		memcpy(out, twice, 64);
	} else if (strcmp(style, "right") == 0) {
		memmove(out + 32, out, 32);
		memset(out, 0, 32);
	} else if (strcmp(style, "padding") == 0) {
		out[63] = 0x80;
	} else if (strcmp(style, "app-data") == 0) {
		wide = sha512_of_parts(parts, COUNT(parts));
		memcpy(out, wide.b, 64);
	} else if (strcmp(style, "hex-hash") == 0) {
		again = sha256_of(span_of(hex, 64));
		memcpy(out, again.b, 32);
	} else if (strcmp(style, "zero") == 0) {
		memset(out, 0, 64);
	} else if (strcmp(style, "other") == 0) {
		memset(out, 0x5a, 32);
	} else {
		fail_msg("no style %s", style);
	}
}

/* ---- the recipe of the machine ------------------------------------------ */

static void edit_recipe(
    const struct line *l, struct sim_recipe *r, const struct edit *e)
{
	uint64_t n = strtoull(e->to, NULL, 0);

	if (strcmp(e->what, "td-attributes") == 0)
		r->quote.td_attributes = n;
	else if (strcmp(e->what, "pcesvn") == 0)
		r->sgx.pcesvn = (int32_t)n;
	else if (strcmp(e->what, "component0") == 0) {
		r->sgx.component[0] = (int32_t)n;
		r->sgx.cpusvn[0] = (uint8_t)n;
	} else
		fail_msg("line %zu: no recipe %s", l->number, e->what);
}

/* ---- one line ----------------------------------------------------------- */

struct trial {
	struct blob canonical, response, collateral;
	struct policy policy;
	struct verify_options opt;
	uint8_t report_data[REPORT_DATA_BYTES];
	uint8_t nonce[LIMIT_NONCE_BYTES];
};

static void prepare_options(const struct line *l, struct trial *t)
{
	const struct edit *e;
	struct fault f = FAULT_INIT;

	t->opt = response_world_options();
	if ((e = find_edit(l, "at")) != NULL)
		t->opt.at.ms = statements_now.ms + strtoll(e->what, NULL, 0);
	if ((e = find_edit(l, "simulated")) != NULL)
		t->opt.allow_simulated = false;
	if ((e = find_edit(l, "policy")) != NULL) {
		if (!policy_parse(span_text(e->what), &t->policy, &f))
			fail_msg("line %zu: %s: %s", l->number, f.at, f.text);
		t->opt.policy = &t->policy;
	}
	if ((e = find_edit(l, "nonce")) != NULL) {
		size_t n = strlen(e->what) / 2;

		assert_ok(hex_decode(span_text(e->what), t->nonce, n,
			      "test.nonce", &f),
		    f);
		t->opt.nonce = span_of(t->nonce, n);
	}
	if ((e = find_edit(l, "collateral")) != NULL) {
		assert_true(t->response.n > 0);
		t->opt.collateral = span_text(e->what);
	}
}

static void make_response(
    const struct line *l, struct response_world *w, struct trial *t)
{
	static struct statement s;
	struct response_plan plan = { 0 };
	const struct edit *e;
	bool edited = false;
	struct sha256 hash;

	make_base(l, &s, &plan);
	s.signer = *signer_address(w->signer);
	t->canonical = statements_bytes(&s);
	for (size_t i = 0; i < l->n_edits; i++)
		if (strcmp(l->edit[i].where, "statement") == 0) {
			replace(l, &t->canonical, &l->edit[i]);
			edited = true;
		}
	if (edited)
		plan.canonical = blob_span(&t->canonical);
	hash = sha256_of(blob_span(&t->canonical));
	if ((e = find_edit(l, "report-data")) != NULL) {
		bind_text(&hash, e->what, t->report_data);
		plan.report_data = t->report_data;
	}
	if ((e = find_edit(l, "signature")) != NULL)
		plan.by_stranger = strcmp(e->what, "stranger") == 0;
	if ((e = find_edit(l, "detail")) != NULL) {
		plan.has_detail = true;
		plan.detail = strcmp(e->what, "quote") == 0
		    ? RESPONSE_QUOTE
		    : RESPONSE_SIGNATURE;
	}
	t->response = response_world_make(w, &s, &plan);
	edit_response(l, &t->response);
}

static bool try_line(const struct line *l, struct response_world *w)
{
	bool ok;
	struct verdict *v = calloc(1, sizeof(*v));
	struct trial t = { 0 };
	const char *id;

	assert_non_null(v);
	make_response(l, w, &t);
	prepare_options(l, &t);
	verify_response(blob_span(&t.response), &t.opt, v);
	id = response_world_first_failure(v);
	ok = strcmp(id, l->id) == 0 && verdict_exit_code(v->kind) == l->code;
	if (!ok)
		print_error("line %zu (%s): fails at '%s' with code %d: %s\n",
		    l->number, l->id, id, verdict_exit_code(v->kind),
		    v->summary);
	verdict_drop(v);
	free(v);
	policy_drop(&t.policy);
	blob_drop(&t.canonical);
	blob_drop(&t.response);
	return ok;
}

/* A line that changes the machine gets a world of its own. */
static bool run_line(const struct line *l, struct response_world *shared)
{
	struct response_world own;
	struct sim_recipe r;
	bool ok;

	if (find_edit(l, "recipe") == NULL)
		return try_line(l, shared);
	sim_recipe_init(&r, statements_now);
	for (size_t i = 0; i < l->n_edits; i++)
		if (strcmp(l->edit[i].where, "recipe") == 0)
			edit_recipe(l, &r, &l->edit[i]);
	response_world_open(&own, &r);
	ok = try_line(l, &own);
	response_world_close(&own);
	return ok;
}

static void tamper__each_line_fails_at_its_check(void **state)
{
	struct table *t = table_read("tests/tamper/affiant.tsv");
	struct response_world w;
	size_t n_bad = 0;

	(void)state;
	response_world_open(&w, NULL);
	assert_true(t->n > 0);
	for (size_t i = 0; i < t->n; i++)
		n_bad += run_line(&t->line[i], &w) ? 0 : 1;
	assert_int_equal(n_bad, 0);
	response_world_close(&w);
	table_free(t);
}

/* The same evidence, untouched, is authentic: no line is vacuous. */
static void tamper__no_base_fails_by_itself(void **state)
{
	static char names[][12] = { "one", "many", "weighted", "trimmed",
		"first", "failover", "batch", "kept", "text", "key" };
	struct response_world w;

	(void)state;
	response_world_open(&w, NULL);
	for (size_t i = 0; i < COUNT(names); i++) {
		static char none[1];
		struct line l = { .id = none, .base = names[i], .code = 3 };

		assert_true(try_line(&l, &w));
	}
	response_world_close(&w);
}

/* ---- nothing is left out ------------------------------------------------ */

static bool has_line(const struct table *t, const char *id)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->line[i].id, id) == 0)
			return true;
	return false;
}

static bool names(const struct blob *text, const char *id)
{
	char quoted[128];

	snprintf(quoted, sizeof(quoted), "\"%s\"", id);
	return strstr((char *)text->p, quoted) != NULL;
}

/* The id, or the id without its platform, stands in the file in quotes. */
static bool file_names(const char *name, const char *id)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT;
	char path[4096];

	assert_ok(file_read(source_path(name, path), 1 << 20, &text, &f), f);
	return names(&text, id) || names(&text, strchr(id, '.') + 1);
}

static void tamper__every_check_has_a_line(void **state)
{
	struct table *lines = table_read("tests/tamper/affiant.tsv");
	struct table *covered = table_read("tests/tamper/covered.tsv");
	const struct check_info *info;
	size_t n_missing = 0;

	(void)state;
	for (size_t i = 0; (info = verify_check_info(i)) != NULL; i++)
		if (!has_line(lines, info->id) &&
		    !has_line(covered, info->id)) {
			print_error("no line for %s\n", info->id);
			n_missing++;
		}
	assert_int_equal(n_missing, 0);
	table_free(lines);
	table_free(covered);
}

static bool is_check(const char *id)
{
	const struct check_info *info;

	for (size_t i = 0; (info = verify_check_info(i)) != NULL; i++)
		if (strcmp(info->id, id) == 0)
			return true;
	return false;
}

static void tamper__covered_is_what_it_says(void **state)
{
	struct table *covered = table_read("tests/tamper/covered.tsv");

	(void)state;
	for (size_t i = 0; i < covered->n; i++) {
		const struct line *l = &covered->line[i];

		if (!is_check(l->id))
			fail_msg("%s is no check", l->id);
		/* By number (the vectors' way), or by name. */
		if (l->base[0] != '\0' && !file_names(l->base, l->id))
			fail_msg("%s does not name %s", l->base, l->id);
	}
	table_free(covered);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tamper__no_base_fails_by_itself),
		cmocka_unit_test(tamper__each_line_fails_at_its_check),
		cmocka_unit_test(tamper__every_check_has_a_line),
		cmocka_unit_test(tamper__covered_is_what_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
