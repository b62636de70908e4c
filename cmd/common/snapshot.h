/* What a discovery found, as a JSON document that is saved and compared with a later one. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "links.h"

struct snapshot;

#define SNAPSHOT_SIZE_MAX (64u << 20)

/* Append to @w: start, then each server with its links, then end. */
void snapshot_start(struct jsonw *w);
void snapshot_server(struct jsonw *w, const struct link_server *s);
void snapshot_link(struct jsonw *w, const struct link_record *l);
void snapshot_end(struct jsonw *w);

/* GCOAP_EMALFORMED: not such a document, GCOAP_ENOMEM. */
int snapshot_parse(struct snapshot **out, const char *text, size_t len);
/* A file. CLI_OK, or CLI_USAGE / CLI_LOCAL after saying why. */
int snapshot_read(struct snapshot **out, const char *path);
/* CLI_OK, or CLI_LOCAL after saying why. */
int snapshot_write(const struct jsonw *w, const char *path);
/* NULL is fine; *@s is NULL after. */
void snapshot_free(struct snapshot **s);

/* Tell @each of every difference, by server and target. The number of them, or the negative
 * value that @each returned, or GCOAP_ENOMEM. */
int snapshot_compare(const struct snapshot *old, const struct snapshot *now,
		     int (*each)(void *arg, const struct link_change *c), void *arg);

#endif
