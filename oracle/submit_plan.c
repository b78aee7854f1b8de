/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is due. The contract decides what is stored, not our memory: it is
 * asked before anything is signed, so that of several instances on one feed
 * only one pays.
 */
#include "oracle/submit_parts.h"

#include <string.h>

/* A heartbeat due so soon goes along with what is due now. */
#define TOGETHER_MS 5000
/* What the contract said is believed for so long when nothing seems due. */
#define REFRESH_MS 60000
/* The first wait after a refusal, doubled with each further one. */
#define REFUSED_MS UINT64_C(30000)
#define REFUSED_MAX_MS UINT64_C(3600000)
#define NO_CONTRACT "submit.contract"

/* ---- one feed ------------------------------------------------------------ */

static struct utc observed_of(const struct feed_call *call)
{
	return (struct utc){ .ms = (int64_t)call->statement.timestamp };
}

/* Nothing of ours that stands in a block, or that was refused, goes again. */
static bool is_candidate(
    const struct submitter *s, const struct submit_feed *feed)
{
	const int64_t observed = observed_of(&feed->call).ms;

	return feed->has_call && observed > feed->mined.ms &&
	    observed > feed->refused.ms && s->tick >= feed->wait_until;
}

static enum push_reason decide(const struct submit_feed *feed, struct utc now)
{
	const struct push_policy policy = {
		.heartbeat_s = feed->cfg->heartbeat_s,
		.min_interval_s = feed->cfg->min_interval_s,
		.deviation_bps = feed->cfg->deviation_bps,
	};
	struct push_stored stored = {
		.observed = feed->round.observed,
		.accepted = feed->round.accepted,
	};

	dec_decode_int256(feed->round.value32, feed->decimals, &stored.value);
	return push_policy_decide(&policy, feed->round.is_set ? &stored : NULL,
	    &feed->call.statement.value, observed_of(&feed->call), now);
}

/* The node that was asked does not know yet what we know of. */
static bool is_behind(const struct submit_feed *feed)
{
	return feed->round.observed.ms < feed->mined.ms;
}

static bool is_due(
    const struct submitter *s, struct submit_feed *feed, struct utc at)
{
	if (!is_candidate(s, feed) || !feed->is_read || is_behind(feed))
		return false;
	feed->reason = decide(feed, at);
	if (feed->is_forced && feed->reason != PUSH_NOT_NEWER)
		return true;
	return push_policy_pushes(feed->reason);
}

/* Its heartbeat is near, and nothing forbids to be early. */
static bool may_join(const struct submitter *s, struct submit_feed *feed)
{
	const struct utc soon = { .ms = s->now.ms + TOGETHER_MS };

	if (is_due(s, feed, s->now))
		return true;
	const enum push_reason now = feed->reason;
	bool joins = is_candidate(s, feed) && feed->is_read &&
	    !is_behind(feed) && now == PUSH_QUIET &&
	    decide(feed, soon) == PUSH_HEARTBEAT;
	feed->reason = joins ? PUSH_HEARTBEAT : now;
	return joins;
}

/* ---- what the contract holds --------------------------------------------- */

static FALLIBLE read_rounds(
    struct submitter *s, struct submit_feed **feeds, size_t n, struct fault *f)
{
	AUTO(blob_drop) struct blob data = { 0 };
	AUTO(rpc_called_drop) struct rpc_called answer = { 0 };
	struct feed_id32 ids[LIMIT_FEED_CALLS];
	struct feed_stored rounds[LIMIT_FEED_CALLS];
	struct wr w = wr_grow(LIMIT_ABI_BYTES, "submit.rounds", f);
	const struct rpc_at latest = { .tag = RPC_LATEST };

