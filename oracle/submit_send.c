/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To the endpoints, again and again: the bytes are in the journal, and the
 * same bytes do no harm. What an endpoint refuses is kept until it is replaced.
 */
#include "oracle/log.h"
#include "oracle/submit_parts.h"
#include "verify/base/text.h"

/* A pool may have forgotten what it took. */
static uint64_t resend_ms(const struct submitter *s)
{
	uint64_t ms = UINT64_C(1000) * s->c.chain->stuck_after_s / 2;

	return ms > s->c.chain->poll_ms ? ms : s->c.chain->poll_ms;
}

static void log_sent(const struct submitter *s, const struct submit_slot *slot,
    enum rpc_sent outcome, bool is_dropped)
{
	char hash[HEX_SIZE(32)];

	hex_encode(span_of(slot->last.hash.b, 32), hash);
	log_event(
	    rpc_sent_is_success(outcome) && !is_dropped ? LOG_INFO : LOG_WARN,
	    "submit", { "step", LOG_S(is_dropped ? "dropped" : "sent") },
	    { "chain", LOG_U(s->c.chain->id) }, { "nonce", LOG_U(slot->nonce) },
	    { "attempt", LOG_U(slot->last.seq) }, { "hash", LOG_S(hash) },
	    { "outcome", LOG_S(rpc_sent_name(outcome)) });
}

static void hold(
    struct submitter *s, const struct submit_slot *slot, const char *why)
{
	fault_raise(&s->held, FAULT_REMOTE, "submit.sent",
	    "no endpoint takes nonce %llu: %s", (unsigned long long)slot->nonce,
	    why);
}

/* Whether somebody may have it after this answer. */
static bool judge(
    struct submitter *s, struct submit_slot *slot, enum rpc_sent outcome)
{
	switch (outcome) {
	case RPC_SENT_ACCEPTED:
	case RPC_SENT_KNOWN:
	case RPC_SENT_UNKNOWN:
		return true;
	case RPC_SENT_NONCE_LOW:
		/* Mined already, or another's. */
		slot->look = true;
		return true;
	case RPC_SENT_REPLACEMENT:
	case RPC_SENT_UNDERPRICED:
	case RPC_SENT_BASE_FEE:
	case RPC_SENT_TIP:
	case RPC_SENT_GAS:
		/* Not at this price, or not with this gas: sign anew. */
		slot->is_urgent = true;
		hold(s, slot, rpc_sent_name(outcome));
		return false;
	case RPC_SENT_FUNDS:
		hold(s, slot, "the paying account has not enough");
		return false;
	case RPC_SENT_NONCE_HIGH:
		hold(s, slot, "a transaction before it is missing there");
		return false;
	case RPC_SENT_INVALID:
		break;
	}
	hold(s, slot, "it is called invalid");
	return false;
}

bool submit_send(struct submitter *s, struct submit_slot *slot, struct fault *f)
{
	AUTO(blob_drop) struct blob raw = { 0 };
	struct journal_attempt a;
	struct rpc_send_result result;

	TRY(journal_find_attempt(
	    s->journal, slot->nonce, slot->n_attempts - 1, &a, &raw, f));
	slot->send_at = s->tick + resend_ms(s);
	TRY(rpc_send_raw(s->rpc, blob_span(&raw), &result, f));
	const bool is_dropped =
	    slot->was_sent && result.outcome == RPC_SENT_ACCEPTED;
	const bool is_first = !slot->was_sent;
	if (judge(s, slot, result.outcome)) {
		TRY(journal_sent(s->journal, slot->nonce, s->now, f));
		slot->state = JOURNAL_SENT;
		slot->was_sent = rpc_sent_is_success(result.outcome);
	}
	if (is_dropped) {
		pthread_mutex_lock(&s->lock);
		s->state.counts.dropped++;
		pthread_mutex_unlock(&s->lock);
	}
	if (is_first || is_dropped || !rpc_sent_is_success(result.outcome))
		log_sent(s, slot, result.outcome, is_dropped);
	return true;
}

bool submit_send_all(struct submitter *s, struct fault *f)
{
	for (size_t i = 0; i < s->n_slots; i++) {
		struct submit_slot *slot = &s->slots[i];

		if (slot->state < JOURNAL_MINED && s->tick >= slot->send_at)
			TRY(submit_send(s, slot, f));
	}
	return true;
}
