/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening, making and checking a journal's file. Nothing is ever made over
 * what is not understood.
 */
#include "chain/rpc/journal_sql.h"
#include "verify/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* "AffJ": in the header of the file, so that file(1) and we know it. */
#define APPLICATION_ID 0x4166664a
#define SCHEMA_VERSION 1
/* Somebody who looks (affiantd journal) holds nobody up for longer. */
#define BUSY_MS 5000
#define STRING_OF(x) #x
#define NUMBER_OF(x) STRING_OF(x)

/*
 * All in one transaction: a journal has all of it or nothing. CHECKs hold what
 * a reader counts on; STRICT holds the types.
 */
static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE owner ("
    " one INTEGER PRIMARY KEY CHECK (one = 1),"
    " chain INTEGER NOT NULL CHECK (chain > 0),"
    " payer BLOB NOT NULL CHECK (length(payer) = 20),"
    " made_ms INTEGER NOT NULL) STRICT;"
    "CREATE TABLE slot ("
    " nonce INTEGER PRIMARY KEY CHECK (nonce >= 0),"
    " state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),"
    " attempts INTEGER NOT NULL CHECK (attempts > 0),"
    " changed_ms INTEGER NOT NULL,"
    " hour INTEGER NOT NULL,"
    " charge TEXT NOT NULL,"
    " seq INTEGER NOT NULL DEFAULT 0 CHECK (seq >= 0 AND seq < attempts),"
    " block INTEGER NOT NULL DEFAULT 0 CHECK (block >= 0),"
    " block_hash BLOB NOT NULL DEFAULT (zeroblob(32)),"
    " succeeded INTEGER NOT NULL DEFAULT 0,"
    " gas_used INTEGER NOT NULL DEFAULT 0 CHECK (gas_used >= 0),"
    " paid TEXT NOT NULL DEFAULT '0',"
    " reason TEXT NOT NULL DEFAULT '') STRICT;"
    "CREATE INDEX slot_open ON slot (nonce) WHERE state < 3;"
    "CREATE TABLE attempt ("
    " nonce INTEGER NOT NULL,"
    " seq INTEGER NOT NULL CHECK (seq >= 0),"
    " kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 1),"
    " hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),"
    " recipient BLOB NOT NULL CHECK (length(recipient) = 20),"
    " gas_limit INTEGER NOT NULL CHECK (gas_limit > 0),"
    " tip TEXT NOT NULL,"
    " cap TEXT NOT NULL,"
    " signed_ms INTEGER NOT NULL,"
    " raw BLOB NOT NULL,"
    " PRIMARY KEY (nonce, seq)) STRICT;"
    "CREATE TABLE item ("
    " nonce INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " feed TEXT NOT NULL,"
    " statement BLOB NOT NULL CHECK (length(statement) = 32),"
    " observed_ms INTEGER NOT NULL,"
    " PRIMARY KEY (nonce, seq, feed)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE spend ("
    " hour INTEGER PRIMARY KEY,"
    " wei TEXT NOT NULL) STRICT;"
    "PRAGMA application_id = " NUMBER_OF(
	APPLICATION_ID) ";"
			"PRAGMA user_version = " NUMBER_OF(SCHEMA_VERSION) ";";

/* ---- the lock ----------------------------------------------------------- */

static FALLIBLE lock(struct journal *j, const char *path, struct fault *f)
{
	char name[PATH_MAX];
	int n = snprintf(name, sizeof(name), "%s.lock", path);

	if (n < 0 || (size_t)n >= sizeof(name))
		return fault_raise(f, FAULT_SYSTEM, "journal.lock",
		    "the journal's path is too long");
	j->lock_fd =
	    open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (j->lock_fd < 0)
		return fault_raise(f, FAULT_SYSTEM, "journal.lock",
		    "%s cannot be opened: %s", name, strerror(errno));
	if (flock(j->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno == EWOULDBLOCK)
		return fault_raise(f, FAULT_SYSTEM, "journal.lock",
		    "the journal %s is in use by another process: one account "
		    "has one owner",
		    path);
	return fault_raise(f, FAULT_SYSTEM, "journal.lock",
	    "%s cannot be locked: %s", name, strerror(errno));
}

/* ---- opening ------------------------------------------------------------ */

static FALLIBLE open_file(
    struct journal *j, const char *path, int flags, struct fault *f)
{
	int rc = sqlite3_open_v2(path, &j->db,
	    flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		SQLITE_OPEN_NOFOLLOW,
	    NULL);

	if (rc != SQLITE_OK)
		return fault_raise(f, FAULT_SYSTEM, "journal.open",
		    "the journal %s cannot be opened: %s", path,
		    j->db != NULL ? sqlite3_errmsg(j->db) : "no memory");
	(void)sqlite3_busy_timeout(j->db, BUSY_MS);
	/* What stands in the file is data: no views or triggers of others. */
	(void)sqlite3_db_config(j->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(j->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return true;
}

/* With its own mode, which SQLite's other files take over. */
static FALLIBLE make_file(const char *path, struct fault *f)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return fault_raise(f, FAULT_SYSTEM, "journal.open",
		    "the journal %s cannot be made: %s", path, strerror(errno));
	close(fd);
	return true;
}

/* One number that a query answers with. */
static FALLIBLE ask(struct journal *j, const char *query, uint64_t *out,
    const char *path, struct fault *f)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(j->db, query, -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	*out = rc == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	if (rc == SQLITE_ROW)
		return true;
	if ((rc & 0xff) == SQLITE_NOTADB)
		return fault_raise(f, FAULT_FORMAT, "journal.form",
		    "%s is not a database", path);
	if ((rc & 0xff) == SQLITE_CORRUPT)
		return fault_raise(f, FAULT_FORMAT, "journal.corrupt",
		    "the journal %s is damaged", path);
	return fault_raise(f, FAULT_SYSTEM, "journal.open",
	    "the journal %s cannot be read: %s", path, sqlite3_errmsg(j->db));
}

static FALLIBLE run_all(struct journal *j, const char *sql, struct fault *f)
{
	if (sqlite3_exec(j->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	fault_raise(f, FAULT_SYSTEM, "journal.open",
	    "the journal cannot be made: %s", sqlite3_errmsg(j->db));
	(void)sqlite3_exec(j->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

/* After this a commit is on the disk, and the file's name in its folder. */
static FALLIBLE make_durable(
    struct journal *j, const char *path, struct fault *f)
{
	char *folder = strdup(path);
	char *slash = folder != NULL ? strrchr(folder, '/') : NULL;

	TRY(run_all(j, "PRAGMA journal_mode = WAL;", f));
	TRY(run_all(j, "PRAGMA synchronous = FULL;", f));
	if (slash != NULL)
		*slash = '\0';
	int fd = open(
	    slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (fd < 0)
		return fault_raise(f, FAULT_SYSTEM, "journal.open",
		    "the folder of %s cannot be opened: %s", path,
		    strerror(errno));
	(void)fsync(fd);
	close(fd);
	return true;
}

/* ---- making ------------------------------------------------------------- */

static FALLIBLE make_schema(struct journal *j,
    const struct journal_owner *owner, struct utc now, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };

	TRY(run_all(j, schema, f));
	bool ok = journal_sql_prepare(
	    j, "INSERT INTO owner VALUES (1, ?, ?, ?)", &s, f);
	if (ok) {
		journal_sql_u64(&s, owner->chain_id);
		journal_sql_bytes(&s, span_of(owner->payer.b, 20));
		journal_sql_utc(&s, now);
		ok = journal_sql_run(&s, f);
	}
	return journal_sql_end(j, ok, f);
}

/* ---- checking ----------------------------------------------------------- */

/* Whose file it is. *empty_out: a database that nothing was put into yet. */
static FALLIBLE check_kind(
    struct journal *j, const char *path, bool *empty_out, struct fault *f)
{
	uint64_t application, version, n_tables;

	TRY(ask(j, "PRAGMA application_id", &application, path, f));
	TRY(ask(j, "PRAGMA user_version", &version, path, f));
	TRY(ask(j, "SELECT count(*) FROM sqlite_schema", &n_tables, path, f));
	*empty_out = application == 0 && version == 0 && n_tables == 0;
	if (*empty_out)
		return true;
	if (application != APPLICATION_ID)
		return fault_raise(f, FAULT_FORMAT, "journal.foreign",
		    "%s is a database of something else", path);
	if (version > SCHEMA_VERSION)
		return fault_raise(f, FAULT_UNSUPPORTED, "journal.version",
		    "the journal %s has version %llu, written by a newer "
		    "affiantd; this one knows %d",
		    path, (unsigned long long)version, SCHEMA_VERSION);
	if (version != SCHEMA_VERSION)
		return fault_raise(f, FAULT_FORMAT, "journal.corrupt",
		    "the journal %s has no version", path);
	return true;
}

static FALLIBLE check_pages(
    struct journal *j, const char *path, struct fault *f)
{
	sqlite3_stmt *stmt = NULL;
	const unsigned char *answer = NULL;

	if (sqlite3_prepare_v2(j->db, "PRAGMA integrity_check(1)", -1, &stmt,
		NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		answer = sqlite3_column_text(stmt, 0);
	bool ok = answer != NULL && strcmp((const char *)answer, "ok") == 0;
	sqlite3_finalize(stmt);
	if (ok)
		return true;
	return fault_raise(f, FAULT_FORMAT, "journal.corrupt",
	    "the journal %s is damaged: keep it, and see affiantd(8) on how "
	    "to go on",
	    path);
}

static FALLIBLE read_owner(struct journal *j, struct fault *f)
{
	AUTO(journal_sql_drop) struct journal_sql s = { 0 };
	bool has;

	TRY(journal_sql_prepare(j, "SELECT chain, payer FROM owner", &s, f));
	TRY(journal_sql_next(&s, &has, f));
	if (!has)
		return fault_raise(f, FAULT_FORMAT, "journal.corrupt",
		    "the journal does not say whose it is");
	j->owner.chain_id = journal_sql_read_u64(&s);
	journal_sql_read_bytes(&s, j->owner.payer.b, 20);
	return journal_sql_read_end(&s, f);
}

static FALLIBLE check_owner(const struct journal *j, const char *path,
    const struct journal_owner *want, struct fault *f)
{
	char address[ETH_ADDR_TEXT_SIZE];

	if (j->owner.chain_id == want->chain_id &&
	    eth_addr_equal(&j->owner.payer, &want->payer))
		return true;
	return fault_raise(f, FAULT_CONFIG, "journal.owner",
	    "the journal %s is of chain %llu and %s", path,
	    (unsigned long long)j->owner.chain_id,
	    eth_addr_format(&j->owner.payer, address));
}

/* ---- lifetime ----------------------------------------------------------- */

static struct journal *new_journal(struct fault *f)
{
	struct journal *j = calloc(1, sizeof(*j));

	if (j == NULL)
		fault_raise(f, FAULT_SYSTEM, "journal.open",
		    "not enough memory for a journal");
	else
		j->lock_fd = -1;
	return j;
}

bool journal_open(const char *path, const struct journal_owner *owner,
    struct utc now, struct journal **out, struct fault *f)
{
	AUTO(journal_drop) struct journal *j = new_journal(f);
	bool is_empty;

	if (j == NULL)
		return false;
	TRY(lock(j, path, f));
	TRY(make_file(path, f));
	TRY(open_file(j, path, SQLITE_OPEN_READWRITE, f));
	TRY(check_kind(j, path, &is_empty, f));
	if (is_empty) {
		TRY(make_durable(j, path, f));
		TRY(make_schema(j, owner, now, f));
	} else {
		TRY(check_pages(j, path, f));
		TRY(make_durable(j, path, f));
	}
	TRY(read_owner(j, f));
	TRY(check_owner(j, path, owner, f));
	*out = j;
	j = NULL;
	return true;
}

bool journal_inspect(const char *path, struct journal **out, struct fault *f)
{
	AUTO(journal_drop) struct journal *j = new_journal(f);
	bool is_empty;

	if (j == NULL)
		return false;
	if (!file_exists(path))
		return fault_raise(f, FAULT_SYSTEM, "journal.open",
		    "there is no journal %s: nothing was ever signed", path);
	TRY(open_file(j, path, SQLITE_OPEN_READONLY, f));
	TRY(check_kind(j, path, &is_empty, f));
	if (is_empty)
		return fault_raise(f, FAULT_SYSTEM, "journal.open",
		    "the journal %s is empty", path);
	TRY(check_pages(j, path, f));
	TRY(read_owner(j, f));
	*out = j;
	j = NULL;
	return true;
}

void journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	(void)sqlite3_close(j->db);
	if (j->lock_fd >= 0)
		close(j->lock_fd);
	free(j);
}

void journal_drop(struct journal **j)
{
	journal_close(*j);
	*j = NULL;
}

const struct journal_owner *journal_owner_of(const struct journal *j)
{
	return &j->owner;
}
