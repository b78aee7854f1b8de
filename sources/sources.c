/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/sources.h"

#include "sources/source_http.h"
#include "sources/source_pins.h"
#include "sources/source_request.h"
#include "sources/source_url.h"

#include <stdlib.h>
#include <string.h>

/* How long a stop may go unnoticed. */
#define POLL_MS 100

struct source_set {
	struct source_loop *loop, *own_loop;
	struct source_timer end; /* nothing was left to wait for at the start */
	size_t n, n_running;
	source_set_done done;
	void *user;
	bool is_done;                  /* of source_set_fetch */
	struct source_result *results; /* n */
	struct source_http *https[];   /* n */
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
	TRY(source_pins_check(c, f));
	if (c->ct == SOURCE_MUST && c->logs == NULL)
		return fault_raise(f, FAULT_CONFIG, "/ct",
		    "must is for those who name the logs (ct_logs)");
	return source_request_check(c, f);
}

static void report(void *user);

static FALLIBLE open_all(struct source_set *s,
    const struct source_config *sources, size_t n, struct fault *f)
{
	TRY(source_timer_open(
	    source_loop_timers(s->loop), &s->end, report, s, f));
	for (size_t i = 0; i < n; i++) {
		if (!source_config_check(&sources[i], f) ||
		    !source_http_open(s->loop, &sources[i], &s->https[i], f))
			return fault_within(f, "source %zu", i);
		s->n = i + 1;
	}
	return true;
}

static FALLIBLE open_own_loop(struct source_set *s, struct fault *f)
{
	struct source_limits limits = source_limits_default;

	/* Whoever asks by hand waits for the answer, not for a second. */
	limits.per_host_per_s = 0;
	TRY(source_loop_open(&limits, &s->own_loop, f));
	s->loop = s->own_loop;
	return true;
}

FALLIBLE source_set_open(struct source_loop *loop,
    const struct source_config *sources, size_t n, struct source_set **out,
    struct fault *f)
{
	AUTO(source_set_drop) struct source_set *s = NULL;

	if (n < 1 || n > LIMIT_SOURCES)
		return fault_raise(f, FAULT_CONFIG, "/sources",
		    "want 1 to %d sources", LIMIT_SOURCES);
	s = calloc(1, sizeof(*s) + n * sizeof(struct source_http *));
	if (s == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	s->results = calloc(n, sizeof(*s->results));
	if (s->results == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	s->loop = loop;
	if (loop == NULL)
		TRY(open_own_loop(s, f));
	TRY(open_all(s, sources, n, f));
	*out = s;
	s = NULL;
	return true;
}

void source_set_close(struct source_set *s)
{
	if (s == NULL)
		return;
	source_timer_close(&s->end);
	for (size_t i = 0; i < s->n; i++)
		source_http_free(s->https[i]);
	source_loop_close(s->own_loop);
	free(s->results);
	free(s);
}

void source_set_drop(struct source_set **s)
{
	source_set_close(*s);
	*s = NULL;
}

/* ---- fetching ----------------------------------------------------------- */

/* All have ended. */
static void report(void *user)
{
	struct source_set *s = user;

	for (size_t i = 0; i < s->n; i++)
		source_http_result(s->https[i], &s->results[i]);
	s->done(s->user, s->results);
}

static void on_one_done(void *user)
{
	struct source_set *s = user;

	if (--s->n_running == 0)
		report(s);
}

void source_set_start(struct source_set *s, uint32_t deadline_ms,
    source_set_done done, void *user)
{
	s->done = done;
	s->user = user;
	for (size_t i = 0; i < s->n; i++)
		s->n_running +=
		    source_http_start(s->https[i], deadline_ms, on_one_done, s);
	if (s->n_running == 0)
		source_timer_set(&s->end, 0);
}

void source_set_stop(struct source_set *s)
{
	bool was_running = s->n_running > 0 || s->end.place > 0;

	source_timer_clear(&s->end);
	for (size_t i = 0; i < s->n; i++)
		source_http_stop(s->https[i]);
	s->n_running = 0;
	if (was_running)
		report(s);
}

void source_set_forget(struct source_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		source_http_forget(s->https[i]);
}

static void note_done(void *user, const struct source_result *results)
{
	struct source_set *s = user;

	(void)results;
	s->is_done = true;
}

const struct source_result *source_set_fetch(
    struct source_set *s, const volatile bool *stop)
{
	s->is_done = false;
	source_set_start(s, 0, note_done, s);
	while (!s->is_done) {
		if (stop != NULL && __atomic_load_n(stop, __ATOMIC_ACQUIRE))
			source_set_stop(s);
		else
			source_loop_turn(s->loop, POLL_MS);
	}
	return s->results;
}
