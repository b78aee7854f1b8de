/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/journal_sql.h"

#include <string.h>

FALLIBLE journal_sql_prepare(struct journal *j, const char *text,
    struct journal_sql *out, struct fault *f)
{
	*out = (struct journal_sql){ .j = j };
	if (sqlite3_prepare_v2(j->db, text, -1, &out->stmt, NULL) == SQLITE_OK)
		return true;
	/* Its tables were checked when it was opened. */
	return fault_raise(f, FAULT_FORMAT, "journal.corrupt",
	    "the journal has not the tables that it should have: %s",
	    sqlite3_errmsg(j->db));
}

void journal_sql_drop(struct journal_sql *s)
{
	sqlite3_finalize(s->stmt);
	s->stmt = NULL;
}

/* ---- values ------------------------------------------------------------- */

/*
 * Binding fails for want of memory only, or for a mark that is not there; the
 * value is then NULL, which every column but one refuses.
 */
void journal_sql_u64(struct journal_sql *s, uint64_t v)
{
	/* (beyond 2^63 it is negative, and refused by the table) */
	(void)sqlite3_bind_int64(s->stmt, ++s->bound, (sqlite3_int64)v);
}

void journal_sql_utc(struct journal_sql *s, struct utc v)
{
	(void)sqlite3_bind_int64(s->stmt, ++s->bound, v.ms);
}

void journal_sql_bytes(struct journal_sql *s, struct span v)
{
	(void)sqlite3_bind_blob64(s->stmt, ++s->bound,
	    v.n > 0 ? v.p : (const void *)"", v.n, SQLITE_STATIC);
}

void journal_sql_text(struct journal_sql *s, const char *v)
{
	(void)sqlite3_bind_text(s->stmt, ++s->bound, v, -1, SQLITE_TRANSIENT);
}

void journal_sql_u256(struct journal_sql *s, const struct u256 *v)
{
	char text[U256_TEXT_SIZE];

	journal_sql_text(s, u256_format(v, text));
}

/* ---- running ------------------------------------------------------------ */

FALLIBLE journal_sql_run(struct journal_sql *s, struct fault *f)
{
	int rc = sqlite3_step(s->stmt);

	/* (a pragma may answer with rows that nobody wants) */
	while (rc == SQLITE_ROW)
		rc = sqlite3_step(s->stmt);
	sqlite3_reset(s->stmt);
	s->bound = 0;
	if (rc == SQLITE_DONE)
		return true;
	return fault_raise(f, FAULT_SYSTEM, "journal.write",
	    "the journal cannot be written: %s", sqlite3_errmsg(s->j->db));
}

FALLIBLE journal_sql_next(struct journal_sql *s, bool *has_out, struct fault *f)
{
	int rc = sqlite3_step(s->stmt);

	s->read = 0;
	s->is_damaged = false;
	*has_out = rc == SQLITE_ROW;
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return true;
	if ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
		return fault_raise(f, FAULT_FORMAT, "journal.corrupt",
		    "the journal is damaged");
	return fault_raise(f, FAULT_SYSTEM, "journal.read",
	    "the journal cannot be read: %s", sqlite3_errmsg(s->j->db));
}

FALLIBLE journal_sql_begin(struct journal *j, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };

	TRY(journal_sql_prepare(j, "BEGIN IMMEDIATE", &s, f));
	return journal_sql_run(&s, f);
}

FALLIBLE journal_sql_end(struct journal *j, bool ok, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };

	if (ok && journal_sql_prepare(j, "COMMIT", &s, f) &&
	    journal_sql_run(&s, f))
		return true;
	/* SQLite may have done so itself; then there is nothing to undo. */
	(void)sqlite3_exec(j->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

/* ---- columns ------------------------------------------------------------ */

static int column(struct journal_sql *s, int type)
{
	int i = s->read++;

	if (sqlite3_column_type(s->stmt, i) != type)
		s->is_damaged = true;
	return i;
}

uint64_t journal_sql_read_u64(struct journal_sql *s)
{
	int i = column(s, SQLITE_INTEGER);
	sqlite3_int64 v = sqlite3_column_int64(s->stmt, i);

	if (v < 0)
		s->is_damaged = true;
	return v < 0 ? 0 : (uint64_t)v;
}

struct utc journal_sql_read_utc(struct journal_sql *s)
{
	return (struct utc){ .ms = (int64_t)journal_sql_read_u64(s) };
}

struct span journal_sql_read_span(struct journal_sql *s)
{
	int i = column(s, SQLITE_BLOB);
	const void *p = sqlite3_column_blob(s->stmt, i);
	int n = sqlite3_column_bytes(s->stmt, i);

	return span_of(p, p != NULL && n > 0 ? (size_t)n : 0);
}

void journal_sql_read_bytes(struct journal_sql *s, void *out, size_t n)
{
	struct span v = journal_sql_read_span(s);

	if (v.n == n) {
		memcpy(out, v.p, n);
		return;
	}
	memset(out, 0, n);
	s->is_damaged = true;
}

/* An empty text stands for none. */
void journal_sql_read_text(struct journal_sql *s, char *out, size_t size)
{
	int i = column(s, SQLITE_TEXT);
	const unsigned char *p = sqlite3_column_text(s->stmt, i);
	int n = sqlite3_column_bytes(s->stmt, i);

	out[0] = '\0';
	if (p == NULL || n < 0 || (size_t)n >= size ||
	    memchr(p, 0, (size_t)n) != NULL) {
		s->is_damaged = true;
		return;
	}
	memcpy(out, p, (size_t)n);
	out[n] = '\0';
}

struct u256 journal_sql_read_u256(struct journal_sql *s)
{
	struct u256 v = u256_of(0);
	char text[U256_TEXT_SIZE];

	journal_sql_read_text(s, text, sizeof(text));
	if (!u256_parse(span_text(text), &v, "journal.corrupt", NULL))
		s->is_damaged = true;
	return v;
}

FALLIBLE journal_sql_read_end(const struct journal_sql *s, struct fault *f)
{
	if (!s->is_damaged)
		return true;
	return fault_raise(f, FAULT_FORMAT, "journal.corrupt",
	    "the journal has a row that no writer of it has written");
}
