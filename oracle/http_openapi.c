/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_openapi.h"

#include "oracle/http_answer.h"
#include "oracle/http_routes.h"
#include "oracle/openapi_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The schemas are 10 KB; a path is 1 KB. */
#define OPENAPI_MAX_BYTES (256 * 1024)
/* Rows of the table of routes, and one path for each feed. */
#define MAX_PATHS (64 + CONFIG_MAX_FEEDS)

/* ---- what a route answers ------------------------------------------------ */

/* A route without a row here is in the document all the same, undescribed. */
static const struct route_doc {
	const char *path;   /* as in the table of routes */
	const char *answer; /* a row of answers */
	const char *rest;   /* name of what stands in the star's place */
	bool has_tag;       /* answers 304 to who has it already */
} route_docs[] = {
	{ "/", "Oracle", NULL, false },
	{ "/price", "Response", NULL, true },
	{ "/v1/chains", "Chains", NULL, false },
	{ "/v1/feeds", "Feeds", NULL, false },
	{ "/v1/feeds/*", "Response", "id", true },
	{ "/v1/statements/*", "Response", "sha256", true },
	{ "/v1/key", "Response", NULL, true },
	{ "/v1/attestation", "Response", NULL, false },
	{ "/v1/requests", "Response", NULL, false },
	{ "/v1/requests/key", "Response", NULL, false },
	{ "/v1/collateral", "Collateral", NULL, true },
	{ "/gateway", "Gateway", NULL, false },
	{ "/gateway/*", "Gateway", "call", false },
	{ "/healthz", "Health", NULL, false },
	{ "/readyz", "Health", NULL, false },
	{ "/metrics", "Metrics", NULL, false },
	{ "/openapi.json", "Document", NULL, false },
};
static const struct route_doc feed_doc = { NULL, "Response", NULL, true };
static const struct route_doc unknown_doc = { NULL, "Undescribed", "rest",
	false };

static const struct route_doc *doc_of(const char *path)
{
	for (size_t i = 0; i < COUNT(route_docs); i++) {
		if (strcmp(route_docs[i].path, path) == 0)
			return &route_docs[i];
	}
	return &unknown_doc;
}

/* In canonical order. */
static const struct answer {
	const char *name, *help;
	const char *type;   /* NULL: no body */
	const char *schema; /* NULL: any object, or text when it is no JSON */
	bool has_page;      /* HTML to who asks for it */
} answers[] = {
	{ "Chains", "every chain and how it is", "application/json", "Chains",
	    false },
	{ "Collateral", "what the vendor signed about this machine",
	    "application/json", "Collateral", false },
	{ "Document", "this document", "application/json", NULL, false },
	{ "Feeds", "every feed and how it is", "application/json", "Feeds",
	    false },
	{ "Gateway", "what the contract's callback is handed",
	    "application/json", "Gateway", false },
	{ "Head", "the head of what GET answers", NULL, NULL, false },
	{ "Health", "all is well", "application/json", "Health", false },
	{ "Metrics", "the text format of Prometheus, version 0.0.4",
	    "text/plain", NULL, false },
	{ "NotModified", "If-None-Match names the latest one", NULL, NULL,
	    false },
	{ "Oracle", "who this is", "application/json", "Oracle", true },
	{ "Problem", "an error (RFC 9457)", "application/problem+json",
	    "Problem", false },
	{ "Response", "a statement with its signature and evidence",
	    "application/json", "Response", false },
	{ "Undescribed", "an object", "application/json", NULL, false },
};

static void put_content(struct canon *c, const struct answer *a)
{
	bool is_text = strncmp(a->type, "text/", 5) == 0;

	canon_object(c, "content");
	canon_object(c, a->type);
	if (a->schema != NULL)
		openapi_schema_form(c, "schema", OPENAPI_OBJECT, a->schema);
	else
		openapi_schema_form(c, "schema",
		    is_text ? OPENAPI_TEXT : OPENAPI_ANY_OBJECT, NULL);
	canon_end(c);
	if (a->has_page) {
		canon_object(c, "text/html");
		openapi_schema_form(c, "schema", OPENAPI_TEXT, NULL);
		canon_end(c);
	}
	canon_end(c);
}

static void put_answers(struct canon *c)
{
	canon_object(c, "responses");
	for (size_t i = 0; i < COUNT(answers); i++) {
		canon_object(c, answers[i].name);
		if (answers[i].type != NULL)
			put_content(c, &answers[i]);
		canon_text(c, "description", answers[i].help);
		canon_end(c);
	}
	canon_end(c);
}

