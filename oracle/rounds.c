/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/rounds.h"

#include "oracle/log.h"
#include "verify/base/clock.h"

#include <pthread.h>
#include <stdlib.h>

#define MS UINT64_C(1000000)
/*
 * At work on rounds at once. Most of it is waiting for a quote, and those who
 * wait share one: more workers make larger batches, not more quotes.
 */
#define WORKERS_MAX 32
/* Their stacks: a round needs some 20 KB. */
#define WORKER_STACK (256 * 1024)
/* Between two first rounds: five hundred feeds have begun after a second. */
#define APART_NS (2 * MS)
/* A round's deadline where none is configured: its interval, but not below
 * this. A TLS handshake around the world takes most of it. */
#define DEADLINE_MIN_MS 1000
/* How long a stop may go unnoticed; normally the loop is woken for it. */
#define TURN_MS 1000

struct turn {
	struct rounds *rounds;
	struct feed *feed;
	struct source_alarm *alarm; /* when the next round is due */
	uint64_t due_ns, began_ns;
	const struct source_result *results; /* while workers have them */
	struct turn *next;                   /* in a line */
};

struct line {
	struct turn *first, *last;
};

struct rounds {
	struct source_loop *loop;
	size_t n, n_workers;
	pthread_t looper, workers[WORKERS_MAX];
	bool has_looper;
	volatile bool stop;

	pthread_mutex_t lock; /* of the lines */
	pthread_cond_t fetched_or_stop;
	struct line fetched; /* for the workers */
	struct line worked;  /* for the loop */
	struct turn turns[];
};

/* ---- lines between the threads ------------------------------------------- */

static void put(struct line *line, struct turn *t)
{
	t->next = NULL;
	if (line->last != NULL)
		line->last->next = t;
	else
		line->first = t;
	line->last = t;
}

static struct turn *take(struct line *line)
{
	struct turn *t = line->first;

	if (t != NULL)
		line->first = t->next;
	if (line->first == NULL)
		line->last = NULL;
	return t;
}

static bool is_stopping(struct rounds *r)
{
	return __atomic_load_n(&r->stop, __ATOMIC_ACQUIRE);
}

/* ---- the workers --------------------------------------------------------- */

static void log_round(
    struct feed *feed, bool ok, const struct fault *f, uint64_t took_ns)
{
	const char *id = feed_config_of(feed)->id;
	struct feed_status status;

	if (!ok) {
		log_event(LOG_WARN, "round", { "feed", LOG_S(id) },
		    { "ok", LOG_B(false) }, { "where", LOG_S(f->at) },
		    { "text", LOG_S(f->text) });
		return;
	}
	feed_status_of(feed, clock_now(), &status);
	log_event(LOG_INFO, "round", { "feed", LOG_S(id) },
	    { "ok", LOG_B(true) }, { "round", LOG_U(status.round) },
	    { "value", LOG_S(status.value) }, { "used", LOG_U(status.used) },
	    { "rejected", LOG_U(status.rejected) },
	    { "took_ms", LOG_U(took_ns / MS) });
}

static void work(struct rounds *r, struct turn *t)
{
	struct fault f = FAULT_INIT;
	bool ok = feed_conclude(t->feed, t->results, &r->stop, &f);

	source_set_forget(feed_sources(t->feed));
	if (!is_stopping(r))
		log_round(t->feed, ok, &f, clock_monotonic_ns() - t->began_ns);
}

/* The next to work on; NULL: there is none, and there will be none. */
static struct turn *next_fetched(struct rounds *r)
{
	struct turn *t;

	pthread_mutex_lock(&r->lock);
	while ((t = take(&r->fetched)) == NULL && !is_stopping(r))
		pthread_cond_wait(&r->fetched_or_stop, &r->lock);
	pthread_mutex_unlock(&r->lock);
	return t;
}

static void *run_worker(void *arg)
{
	struct rounds *r = arg;
	struct turn *t;

	while ((t = next_fetched(r)) != NULL) {
		work(r, t);
		pthread_mutex_lock(&r->lock);
		put(&r->worked, t);
		pthread_mutex_unlock(&r->lock);
		source_loop_wake(r->loop);
	}
	return NULL;
}

/* ---- the loop ------------------------------------------------------------ */

static void on_fetched(void *user, const struct source_result *results)
{
	struct turn *t = user;
	struct rounds *r = t->rounds;

	t->results = results;
	pthread_mutex_lock(&r->lock);
	put(&r->fetched, t);
	pthread_cond_signal(&r->fetched_or_stop);
	pthread_mutex_unlock(&r->lock);
}

