/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_url.h"

#include "sources/source_template.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

void source_url_drop(struct source_url *u)
{
	blob_wipe(&u->text);
	*u = (struct source_url){ 0 };
}

FALLIBLE source_url_copy(
    const struct source_url *u, struct source_url *out, struct fault *f)
{
	struct source_url copy = *u;

	TRY(blob_copy(blob_span(&u->text), &copy.text, f));
	*out = copy;
	return true;
}

/* ---- form --------------------------------------------------------------- */

static void drop_curlu(CURLU **u)
{
	curl_url_cleanup(*u);
	*u = NULL;
}

static void drop_part(char **part)
{
	curl_free(*part);
	*part = NULL;
}

/* Who is at fault when a URL is bad: the operator, or a server. */
struct blame {
	enum fault_kind kind;
	const char *at;
};
static const struct blame by_config = { FAULT_CONFIG, "/url" };
static const struct blame by_server = { FAULT_REMOTE, "source.redirect" };

static bool has_url_characters_only(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text <= 0x20 || *text >= 0x7f)
			return false;
		if (strchr("\"<>\\^`{}", *text) != NULL)
			return false;
	}
	return true;
}

/* The authority of "scheme://authority/...": between the slashes. */
static FALLIBLE find_authority(const char *text, bool allow_http,
    struct span *out, const struct blame *b, struct fault *f)
{
	const char *start;

	if (strncmp(text, "https://", 8) == 0)
		start = text + 8;
	else if (strncmp(text, "http://", 7) != 0)
		return fault_raise(
		    f, b->kind, b->at, "a URL begins with \"https://\"");
	else if (allow_http)
		start = text + 7;
	else
		return fault_raise(f, b->kind, b->at,
		    "plain http:// is refused; only https:// carries evidence "
		    "(\"allow_http\" permits it for a source)");
	*out = span_of(start, strcspn(start, "/?#"));
	return true;
}

static FALLIBLE check_form(
    const char *text, bool allow_http, const struct blame *b, struct fault *f)
{
	struct span authority;

	if (strlen(text) > LIMIT_URL_BYTES)
		return fault_raise(f, b->kind, b->at,
		    "the URL is longer than %d bytes", LIMIT_URL_BYTES);
	TRY(find_authority(text, allow_http, &authority, b, f));
	if (!has_url_characters_only(text))
		return fault_raise(f, b->kind, b->at,
		    "the URL has a space or a character that URLs do not have; "
		    "percent-encode it (a host: its xn-- form)");
	if (strchr(text, '#') != NULL)
		return fault_raise(f, b->kind, b->at,
		    "the URL has a fragment (#), which is never sent");
	if (memchr(authority.p, '@', authority.n) != NULL)
		return fault_raise(f, b->kind, b->at,
		    "user:password@ in a URL is refused; use a header with "
		    "${NAME}");
	if (memchr(authority.p, '%', authority.n) != NULL)
		return fault_raise(f, b->kind, b->at,
		    "the host has a percent-encoded character");
	return true;
}

/* ---- parsing ------------------------------------------------------------ */

static FALLIBLE get_part(CURLU *u, CURLUPart part, unsigned flags, char **out,
    const struct blame *b, struct fault *f)
{
	if (curl_url_get(u, part, out, flags) != CURLUE_OK)
		return fault_raise(
		    f, b->kind, b->at, "the URL cannot be taken apart");
	return true;
}