/* ---- members of a query -------------------------------------------------- */

/* In canonical order. */
static const struct parameter {
	enum http_member member;
	const char *name, *help;
} parameters[] = {
	{ HTTP_EVIDENCE, "evidence",
	    "how much: everything; all but what judges it long "
	    "afterwards (the default); or no quote" },
	{ HTTP_FEED, "feed", "id of a feed, instead of the path's own" },
	{ HTTP_NONCE, "nonce",
	    "1 to 32 bytes: a fresh response that is bound to them" },
};

static void put_parameter_schema(struct canon *c, enum http_member member)
{
	switch (member) {
	case HTTP_EVIDENCE:
		canon_object(c, "schema");
		canon_text(c, "default", "quote");
		canon_array(c, "enum");
		canon_text(c, NULL, "full");
		canon_text(c, NULL, "quote");
		canon_text(c, NULL, "signature");
		canon_end(c);
		canon_end(c);
		break;
	case HTTP_FEED:
		openapi_schema_form(c, "schema", OPENAPI_TEXT, NULL);
		break;
	case HTTP_NONCE:
		openapi_schema_form(c, "schema", OPENAPI_NONCE, NULL);
		break;
	}
}

static void put_parameters(struct canon *c)
{
	canon_object(c, "parameters");
	for (size_t i = 0; i < COUNT(parameters); i++) {
		canon_object(c, parameters[i].name);
		canon_text(c, "description", parameters[i].help);
		canon_text(c, "in", "query");
		canon_text(c, "name", parameters[i].name);
		put_parameter_schema(c, parameters[i].member);
		canon_end(c);
	}
	canon_end(c);
}

/* ---- paths --------------------------------------------------------------- */

struct path {
	char text[CANON_MAX_NAME + 1]; /* with {name} for a star */
	unsigned members;              /* enum http_member */
	const struct route_doc *doc;
	const char *help, *feed; /* of a feed: its id */
	bool posts;
};

struct paths {
	struct path list[MAX_PATHS];
	size_t n;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(
	    ((const struct path *)a)->text, ((const struct path *)b)->text);
}

static void add_route(struct paths *paths, const struct http_route *r)
{
	struct path *p = &paths->list[paths->n++];
	size_t n = strlen(r->path);

	*p = (struct path){
		.members = r->members, .doc = doc_of(r->path), .help = r->help
	};
	if (r->path[n - 1] == '*')
		snprintf(p->text, sizeof(p->text), "%.*s{%s}", (int)(n - 1),
		    r->path, p->doc->rest);
	else
		snprintf(p->text, sizeof(p->text), "%s", r->path);
}

/* A path of the configuration; /price is a row of the table already. */
static void add_feed(struct paths *paths, const struct feed_config *cfg)
{
	for (size_t i = 0; i < paths->n; i++) {
		if (strcmp(paths->list[i].text, cfg->path) == 0)
			return;
	}
	struct path *p = &paths->list[paths->n++];
	*p = (struct path){ .members = HTTP_NONCE | HTTP_EVIDENCE | HTTP_FEED,
		.doc = &feed_doc,
		.help = "the latest response of a feed",
		.feed = cfg->id };
	snprintf(p->text, sizeof(p->text), "%s", cfg->path);
}

/* Requests are there only where the configuration has templates. */
static bool is_off(const char *path, const struct config *config)
{
	static const char requests[] = "/v1/requests";

	return config->requests.n_templates == 0 &&
	    strncmp(path, requests, sizeof(requests) - 1) == 0;
}

static void find_paths(struct paths *paths, const struct config *config)
{
	for (const struct http_route *r = http_post_routes;
	     r->path != NULL && paths->n < MAX_PATHS; r++) {
		if (is_off(r->path, config))
			continue;
		add_route(paths, r);
		paths->list[paths->n - 1].posts = true;
	}
	for (const struct http_route *r = http_routes;
	     r->path != NULL && paths->n < MAX_PATHS; r++)
		if (!is_off(r->path, config))
			add_route(paths, r);
	for (size_t i = 0; i < config->n_feeds && paths->n < MAX_PATHS; i++) {
		if (config->feeds[i].path != NULL)
			add_feed(paths, &config->feeds[i]);
	}
	qsort(paths->list, paths->n, sizeof(paths->list[0]), by_text);
}

