/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/source_double.h"

#include "verify/base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct source_script source_script[LIMIT_SOURCES];
unsigned source_double_fetches;

struct source_set {
	const struct source_config *config;
	size_t n;
	struct source_result results[LIMIT_SOURCES];
	struct statement_hop hops[LIMIT_SOURCES];
	char text[64 * 1024];
	size_t used;
};

FALLIBLE source_set_open(struct source_loop *loop,
    const struct source_config *sources, size_t n, struct source_set **out,
    struct fault *f)
{
	struct source_set *s = calloc(1, sizeof(*s));

	(void)loop;
	if (s == NULL)
		return fault_raise(f, FAULT_SYSTEM, "test", "no memory");
	s->config = sources;
	s->n = n;
	*out = s;
	return true;
}

void source_set_close(struct source_set *s)
{
	free(s);
}

static struct span put(struct source_set *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static struct span put(struct source_set *s, const char *fmt, ...)
{
	char *p = s->text + s->used;
	va_list args;

	va_start(args, fmt);
	int n = vsnprintf(p, sizeof(s->text) - s->used, fmt, args);
	va_end(args);
	s->used += (size_t)n;
	return span_of(p, (size_t)n);
}

static void fill_tls(struct source_set *s, struct tls_evidence *tls, size_t i)
{
	tls->leaf.b[0] = (uint8_t)(i + 1);
	tls->spki.b[0] = (uint8_t)(i + 2);
	tls->chain[0] = tls->leaf;
	tls->n_chain = 1;
	tls->root.b[0] = 9;
	tls->issuer = put(s, "CN=Issuer %zu", i);
	tls->subject = put(s, "CN=s%zu.test", i);
	tls->valid_from.ms = 0;
	tls->valid_to.ms = 4102444800000;
	tls->version = put(s, "TLSv1.3");
	tls->cipher = put(s, "TLS_AES_256_GCM_SHA384");
}

static void fill(struct source_set *s, size_t i, struct utc now)
{
	const struct source_script *say = &source_script[i];
	struct source_result *r = &s->results[i];

	r->source.host = put(s, "s%zu.test", i);
	r->source.url = put(s, "https://s%zu.test/price", i);
	r->received_ns = clock_monotonic_ns();
	r->has_server_date = say->has_date;
	r->server_date.ms = now.ms + say->date_ahead_s * 1000;
	if (say->value == NULL) {
		r->source.failed = true;
		r->source.reason = put(s, "%s", say->reason);
		r->source.detail = put(s, "it failed by %s", say->reason);
		fault_raise(&r->fault, FAULT_REMOTE, "source.test", "failed");
		return;
	}
	r->ok = true;
	r->source.used = true;
	r->source.status = 200;
	r->source.value = put(s, "%s", say->value);
	r->observed_at.ms = now.ms - say->age_ms;
	r->source.observed_at = r->observed_at;
	fill_tls(s, &r->source.tls, i);
	if (say->has_hop) {
		r->source.n_hops = 1;
		struct statement_hop *hop = &s->hops[i];

		r->source.hops = hop;
		hop->host = put(s, "hop%zu.test", i);
		hop->url = put(s, "https://hop%zu.test/", i);
		hop->status = 302;
		fill_tls(s, &hop->tls, i + 10);
	}
	if (s->config[i].rule.is_number) {
		struct fault f = FAULT_INIT;

		if (!dec_parse(r->source.value, s->config[i].rule.decimals,
			DEC_EXACT, &r->number, &f))
			abort();
	}
}

const struct source_result *source_set_fetch(
    struct source_set *s, const volatile bool *stop)
{
	struct utc now = clock_now();

	memset(s->text, '#', sizeof(s->text));
	memset(s->results, 0, sizeof(s->results));
	s->used = 0;
	source_double_fetches++;
	for (size_t i = 0; i < s->n; i++) {
		struct source_script kept = source_script[i];

		if (stop != NULL && *stop)
			source_script[i] =
			    (struct source_script){ .reason = "stopped" };
		fill(s, i, now);
		source_script[i] = kept;
	}
	return s->results;
}

/* Asked at once, answered before it returns: no loop turns here. */
void source_set_start(struct source_set *s, uint32_t deadline_ms,
    source_set_done done, void *user)
{
	(void)deadline_ms;
	done(user, source_set_fetch(s, NULL));
}

void source_set_stop(struct source_set *s)
{
	(void)s;
}

/* As with a new fetch: whoever kept a view of it is found out. */
void source_set_forget(struct source_set *s)
{
	memset(s->text, '#', sizeof(s->text));
}
