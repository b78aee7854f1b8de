/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what is due to bytes in the journal: simulated, priced, held against
 * what may be spent, signed, written down. Only then it may leave.
 */
#include "oracle/log.h"
#include "oracle/submit_parts.h"
#include "verify/base/text.h"

#include <string.h>

/* A transaction on its way to be signed. */
struct draft {
	struct eth_addr to;
	struct blob data; /* empty: cancels */
	struct journal_item items[LIMIT_FEED_CALLS];
	size_t n_items;
	uint64_t gas;
	bool is_legacy;
	struct eth_gas_fees fees;
};

static void draft_drop(struct draft *d)
{
	blob_drop(&d->data);
}

static bool at_is(const struct fault *f, const char *at)
{
	return f->at != NULL && strcmp(f->at, at) == 0;
}

/* ---- calldata ------------------------------------------------------------ */

static FALLIBLE encode(const struct submitter *s,
    struct submit_feed *const *feeds, size_t n, struct blob *out,
    struct fault *f)
{
	struct feed_call calls[LIMIT_FEED_CALLS];
	struct wr w = wr_grow(LIMIT_TX_BYTES, "submit.data", f);

	for (size_t i = 0; i < n; i++)
		calls[i] = feeds[i]->call;
	bool ok = s->c.chain->mode == CHAIN_PACKED
	    ? feed_call_encode_packed(calls, n, &w, f)
	    : feed_call_encode(calls, n, &w, f);
	if (!ok) {
		wr_drop(&w);
		return false;
	}
	blob_drop(out);
	return wr_done(&w, out);
}

/* ---- simulated ----------------------------------------------------------- */

static struct utc observed_of(const struct submit_feed *feed)
{
	return (struct utc){ .ms = (int64_t)feed->call.statement.timestamp };
}

/* Which of a batch the contract refuses: those leave it. */
static FALLIBLE sort_out(
    struct submitter *s, struct submit_batch *b, struct fault *f)
{
	const struct rpc_at pending = { .tag = RPC_PENDING };
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		AUTO(blob_drop) struct blob data = { 0 };
		AUTO(rpc_called_drop) struct rpc_called answer = { 0 };

		TRY(encode(s, &b->feeds[i], 1, &data, f));
		const struct rpc_call call = {
			.from = *payer_address(s->c.payer),
			.to = b->contract,
			.data = blob_span(&data),
		};
		TRY(rpc_call(s->rpc, &call, pending, &answer, f));
		if (answer.reverted)
			submit_plan_refused(s, b->feeds[i],
			    observed_of(b->feeds[i]), blob_span(&answer.data));
		else
			b->feeds[n++] = b->feeds[i];
	}
	/* Each alone would pass, together they do not: one, then. */
	b->n = n == b->n ? 1 : n;
	return true;
}

static FALLIBLE refuse(struct submitter *s, struct submit_batch *b,
    const struct rpc_called *why, struct fault *f)
{
	if (b->n > 1)
		return sort_out(s, b, f);
	submit_plan_refused(
	    s, b->feeds[0], observed_of(b->feeds[0]), blob_span(&why->data));
	b->n = 0;
	return true;
}

/* Until it would be accepted. The batch may end up empty. */
static FALLIBLE simulate(struct submitter *s, struct submit_batch *b,
    struct draft *d, struct fault *f)
{
	while (b->n > 0) {
		AUTO(rpc_called_drop) struct rpc_called why = { 0 };

		TRY(encode(s, b->feeds, b->n, &d->data, f));
		const struct rpc_call call = {
			.from = *payer_address(s->c.payer),
			.to = b->contract,
			.data = blob_span(&d->data),
		};
		if (!rpc_call_estimate(
			s->rpc, &call, s->c.chain->max_gas, &d->gas, &why, f)) {
			if (!at_is(f, "rpc.gas.cap") || b->n == 1)
				return false;
			fault_clear(f);
			b->n /= 2;
			continue;
		}
		if (!why.reverted)
			break;
		TRY(refuse(s, b, &why, f));
	}
	d->to = b->contract;
	d->n_items = b->n;
	for (size_t i = 0; i < b->n; i++) {
		struct journal_item *item = &d->items[i];

		memcpy(item->feed, b->feeds[i]->id32, LIMIT_FEED_ID);
		item->feed[LIMIT_FEED_ID] = '\0';
		item->statement = b->feeds[i]->call.statement.statement;
		item->observed = observed_of(b->feeds[i]);
	}
	return true;
}

/* A transfer of nothing to ourselves; rollups want more than 21000 for it. */
static FALLIBLE draft_cancel(
    struct submitter *s, struct draft *d, struct fault *f)
{
	AUTO(rpc_called_drop) struct rpc_called why = { 0 };

