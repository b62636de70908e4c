/*
 * The server's half of the protocol as one engine: 1 … 65,535 servers ("members") behind one
 * endpoint, each with its own addresses, resources, Message IDs and observers. No sockets and
 * no clock (groupcomm-bis-03, Section 3; RFC 7252, Section 8; RFC 7641; RFC 7959).
 */
#ifndef GCOAP_SERVE_H
#define GCOAP_SERVE_H

#include <gcoap/datagram.h>
#include <gcoap/dialect.h>
#include <gcoap/msg.h>
#include <gcoap/option.h>

struct gcoap_serve;
struct gcoap_resource;

#define GCOAP_MEMBER_NONE UINT32_MAX
#define GCOAP_REPLY_ROOM 4096

/* A request as a handler sees it. All views are valid during the call only. */
struct gcoap_call {
	struct gcoap_serve *serve;
	const struct gcoap_resource *resource;
	void *arg; /* of the configuration */
	uint32_t member;
	struct gcoap_addr from;
	const struct gcoap_msg *msg;
	struct gcoap_bytes body; /* payload; after Block1 the whole body */
	int32_t accept;		 /* -1: none */
	int32_t content_format;	 /* -1: none */
	bool group;
	bool notification; /* nobody asked now: an observer is told */
	gcoap_time now;
	uint8_t *room; /* GCOAP_REPLY_ROOM bytes for the reply's body */
};

/* What a handler answers; starts as 2.05 without a body. Its views are of the call's room or
 * of what outlives the call; never of the request, whose body may be gone. */
struct gcoap_reply {
	uint8_t code;
	int32_t content_format; /* -1: none */
	int64_t max_age;	/* -1: none */
	struct gcoap_bytes body; /* with ptr NULL, @fill writes any part of it */
	void (*fill)(const struct gcoap_call *c, size_t offset, uint8_t *out, size_t len);
	bool versioned;	  /* carries an ETag made of @version, the format and the member */
	uint32_t version; /* changes with the representation */
	bool nothing;	  /* nothing useful for a group: an empty match */
	gcoap_time delay; /* > 0: a separate response, so much later (RFC 7252, Section 5.2.2) */
	struct gcoap_option extra[4];
	size_t n_extra;
	bool raw; /* the body is the whole datagram, for servers that misbehave */
};

#define GCOAP_METHOD(code) (1u << (code))
/* Bits of No-Response (RFC 7967, Section 2.1), used for policies as well. */
#define GCOAP_CLASS_2 2u
#define GCOAP_CLASS_4 8u
#define GCOAP_CLASS_5 16u

struct gcoap_resource {
	const char *path;  /* "/gp/gp1/light" */
	bool below;	   /* not that path, but every one below it */
	const char *attrs; /* link parameters behind the target, "rt=\"light\";obs"; NULL: not
			      listed in /.well-known/core */
	uint8_t methods;   /* GCOAP_METHOD() of each */
	bool observable;
	bool group;	     /* meant for group use */
	uint8_t group_sends; /* classes that are sent to a group without No-Response */
	bool no_response;    /* No-Response is looked at */
	gcoap_time period;   /* its state changes by itself so often; 0: it does not */
	/* 0, or a negative value: the request is answered with 5.00. */
	int (*handle)(const struct gcoap_call *c, struct gcoap_reply *r);
	/* Does this member have it? NULL: every one. */
	bool (*present)(void *arg, uint32_t member);
	uintptr_t kind; /* the handler's own */
};

/* What happens to one answer of one member on its way: faults for tests. */
struct gcoap_fate {
	bool lost, twice;
	gcoap_time late; /* added to the leisure */
	uint8_t code;	 /* an error instead of the handler's reply; 0: none */
};

/* How a received datagram was taken, for logs. */
enum gcoap_taken {
	GCOAP_TAKEN_REQUEST,   /* to be answered, or suppressed later */
	GCOAP_TAKEN_DUPLICATE, /* same source and Message ID */
	GCOAP_TAKEN_REPLY,     /* ACK or RST to a message of ours */
	GCOAP_TAKEN_REFUSED,   /* answered with RST or an error of the message layer */
	GCOAP_TAKEN_SILENT     /* ignored: the rule is in @why */
};

