/* Inside lib/serve: the host of the members and what its parts share. */
#ifndef SERVE_HOST_H
#define SERVE_HOST_H

#include <gcoap/block.h>
#include <gcoap/etag.h>
#include <gcoap/random.h>
#include <gcoap/serve.h>

#define SERVE_ETAG_LEN 5
#define SERVE_MAX_ETAGS 8

/* A received request, kept while anything refers to it. */
struct request {
	uint32_t refs;
	uint32_t ifindex;
	struct gcoap_addr from, to;
	bool group;
	int32_t accept, content_format, no_response; /* -1: absent */
	int32_t observe;			     /* -1: absent or not usable */
	const struct gcoap_resource *resource;	     /* NULL: no such path */
	struct gcoap_msg msg;			     /* borrows bytes */
	size_t len;
	uint8_t bytes[];
};

/* An encoded message on its way out. */
struct packet {
	uint32_t refs;
	uint32_t ifindex;
	struct gcoap_addr from, to;
	size_t len;
	uint8_t bytes[];
};

/* What is to be done at a time: a heap by time, first come first served. */
enum due_kind { DUE_ANSWER, DUE_PACKET, DUE_RETRY, DUE_NOTIFY };
struct due {
	gcoap_time at;
	uint64_t seq;
	uint32_t member;
	uint8_t kind;
	bool twice;	/* DUE_ANSWER: send it again a little later */
	uint8_t error;	/* DUE_ANSWER: answer this code */
	union {
		struct request *request;
		struct packet *packet;
		struct sent *sent;
		struct observer *observer;
	};
};
struct dues {
	struct due *heap;
	size_t n, cap, max;
	uint64_t seq;
};

int gcoap__due_push(struct dues *q, struct due d);
/* True and *@out when something is due at @now. */
bool gcoap__due_pop(struct dues *q, gcoap_time now, struct due *out);
gcoap_time gcoap__due_first(const struct dues *q);

/* The leisure of one group membership: windows follow each other (RFC 7252, Section 8.2). */
struct leisure {
	gcoap_time busy_until;
};
/* The start of the next window; it is taken. GCOAP_NEVER when too many wait already. */
gcoap_time gcoap__leisure_window(struct leisure *l, gcoap_time length, gcoap_time now);

/* Messages that were seen: deduplication (RFC 7252, Section 4.5). */
struct seen {
	struct gcoap_addr from, to;
	uint16_t mid;
	bool used;
	gcoap_time until;
	struct packet *reply; /* of a CON: repeated for its duplicates */
	uint32_t next;	      /* in its bucket */
};
#define RECENT_MAX 8192
struct recent {
	struct seen *ring;
	uint32_t *bucket;
	uint32_t at;
};
int gcoap__recent_init(struct recent *r);
void gcoap__recent_clear(struct recent *r);
/* The entry when it was seen before, else NULL. */
struct seen *gcoap__recent_find(struct recent *r, const struct gcoap_datagram *in,
				uint16_t mid, gcoap_time now);
struct seen *gcoap__recent_add(struct recent *r, const struct gcoap_datagram *in, uint16_t mid,
			       gcoap_time until);

/* A message of ours that may be acknowledged or reset. */
struct sent {
	struct sent *next;
	uint32_t member;
	uint16_t mid;
	struct gcoap_addr peer;
	struct observer *observer; /* NULL: a separate response */
	struct packet *packet;	   /* NULL: a NON message, waits for RST only */
	uint32_t tries;
	bool queued, gone; /* a due speaks of it; it is to be freed then */
	gcoap_time timeout, first_at;
};

struct observer {
	struct observer *next;			/* in its bucket of observers */
	struct observer *beside, **beside_link; /* those of one member and resource */
	struct request *request;
	uint32_t member;
	uint32_t refs; /* dues that speak of it */
	bool gone, dirty;
	uint32_t value; /* 24 bits */
	uint32_t since_con;
	gcoap_time last_sent, last_con, rtt;
	gcoap_time due_at;
	uint64_t armed; /* its valid due; 0: none */
	struct sent *sent; /* the last notification */
};

/* What a flood can make us keep: about 50 MiB each. */
#define DUES_MAX 200000u
#define OBSERVERS_MAX 32768u

