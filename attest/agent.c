/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl does the HTTP: framing, kept-alive connections and their quiet end
 * are where a client of our own would have its mistakes. This is the one file
 * of attest/ that includes it.
 */
#include "attest/agent.h"

#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Agents answer at any host name (dstack section 1). */
#define UNIX_BASE "http://dstack"
/* Words of the agent that are passed on. */
#define ERROR_CHARS 120

static const struct json_limits answer_limits = {
	.max_bytes = LIMIT_AGENT_BYTES,
	.max_depth = LIMIT_AGENT_DEPTH,
	.max_values = LIMIT_AGENT_VALUES,
};

struct agent {
	CURL *easy;
	struct curl_slist *headers;
	char *endpoint;
	bool is_path;
	uint32_t timeout_ms;

	/* Of the call under way. */
	struct wr body;
	size_t head_bytes;
	struct fault fault;
};

/* ---- what libcurl hands over -------------------------------------------- */

static size_t on_header(char *p, size_t size, size_t n, void *user)
{
	struct agent *a = user;
	(void)p;
	a->head_bytes += size * n;
	if (a->head_bytes <= LIMIT_HEADER_BYTES)
		return size * n;
	fault_raise(&a->fault, FAULT_REMOTE, "agent.limit",
	    "the agent's answer has a head of more than %d bytes",
	    LIMIT_HEADER_BYTES);
	return 0;
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct agent *a = user;
	if (size * n > LIMIT_AGENT_BYTES - wr_view(&a->body).n) {
		fault_raise(&a->fault, FAULT_REMOTE, "agent.limit",
		    "the agent's answer is longer than %d bytes",
		    LIMIT_AGENT_BYTES);
		return 0;
	}
	wr_bytes(&a->body, p, size * n);
	return wr_ok(&a->body) ? size * n : 0;
}

/* ---- opening ------------------------------------------------------------ */

void agent_close(struct agent *a)
{
	if (!a)
		return;
	curl_easy_cleanup(a->easy);
	curl_slist_free_all(a->headers);
	wr_drop(&a->body);
	free(a->endpoint);
	free(a);
}

void agent_drop(struct agent **a)
{
	agent_close(*a);
	*a = NULL;
}

/* An answer is one JSON object, so "Expect" and encodings gain nothing. */
static FALLIBLE make_headers(struct agent *a, struct fault *f)
{
	static const char *const lines[] = { "Content-Type: application/json",
		"Accept: application/json", "Expect:" };
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct curl_slist *longer =
		    curl_slist_append(a->headers, lines[i]);
		if (!longer)
			return fault_raise(
			    f, FAULT_SYSTEM, "agent.open", "no memory");
		a->headers = longer;
	}
	return true;
}

static FALLIBLE set_up(struct agent *a, struct fault *f)
{
	CURL *e = a->easy;
	bool ok = true;
#define SET(option, value) \
	(ok = ok && curl_easy_setopt(e, option, value) == CURLE_OK)
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_TIMEOUT_MS, (long)a->timeout_ms);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)a->timeout_ms);
	SET(CURLOPT_HTTPHEADER, a->headers);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, a);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, a);
	if (a->is_path)
		SET(CURLOPT_UNIX_SOCKET_PATH, a->endpoint);
#undef SET
	if (!ok)
		return fault_raise(f, FAULT_SYSTEM, "agent.open",
		    "this libcurl knows no unix sockets");
	return true;
}

static bool is_url(const char *s)
{
	return strncmp(s, "http://", 7) == 0 || strncmp(s, "https://", 8) == 0;
}

FALLIBLE agent_open(
    const struct agent_config *c, struct agent **out, struct fault *f)
{
	if (c->endpoint[0] != '/' && !is_url(c->endpoint))
		return fault_raise(f, FAULT_CONFIG, "agent.endpoint",
		    "an agent is at the path of a socket (/...) or at a URL "
		    "(http://...)");
	AUTO(agent_drop) struct agent *a = calloc(1, sizeof(*a));
	if (!a)
		return fault_raise(f, FAULT_SYSTEM, "agent.open", "no memory");
	a->body = wr_grow(0, "agent.limit", &a->fault);
	a->is_path = c->endpoint[0] == '/';
	a->timeout_ms = c->timeout_ms;
	a->endpoint = strdup(c->endpoint);
	a->easy = curl_easy_init();
	if (!a->endpoint || !a->easy)
		return fault_raise(f, FAULT_SYSTEM, "agent.open", "no memory");
	/* Paths of methods begin with a slash themselves. */
	size_t n = strlen(a->endpoint);
	if (!a->is_path && a->endpoint[n - 1] == '/')
		a->endpoint[n - 1] = '\0';
	TRY(make_headers(a, f));
	TRY(set_up(a, f));
	*out = a;
	a = NULL;
	return true;
}

const char *agent_endpoint(const struct agent *a)
{
	return a->endpoint;
}

/* ---- one call ----------------------------------------------------------- */

