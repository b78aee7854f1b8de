/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/trusted_time.h"

#include "oracle/log.h"
#include "verify/base/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000
#define HOST_SIZE 254 /* RFC 1035: a name as text */
/* A Date is cut to its second. */
#define DATE_STEP_MS 999
/* In a sentence; the log has all of them. */
#define NAMED_IN_FAULT 60
#define NAMED_IN_LOG 1024

#define AT_CLOCK "time.clock"
#define AT_FLOOR "time.floor"
#define AT_SOURCES "time.sources"

/* What a host's clock showed when the monotonic one was at 0, from..to. */
struct reading {
	char host[HOST_SIZE];
	uint64_t heard_ns; /* 0: the place is free */
	int64_t from_ms, to_ms;
};

struct trusted_time {
	struct time_config config;
	pthread_mutex_t lock;
	struct reading readings[TRUSTED_TIME_HOSTS];
	struct utc floor; /* newest moment that somebody signed; 0: none */
	char floor_host[HOST_SIZE];
	bool was_refused; /* and has been logged */
};

/* ---- lifetime ------------------------------------------------------------ */

bool trusted_time_new(const struct time_config *config,
    struct trusted_time **out, struct fault *f)
{
	struct trusted_time *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "time.memory", "not enough memory");
	t->config = *config;
	pthread_mutex_init(&t->lock, NULL);
	*out = t;
	return true;
}

void trusted_time_free(struct trusted_time *t)
{
	if (t == NULL)
		return;
	pthread_mutex_destroy(&t->lock);
	free(t);
}

void trusted_time_drop(struct trusted_time **t)
{
	trusted_time_free(*t);
	*t = NULL;
}

struct trusted_moment trusted_moment_now(void)
{
	return (struct trusted_moment){ clock_now(), clock_monotonic_ns() };
}

/* ---- hearing ------------------------------------------------------------- */

/* The host's own place, a free one, or that of the one not heard longest. */
static struct reading *place_for(struct trusted_time *t, struct span host)
{
	struct reading *oldest = &t->readings[0];

	for (size_t i = 0; i < TRUSTED_TIME_HOSTS; i++) {
		struct reading *r = &t->readings[i];

		if (r->heard_ns > 0 && span_equal(span_text(r->host), host))
			return r;
		if (r->heard_ns < oldest->heard_ns)
			oldest = r;
	}
	return oldest;
}

static bool has_a_say(const struct source_result *r)
{
	const struct statement_source *s = &r->source;

	return r->ok && !s->tls.plain_http && s->n_hops == 0 && s->host.n > 0 &&
	    s->host.n < HOST_SIZE;
}

static void set_host(char out[HOST_SIZE], struct span host)
{
	memcpy(out, host.p, host.n);
	out[host.n] = '\0';
}

static void hear_date(struct trusted_time *t, const struct source_result *r)
{
	const int64_t at_ms = (int64_t)(r->received_ns / NS_PER_MS);
	const uint64_t tolerance_ms = t->config.tolerance_ms;

	/* (each alone first: no sum of a server's number overflows) */
	if (!r->has_server_date || r->server_age_s > tolerance_ms / 1000 ||
	    r->took_ms > tolerance_ms ||
	    r->server_age_s * 1000 + r->took_ms > tolerance_ms)
		return;
	struct reading *to = place_for(t, r->source.host);
	set_host(to->host, r->source.host);
	to->heard_ns = r->received_ns;
	to->from_ms = r->server_date.ms - at_ms;
	to->to_ms = to->from_ms + DATE_STEP_MS +
	    (int64_t)(r->server_age_s * 1000 + r->took_ms);
}

void trusted_time_hear(
    struct trusted_time *t, const struct source_result *results, size_t n)
{
	if (t == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	for (size_t i = 0; i < n; i++) {
		const struct source_result *r = &results[i];

		if (!has_a_say(r))
			continue;
		hear_date(t, r);
		if (r->vouched_at.ms > t->floor.ms) {
			t->floor = r->vouched_at;
			set_host(t->floor_host, r->source.host);
		}
	}
	pthread_mutex_unlock(&t->lock);
}

/* ---- judging ------------------------------------------------------------- */

/* One host's clock minus ours: of what is possible, the least. */
struct vote {
	const char *host;
	int64_t ahead_ms;
};

struct votes {
	struct vote list[TRUSTED_TIME_HOSTS]; /* ascending */
	size_t n;
};

static int64_t nearest_to_zero(int64_t low, int64_t high)
{
	return low > 0 ? low : high < 0 ? high : 0;
}

static void count_votes(
    const struct trusted_time *t, struct trusted_moment at, struct votes *out)
{
	const int64_t shift_ms = (int64_t)(at.ns / NS_PER_MS) - at.now.ms;

	out->n = 0;
	for (size_t i = 0; i < TRUSTED_TIME_HOSTS; i++) {
		const struct reading *r = &t->readings[i];
		size_t k = out->n;

		/* (another thread may have heard it after `at`) */
		if (r->heard_ns == 0 ||
		    (at.ns > r->heard_ns &&
			at.ns - r->heard_ns > TRUSTED_TIME_KEEP_NS))
			continue;
		const int64_t ahead =
		    nearest_to_zero(r->from_ms + shift_ms, r->to_ms + shift_ms);
		while (k > 0 && out->list[k - 1].ahead_ms > ahead) {
			out->list[k] = out->list[k - 1];
			k--;
		}
		out->list[k] = (struct vote){ r->host, ahead };
		out->n++;
	}
}

/* Of an even number the one nearer to us: the doubt is ours. */
static int64_t median_of(const struct votes *v)
{
	return nearest_to_zero(
	    v->list[(v->n - 1) / 2].ahead_ms, v->list[v->n / 2].ahead_ms);
}

/* Those on the median's side that are beyond the tolerance, as many as fit. */
static void name_hosts(const struct trusted_time *t, const struct votes *v,
    int64_t median, char *out, size_t cap)
{
	const int64_t tolerance = (int64_t)t->config.tolerance_ms;
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < v->n; i++) {
		const struct vote *vote = &v->list[i];
		const char *comma = used > 0 ? ", " : "";

		if (median > 0 ? vote->ahead_ms <= tolerance
			       : vote->ahead_ms >= -tolerance)
			continue;
		if (used + strlen(comma) + strlen(vote->host) >= cap)
			break;
		used += (size_t)snprintf(
		    out + used, cap - used, "%s%s", comma, vote->host);
	}
}

