/* Look-ups at Resource Directories: requests of our own, one behind another. */
#ifndef DIRECTORIES_H
#define DIRECTORIES_H

#include "discover.h"

#define LOOKUP_TIMEOUT (10 * GCOAP_SECOND)
#define LOOKUPS_MAX 20000
#define LOOKUP_PAGE 50	/* links a page (RFC 9176, Section 6.2: page and count) */
#define PAGES_MAX 1000

enum lookup_kind {
	LOOKUP_EP,    /* endpoints that are groups */
	LOOKUP_RES,   /* the links of one group */
	LOOKUP_CORE,  /* /.well-known/core of a directory that lists registrations there */
	LOOKUP_ENTRY  /* one of those */
};

struct lookup {
	enum lookup_kind kind;
	char server[80];
	char *uri; /* without page and count */
	char res[1400]; /* EP: where links are looked up; CORE: below what registrations are */
	uint32_t entry; /* RES and ENTRY: index in the store */
	uint32_t page;
	uint8_t *body; /* of the page before: a directory that does not page repeats it */
	size_t len;
	struct target *target;
	size_t n_targets;
	uint32_t id; /* of the exchange; 0: not asked yet */
	bool answered;
	uint8_t code;
};

struct directories {
	struct ask_args ask;
	struct ask_message message;
	struct lookup *list;
	size_t n, cap;
	size_t directories; /* that were found */
	bool walked;	    /* one has no look-ups: registrations, groups or not */
	bool begun;
};

/* A new one, not asked yet; NULL: no memory, or too many. Moves the others. */
struct lookup *lookup_add(struct directories *all, enum lookup_kind kind, const char *server,
			  const char *uri);
/* False: it could not be asked, which was said. */
bool lookup_ask(struct discover *d, struct lookup *l, gcoap_time now);

/* documents.c: each link that can be read, whatever the filters are. */
int found_links(struct found *f, int (*each)(void *arg, const struct link_record *l), void *arg);

#endif