	blob_drop(&d->data);
	d->to = *payer_address(s->c.payer);
	d->n_items = 0;
	const struct rpc_call call = { .from = d->to, .to = d->to };
	TRY(rpc_call_estimate(
	    s->rpc, &call, s->c.chain->max_gas, &d->gas, &why, f));
	return !why.reverted ||
	    fault_raise(f, FAULT_REMOTE, "submit.cancel",
		"an endpoint says that a transfer of nothing would fail");
}

/* ---- priced -------------------------------------------------------------- */

static FALLIBLE price(struct submitter *s, struct draft *d, struct fault *f)
{
	struct rpc_fee_history history;
	struct u256 gas_price;

	TRY(rpc_get_fee_history(s->rpc, &history, f));
	d->is_legacy = !history.has_base_fee;
	if (!d->is_legacy)
		return rpc_fees_choose(
		    &history, &s->c.chain->fees, &d->fees, f);
	TRY(rpc_get_gas_price(s->rpc, &gas_price, f));
	return rpc_fees_choose_legacy(
	    &gas_price, &s->c.chain->fees, &d->fees, f);
}

/*
 * `counted` is what its slot stands for already. With the worst case: an
 * endpoint that lies about fees empties no account.
 */
static FALLIBLE check_money(struct submitter *s, const struct draft *d,
    const struct u256 *counted, struct fault *f)
{
	struct u256 cost, sum;

	TRY(u256_mul_div(&d->fees.max_fee_per_gas, d->gas, 1, &cost, NULL, f));
	TRY(journal_spent(s->journal, s->now, &sum, f));
	if (u256_compare(&cost, counted) > 0) {
		TRY(u256_add(&sum, &cost, &sum, f));
		TRY(u256_subtract(&sum, counted, &sum, f));
	}
	if (u256_compare(&sum, &s->c.chain->daily_spend) > 0)
		return fault_raise(f, FAULT_LIMIT, "submit.spend",
		    "daily_spend is reached: nothing more is signed");
	TRY(rpc_get_balance(s->rpc, payer_address(s->c.payer), &sum, f));
	pthread_mutex_lock(&s->lock);
	s->state.has_balance = true;
	s->state.balance = sum;
	pthread_mutex_unlock(&s->lock);
	if (u256_compare(&sum, &cost) < 0)
		return fault_raise(f, FAULT_LIMIT, "submit.funds",
		    "the paying account has not enough for a transaction");
	return true;
}

/* ---- the nonce ----------------------------------------------------------- */

static size_t count_pending(const struct submitter *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_slots; i++)
		n += s->slots[i].state < JOURNAL_MINED;
	return n;
}

/* Never one that the journal has, never one with a gap in front of it. */
static FALLIBLE choose_nonce(
    struct submitter *s, uint64_t *out, struct fault *f)
{
	uint64_t next;
	bool has;

	TRY(rpc_get_nonces(s->rpc, payer_address(s->c.payer), &s->nonces, f));
	TRY(journal_next_nonce(s->journal, &has, &next, f));
	const uint64_t mined = s->nonces.mined;
	if (has && mined + count_pending(s) < next)
		return fault_raise(f, FAULT_REMOTE, "submit.behind",
		    "the endpoints know of fewer transactions than were "
		    "mined: they are behind, or the chain was reset");
	if (has && mined > next)
		log_event(LOG_ERROR, "chain",
		    { "chain", LOG_U(s->c.chain->id) },
		    { "nonce", LOG_U(mined) },
		    { "text",
			LOG_S("transactions were made that are not in the "
			      "journal: does somebody else hold the paying "
			      "key?") });
	*out = !has || mined > next ? mined : next;
	return true;
}

/* ---- signed -------------------------------------------------------------- */

static void log_signed(
    const struct submitter *s, const struct submit_slot *slot, size_t n_feeds)
{
	char hash[HEX_SIZE(32)], cap[U256_TEXT_SIZE];

	hex_encode(span_of(slot->last.hash.b, 32), hash);
	log_event(LOG_INFO, "submit",
	    { "step",
		LOG_S(slot->last.kind == JOURNAL_CANCEL ? "cancelled"
			: slot->last.seq > 0            ? "replaced"
							: "signed") },
	    { "chain", LOG_U(s->c.chain->id) }, { "nonce", LOG_U(slot->nonce) },
	    { "attempt", LOG_U(slot->last.seq) }, { "feeds", LOG_U(n_feeds) },
	    { "hash", LOG_S(hash) },
	    { "cap", LOG_S(u256_format(&slot->last.cap, cap)) });
}

static void count_signed(struct submitter *s, const struct submit_slot *slot)
{
	pthread_mutex_lock(&s->lock);
	if (slot->last.seq == 0)
		s->state.counts.signed_++;
	else if (slot->last.kind == JOURNAL_CANCEL)
		s->state.counts.cancelled++;
	else
		s->state.counts.replaced++;
	pthread_mutex_unlock(&s->lock);
}

