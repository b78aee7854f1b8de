/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/journal.h"

#include "tests/unit/check.h"
#include "tests/unit/payer_double.h"
#include "tests/unit/state_dir.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#define CHAIN 8453
#define PAYER 1
#define ITEMS_MAX 8

/* 2026-01-15T00:00:00Z */
static const struct utc NOW = { .ms = 1768435200000 };
static const struct utc LATER = { .ms = 1768435200000 + 24 * 3600000 };
static const struct utc TOMORROW = { .ms = 1768435200000 + 25 * 3600000 };

struct world {
	struct state_dir dir;
	const char *path;
	struct journal *j;
};

static struct journal_owner owner(void)
{
	return (struct journal_owner){ .chain_id = CHAIN,
		.payer = payer_double_address(PAYER) };
}

static struct journal *opened(const char *path)
{
	const struct journal_owner o = owner();
	struct journal *j = NULL;
	struct fault f = FAULT_INIT;

	assert_ok(journal_open(path, &o, NOW, &j, &f), f);
	return j;
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->dir = state_dir_new();
	w->path = strdup(state_dir_file(&w->dir, "8453.journal"));
	w->j = opened(w->path);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	journal_close(w->j);
	state_dir_drop(&w->dir);
	free((char *)(uintptr_t)w->path);
	free(w);
	return 0;
}

static void reopen(struct world *w)
{
	journal_close(w->j);
	w->j = opened(w->path);
}

/* ---- what is signed ----------------------------------------------------- */

static struct eth_tx tx_of(uint64_t nonce, uint64_t seq)
{
	return (struct eth_tx){
		.type = ETH_TX_DYNAMIC_FEE,
		.chain_id = CHAIN,
		.nonce = nonce,
		.gas_limit = 100000,
		.max_fee_per_gas = u256_of(1000 + 200 * seq),
		.max_priority_fee_per_gas = u256_of(10 + 2 * seq),
		.to = { { 0x11 } },
		.data = span_text("a call"),
	};
}

static struct journal_attempt attempt_of(
    const struct eth_tx *tx, uint64_t seq, struct span raw)
{
	return (struct journal_attempt){
		.nonce = tx->nonce,
		.seq = seq,
		.hash = keccak256_of(raw),
		.to = tx->to,
		.gas_limit = tx->gas_limit,
		.tip = tx->max_priority_fee_per_gas,
		.cap = tx->max_fee_per_gas,
		.signed_at = NOW,
	};
}

static struct journal_item item_of(const char *feed, const char *statement)
{
	struct journal_item item = {
		.statement = sha256_of(span_text(statement)), .observed = NOW
	};

	(void)snprintf(item.feed, sizeof(item.feed), "%s", feed);
	return item;
}

static bool try_sign(
    struct journal *j, uint64_t nonce, uint64_t seq, struct fault *f)
{
	const struct eth_tx tx = tx_of(nonce, seq);
	AUTO(blob_drop) struct blob raw = payer_double_sign(PAYER, &tx);
	const struct journal_attempt a = attempt_of(&tx, seq, blob_span(&raw));
	const struct journal_item items[] = { item_of("BTC/USD", "one"),
		item_of("ETH/USD", "two") };

	return journal_sign(j, &a, blob_span(&raw), items, COUNT(items), f);
}

static void signs(struct journal *j, uint64_t nonce, uint64_t seq)
{
	struct fault f = FAULT_INIT;

	assert_ok(try_sign(j, nonce, seq, &f), f);
}

static struct journal_mined mined_of(uint64_t seq)
{
	return (struct journal_mined){ .seq = seq,
		.block = 77,
		.block_hash = { { 0xbb } },
		.succeeded = true,
		.gas_used = 40000,
		.paid = u256_of(40000000) };
}

static void mines(struct journal *j, uint64_t nonce, uint64_t seq)
{
	const struct journal_mined m = mined_of(seq);
	struct fault f = FAULT_INIT;

	assert_ok(journal_mined(j, nonce, &m, NOW, &f), f);
}

static void confirms(struct journal *j, uint64_t nonce)
{
	struct fault f = FAULT_INIT;

	assert_ok(journal_confirmed(j, nonce, NOW, &f), f);
}