static void put_reference(
    struct canon *c, const char *member, const char *group, const char *name)
{
	char text[64];

	snprintf(text, sizeof(text), "#/components/%s/%s", group, name);
	canon_object(c, member);
	canon_text(c, "$ref", text);
	canon_end(c);
}

static void put_path_parameters(struct canon *c, const struct path *p)
{
	canon_array(c, "parameters");
	for (size_t i = 0; i < COUNT(parameters); i++) {
		if ((p->members & parameters[i].member) != 0)
			put_reference(
			    c, NULL, "parameters", parameters[i].name);
	}
	if (strchr(p->text, '{') != NULL) {
		canon_object(c, NULL);
		canon_text(c, "in", "path");
		canon_text(c, "name", p->doc->rest);
		canon_bool(c, "required", true);
		openapi_schema_form(c, "schema", OPENAPI_TEXT, NULL);
		canon_end(c);
	}
	canon_end(c);
}

static void put_operation(struct canon *c, const struct path *p, bool head)
{
	canon_object(c, head ? "head" : "get");
	if (p->feed != NULL)
		canon_text(c, "description", p->feed);
	put_path_parameters(c, p);
	canon_object(c, "responses");
	put_reference(c, "200", "responses", head ? "Head" : p->doc->answer);
	if (p->doc->has_tag)
		put_reference(c, "304", "responses", "NotModified");
	put_reference(c, "default", "responses", head ? "Head" : "Problem");
	canon_end(c);
	canon_text(c, "summary", p->help);
	canon_end(c);
}

/* Of a route that takes a body: a call, as EIP-3668 has it, or what a caller
 * has sealed. */
static void put_post(struct canon *c, const struct path *p)
{
	bool seals = strcmp(p->text, "/v1/requests") == 0;

	canon_object(c, "post");
	put_path_parameters(c, p);
	canon_object(c, "requestBody");
	canon_object(c, "content");
	canon_object(c, "application/json");
	openapi_schema_form(
	    c, "schema", OPENAPI_OBJECT, seals ? "Sealed" : "GatewayCall");
	canon_end(c);
	canon_end(c);
	canon_bool(c, "required", true);
	canon_end(c);
	canon_object(c, "responses");
	put_reference(c, "200", "responses", p->doc->answer);
	put_reference(c, "default", "responses", "Problem");
	canon_end(c);
	canon_text(c, "summary", p->help);
	canon_end(c);
}

/* ---- the document -------------------------------------------------------- */

static void put_info(struct canon *c)
{
	canon_object(c, "info");
	canon_text(c, "description",
	    "A verifiable oracle: answers carry their own proof, for "
	    "affiant-verify to judge offline.");
	canon_object(c, "license");
	canon_text(c, "identifier", "Apache-2.0");
	canon_text(c, "name", "Apache License 2.0");
	canon_end(c);
	canon_text(c, "title", "Affiant");
	canon_text(c, "version", AFFIANT_VERSION);
	canon_end(c);
}

static void put_document(struct canon *c, const struct paths *paths)
{
	canon_object(c, NULL);
	canon_object(c, "components");
	put_parameters(c);
	put_answers(c);
	openapi_schema_put(c);
	canon_end(c);
	put_info(c);
	canon_text(c, "openapi", "3.1.0");
	canon_object(c, "paths");
	for (size_t i = 0; i < paths->n; i++) {
		canon_object(c, paths->list[i].text);
		if (paths->list[i].posts) {
			put_post(c, &paths->list[i]);
		} else {
			put_operation(c, &paths->list[i], false);
			put_operation(c, &paths->list[i], true);
		}
		canon_end(c);
	}
	canon_end(c);
	canon_end(c);
}

void http_openapi(struct http_exchange *x)
{
	AUTO(blob_drop) struct blob body = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(OPENAPI_MAX_BYTES, "http.openapi", &f);
	struct canon c = canon_to(&w);
	struct paths *paths = calloc(1, sizeof(*paths));

	if (paths == NULL) {
		http_answer_problem(x, PROBLEM_INTERNAL, "not enough memory");
		return;
	}
	find_paths(paths, x->site->deps.config);
	put_document(&c, paths);
	free(paths);
	if (!wr_done(&w, &body)) {
		http_answer_fault(x, &f);
		return;
	}
	http_answer_send(x,
	    &(struct http_answer){ .status = 200,
		.type = "application/json",
		.cache = "no-cache",
		.body = blob_span(&body) });
}
