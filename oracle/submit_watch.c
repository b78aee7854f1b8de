/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of what was sent. Every step is in the journal before it counts
 * here.
 */
#include "oracle/log.h"
#include "oracle/submit_parts.h"
#include "verify/base/text.h"

#include <string.h>

/* A nonce that is used and of which no endpoint has a receipt: so long may a
 * node be behind. */
#define TAKEN_AFTER_MS UINT64_C(60000)
/* How often a receipt is asked for again until it is confirmed. */
#define LOOK_AGAIN_MS 30000
/* Confirmations; the journal is as much longer for a while. */
#define PRUNE_EVERY 256

/* ---- mined -------------------------------------------------------------- */

/* A receipt that contradicts what was signed is a lie. */
static FALLIBLE check_receipt(const struct journal_attempt *a,
    const struct rpc_receipt *r, struct fault *f)
{
	if (r->gas_used <= a->gas_limit &&
	    u256_compare(&r->gas_price, &a->cap) <= 0)
		return true;
	return fault_raise(f, FAULT_REMOTE, "submit.receipt",
	    "a receipt of more gas, or of a higher price, than was signed");
}

static FALLIBLE cost_of(
    const struct rpc_receipt *r, struct u256 *out, struct fault *f)
{
	TRY(u256_mul_div(&r->gas_price, r->gas_used, 1, out, NULL, f));
	return u256_add(out, &r->l1_fee, out, f);
}

/* Why it was reverted, by the state in front of its block: as far as the node
 * still has that. */
static void ask_reason(struct submitter *s, const struct journal_attempt *a,
    const struct rpc_receipt *r, struct rpc_called *out)
{
	AUTO(blob_drop) struct blob raw = { 0 };
	struct journal_attempt same;
	struct fault f = FAULT_INIT;
	struct eth_tx tx;
	struct eth_sig sig;
	const struct rpc_at at = { .tag = RPC_NUMBER,
		.number = r->block > 0 ? r->block - 1 : 0 };

	if (!journal_find_attempt(
		s->journal, a->nonce, a->seq, &same, &raw, &f) ||
	    !eth_tx_decode(blob_span(&raw), &tx, &sig, &f))
		return;
	const struct rpc_call call = {
		.from = *payer_address(s->c.payer), .to = tx.to, .data = tx.data
	};
	(void)!rpc_call(s->rpc, &call, at, out, &f);
}

static FALLIBLE note_items(struct submitter *s, const struct submit_slot *slot,
    struct span refusal, struct fault *f)
{
	struct journal_item items[LIMIT_FEED_CALLS];
	size_t n;

	TRY(journal_find_items(s->journal, slot->nonce, slot->mined.seq, items,
	    COUNT(items), &n, f));
	for (size_t i = 0; i < n; i++) {
		struct submit_feed *feed = submit_load_feed(s, items[i].feed);

		if (feed == NULL)
			continue;
		if (!slot->mined.succeeded) {
			submit_plan_refused(
			    s, feed, items[i].observed, refusal);
			continue;
		}
		if (items[i].observed.ms > feed->mined.ms)
			feed->mined = items[i].observed;
		pthread_mutex_lock(&s->lock);
		feed->n_pushed++;
		feed->n_refused_in_row = 0;
		pthread_mutex_unlock(&s->lock);
	}
	return true;
}

static void log_mined(const struct submitter *s, const struct submit_slot *slot,
    const struct journal_attempt *a, const char *reason)
{
	char hash[HEX_SIZE(32)];

	hex_encode(span_of(a->hash.b, 32), hash);
	log_event(slot->mined.succeeded ? LOG_INFO : LOG_WARN, "submit",
	    { "step", LOG_S(slot->mined.succeeded ? "mined" : "reverted") },
	    { "chain", LOG_U(s->c.chain->id) }, { "nonce", LOG_U(slot->nonce) },
	    { "hash", LOG_S(hash) }, { "block", LOG_U(slot->mined.block) },
	    { "gas", LOG_U(slot->mined.gas_used) },
	    { "reason", LOG_S(reason) });
}

static FALLIBLE take_receipt(struct submitter *s, struct submit_slot *slot,
    const struct journal_attempt *a, const struct rpc_receipt *r,
    struct fault *f)
{
	AUTO(rpc_called_drop) struct rpc_called why = { 0 };
	char reason[FEED_REASON_SIZE] = "";
	struct journal_mined mined = {
		.seq = a->seq,
		.block = r->block,
		.block_hash = r->block_hash,
		.succeeded = r->succeeded,
		.gas_used = r->gas_used,
	};