/* ---- what is there ------------------------------------------------------ */

struct seen {
	struct journal_slot slots[16];
	size_t n;
};

static bool see(void *user, const struct journal_slot *slot, struct fault *f)
{
	struct seen *seen = user;

	(void)f;
	assert_true(seen->n < COUNT(seen->slots));
	seen->slots[seen->n] = *slot;
	/* (borrowed from *slot) */
	seen->slots[seen->n++].mined.reason = NULL;
	return true;
}

static struct seen slots_of(struct journal *j, bool open_only)
{
	struct seen seen = { .n = 0 };
	struct fault f = FAULT_INIT;

	assert_ok(journal_each_slot(j, open_only, see, &seen, &f), f);
	return seen;
}

static enum journal_state state_of(struct journal *j, uint64_t nonce)
{
	const struct seen seen = slots_of(j, false);

	for (size_t i = 0; i < seen.n; i++) {
		if (seen.slots[i].nonce == nonce)
			return seen.slots[i].state;
	}
	fail_msg("no nonce %llu", (unsigned long long)nonce);
	return JOURNAL_SIGNED;
}

static uint64_t spent(struct journal *j, struct utc at)
{
	struct fault f = FAULT_INIT;
	struct u256 wei;
	uint64_t v;

	assert_ok(journal_spent(j, at, &wei, &f), f);
	assert_ok(u256_to_u64(&wei, &v, &f), f);
	return v;
}

static uint64_t next_nonce(struct journal *j)
{
	struct fault f = FAULT_INIT;
	uint64_t nonce = 0;
	bool has;

	assert_ok(journal_next_nonce(j, &has, &nonce, &f), f);
	return has ? nonce : UINT64_MAX;
}

/* ---- steps -------------------------------------------------------------- */

static void what_was_signed__is_there_after_reopening_byte_for_byte(
    void **state)
{
	struct world *w = *state;
	const struct eth_tx tx = tx_of(7, 0);
	AUTO(blob_drop) struct blob want = payer_double_sign(PAYER, &tx);
	AUTO(blob_drop) struct blob raw = { 0 };
	struct journal_item items[ITEMS_MAX];
	struct journal_attempt a;
	struct fault f = FAULT_INIT;
	size_t n;

	assert_int_equal(next_nonce(w->j), UINT64_MAX);
	signs(w->j, 7, 0);
	reopen(w);
	assert_int_equal(next_nonce(w->j), 8);
	assert_ok(journal_find_attempt(w->j, 7, 0, &a, &raw, &f), f);
	assert_true(span_equal(blob_span(&raw), blob_span(&want)));
	assert_int_equal(a.kind, JOURNAL_SUBMIT);
	assert_int_equal(a.gas_limit, 100000);
	assert_int_equal(a.signed_at.ms, NOW.ms);
	assert_ok(journal_find_items(w->j, 7, 0, items, ITEMS_MAX, &n, &f), f);
	assert_int_equal(n, 2);
	assert_string_equal(items[0].feed, "BTC/USD");
	assert_string_equal(items[1].feed, "ETH/USD");
	const struct sha256 two = sha256_of(span_text("two"));
	assert_true(sha256_equal(&items[1].statement, &two));
	assert_int_equal(items[1].observed.ms, NOW.ms);
}

static void a_slot__goes_through_its_states_and_ends(void **state)
{
	struct world *w = *state;
	struct fault f = FAULT_INIT;

	signs(w->j, 7, 0);
	assert_int_equal(state_of(w->j, 7), JOURNAL_SIGNED);
	assert_ok(journal_sent(w->j, 7, NOW, &f), f);
	assert_ok(journal_sent(w->j, 7, NOW, &f), f);
	assert_int_equal(state_of(w->j, 7), JOURNAL_SENT);
	mines(w->j, 7, 0);
	assert_int_equal(state_of(w->j, 7), JOURNAL_MINED);
	assert_int_equal(slots_of(w->j, true).n, 1);
	confirms(w->j, 7);
	assert_int_equal(state_of(w->j, 7), JOURNAL_CONFIRMED);
	assert_int_equal(slots_of(w->j, true).n, 0);
}

