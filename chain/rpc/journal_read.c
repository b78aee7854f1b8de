/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/eth_tx.h"
#include "chain/rpc/journal_sql.h"

#include <string.h>

static bool corrupt(struct fault *f, uint64_t nonce, const char *what)
{
	return fault_raise(f, FAULT_FORMAT, "journal.corrupt",
	    "nonce %llu of the journal: %s", (unsigned long long)nonce, what);
}

bool journal_next_nonce(
    struct journal *j, bool *has_out, uint64_t *nonce_out, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };
	bool has;

	TRY(journal_sql_prepare(
	    j, "SELECT nonce FROM slot ORDER BY nonce DESC LIMIT 1", &s, f));
	TRY(journal_sql_next(&s, &has, f));
	uint64_t nonce = has ? journal_sql_read_u64(&s) + 1 : 0;
	if (has)
		TRY(journal_sql_read_end(&s, f));
	*nonce_out = nonce;
	*has_out = has;
	return true;
}

/* ---- slots -------------------------------------------------------------- */

static FALLIBLE read_slot(
    struct journal_sql *s, struct journal_slot *out, struct fault *f)
{
	*out = (struct journal_slot){ 0 };
	out->nonce = journal_sql_read_u64(s);
	out->state = (enum journal_state)journal_sql_read_u64(s);
	out->n_attempts = journal_sql_read_u64(s);
	out->changed_at = journal_sql_read_utc(s);
	out->charge = journal_sql_read_u256(s);
	out->mined.seq = journal_sql_read_u64(s);
	out->mined.block = journal_sql_read_u64(s);
	journal_sql_read_bytes(s, out->mined.block_hash.b, 32);
	out->mined.succeeded = journal_sql_read_u64(s) != 0;
	out->mined.gas_used = journal_sql_read_u64(s);
	out->mined.paid = journal_sql_read_u256(s);
	journal_sql_read_text(s, out->reason, sizeof(out->reason));
	TRY(journal_sql_read_end(s, f));
	if (out->state > JOURNAL_TAKEN)
		return corrupt(f, out->nonce, "a state that there is not");
	out->mined.reason = out->reason[0] != '\0' ? out->reason : NULL;
	return true;
}

bool journal_each_slot(struct journal *j, bool open_only,
    bool (*see)(void *user, const struct journal_slot *slot, struct fault *f),
    void *user, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };
	struct journal_slot slot;
	bool has;

	TRY(journal_sql_prepare(j,
	    open_only
		? "SELECT nonce, state, attempts, changed_ms, charge, seq,"
		  " block, block_hash, succeeded, gas_used, paid, reason"
		  " FROM slot WHERE state < 3 ORDER BY nonce"
		: "SELECT nonce, state, attempts, changed_ms, charge, seq,"
		  " block, block_hash, succeeded, gas_used, paid, reason"
		  " FROM slot ORDER BY nonce",
	    &s, f));
	for (;;) {
		TRY(journal_sql_next(&s, &has, f));
		if (!has)
			return true;
		TRY(read_slot(&s, &slot, f));
		TRY(see(user, &slot, f));
	}
}

/* ---- attempts ----------------------------------------------------------- */

/* What is sent again must be what was signed: nothing is taken on trust. */
static FALLIBLE check_raw(const struct journal *j,
    const struct journal_attempt *a, struct span raw, struct fault *f)
{
	const struct keccak256 hash = keccak256_of(raw);
	struct fault why = FAULT_INIT;
	struct eth_tx tx;
	struct eth_sig sig;
	struct eth_addr from;

	if (memcmp(hash.b, a->hash.b, sizeof(hash.b)) != 0)
		return corrupt(f, a->nonce, "bytes of another hash");
	if (!eth_tx_decode(raw, &tx, &sig, &why) ||
	    !eth_tx_sender(&tx, &sig, &from, &why))
		return corrupt(f, a->nonce, "bytes that are no transaction");
	if (tx.nonce != a->nonce || tx.chain_id != j->owner.chain_id ||
	    !eth_addr_equal(&from, &j->owner.payer))
		return corrupt(f, a->nonce, "another's transaction");
	return true;
}

bool journal_find_attempt(struct journal *j, uint64_t nonce, uint64_t seq,
    struct journal_attempt *out, struct blob *raw, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };
	struct journal_attempt a = { .nonce = nonce, .seq = seq };
	bool has;

	TRY(journal_sql_prepare(j,
	    "SELECT kind, hash, recipient, gas_limit, tip, cap, signed_ms, raw"
	    " FROM attempt WHERE nonce = ? AND seq = ?",
	    &s, f));
	journal_sql_u64(&s, nonce);
	journal_sql_u64(&s, seq);
	TRY(journal_sql_next(&s, &has, f));
	if (!has)
		return corrupt(f, nonce, "an attempt is missing");
	a.kind =
	    journal_sql_read_u64(&s) == 0 ? JOURNAL_SUBMIT : JOURNAL_CANCEL;
	journal_sql_read_bytes(&s, a.hash.b, sizeof(a.hash.b));
	journal_sql_read_bytes(&s, a.to.b, sizeof(a.to.b));
	a.gas_limit = journal_sql_read_u64(&s);
	a.tip = journal_sql_read_u256(&s);
	a.cap = journal_sql_read_u256(&s);
	a.signed_at = journal_sql_read_utc(&s);
	struct span bytes = journal_sql_read_span(&s);
	TRY(journal_sql_read_end(&s, f));
	if (raw != NULL) {
		TRY(check_raw(j, &a, bytes, f));
		TRY(blob_copy(bytes, raw, f));
	}
	*out = a;
	return true;
}

bool journal_find_items(struct journal *j, uint64_t nonce, uint64_t seq,
    struct journal_item *items, size_t max, size_t *n_out, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };
	size_t n = 0;
	bool has;

	TRY(journal_sql_prepare(j,
	    "SELECT feed, statement, observed_ms FROM item"
	    " WHERE nonce = ? AND seq = ? ORDER BY feed",
	    &s, f));
	journal_sql_u64(&s, nonce);
	journal_sql_u64(&s, seq);
	for (;;) {
		TRY(journal_sql_next(&s, &has, f));
		if (!has)
			break;
		if (n == max)
			return fault_raise(f, FAULT_LIMIT, "journal.items",
			    "nonce %llu of the journal carries more than %zu "
			    "feeds",
			    (unsigned long long)nonce, max);
		journal_sql_read_text(&s, items[n].feed, sizeof(items[n].feed));
		journal_sql_read_bytes(&s, items[n].statement.b, 32);
		items[n].observed = journal_sql_read_utc(&s);
		TRY(journal_sql_read_end(&s, f));
		n++;
	}
	*n_out = n;
	return true;
}

bool journal_each_feed(struct journal *j,
    bool (*see)(
	void *user, const char *feed, struct utc observed, struct fault *f),
    void *user, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };
	char feed[LIMIT_FEED_ID + 1];
	bool has;

	TRY(journal_sql_prepare(j,
	    "SELECT item.feed, max(item.observed_ms) FROM slot"
	    " JOIN item ON item.nonce = slot.nonce AND item.seq = slot.seq"
	    " WHERE slot.state IN (2, 3) AND slot.succeeded = 1"
	    " GROUP BY item.feed",
	    &s, f));
	for (;;) {
		TRY(journal_sql_next(&s, &has, f));
		if (!has)
			return true;
		journal_sql_read_text(&s, feed, sizeof(feed));
		const struct utc observed = journal_sql_read_utc(&s);
		TRY(journal_sql_read_end(&s, f));
		TRY(see(user, feed, observed, f));
	}
}
