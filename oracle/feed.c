/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/feed.h"

#include "chain/rpc/feed_call.h"
#include "oracle/breaker.h"
#include "oracle/collateral_keeper.h"
#include "oracle/feed_problem.h"
#include "oracle/feed_response.h"
#include "oracle/feed_state.h"
#include "oracle/feed_tally.h"
#include "oracle/feed_view.h"
#include "oracle/feed_watch.h"
#include "oracle/log.h"
#include "verify/base/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct feed {
	const struct feed_config *cfg;
	struct feed_deps deps;
	struct source_set *sources;
	struct feed_state *state;
	struct board *board;
	struct feed_tally tally;

	/* The round's thread only. */
	struct utc judged_at; /* when ages were computed, ... */
	uint64_t judged_ns;   /* ... also by the clock that nobody sets */
	struct breaker breaker;
	struct feed_watch watch;
	struct feed_view *spare; /* filled while the other one is in use */

	/* Everything below is under the lock, which is held while a statement
	 * is encoded and signed, never while one waits for a quote. */
	pthread_mutex_t lock;
	struct feed_view *current; /* what was published last */
	struct feed_view view[2];
	uint64_t round;             /* of what was published last */
	struct feed_past published; /* its hash and time */
	struct feed_call call;      /* and itself, of kinds with a number */
	uint64_t rounds_ok, rounds_failed, late_ms, rounds_late;
	bool held; /* a value that jumped, until a round passes again */
	char last_fault[FAULT_TEXT_MAX];
};

/* Room for one statement at work; a feed at rest needs none. */
struct desk {
	struct statement st;
	struct aggregate aggregate;
	uint8_t canonical[LIMIT_STATEMENT_BYTES];
};

static void drop_desk(struct desk **d)
{
	free(*d);
	*d = NULL;
}

static struct desk *new_desk(struct fault *f)
{
	struct desk *d = malloc(sizeof(*d));

	if (d == NULL)
		fault_raise(f, FAULT_SYSTEM, "feed.memory",
		    "not enough memory for a statement");
	return d;
}

/* ---- lifetime ----------------------------------------------------------- */

static void drop_feed(struct feed **feed)
{
	feed_free(*feed);
	*feed = NULL;
}

bool feed_open(const struct feed_config *cfg, const struct feed_deps *deps,
    struct feed **out, struct fault *f)
{
	AUTO(drop_feed) struct feed *feed = calloc(1, sizeof(*feed));

	if (feed == NULL)
		return fault_raise(f, FAULT_SYSTEM, "feed.memory",
		    "not enough memory for a feed");
	pthread_mutex_init(&feed->lock, NULL);
	feed->cfg = cfg;
	feed->deps = *deps;
	feed->current = &feed->view[0];
	feed->spare = &feed->view[1];
	TRY(source_set_open(
	    deps->loop, cfg->sources, cfg->n_sources, &feed->sources, f));
	TRY(feed_state_open(
	    deps->config->state_dir, cfg->id, clock_now(), &feed->state, f));
	feed->published = feed_state_past(feed->state);
	TRY(board_new(&feed->board, f));
	*out = feed;
	feed = NULL;
	return true;
}

void feed_free(struct feed *feed)
{
	if (feed == NULL)
		return;
	source_set_close(feed->sources);
	feed_state_free(feed->state);
	board_free(feed->board);
	feed_view_drop(&feed->view[0]);
	feed_view_drop(&feed->view[1]);
	pthread_mutex_destroy(&feed->lock);
	free(feed);
}

const struct feed_config *feed_config_of(const struct feed *feed)
{
	return feed->cfg;
}

struct source_set *feed_sources(struct feed *feed)
{
	return feed->sources;
}

struct board *feed_board(struct feed *feed)
{
	return feed->board;
}

const struct feed_tally *feed_outcomes(const struct feed *feed)
{
	return &feed->tally;
}

/* ---- how long it is good ------------------------------------------------ */

/* The same moment by the clock that nobody sets. */
static uint64_t in_ns(const struct feed *feed, struct utc until)
{
	int64_t ms = until.ms - feed->judged_at.ms;

	return feed->judged_ns + (ms > 0 ? (uint64_t)ms * 1000000 : 0);
}

static bool is_within(struct utc now, struct utc until, uint64_t until_ns)
{
	return now.ms <= until.ms && clock_monotonic_ns() <= until_ns;
}

static bool is_fresh(const struct feed_view *view, struct utc now)
{
	return view->is_set &&
	    is_within(now, view->valid_until, view->valid_until_ns);
}

