/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is written about the HTTP interface is what the tables say, and what
 * is sent is what is written: the OpenAPI document and the list of routes in
 * affiantd(8).
 */
#include "oracle/collateral_keeper.h"
#include "oracle/http_problem.h"
#include "oracle/http_routes.h"
#include "tests/unit/check.h"
#include "tests/unit/oracle_double.h"
#include "verify/base/clock.h"
#include "verify/base/file.h"
#include "verify/base/json.h"

#include <stdlib.h>

static const struct utc now = { 1703347200000 };

static struct attest attest;
static struct signer signer;
static struct config config;
static struct feed_config feed_configs[3];
static struct feed feeds[3];
static struct feed *feed_list[3];
static struct quoter *quoter;
static struct recent *recent;
static struct collateral_keeper *keeper;
static struct http_site site;

static struct json *doc; /* of the oracle below */

/* ---- asking -------------------------------------------------------------- */

static char sent[256 * 1024];

static void take(void *to, struct span bytes)
{
	(void)to;
	assert_in_range(bytes.n, 1, sizeof(sent) - 1);
	memcpy(sent, bytes.p, bytes.n);
	sent[bytes.n] = '\0';
}

/* The body, as JSON; the caller frees it. */
static struct json *ask(const char *path, int status)
{
	const struct http_request r = {
		.method = HTTP_GET, .path = path, .now = now
	};
	struct fault f = FAULT_INIT;
	struct json *out = NULL;

	assert_int_equal(http_routes_serve(&site, &r, take, NULL), status);
	assert_ok(json_parse(span_text(strstr(sent, "\r\n\r\n") + 4),
		      &json_limits_default, "t.body", &out, &f),
	    f);
	return out;
}

/* The second time it is one that ends in an hour. */
static bool obtain(void *user, const volatile bool *stop, struct blob *bundle,
    struct collateral_facts *of, struct fault *f)
{
	unsigned *times = user;

	(void)stop;
	if ((*times)++ == 0)
		return fault_raise(f, FAULT_REMOTE, "t.obtain", "not yet");
	*of = (struct collateral_facts){ .evaluation = 17,
		.from = now,
		.to = { now.ms + 3600000 },
		.ends = "tcbInfo" };
	return blob_copy(span_text("{}"), bundle, f);
}

static int set_up(void **state)
{
	/* As long as a path may be, and two that sort around others. */
	static const char *const paths[] = { "/price", "/eth/price",
		("/a-path-of-64-characters-which-is-the-longest-that-a-feed-"
		 "can-"
		 "have") };
	static const char *const ids[] = { "BTC/USD", "ETH/\"<USD>", "C" };
	struct fault f = FAULT_INIT;

	(void)state;
	attest_double_init(&attest);
	config = (struct config){
		.feeds = feed_configs, .n_feeds = 3, .requests.n_templates = 1
	};
	for (size_t i = 0; i < 3; i++) {
		feed_configs[i] = (struct feed_config){ .id = ids[i],
			.path = paths[i],
			.unit = i == 1 ? "USD" : NULL,
			.kind = statement_kind_find(span_text("price")),
			.interval_ms = 5000 };
		feeds[i] = (struct feed){ .config = &feed_configs[i],
			.status = { .has_value = i == 0 } };
		memcpy(feeds[i].status.last_fault, "why", 4);
		feed_list[i] = &feeds[i];
		assert_ok(board_new(&feeds[i].board, &f), f);
	}
	assert_ok(quoter_open(&attest, &quoter, &f), f);
	assert_ok(recent_new(4, 4096, &recent, &f), f);
	static unsigned times;
	const struct collateral_keeper_config kept = {
		.obtain = obtain, .user = &times, .refresh_s = 60
	};
	times = 0;
	assert_ok(collateral_keeper_new(&kept, &keeper, &f), f);
	collateral_keeper_refresh(keeper);
	const struct http_deps deps = { .config = &config,
		.feeds = feed_list,
		.n_feeds = 3,
		.signer = &signer,
		.attest = &attest,
		.quoter = quoter,
		.recent = recent,
		.collateral = keeper };
	assert_ok(http_site_init(&site, &deps, 2, &f), f);
	doc = ask("/openapi.json", 200);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	json_drop(&doc);
	http_site_drop(&site);
	collateral_keeper_free(keeper);
	quoter_close(quoter);
	recent_free(recent);
	for (size_t i = 0; i < 3; i++)
		board_free(feeds[i].board);
	attest_double_drop(&attest);
	return 0;
}

static const struct json_node *at(
    const struct json_node *v, const char *a, const char *b)
{
	const struct json_node *found = json_find(json_find(v, a), b);

	if (found == NULL)
		fail_msg("no %s/%s", a, b);
	return found;
}