	for (size_t i = 0; i < n; i++)
		memcpy(ids[i].b, feeds[i]->id32, 32);
	bool ok = feed_call_ask_rounds(ids, n, &w, f);
	if (!ok)
		wr_drop(&w);
	TRY(ok && wr_done(&w, &data));
	const struct rpc_call call = { .to = feeds[0]->cfg->contract,
		.data = blob_span(&data) };
	TRY(rpc_call(s->rpc, &call, latest, &answer, f));
	if (answer.reverted)
		return fault_raise(f, FAULT_REMOTE, NO_CONTRACT,
		    "the contract does not say what it holds: is it an "
		    "AffiantFeed?");
	if (!feed_call_read_rounds(blob_span(&answer.data), rounds, n, f))
		return fault_within(f, "what the contract holds");
	for (size_t i = 0; i < n; i++) {
		feeds[i]->round = rounds[i];
		feeds[i]->is_read = true;
		feeds[i]->read_at = s->tick;
	}
	return true;
}

/* All feeds of a contract, in pieces. */
static FALLIBLE read_contract(
    struct submitter *s, const struct eth_addr *contract, struct fault *f)
{
	struct submit_feed *feeds[LIMIT_FEED_CALLS];
	size_t n = 0;

	for (size_t i = 0; i < s->n_feeds; i++) {
		if (!eth_addr_equal(&s->feeds[i].cfg->contract, contract))
			continue;
		feeds[n++] = &s->feeds[i];
		if (n == LIMIT_FEED_CALLS) {
			TRY(read_rounds(s, feeds, n, f));
			n = 0;
		}
	}
	return n == 0 || read_rounds(s, feeds, n, f);
}

/* ---- what goes together -------------------------------------------------- */

/* How many fit into a transaction by the chain's mode. */
static size_t most_of(const struct submitter *s)
{
	return s->c.chain->mode == CHAIN_PUSH ? 1 : LIMIT_FEED_CALLS;
}

static void add(struct submit_batch *b, struct submit_feed *feed)
{
	b->contract = feed->cfg->contract;
	b->feeds[b->n++] = feed;
}

/* The ripe one first, then what may go along. */
static void gather(
    struct submitter *s, struct submit_feed *ripe, struct submit_batch *out)
{
	add(out, ripe);
	for (size_t i = 0; i < s->n_feeds && out->n < most_of(s); i++) {
		struct submit_feed *feed = &s->feeds[i];

		if (feed != ripe && !feed->is_pending &&
		    eth_addr_equal(
			&feed->cfg->contract, &ripe->cfg->contract) &&
		    may_join(s, feed))
			add(out, feed);
	}
}

/*
 * How long what is due has to wait yet: for others to go with, and for its
 * replica's turn. 0: its time has come.
 */
static uint64_t wait_of(struct submitter *s, struct submit_feed *feed)
{
	const struct chain_config *chain = s->c.chain;
	uint64_t wait = chain->delay_ms;

	if (chain->mode != CHAIN_PUSH && chain->n_feeds > 1)
		wait += chain->batch_wait_ms;
	if (feed->is_forced)
		wait = 0;
	if (feed->due_since == 0)
		feed->due_since = s->tick;
	const uint64_t waited = s->tick - feed->due_since;
	return waited >= wait ? 0 : wait - waited;
}

static void lower(uint64_t *wait_ms, uint64_t to)
{
	if (to < *wait_ms)
		*wait_ms = to;
}

/*
 * The first feed whose time has come, by what the contract said last; NULL
 * when there is none. One that was never read comes first.
 */
static struct submit_feed *find_ripe(struct submitter *s, uint64_t *wait_ms)
{
	for (size_t i = 0; i < s->n_feeds; i++) {
		struct submit_feed *feed = &s->feeds[i];

		if (feed->is_pending || !is_candidate(s, feed))
			continue;
		if (!feed->is_read || is_behind(feed) ||
		    s->tick - feed->read_at >= REFRESH_MS)
			return feed;
		if (!is_due(s, feed, s->now)) {
			feed->due_since = 0;
			continue;
		}
		const uint64_t wait = wait_of(s, feed);
		if (wait == 0)
			return feed;
		lower(wait_ms, wait);
	}
	return NULL;
}