/* The slot is a new one or one that is open; on success it has this attempt. */
static FALLIBLE sign(struct submitter *s, const struct draft *d,
    struct submit_slot *slot, struct fault *f)
{
	AUTO(blob_drop) struct blob raw = { 0 };
	struct journal_attempt a = {
		.nonce = slot->nonce,
		.seq = slot->n_attempts,
		.kind = d->n_items == 0 ? JOURNAL_CANCEL : JOURNAL_SUBMIT,
		.to = d->to,
		.gas_limit = d->gas,
		.tip = d->fees.max_priority_fee_per_gas,
		.cap = d->fees.max_fee_per_gas,
		.signed_at = s->now,
	};
	const struct eth_tx tx = {
		.type = d->is_legacy ? ETH_TX_LEGACY : ETH_TX_DYNAMIC_FEE,
		.chain_id = s->c.chain->id,
		.nonce = a.nonce,
		.gas_limit = a.gas_limit,
		.max_fee_per_gas = a.cap,
		.max_priority_fee_per_gas = d->is_legacy ? u256_of(0) : a.tip,
		.to = a.to,
		.data = blob_span(&d->data),
	};

	TRY(rpc_chain_check(s->rpc, f));
	TRY(payer_sign_tx(s->c.payer, &tx, &raw, &a.hash, f));
	TRY(journal_sign(
	    s->journal, &a, blob_span(&raw), d->items, d->n_items, f));
	slot->state = JOURNAL_SIGNED;
	slot->last = a;
	slot->n_attempts++;
	slot->since = slot->send_at = s->tick;
	slot->is_urgent = slot->was_sent = false;
	count_signed(s, slot);
	log_signed(s, slot, d->n_items);
	return true;
}

static FALLIBLE finish(
    struct submitter *s, struct submit_slot *slot, struct fault *f)
{
	TRY(submit_load_pending(s, slot, true, f));
	return submit_send(s, slot, f);
}

bool submit_sign_new(
    struct submitter *s, struct submit_batch *batch, struct fault *f)
{
	AUTO(draft_drop) struct draft d = { 0 };
	struct submit_slot slot = { .look = true };
	const struct u256 nothing = u256_of(0);

	if (count_pending(s) >= LIMIT_SUBMIT_PENDING ||
	    s->n_slots == LIMIT_SUBMIT_OPEN)
		return fault_raise(f, FAULT_LIMIT, "submit.open",
		    "too many transactions are under way: waiting for blocks");
	TRY(simulate(s, batch, &d, f));
	if (batch->n == 0)
		return true;
	TRY(price(s, &d, f));
	TRY(check_money(s, &d, &nothing, f));
	TRY(choose_nonce(s, &slot.nonce, f));
	TRY(sign(s, &d, &slot, f));
	for (size_t i = 0; i < batch->n; i++) {
		pthread_mutex_lock(&s->lock);
		batch->feeds[i]->is_forced = false;
		pthread_mutex_unlock(&s->lock);
	}
	s->slots[s->n_slots++] = slot;
	return finish(s, &s->slots[s->n_slots - 1], f);
}

/* ---- stuck --------------------------------------------------------------- */

/* What cannot be replaced now waits on, and that is said. */
static bool keep_waiting(
    struct submitter *s, struct submit_slot *slot, const struct fault *why)
{
	slot->since = s->tick;
	slot->is_urgent = false;
	fault_clear(&s->held);
	fault_raise(&s->held, FAULT_REMOTE, "submit.stuck",
	    "nonce %llu is not mined: %s", (unsigned long long)slot->nonce,
	    why->text);
	return true;
}

static FALLIBLE draft_replacement(struct submitter *s,
    const struct submit_slot *slot, struct draft *d, struct fault *f)
{
	const struct eth_gas_fees old = {
		.max_fee_per_gas = slot->last.cap,
		.max_priority_fee_per_gas = slot->last.tip,
	};
	struct submit_batch batch;

	TRY(submit_plan_replacement(s, slot, &batch, f));
	TRY(simulate(s, &batch, d, f));
	if (batch.n == 0)
		TRY(draft_cancel(s, d, f));
	TRY(price(s, d, f));
	TRY(rpc_fees_replace(&old, &d->fees, &s->c.chain->fees, &d->fees, f));
	return check_money(s, d, &slot->charge, f);
}

bool submit_sign_replacement(
    struct submitter *s, struct submit_slot *slot, struct fault *f)
{
	AUTO(draft_drop) struct draft d = { 0 };
	struct fault why = FAULT_INIT;
	bool found;

	/* The last look: it may have been mined meanwhile. */
	TRY(submit_watch_receipts(s, slot, &found, f));
	if (found)
		return true;
	if (slot->n_attempts > s->c.chain->max_replacements)
		(void)fault_raise(&why, FAULT_LIMIT, "submit.replacements",
		    "max_replacements is reached");
	else if (draft_replacement(s, slot, &d, &why))
		return sign(s, &d, slot, f) && finish(s, slot, f);
	if (why.kind == FAULT_LIMIT)
		return keep_waiting(s, slot, &why);
	*f = why;
	return false;
}
