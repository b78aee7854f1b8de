/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass. First what is under way: receipts, confirmations, bytes that go
 * out again, what is stuck; then what is due. A fault ends the pass, and the
 * next one begins anew: all that counts is in the journal.
 */
#include "oracle/log.h"
#include "oracle/submit_parts.h"

#include <string.h>

#define BALANCE_EVERY_MS 60000

/* ---- what is under way ---------------------------------------------------- */

static bool has_pending(const struct submitter *s)
{
	for (size_t i = 0; i < s->n_slots; i++) {
		if (s->slots[i].state < JOURNAL_MINED)
			return true;
	}
	return false;
}

static FALLIBLE read_head(struct submitter *s, struct fault *f)
{
	const struct rpc_at latest = { .tag = RPC_LATEST };
	bool found;

	TRY(rpc_get_block(s->rpc, latest, &found, &s->head, f));
	if (!found)
		return fault_raise(f, FAULT_REMOTE, "submit.head",
		    "the endpoint has no block at all");
	return true;
}

static FALLIBLE read_balance(struct submitter *s, struct fault *f)
{
	struct u256 balance;

	if (s->tick < s->next_balance)
		return true;
	TRY(rpc_get_balance(s->rpc, payer_address(s->c.payer), &balance, f));
	s->next_balance = s->tick + BALANCE_EVERY_MS;
	pthread_mutex_lock(&s->lock);
	s->state.balance = balance;
	s->state.has_balance = true;
	pthread_mutex_unlock(&s->lock);
	return true;
}

static bool is_stuck(const struct submitter *s, const struct submit_slot *slot)
{
	const uint64_t wait = slot->is_urgent
	    ? s->c.chain->poll_ms
	    : UINT64_C(1000) * s->c.chain->stuck_after_s;

	return slot->state < JOURNAL_MINED && slot->used_since == 0 &&
	    s->tick - slot->since >= wait;
}

/* Only the lowest nonce: what stands behind it cannot be mined anyway. */
static FALLIBLE replace_stuck(struct submitter *s, struct fault *f)
{
	for (size_t i = 0; i < s->n_slots; i++) {
		struct submit_slot *slot = &s->slots[i];

		if (slot->state >= JOURNAL_MINED)
			continue;
		if (is_stuck(s, slot))
			return submit_sign_replacement(s, slot, f);
		if (!slot->is_urgent)
			return true;
	}
	return true;
}

static FALLIBLE poll_chain(struct submitter *s, struct fault *f)
{
	if (s->tick < s->next_poll)
		return true;
	TRY(rpc_chain_check(s->rpc, f));
	TRY(read_head(s, f));
	if (has_pending(s))
		TRY(rpc_get_nonces(
		    s->rpc, payer_address(s->c.payer), &s->nonces, f));
	TRY(submit_watch(s, f));
	TRY(submit_send_all(s, f));
	TRY(replace_stuck(s, f));
	TRY(read_balance(s, f));
	s->next_poll = s->tick + s->c.chain->poll_ms;
	return true;
}

/* ---- what is due --------------------------------------------------------- */

static void take_offers(struct submitter *s)
{
	pthread_mutex_lock(&s->lock);
	s->has_news = false;
	for (size_t i = 0; i < s->n_feeds; i++) {
		s->feeds[i].has_call = s->feeds[i].has_offer;
		s->feeds[i].call = s->feeds[i].offer;
	}
	pthread_mutex_unlock(&s->lock);
}

static FALLIBLE serve_due(
    struct submitter *s, uint64_t *wait_ms, struct fault *f)
{
	for (size_t i = 0; i < s->n_feeds + LIMIT_SUBMIT_PENDING; i++) {
		struct submit_batch batch;
		uint64_t wait = *wait_ms;

		TRY(submit_plan_due(s, &batch, &wait, f));
		if (batch.n > 0) {
			TRY(submit_sign_new(s, &batch, f));
			continue;
		}
		if (wait > 0) {
			*wait_ms = wait;
			break;
		}
	}
	return true;
}

/* ---- how it is ----------------------------------------------------------- */

