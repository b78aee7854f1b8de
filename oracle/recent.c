/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/recent.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct recent_entry {
	atomic_size_t holders; /* the list is one */
	struct sha256 statement;
	struct blob body;
	struct recent_entry *next_in_bucket;
	struct recent_entry *newer; /* towards the end of the queue */
};

struct recent {
	pthread_mutex_t lock;
	struct recent_entry **buckets;
	size_t n_buckets; /* a power of two */
	struct recent_entry *oldest, *newest;
	size_t n, bytes;
	size_t max_entries, max_bytes;
};

FALLIBLE recent_new(
    size_t max_entries, size_t max_bytes, struct recent **out, struct fault *f)
{
	size_t n_buckets = 16;
	struct recent *r = calloc(1, sizeof(*r));

	while (n_buckets < max_entries && n_buckets < 65536)
		n_buckets *= 2;
	struct recent_entry **buckets =
	    calloc(n_buckets, sizeof(struct recent_entry *));
	if (r == NULL || buckets == NULL) {
		free(r);
		free(buckets);
		return fault_raise(f, FAULT_SYSTEM, "recent.memory",
		    "no memory for recent responses");
	}
	pthread_mutex_init(&r->lock, NULL);
	r->buckets = buckets;
	r->n_buckets = n_buckets;
	r->max_entries = max_entries;
	r->max_bytes = max_bytes;
	*out = r;
	return true;
}

void recent_release(const struct recent_entry *e)
{
	struct recent_entry *entry = (struct recent_entry *)(uintptr_t)e;

	if (entry == NULL || atomic_fetch_sub(&entry->holders, 1) != 1)
		return;
	blob_drop(&entry->body);
	free(entry);
}

/* A SHA-256 is as good a hash as any. */
static struct recent_entry **bucket_of(
    struct recent *r, const struct sha256 *statement)
{
	uint32_t word;

	memcpy(&word, statement->b, sizeof(word));
	return &r->buckets[word & (r->n_buckets - 1)];
}

static struct recent_entry *find(
    struct recent *r, const struct sha256 *statement)
{
	struct recent_entry *e = *bucket_of(r, statement);

	while (e != NULL && !sha256_equal(&e->statement, statement))
		e = e->next_in_bucket;
	return e;
}

static void forget_oldest(struct recent *r)
{
	struct recent_entry *e = r->oldest;
	struct recent_entry **link = bucket_of(r, &e->statement);

	while (*link != e)
		link = &(*link)->next_in_bucket;
	*link = e->next_in_bucket;
	r->oldest = e->newer;
	if (r->oldest == NULL)
		r->newest = NULL;
	r->n--;
	r->bytes -= e->body.n;
	recent_release(e);
}

static void remember(struct recent *r, struct recent_entry *e)
{
	struct recent_entry **bucket = bucket_of(r, &e->statement);

	e->next_in_bucket = *bucket;
	*bucket = e;
	if (r->newest != NULL)
		r->newest->newer = e;
	else
		r->oldest = e;
	r->newest = e;
	r->n++;
	r->bytes += e->body.n;
}

FALLIBLE recent_put(struct recent *r, const struct sha256 *statement,
    struct span body, struct fault *f)
{
	if (body.n > r->max_bytes || r->max_entries == 0)
		return fault_raise(f, FAULT_LIMIT, "recent.size",
		    "a response of %zu bytes is beyond the %zu kept", body.n,
		    r->max_bytes);
	/* Copied before the lock is taken: readers never wait for it. */
	struct recent_entry *e = calloc(1, sizeof(*e));
	if (e == NULL || !blob_copy(body, &e->body, f)) {
		free(e);
		return fault_raise(f, FAULT_SYSTEM, "recent.memory",
		    "no memory for a response of %zu bytes", body.n);
	}
	atomic_init(&e->holders, 1);
	e->statement = *statement;

	pthread_mutex_lock(&r->lock);
	bool known = find(r, statement) != NULL;
	if (!known) {
		while (
		    r->n >= r->max_entries || r->bytes > r->max_bytes - body.n)
			forget_oldest(r);
		remember(r, e);
	}
	pthread_mutex_unlock(&r->lock);
	if (known)
		recent_release(e);
	return true;
}

const struct recent_entry *recent_find(
    struct recent *r, const struct sha256 *statement)
{
	pthread_mutex_lock(&r->lock);
	struct recent_entry *e = find(r, statement);
	if (e != NULL)
		atomic_fetch_add(&e->holders, 1);
	pthread_mutex_unlock(&r->lock);
	return e;
}

struct span recent_body(const struct recent_entry *e)
{
	return blob_span(&e->body);
}

struct recent_stats recent_stats_of(struct recent *r)
{
	pthread_mutex_lock(&r->lock);
	struct recent_stats stats = { .entries = r->n, .bytes = r->bytes };
	pthread_mutex_unlock(&r->lock);
	return stats;
}

void recent_free(struct recent *r)
{
	if (r == NULL)
		return;
	while (r->oldest != NULL)
		forget_oldest(r);
	pthread_mutex_destroy(&r->lock);
	free(r->buckets);
	free(r);
}
