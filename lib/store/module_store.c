/* The part of the store that talks to SQLite: statements, and what its errors mean. */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include <net/module.h>
#include "store_module.h"

#define VERSION 1

struct db {
	sqlite3 *db;
	sqlite3_stmt *statements[STORE_STATEMENTS];
};

static const char *const sql[STORE_STATEMENTS] = {
	[STORE_PUT] = "INSERT INTO entry(key,server,at,fresh_until,used,etag,message) "
		      "VALUES(?1,?2,?3,?4,?5,?6,?7) ON CONFLICT(key,server) DO UPDATE SET "
		      "at=?3,fresh_until=?4,used=?5,etag=?6,message=?7",
	[STORE_GET] = "SELECT server,at,fresh_until,etag,message FROM entry "
		      "WHERE key=?1 AND server=?2",
	[STORE_EACH] = "SELECT server,at,fresh_until,etag,message FROM entry WHERE key=?1 "
		       "ORDER BY server",
	[STORE_USED] = "UPDATE entry SET used=?3 WHERE key=?1 AND server=?2",
	[STORE_REMOVE] = "DELETE FROM entry WHERE key=?1 AND server=?2",
	[STORE_REMOVE_KEY] = "DELETE FROM entry WHERE key=?1",
	[STORE_REMOVE_ALL] = "DELETE FROM entry",
	[STORE_EVICT] = "DELETE FROM entry WHERE rowid IN "
			"(SELECT rowid FROM entry ORDER BY used LIMIT ?1)",
	[STORE_TOTALS] = "SELECT entries,size FROM total",
};

/* The sum is kept by triggers, so that every process sees the same one without counting. */
static const char schema[] =
	"CREATE TABLE entry(key BLOB NOT NULL,server BLOB NOT NULL,at INTEGER NOT NULL,"
	"fresh_until INTEGER NOT NULL,used INTEGER NOT NULL,etag BLOB NOT NULL,"
	"message BLOB NOT NULL,UNIQUE(key,server));"
	"CREATE INDEX by_use ON entry(used);"
	"CREATE TABLE total(entries INTEGER NOT NULL,size INTEGER NOT NULL);"
	"INSERT INTO total VALUES(0,0);"
	"CREATE TRIGGER added AFTER INSERT ON entry BEGIN UPDATE total SET entries=entries+1,"
	"size=size+length(new.key)+length(new.message); END;"
	"CREATE TRIGGER changed AFTER UPDATE OF message ON entry BEGIN UPDATE total SET "
	"size=size+length(new.message)-length(old.message); END;"
	"CREATE TRIGGER removed AFTER DELETE ON entry BEGIN UPDATE total SET entries=entries-1,"
	"size=size-length(old.key)-length(old.message); END;"
	"PRAGMA user_version=1;";

/* Where the system refused, errno is what it said: SQLite keeps that of some calls only, so it
 * is cleared before each. A quota is as good as a full disk. */
static int system_error(struct db *d)
{
	if (!errno && d->db)
		errno = sqlite3_system_errno(d->db);
	return errno == ENOSPC || errno == EDQUOT ? GCOAP_ESPACE : GCOAP_ESYSTEM;
}

static int as_error(struct db *d, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_NOMEM:
		return GCOAP_ENOMEM;
	case SQLITE_FULL:
		return GCOAP_ESPACE;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return GCOAP_EMALFORMED;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return GCOAP_EPERMISSION;
	case SQLITE_READONLY: /* SQLite opens so what it may not write */
		errno = EROFS;
		return GCOAP_ESYSTEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL: /* others came and went for as long as SQLite tried */
		return GCOAP_EAGAIN;
	case SQLITE_TOOBIG:
		return GCOAP_ELIMIT;
	default:
		return system_error(d);
	}
}

static int run(struct db *d, const char *text)
{
	errno = 0;
	return as_error(d, sqlite3_exec(d->db, text, NULL, NULL, NULL));
}

/* The first column of the only row. */
static int ask(struct db *d, const char *text, int64_t *out)
{
	sqlite3_stmt *s;
	int rc;

	*out = 0;
	errno = 0;
	rc = sqlite3_prepare_v2(d->db, text, -1, &s, NULL);
	if (rc != SQLITE_OK)
		return as_error(d, rc);
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return as_error(d, rc);
}

static int prepare(struct db *d)
{
	for (int i = 0; i < STORE_STATEMENTS; i++) {
		int rc = sqlite3_prepare_v3(d->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
					    &d->statements[i], NULL);

		/* it has none of our tables */
		if (rc == SQLITE_ERROR)
			return GCOAP_EINVALID;
		if (rc != SQLITE_OK)
			return as_error(d, rc);
	}
	return 0;
}

static int make_tables(struct db *d)
{
	int64_t version, tables;
	int r = ask(d, "PRAGMA user_version", &version);

	if (r < 0 || version)
		return r;
	r = ask(d, "SELECT count(*) FROM sqlite_schema", &tables);
	if (r < 0)
		return r;
	return tables ? GCOAP_EINVALID : run(d, schema);
}

