/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/submit_parts.h"
#include "sources/source_url.h"
#include "verify/base/clock.h"
#include "verify/base/file.h"
#include "verify/statement.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- opening ------------------------------------------------------------ */

char *submitter_journal_path(
    const char *state_dir, uint64_t chain_id, const struct eth_addr *payer)
{
	char address[ETH_ADDR_TEXT_SIZE];
	char *path = NULL;

	if (asprintf(&path, "%s/chains/%llu-%s.journal", state_dir,
		(unsigned long long)chain_id,
		eth_addr_format(payer, address)) < 0)
		return NULL;
	return path;
}

static void drop_text(char **text)
{
	free(*text);
	*text = NULL;
}

static FALLIBLE open_journal(struct submitter *s, struct fault *f)
{
	const char *state_dir = s->c.config->state_dir;
	const struct journal_owner owner = { .chain_id = s->c.chain->id,
		.payer = *payer_address(s->c.payer) };
	AUTO(drop_text) char *dir = NULL;
	AUTO(drop_text)
	char *path =
	    submitter_journal_path(state_dir, owner.chain_id, &owner.payer);

	if (path == NULL || asprintf(&dir, "%s/chains", state_dir) < 0)
		return fault_raise(f, FAULT_SYSTEM, "submit.memory",
		    "not enough memory for a journal's name");
	TRY(dir_make(dir, 0700, f));
	return journal_open(path, &owner, clock_now(), &s->journal, f);
}

static FALLIBLE open_rpc(struct submitter *s, struct fault *f)
{
	const struct chain_config *chain = s->c.chain;
	struct rpc_endpoint_config endpoints[LIMIT_RPC_ENDPOINTS];
	struct source_url urls[LIMIT_RPC_ENDPOINTS] = { 0 };
	const struct rpc_config config = {
		.chain_id = chain->id,
		.endpoints = endpoints,
		.n_endpoints = chain->n_rpc,
		.ca_file = chain->ca_file,
		.allow_http = chain->allow_http,
		.timeout_ms = chain->timeout_ms,
		.finality = chain->finality,
		.confirmations = chain->confirmations,
		.stop = &s->stop,
	};
	bool ok = true;

	for (size_t i = 0; ok && i < chain->n_rpc; i++) {
		ok = source_url_open(
		    chain->rpc[i], chain->allow_http, &urls[i], f);
		endpoints[i] = (struct rpc_endpoint_config){
			.url = (const char *)urls[i].text.p,
			.shown = chain->rpc[i],
		};
	}
	ok = ok && rpc_chain_open(&config, &s->rpc, f);
	for (size_t i = 0; i < LIMIT_RPC_ENDPOINTS; i++)
		source_url_drop(&urls[i]);
	return ok;
}

static FALLIBLE open_feeds(struct submitter *s, struct fault *f)
{
	const struct chain_config *chain = s->c.chain;

	/* (calloc of nothing may be NULL) */
	s->feeds = calloc(chain->n_feeds + 1, sizeof(*s->feeds));
	s->shown = calloc(chain->n_feeds + 1, sizeof(*s->shown));
	if (s->feeds == NULL || s->shown == NULL)
		return fault_raise(f, FAULT_SYSTEM, "submit.memory",
		    "not enough memory for the feeds of a chain");
	for (size_t i = 0; i < chain->n_feeds; i++) {
		struct submit_feed *feed = &s->feeds[i];
		const struct feed_config *of =
		    config_feed(s->c.config, chain->feeds[i].feed);

		feed->cfg = &chain->feeds[i];
		s->shown[i].config = feed->cfg;
		s->shown[i].decision = "";
		feed->decimals = of != NULL ? of->decimals : 0;
		TRY(statement_feed_bytes32(
		    span_text(feed->cfg->feed), feed->id32, f));
	}
	s->n_feeds = chain->n_feeds;
	return true;
}

static void drop_submitter(struct submitter **s)
{
	submitter_close(*s);
	*s = NULL;
}

bool submitter_open(
    const struct submitter_config *c, struct submitter **out, struct fault *f)
{
	AUTO(drop_submitter) struct submitter *s = calloc(1, sizeof(*s));
	pthread_condattr_t attr;

	if (s == NULL)
		return fault_raise(f, FAULT_SYSTEM, "submit.memory",
		    "not enough memory for a submitter");
	s->c = *c;
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->changed, &attr);
	pthread_condattr_destroy(&attr);
	s->state.chain_id = c->chain->id;
	s->state.payer = *payer_address(c->payer);
	TRY(open_feeds(s, f));
	TRY(open_journal(s, f));
	TRY(submit_load(s, f));
	TRY(open_rpc(s, f));
	*out = s;
	s = NULL;
	return true;
}

