/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/collateral_keeper.h"

#include "oracle/log.h"
#include "verify/base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_MS UINT64_C(1000)
/* The next one is fetched this long before the end: services publish a new
 * set weeks ahead, and an operator has a day to mend what fails. */
#define MARGIN_MS (24 * 3600 * SECOND_MS)
/* A cache may still hand out the set that is about to end. */
#define NEAR_END_MS (15 * 60 * SECOND_MS)
/* After a failure; twice as long after each further one. */
#define RETRY_MIN_MS (10 * SECOND_MS)
#define RETRY_MAX_MS (15 * 60 * SECOND_MS)
/* The wall clock is looked at this often: it may be set meanwhile, and the
 * monotonic one stands still while a machine is suspended. */
#define WAKE_MS (30 * SECOND_MS)

struct collateral_keeper {
	struct collateral_keeper_config config;
	pthread_t thread;
	bool started;
	volatile bool stop;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t stopping;
	struct blob bundle;
	struct collateral_facts facts;
	struct collateral_state state;
	uint64_t n_failed_in_row;
};

bool collateral_keeper_raised(const struct fault *f)
{
	return f->kind == FAULT_REMOTE && f->at != NULL &&
	    (strcmp(f->at, "collateral.none") == 0 ||
		strcmp(f->at, "collateral.expired") == 0);
}

/* ---- one attempt -------------------------------------------------------- */

static bool is_good(const struct collateral_keeper *k, struct utc now)
{
	return k->state.has_bundle && now.ms <= k->facts.to.ms;
}

/* Is what came better than what is there? Under the lock. */
static FALLIBLE judge(const struct collateral_keeper *k,
    const struct collateral_facts *facts, struct utc now, struct fault *f)
{
	char text[UTC_TEXT_SIZE];

	if (now.ms > facts->to.ms)
		return fault_raise(f, FAULT_REMOTE, "collateral.ended",
		    "what was obtained ended at %s (%s)",
		    utc_format(facts->to, text), facts->ends);
	if (now.ms < facts->from.ms)
		return fault_raise(f, FAULT_REMOTE, "collateral.early",
		    "what was obtained begins at %s: is the clock right?",
		    utc_format(facts->from, text));
	/* An old set within its window is what a hostile cache would play
	 * back. */
	if (is_good(k, now) && facts->evaluation < k->facts.evaluation)
		return fault_raise(f, FAULT_REMOTE, "collateral.older",
		    "what was obtained has evaluation data number %llu, below "
		    "%llu of what is there",
		    (unsigned long long)facts->evaluation,
		    (unsigned long long)k->facts.evaluation);
	return true;
}

static void adopt(struct collateral_keeper *k, struct blob *bundle,
    const struct collateral_facts *facts, struct utc now)
{
	blob_drop(&k->bundle);
	k->bundle = blob_move(bundle);
	k->facts = *facts;
	k->state.has_bundle = true;
	k->state.obtained = now;
	k->state.until = facts->to;
	k->state.ends = facts->ends;
	k->state.evaluation = facts->evaluation;
	k->state.n_obtained++;
	k->state.last_fault[0] = '\0';
	k->n_failed_in_row = 0;
}

