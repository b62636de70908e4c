/*
 * What a client holds of the answers to a request, and their validation (RFC 7252, Sections 5.6
 * and 8.2.1; groupcomm-bis-03, Section 3.2): freshness, entity-tags to send, and what an answer
 * means for what is held. Where it is held is the caller's: a struct gcoap_holder, such as the
 * store on disk.
 */
#ifndef GCOAP_VALIDATE_H
#define GCOAP_VALIDATE_H

#include <gcoap/etag.h>
#include <gcoap/result.h>

#define GCOAP_CACHE_KEY_MAX 3072

/* A response that is held. Times are wall-clock nanoseconds since 1970. */
struct gcoap_held {
	struct gcoap_addr server;
	gcoap_time at; /* when it came, or was validated last */
	gcoap_time fresh_until;
	struct gcoap_bytes etag;    /* len 0: none */
	struct gcoap_bytes message; /* code, options, whole body; no token. len 0: only that
				     * the server belongs to the group */
};

/* Where responses are held, by key and server. Embedded as the first member of what holds. */
struct gcoap_holder {
	int (*put)(struct gcoap_holder *h, struct gcoap_bytes key, const struct gcoap_held *e);
	/* 1 and *@out, valid until the next call; 0: nothing; negative. */
	int (*get)(struct gcoap_holder *h, struct gcoap_bytes key, const struct gcoap_addr *server,
		   gcoap_time now, struct gcoap_held *out);
	/* All of @key; @each does not call the holder. */
	int (*each)(struct gcoap_holder *h, struct gcoap_bytes key,
		    int (*each)(void *arg, const struct gcoap_held *e), void *arg);
	int (*remove)(struct gcoap_holder *h, struct gcoap_bytes key,
		      const struct gcoap_addr *server);
};

/*
 * The key of what @request asks, whoever answers: method, options byte by byte but for
 * NoCacheKey ones, Uri-Port (the server's own is told apart anyway), and those that are
 * interpreted here (ETag, Multi-ETag, Group-ETag, Observe, the timeout), and the payload.
 * Uri-Host stays: one address may have several hosts. @group: that of who belongs to this
 * group instead. Returns the length; GCOAP_EUNSUPPORTED (answers to this method are not
 * cacheable), GCOAP_ESPACE.
 */
int gcoap_cache_key(const struct gcoap_msg *request, const struct gcoap_registry *registry,
		    const struct gcoap_addr *group, uint8_t *buf, size_t cap);

enum gcoap_validate_state {
	GCOAP_VALIDATE_FRESH,	/* 2.03: what is held is right */
	GCOAP_VALIDATE_CHANGED, /* another representation; what was held is replaced */
	GCOAP_VALIDATE_NEW,	/* nothing was held of this server */
	GCOAP_VALIDATE_SILENT,	/* held, and no answer */
	GCOAP_VALIDATE_NO_TAG	/* it sends no entity-tag, so there is nothing to validate by */
};
/* "fresh", "changed", "new", "silent", "no-tag". */
const char *gcoap_validate_state_name(enum gcoap_validate_state s);

/* What an answer, or its absence, means. Everything is borrowed until the next call. */
struct gcoap_validation {
	enum gcoap_validate_state state;
	struct gcoap_addr server;
	struct gcoap_bytes etag, old_etag; /* len 0: none */
	size_t saved;	  /* bytes of body that did not have to be sent */
	bool unknown_tag; /* 2.03 with a tag that is not held: ask again without it */
	bool same_body;	  /* changed in its tag alone */
	bool kept_tag;	  /* the body changed, the tag did not */
	/* Held, for FRESH with its times renewed: body and options to show. */
	bool has_held;
	struct gcoap_msg held;
	gcoap_time age;
};

struct gcoap_validate;

struct gcoap_validate_config {
	struct gcoap_holder *holder; /* borrowed */
	const struct gcoap_msg *request; /* read during the call */
	const struct gcoap_registry *registry; /* borrowed */
	const struct gcoap_addr *group;	 /* NULL: one server is asked */
	bool reverse; /* @group is a reverse proxy: its paths are not those of the servers */
	const struct gcoap_addr *server; /* which */
	gcoap_time wall; /* added to the engine's times: nanoseconds since 1970 */
	bool read_only;	 /* put nothing */
};