/* ---- a statement -------------------------------------------------------- */

/*
 * Numbers, encodes and signs a statement over a view. Callers hold the lock.
 * The number is taken here and nowhere else: no two statements share one.
 */
static FALLIBLE sign_view(struct feed *feed, const struct feed_view *view,
    struct span nonce, const struct feed_past *past, struct desk *desk,
    struct feed_response *r, struct fault *f)
{
	struct statement *st = &desk->st;

	feed_view_state(view, st);
	TRY(feed_state_take_round(feed->state, &st->round, f));
	st->config = feed->deps.config->hash;
	st->signer = *signer_address(feed->deps.signer);
	st->has_previous = past->has_previous;
	st->previous = past->previous;
	st->nonce = nonce;
	TRY(feed_response_sign(r, &feed->deps, st, desk->canonical, f));
	/* The view may be another one's when the quote has come. */
	TRY(view->evidence.tls.n == 0 ||
	    blob_copy(blob_span(&view->evidence.tls), &r->tls, f));
	return view->bodies.n == 0 ||
	    blob_copy(blob_span(&view->bodies), &r->bodies, f);
}

/* ---- the round, behind its fetch ----------------------------------------- */

/* Another thread sets it. */
static bool is_stopping(const volatile bool *stop)
{
	return stop != NULL && __atomic_load_n(stop, __ATOMIC_ACQUIRE);
}

/* Step 2: aggregate, and hold the clock against theirs. */
/*
 * Two values at one time from one signer are what freezes it on chain: whoever
 * said one of them does not say another. It happens honestly, when the oldest
 * source repeats its own time while others move.
 */
static FALLIBLE check_one_word(
    const struct feed_past *past, const struct aggregate *a, struct fault *f)
{
	if (!past->has_value || past->timestamp.ms != a->timestamp.ms ||
	    dec_compare(&past->value, &a->value) == 0)
		return true;
	return fault_raise(f, FAULT_REMOTE, "aggregate.repeat",
	    "another value has been signed for the time of the oldest source; "
	    "a newer one has to come");
}

static FALLIBLE observe(struct feed *feed, const volatile bool *stop,
    const struct feed_past *past, const struct source_result *results,
    struct aggregate *a, struct fault *f)
{
	const struct trusted_moment at = trusted_moment_now();
	struct aggregate_job job = {
		.feed = feed->cfg,
		.results = results,
		.now = at.now,
		.not_before = past->timestamp,
	};

	feed->judged_at = job.now;
	feed->judged_ns = at.ns;
	/* Asked first: a wrong clock makes ages wrong, and is then the reason
	 * to name. */
	trusted_time_hear(feed->deps.time, results, feed->cfg->n_sources);
	bool believed = trusted_time_check(feed->deps.time, at, f);
	bool ok = aggregate_run(&job, a, f);
	if (!is_stopping(stop)) {
		feed_tally_round(&feed->tally, feed->cfg->n_sources, a);
		feed_watch_round(&feed->watch, feed->cfg, results, a);
	}
	if (!believed || !ok) {
		breaker_interrupt(&feed->breaker);
		return false;
	}
	if (feed->cfg->kind->is_number)
		TRY(check_one_word(past, a, f));
	return !feed->cfg->kind->is_number ||
	    breaker_pass(&feed->breaker, &feed->cfg->aggregate,
		past->has_value ? &past->value : NULL, &a->value, f);
}

/* Step 6: from now on statements bound to a nonce are made of this one. */
static void adopt(struct feed *feed, const struct feed_past *past,
    uint64_t round, const struct feed_call *call)
{
	pthread_mutex_lock(&feed->lock);
	struct feed_view *view = feed->spare;
	feed->spare = feed->current;
	feed->current = view;
	feed->round = round;
	feed->published = *past;
	feed->call = *call;
	feed->held = false;
	feed->rounds_ok++;
	pthread_mutex_unlock(&feed->lock);
}

