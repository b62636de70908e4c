/*
 * The client's cache on disk: responses by request and origin server, through SQLite, in a
 * module that is loaded when first needed. Several processes may use one file at a time; a
 * process that is killed loses what it had not yet committed, and nothing else.
 */
#ifndef GCOAP_STORE_H
#define GCOAP_STORE_H

#include <gcoap/addr.h>
#include <gcoap/bytes.h>
#include <gcoap/error.h>
#include <gcoap/time.h>

struct gcoap_store;

#define GCOAP_STORE_DEFAULT_SIZE (64u << 20)
#define GCOAP_STORE_ENTRY_MAX (1u << 20) /* bytes of a message that is kept */

/* A stored response. Times are wall-clock nanoseconds since 1970. */
struct gcoap_stored {
	struct gcoap_bytes key;	   /* of the request: gcoap_cache_key() */
	struct gcoap_addr server;  /* who answered; scopes are those of this host */
	gcoap_time at;		   /* when it came, or was validated last */
	gcoap_time fresh_until;
	struct gcoap_bytes etag;   /* len 0: none */
	/* Code, options and whole body as a CoAP message without token. */
	struct gcoap_bytes message;
};

struct gcoap_store_config {
	const char *path;
	uint64_t max_size; /* bytes of keys and messages; 0: GCOAP_STORE_DEFAULT_SIZE */
};

/*
 * Open or make the file (mode 0600, its folder 0700). One that is no database, or is damaged, is
 * renamed, never emptied: gcoap_store_aside() names it. GCOAP_EUNSUPPORTED (the module is not
 * there), GCOAP_ESYSTEM (errno), GCOAP_ESPACE (the disk is full), GCOAP_EPERMISSION (not a file
 * of this user, or others may read it), GCOAP_ERANGE (made by a newer version), GCOAP_EINVALID
 * (another program's database), GCOAP_EAGAIN (locked by another process for 5 s), GCOAP_ENOMEM;
 * @diag says which. On a full disk the file opens all the same when it is there and nobody else
 * has it open.
 */
int gcoap_store_open(struct gcoap_store **out, const struct gcoap_store_config *config,
		     struct gcoap_diag *diag);
/* Write what is not yet and close. Negative when that failed; NULL is fine; *@s is NULL. */
int gcoap_store_close(struct gcoap_store **s);
/* What a damaged file was renamed to, at the start or since; NULL: none was. */
const char *gcoap_store_aside(const struct gcoap_store *s);
int gcoap_store_totals(struct gcoap_store *s, uint64_t *entries, uint64_t *size);

/*
 * Keep a copy of @e, in place of what is there of its key and server. It is written with others
 * in one transaction, at the latest with gcoap_store_commit(). GCOAP_ELIMIT (longer than an
 * entry may be), GCOAP_ENOMEM, or an error of writing: GCOAP_ESPACE (the disk is full),
 * GCOAP_EAGAIN, GCOAP_ESYSTEM, GCOAP_EMALFORMED (damaged: the file was set aside). What was
 * there stays as it was then. An error that a look-up met in writing is told by the next commit
 * or at the end.
 */
int gcoap_store_put(struct gcoap_store *s, const struct gcoap_stored *e);
/* The entry of that key and server, valid until the next call: 1, 0 when there is none. */
int gcoap_store_get(struct gcoap_store *s, struct gcoap_bytes key,
		    const struct gcoap_addr *server, gcoap_time now, struct gcoap_stored *out);
/* Every entry of that key, in the order of servers; a negative return of @each ends it and is
 * returned. @each must not call the store. */
int gcoap_store_each(struct gcoap_store *s, struct gcoap_bytes key,
		     int (*each)(void *arg, const struct gcoap_stored *e), void *arg);
/* Remove the entry; @server NULL: all of that key; @key.ptr NULL too: everything. How many. */
int gcoap_store_remove(struct gcoap_store *s, struct gcoap_bytes key,
		       const struct gcoap_addr *server);
/* Write what was put: done by itself after 200 puts, before a look-up and at the end. Least
 * recently used entries make room. */
int gcoap_store_commit(struct gcoap_store *s);

#endif