/* Read what is held. Answers to a group with a name are held as of their servers' own URIs, too
 * (RFC 7252, Section 8.2.1). GCOAP_EUNSUPPORTED as gcoap_cache_key(), GCOAP_ENOMEM, or the
 * holder's. */
int gcoap_validate_new(struct gcoap_validate **out, const struct gcoap_validate_config *config);
/* NULL is fine; *@v is NULL after. */
void gcoap_validate_free(struct gcoap_validate **v);
/* How many servers something is held of, and how many of these have an entity-tag. */
uint32_t gcoap_validate_held(const struct gcoap_validate *v, uint32_t *tagged);

/*
 * What is fresh at @now, of servers that have not answered since: each is given as a
 * validation of state FRESH with its age. Negative returns of @give end it and are returned;
 * else how many there were.
 */
int gcoap_validate_fresh(struct gcoap_validate *v, gcoap_time now,
			 int (*give)(void *arg, const struct gcoap_validation *held), void *arg);

/* Bytes of the option values that the next three add. */
struct gcoap_validators {
	uint8_t *bytes;
	size_t cap, used;
};
/*
 * Multi-ETag for the servers from *@next on (0 at first), one option each, while the message
 * stays within @max_size and has fewer than @max_options; *@next moves on, to the number of
 * servers held when all have had their turn. Returns how many were added.
 */
int gcoap_validate_multi_etag(struct gcoap_validate *v, struct gcoap_msg *m, uint32_t *next,
			      size_t max_size, size_t max_options, struct gcoap_validators *store);
/* Plain ETag in a group request (dialect ietf): tags that one server alone has, at most
 * @max_options. */
int gcoap_validate_etag(struct gcoap_validate *v, struct gcoap_msg *m, size_t max_options,
			struct gcoap_validators *store);
/* ETag for one server. 1, or 0 when it has none. */
int gcoap_validate_one(struct gcoap_validate *v, const struct gcoap_addr *server,
		       struct gcoap_msg *m, struct gcoap_validators *store);

/* An answer, and what it means; what it brings is held from now on. 0, or an error of the holder
 * (@out is right all the same). */
int gcoap_validate_answer(struct gcoap_validate *v, const struct gcoap_response *r,
			  gcoap_time now, struct gcoap_validation *out);
/* Those that have answered, as FRESH with nothing saved: the caller knows which of them it was
 * told of before. 0, or a negative return of @give, which ends it. */
int gcoap_validate_answered(struct gcoap_validate *v,
			    int (*give)(void *arg, const struct gcoap_validation *held), void *arg);
/*
 * Group-ETag: the tag of the set that the cache of @via sent (a proxy's URI, up to 1,100 bytes;
 * another one's tags mean nothing to it). Returns its length; 0 when there is none, or when what
 * is held of some server of the set is not what it was: then the tag would confirm what is not
 * held. GCOAP_ENOMEM, or the holder's.
 */
int gcoap_validate_group_etag(struct gcoap_validate *v, struct gcoap_bytes via,
			      uint8_t buf[GCOAP_ETAG_MAX]);
/* What those sent that have answered is the set with that tag from now on. GCOAP_EINVALID (no
 * group, no tag of 1 to 8 bytes), GCOAP_ENOMEM, or the holder's. */
int gcoap_validate_keep_set(struct gcoap_validate *v, struct gcoap_bytes via,
			    struct gcoap_bytes tag, gcoap_time now);
/* 2.03 to the tag of gcoap_validate_group_etag(): what is held of the set is right. @give for each
 * server of it that has not answered. 0, an error of the holder, or a negative return of @give,
 * which ends it. */
int gcoap_validate_all(struct gcoap_validate *v, int64_t max_age, gcoap_time now,
		       int (*give)(void *arg, const struct gcoap_validation *held), void *arg);
/* The servers that were held and have not answered, in the order of addresses. 0, an error of the
 * holder, or a negative return of @give, which ends it. */
int gcoap_validate_silent(struct gcoap_validate *v, gcoap_time now,
			  int (*give)(void *arg, const struct gcoap_validation *silent),
			  void *arg);
/* How many servers have an entity-tag that another one has, too. */
uint32_t gcoap_validate_shared_tags(const struct gcoap_validate *v);

#endif
