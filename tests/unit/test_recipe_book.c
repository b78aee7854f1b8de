/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each recipe against the shape of what its API is documented to answer, and
 * against its documented errors. The shapes, tests/vectors/recipes/NAME.json,
 * are our own and all of one moment, 2026-01-01T00:00:00Z:
 *
 *   { "sources": [ { "answer": JSON (or "text"), "value", "observed",
 *       "refused": [ { "seen", "status", "reason", "answer" or "text" } ] } ] }
 *
 * A status is what such an answer comes with; here the body alone has to be
 * enough to refuse it.
 */
#include "oracle/recipe_book.h"

#include "oracle/config.h"
#include "tests/unit/check.h"
#include "verify/base/file.h"

#include <dirent.h>
#include <stdlib.h>

/* Ten seconds after the moment of the shapes. */
static const struct utc now = { INT64_C(1767225610000) };

static const char *source_root(void)
{
	const char *root = getenv("AFFIANT_SOURCE");

	return root != NULL ? root : ".";
}

static void open_page(const struct recipe *r, struct recipe_page *out)
{
	struct fault f = FAULT_INIT;

	assert_ok(recipe_page_read(r->text, out, &f), f);
}

static struct config *configure(const struct recipe_page *pages, size_t n)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct config_problems problems;
	struct config *config = NULL;
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr w = wr_grow(LIMIT_CONFIG_BYTES, "t", &f);

	recipe_book_configure(pages, n, &w);
	assert_ok(wr_done(&w, &text), f);
	if (!config_parse(blob_span(&text), &config, &problems))
		fail_msg(
		    "%s: %s", problems.list[0].pointer, problems.list[0].text);
	return config;
}

/* ---- the book ------------------------------------------------------------ */

static void recipe__alone_is_a_configuration(void **state)
{
	(void)state;
	for (size_t i = 0; i < recipe_book_n; i++) {
		AUTO(recipe_page_drop) struct recipe_page p = { 0 };

		open_page(&recipe_book[i], &p);
		AUTO(config_drop) struct config *c = configure(&p, 1);
		assert_int_equal(c->n_feeds, 1);
		assert_ptr_equal(
		    recipe_book_find(recipe_book[i].name), &recipe_book[i]);
	}
	assert_null(recipe_book_find("btc-us"));
}

static bool is_new(const char *what, const char **seen, size_t *n)
{
	for (size_t i = 0; i < *n; i++) {
		if (strcmp(seen[i], what) == 0)
			return false;
	}
	seen[(*n)++] = what;
	return true;
}

static void book__has_twenty_recipes_of_five_domains_and_all_kinds(void **state)
{
	AUTO(config_drop) struct config *c = NULL;
	struct recipe_page *pages = calloc(recipe_book_n, sizeof(*pages));
	const char **seen = calloc(recipe_book_n, sizeof(*seen));
	size_t n = 0;

	(void)state;
	assert_non_null(pages);
	assert_non_null(seen);
	assert_true(recipe_book_n >= 20);
	for (size_t i = 0; i < recipe_book_n; i++) {
		open_page(&recipe_book[i], &pages[i]);
		is_new(pages[i].domain, seen, &n);
	}
	assert_true(n >= 5);
	/* No two have one id: any of them go together. */
	c = configure(pages, recipe_book_n);
	n = 0;
	for (size_t i = 0; i < c->n_feeds; i++)
		is_new(c->feeds[i].kind->id, seen, &n);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < recipe_book_n; i++)
		recipe_page_drop(&pages[i]);
	free(pages);
	free(seen);
}

/* A file that the list in recipe_book.cmake does not have would be lost. */
static void book__has_every_file_of_its_folder(void **state)
{
	char path[4096];
	size_t n = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/sources/recipes", source_root());
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
		size_t len = strlen(e->d_name);

		n += len > 5 && strcmp(e->d_name + len - 5, ".json") == 0;
	}
	closedir(dir);
	assert_int_equal(n, recipe_book_n);
}

static void book__is_what_its_readme_lists(void **state)
{
	AUTO(blob_drop) struct blob readme = { 0 };
	struct fault f = FAULT_INIT;
	char path[4096];

	(void)state;
	snprintf(
	    path, sizeof(path), "%s/sources/recipes/README.md", source_root());
	assert_ok(file_read(path, LIMIT_CONFIG_BYTES, &readme, &f), f);
	for (size_t i = 0; i < recipe_book_n; i++) {
		char row[64];

		snprintf(row, sizeof(row), "\n| `%s` |", recipe_book[i].name);
		if (strstr((const char *)readme.p, row) == NULL)
			fail_msg("no row of %s", recipe_book[i].name);
	}
}