/* Steps 5 to 7: record, adopt, publish what everybody may see from now on. */
static FALLIBLE publish(struct feed *feed, const struct desk *desk,
    const struct feed_response *r, struct fault *f)
{
	AUTO(blob_drop) struct blob body = { 0 };
	AUTO(blob_drop) struct blob full = { 0 };
	AUTO(blob_drop) struct blob signature = { 0 };
	AUTO(blob_drop) struct blob collateral = { 0 };
	AUTO(blob_drop) struct blob problem = { 0 };
	const struct feed_deps *deps = &feed->deps;
	const struct feed_view *view = feed->spare;
	struct utc until = { 0 };
	const struct span none = { 0 };
	struct fault why = FAULT_INIT;

	TRY(feed_response_encode(r, deps, RESPONSE_QUOTE, none, &body, f));
	TRY(feed_response_encode(
	    r, deps, RESPONSE_SIGNATURE, none, &signature, f));
	/* Without its collateral a response is good; only not complete. */
	if (feed_response_collateral_until(
		deps, RESPONSE_FULL, &collateral, &until, &why))
		TRY(feed_response_encode(
		    r, deps, RESPONSE_FULL, blob_span(&collateral), &full, f));
	else if (collateral_keeper_raised(&why))
		TRY(feed_problem_collateral(&why, &problem, f));
	else
		log_fault(LOG_WARN, "collateral", &why);
	const struct publication p = {
		.body = blob_span(&body),
		.body_full = blob_span(&full),
		.full_problem = blob_span(&problem),
		.full_until = until,
		.body_signature = blob_span(&signature),
		.statement = r->hash,
		.timestamp = view->timestamp,
		.valid_until = view->valid_until,
		.valid_until_ns = view->valid_until_ns,
		.interval_ms = feed->cfg->interval_ms,
	};

	const struct feed_past past = {
		.has_previous = true,
		.previous = r->hash,
		.timestamp = p.timestamp,
		.has_value = view->kind->is_number,
		.value = desk->aggregate.value,
	};

	struct feed_call call = { .signature = r->signature };
	if (view->kind->is_number)
		TRY(statement_message(&desk->st, &r->hash, &call.statement, f));

	/* First on disk: what nobody has seen may be named as `previous`, but
	 * what somebody has seen must be. */
	TRY(feed_state_record(feed->state, &past, f));
	adopt(feed, &past, desk->st.round, &call);
	TRY(board_publish(feed->board, &p, f));
	if (deps->offer != NULL && view->kind->is_number)
		deps->offer(deps->offer_to, feed->cfg->id, &call);
	/* Looking it up later is a convenience; the response is out. */
	fault_clear(&why);
	if (deps->recent != NULL &&
	    !recent_put(deps->recent, &r->hash, p.body, &why))
		log_fault(LOG_WARN, "recent", &why);
	return true;
}

static FALLIBLE try_round(struct feed *feed, const volatile bool *stop,
    const struct source_result *results, struct desk *desk, struct fault *f)
{
	AUTO(feed_response_drop) struct feed_response r = { 0 };
	const struct feed_past past = feed_state_past(feed->state);

	TRY(observe(feed, stop, &past, results, &desk->aggregate, f));
	/* Step 3: the statement, signed. */
	TRY(feed_view_fill(
	    feed->spare, feed->cfg, results, &desk->aggregate, f));
	feed->spare->valid_until_ns = in_ns(feed, feed->spare->valid_until);

	pthread_mutex_lock(&feed->lock);
	bool ok =
	    sign_view(feed, feed->spare, span_text(""), &past, desk, &r, f);
	pthread_mutex_unlock(&feed->lock);
	TRY(ok);

	/* Step 4: the quote, shared with those who wait for one. */
	TRY(feed_response_quote(&r, &feed->deps, f));
	return publish(feed, desk, &r, f);
}

static void fail(struct feed *feed, const struct source_result *results,
    const struct aggregate *a, const struct fault *why)
{
	AUTO(blob_drop) struct blob body = { 0 };
	struct fault f = FAULT_INIT;

	pthread_mutex_lock(&feed->lock);
	feed->rounds_failed++;
	feed->held |= strcmp(why->at, BREAKER_AT) == 0;
	memcpy(feed->last_fault, why->text, sizeof(feed->last_fault));
	pthread_mutex_unlock(&feed->lock);
	if (!feed_problem_encode(feed->cfg, results, a, why, &body, &f) ||
	    !board_fail(feed->board, blob_span(&body), &f))
		log_fault(LOG_ERROR, "problem", &f);
}

void feed_note_begin(struct feed *feed, uint64_t late_ms)
{
	pthread_mutex_lock(&feed->lock);
	feed->late_ms = late_ms;
	feed->rounds_late += late_ms > feed->cfg->interval_ms / 10;
	pthread_mutex_unlock(&feed->lock);
}

bool feed_conclude(struct feed *feed, const struct source_result *results,
    const volatile bool *stop, struct fault *f)
{
	AUTO(drop_desk) struct desk *desk = new_desk(f);

	if (desk == NULL)
		return false;
	if (try_round(feed, stop, results, desk, f))
		return true;
	if (is_stopping(stop)) {
		/* Not the sources' failure, and nobody's to read. */
		fault_clear(f);
		return fault_raise(f, FAULT_REMOTE, "feed.stopped",
		    "the round was ended: the oracle is stopping");
	}
	fail(feed, results, &desk->aggregate, f);
	return false;
}