void submitter_close(struct submitter *s)
{
	if (s == NULL)
		return;
	submitter_stop(s);
	rpc_chain_close(s->rpc);
	journal_close(s->journal);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s->shown);
	free(s->feeds);
	free(s);
}

/* ---- the thread ---------------------------------------------------------- */

static bool is_stopping(struct submitter *s)
{
	return __atomic_load_n(&s->stop, __ATOMIC_ACQUIRE);
}

/* Until then, or until something is offered, or the end. */
static void sleep_ms(struct submitter *s, uint64_t ms)
{
	const uint64_t at_ns = clock_monotonic_ns() + ms * 1000000u;
	const struct timespec at = {
		.tv_sec = (time_t)(at_ns / 1000000000u),
		.tv_nsec = (long)(at_ns % 1000000000u),
	};

	pthread_mutex_lock(&s->lock);
	while (!is_stopping(s) && !s->has_news &&
	    pthread_cond_timedwait(&s->changed, &s->lock, &at) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&s->lock);
}

static void *run(void *arg)
{
	struct submitter *s = arg;

	while (!is_stopping(s)) {
		const uint64_t wait_ms = submitter_step(
		    s, clock_now(), clock_monotonic_ns() / 1000000);

		sleep_ms(s, wait_ms);
	}
	return NULL;
}

bool submitter_start(struct submitter *s, struct fault *f)
{
	if (pthread_create(&s->thread, NULL, run, s) != 0)
		return fault_raise(f, FAULT_SYSTEM, "submit.thread",
		    "no thread for chain %llu",
		    (unsigned long long)s->c.chain->id);
	s->is_started = true;
	return true;
}

void submitter_stop(struct submitter *s)
{
	pthread_mutex_lock(&s->lock);
	__atomic_store_n(&s->stop, true, __ATOMIC_RELEASE);
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	if (s->is_started)
		pthread_join(s->thread, NULL);
	s->is_started = false;
}

/* ---- offers -------------------------------------------------------------- */

void submitter_offer(
    struct submitter *s, const char *feed, const struct feed_call *call)
{
	struct submit_feed *to = submit_load_feed(s, feed);

	if (to == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	to->offer = *call;
	to->has_offer = true;
	s->has_news = true;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void submitter_force(struct submitter *s, const char *feed)
{
	struct submit_feed *of = submit_load_feed(s, feed);

	if (of == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	of->is_forced = true;
	pthread_mutex_unlock(&s->lock);
}

/* ---- how it is ----------------------------------------------------------- */

void submitter_state_of(struct submitter *s, struct submitter_state *out)
{
	pthread_mutex_lock(&s->lock);
	*out = s->state;
	pthread_mutex_unlock(&s->lock);
}

bool submitter_feed_of(
    struct submitter *s, size_t i, struct submitter_feed *out)
{
	if (i >= s->n_feeds)
		return false;
	pthread_mutex_lock(&s->lock);
	*out = s->shown[i];
	out->has_offer = s->feeds[i].has_offer;
	out->offered.ms = (int64_t)s->feeds[i].offer.statement.timestamp;
	pthread_mutex_unlock(&s->lock);
	return true;
}

bool submitter_endpoint_of(
    struct submitter *s, size_t i, struct rpc_health *out)
{
	return rpc_chain_health(s->rpc, i, out);
}

const struct chain_config *submitter_chain(const struct submitter *s)
{
	return s->c.chain;
}

/* ---- one nonce ----------------------------------------------------------- */

struct looking {
	uint64_t nonce;
	struct journal_slot *out;
	bool found;
};

static bool see(void *user, const struct journal_slot *slot, struct fault *f)
{
	struct looking *l = user;

	(void)f;
	if (slot->nonce == l->nonce) {
		*l->out = *slot;
		l->out->mined.reason = NULL;
		l->found = true;
	}
	return true;
}

bool submitter_slot_of(struct submitter *s, uint64_t nonce,
    struct journal_slot *out, struct journal_attempt *attempt, struct fault *f)
{
	struct looking l = { .nonce = nonce, .out = out };

	TRY(journal_each_slot(s->journal, false, see, &l, f));
	if (!l.found)
		return fault_raise(f, FAULT_USAGE, "submit.nonce",
		    "nothing is known of nonce %llu",
		    (unsigned long long)nonce);
	const bool is_in_block =
	    out->state == JOURNAL_MINED || out->state == JOURNAL_CONFIRMED;
	return journal_find_attempt(s->journal, nonce,
	    is_in_block ? out->mined.seq : out->n_attempts - 1, attempt, NULL,
	    f);
}
