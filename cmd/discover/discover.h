/* gcoap-discover's parts: documents of links, their views, comparison, groups of directories. */
#ifndef DISCOVER_H
#define DISCOVER_H

#include "common/render_common.h"
#include "common/run.h"
#include "common/snapshot.h"

#define FILTERS_MAX 8

struct discover_own {
	const char *rt, *iface, *ct, *href;
	bool obs;
	bool tree, flat, matrix, links;
	const char *save, *diff;
	gcoap_time follow;
	bool groups;
};

struct discover_args {
	struct run_args run;
	struct discover_own own;
};
#define DISCOVER_ARGS_DEFAULT { .run = RUN_ARGS_DEFAULT }
extern const struct opt_command discover_command;
/* What the shared rows say otherwise here; before opt_parse(). */
void discover_options(void);

/* One server's document, or one group of a Resource Directory with its links. */
struct found {
	char *server; /* "127.0.0.10:5683" */
	char *origin; /* "coap://127.0.0.10"; "": a registration's that is not told */
	char *group, *base;
	struct gcoap_addr addr;
	uint32_t ifindex;
	uint32_t id; /* of the request */
	uint8_t code;
	gcoap_time rtt;
	uint8_t *body;
	size_t len;
	const char *unread; /* why the body is no document of links; NULL */
	bool here;	    /* answered in this round */
	struct gcoap_diag fault, value_fault; /* the first ones; name NULL: none */
	uint32_t links, read;	 /* links that pass the filters, and all that could be read */
	uint32_t next;		 /* with the same hash, UINT32_MAX: none */
};

#define FOUND_MAX 20000
#define FOUND_BYTES_MAX (64u << 20)
#define FOUND_HASH 4096

struct store {
	struct found *list;
	uint32_t n, cap;
	uint32_t heads[FOUND_HASH];
	size_t bytes;
	uint32_t dropped;
};

void store_init(struct store *s);
void store_clear(struct store *s);
/* The entry of @server (and @group), made when there is none; NULL: no more can be held. */
struct found *store_get(struct store *s, const char *server, const char *group);
/* Take a copy of @body, in the place of the one before or behind it. */
void store_body(struct store *s, struct found *f, struct gcoap_bytes body, bool append);
/* A new round: nobody has answered. */
void store_round(struct store *s);

struct directories; /* groups.c */

struct discover {
	struct run run; /* first member */
	char **operands; /* with their paths; targets point to them */
	size_t n_operands;
	const struct discover_own *own;
	struct render front; /* its sink is the run's */
	struct render *out;  /* the renderer behind it */
	struct store store;
	struct gcoap_missing *missing; /* held, so that they come behind the links */
	size_t n_missing, cap_missing;
	bool shown;   /* this round's links have gone out */
	uint32_t rounds; /* over */
	struct snapshot *before; /* to compare with; NULL: nothing */
	uint32_t changes;
	uint32_t servers, links, faults; /* of the last round that was shown */
	struct directories *directories;
	char ct[24]; /* "ct=60" */
};

/* Arguments checked, targets resolved. CLI_OK or an exit status after saying why;
 * discover_close() is due in either case. */
int discover_open(struct discover *d, const struct discover_args *args, int argc, char **argv);
void discover_close(struct discover *d);

/* front.c: the sink between the run and the renderer. */
int discover_front_open(struct run *run, const struct render_env *env);
/* All exchanges of a round have ended. */
int discover_next(struct run *run, gcoap_time now);
/* The links of the round go out, once. */
int discover_show(struct discover *d);

/* documents.c: each link that can be read and passes the filters. A negative return of @each
 * ends it and is returned. */
int found_each(const struct discover *d, struct found *f,
	       int (*each)(void *arg, const struct link_record *l), void *arg);
void found_server(const struct found *f, struct link_server *out);
bool found_filtered(const struct discover *d);

/* judge.c: what is said at the end. */
int discover_judge(struct run *run, const struct gcoap_summary *s);
void discover_ended(struct run *run);

/* footer.c */
void discover_footer(void *arg, const struct gcoap_summary *s, char *buf, size_t cap);

/* compare.c: snapshots of what was found. */
int discover_compare(struct discover *d);
int discover_read_before(struct discover *d);
int discover_save(struct discover *d);

/* groups.c: look-ups at Resource Directories (RFC 9176, Sections 4.1 and 6, Appendix A). */
int directories_open(struct discover *d);
void directories_close(struct discover *d);
/* The answer to a look-up; false: it was none of them. */
bool directories_response(struct discover *d, const struct gcoap_response *r);
/* Ask what is due: true when something was asked. */
bool directories_next(struct discover *d, gcoap_time now);
/* Is this entry of the store shown, or only what led to the groups? */
bool directories_shown(const struct discover *d, const struct found *f);
int directories_judge(const struct discover *d);
/* What the entries are: "group", or "registration" where nothing tells. */
const char *directories_word(const struct discover *d);

#endif