/* ---- the document -------------------------------------------------------- */

static void document__says_what_it_is(void **state)
{
	const struct json_node *root = json_root(doc);

	(void)state;
	assert_string_equal(json_text(json_find(root, "openapi")), "3.1.0");
	assert_string_equal(json_text(at(root, "info", "title")), "Affiant");
	assert_string_equal(
	    json_text(at(root, "info", "version")), AFFIANT_VERSION);
	assert_non_null(strstr(sent, "\r\nContent-Type: application/json\r\n"));
}

/* The path of the document that stands for a route. */
static const struct json_node *path_of(const struct http_route *r)
{
	size_t n = strcspn(r->path, "*");

	for (const struct json_node *p =
		 json_first(json_find(json_root(doc), "paths"));
	     p != NULL; p = json_next(p)) {
		const char *name = json_name(p);

		if (r->path[n] != '*' ? strcmp(name, r->path) == 0
				      : strncmp(name, r->path, n) == 0 &&
			    name[n] == '{' && strchr(name, '}')[1] == '\0')
			return p;
	}
	fail_msg("%s is not in the document", r->path);
	return NULL;
}

static bool takes(const struct json_node *operation, const char *ref)
{
	for (const struct json_node *p =
		 json_first(json_find(operation, "parameters"));
	     p != NULL; p = json_next(p)) {
		const struct json_node *found = json_find(p, "$ref");

		if (found != NULL && strcmp(json_text(found), ref) == 0)
			return true;
	}
	return false;
}

static void check_operation(
    const struct json_node *o, const struct http_route *r)
{
	assert_non_null(o);
	assert_string_equal(json_text(json_find(o, "summary")), r->help);
	assert_int_equal(takes(o, "#/components/parameters/nonce"),
	    (r->members & HTTP_NONCE) != 0);
	assert_int_equal(takes(o, "#/components/parameters/evidence"),
	    (r->members & HTTP_EVIDENCE) != 0);
	assert_int_equal(takes(o, "#/components/parameters/feed"),
	    (r->members & HTTP_FEED) != 0);
	assert_non_null(at(o, "responses", "200"));
	assert_non_null(at(o, "responses", "default"));
}

static void check_post(const struct http_route *r)
{
	const struct json_node *p = path_of(r);
	const struct json_node *post = json_find(p, "post");

	assert_int_equal(json_count(p), 1);
	assert_non_null(post);
	assert_string_equal(json_text(json_find(post, "summary")), r->help);
	assert_non_null(at(post, "requestBody", "content"));
	assert_non_null(at(post, "responses", "200"));
}

static void paths__are_the_table_of_routes(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct http_route *r = http_post_routes; r->path != NULL;
	     r++) {
		check_post(r);
		n++;
	}
	for (const struct http_route *r = http_routes; r->path != NULL; r++) {
		const struct json_node *p = path_of(r);
		const struct json_node *get = json_find(p, "get");

		assert_int_equal(json_count(p), 2);
		check_operation(get, r);
		check_operation(json_find(p, "head"), r);
		if (strcmp(json_text(
			       json_find(at(get, "responses", "200"), "$ref")),
			"#/components/responses/Undescribed") == 0)
			fail_msg("%s: say in http_openapi.c what it answers",
			    r->path);
		n++;
	}
	/* /price is both; the other two are the configuration's. */
	assert_int_equal(json_count(json_find(json_root(doc), "paths")), n + 2);
	const struct json_node *eth =
	    at(json_find(json_root(doc), "paths"), "/eth/price", "get");
	assert_string_equal(
	    json_text(json_find(eth, "description")), "ETH/\"<USD>");
	assert_true(takes(eth, "#/components/parameters/nonce"));
}

/* The name in a template is that of a parameter in the path. */
static void paths__explain_what_varies(void **state)
{
	(void)state;
	for (const struct json_node *p =
		 json_first(json_find(json_root(doc), "paths"));
	     p != NULL; p = json_next(p)) {
		const char *brace = strchr(json_name(p), '{');
		bool found = false;

		for (const struct json_node *q = json_first(
			 json_find(json_find(p, "get"), "parameters"));
		     q != NULL; q = json_next(q)) {
			const char *name;

			if (json_find(q, "in") == NULL)
				continue;
			name = json_text(json_find(q, "name"));
			assert_non_null(brace);
			assert_string_equal(
			    json_text(json_find(q, "in")), "path");
			assert_memory_equal(brace + 1, name, strlen(name));
			assert_string_equal(brace + 1 + strlen(name), "}");
			found = true;
		}
		assert_int_equal(found, brace != NULL);
	}
}

