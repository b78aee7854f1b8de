/* SPDX-License-Identifier: Apache-2.0 */
/* Writing: each function is one transaction, and one step of the states. */
#include "chain/rpc/journal.h"

#include "chain/rpc/journal_sql.h"

#include <string.h>

#define HOUR_MS INT64_C(3600000)
/* The one that runs, and 24 whole ones before it. */
#define SPEND_HOURS 25

/* What is spent is counted by the hour. */
static uint64_t hour_of(struct utc at)
{
	return at.ms > 0 ? (uint64_t)(at.ms / HOUR_MS) : 0;
}

const char *journal_state_name(enum journal_state state)
{
	switch (state) {
	case JOURNAL_SIGNED:
		return "signed";
	case JOURNAL_SENT:
		return "sent";
	case JOURNAL_MINED:
		return "mined";
	case JOURNAL_CONFIRMED:
		return "confirmed";
	case JOURNAL_TAKEN:
		break;
	}
	return "taken";
}

/* ---- what is there ------------------------------------------------------ */

/* Of a slot, what the next step depends on. */
struct place {
	bool is_there;
	enum journal_state state;
	uint64_t n_attempts;
	uint64_t hour;
	struct u256 charge, paid;
};

static FALLIBLE find_place(
    struct journal *j, uint64_t nonce, struct place *out, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };

	*out = (struct place){ 0 };
	TRY(journal_sql_prepare(j,
	    "SELECT state, attempts, hour, charge, paid FROM slot"
	    " WHERE nonce = ?",
	    &s, f));
	journal_sql_u64(&s, nonce);
	TRY(journal_sql_next(&s, &out->is_there, f));
	if (!out->is_there)
		return true;
	out->state = (enum journal_state)journal_sql_read_u64(&s);
	out->n_attempts = journal_sql_read_u64(&s);
	out->hour = journal_sql_read_u64(&s);
	out->charge = journal_sql_read_u256(&s);
	out->paid = journal_sql_read_u256(&s);
	return journal_sql_read_end(&s, f);
}

static bool out_of_order(uint64_t nonce, const struct place *place,
    const char *step, struct fault *f)
{
	return fault_raise(f, FAULT_INTERNAL, "journal.order",
	    "nonce %llu is %s: it cannot become %s", (unsigned long long)nonce,
	    place->is_there ? journal_state_name(place->state) : "not there",
	    step);
}

/* ---- money -------------------------------------------------------------- */

/* From one hour to another, both counted. */
static FALLIBLE read_spend(struct journal *j, uint64_t from, uint64_t to,
    struct u256 *out, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };
	struct u256 sum = u256_of(0);
	bool has;

	TRY(journal_sql_prepare(
	    j, "SELECT wei FROM spend WHERE hour BETWEEN ? AND ?", &s, f));
	journal_sql_u64(&s, from);
	journal_sql_u64(&s, to);
	for (;;) {
		TRY(journal_sql_next(&s, &has, f));
		if (!has)
			break;
		const struct u256 wei = journal_sql_read_u256(&s);
		TRY(journal_sql_read_end(&s, f));
		TRY(u256_add(&sum, &wei, &sum, f));
	}
	*out = sum;
	return true;
}

/* A slot counts with `now` where it counted with `before`. */
static FALLIBLE move_spend(struct journal *j, uint64_t hour,
    const struct u256 *before, const struct u256 *now, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };
	struct u256 wei;

	TRY(read_spend(j, hour, hour, &wei, f));
	TRY(u256_add(&wei, now, &wei, f));
	if (!u256_subtract(&wei, before, &wei, NULL))
		return fault_raise(f, FAULT_FORMAT, "journal.corrupt",
		    "the journal's spending is less than that of its parts");
	TRY(journal_sql_prepare(
	    j, "INSERT OR REPLACE INTO spend VALUES (?, ?)", &s, f));
	journal_sql_u64(&s, hour);
	journal_sql_u256(&s, &wei);
	return journal_sql_run(&s, f);
}