static void a_reorganised_slot__is_sent_again(void **state)
{
	struct world *w = *state;
	struct fault f = FAULT_INIT;

	signs(w->j, 7, 0);
	mines(w->j, 7, 0);
	assert_ok(journal_unmined(w->j, 7, NOW, &f), f);
	assert_int_equal(state_of(w->j, 7), JOURNAL_SENT);
	/* ... and may be mined in another block, or replaced. */
	signs(w->j, 7, 1);
	mines(w->j, 7, 0);
	mines(w->j, 7, 1);
	const struct seen seen = slots_of(w->j, true);
	assert_int_equal(seen.slots[0].mined.seq, 1);
	assert_int_equal(seen.slots[0].n_attempts, 2);
}

static void a_revert__keeps_its_reason(void **state)
{
	struct world *w = *state;
	struct journal_mined m = mined_of(0);
	struct fault f = FAULT_INIT;

	m.succeeded = false;
	m.reason = "NotNewer()";
	signs(w->j, 7, 0);
	assert_ok(journal_mined(w->j, 7, &m, NOW, &f), f);
	const struct seen seen = slots_of(w->j, false);
	assert_false(seen.slots[0].mined.succeeded);
	assert_string_equal(seen.slots[0].reason, "NotNewer()");
}

static void steps_that_do_not_follow__are_refused_and_change_nothing(
    void **state)
{
	struct world *w = *state;
	const struct journal_mined m = mined_of(0), later = mined_of(3);
	struct fault f = FAULT_INIT;

#define assert_order(expr) \
	assert_refused(expr, f, FAULT_INTERNAL, "journal.order")
	assert_order(journal_sent(w->j, 7, NOW, &f));
	assert_order(journal_mined(w->j, 7, &m, NOW, &f));
	assert_order(journal_unmined(w->j, 7, NOW, &f));
	assert_order(journal_confirmed(w->j, 7, NOW, &f));
	assert_order(journal_taken(w->j, 7, NOW, &f));
	assert_order(try_sign(w->j, 7, 1, &f));
	signs(w->j, 7, 0);
	/* one owner per nonce, and none below the highest */
	assert_order(try_sign(w->j, 7, 0, &f));
	assert_order(try_sign(w->j, 6, 0, &f));
	assert_order(try_sign(w->j, 7, 2, &f));
	assert_order(journal_unmined(w->j, 7, NOW, &f));
	assert_order(journal_confirmed(w->j, 7, NOW, &f));
	assert_order(journal_mined(w->j, 7, &later, NOW, &f));
	mines(w->j, 7, 0);
	assert_order(try_sign(w->j, 7, 1, &f));
	assert_order(journal_sent(w->j, 7, NOW, &f));
	assert_order(journal_taken(w->j, 7, NOW, &f));
	confirms(w->j, 7);
	assert_order(journal_mined(w->j, 7, &m, NOW, &f));
	assert_order(journal_taken(w->j, 7, NOW, &f));
	assert_order(journal_confirmed(w->j, 7, NOW, &f));
	assert_int_equal(state_of(w->j, 7), JOURNAL_CONFIRMED);
#undef assert_order
}

static void the_same_bytes_under_two_nonces__are_no_second_transaction(
    void **state)
{
	struct world *w = *state;
	const struct eth_tx tx = tx_of(7, 0);
	AUTO(blob_drop) struct blob raw = payer_double_sign(PAYER, &tx);
	struct journal_attempt a = attempt_of(&tx, 0, blob_span(&raw));
	struct fault f = FAULT_INIT;

	signs(w->j, 7, 0);
	a.nonce = 8;
	assert_refused(journal_sign(w->j, &a, blob_span(&raw), NULL, 0, &f), f,
	    FAULT_SYSTEM, "journal.write");
	assert_int_equal(next_nonce(w->j), 8);
	assert_int_equal(spent(w->j, NOW), 100000 * 1000);
}

/* ---- money -------------------------------------------------------------- */

