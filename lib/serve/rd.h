/* Inside the Resource Directory: its registrations and what its parts share. */
#ifndef SERVE_RD_H
#define SERVE_RD_H

#include <gcoap/link.h>
#include <gcoap/serve_rd.h>

#define RD_BASE_MAX 255	   /* of a registration's base */
#define RD_REFERENCE_MAX 512 /* of a target or an anchor in a registration */
#define RD_PARAM_MAX 255	   /* of one parameter, as of an option */
#define RD_EXTRA_MAX 16	   /* other parameters of a registration */
#define RD_BUCKETS 4096
/* What has expired is hidden, and can be updated for so long (RFC 9176, Section 5.3). */
#define RD_GRACE (24 * 3600 * GCOAP_SECOND)

/* Text that grows up to a limit; a failure is kept until it is asked for. */
struct rd_text {
	uint8_t *p;
	size_t len, cap, max;
	bool no_memory, too_long;
};
void gcoap__rd_put(struct rd_text *t, const void *p, size_t len);
void gcoap__rd_put_text(struct rd_text *t, const char *text);
/* As a quoted-string, with its quotes. */
void gcoap__rd_put_quoted(struct rd_text *t, struct gcoap_bytes value);

/* One registration; never changed, but replaced. The views are of @text. */
struct rd_entry {
	uint32_t id, lt;
	uint64_t hash; /* of ep and d */
	struct rd_entry *next; /* in its bucket */
	gcoap_time expires;
	bool base_given;
	struct gcoap_bytes ep, d, base;
	struct gcoap_bytes extra; /* ";et=\"core.rd-group\"" … */
	struct gcoap_bytes self;  /* the whole link of an endpoint look-up */
	struct gcoap_bytes links; /* as registered, checked */
	size_t size;
	uint8_t text[];
};

struct gcoap_rd {
	uint32_t max_entries;
	size_t max_bytes, bytes;
	struct rd_entry **entries; /* by id */
	uint32_t n, next_id;
	struct rd_entry *bucket[RD_BUCKETS];
	uint32_t version;	/* changes with any answer of a look-up */
	gcoap_time next_expiry; /* of one that is shown, or the end of its grace */
	/* The last look-up's answer, for the blocks that follow. */
	struct rd_text document, question;
	uint32_t document_version;
};

/* The parameters of a registration or an update. */
struct rd_params {
	struct gcoap_bytes ep, d, base; /* ptr NULL: not given */
	bool lt_given;
	uint32_t lt;
	struct gcoap_bytes extra[RD_EXTRA_MAX]; /* "name=value" or "name" */
	size_t n_extra;
};

/* rd_params.c: 0, or 4.00 with *@why. */
uint8_t gcoap__rd_params(struct rd_params *out, const struct gcoap_bytes *params, size_t n,
			 const char **why);
/* Uri-Query options as parameters; the number. */
size_t gcoap__rd_query(const struct gcoap_msg *m, struct gcoap_bytes params[GCOAP_OPTIONS_MAX]);

/* rd_links.c: 0 when all links are in the limited format (RFC 9176, Appendix C), else 4.00. */
uint8_t gcoap__rd_check_links(struct gcoap_bytes links, const char **why);
/* @link with its target and its anchor resolved. */
void gcoap__rd_put_link(struct rd_text *t, const struct gcoap_link *link,
			struct gcoap_bytes base);

/* rd_entry.c: what @p (and @links) make of @old, which may be NULL. */
struct rd_entry *gcoap__rd_entry_new(uint32_t id, const struct rd_params *p,
				     const struct rd_entry *old, struct gcoap_bytes links,
				     const struct gcoap_addr *from, gcoap_time now);

/* rd.c */
struct rd_entry *gcoap__rd_find(struct gcoap_rd *rd, uint32_t id, uint32_t *index);
/* Put @e in the place of @old (NULL: a new one): 0 or 5.03; takes @e over. */
uint8_t gcoap__rd_store(struct gcoap_rd *rd, struct rd_entry *e, struct rd_entry *old,
			gcoap_time now);
void gcoap__rd_remove(struct gcoap_rd *rd, uint32_t index);
/* Count what has expired since. To be called before anything is looked up. */
void gcoap__rd_expire(struct gcoap_rd *rd, gcoap_time now);
uint64_t gcoap__rd_hash(struct gcoap_bytes ep, struct gcoap_bytes d);

#endif