bool journal_spent(
    struct journal *j, struct utc at, struct u256 *out, struct fault *f)
{
	const uint64_t to = hour_of(at);

	return read_spend(
	    j, to >= SPEND_HOURS ? to - SPEND_HOURS + 1 : 0, to, out, f);
}

/* ---- signed ------------------------------------------------------------- */

static FALLIBLE put_slot(struct journal *j, const struct journal_attempt *a,
    const struct place *place, const struct u256 *charge, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };

	if (place->is_there) {
		TRY(journal_sql_prepare(j,
		    "UPDATE slot SET state = 0, attempts = ?, changed_ms = ?,"
		    " charge = ? WHERE nonce = ?",
		    &s, f));
		journal_sql_u64(&s, a->seq + 1);
		journal_sql_utc(&s, a->signed_at);
		journal_sql_u256(&s, charge);
		journal_sql_u64(&s, a->nonce);
		return journal_sql_run(&s, f);
	}
	TRY(journal_sql_prepare(j,
	    "INSERT INTO slot (nonce, state, attempts, changed_ms, hour, "
	    "charge)"
	    " VALUES (?, 0, 1, ?, ?, ?)",
	    &s, f));
	journal_sql_u64(&s, a->nonce);
	journal_sql_utc(&s, a->signed_at);
	journal_sql_u64(&s, hour_of(a->signed_at));
	journal_sql_u256(&s, charge);
	return journal_sql_run(&s, f);
}

static FALLIBLE put_attempt(struct journal *j, const struct journal_attempt *a,
    struct span raw, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };

	TRY(journal_sql_prepare(j,
	    "INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &s,
	    f));
	journal_sql_u64(&s, a->nonce);
	journal_sql_u64(&s, a->seq);
	journal_sql_u64(&s, (uint64_t)a->kind);
	journal_sql_bytes(&s, span_of(a->hash.b, sizeof(a->hash.b)));
	journal_sql_bytes(&s, span_of(a->to.b, sizeof(a->to.b)));
	journal_sql_u64(&s, a->gas_limit);
	journal_sql_u256(&s, &a->tip);
	journal_sql_u256(&s, &a->cap);
	journal_sql_utc(&s, a->signed_at);
	journal_sql_bytes(&s, raw);
	return journal_sql_run(&s, f);
}

static FALLIBLE put_items(struct journal *j, const struct journal_attempt *a,
    const struct journal_item *items, size_t n, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };

	TRY(journal_sql_prepare(
	    j, "INSERT INTO item VALUES (?, ?, ?, ?, ?)", &s, f));
	for (size_t i = 0; i < n; i++) {
		journal_sql_u64(&s, a->nonce);
		journal_sql_u64(&s, a->seq);
		journal_sql_text(&s, items[i].feed);
		journal_sql_bytes(&s, sha256_span(&items[i].statement));
		journal_sql_utc(&s, items[i].observed);
		TRY(journal_sql_run(&s, f));
	}
	return true;
}

static FALLIBLE check_sign(struct journal *j, const struct journal_attempt *a,
    const struct place *place, struct fault *f)
{
	uint64_t next;
	bool has;

	if (place->is_there) {
		if ((place->state != JOURNAL_SIGNED &&
			place->state != JOURNAL_SENT) ||
		    a->seq != place->n_attempts)
			return out_of_order(a->nonce, place, "signed", f);
		return true;
	}
	TRY(journal_next_nonce(j, &has, &next, f));
	if (a->seq != 0 || (has && a->nonce < next) || a->nonce > INT64_MAX - 1)
		return out_of_order(a->nonce, place, "signed", f);
	return true;
}

static FALLIBLE write_sign(struct journal *j, const struct journal_attempt *a,
    struct span raw, const struct journal_item *items, size_t n_items,
    struct fault *f)
{
	struct place place;
	struct u256 charge;