struct table { /* buckets by hash, never grown */
	void **bucket;
	uint32_t mask;
};
int gcoap__serve_table_init(struct table *t, uint32_t want);

/* One Block1 transfer. */
struct upload {
	bool used;
	uint32_t member;
	struct gcoap_addr from;
	const struct gcoap_resource *resource;
	uint8_t method;
	uint64_t uri; /* hash of path and query */
	gcoap_time until;
	uint8_t *body;
	size_t len;
};
#define UPLOADS_MAX 32
#define UPLOAD_BODY_MAX 65536

struct gcoap_serve {
	struct gcoap_engine engine;
	struct gcoap_serve_config config;
	struct gcoap_random random;
	struct gcoap_resource wellknown;
	struct leisure *leisures; /* one a group */
	uint16_t *mids;		  /* next Message ID of each member */
	struct dues dues;
	struct recent recent;
	struct table observers; /* by member, resource, client and token */
	struct table watched;	/* by member and resource */
	struct table sents;	/* by member and Message ID */
	struct upload uploads[UPLOADS_MAX];
	uint32_t observe_floor;
	struct gcoap_serve_stats stats;
	uint8_t room[GCOAP_REPLY_ROOM];
	uint8_t slice[1024];
	uint8_t out[2048];
};

/* An answer under construction. */
struct answer {
	struct gcoap_msg msg;
	uint8_t store[12][4];
	size_t stored;
	uint8_t etag[SERVE_ETAG_LEN];
	uint8_t etag_len;
	struct gcoap_bytes raw; /* not empty: the whole datagram */
	gcoap_time delay;
	bool silent; /* suppressed */
};

/* request.c: what a request asks. */
int gcoap__request_new(struct request **out, struct gcoap_serve *s,
		       const struct gcoap_datagram *in);
void gcoap__request_unref(struct request *r);
/* 0, or the code to refuse with, and why as static text in *@why. */
uint8_t gcoap__request_check(const struct gcoap_serve *s, const struct gcoap_msg *m,
			     const char **why);

/* resource.c */
const struct gcoap_resource *gcoap__resource_find(const struct gcoap_serve *s,
						  const struct gcoap_msg *m);
bool gcoap__resource_at(const struct gcoap_serve *s, const struct gcoap_resource *r,
			uint32_t member);

/* answer.c: the reply of a member to a request, as a message without type and Message ID. */
void gcoap__answer(struct gcoap_serve *s, struct request *q, uint32_t member, bool notification,
		   uint8_t error, struct answer *a, gcoap_time now);
/* An error with a diagnostic text. */
void gcoap__answer_error(struct answer *a, const struct gcoap_msg *q, uint8_t code,
			 const char *why);
int gcoap__answer_uint(struct answer *a, uint16_t number, uint32_t value);
void gcoap__etag(const struct gcoap_serve *s, const struct gcoap_call *c,
		 const struct gcoap_reply *r, struct answer *a);

/* current.c: preconditions and ETags of a request against the current representation. */
bool gcoap__etag_valid(const struct gcoap_serve *s, const struct gcoap_call *c, uint16_t port,
		       const struct answer *a);
bool gcoap__precondition(const struct gcoap_msg *m, bool exists, const struct answer *current);

/* suppress.c: true when a group must not hear it. */
struct suppress {
	uint8_t sends;		/* policy of the resource: classes */
	bool no_response_known; /* the resource looks at No-Response */
	bool only_adds;		/* No-Response may only suppress more (bis-18, Section 6.5) */
	int32_t no_response;	/* -1: absent */
	bool nothing;		/* nothing useful to say */
	bool new_observer;
};
bool gcoap__suppressed(const struct suppress *s, uint8_t code);
/* The same for an individual request: only No-Response counts (RFC 7967). */
bool gcoap__suppressed_unicast(const struct suppress *s, uint8_t code);

/* upload.c: 0: whole, *@body is it (*@of is to be dropped after use);
 * else the code to answer: 2.31, 4.08, 4.13, 5.03. */
uint8_t gcoap__upload(struct gcoap_serve *s, const struct request *q, uint32_t member,
		      struct gcoap_bytes *body, struct upload **of, gcoap_time now);
void gcoap__upload_drop(struct upload *u);