/* Said here, because libcurl only knows that it could not connect. */
static FALLIBLE check_socket(const struct agent *a, struct fault *f)
{
	struct stat st;
	if (!a->is_path)
		return true;
	if (stat(a->endpoint, &st) != 0)
		return fault_raise(f, FAULT_SYSTEM, "agent.socket.missing",
		    "there is no agent's socket at %.120s: %s", a->endpoint,
		    strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return fault_raise(f, FAULT_SYSTEM, "agent.socket.kind",
		    "%.120s is no socket; a container that was started before "
		    "its host's agent finds a folder there",
		    a->endpoint);
	return true;
}

static bool raise_code(struct agent *a, CURLcode code, struct fault *f)
{
	long os = 0;
	if (a->fault.kind != FAULT_NONE) {
		*f = a->fault;
		return false;
	}
	curl_easy_getinfo(a->easy, CURLINFO_OS_ERRNO, &os);
	if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
		return fault_raise(f, FAULT_REMOTE, "agent.socket.refused",
		    "the agent at %.100s takes no connection: %s", a->endpoint,
		    os ? strerror((int)os) : curl_easy_strerror(code));
	if (code == CURLE_OPERATION_TIMEDOUT)
		return fault_raise(f, FAULT_REMOTE, "agent.timeout",
		    "the agent at %.100s did not answer within %lu ms",
		    a->endpoint, (unsigned long)a->timeout_ms);
	if (code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR ||
	    code == CURLE_SEND_ERROR || code == CURLE_GOT_NOTHING)
		return fault_raise(f, FAULT_REMOTE, "agent.cut",
		    "the agent at %.100s ended the connection before its "
		    "answer was complete",
		    a->endpoint);
	return fault_raise(f, FAULT_REMOTE, "agent.http",
	    "the agent at %.100s does not speak HTTP/1.1 as agents do: %s",
	    a->endpoint, curl_easy_strerror(code));
}

/* "Every failure = 400 and an error"; the words are for a person. */
static bool raise_refusal(const struct json *doc, struct fault *f)
{
	const struct json_node *error =
	    doc ? json_find(json_root(doc), "error") : NULL;
	const char *words = error ? json_text(error) : "";
	return fault_raise(f, FAULT_REMOTE, "agent.refused",
	    "the agent refused: %.*s", ERROR_CHARS,
	    *words ? words : "it gives no reason");
}

static FALLIBLE read_answer(
    struct agent *a, struct span body, struct json **out, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct fault why = FAULT_INIT;
	long status = 0;
	curl_easy_getinfo(a->easy, CURLINFO_RESPONSE_CODE, &status);
	bool is_json =
	    json_parse(body, &answer_limits, "agent.json", &doc, &why);
	if (status == 400)
		return raise_refusal(doc, f);
	if (status != 200)
		return fault_raise(f, FAULT_REMOTE, "agent.http",
		    "the agent at %.100s answers with status %ld", a->endpoint,
		    status);
	if (!is_json)
		return fault_raise(f, FAULT_REMOTE, "agent.json",
		    "the agent's answer is no JSON: %s", why.text);
	if (json_kind_of(json_root(doc)) != JSON_OBJECT)
		return fault_raise(f, FAULT_REMOTE, "agent.json",
		    "the agent's answer is no JSON object");
	*out = doc;
	doc = NULL;
	return true;
}

/* Where, into the handle. */
static FALLIBLE aim(struct agent *a, const char *path, struct fault *f)
{
	char url[LIMIT_URL_BYTES];
	size_t n;
	struct wr w = wr_into(url, sizeof(url), "agent.endpoint", f);
	wr_text(&w, a->is_path ? UNIX_BASE : a->endpoint);
	wr_text(&w, path);
	wr_u8(&w, '\0');
	TRY(wr_done_into(&w, &n));
	return curl_easy_setopt(a->easy, CURLOPT_URL, url) == CURLE_OK ||
	    fault_raise(
		f, FAULT_SYSTEM, "agent.open", "libcurl refused a request");
}

static FALLIBLE perform(struct agent *a, struct blob *body, struct fault *f)
{
	TRY(check_socket(a, f));
	wr_drop(&a->body);
	a->fault = FAULT_INIT;
	a->head_bytes = 0;
	a->body = wr_grow(LIMIT_AGENT_BYTES, "agent.limit", &a->fault);
	CURLcode code = curl_easy_perform(a->easy);
	if (code != CURLE_OK)
		return raise_code(a, code, f);
	return wr_done(&a->body, body);
}

/* An answer may hold a key: its bytes are wiped, not only freed. */
FALLIBLE agent_call(struct agent *a, const char *path, struct span request,
    struct json **out, struct fault *f)
{
	AUTO(blob_wipe) struct blob body = { 0 };
	TRY(aim(a, path, f));
	if (curl_easy_setopt(a->easy, CURLOPT_POSTFIELDSIZE, (long)request.n) !=
		CURLE_OK ||
	    curl_easy_setopt(a->easy, CURLOPT_POSTFIELDS, request.p) !=
		CURLE_OK)
		return fault_raise(
		    f, FAULT_SYSTEM, "agent.open", "libcurl refused a request");
	TRY(perform(a, &body, f));
	return read_answer(a, blob_span(&body), out, f);
}

FALLIBLE agent_get(struct agent *a, const char *path, size_t max,
    struct blob *out, struct fault *f)
{
	AUTO(blob_drop) struct blob body = { 0 };
	long status = 0;
	TRY(aim(a, path, f));
	if (curl_easy_setopt(a->easy, CURLOPT_HTTPGET, 1L) != CURLE_OK)
		return fault_raise(
		    f, FAULT_SYSTEM, "agent.open", "libcurl refused a request");
	TRY(perform(a, &body, f));
	curl_easy_getinfo(a->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
		return fault_raise(f, FAULT_REMOTE, "agent.status",
		    "the server at %.100s answers with status %ld", a->endpoint,
		    status);
	if (body.n > max)
		return fault_raise(f, FAULT_REMOTE, "agent.limit",
		    "the server's answer is longer than %zu bytes", max);
	*out = blob_move(&body);
	return true;
}
