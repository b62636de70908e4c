/* store.so: a database of responses through SQLite, statement by statement. */
#ifndef STORE_MODULE_H
#define STORE_MODULE_H

#include <gcoap/bytes.h>
#include <gcoap/error.h>

enum store_statement {
	STORE_PUT, STORE_GET, STORE_EACH, STORE_USED, STORE_REMOVE, STORE_REMOVE_KEY,
	STORE_REMOVE_ALL, STORE_EVICT, STORE_TOTALS, STORE_STATEMENTS
};

struct store_value {
	struct gcoap_bytes bytes; /* ptr NULL: the number, or nothing at all */
	bool empty;
	int64_t number;
};

/* Errors: GCOAP_ENOMEM, GCOAP_ESPACE (disk or quota full), GCOAP_EMALFORMED (damaged),
 * GCOAP_ERANGE (of a newer version), GCOAP_EINVALID (another program's), GCOAP_EPERMISSION,
 * GCOAP_EAGAIN (locked for 5 s), GCOAP_ESYSTEM (errno, 0: unknown). */
struct gcoap__module_store {
	/* The file must exist; an empty one gets its tables. */
	int (*open)(void **out, const char *path);
	void (*close)(void *handle);
	int (*begin)(void *handle); /* to write */
	int (*end)(void *handle, bool commit);
	int (*start)(void *handle, enum store_statement which, const struct store_value *values,
		     size_t n);
	int (*next)(void *handle, enum store_statement which); /* 1: a row, 0: done */
	void (*finish)(void *handle, enum store_statement which);
	int64_t (*number)(void *handle, enum store_statement which, int column);
	struct gcoap_bytes (*bytes)(void *handle, enum store_statement which, int column);
	int64_t (*changes)(void *handle);
};

#endif