	TRY(find_place(j, a->nonce, &place, f));
	TRY(check_sign(j, a, &place, f));
	TRY(u256_mul_div(&a->cap, a->gas_limit, 1, &charge, NULL, f));
	/* Any of its attempts may be the one that is mined. */
	if (place.is_there && u256_compare(&charge, &place.charge) < 0)
		charge = place.charge;
	TRY(move_spend(j, place.is_there ? place.hour : hour_of(a->signed_at),
	    &place.charge, &charge, f));
	TRY(put_slot(j, a, &place, &charge, f));
	TRY(put_attempt(j, a, raw, f));
	return put_items(j, a, items, n_items, f);
}

bool journal_sign(struct journal *j, const struct journal_attempt *attempt,
    struct span raw, const struct journal_item *items, size_t n_items,
    struct fault *f)
{
	TRY(journal_sql_begin(j, f));
	return journal_sql_end(
	    j, write_sign(j, attempt, raw, items, n_items, f), f);
}

/* ---- the other steps ---------------------------------------------------- */

static FALLIBLE put_state(struct journal *j, uint64_t nonce,
    enum journal_state state, struct utc now, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };

	TRY(journal_sql_prepare(j,
	    "UPDATE slot SET state = ?, changed_ms = ? WHERE nonce = ?", &s,
	    f));
	journal_sql_u64(&s, (uint64_t)state);
	journal_sql_utc(&s, now);
	journal_sql_u64(&s, nonce);
	return journal_sql_run(&s, f);
}

static FALLIBLE put_charge(struct journal *j, uint64_t nonce,
    const struct place *place, const struct u256 *charge, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };

	TRY(move_spend(j, place->hour, &place->charge, charge, f));
	TRY(journal_sql_prepare(
	    j, "UPDATE slot SET charge = ? WHERE nonce = ?", &s, f));
	journal_sql_u256(&s, charge);
	journal_sql_u64(&s, nonce);
	return journal_sql_run(&s, f);
}

bool journal_sent(
    struct journal *j, uint64_t nonce, struct utc now, struct fault *f)
{
	struct place place;

	TRY(find_place(j, nonce, &place, f));
	if (place.is_there && place.state == JOURNAL_SENT)
		return true;
	if (!place.is_there || place.state != JOURNAL_SIGNED)
		return out_of_order(nonce, &place, "sent", f);
	return put_state(j, nonce, JOURNAL_SENT, now, f);
}

bool journal_mined(struct journal *j, uint64_t nonce,
    const struct journal_mined *mined, struct utc now, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };
	struct place place;

	TRY(find_place(j, nonce, &place, f));
	if (!place.is_there || place.state > JOURNAL_MINED ||
	    mined->seq >= place.n_attempts)
		return out_of_order(nonce, &place, "mined", f);
	TRY(journal_sql_prepare(j,
	    "UPDATE slot SET state = 2, changed_ms = ?, seq = ?, block = ?,"
	    " block_hash = ?, succeeded = ?, gas_used = ?, paid = ?,"
	    " reason = ? WHERE nonce = ?",
	    &s, f));
	journal_sql_utc(&s, now);
	journal_sql_u64(&s, mined->seq);
	journal_sql_u64(&s, mined->block);
	journal_sql_bytes(&s, span_of(mined->block_hash.b, 32));
	journal_sql_u64(&s, mined->succeeded ? 1 : 0);
	journal_sql_u64(&s, mined->gas_used);
	journal_sql_u256(&s, &mined->paid);
	journal_sql_text(&s, mined->reason != NULL ? mined->reason : "");
	journal_sql_u64(&s, nonce);
	return journal_sql_run(&s, f);
}

/* What the slot may cost at most: the dearest of its attempts. */
static FALLIBLE worst_of(
    struct journal *j, uint64_t nonce, struct u256 *out, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };
	bool has;

	*out = u256_of(0);
	TRY(journal_sql_prepare(
	    j, "SELECT gas_limit, cap FROM attempt WHERE nonce = ?", &s, f));
	journal_sql_u64(&s, nonce);
	for (;;) {
		struct u256 cost;

		TRY(journal_sql_next(&s, &has, f));
		if (!has)
			return true;
		const uint64_t gas = journal_sql_read_u64(&s);
		const struct u256 cap = journal_sql_read_u256(&s);
		TRY(journal_sql_read_end(&s, f));
		TRY(u256_mul_div(&cap, gas, 1, &cost, NULL, f));
		if (u256_compare(&cost, out) > 0)
			*out = cost;
	}
}