static void check_references(const struct json_node *v)
{
	const char *name = json_name(v);

	if (name != NULL && strcmp(name, "$ref") == 0) {
		const char *ref = json_text(v);

		assert_memory_equal(ref, "#/components/", 13);
		if (json_pointer(json_root(doc), ref + 1) == NULL)
			fail_msg("%s leads nowhere", ref);
	}
	for (const struct json_node *child = json_first(v); child != NULL;
	     child = json_next(child))
		check_references(child);
}

static void references__lead_somewhere(void **state)
{
	(void)state;
	check_references(json_root(doc));
}

static void problems__are_those_of_the_table(void **state)
{
	const struct json_node *type = json_pointer(
	    json_root(doc), "/components/schemas/Problem/properties/type/enum");
	size_t i = 0;

	(void)state;
	assert_int_equal(json_count(type), PROBLEM_COUNT);
	for (const struct json_node *v = json_first(type); v != NULL;
	     v = json_next(v))
		assert_string_equal(
		    json_text(v), http_problem_row((enum problem)i++)->type);
}

/* ---- what is sent fits its schema ---------------------------------------- */

static bool is_of_type(const struct json_node *v, const char *type)
{
	switch (json_kind_of(v)) {
	case JSON_NULL:
		return false;
	case JSON_BOOL:
		return strcmp(type, "boolean") == 0;
	case JSON_NUMBER:
		return strcmp(type, "integer") == 0;
	case JSON_TEXT:
		return strcmp(type, "string") == 0;
	case JSON_ARRAY:
		return strcmp(type, "array") == 0;
	case JSON_OBJECT:
		return strcmp(type, "object") == 0;
	}
	return false;
}

static bool is_among(const struct json_node *list, const char *text)
{
	for (const struct json_node *v = json_first(list); v != NULL;
	     v = json_next(v)) {
		if (strcmp(json_text(v), text) == 0)
			return true;
	}
	return false;
}

/*
 * A small reader of schemas: types, members, words. (Patterns are not looked
 * at: the verifier judges forms, in its own tests.) The last misfit, or "".
 */
static char misfit[256];

static void check_fit(const struct json_node *v, const struct json_node *s)
{
	const struct json_node *ref = json_find(s, "$ref");
	const struct json_node *type, *list, *items, *properties;

	if (ref != NULL) {
		check_fit(v, json_pointer(json_root(doc), json_text(ref) + 1));
		return;
	}
	type = json_find(s, "type");
	if (type != NULL && !is_of_type(v, json_text(type)))
		snprintf(misfit, sizeof(misfit), "%s is no %s", json_name(v),
		    json_text(type));
	list = json_find(s, "enum");
	if (list != NULL && !is_among(list, json_text(v)))
		snprintf(misfit, sizeof(misfit), "%s is none of the words",
		    json_text(v));
	if (json_find(s, "const") != NULL &&
	    strcmp(json_text(json_find(s, "const")), json_text(v)) != 0)
		snprintf(misfit, sizeof(misfit), "%s is not the constant",
		    json_text(v));
	for (const struct json_node *r = json_first(json_find(s, "required"));
	     r != NULL; r = json_next(r)) {
		if (json_find(v, json_text(r)) == NULL)
			snprintf(misfit, sizeof(misfit), "no %s", json_text(r));
	}
	items = json_find(s, "items");
	properties = json_find(s, "properties");
	for (const struct json_node *m = json_first(v); m != NULL;
	     m = json_next(m)) {
		if (items != NULL) {
			check_fit(m, items);
		} else if (properties != NULL) {
			const struct json_node *p =
			    json_find(properties, json_name(m));

			if (p != NULL)
				check_fit(m, p);
			else
				snprintf(misfit, sizeof(misfit),
				    "%s is not in the schema", json_name(m));
		}
	}
}

static const char *misfit_of(const struct json_node *v, const char *schema)
{
	misfit[0] = '\0';
	const struct json_node *s =
	    at(json_find(json_root(doc), "components"), "schemas", schema);
	check_fit(v, s);
	return misfit;
}

static void assert_fits(const struct json_node *v, const char *schema)
{
	const char *why = misfit_of(v, schema);

	if (why[0] != '\0')
		fail_msg("no %s: %s", schema, why);
}

static struct json *read_json(const char *name)
{
	AUTO(blob_drop) struct blob file = { 0 };
	const char *root = getenv("AFFIANT_SOURCE");
	struct fault f = FAULT_INIT;
	struct json *out = NULL;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", root != NULL ? root : ".", name);
	assert_ok(file_read(path, LIMIT_CONFIG_BYTES, &file, &f), f);
	assert_ok(json_parse(blob_span(&file), &json_limits_default, "t.file",
		      &out, &f),
	    f);
	return out;
}