/* `text` has passed check_form. */
static FALLIBLE parse(const char *text, struct source_url *out,
    const struct blame *b, struct fault *f)
{
	AUTO(source_url_drop) struct source_url url = { 0 };
	AUTO(drop_curlu) CURLU *u = curl_url();
	AUTO(drop_part) char *scheme = NULL;
	AUTO(drop_part) char *host = NULL;
	AUTO(drop_part) char *port = NULL;
	AUTO(drop_part) char *whole = NULL;
	size_t n;

	if (u == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	if (curl_url_set(u, CURLUPART_URL, text, 0) != CURLUE_OK)
		return fault_raise(f, b->kind, b->at,
		    "the URL is not scheme://host[:port]/path?query");
	TRY(get_part(u, CURLUPART_SCHEME, 0, &scheme, b, f));
	TRY(get_part(u, CURLUPART_HOST, 0, &host, b, f));
	TRY(get_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT, &port, b, f));
	TRY(get_part(u, CURLUPART_URL, 0, &whole, b, f));

	n = strlen(host);
	if (n == 0 || n > SOURCE_HOST_MAX || host[n - 1] == '.')
		return fault_raise(f, b->kind, b->at,
		    "the host is empty, ends in a dot or is longer than %d "
		    "characters",
		    SOURCE_HOST_MAX);
	for (size_t i = 0; i < n; i++)
		url.host[i] = host[i] >= 'A' && host[i] <= 'Z'
		    ? (char)(host[i] - 'A' + 'a')
		    : host[i];
	if (strlen(port) >= sizeof(url.port) || strcmp(port, "0") == 0)
		return fault_raise(
		    f, b->kind, b->at, "the port is not 1 to 65535");
	memcpy(url.port, port, strlen(port));
	url.is_https = strcmp(scheme, "https") == 0;
	TRY(blob_copy(span_text(whole), &url.text, f));
	*out = url;
	url = (struct source_url){ 0 };
	return true;
}

/*
 * What libcurl made of the host is what was written: it reads 0x7f.1 as
 * 127.0.0.1, and a statement names the host that its URL shows.
 */
static FALLIBLE check_plain_host(
    struct span authority, const char *host, struct fault *f)
{
	size_t n = strlen(host);

	if (authority.n < n ||
	    strncasecmp((const char *)authority.p, host, n) != 0 ||
	    (authority.n > n && authority.p[n] != ':'))
		return fault_raise(f, FAULT_CONFIG, "/url",
		    "write the host as a plain name or address");
	return true;
}

FALLIBLE source_url_check(
    const char *configured, bool allow_http, struct fault *f)
{
	AUTO(blob_drop) struct blob neutral = { 0 };
	AUTO(source_url_drop) struct source_url url = { 0 };
	struct span authority;

	/* A name may be one character of value or many: its own length here. */
	if (strlen(configured) > LIMIT_URL_BYTES)
		return fault_raise(f, FAULT_CONFIG, "/url",
		    "the URL is longer than %d bytes", LIMIT_URL_BYTES);
	TRY(find_authority(configured, allow_http, &authority, &by_config, f));
	if (memmem(authority.p, authority.n, "${", 2) != NULL)
		return fault_raise(f, FAULT_CONFIG, "/url",
		    "${NAME} may stand in path and query only: which server is "
		    "asked is no secret");
	TRY(source_template_neutral(
	    configured, LIMIT_URL_BYTES, "/url", &neutral, f));
	TRY(check_form((const char *)neutral.p, allow_http, &by_config, f));
	TRY(parse((const char *)neutral.p, &url, &by_config, f));
	return check_plain_host(authority, url.host, f);
}

FALLIBLE source_url_open(const char *configured, bool allow_http,
    struct source_url *out, struct fault *f)
{
	const struct source_values none = { 0 };

	return source_url_fill(configured, &none, allow_http, out, f);
}

FALLIBLE source_url_fill(const char *configured,
    const struct source_values *values, bool allow_http, struct source_url *out,
    struct fault *f)
{
	AUTO(blob_wipe) struct blob text = { 0 };

	TRY(source_url_check(configured, allow_http, f));
	TRY(source_template_fill(configured, values, SOURCE_TEMPLATE_PERCENT,
	    LIMIT_URL_BYTES, "/url", &text, f));
	TRY(check_form((const char *)text.p, allow_http, &by_config, f));
	return parse((const char *)text.p, out, &by_config, f);
}

/* ---- redirects ---------------------------------------------------------- */

FALLIBLE source_url_follow(const struct source_url *from, const char *location,
    struct source_url *out, struct fault *f)
{
	AUTO(drop_curlu) CURLU *u = curl_url();
	AUTO(drop_part) char *whole = NULL;

