/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/quoter.h"

#include "verify/base/clock.h"
#include "verify/merkle_tree.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct quote_share {
	atomic_size_t holders;
	struct attested got;
};

/* Lives on the stack of the thread that waits. */
struct waiter {
	struct waiter *next;
	struct sha256 own;  /* of the statement: report_data when alone */
	struct sha256 leaf; /* the same statement as a leaf of a batch */
	uint64_t came_at;   /* quotes that had been finished by then */
	struct quoted *out;
	struct fault *f;
	bool done, ok;
	pthread_cond_t woken;
};

struct quoter {
	struct attest *attest;
	pthread_t thread;
	pthread_mutex_t lock;   /* of everything below */
	pthread_cond_t arrived; /* for the thread: somebody waits, or stop */
	pthread_cond_t left;    /* for quoter_close: the last caller is out */
	struct waiter *first, **last;
	size_t n_inside; /* callers that are in quoter_quote */
	struct quoter_stats stats;
};

/* ---- the caller's side -------------------------------------------------- */

FALLIBLE quoter_quote(struct quoter *q, struct span canonical,
    struct quoted *out, struct fault *f)
{
	struct waiter w = {
		.own = sha256_of(canonical),
		.leaf = merkle_leaf(canonical),
		.out = out,
		.f = f,
		.woken = PTHREAD_COND_INITIALIZER,
	};

	pthread_mutex_lock(&q->lock);
	q->n_inside++;
	if (q->stats.stopping) {
		fault_raise(f, FAULT_SYSTEM, "quoter.stopped",
		    "the oracle is stopping and takes no more quotes");
	} else {
		w.came_at = q->stats.quotes + q->stats.failures;
		*q->last = &w;
		q->last = &w.next;
		q->stats.waiting++;
		pthread_cond_signal(&q->arrived);
		while (!w.done)
			pthread_cond_wait(&w.woken, &q->lock);
	}
	if (--q->n_inside == 0)
		pthread_cond_signal(&q->left);
	pthread_mutex_unlock(&q->lock);
	pthread_cond_destroy(&w.woken);
	return w.ok;
}

static void share_release(struct quote_share *share)
{
	if (atomic_fetch_sub(&share->holders, 1) != 1)
		return;
	attested_drop(&share->got);
	free(share);
}

void quoted_drop(struct quoted *q)
{
	if (q->share != NULL)
		share_release(q->share);
	*q = (struct quoted){ 0 };
}

/* ---- the thread's side -------------------------------------------------- */

struct batch {
	struct waiter *first;
	size_t n;
	struct merkle_tree tree; /* empty when n is 1 */
	struct quote_share *share;
};

/* Takes those who wait, in the order in which they came. */
static struct batch take_batch(struct quoter *q)
{
	struct batch b = { .first = q->first };
	struct waiter **end = &q->first;

	while (*end != NULL && b.n < LIMIT_BATCH) {
		end = &(*end)->next;
		b.n++;
	}
	q->first = *end;
	q->stats.waiting -= b.n;
	*end = NULL;
	if (q->first == NULL)
		q->last = &q->first;
	return b;
}

/* One statement stands in report_data itself, several as their tree's root. */
static FALLIBLE batch_root(
    struct batch *b, struct sha256 *root, struct fault *f)
{
	if (b->n == 1) {
		*root = b->first->own;
		return true;
	}
	struct sha256 *leaves = calloc(b->n, sizeof(*leaves));
	if (leaves == NULL)
		return fault_raise(f, FAULT_SYSTEM, "quoter.memory",
		    "no memory for a batch of %zu statements", b->n);
	size_t i = 0;
	for (const struct waiter *w = b->first; w != NULL; w = w->next)
		leaves[i++] = w->leaf;
	bool ok = merkle_tree_make(leaves, b->n, &b->tree, f);
	free(leaves);
	TRY(ok);
	*root = merkle_tree_root(&b->tree);
	return true;
}

static FALLIBLE quote_batch(
    struct attest *attest, struct batch *b, struct fault *f)
{
	uint8_t report_data[REPORT_DATA_BYTES];
	struct sha256 root;

	TRY(batch_root(b, &root, f));
	report_data_of(&root, report_data);
	struct quote_share *share = calloc(1, sizeof(*share));
	if (share == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "quoter.memory", "no memory for a quote");
	if (!attest_quote(attest, report_data, &share->got, f)) {
		free(share);
		return false;
	}
	/* One for each who waits, and ours until all have theirs. */
	atomic_init(&share->holders, b->n + 1);
	b->share = share;
	return true;
}

/* Under the lock. After `done` the waiter's memory is its own again. */
static void wake(struct waiter *w, bool ok)
{
	w->ok = ok;
	w->done = true;
	pthread_cond_signal(&w->woken);
}