static void spending__counts_the_worst_until_it_is_confirmed(void **state)
{
	struct world *w = *state;
	struct fault f = FAULT_INIT;

	signs(w->j, 7, 0);
	assert_int_equal(spent(w->j, NOW), 100000 * 1000);
	signs(w->j, 7, 1);
	assert_int_equal(spent(w->j, NOW), 100000 * 1200);
	signs(w->j, 8, 0);
	assert_int_equal(spent(w->j, NOW), 100000 * 2200);
	mines(w->j, 7, 1);
	assert_int_equal(spent(w->j, NOW), 100000 * 2200);
	confirms(w->j, 7);
	assert_int_equal(spent(w->j, NOW), 40000000 + 100000 * 1000);
	/* gone once more: any attempt may be the one */
	assert_ok(journal_unmined(w->j, 7, NOW, &f), f);
	assert_int_equal(state_of(w->j, 7), JOURNAL_SENT);
	assert_int_equal(spent(w->j, NOW), 100000 * 2200);
	mines(w->j, 7, 0);
	confirms(w->j, 7);
	/* another's transaction costs us nothing */
	assert_ok(journal_taken(w->j, 8, TOMORROW, &f), f);
	assert_int_equal(spent(w->j, NOW), 40000000);
	reopen(w);
	assert_int_equal(spent(w->j, NOW), 40000000);
	assert_int_equal(spent(w->j, LATER), 40000000);
	assert_int_equal(spent(w->j, TOMORROW), 0);
}

/* ---- forgetting --------------------------------------------------------- */

static void pruning__keeps_what_is_open_and_the_newest(void **state)
{
	struct world *w = *state;
	struct journal_attempt a;
	struct fault f = FAULT_INIT;

	for (uint64_t nonce = 0; nonce < 8; nonce++) {
		signs(w->j, nonce, 0);
		if (nonce == 5)
			continue;
		mines(w->j, nonce, 0);
		confirms(w->j, nonce);
	}
	assert_ok(journal_prune(w->j, 6, &f), f);
	assert_int_equal(slots_of(w->j, false).n, 6);
	assert_refused(journal_find_attempt(w->j, 1, 0, &a, NULL, &f), f,
	    FAULT_FORMAT, "journal.corrupt");
	assert_ok(journal_find_attempt(w->j, 2, 0, &a, NULL, &f), f);
	/* nonce 5 is open: nothing from there on goes */
	assert_ok(journal_prune(w->j, 1, &f), f);
	assert_int_equal(slots_of(w->j, false).n, 3);
	mines(w->j, 5, 0);
	confirms(w->j, 5);
	assert_ok(journal_prune(w->j, 0, &f), f);
	assert_int_equal(slots_of(w->j, false).n, 1);
	assert_int_equal(next_nonce(w->j), 8);
}

/* ---- files -------------------------------------------------------------- */

static void refuses_to_open(
    const char *path, enum fault_kind kind, const char *at)
{
	const struct journal_owner o = owner();
	struct journal *j = NULL;
	struct fault f = FAULT_INIT;

	assert_refused(journal_open(path, &o, NOW, &j, &f), f, kind, at);
	assert_null(j);
}

static void a_second_owner__is_refused_while_the_first_lives(void **state)
{
	struct world *w = *state;

	refuses_to_open(w->path, FAULT_SYSTEM, "journal.lock");
	reopen(w);
}

static void somebody_who_looks__needs_no_lock(void **state)
{
	struct world *w = *state;
	AUTO(journal_drop) struct journal *looking = NULL;
	struct fault f = FAULT_INIT;

	signs(w->j, 7, 0);
	assert_ok(journal_inspect(w->path, &looking, &f), f);
	assert_int_equal(journal_owner_of(looking)->chain_id, CHAIN);
	assert_int_equal(state_of(looking, 7), JOURNAL_SIGNED);
	/* ... sees what is written meanwhile, and writes nothing */
	signs(w->j, 8, 0);
	assert_int_equal(next_nonce(looking), 9);
	assert_refused(
	    try_sign(looking, 9, 0, &f), f, FAULT_SYSTEM, "journal.write");
}

