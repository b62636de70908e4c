/*
 * Results: what a group exchange yields, as records given to a sink of callbacks.
 * Records and everything they point to are valid during the callback only.
 */
#ifndef GCOAP_RESULT_H
#define GCOAP_RESULT_H

#include <gcoap/datagram.h>
#include <gcoap/dialect.h>
#include <gcoap/msg.h>
#include <gcoap/origin.h>

enum gcoap_ended_by {
	GCOAP_ENDED_NOT, GCOAP_ENDED_TIMEOUT, GCOAP_ENDED_EXPECT, GCOAP_ENDED_IDLE,
	GCOAP_ENDED_FIRST, GCOAP_ENDED_INTERRUPT, GCOAP_ENDED_ERROR,
	GCOAP_ENDED_DURATION, GCOAP_ENDED_COUNT, /* an observation's, by its user */
	GCOAP_ENDED_SERVER, /* no server is left that notifies */
	GCOAP_ENDED_PROXY,  /* the proxy refused */
	GCOAP_ENDED_CACHE   /* nothing was sent: of what is held; not the engine's */
};
const char *gcoap_ended_by_name(enum gcoap_ended_by e); /* "timeout" … */

enum gcoap_server_from {
	GCOAP_FROM_SOURCE, GCOAP_FROM_RESPONSE_FORWARDING, GCOAP_FROM_REPLY_FROM,
	GCOAP_FROM_UNKNOWN, /* through a proxy that does not tell */
	GCOAP_FROM_REQUEST  /* the one server that the proxy was asked for */
};
const char *gcoap_server_from_name(enum gcoap_server_from f); /* "source" … */

struct gcoap_request_record {
	uint32_t id;	/* 1, 2 …: "r1" */
	gcoap_time at;	/* first send */
	const struct gcoap_msg *msg; /* as sent: method, Message ID, token, options */
	const char *uri;
	struct gcoap_addr to;
	bool group;   /* a group is asked */
	bool proxied; /* through a proxy, which is @to */
	uint32_t ifindex;
	struct gcoap_addr local; /* family 0: not known */
	const struct gcoap_dialect *dialect;
	gcoap_time timeout;
	uint32_t expect; /* 0: off */
};

struct gcoap_response {
	uint32_t id;  /* the request's */
	uint32_t seq; /* 1, 2 … over all shown responses of the request */
	gcoap_time at;
	/* From the send of the request to the receive stamp of the first block; a request that was
	 * sent anew with an Echo value, or another T', is timed from then, not one that is
	 * retransmitted or repeated. Negative: it is held from before, and no message came for
	 * it, so @msg has neither type nor Message ID. */
	gcoap_time rtt;
	struct gcoap_origin server; /* transport scheme and address; see server_from. Unknown:
				       neither addr nor host */
	enum gcoap_server_from server_from;
	struct gcoap_addr from; /* the datagram's source */
	bool proxied;		/* which is a proxy */
	bool refusal;		/* the proxy's own answer, which ends the exchange */
	bool retried;		/* of it: the timeout option was added, or made larger, before */
	uint32_t ifindex;
	const struct gcoap_msg *msg; /* the (first block's) message with all its options */
	const char *uri; /* the request's URI with the server's authority */
	int32_t content_format; /* -1: none */
	int64_t max_age;	/* -1: none */
	struct gcoap_bytes etag; /* ptr NULL: none */
	struct gcoap_bytes body; /* payload, or the blocks put together */
	uint32_t blocks;	 /* 1 and more */
	bool complete;
	const char *problem; /* why it is not complete, or what is wrong with it; else NULL */
	size_t problem_at;   /* byte of the body or message that @problem speaks of */
	bool duplicate;	     /* same source and Message ID as before */
	bool cached;	     /* not of now: held from before, or confirmed by 2.03 */
	gcoap_time age;	     /* of it, since it was confirmed last */
	bool late;	     /* came after the exchange's end */
	uint32_t nth;	     /* 1: this server's first response, 2: a repeat … */
};

struct gcoap_missing {
	uint32_t id;
	struct gcoap_addr server; /* of expect_from */
};

/* A datagram that could not be used. */
struct gcoap_malformed {
	uint32_t id; /* 0: not known which request it answers */
	struct gcoap_addr from;
	gcoap_time at;
	struct gcoap_bytes data;
	struct gcoap_diag diag;
};

struct gcoap_spread { /* nanoseconds; all 0 when there was none */
	gcoap_time min, median, p99, max;
};

/* Of all requests of a run. */
struct gcoap_summary {
	uint32_t requests;
	gcoap_time elapsed;
	uint32_t servers;   /* distinct origins, as far as they are known */
	uint32_t responses; /* duplicates and late ones not counted */
	uint32_t ok;	    /* 2.xx */
	uint32_t errors;    /* 4.xx, 5.xx */
	uint32_t missing, duplicates, late, incomplete, malformed, unmatched;
	uint32_t refused;   /* requests that were answered with a RST */
	uint32_t cached;    /* of the responses: from a cache of ours; left 0 by the engine */
	uint32_t unnamed;   /* responses through a proxy that does not tell their server */
	uint64_t kernel_drops;
	uint64_t dropped;   /* given up here for a stated limit (threat model: floods) */
	uint64_t bytes;	    /* payload bytes of all shown responses */
	struct gcoap_spread rtt;
	enum gcoap_ended_by ended_by;
	bool expect_failed; /* fewer than expect, or a missing one */
};

struct gcoap_notification; /* gcoap/observe.h */
struct gcoap_observed;

/* An exchange has ended; its last record. */
struct gcoap_ended {
	uint32_t id;
	uint32_t servers; /* distinct origins that answered */
	uint32_t answers; /* duplicates and late ones not counted */
	enum gcoap_ended_by ended_by;
	int error; /* errno value: why the server cannot be reached, as ICMP says; else 0 */
	bool reset; /* the server refused the request with a RST */
	bool proxied;	 /* was asked through a proxy, or turned out to be */
	bool acked;	 /* of these: the proxy gave a sign of life */
	bool gone;	 /* of these: it has given none since, nor answered a ping */
	uint8_t refused; /* the code with which it refused; 0: it did not */
};

/* Where records go; a NULL member is not wanted. A negative return ends the run with it. */
struct gcoap_sink {
	int (*request)(struct gcoap_sink *to, const struct gcoap_request_record *r);
	int (*response)(struct gcoap_sink *to, const struct gcoap_response *r);
	int (*missing)(struct gcoap_sink *to, const struct gcoap_missing *m);
	int (*malformed)(struct gcoap_sink *to, const struct gcoap_malformed *m);
	int (*notification)(struct gcoap_sink *to, const struct gcoap_notification *n);
	/* What this server told is older than its Max-Age now. */
	int (*stale)(struct gcoap_sink *to, const struct gcoap_observed *o);
	int (*ended)(struct gcoap_sink *to, const struct gcoap_ended *e);
};

#endif