struct gcoap_serve_stats {
	uint64_t datagrams, requests, group_requests, duplicates, malformed, ignored;
	uint64_t answers, suppressed, notifications, retransmissions, lost, dropped;
	uint64_t unsent; /* refused by the endpoint */
	uint64_t observers; /* now */
};

struct gcoap_serve_config {
	uint32_t members;
	const struct gcoap_resource *resources; /* borrowed for the engine's life */
	size_t n_resources;
	const struct gcoap_addr *groups; /* joined, with their port; borrowed */
	size_t n_groups;
	struct gcoap_transmission transmission; /* its leisure is every member's */
	const struct gcoap_registry *registry;	/* borrowed */
	const struct gcoap_dialect *dialect;
	uint64_t seed; /* of every random choice */
	uint8_t block_szx; /* largest block: 6 */
	bool no_etag;
	bool same_etag; /* ETags without the part that tells servers apart */
	bool lying_etag; /* an ETag stays when the representation changes */
	uint32_t con_every;    /* each so-manieth notification is CON; the first one is */
	gcoap_time con_within; /* and at least one in so long: 24 h */
	gcoap_time notify_gap; /* shortest time between NON ones while the RTT is unknown: 3 s */
	void *arg;
	/* The member with that unicast address, or GCOAP_MEMBER_NONE; and back. */
	uint32_t (*member_of)(void *arg, const struct gcoap_addr *addr);
	void (*address_of)(void *arg, uint32_t member, uint8_t family, struct gcoap_addr *out);
	/* Has the member joined that group of @groups? NULL: every member all of them. */
	bool (*joined)(void *arg, uint32_t member, const struct gcoap_addr *group);
	/* NULL: no faults. */
	void (*fate)(void *arg, uint32_t member, struct gcoap_fate *out);
	/* Every datagram; @msg is NULL when it could not be read. NULL: not wanted. */
	void (*seen)(void *arg, const struct gcoap_datagram *in, const struct gcoap_msg *msg,
		     enum gcoap_taken taken, const char *why);
};

#define GCOAP_SERVE_CONFIG_DEFAULT                                                         \
	{                                                                                  \
		.members = 1, .transmission = GCOAP_TRANSMISSION_DEFAULT, .block_szx = 6,  \
		.con_every = 10, .con_within = 24 * 3600 * GCOAP_SECOND,                   \
		.notify_gap = 3 * GCOAP_SECOND                                             \
	}

/* GCOAP_ENOMEM; GCOAP_EINVALID for a configuration without members or callbacks. */
int gcoap_serve_new(struct gcoap_serve **out, const struct gcoap_serve_config *config);
/* NULL is fine; *@s is NULL after. */
void gcoap_serve_free(struct gcoap_serve **s);
/* The engine to give to the loop; lives as long as @s. */
struct gcoap_engine *gcoap_serve_engine(struct gcoap_serve *s);
void gcoap_serve_stats(const struct gcoap_serve *s, struct gcoap_serve_stats *out);

/* A resource of a member has changed: its observers are told. */
void gcoap_serve_changed(struct gcoap_serve *s, uint32_t member,
			 const struct gcoap_resource *resource, gcoap_time now);

/* For handlers: the first of @formats that the request accepts, or -1 (answer 4.06). */
int gcoap_call_format(const struct gcoap_call *c, const uint16_t *formats, size_t n);
/* What answers GET /.well-known/core where the resources do not name that path themselves:
 * the links of the member that pass all the filters (RFC 6690, Section 4.1). */
int gcoap_call_links(const struct gcoap_call *c, struct gcoap_reply *r);
/* Number of the current period of a resource that changes by itself: its version. Members
 * change at different moments. */
uint32_t gcoap_call_slot(const struct gcoap_call *c);
/* Reproducible 64 bits of a member and a purpose. */
uint64_t gcoap_serve_hash(uint64_t seed, uint64_t member, uint64_t purpose);

#endif