/* observer.c */
uint32_t gcoap__serve_table_hash(const struct table *t, uint64_t a, uint64_t b);
struct observer *gcoap__observer_find(struct gcoap_serve *s, const struct request *q,
				      uint32_t member);
/* Add or refresh; NULL when there is no room. */
struct observer *gcoap__observer_add(struct gcoap_serve *s, struct request *q, uint32_t member,
				     gcoap_time now);
void gcoap__observer_remove(struct gcoap_serve *s, struct observer *o);
void gcoap__observer_release(struct observer *o);
/* Next change by itself, or at once with @changed. */
void gcoap__observer_arm(struct gcoap_serve *s, struct observer *o, bool changed,
			 gcoap_time now);
/* Build and count one notification: 1 with *@out, 0: nothing to send. */
int gcoap__observer_notify(struct gcoap_serve *s, struct observer *o,
			   struct gcoap_datagram *out, gcoap_time now);
gcoap_time gcoap__period_end(const struct gcoap_serve *s, const struct gcoap_resource *r,
			     uint32_t member, gcoap_time now);

/* sent.c */
/* Remember a message. With @take_packet it is CON: sent at @at and again until acknowledged;
 * NULL for NON, which only a RST can answer. NULL: out of memory, the packet is released. */
struct sent *gcoap__sent_add(struct gcoap_serve *s, uint32_t member, uint16_t mid,
			     const struct gcoap_addr *peer, struct packet *take_packet,
			     struct observer *o, gcoap_time at);
void gcoap__sent_remove(struct gcoap_serve *s, struct sent *e);
/* An ACK or RST came in. */
bool gcoap__sent_recv(struct gcoap_serve *s, uint32_t member, const struct gcoap_addr *peer,
		      const struct gcoap_msg *m, gcoap_time now);
/* A due of it: 1 with *@out to send, 0: nothing now, or given up. */
int gcoap__sent_retry(struct gcoap_serve *s, struct sent *e, struct gcoap_datagram *out,
		      gcoap_time now);

/* packet.c */
uint16_t gcoap__next_mid(struct gcoap_serve *s, uint32_t member);
struct packet *gcoap__packet_new(const struct gcoap_addr *from, const struct gcoap_addr *to,
				 uint32_t ifindex, const uint8_t *bytes, size_t len);
struct packet *gcoap__packet_ref(struct packet *p);
void gcoap__packet_unref(struct packet *p);
/* Encode @a with type and Message ID into the engine's buffer; the length or an error. */
int gcoap__encode(struct gcoap_serve *s, struct answer *a, enum gcoap_type type, uint16_t mid);
/* The engine's buffer, @len bytes of it, as a datagram. */
void gcoap__out(struct gcoap_serve *s, struct gcoap_datagram *out, const struct gcoap_addr *from,
		const struct gcoap_addr *to, uint32_t ifindex, size_t len);
int gcoap__out_packet(struct gcoap_serve *s, struct gcoap_datagram *out,
		      const struct packet *p);
/* Queue @p, NULL is fine; takes it over. */
void gcoap__push_packet(struct gcoap_serve *s, struct packet *p, gcoap_time at);
void gcoap__fate(struct gcoap_serve *s, uint32_t member, struct gcoap_fate *f);

/* individual.c */
void gcoap__push_empty(struct gcoap_serve *s, const struct gcoap_datagram *in,
		       enum gcoap_type type, uint16_t mid, gcoap_time now);
void gcoap__push_answer(struct gcoap_serve *s, const struct gcoap_datagram *in,
			const struct gcoap_msg *m, uint32_t member, struct seen *seen,
			struct answer *a, const struct gcoap_fate *fate, gcoap_time now);
void gcoap__individual(struct gcoap_serve *s, const struct gcoap_datagram *in,
		       const struct gcoap_msg *m, uint32_t member, struct seen *seen,
		       gcoap_time now);

/* group.c */
struct leisure *gcoap__leisure_of(struct gcoap_serve *s, const struct gcoap_addr *group);
/* NULL: every member deals with it; else the rule that makes the group silent. */
const char *gcoap__group_request(struct gcoap_serve *s, const struct gcoap_datagram *in,
				 const struct gcoap_msg *m, struct leisure *l, gcoap_time now);

/* receive.c, transmit.c: two of the engine's verbs. */
int gcoap__serve_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now);
int gcoap__serve_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now);

#endif