static void log_fault_once(struct submitter *s, const struct fault *f)
{
	const char *before = s->state.fault_at;

	if (f->at == before ||
	    (f->at != NULL && before != NULL && strcmp(f->at, before) == 0))
		return;
	if (f->at == NULL)
		log_event(LOG_INFO, "chain", { "chain", LOG_U(s->c.chain->id) },
		    { "ok", LOG_B(true) });
	else
		log_event(LOG_WARN, "chain", { "chain", LOG_U(s->c.chain->id) },
		    { "ok", LOG_B(false) }, { "where", LOG_S(f->at) },
		    { "text", LOG_S(f->text) });
}

static void log_low(const struct submitter *s, bool was_low)
{
	char wei[U256_TEXT_SIZE];

	if (s->state.is_low && !was_low)
		log_event(LOG_WARN, "chain", { "chain", LOG_U(s->c.chain->id) },
		    { "balance", LOG_S(u256_format(&s->state.balance, wei)) },
		    { "text",
			LOG_S("the paying account is below min_balance") });
}

/* The feeds belong to this thread; who asks gets a copy. */
static void show_feeds(struct submitter *s)
{
	for (size_t i = 0; i < s->n_feeds; i++) {
		const struct submit_feed *feed = &s->feeds[i];
		struct submitter_feed *out = &s->shown[i];

		out->is_read = out->is_read || feed->is_read;
		out->is_set = feed->round.is_set;
		dec_decode_int256(
		    feed->round.value32, feed->decimals, &out->stored);
		out->observed = feed->round.observed;
		out->accepted = feed->round.accepted;
		out->decision = feed->is_pending ? "pending"
		    : s->tick < feed->wait_until ? "refused"
		    : feed->is_read && feed->has_call
		    ? push_policy_name(feed->reason)
		    : "";
		out->is_pending = feed->is_pending;
		out->nonce = feed->nonce;
		out->n_pushed = feed->n_pushed;
		out->n_refused = feed->n_refused;
		memcpy(out->refusal, feed->refusal, sizeof(out->refusal));
	}
}

static void publish_state(
    struct submitter *s, const struct fault *f, bool is_ok)
{
	struct submitter_state *st = &s->state;
	struct fault quiet = FAULT_INIT;
	struct u256 spent = u256_of(0);
	uint64_t next = 0;
	bool has = false;

	(void)(journal_spent(s->journal, s->now, &spent, &quiet) &&
	    journal_next_nonce(s->journal, &has, &next, &quiet));
	log_fault_once(s, f);
	pthread_mutex_lock(&s->lock);
	const bool was_low = st->is_low;
	st->has_head = s->head.number > 0 || st->has_head;
	st->head = s->head.number;
	st->has_nonce = has;
	st->next_nonce = next;
	st->spent = spent;
	st->n_pending = st->n_mined = 0;
	for (size_t i = 0; i < s->n_slots; i++) {
		st->n_pending += s->slots[i].state < JOURNAL_MINED;
		st->n_mined += s->slots[i].state == JOURNAL_MINED;
	}
	st->is_low = st->has_balance &&
	    u256_compare(&st->balance, &s->c.chain->min_balance) < 0;
	st->counts.failed += !is_ok;
	st->fault_at = f->at;
	memcpy(st->fault, f->text, sizeof(st->fault));
	show_feeds(s);
	pthread_mutex_unlock(&s->lock);
	log_low(s, was_low);
}

/* What was loaded is as old as this life. */
static void begin(struct submitter *s)
{
	for (size_t i = 0; !s->has_begun && i < s->n_slots; i++)
		s->slots[i].since = s->tick;
	s->has_begun = true;
}

uint64_t submitter_step(struct submitter *s, struct utc now, uint64_t tick_ms)
{
	uint64_t wait_ms = s->c.chain->poll_ms;
	struct fault f = FAULT_INIT;

	s->now = now;
	s->tick = tick_ms;
	s->held = FAULT_INIT;
	begin(s);
	if (tick_ms < s->hold_until)
		return s->hold_until - tick_ms;
	take_offers(s);
	bool ok = poll_chain(s, &f) && serve_due(s, &wait_ms, &f);
	if (!ok)
		s->hold_until = tick_ms + s->c.chain->poll_ms;
	publish_state(s, ok ? &s->held : &f, ok);
	if (!ok)
		return s->c.chain->poll_ms;
	const uint64_t poll =
	    s->next_poll > tick_ms ? s->next_poll - tick_ms : 0;
	return wait_ms < poll ? wait_ms : poll;
}