/* Those who wait are asleep, so what they get is written without the lock. */
static void fill_in(const struct batch *b)
{
	size_t i = 0;

	for (const struct waiter *w = b->first; w != NULL; w = w->next) {
		*w->out = (struct quoted){ .share = b->share,
			.quote = blob_span(&b->share->got.quote),
			.event_log = blob_span(&b->share->got.event_log),
			.app_compose = blob_span(&b->share->got.app_compose),
			.has_batch = b->n > 1 };
		if (b->n > 1)
			merkle_tree_path(&b->tree, i, &w->out->path);
		i++;
	}
}

static void deliver(struct quoter *q, struct batch *b, uint64_t took_ms)
{
	struct waiter *next;

	fill_in(b);
	pthread_mutex_lock(&q->lock);
	uint64_t ended = q->stats.quotes + q->stats.failures + 1;
	for (struct waiter *w = b->first; w != NULL; w = next) {
		uint64_t waited = ended - w->came_at;

		next = w->next;
		if (waited > q->stats.longest_wait)
			q->stats.longest_wait = waited;
		wake(w, true);
	}
	q->stats.quotes++;
	q->stats.statements += b->n;
	q->stats.last_took_ms = took_ms;
	if (b->n > q->stats.largest_batch)
		q->stats.largest_batch = b->n;
	pthread_mutex_unlock(&q->lock);
	share_release(b->share);
}

/* Every waiter gets the fault as it is. Under the lock. */
static void refuse(struct waiter *first, const struct fault *why)
{
	struct waiter *next;

	for (struct waiter *w = first; w != NULL; w = next) {
		next = w->next;
		if (w->f != NULL)
			*w->f = *why;
		wake(w, false);
	}
}

static void *quote_for_ever(void *arg)
{
	struct quoter *q = arg;

	pthread_mutex_lock(&q->lock);
	for (;;) {
		while (q->first == NULL && !q->stats.stopping)
			pthread_cond_wait(&q->arrived, &q->lock);
		if (q->stats.stopping)
			break;
		struct batch b = take_batch(q);
		pthread_mutex_unlock(&q->lock);

		struct fault f = FAULT_INIT;
		uint64_t began_ns = clock_monotonic_ns();
		if (quote_batch(q->attest, &b, &f)) {
			deliver(
			    q, &b, (clock_monotonic_ns() - began_ns) / 1000000);
			pthread_mutex_lock(&q->lock);
		} else {
			pthread_mutex_lock(&q->lock);
			refuse(b.first, &f);
			q->stats.failures++;
		}
		merkle_tree_drop(&b.tree);
	}
	struct fault stopped = FAULT_INIT;
	fault_raise(&stopped, FAULT_SYSTEM, "quoter.stopped",
	    "the oracle stopped before a quote covered this statement");
	refuse(q->first, &stopped);
	q->first = NULL;
	q->stats.waiting = 0;
	q->last = &q->first;
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

/* ---- opening and closing ------------------------------------------------ */

static void quoter_free(struct quoter *q)
{
	pthread_cond_destroy(&q->left);
	pthread_cond_destroy(&q->arrived);
	pthread_mutex_destroy(&q->lock);
	free(q);
}

FALLIBLE quoter_open(struct attest *a, struct quoter **out, struct fault *f)
{
	struct quoter *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "quoter.open", "no memory for the quoter");
	q->attest = a;
	q->last = &q->first;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->arrived, NULL);
	pthread_cond_init(&q->left, NULL);
	if (pthread_create(&q->thread, NULL, quote_for_ever, q) != 0) {
		quoter_free(q);
		return fault_raise(f, FAULT_SYSTEM, "quoter.open",
		    "cannot start the thread that takes quotes");
	}
	*out = q;
	return true;
}

void quoter_stop(struct quoter *q)
{
	pthread_mutex_lock(&q->lock);
	q->stats.stopping = true;
	pthread_cond_signal(&q->arrived);
	pthread_mutex_unlock(&q->lock);
}

void quoter_close(struct quoter *q)
{
	if (q == NULL)
		return;
	quoter_stop(q);
	pthread_join(q->thread, NULL);

	/* The waiters are awake; their stack frames still use the lock. */
	pthread_mutex_lock(&q->lock);
	while (q->n_inside > 0)
		pthread_cond_wait(&q->left, &q->lock);
	pthread_mutex_unlock(&q->lock);
	quoter_free(q);
}

struct quoter_stats quoter_stats_of(struct quoter *q)
{
	struct quoter_stats stats;

	pthread_mutex_lock(&q->lock);
	stats = q->stats;
	pthread_mutex_unlock(&q->lock);
	return stats;
}