/* Not that of the endpoints: other contracts are served all the same. */
static bool is_contracts_fault(const struct fault *f)
{
	return f->kind == FAULT_FORMAT || strcmp(f->at, NO_CONTRACT) == 0;
}

static void rest_contract(struct submitter *s, const struct eth_addr *contract)
{
	for (size_t i = 0; i < s->n_feeds; i++) {
		if (eth_addr_equal(&s->feeds[i].cfg->contract, contract))
			s->feeds[i].wait_until = s->tick + REFUSED_MS;
	}
}

bool submit_plan_due(struct submitter *s, struct submit_batch *out,
    uint64_t *wait_ms_out, struct fault *f)
{
	struct submit_feed *feed = find_ripe(s, wait_ms_out);

	out->n = 0;
	if (feed == NULL)
		return true;
	const bool was_due = feed->due_since != 0;
	if (!read_contract(s, &feed->cfg->contract, f)) {
		if (!is_contracts_fault(f))
			return false;
		rest_contract(s, &feed->cfg->contract);
		s->held = *f;
		fault_clear(f);
		*wait_ms_out = 0;
		return true;
	}
	if (is_behind(feed))
		/* (in a moment: its fault is that of no endpoint) */
		feed->wait_until = s->tick + s->c.chain->poll_ms;
	if (!is_due(s, feed, s->now)) {
		feed->due_since = 0;
		if (was_due) {
			pthread_mutex_lock(&s->lock);
			s->state.counts.overtaken++;
			pthread_mutex_unlock(&s->lock);
		}
		/* Others may be ripe: at once. */
		*wait_ms_out = 0;
		return true;
	}
	const uint64_t wait = wait_of(s, feed);
	if (wait > 0) {
		lower(wait_ms_out, wait);
		return true;
	}
	gather(s, feed, out);
	return true;
}

bool submit_plan_replacement(struct submitter *s,
    const struct submit_slot *slot, struct submit_batch *out, struct fault *f)
{
	/* (a cancellation goes to ourselves; what it took the place of tells) */
	struct journal_attempt first;

	out->n = 0;
	TRY(journal_find_attempt(s->journal, slot->nonce, 0, &first, NULL, f));
	TRY(read_contract(s, &first.to, f));
	for (size_t i = 0; i < s->n_feeds && out->n < most_of(s); i++) {
		struct submit_feed *feed = &s->feeds[i];

		if (!eth_addr_equal(&feed->cfg->contract, &first.to) ||
		    !is_candidate(s, feed))
			continue;
		if (feed->is_pending && feed->nonce == slot->nonce &&
		    observed_of(&feed->call).ms > feed->round.observed.ms)
			add(out, feed);
		else if (!feed->is_pending && is_due(s, feed, s->now))
			add(out, feed);
	}
	return true;
}

/* ---- refused ------------------------------------------------------------- */

void submit_plan_refused(struct submitter *s, struct submit_feed *feed,
    struct utc observed, struct span data)
{
	uint64_t wait = REFUSED_MS;

	if (observed.ms > feed->refused.ms)
		feed->refused = observed;
	feed->is_read = false;
	feed->due_since = 0;
	if (feed_call_is_not_newer(data))
		return;
	for (uint64_t i = 0;
	     i < feed->n_refused_in_row && wait < REFUSED_MAX_MS; i++)
		wait *= 2;
	if (wait > REFUSED_MAX_MS)
		wait = REFUSED_MAX_MS;
	feed->wait_until = s->tick + wait;
	pthread_mutex_lock(&s->lock);
	feed->n_refused_in_row++;
	feed->n_refused++;
	feed_call_reason(data, feed->refusal);
	pthread_mutex_unlock(&s->lock);
}