static uint32_t deadline_ms(const struct feed_config *cfg)
{
	uint64_t ms = cfg->interval_ms;

	if (cfg->deadline_ms > 0)
		return (uint32_t)cfg->deadline_ms;
	if (ms < DEADLINE_MIN_MS)
		ms = DEADLINE_MIN_MS;
	return ms < LIMIT_TIMEOUT_MS ? (uint32_t)ms : LIMIT_TIMEOUT_MS;
}

static void begin(void *user)
{
	struct turn *t = user;

	t->began_ns = clock_monotonic_ns();
	feed_note_begin(t->feed, (t->began_ns - t->due_ns) / MS);
	source_set_start(feed_sources(t->feed),
	    deadline_ms(feed_config_of(t->feed)), on_fetched, t);
}

/* One interval after it was due; at once when that has passed, and then
 * without making up for what was missed. */
static void plan(struct turn *t)
{
	uint64_t now_ns = clock_monotonic_ns();

	t->due_ns += feed_config_of(t->feed)->interval_ms * MS;
	if (t->due_ns < now_ns)
		t->due_ns = now_ns;
	source_alarm_set(t->alarm, t->due_ns);
}

static void plan_worked(struct rounds *r)
{
	struct turn *t;

	pthread_mutex_lock(&r->lock);
	while ((t = take(&r->worked)) != NULL)
		plan(t);
	pthread_mutex_unlock(&r->lock);
}

static void *run_loop(void *arg)
{
	struct rounds *r = arg;

	while (!is_stopping(r)) {
		source_loop_turn(r->loop, TURN_MS);
		plan_worked(r);
	}
	return NULL;
}

/* ---- start and stop ------------------------------------------------------ */

static FALLIBLE start_thread(
    pthread_t *thread, void *(*run)(void *), struct rounds *r, struct fault *f)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, WORKER_STACK);
	int result = pthread_create(thread, &attr, run, r);
	pthread_attr_destroy(&attr);
	if (result != 0)
		return fault_raise(f, FAULT_SYSTEM, "serve.thread",
		    "no thread for the rounds");
	return true;
}

static FALLIBLE start(
    struct rounds *r, struct feed *const *feeds, size_t n, struct fault *f)
{
	uint64_t now_ns = clock_monotonic_ns();
	size_t n_workers = n < WORKERS_MAX ? n : WORKERS_MAX;

	for (size_t i = 0; i < n; i++) {
		struct turn *t = &r->turns[i];

		t->rounds = r;
		t->feed = feeds[i];
		t->due_ns = now_ns + i * APART_NS;
		TRY(source_alarm_open(r->loop, begin, t, &t->alarm, f));
		source_alarm_set(t->alarm, t->due_ns);
		r->n = i + 1;
	}
	while (r->n_workers < n_workers) {
		TRY(start_thread(&r->workers[r->n_workers], run_worker, r, f));
		r->n_workers++;
	}
	TRY(start_thread(&r->looper, run_loop, r, f));
	r->has_looper = true;
	return true;
}

bool rounds_start(struct source_loop *loop, struct feed *const *feeds, size_t n,
    struct rounds **out, struct fault *f)
{
	struct rounds *r = calloc(1, sizeof(*r) + n * sizeof(r->turns[0]));

	if (r == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "serve.thread", "not enough memory");
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->fetched_or_stop, NULL);
	r->loop = loop;
	if (!start(r, feeds, n, f)) {
		rounds_free(r);
		return false;
	}
	*out = r;
	return true;
}

void rounds_stop(struct rounds *r)
{
	if (r == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	__atomic_store_n(&r->stop, true, __ATOMIC_RELEASE);
	pthread_cond_broadcast(&r->fetched_or_stop);
	pthread_mutex_unlock(&r->lock);
	source_loop_wake(r->loop);
}

void rounds_free(struct rounds *r)
{
	if (r == NULL)
		return;
	rounds_stop(r);
	if (r->has_looper)
		pthread_join(r->looper, NULL);
	for (size_t i = 0; i < r->n_workers; i++)
		pthread_join(r->workers[i], NULL);
	/* What is under way is dropped with the feeds' sources. */
	for (size_t i = 0; i < r->n; i++)
		source_alarm_close(r->turns[i].alarm);
	pthread_cond_destroy(&r->fetched_or_stop);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