	if (u == NULL ||
	    curl_url_set(u, CURLUPART_URL, (const char *)from->text.p, 0) !=
		CURLUE_OK)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	if (!from->is_https)
		return fault_raise(f, FAULT_REMOTE, "source.redirect",
		    "a redirect from plain http is not followed");
	if (strlen(location) > LIMIT_URL_BYTES ||
	    !has_url_characters_only(location) ||
	    curl_url_set(u, CURLUPART_URL, location, 0) != CURLUE_OK)
		return fault_raise(f, FAULT_REMOTE, "source.redirect",
		    "the server redirects to something that is no URL");
	if (curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	TRY(get_part(u, CURLUPART_URL, 0, &whole, &by_server, f));
	if (strncmp(whole, "https://", 8) != 0)
		return fault_raise(f, FAULT_REMOTE, "source.redirect",
		    "the server redirects away from https");
	TRY(check_form(whole, false, &by_server, f));
	return parse(whole, out, &by_server, f);
}

bool source_url_equal(const struct source_url *a, const struct source_url *b)
{
	return span_equal(blob_span(&a->text), blob_span(&b->text));
}

bool source_url_same_origin(
    const struct source_url *a, const struct source_url *b)
{
	return a->is_https == b->is_https && strcmp(a->host, b->host) == 0 &&
	    strcmp(a->port, b->port) == 0;
}

/* ---- what may be shown -------------------------------------------------- */

static bool has_secrets(const struct source_config *c)
{
	bool has = source_template_has_names(c->url);

	for (size_t i = 0; i < c->n_headers; i++)
		has = has || source_template_has_names(c->headers[i].value);
	return has;
}

static bool reveals(const struct source_config *c, const char *text)
{
	bool found =
	    source_template_reveals(c->url, &c->values, span_text(text));

	for (size_t i = 0; i < c->n_headers; i++)
		found = found ||
		    source_template_reveals(
			c->headers[i].value, &c->values, span_text(text));
	return found;
}

FALLIBLE source_url_shown(const struct source_url *u,
    const struct source_config *c, struct blob *out, struct fault *f)
{
	AUTO(drop_curlu) CURLU *parts = curl_url();
	AUTO(drop_part) char *decoded = NULL;
	AUTO(drop_part) char *whole = NULL;
	bool ok;

	if (!has_secrets(c))
		return blob_copy(blob_span(&u->text), out, f);
	ok = parts != NULL &&
	    curl_url_set(parts, CURLUPART_URL, (const char *)u->text.p, 0) ==
		CURLUE_OK &&
	    curl_url_set(parts, CURLUPART_QUERY, NULL, 0) == CURLUE_OK;
	/* A path that does not decode is not shown either. */
	if (ok &&
	    (curl_url_get(parts, CURLUPART_PATH, &decoded, CURLU_URLDECODE) !=
		    CURLUE_OK ||
		reveals(c, decoded)))
		ok = curl_url_set(parts, CURLUPART_PATH, "/", 0) == CURLUE_OK;
	if (!ok || curl_url_get(parts, CURLUPART_URL, &whole, 0) != CURLUE_OK)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	return blob_copy(span_text(whole), out, f);
}

FALLIBLE source_url_masked(
    const char *configured, char *out, size_t cap, struct fault *f)
{
	struct wr w = wr_into(out, cap, "source.url", f);
	const char *rest = strstr(configured, "://");
	size_t n_authority, n_user = 0, n;

	/* Up to the last @ in front of path and query: libcurl's reading. */
	rest = rest != NULL ? rest + 3 : configured;
	wr_bytes(&w, configured, (size_t)(rest - configured));
	n_authority = strcspn(rest, "/?#");
	for (size_t i = 0; i < n_authority; i++) {
		if (rest[i] == '@')
			n_user = i + 1;
	}
	wr_text(&w, rest + n_user);
	wr_u8(&w, '\0');
	TRY(wr_done_into(&w, &n));
	for (size_t i = 0; i + 1 < n; i++) {
		if (out[i] < 0x20 || out[i] > 0x7e)
			out[i] = '?';
	}
	return true;
}
