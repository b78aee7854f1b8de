/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/request_gate.h"

#include "verify/base/hash.h"

#include <pthread.h>
#include <stdlib.h>

#define NS_PER_MINUTE UINT64_C(60000000000)

struct request_gate {
	pthread_mutex_t lock;
	uint64_t per_minute, at_once, under_way;
	/* The bucket, in time: what one request costs, up to a minute. */
	uint64_t saved_ns, seen_ns;
	struct sha256 nonce[REQUEST_MEMORY]; /* a ring */
	size_t next;
};

FALLIBLE request_gate_new(uint64_t per_minute, uint64_t at_once,
    struct request_gate **out, struct fault *f)
{
	struct request_gate *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "request.memory", "not enough memory");
	pthread_mutex_init(&g->lock, NULL);
	g->per_minute = per_minute;
	g->at_once = at_once;
	g->saved_ns = NS_PER_MINUTE;
	*out = g;
	return true;
}

void request_gate_free(struct request_gate *g)
{
	if (g == NULL)
		return;
	pthread_mutex_destroy(&g->lock);
	free(g);
}

static void fill_up(struct request_gate *g, uint64_t now_ns)
{
	uint64_t passed = now_ns > g->seen_ns ? now_ns - g->seen_ns : 0;

	if (passed >= NS_PER_MINUTE - g->saved_ns)
		g->saved_ns = NS_PER_MINUTE;
	else
		g->saved_ns += passed;
	if (passed > 0)
		g->seen_ns = now_ns;
}

static FALLIBLE enter(struct request_gate *g, uint64_t now_ns, struct fault *f)
{
	const uint64_t cost = NS_PER_MINUTE / g->per_minute;

	fill_up(g, now_ns);
	/* First this one: who is turned away costs the others nothing. */
	if (g->under_way >= g->at_once)
		return fault_raise(f, FAULT_LIMIT, "request.busy",
		    "%llu requests are under way, which is the limit",
		    (unsigned long long)g->at_once);
	if (g->saved_ns < cost)
		return fault_raise(f, FAULT_LIMIT, "request.rate",
		    "%llu requests are taken in a minute",
		    (unsigned long long)g->per_minute);
	g->saved_ns -= cost;
	g->under_way++;
	return true;
}

FALLIBLE request_gate_enter(
    struct request_gate *g, uint64_t now_ns, struct fault *f)
{
	pthread_mutex_lock(&g->lock);
	bool ok = enter(g, now_ns, f);
	pthread_mutex_unlock(&g->lock);
	return ok;
}

void request_gate_leave(struct request_gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->under_way--;
	pthread_mutex_unlock(&g->lock);
}

static FALLIBLE remember(
    struct request_gate *g, const struct sha256 *nonce, struct fault *f)
{
	for (size_t i = 0; i < REQUEST_MEMORY; i++) {
		if (sha256_equal(&g->nonce[i], nonce))
			return fault_raise(f, FAULT_POLICY, "request.replay",
			    "a request with this nonce has been taken");
	}
	g->nonce[g->next] = *nonce;
	g->next = (g->next + 1) % REQUEST_MEMORY;
	return true;
}

FALLIBLE request_gate_take(struct request_gate *g, struct span nonce,
    struct utc made, struct utc now, struct fault *f)
{
	const struct sha256 hash = sha256_of(nonce);

	if (made.ms < now.ms - REQUEST_WINDOW_MS ||
	    made.ms > now.ms + REQUEST_WINDOW_MS)
		return fault_raise(f, FAULT_POLICY, "request.time",
		    "the request was not made within a minute of now");
	pthread_mutex_lock(&g->lock);
	bool ok = remember(g, &hash, f);
	pthread_mutex_unlock(&g->lock);
	return ok;
}
