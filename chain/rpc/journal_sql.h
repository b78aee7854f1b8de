/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the journal: the database under it. Only journal*.c know SQLite;
 * its codes are translated here and travel no further.
 */
#ifndef AFFIANT_RPC_JOURNAL_SQL_H
#define AFFIANT_RPC_JOURNAL_SQL_H

#include "chain/rpc/journal.h"

#include <sqlite3.h>

struct journal {
	sqlite3 *db;
	int lock_fd; /* -1: opened for looking */
	struct journal_owner owner;
};

/* A prepared statement; its values are bound in the order of its marks. */
struct journal_sql {
	struct journal *j;
	sqlite3_stmt *stmt;
	int bound, read; /* how many of each so far */
	bool is_damaged; /* a column was not what the schema says */
};

FALLIBLE journal_sql_prepare(struct journal *j, const char *text,
    struct journal_sql *out, struct fault *f);
void journal_sql_drop(struct journal_sql *s); /* for AUTO */

void journal_sql_u64(struct journal_sql *s, uint64_t v);
void journal_sql_utc(struct journal_sql *s, struct utc v);
/* Borrowed until the statement has run. */
void journal_sql_bytes(struct journal_sql *s, struct span v);
void journal_sql_text(struct journal_sql *s, const char *v); /* NULL: none */
void journal_sql_u256(struct journal_sql *s, const struct u256 *v);

/* Runs a statement that gives no rows, and makes it ready for new values.
 * SYSTEM at "journal.write". */
FALLIBLE journal_sql_run(struct journal_sql *s, struct fault *f);
/* The next row, or false in *has_out. Faults of reading. */
FALLIBLE journal_sql_next(
    struct journal_sql *s, bool *has_out, struct fault *f);

/* Columns of the row, in their order. */
uint64_t journal_sql_read_u64(struct journal_sql *s);
struct utc journal_sql_read_utc(struct journal_sql *s);
void journal_sql_read_bytes(struct journal_sql *s, void *out, size_t n);
/* Lives until the next row. */
struct span journal_sql_read_span(struct journal_sql *s);
void journal_sql_read_text(struct journal_sql *s, char *out, size_t size);
struct u256 journal_sql_read_u256(struct journal_sql *s);
/* After the columns of a row: FORMAT at "journal.corrupt" unless each was
 * what it should be. */
FALLIBLE journal_sql_read_end(const struct journal_sql *s, struct fault *f);

/* All or nothing: commits when ok, else takes everything back. */
FALLIBLE journal_sql_begin(struct journal *j, struct fault *f);
FALLIBLE journal_sql_end(struct journal *j, bool ok, struct fault *f);

#endif