/* Tables of an empty file; two processes may come at once. */
static int make_schema(struct db *d)
{
	int r = run(d, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	r = make_tables(d);
	if (r >= 0)
		r = run(d, "COMMIT");
	if (r < 0)
		(void)run(d, "ROLLBACK");
	return r;
}

static void module_close(void *handle)
{
	struct db *d = handle;

	for (int i = 0; i < STORE_STATEMENTS; i++)
		sqlite3_finalize(d->statements[i]);
	sqlite3_close(d->db);
	free(d);
}

/* Change to WAL. SQLite does not wait for a process that does the same at this moment. */
static int use_wal(struct db *d)
{
	int r;

	for (int tries = 0; tries < 100; tries++) {
		r = run(d, "PRAGMA journal_mode=WAL");
		if (r != GCOAP_EAGAIN)
			break;
		sqlite3_sleep(50);
	}
	return r;
}

static int begin_use(struct db *d)
{
	int64_t version;
	int r = run(d, "PRAGMA temp_store=MEMORY; PRAGMA synchronous=NORMAL;"
		       "PRAGMA trusted_schema=OFF;");

	if (r >= 0)
		r = use_wal(d);
	if (r >= 0)
		r = ask(d, "PRAGMA user_version", &version);
	if (r < 0)
		return r;
	if (version > VERSION)
		return GCOAP_ERANGE;
	if (!version)
		r = make_schema(d);
	return r < 0 ? r : prepare(d);
}

static int open_database(struct db **out, const char *path, bool alone)
{
	struct db *d = calloc(1, sizeof(*d));
	int r;

	*out = NULL;
	if (!d)
		return GCOAP_ENOMEM;
	errno = 0;
	r = as_error(d, sqlite3_open_v2(path, &d->db,
					SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
						SQLITE_OPEN_NOFOLLOW,
					NULL));
	if (r >= 0) {
		sqlite3_busy_timeout(d->db, 5000);
		sqlite3_extended_result_codes(d->db, 1);
		if (alone)
			r = run(d, "PRAGMA locking_mode=EXCLUSIVE");
	}
	if (r >= 0)
		r = begin_use(d);
	if (r < 0) {
		module_close(d);
		return r;
	}
	*out = d;
	return 0;
}

static int module_open(void **out, const char *path)
{
	struct db *d;
	int r = open_database(&d, path, false);

	/* There is no room for the index of the WAL, which all processes map. What is there can be
	 * read all the same, with that index in memory: alone. */
	if (r == GCOAP_ESPACE)
		r = open_database(&d, path, true);
	*out = d;
	return r;
}

static int module_begin(void *handle)
{
	return run(handle, "BEGIN IMMEDIATE");
}

static int module_end(void *handle, bool commit)
{
	int r = run(handle, commit ? "COMMIT" : "ROLLBACK");

	if (r < 0 && commit)
		(void)run(handle, "ROLLBACK");
	return r;
}

static int bind_values(sqlite3_stmt *s, const struct store_value *values, size_t n)
{
	int rc = SQLITE_OK;

	sqlite3_reset(s);
	for (size_t i = 0; i < n && rc == SQLITE_OK; i++) {
		if (values[i].bytes.ptr)
			rc = sqlite3_bind_blob64(s, (int)i + 1, values[i].bytes.ptr,
						 values[i].bytes.len, SQLITE_STATIC);
		else if (values[i].empty)
			rc = sqlite3_bind_zeroblob(s, (int)i + 1, 0);
		else
			rc = sqlite3_bind_int64(s, (int)i + 1, values[i].number);
	}
	return rc;
}

static int module_start(void *handle, enum store_statement which,
			const struct store_value *values, size_t n)
{
	struct db *d = handle;

	return as_error(d, bind_values(d->statements[which], values, n));
}

static int module_next(void *handle, enum store_statement which)
{
	struct db *d = handle;
	int r, rc;

	errno = 0;
	rc = sqlite3_step(d->statements[which]);
	if (rc == SQLITE_ROW)
		return 1;
	r = as_error(d, rc);
	sqlite3_reset(d->statements[which]);
	return r;
}

static void module_finish(void *handle, enum store_statement which)
{
	struct db *d = handle;

	sqlite3_reset(d->statements[which]);
	sqlite3_clear_bindings(d->statements[which]);
}

static int64_t module_number(void *handle, enum store_statement which, int column)
{
	struct db *d = handle;

	return sqlite3_column_int64(d->statements[which], column);
}

static struct gcoap_bytes module_bytes(void *handle, enum store_statement which, int column)
{
	struct db *d = handle;
	const void *p = sqlite3_column_blob(d->statements[which], column);

	return (struct gcoap_bytes){ p, (size_t)sqlite3_column_bytes(d->statements[which],
								      column) };
}

static int64_t module_changes(void *handle)
{
	struct db *d = handle;

	return sqlite3_changes(d->db);
}

extern const struct gcoap__module_store gcoap_module_store;
const struct gcoap__module_store gcoap_module_store = {
	.open = module_open, .close = module_close, .begin = module_begin, .end = module_end,
	.start = module_start, .next = module_next, .finish = module_finish,
	.number = module_number, .bytes = module_bytes, .changes = module_changes,
};

extern const struct gcoap__library gcoap_libraries_store[];
const struct gcoap__library gcoap_libraries_store[] = {
	{ "SQLite", sqlite3_libversion },
	{ 0 },
};