static unsigned long long seconds_of(int64_t ms)
{
	return (unsigned long long)((ms < 0 ? -ms : ms) / 1000);
}

static FALLIBLE check_median(
    const struct trusted_time *t, const struct votes *v, struct fault *f)
{
	const int64_t tolerance = (int64_t)t->config.tolerance_ms;
	char hosts[NAMED_IN_FAULT];

	if (v->n < t->config.min_sources)
		return !t->config.require ||
		    fault_raise(f, FAULT_REMOTE, AT_SOURCES,
			"nothing vouches for our clock: %zu hosts of %llu "
			"have said over TLS what time it is",
			v->n, (unsigned long long)t->config.min_sources);
	const int64_t median = median_of(v);
	if (median <= tolerance && median >= -tolerance)
		return true;
	name_hosts(t, v, median, hosts, sizeof(hosts));
	return fault_raise(f, FAULT_REMOTE, AT_CLOCK,
	    "our clock is %llu s %s by the Date of %zu hosts (%s): set it, "
	    "or find out who set it",
	    seconds_of(median), median < 0 ? "ahead" : "behind", v->n, hosts);
}

static FALLIBLE check_floor(
    const struct trusted_time *t, struct utc now, struct fault *f)
{
	if (now.ms >= t->floor.ms - (int64_t)t->config.tolerance_ms)
		return true;
	return fault_raise(f, FAULT_REMOTE, AT_FLOOR,
	    "our clock is %llu s before what was signed of the certificate "
	    "of %.60s",
	    seconds_of(t->floor.ms - now.ms), t->floor_host);
}

static FALLIBLE judge(const struct trusted_time *t, const struct votes *v,
    struct utc now, struct fault *f)
{
	TRY(check_floor(t, now, f));
	return check_median(t, v, f);
}

/* Once when it begins, once when it is over. */
static void log_change(struct trusted_time *t, const struct votes *v, bool ok,
    const struct fault *why)
{
	char hosts[NAMED_IN_LOG] = "";

	if (ok != t->was_refused)
		return;
	t->was_refused = !ok;
	if (ok) {
		log_event(LOG_INFO, "clock", { "ok", LOG_B(true) },
		    { "hosts", LOG_U(v->n) });
		return;
	}
	const int64_t median = v->n > 0 ? median_of(v) : 0;
	if (strcmp(why->at, AT_CLOCK) == 0)
		name_hosts(t, v, median, hosts, sizeof(hosts));
	else if (strcmp(why->at, AT_FLOOR) == 0)
		memcpy(hosts, t->floor_host, sizeof(t->floor_host));
	log_event(LOG_ERROR, "clock", { "ok", LOG_B(false) },
	    { "where", LOG_S(why->at) }, { "text", LOG_S(why->text) },
	    { "by", LOG_S(hosts) });
}

bool trusted_time_check(
    struct trusted_time *t, struct trusted_moment at, struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct votes votes;

	if (t == NULL)
		return true;
	pthread_mutex_lock(&t->lock);
	count_votes(t, at, &votes);
	bool ok = judge(t, &votes, at.now, &why);
	log_change(t, &votes, ok, &why);
	pthread_mutex_unlock(&t->lock);
	return ok || fault_raise(f, why.kind, why.at, "%s", why.text);
}

bool trusted_time_raised(const struct fault *f)
{
	return strcmp(f->at, AT_CLOCK) == 0 || strcmp(f->at, AT_FLOOR) == 0 ||
	    strcmp(f->at, AT_SOURCES) == 0;
}

void trusted_time_state_of(struct trusted_time *t, struct trusted_moment at,
    struct trusted_time_state *out)
{
	struct fault f = FAULT_INIT;
	struct votes votes;

	*out = (struct trusted_time_state){ .ok = true };
	if (t == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	count_votes(t, at, &votes);
	out->ok = judge(t, &votes, at.now, &f);
	out->n_hosts = votes.n;
	out->has_offset = votes.n > 0 && votes.n >= t->config.min_sources;
	if (out->has_offset)
		out->offset_ms = -median_of(&votes);
	pthread_mutex_unlock(&t->lock);
	if (!out->ok)
		memcpy(out->why, f.text, sizeof(out->why));
}