	TRY(check_receipt(a, r, f));
	TRY(cost_of(r, &mined.paid, f));
	if (!r->succeeded) {
		ask_reason(s, a, r, &why);
		mined.reason = feed_call_reason(
		    why.reverted ? blob_span(&why.data) : span_text(""),
		    reason);
	}
	TRY(journal_mined(s->journal, slot->nonce, &mined, s->now, f));
	slot->state = JOURNAL_MINED;
	slot->mined = mined;
	slot->mined.reason = NULL;
	slot->look_at = s->tick + LOOK_AGAIN_MS;
	TRY(submit_load_pending(s, slot, false, f));
	TRY(note_items(s, slot, blob_span(&why.data), f));
	pthread_mutex_lock(&s->lock);
	if (r->succeeded)
		s->state.counts.mined++;
	else
		s->state.counts.reverted++;
	pthread_mutex_unlock(&s->lock);
	log_mined(s, slot, a, reason);
	return true;
}

bool submit_watch_receipts(struct submitter *s, struct submit_slot *slot,
    bool *found_out, struct fault *f)
{
	/* The newest first: it is the likeliest. */
	for (uint64_t i = slot->n_attempts; i > 0; i--) {
		AUTO(rpc_receipt_drop) struct rpc_receipt r = { 0 };
		struct journal_attempt a;
		bool found;

		TRY(journal_find_attempt(
		    s->journal, slot->nonce, i - 1, &a, NULL, f));
		TRY(rpc_get_receipt(s->rpc, &a.hash, &found, &r, f));
		if (!found)
			continue;
		*found_out = true;
		return take_receipt(s, slot, &a, &r, f);
	}
	*found_out = false;
	return true;
}

/* ---- used by another ----------------------------------------------------- */

static FALLIBLE is_known(struct submitter *s, const struct submit_slot *slot,
    bool *known_out, struct fault *f)
{
	*known_out = true;
	for (uint64_t seq = 0; seq < slot->n_attempts; seq++) {
		struct journal_attempt a;
		struct rpc_tx tx;
		bool found;

		TRY(journal_find_attempt(
		    s->journal, slot->nonce, seq, &a, NULL, f));
		TRY(rpc_get_tx(s->rpc, &a.hash, &found, &tx, f));
		if (found)
			return true;
	}
	*known_out = false;
	return true;
}

/* Its nonce is used. By whom, if no endpoint has any of ours? */
static FALLIBLE watch_taken(
    struct submitter *s, struct submit_slot *slot, struct fault *f)
{
	bool known;

	if (slot->used_since == 0)
		slot->used_since = s->tick;
	if (s->tick - slot->used_since < TAKEN_AFTER_MS)
		return true;
	TRY(is_known(s, slot, &known, f));
	if (known)
		return true;
	TRY(journal_taken(s->journal, slot->nonce, s->now, f));
	slot->state = JOURNAL_TAKEN;
	TRY(submit_load_pending(s, slot, false, f));
	pthread_mutex_lock(&s->lock);
	s->state.counts.taken++;
	pthread_mutex_unlock(&s->lock);
	log_event(LOG_ERROR, "submit", { "step", LOG_S("taken") },
	    { "chain", LOG_U(s->c.chain->id) }, { "nonce", LOG_U(slot->nonce) },
	    { "text",
		LOG_S("another transaction has used this nonce: does "
		      "somebody else hold the paying key?") });
	return true;
}

static FALLIBLE watch_pending(
    struct submitter *s, struct submit_slot *slot, struct fault *f)
{
	bool is_used = s->nonces.mined > slot->nonce, found = false;

	if (!is_used && !slot->look)
		return true;
	slot->look = false;
	TRY(submit_watch_receipts(s, slot, &found, f));
	if (found || !is_used) {
		slot->used_since = 0;
		return true;
	}
	return watch_taken(s, slot, f);
}

/* ---- confirmed, or gone --------------------------------------------------- */

static FALLIBLE finality_of(struct submitter *s, const struct submit_slot *slot,
    enum rpc_finality *out, struct fault *f)
{
	struct journal_attempt a;

	TRY(journal_find_attempt(
	    s->journal, slot->nonce, slot->mined.seq, &a, NULL, f));
	const struct rpc_receipt r = {
		.hash = a.hash,
		.block = slot->mined.block,
		.block_hash = slot->mined.block_hash,
		.succeeded = slot->mined.succeeded,
	};
	return rpc_finality_check(s->rpc, &r, out, f);
}

