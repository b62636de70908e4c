/* What clients hold of former answers: the cache on disk as a holder of the engine's. */
#ifndef HELD_H
#define HELD_H

#include <gcoap/store.h>
#include <gcoap/validate.h>

struct held {
	struct gcoap_holder holder; /* first member */
	struct gcoap_store *store;
	char *path;
	bool said; /* that writing fails: once is enough */
	bool said_aside;
};

/* $XDG_CACHE_HOME/gcoap/cache.db, else ~/.cache/gcoap/cache.db; NULL when neither is known. */
char *held_default_path(void);
/* Open @path (NULL: the default). CLI_OK, or an exit status after saying why; a damaged file
 * that was set aside is said, too. */
int held_open(struct held *h, const char *path);
/* Write what waits; what could not be written is said. CLI_OK or CLI_LOCAL. */
int held_close(struct held *h);
/* Forget everything, or one key of all servers. How many entries, or negative. */
int held_forget(struct held *h);

#endif
