/* SPDX-License-Identifier: Apache-2.0 */
/* What the journal knows, into memory. */
#include "oracle/submit_parts.h"

#include <string.h>

/* Confirmed ones that are still watched; one stands for those below it. */
#define KEEP_CONFIRMED 64

struct submit_feed *submit_load_feed(struct submitter *s, const char *id)
{
	for (size_t i = 0; i < s->n_feeds; i++) {
		if (strcmp(s->feeds[i].cfg->feed, id) == 0)
			return &s->feeds[i];
	}
	return NULL;
}

/* ---- slots -------------------------------------------------------------- */

struct loading {
	struct submitter *s;
	size_t n_confirmed;
};

/* Makes room by the oldest confirmed one, if it may. */
static void drop_confirmed(struct loading *l)
{
	struct submitter *s = l->s;

	if (l->n_confirmed < KEEP_CONFIRMED)
		return;
	for (size_t i = 0; i < s->n_slots; i++) {
		if (s->slots[i].state != JOURNAL_CONFIRMED)
			continue;
		memmove(&s->slots[i], &s->slots[i + 1],
		    (--s->n_slots - i) * sizeof(s->slots[0]));
		l->n_confirmed--;
		return;
	}
}

static bool see_slot(
    void *user, const struct journal_slot *slot, struct fault *f)
{
	struct loading *l = user;
	struct submitter *s = l->s;

	if (slot->state == JOURNAL_TAKEN)
		return true;
	if (slot->state == JOURNAL_CONFIRMED) {
		drop_confirmed(l);
		l->n_confirmed++;
	}
	if (s->n_slots == LIMIT_SUBMIT_OPEN)
		return fault_raise(f, FAULT_LIMIT, "submit.open",
		    "more than %d transactions are not confirmed",
		    LIMIT_SUBMIT_OPEN);
	struct submit_slot *out = &s->slots[s->n_slots++];
	*out = (struct submit_slot){
		.nonce = slot->nonce,
		.state = slot->state,
		.n_attempts = slot->n_attempts,
		.charge = slot->charge,
		.mined = slot->mined,
		.look = true,
	};
	out->mined.reason = NULL;
	return true;
}

static FALLIBLE load_attempts(struct submitter *s, struct fault *f)
{
	for (size_t i = 0; i < s->n_slots; i++) {
		struct submit_slot *slot = &s->slots[i];
		AUTO(blob_drop) struct blob raw = { 0 };
		bool is_open = slot->state < JOURNAL_MINED;

		/* What will be sent again is held against its hash now. */
		TRY(journal_find_attempt(s->journal, slot->nonce,
		    slot->n_attempts - 1, &slot->last, is_open ? &raw : NULL,
		    f));
		if (is_open)
			TRY(submit_load_pending(s, slot, true, f));
	}
	return true;
}

/* ---- feeds -------------------------------------------------------------- */

static void mark(struct submit_feed *feed, uint64_t nonce, bool is_pending)
{
	if (is_pending) {
		feed->is_pending = true;
		feed->nonce = nonce;
		feed->due_since = 0;
	} else if (feed->is_pending && feed->nonce == nonce) {
		feed->is_pending = false;
		feed->is_read = false;
	}
}

/* Any attempt may be the one that is mined: all their feeds are meant. */
bool submit_load_pending(struct submitter *s, const struct submit_slot *slot,
    bool is_pending, struct fault *f)
{
	struct journal_item items[LIMIT_FEED_CALLS];
	size_t n;

	for (uint64_t seq = 0; seq < slot->n_attempts; seq++) {
		TRY(journal_find_items(
		    s->journal, slot->nonce, seq, items, COUNT(items), &n, f));
		for (size_t i = 0; i < n; i++) {
			struct submit_feed *feed =
			    submit_load_feed(s, items[i].feed);

			if (feed != NULL)
				mark(feed, slot->nonce, is_pending);
		}
	}
	return true;
}

static bool see_feed(
    void *user, const char *id, struct utc observed, struct fault *f)
{
	struct submit_feed *feed = submit_load_feed(user, id);

	(void)f;
	if (feed != NULL)
		feed->mined = observed;
	return true;
}

bool submit_load_mined(struct submitter *s, struct fault *f)
{
	for (size_t i = 0; i < s->n_feeds; i++) {
		s->feeds[i].mined = (struct utc){ 0 };
		s->feeds[i].is_read = false;
	}
	return journal_each_feed(s->journal, see_feed, s, f);
}

bool submit_load(struct submitter *s, struct fault *f)
{
	struct loading l = { .s = s };

	s->n_slots = 0;
	TRY(journal_each_slot(s->journal, false, see_slot, &l, f));
	TRY(load_attempts(s, f));
	return submit_load_mined(s, f);
}