static FALLIBLE unmine(
    struct submitter *s, struct submit_slot *slot, struct fault *f)
{
	TRY(journal_unmined(s->journal, slot->nonce, s->now, f));
	slot->state = JOURNAL_SENT;
	slot->since = s->tick;
	slot->send_at = s->tick;
	slot->look = true;
	TRY(submit_load_pending(s, slot, true, f));
	pthread_mutex_lock(&s->lock);
	s->state.counts.reorged++;
	pthread_mutex_unlock(&s->lock);
	log_event(LOG_WARN, "submit", { "step", LOG_S("reorged") },
	    { "chain", LOG_U(s->c.chain->id) }, { "nonce", LOG_U(slot->nonce) },
	    { "block", LOG_U(slot->mined.block) });
	return submit_load_mined(s, f);
}

static FALLIBLE confirm(
    struct submitter *s, struct submit_slot *slot, struct fault *f)
{
	TRY(journal_confirmed(s->journal, slot->nonce, s->now, f));
	slot->state = JOURNAL_CONFIRMED;
	pthread_mutex_lock(&s->lock);
	s->state.counts.confirmed++;
	pthread_mutex_unlock(&s->lock);
	log_event(LOG_INFO, "submit", { "step", LOG_S("confirmed") },
	    { "chain", LOG_U(s->c.chain->id) },
	    { "nonce", LOG_U(slot->nonce) });
	return true;
}

static bool is_in_block(const struct submit_slot *slot)
{
	return slot->state == JOURNAL_MINED || slot->state == JOURNAL_CONFIRMED;
}

/*
 * Blocks stand on each other: while the newest one with a transaction of ours
 * is there, all are. When it is not, each is asked for.
 */
static FALLIBLE watch_blocks(struct submitter *s, struct fault *f)
{

	for (size_t i = s->n_slots; i > 0; i--) {
		struct submit_slot *slot = &s->slots[i - 1];
		enum rpc_finality finality;

		if (!is_in_block(slot))
			continue;
		TRY(finality_of(s, slot, &finality, f));
		if (finality != RPC_FINALITY_GONE)
			break;
		TRY(unmine(s, slot, f));
	}
	return true;
}

/*
 * The block stands, and its depth does not come: was the receipt one of this
 * block at all? An endpoint may have made it up, or have moved on since.
 */
static FALLIBLE look_again(
    struct submitter *s, struct submit_slot *slot, struct fault *f)
{
	AUTO(rpc_receipt_drop) struct rpc_receipt r = { 0 };
	struct journal_attempt a;
	bool found;

	if (s->tick < slot->look_at)
		return true;
	slot->look_at = s->tick + LOOK_AGAIN_MS;
	TRY(journal_find_attempt(
	    s->journal, slot->nonce, slot->mined.seq, &a, NULL, f));
	TRY(rpc_get_receipt(s->rpc, &a.hash, &found, &r, f));
	if (found && r.block == slot->mined.block &&
	    r.succeeded == slot->mined.succeeded &&
	    memcmp(&r.block_hash, &slot->mined.block_hash,
		sizeof(r.block_hash)) == 0)
		return true;
	return unmine(s, slot, f);
}

/* Depth only grows downwards: the first that is not confirmed ends it. */
static FALLIBLE watch_depth(struct submitter *s, struct fault *f)
{
	for (size_t i = 0; i < s->n_slots; i++) {
		struct submit_slot *slot = &s->slots[i];
		enum rpc_finality finality;

		if (slot->state != JOURNAL_MINED)
			continue;
		TRY(finality_of(s, slot, &finality, f));
		if (finality != RPC_FINALITY_CONFIRMED)
			return look_again(s, slot, f);
		TRY(confirm(s, slot, f));
	}
	return true;
}

/* ---- forgetting ---------------------------------------------------------- */

static bool is_done(const struct submitter *s, const struct submit_slot *slot)
{
	return slot->state == JOURNAL_TAKEN ||
	    (slot->state == JOURNAL_CONFIRMED &&
		s->head.number >= slot->mined.block + s->c.chain->reorg_depth);
}

static FALLIBLE forget(struct submitter *s, struct fault *f)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_slots; i++) {
		if (!is_done(s, &s->slots[i]))
			s->slots[n++] = s->slots[i];
	}
	if (n == s->n_slots)
		return true;
	s->n_slots = n;
	if (s->state.counts.confirmed % PRUNE_EVERY != 0)
		return true;
	return journal_prune(s->journal, LIMIT_JOURNAL_SLOTS, f);
}

bool submit_watch(struct submitter *s, struct fault *f)
{
	for (size_t i = 0; i < s->n_slots; i++) {
		if (s->slots[i].state < JOURNAL_MINED)
			TRY(watch_pending(s, &s->slots[i], f));
	}
	TRY(watch_blocks(s, f));
	TRY(watch_depth(s, f));
	return forget(s, f);
}