static void nothing__can_be_looked_at(void **state)
{
	struct world *w = *state;
	struct journal *j = NULL;
	struct fault f = FAULT_INIT;

	assert_refused(journal_inspect(state_dir_file(&w->dir, "none"), &j, &f),
	    f, FAULT_SYSTEM, "journal.open");
}

static void the_files__are_their_owners_alone(void **state)
{
	struct world *w = *state;

	signs(w->j, 7, 0);
	assert_int_equal(state_dir_mode(&w->dir, "8453.journal"), 0600);
	assert_int_equal(state_dir_mode(&w->dir, "8453.journal-wal"), 0600);
	assert_int_equal(state_dir_mode(&w->dir, "8453.journal.lock"), 0600);
}

static void a_journal_of_another__is_refused(void **state)
{
	struct world *w = *state;
	struct journal_owner o = owner();
	struct journal *j = NULL;
	struct fault f = FAULT_INIT;

	journal_drop(&w->j);
	o.chain_id = 1;
	assert_refused(journal_open(w->path, &o, NOW, &j, &f), f, FAULT_CONFIG,
	    "journal.owner");
	o = owner();
	o.payer = payer_double_address(2);
	assert_refused(journal_open(w->path, &o, NOW, &j, &f), f, FAULT_CONFIG,
	    "journal.owner");
}

static void runs_sql(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void foreign_files__are_refused_and_left_alone(void **state)
{
	struct world *w = *state;
	const char *path = state_dir_file(&w->dir, "other");
	AUTO(blob_drop) struct blob after = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(file_write(path,
		      span_text("BTC/USD 97234.12: a file of 512 bytes or "
				"more would be read as a page"),
		      0600, &f),
	    f);
	refuses_to_open(path, FAULT_FORMAT, "journal.form");
	assert_ok(file_read(path, 4096, &after, &f), f);
	assert_memory_equal(after.p, "BTC/USD", 7);
	assert_int_equal(unlink(path), 0);
	runs_sql(
	    path, "CREATE TABLE notes (text); INSERT INTO notes VALUES(1)");
	refuses_to_open(path, FAULT_FORMAT, "journal.foreign");
}

static void a_newer_journal__is_refused(void **state)
{
	struct world *w = *state;

	journal_drop(&w->j);
	runs_sql(w->path, "PRAGMA user_version = 2");
	refuses_to_open(w->path, FAULT_UNSUPPORTED, "journal.version");
	runs_sql(w->path, "PRAGMA user_version = 0");
	refuses_to_open(w->path, FAULT_FORMAT, "journal.corrupt");
	runs_sql(w->path, "PRAGMA user_version = 1");
	w->j = opened(w->path);
}

/* Overwrites bytes in the middle of a closed journal. */
static void damage(const char *path, off_t offset)
{
	const uint8_t junk[64] = { 0xff, 0xee, 0xdd };
	int fd = open(path, O_RDWR);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, junk, sizeof(junk), offset), sizeof(junk));
	assert_int_equal(close(fd), 0);
}

static void a_damaged_journal__is_refused(void **state)
{
	struct world *w = *state;

	for (uint64_t nonce = 0; nonce < 4; nonce++)
		signs(w->j, nonce, 0);
	journal_drop(&w->j);
	/* The header of its second page: a table's tree. */
	damage(w->path, 4096);
	refuses_to_open(w->path, FAULT_FORMAT, "journal.corrupt");
}

static void a_journal_cut_short__is_refused(void **state)
{
	struct world *w = *state;

	for (uint64_t nonce = 0; nonce < 4; nonce++)
		signs(w->j, nonce, 0);
	journal_drop(&w->j);
	assert_int_equal(truncate(w->path, 2 * 4096), 0);
	refuses_to_open(w->path, FAULT_FORMAT, "journal.corrupt");
}