static void schemas__fit_statements_and_responses(void **state)
{
	static const struct {
		const char *file, *schema;
	} cases[] = {
		{ "statement/key", "Statement" },
		{ "statement/many", "Statement" },
		{ "statement/one", "Statement" },
		{ "statement/plain", "Statement" },
		{ "statement/text", "Statement" },
		{ "response/key", "Response" },
		{ "response/one", "Response" },
		{ "response/text", "Response" },
		{ "collateral/bundle", "Collateral" },
		{ "collateral/least", "Collateral" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(json_drop) struct json *sample = NULL;
		char name[128];

		snprintf(
		    name, sizeof(name), "tests/fuzz/corpus/%s", cases[i].file);
		sample = read_json(name);
		assert_fits(json_root(sample), cases[i].schema);
	}
}

static void schemas__fit_what_the_handlers_send(void **state)
{
	static const struct {
		const char *path, *schema;
		int status;
	} cases[] = {
		{ "/", "Oracle", 200 },
		{ "/v1/feeds", "Feeds", 200 },
		{ "/v1/chains", "Chains", 200 },
		{ "/healthz", "Health", 200 },
		{ "/price", "Problem", 503 },
		{ "/nothing", "Problem", 404 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(json_drop)
		struct json *got = ask(cases[i].path, cases[i].status);

		assert_fits(json_root(got), cases[i].schema);
	}
	/* With collateral there is more to say. */
	clock_set_for_test(&now);
	collateral_keeper_refresh(keeper);
	clock_set_for_test(NULL);
	AUTO(json_drop) struct json *root = ask("/", 200);
	assert_fits(json_root(root), "Oracle");
	assert_non_null(at(json_root(root), "collateral", "validTo"));
}

/* The check above is one: it refuses what is wrong. */
static void schemas__refuse_what_is_something_else(void **state)
{
	static const struct {
		const char *text, *schema, *why;
	} cases[] = {
		{ "{}", "Statement", "no type" },
		{ "{\"status\":1}", "Health", "status is no string" },
		{ "{\"status\":\"ok\",\"x\":1}", "Health",
		    "x is not in the schema" },
		{ "{\"digest\":\"\",\"scheme\":\"x\",\"signer\":\"\","
		  "\"value\":\"\"}",
		    "Signature", "x is not the constant" },
		{ "{\"status\":1,\"title\":\"\",\"type\":\"y\"}", "Problem",
		    "y is none of the words" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(json_drop) struct json *v = NULL;
		struct fault f = FAULT_INIT;

		assert_ok(json_parse(span_text(cases[i].text),
			      &json_limits_default, "t", &v, &f),
		    f);
		assert_string_equal(
		    misfit_of(json_root(v), cases[i].schema), cases[i].why);
	}
}

/* ---- the manual ---------------------------------------------------------- */

static void manual__lists_the_routes_as_the_table_does(void **state)
{
	static const char begin[] = ".\\\" routes\n", end[] = ".\\\" end\n";
	const char *root = getenv("AFFIANT_SOURCE");
	AUTO(blob_drop) struct blob manual = { 0 };
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr want = wr_grow(65536, "t.manual", &f);
	char path[4096];

	(void)state;
	for (const struct http_route *r = http_routes; r->path != NULL; r++)
		wr_printf(&want, ".TP\n.B %s\n%s.\n", r->path, r->help);
	wr_u8(&want, 0);
	assert_true(wr_ok(&want));
	const char *text = (const char *)wr_view(&want).p;

	snprintf(path, sizeof(path), "%s/oracle/affiantd.8",
	    root != NULL ? root : ".");
	assert_ok(file_read(path, LIMIT_CONFIG_BYTES, &manual, &f), f);
	const char *from = strstr((const char *)manual.p, begin);
	assert_non_null(from);
	from += strlen(begin);
	const char *to = strstr(from, end);
	assert_non_null(to);
	if ((size_t)(to - from) != strlen(text) ||
	    memcmp(from, text, strlen(text)) != 0) {
		/* (cmocka's printer would cut it) */
		fprintf(stderr, "between the marks should stand:\n%s", text);
		fail_msg("affiantd.8 and the table of routes differ");
	}
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(document__says_what_it_is),
		CASE(paths__are_the_table_of_routes),
		CASE(paths__explain_what_varies),
		CASE(references__lead_somewhere),
		CASE(problems__are_those_of_the_table),
		CASE(schemas__fit_statements_and_responses),
		CASE(schemas__fit_what_the_handlers_send),
		CASE(schemas__refuse_what_is_something_else),
		cmocka_unit_test(manual__lists_the_routes_as_the_table_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