static void note_failure(struct collateral_keeper *k, const struct fault *f)
{
	k->state.n_failed++;
	k->n_failed_in_row++;
	memcpy(k->state.last_fault, f->text, sizeof(k->state.last_fault));
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t wait_after_success(
    const struct collateral_keeper *k, struct utc now)
{
	uint64_t left = (uint64_t)(k->facts.to.ms - now.ms);
	uint64_t wait = left > MARGIN_MS ? left - MARGIN_MS : 0;

	if (wait < NEAR_END_MS)
		wait = NEAR_END_MS;
	return least(wait, k->config.refresh_s * SECOND_MS);
}

static uint64_t wait_after_failure(const struct collateral_keeper *k)
{
	uint64_t wait = RETRY_MIN_MS;

	for (uint64_t i = 1; i < k->n_failed_in_row && wait < RETRY_MAX_MS; i++)
		wait *= 2;
	return least(wait, RETRY_MAX_MS);
}

static void log_success(const struct collateral_state *s, uint64_t wait_ms)
{
	char until[UTC_TEXT_SIZE];

	log_event(LOG_INFO, "collateral", { "ok", LOG_B(true) },
	    { "validTo", LOG_S(utc_format(s->until, until)) },
	    { "ends", LOG_S(s->ends) }, { "evaluation", LOG_U(s->evaluation) },
	    { "next_s", LOG_U(wait_ms / SECOND_MS) });
}

/* With what is still handed out, if anything is: an error when nothing is. */
static void log_failure(
    const struct collateral_state *s, const struct fault *f, uint64_t wait_ms)
{
	char until[UTC_TEXT_SIZE] = "";

	if (s->has_bundle)
		utc_format(s->until, until);
	log_event(s->fresh ? LOG_WARN : LOG_ERROR, "collateral",
	    { "ok", LOG_B(false) }, { "where", LOG_S(f->at) },
	    { "text", LOG_S(f->text) }, { "fresh", LOG_B(s->fresh) },
	    { "validTo", LOG_S(until) },
	    { "next_s", LOG_U(wait_ms / SECOND_MS) });
}

uint64_t collateral_keeper_refresh(struct collateral_keeper *k)
{
	AUTO(blob_drop) struct blob bundle = { 0 };
	struct collateral_facts facts;
	struct collateral_state state;
	struct fault f = FAULT_INIT;
	uint64_t wait_ms;

	bool ok =
	    k->config.obtain(k->config.user, &k->stop, &bundle, &facts, &f);
	if (__atomic_load_n(&k->stop, __ATOMIC_ACQUIRE))
		return 0;
	const struct utc now = clock_now();
	pthread_mutex_lock(&k->lock);
	ok = ok && judge(k, &facts, now, &f);
	if (ok)
		adopt(k, &bundle, &facts, now);
	else
		note_failure(k, &f);
	k->state.fresh = is_good(k, now);
	wait_ms = ok ? wait_after_success(k, now) : wait_after_failure(k);
	state = k->state;
	pthread_mutex_unlock(&k->lock);
	if (ok)
		log_success(&state, wait_ms);
	else
		log_failure(&state, &f, wait_ms);
	return wait_ms;
}

/* ---- handing out -------------------------------------------------------- */

static FALLIBLE get(struct collateral_keeper *k, struct utc now,
    struct blob *out, struct utc *until, struct fault *f)
{
	const char *why = k->state.last_fault;
	char text[UTC_TEXT_SIZE];

	if (!k->state.has_bundle)
		return fault_raise(f, FAULT_REMOTE, "collateral.none",
		    "no collateral has been obtained yet%s%s",
		    why[0] != '\0' ? ": " : "", why);
	if (!is_good(k, now))
		return fault_raise(f, FAULT_REMOTE, "collateral.expired",
		    "the collateral ended at %s (%s)%s%s",
		    utc_format(k->facts.to, text), k->facts.ends,
		    why[0] != '\0' ? ": " : "", why);
	TRY(blob_copy(blob_span(&k->bundle), out, f));
	*until = k->facts.to;
	return true;
}

FALLIBLE collateral_keeper_get(struct collateral_keeper *k, struct utc now,
    struct blob *out, struct utc *until, struct fault *f)
{
	pthread_mutex_lock(&k->lock);
	bool ok = get(k, now, out, until, f);
	pthread_mutex_unlock(&k->lock);
	return ok;
}

FALLIBLE collateral_keeper_choose(struct attest *a, struct collateral_keeper *k,
    struct utc now, struct blob *out, struct utc *until, struct fault *f)
{
	struct fault why = FAULT_INIT;

	if (attest_collateral(a, out, &why)) {
		*until = (struct utc){ 0 };
		return true;
	}
	if (why.kind == FAULT_UNSUPPORTED && k != NULL)
		return collateral_keeper_get(k, now, out, until, f);
	*f = why;
	return false;
}

void collateral_keeper_state(
    struct collateral_keeper *k, struct utc now, struct collateral_state *out)
{
	pthread_mutex_lock(&k->lock);
	k->state.fresh = is_good(k, now);
	*out = k->state;
	pthread_mutex_unlock(&k->lock);
}

/* ---- the thread --------------------------------------------------------- */

static bool is_stopping(struct collateral_keeper *k)
{
	return __atomic_load_n(&k->stop, __ATOMIC_ACQUIRE);
}

static void sleep_ms(struct collateral_keeper *k, uint64_t ms)
{
	const uint64_t at_ns = clock_monotonic_ns() + ms * 1000000u;
	const struct timespec at = {
		.tv_sec = (time_t)(at_ns / 1000000000u),
		.tv_nsec = (long)(at_ns % 1000000000u),
	};

	pthread_mutex_lock(&k->lock);
	while (!is_stopping(k) &&
	    pthread_cond_timedwait(&k->stopping, &k->lock, &at) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&k->lock);
}

static void *run(void *arg)
{
	struct collateral_keeper *k = arg;

	while (!is_stopping(k)) {
		uint64_t wait_ms = collateral_keeper_refresh(k);
		int64_t due = clock_now().ms + (int64_t)wait_ms;

		/* Set back, the clock would have us wait for longer. */
		for (uint64_t slept = 0;
		     !is_stopping(k) && slept < wait_ms && clock_now().ms < due;
		     slept += WAKE_MS)
			sleep_ms(k, least(WAKE_MS, wait_ms - slept));
	}
	return NULL;
}

FALLIBLE collateral_keeper_start(struct collateral_keeper *k, struct fault *f)
{
	if (pthread_create(&k->thread, NULL, run, k) != 0)
		return fault_raise(f, FAULT_SYSTEM, "keeper.thread",
		    "no thread to keep collateral");
	k->started = true;
	return true;
}

void collateral_keeper_stop(struct collateral_keeper *k)
{
	if (k == NULL || !k->started)
		return;
	pthread_mutex_lock(&k->lock);
	__atomic_store_n(&k->stop, true, __ATOMIC_RELEASE);
	pthread_cond_broadcast(&k->stopping);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
	k->started = false;
}

FALLIBLE collateral_keeper_new(const struct collateral_keeper_config *c,
    struct collateral_keeper **out, struct fault *f)
{
	struct collateral_keeper *k = calloc(1, sizeof(*k));
	pthread_condattr_t attr;

	if (k == NULL)
		return fault_raise(f, FAULT_SYSTEM, "keeper.memory",
		    "no memory to keep collateral");
	k->config = *c;
	pthread_mutex_init(&k->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&k->stopping, &attr);
	pthread_condattr_destroy(&attr);
	*out = k;
	return true;
}

void collateral_keeper_free(struct collateral_keeper *k)
{
	if (k == NULL)
		return;
	collateral_keeper_stop(k);
	blob_drop(&k->bundle);
	pthread_cond_destroy(&k->stopping);
	pthread_mutex_destroy(&k->lock);
	free(k);
}