static void page__is_refused_when_it_is_no_recipe(void **state)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{}",
		"{\"feed\":{}}",
		"{\"about\":{},\"feed\":{}}",
		"{\"about\":{\"domain\":\"d\",\"what\":\"w\",\"limits\":\"l\","
		"\"terms\":\"t\",\"notes\":[1]},\"feed\":{}}",
		"{\"about\":{\"domain\":\"d\",\"what\":\"w\",\"limits\":\"l\","
		"\"terms\":\"t\",\"notes\":[]},\"feed\":{},\"more\":1}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct recipe_page p = { 0 };
		struct fault f = FAULT_INIT;

		assert_refused(recipe_page_read(span_text(bad[i]), &p, &f), f,
		    FAULT_FORMAT, "recipe");
		assert_null(p.doc);
	}
}

/* ---- shapes -------------------------------------------------------------- */

static const char *text_at(const struct json_node *v, const char *name)
{
	const struct json_node *m = json_find(v, name);

	return m != NULL ? json_text(m) : NULL;
}

static struct span body_of(const struct json *doc, const struct json_node *v)
{
	const struct json_node *answer = json_find(v, "answer");

	if (answer != NULL)
		return json_source(doc, answer);
	assert_non_null(json_find(v, "text"));
	return span_text(text_at(v, "text"));
}

static bool pick(const struct source_config *s, struct span body,
    struct picked *out, struct fault *f)
{
	return source_kind_find(s->kind)->picks->pick(
	    &s->rule, body, now, out, f);
}

static void check_answer(const struct source_config *s, const struct json *doc,
    const struct json_node *shape)
{
	AUTO(picked_drop) struct picked p = { 0 };
	const char *observed = text_at(shape, "observed");
	struct fault f = FAULT_INIT;
	char at[UTC_TEXT_SIZE];

	assert_ok(pick(s, body_of(doc, shape), &p, &f), f);
	assert_string_equal((const char *)p.text.p, text_at(shape, "value"));
	assert_int_equal(p.has_time, observed != NULL);
	if (observed != NULL)
		assert_string_equal(utc_format(p.time, at), observed);
}

static void check_refused(const struct source_config *s, const struct json *doc,
    const struct json_node *v)
{
	struct picked p = { 0 };
	struct fault f = FAULT_INIT;
	char want[64];

	snprintf(want, sizeof(want), "source.%s", text_at(v, "reason"));
	if (pick(s, body_of(doc, v), &p, &f))
		fail_msg("%s: %s is taken", s->url, text_at(v, "seen"));
	if (strcmp(f.at, want) != 0)
		print_error("%s: %s\n", s->url, text_at(v, "seen"));
	assert_fault(f, FAULT_REMOTE, want);
}

static void check_recipe(const struct recipe *r)
{
	AUTO(recipe_page_drop) struct recipe_page page = { 0 };
	AUTO(blob_drop) struct blob file = { 0 };
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/vectors/recipes/%s.json",
	    source_root(), r->name);
	assert_ok(file_read(path, LIMIT_CONFIG_BYTES, &file, &f), f);
	assert_ok(json_parse(blob_span(&file), &json_limits_default, "shapes",
		      &doc, &f),
	    f);
	open_page(r, &page);
	AUTO(config_drop) struct config *c = configure(&page, 1);
	const struct json_node *shape =
	    json_first(json_find(json_root(doc), "sources"));
	for (size_t i = 0; i < c->feeds[0].n_sources; i++) {
		const struct source_config *s = &c->feeds[0].sources[i];
		const struct json_node *bad = json_find(shape, "refused");

		assert_non_null(shape);
		check_answer(s, doc, shape);
		assert_true(json_count(bad) > 0);
		for (bad = json_first(bad); bad != NULL; bad = json_next(bad))
			check_refused(s, doc, bad);
		shape = json_next(shape);
	}
	assert_null(shape);
}

static void recipe__takes_the_documented_answer_and_no_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < recipe_book_n; i++) {
		print_message("%s\n", recipe_book[i].name);
		check_recipe(&recipe_book[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recipe__alone_is_a_configuration),
		cmocka_unit_test(
		    book__has_twenty_recipes_of_five_domains_and_all_kinds),
		cmocka_unit_test(book__has_every_file_of_its_folder),
		cmocka_unit_test(book__is_what_its_readme_lists),
		cmocka_unit_test(page__is_refused_when_it_is_no_recipe),
		cmocka_unit_test(
		    recipe__takes_the_documented_answer_and_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
