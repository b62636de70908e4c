/* Inside lib/store: the open file, and what waits to be written. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <gcoap/store.h>
#include <sys/queue.h>

#include "store_module.h"

#define STORE_SERVER 24 /* bytes of a server's key */
#define STORE_BATCH 200

struct store_pending {
	STAILQ_ENTRY(store_pending) next;
	bool used_only; /* it was read: note when, for the order of eviction */
	struct gcoap_stored entry; /* borrows @bytes */
	uint8_t bytes[];
};

struct gcoap_store {
	const struct gcoap__module_store *module;
	void *db;
	char *path, *aside;
	uint64_t max_size;
	STAILQ_HEAD(, store_pending) pending;
	uint32_t n_pending;
	int owed; /* an error of writing that nobody was told yet */
	uint64_t inode; /* of the file that is open */
};

/* The server as bytes that sort as addresses do. */
void gcoap__store_server(const struct gcoap_addr *a, uint8_t out[STORE_SERVER]);
void gcoap__store_server_read(struct gcoap_bytes b, struct gcoap_addr *out);

/* Make the file and open the database of @s; a damaged one is set aside. */
int gcoap__store_file(struct gcoap_store *s, struct gcoap_diag *diag);
/* Rename the file, with what belongs to it, and begin a new one. */
int gcoap__store_set_aside(struct gcoap_store *s);

#endif
