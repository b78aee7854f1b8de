/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/sources.h"

#include "sources/source_http.h"
#include "sources/source_request.h"
#include "sources/source_url.h"

#include <stdlib.h>
#include <string.h>

/* How long a stop may go unnoticed. */
#define POLL_MS 100

struct source_set {
	CURLM *multi;
	size_t n;
	struct source_http *https[LIMIT_SOURCES];
	CURL *running[LIMIT_SOURCES];   /* in the multi handle; NULL: ended */
	struct source_result results[]; /* n */
};

/* ---- once per process --------------------------------------------------- */

FALLIBLE sources_init(struct fault *f)
{
	const curl_version_info_data *v;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return fault_raise(f, FAULT_SYSTEM, "sources.init",
		    "libcurl cannot be initialised");
	/* Evidence is read from libcurl's own SSL: it must be an OpenSSL. */
	v = curl_version_info(CURLVERSION_NOW);
	if (v->version_num < 0x075800 || v->ssl_version == NULL ||
	    strncmp(v->ssl_version, "OpenSSL/3.", 10) != 0) {
		curl_global_cleanup();
		return fault_raise(f, FAULT_SYSTEM, "sources.init",
		    "want libcurl 7.88 or later with OpenSSL 3");
	}
	return true;
}

void sources_exit(void)
{
	curl_global_cleanup();
}

/* ---- opening and closing ------------------------------------------------ */

FALLIBLE source_config_check(const struct source_config *c, struct fault *f)
{
	const struct source_kind *kind =
	    c->kind != NULL ? source_kind_find(c->kind) : NULL;

	if (kind == NULL)
		return fault_raise(f, FAULT_CONFIG, "/kind",
		    "no such kind of source; there are \"%s\" and \"%s\"",
		    source_kinds[0]->id, source_kinds[1]->id);
	if (c->url == NULL)
		return fault_raise(
		    f, FAULT_CONFIG, "/url", "a source needs a URL");
	TRY(source_url_check(c->url, c->allow_http, f));
	TRY(kind->picks->check(&c->rule, f));
	return source_request_check(c, f);
}

static FALLIBLE open_all(struct source_set *s,
    const struct source_config *sources, size_t n, struct fault *f)
{
	s->multi = curl_multi_init();
	if (s->multi == NULL ||
	    curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, (long)(2 * n)) !=
		CURLM_OK)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	for (size_t i = 0; i < n; i++) {
		if (!source_config_check(&sources[i], f) ||
		    !source_http_open(&sources[i], &s->https[i], f))
			return fault_within(f, "source %zu", i);
		s->n = i + 1;
	}
	return true;
}

FALLIBLE source_set_open(const struct source_config *sources, size_t n,
    struct source_set **out, struct fault *f)
{
	AUTO(source_set_drop) struct source_set *s = NULL;

	if (n < 1 || n > LIMIT_SOURCES)
		return fault_raise(f, FAULT_CONFIG, "/sources",
		    "want 1 to %d sources", LIMIT_SOURCES);
	s = calloc(1, sizeof(*s) + n * sizeof(s->results[0]));
	if (s == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	TRY(open_all(s, sources, n, f));
	*out = s;
	s = NULL;
	return true;
}

void source_set_close(struct source_set *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		source_http_free(s->https[i]);
	if (s->multi != NULL)
		curl_multi_cleanup(s->multi);
	free(s);
}

void source_set_drop(struct source_set **s)
{
	source_set_close(*s);
	*s = NULL;
}

/* ---- fetching ----------------------------------------------------------- */

static void add(struct source_set *s, size_t i, CURL *easy)
{
	s->running[i] = easy;
	if (easy != NULL && curl_multi_add_handle(s->multi, easy) != CURLM_OK) {
		s->running[i] = NULL;
		source_http_ended(s->https[i], CURLE_FAILED_INIT);
	}
}

static size_t index_of(const struct source_set *s, const CURL *easy)
{
	size_t i = 0;

	while (i < s->n && s->running[i] != easy)
		i++;
	return i;
}

/* Handles that are done: out, and perhaps in again for the next hop. */
static void collect(struct source_set *s)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(s->multi, &left)) != NULL) {
		CURL *easy = message->easy_handle;
		CURLcode code = message->data.result;
		size_t i = index_of(s, easy);
		if (message->msg != CURLMSG_DONE || i == s->n)
			continue;
		curl_multi_remove_handle(s->multi, easy);
		add(s, i, source_http_ended(s->https[i], code));
	}
}

static bool any_running(const struct source_set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->running[i] != NULL)
			return true;
	}
	return false;
}

/* Ends what is still under way, because we are told to or libcurl fails. */
static void give_up(struct source_set *s, bool is_stop)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->running[i] == NULL)
			continue;
		curl_multi_remove_handle(s->multi, s->running[i]);
		s->running[i] = NULL;
		if (is_stop)
			source_http_stop(s->https[i]);
		else
			source_http_ended(s->https[i], CURLE_FAILED_INIT);
	}
}

const struct source_result *source_set_fetch(
    struct source_set *s, const volatile bool *stop)
{
	int n_running;

	for (size_t i = 0; i < s->n; i++)
		add(s, i, source_http_start(s->https[i]));
	while (any_running(s)) {
		if (stop != NULL && __atomic_load_n(stop, __ATOMIC_ACQUIRE)) {
			give_up(s, true);
		} else if (curl_multi_perform(s->multi, &n_running) !=
		    CURLM_OK) {
			give_up(s, false);
		} else {
			collect(s);
			if (any_running(s) &&
			    curl_multi_poll(s->multi, NULL, 0, POLL_MS, NULL) !=
				CURLM_OK)
				give_up(s, false);
		}
	}
	for (size_t i = 0; i < s->n; i++)
		source_http_result(s->https[i], &s->results[i]);
	return s->results;
}