bool feed_round(struct feed *feed, const volatile bool *stop, struct fault *f)
{
	bool ok =
	    feed_conclude(feed, source_set_fetch(feed->sources, stop), stop, f);

	source_set_forget(feed->sources);
	return ok;
}

/* ---- bound to a nonce --------------------------------------------------- */

/* Whether what was published last may be given out once more. Under the lock. */
static FALLIBLE check_current(struct feed *feed, struct fault *f)
{
	TRY(trusted_time_check(feed->deps.time, trusted_moment_now(), f));
	if (!feed->current->is_set)
		return fault_raise(f, FAULT_REMOTE, "feed.stale",
		    "no round has succeeded yet%s%s",
		    feed->last_fault[0] != '\0' ? ": " : "", feed->last_fault);
	if (!is_fresh(feed->current, clock_now()))
		return fault_raise(f, FAULT_REMOTE, "feed.stale",
		    "the last value is too old%s%s",
		    feed->last_fault[0] != '\0' ? ": " : "", feed->last_fault);
	/* Neither the new value nor, once more, the one that it contradicts. */
	if (feed->held)
		return fault_raise(f, FAULT_REMOTE, "feed.stale",
		    "a value is held back: %s", feed->last_fault);
	return true;
}

static FALLIBLE sign_nonce(struct feed *feed, struct span nonce,
    struct desk *desk, struct feed_response *r, struct fault *f)
{
	TRY(check_current(feed, f));
	return sign_view(
	    feed, feed->current, nonce, &feed->published, desk, r, f);
}

bool feed_latest_call(struct feed *feed, struct feed_call *out, struct fault *f)
{
	if (!feed->cfg->kind->is_number)
		return fault_raise(f, FAULT_UNSUPPORTED, "feed.kind",
		    "a feed of kind %s has no number for a contract",
		    feed->cfg->kind->id);
	pthread_mutex_lock(&feed->lock);
	bool ok = check_current(feed, f);
	if (ok)
		*out = feed->call;
	pthread_mutex_unlock(&feed->lock);
	return ok;
}

bool feed_respond_to_nonce(struct feed *feed, struct span nonce,
    enum response_detail detail, struct blob *body, struct sha256 *statement,
    struct fault *f)
{
	AUTO(feed_response_drop) struct feed_response r = { 0 };
	AUTO(blob_drop) struct blob collateral = { 0 };
	AUTO(drop_desk) struct desk *desk = new_desk(f);

	if (desk == NULL)
		return false;
	pthread_mutex_lock(&feed->lock);
	bool ok = sign_nonce(feed, nonce, desk, &r, f);
	const struct utc until = feed->current->valid_until;
	const uint64_t until_ns = feed->current->valid_until_ns;
	pthread_mutex_unlock(&feed->lock);
	drop_desk(&desk); /* many wait at once */
	TRY(ok);

	TRY(feed_response_quote(&r, &feed->deps, f));
	/* A quote may take longer than the value was good for. */
	if (!is_within(clock_now(), until, until_ns))
		return fault_raise(f, FAULT_REMOTE, "feed.stale",
		    "the value became too old while a quote was waited for");
	TRY(feed_response_collateral(&feed->deps, detail, &collateral, f));
	TRY(feed_response_encode(
	    &r, &feed->deps, detail, blob_span(&collateral), body, f));
	*statement = r.hash;
	return true;
}

/* ---- status ------------------------------------------------------------- */

void feed_status_of(struct feed *feed, struct utc now, struct feed_status *out)
{
	pthread_mutex_lock(&feed->lock);
	const struct feed_view *view = feed->current;
	*out = (struct feed_status){
		.has_value = view->is_set,
		.fresh = is_fresh(view, now),
		.round = feed->round,
		.rounds_ok = feed->rounds_ok,
		.rounds_failed = feed->rounds_failed,
		.late_ms = feed->late_ms,
		.rounds_late = feed->rounds_late,
	};
	memcpy(out->last_fault, feed->last_fault, sizeof(out->last_fault));
	if (view->is_set) {
		out->used = view->n_used;
		out->rejected = view->n_rejected;
		out->timestamp = view->timestamp;
		snprintf(out->value, sizeof(out->value), "%.*s",
		    (int)view->value.n, (const char *)view->value.p);
	}
	pthread_mutex_unlock(&feed->lock);
}