static FALLIBLE write_unmined(
    struct journal *j, uint64_t nonce, struct utc now, struct fault *f)
{
	struct place place;
	struct u256 worst;

	TRY(find_place(j, nonce, &place, f));
	if (!place.is_there ||
	    (place.state != JOURNAL_MINED && place.state != JOURNAL_CONFIRMED))
		return out_of_order(nonce, &place, "sent", f);
	TRY(worst_of(j, nonce, &worst, f));
	TRY(put_charge(j, nonce, &place, &worst, f));
	return put_state(j, nonce, JOURNAL_SENT, now, f);
}

bool journal_unmined(
    struct journal *j, uint64_t nonce, struct utc now, struct fault *f)
{
	TRY(journal_sql_begin(j, f));
	return journal_sql_end(j, write_unmined(j, nonce, now, f), f);
}

static FALLIBLE write_end(struct journal *j, uint64_t nonce,
    enum journal_state state, struct utc now, struct fault *f)
{
	struct place place;

	TRY(find_place(j, nonce, &place, f));
	bool follows = state == JOURNAL_CONFIRMED ? place.state == JOURNAL_MINED
						  : place.state < JOURNAL_MINED;
	if (!place.is_there || !follows)
		return out_of_order(
		    nonce, &place, journal_state_name(state), f);
	const struct u256 charge =
	    state == JOURNAL_CONFIRMED ? place.paid : u256_of(0);
	TRY(put_charge(j, nonce, &place, &charge, f));
	return put_state(j, nonce, state, now, f);
}

bool journal_confirmed(
    struct journal *j, uint64_t nonce, struct utc now, struct fault *f)
{
	TRY(journal_sql_begin(j, f));
	return journal_sql_end(
	    j, write_end(j, nonce, JOURNAL_CONFIRMED, now, f), f);
}

bool journal_taken(
    struct journal *j, uint64_t nonce, struct utc now, struct fault *f)
{
	TRY(journal_sql_begin(j, f));
	return journal_sql_end(
	    j, write_end(j, nonce, JOURNAL_TAKEN, now, f), f);
}

/* ---- forgetting --------------------------------------------------------- */

static FALLIBLE run_with(
    struct journal *j, const char *sql, uint64_t value, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };

	TRY(journal_sql_prepare(j, sql, &s, f));
	journal_sql_u64(&s, value);
	return journal_sql_run(&s, f);
}

static FALLIBLE write_prune(struct journal *j, size_t keep, struct fault *f)
{
	/* Nothing from the oldest open slot on, nor of the newest `keep`. */
	TRY(run_with(j,
	    "DELETE FROM slot WHERE nonce < ifnull((SELECT min(nonce) FROM slot"
	    " WHERE state < 3), (SELECT max(nonce) FROM slot)) AND nonce <="
	    " (SELECT nonce FROM slot ORDER BY nonce DESC LIMIT 1 OFFSET ?)",
	    keep > 0 ? keep : 1, f));
	TRY(run_with(j,
	    "DELETE FROM attempt WHERE nonce < ?1 + (SELECT min(nonce) FROM"
	    " slot)",
	    0, f));
	TRY(run_with(j,
	    "DELETE FROM spend WHERE hour < (SELECT max(hour) FROM spend) - ?"
	    " AND hour < (SELECT min(hour) FROM slot)",
	    SPEND_HOURS, f));
	return run_with(j,
	    "DELETE FROM item WHERE nonce < ?1 + (SELECT min(nonce) FROM slot)",
	    0, f);
}

bool journal_prune(struct journal *j, size_t keep, struct fault *f)
{
	TRY(journal_sql_begin(j, f));
	return journal_sql_end(j, write_prune(j, keep, f), f);
}