static void bytes_of_another_transaction__are_not_sent(void **state)
{
	struct world *w = *state;
	AUTO(blob_drop) struct blob raw = { 0 };
	struct journal_attempt a;
	struct fault f = FAULT_INIT;

	signs(w->j, 7, 0);
	signs(w->j, 8, 0);
	journal_drop(&w->j);
	/* Pages are whole; what stands in them contradicts itself. */
	runs_sql(w->path,
	    "UPDATE attempt SET raw = x'02c0' WHERE nonce = 7;"
	    "UPDATE attempt SET raw = CAST(raw || x'00' AS BLOB)"
	    " WHERE nonce = 8");
	w->j = opened(w->path);
	assert_refused(journal_find_attempt(w->j, 7, 0, &a, &raw, &f), f,
	    FAULT_FORMAT, "journal.corrupt");
	assert_refused(journal_find_attempt(w->j, 8, 0, &a, &raw, &f), f,
	    FAULT_FORMAT, "journal.corrupt");
	assert_refused(journal_find_attempt(w->j, 8, 1, &a, &raw, &f), f,
	    FAULT_FORMAT, "journal.corrupt");
}

/* ---- killed ------------------------------------------------------------- */

/*
 * A child signs and sends in order, telling after each step (and not before)
 * that it is done, and is killed without a word: whatever it has told is on
 * the disk, and nothing is there by halves.
 */
static void killed_anywhere__what_was_told_is_on_the_disk(void **state)
{
	struct world *w = *state;

	journal_drop(&w->j);
	for (unsigned life = 0; life < 25; life++) {
		int pipes[2];
		uint64_t told = 0, step;

		assert_int_equal(pipe(pipes), 0);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			const struct journal_owner o = owner();
			struct fault f = FAULT_INIT;

			if (!journal_open(w->path, &o, NOW, &w->j, &f))
				_exit(1);
			uint64_t n = next_nonce(w->j);
			for (n = n == UINT64_MAX ? 0 : n;; n++) {
				if (!try_sign(w->j, n, 0, &f))
					_exit(2);
				step = n + 1;
				(void)!write(pipes[1], &step, sizeof(step));
				if (!journal_sent(w->j, n, NOW, &f))
					_exit(3);
			}
		}
		close(pipes[1]);
		assert_int_equal(
		    read(pipes[0], &told, sizeof(told)), sizeof(told));
		usleep((useconds_t)(life * 977 % 5000));
		assert_int_equal(kill(child, SIGKILL), 0);
		while (read(pipes[0], &step, sizeof(step)) == sizeof(step))
			told = step;
		close(pipes[0]);
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));

		w->j = opened(w->path);
		const uint64_t next = next_nonce(w->j);
		assert_true(next >= told);
		struct journal_item items[ITEMS_MAX];
		struct journal_attempt a;
		AUTO(blob_drop) struct blob raw = { 0 };
		struct fault f = FAULT_INIT;
		size_t n;
		assert_ok(
		    journal_find_attempt(w->j, next - 1, 0, &a, &raw, &f), f);
		assert_ok(journal_find_items(
			      w->j, next - 1, 0, items, ITEMS_MAX, &n, &f),
		    f);
		assert_int_equal(n, 2);
		assert_int_equal(spent(w->j, NOW), next * 100000 * 1000);
		journal_drop(&w->j);
	}
}

int main(void)
{
#define t(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		t(what_was_signed__is_there_after_reopening_byte_for_byte),
		t(a_slot__goes_through_its_states_and_ends),
		t(a_reorganised_slot__is_sent_again),
		t(a_revert__keeps_its_reason),
		t(steps_that_do_not_follow__are_refused_and_change_nothing),
		t(the_same_bytes_under_two_nonces__are_no_second_transaction),
		t(spending__counts_the_worst_until_it_is_confirmed),
		t(pruning__keeps_what_is_open_and_the_newest),
		t(a_second_owner__is_refused_while_the_first_lives),
		t(somebody_who_looks__needs_no_lock),
		t(nothing__can_be_looked_at),
		t(the_files__are_their_owners_alone),
		t(a_journal_of_another__is_refused),
		t(foreign_files__are_refused_and_left_alone),
		t(a_newer_journal__is_refused),
		t(a_damaged_journal__is_refused),
		t(a_journal_cut_short__is_refused),
		t(bytes_of_another_transaction__are_not_sent),
		t(killed_anywhere__what_was_told_is_on_the_disk),
	};
#undef t

	return cmocka_run_group_tests(tests, NULL, NULL);
}
