/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_routes.h"

#include "oracle/http_answer.h"
#include "oracle/http_api.h"
#include "oracle/http_chains.h"
#include "oracle/http_feeds.h"
#include "oracle/http_gateway.h"
#include "oracle/http_metrics.h"
#include "oracle/http_openapi.h"
#include "oracle/http_page.h"
#include "oracle/http_requests.h"
#include "oracle/http_uri.h"

#include <string.h>

const struct http_route http_routes[] = {
	{ "/", 0, http_page_root, "the oracle: a page, or JSON by Accept" },
	{ "/price", HTTP_NONCE | HTTP_EVIDENCE | HTTP_FEED, http_feeds_price,
	    "the latest response of the feed with this path, or of ?feed=ID" },
	{ "/v1/feeds", 0, http_feeds_list, "all feeds and how they are" },
	{ "/v1/feeds/*", HTTP_NONCE | HTTP_EVIDENCE, http_feeds_id,
	    "the latest response of one feed, by its id" },
	{ "/v1/chains", 0, http_chains,
	    "what is written to which chain, and how that goes" },
	{ "/v1/statements/*", 0, http_api_statement,
	    "a recent response, by the SHA-256 of its statement" },
	{ "/v1/key", 0, http_api_key, "the signer and its quote" },
	{ "/v1/attestation", HTTP_NONCE | HTTP_EVIDENCE, http_api_attestation,
	    "the signer, quoted over the caller's ?nonce=HEX" },
	{ "/v1/collateral", 0, http_api_collateral,
	    "what an offline verifier needs for this machine" },
	{ "/v1/requests/key", HTTP_NONCE | HTTP_EVIDENCE, http_requests_key,
	    "the key that parameters of requests are encrypted to" },
	{ "/gateway/*", 0, http_gateway_get,
	    "EIP-3668, SENDER/DATA.json: a feed's latest for a contract" },
	{ "/healthz", 0, http_api_healthz, "the process is alive" },
	{ "/readyz", 0, http_api_readyz,
	    "every feed has a fresh value, and the clock is believed" },
	{ "/metrics", 0, http_metrics, "numbers for monitoring (Prometheus)" },
	{ "/openapi.json", 0, http_openapi,
	    "these routes as an OpenAPI document" },
	{ NULL, 0, NULL, NULL },
};

const struct http_route http_post_routes[] = {
	{ "/gateway", 0, http_gateway_post,
	    "EIP-3668: the same, asked with a JSON body" },
	{ "/v1/requests", HTTP_EVIDENCE, http_requests_post,
	    "one observation, with encrypted parameters" },
	{ NULL, 0, NULL, NULL },
};

/* Where the path is that of a feed. */
static const struct http_route feed_route = { NULL,
	HTTP_NONCE | HTTP_EVIDENCE | HTTP_FEED, http_feeds_path,
	"the latest response of a feed" };

/* What follows the star's place, or NULL when the path does not match. */
static const char *matches(const struct http_route *route, const char *path)
{
	size_t n = strlen(route->path);

	if (route->path[n - 1] != '*')
		return strcmp(route->path, path) == 0 ? path + n : NULL;
	if (strncmp(route->path, path, n - 1) != 0 || path[n - 1] == '\0')
		return NULL;
	return path + n - 1;
}

bool http_routes_has(const char *path)
{
	for (const struct http_route *r = http_routes; r->path != NULL; r++) {
		if (r->handle != http_feeds_price && matches(r, path) != NULL)
			return true;
	}
	return http_routes_takes_body(path);
}

static const struct http_route *find_post(const char *path)
{
	for (const struct http_route *r = http_post_routes; r->path != NULL;
	     r++) {
		if (strcmp(r->path, path) == 0)
			return r;
	}
	return NULL;
}

bool http_routes_takes_body(const char *path)
{
	return find_post(path) != NULL;
}

static const struct http_route *find(struct http_exchange *x)
{
	for (const struct http_route *r = http_routes; r->path != NULL; r++) {
		x->rest = matches(r, x->path);
		if (x->rest != NULL)
			return r;
	}
	if (http_site_feed_by_path(x->site, x->path) != NULL)
		return &feed_route;
	return NULL;
}

/* A preflight, or a plain question for what is possible here. */
static void answer_options(struct http_exchange *x, bool posts)
{
	http_answer_send(x,
	    &(struct http_answer){ .status = 204,
		.extra = posts ? "Allow: POST, OPTIONS\r\n"
				 "Access-Control-Allow-Methods: POST\r\n"
				 "Access-Control-Allow-Headers: *\r\n"
				 "Access-Control-Max-Age: 86400\r\n"
			       : "Allow: GET, HEAD, OPTIONS\r\n"
				 "Access-Control-Allow-Methods: GET, HEAD\r\n"
				 "Access-Control-Allow-Headers: *\r\n"
				 "Access-Control-Max-Age: 86400\r\n" });
}

/* False when the method does not fit, or the body: that has been answered. */
static bool is_allowed(struct http_exchange *x, bool posts)
{
	const struct http_request *r = x->request;

	if (posts && r->method != HTTP_POST)
		http_answer_problem_with(x, PROBLEM_METHOD,
		    "POST and OPTIONS are answered here", NULL, 0,
		    "Allow: POST, OPTIONS\r\n");
	else if (!posts && r->method != HTTP_GET && r->method != HTTP_HEAD)
		http_answer_problem_with(x, PROBLEM_METHOD,
		    "GET, HEAD and OPTIONS are answered here", NULL, 0,
		    "Allow: GET, HEAD, OPTIONS\r\n");
	else if (posts && r->has_body)
		http_answer_problem(x, PROBLEM_TOO_LARGE,
		    "the body has a Content-Length of at most 1024");
	else if (r->has_body)
		http_answer_problem(
		    x, PROBLEM_BAD_REQUEST, "a GET or HEAD has no body here");
	else
		return true;
	return false;
}

static void serve(struct http_exchange *x)
{
	const struct http_request *r = x->request;
	struct span path = span_text(r->path);
	char decoded[LIMIT_URL_BYTES + 1];
	struct fault f = FAULT_INIT;
	enum problem p;

	if (path.n + span_text(r->query).n > LIMIT_URL_BYTES) {
		http_answer_problem(x, PROBLEM_URI_TOO_LONG, NULL);
		return;
	}
	if (!http_uri_decode(path, decoded, sizeof(decoded), "http.path", &f)) {
		http_answer_problem(x, PROBLEM_BAD_PATH, f.text);
		return;
	}
	x->path = decoded;
	const struct http_route *route = find_post(x->path);
	const bool posts = route != NULL;
	if (!posts)
		route = find(x);
	if (route == NULL) {
		http_answer_problem(
		    x, PROBLEM_NOT_FOUND, "GET / lists what there is");
		return;
	}
	if (r->method == HTTP_OPTIONS) {
		answer_options(x, posts);
		return;
	}
	if (!is_allowed(x, posts))
		return;
	if (!http_uri_query(r->query, route->members, &x->query, &p, &f)) {
		http_answer_problem(x, p, f.text);
		return;
	}
	route->handle(x);
}

int http_routes_serve(struct http_site *site, const struct http_request *r,
    void (*send)(void *to, struct span answer), void *to)
{
	struct http_exchange x = {
		.request = r, .site = site, .send = send, .to = to
	};

	serve(&x);
	return x.status;
}
