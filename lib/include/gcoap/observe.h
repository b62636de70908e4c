/*
 * Observation of a resource on every member of a group (RFC 7641; groupcomm-bis-03, Section
 * 3.6): one registration by multicast, and what each server has told since.
 */
#ifndef GCOAP_OBSERVE_H
#define GCOAP_OBSERVE_H

#include <gcoap/client.h>

/* How the servers are told that nobody listens any more. */
enum gcoap_cancel {
	GCOAP_CANCEL_GROUP, /* one request to the group, repeated while notifications come */
	GCOAP_CANCEL_EACH,  /* a CON request to each server that notifies */
	GCOAP_CANCEL_NOT
};

/*
 * Makes an ask (gcoap_ask.observe) an observation. Its request is GET or FETCH and gets
 * Observe 0; its timeout is the window for the first responses of all: who of expect_from is
 * silent then is asked by a CON request with the same token. After the window an observation
 * that nobody granted ends by itself (GCOAP_ENDED_TIMEOUT) unless @keep_listening; others go on
 * until gcoap_client_cancel() or gcoap_client_stop(), or as first and idle of the ask say.
 * expect counts servers, but does not end the observation.
 */
struct gcoap_observe {
	gcoap_time reregister; /* register with the whole group again so often; 0: never. A
				  server whose Max-Age has passed is asked again by itself */
	enum gcoap_cancel cancel;
	bool keep_listening;
	uint32_t max_rate; /* notifications of one server per second that are shown, the others
			      are counted as flooded; 0: 100 */
};

enum gcoap_observed_state {
	GCOAP_OBSERVED_SILENT,	       /* expected, and nothing came yet */
	GCOAP_OBSERVED_ACTIVE,	       /* notifies */
	GCOAP_OBSERVED_NOT_OBSERVABLE, /* answered without Observe from the start */
	GCOAP_OBSERVED_ENDED	       /* ended by the server: an error, or no Observe */
};
/* "silent", "observing", "not-observable", "ended". */
const char *gcoap_observed_state_name(enum gcoap_observed_state s);

#define GCOAP_OBSERVED_BODY 1024 /* bytes of the last representation that are kept */

/*
 * What is known of one server. The sequence is followed by RFC 7641, Section 3.4, per server:
 * an older value is reordered and not shown. It is taken for a restart of the server when
 * it comes piggybacked on the ACK of a request of ours, when 128 s have passed, or when two
 * ascending ones come that cannot fill a gap: they were received before, or are 64 and more
 * behind. Skipped values are losses only of a server that counts by one: when at least half of
 * the values between the first and the newest have come.
 */
struct gcoap_observed {
	uint32_t index; /* 0 and up, over all requests; the same for the client's life */
	uint32_t id;	/* the request's */
	enum gcoap_observed_state state;
	struct gcoap_addr server;
	const struct gcoap_origin *origin; /* through a proxy; NULL: coap at @server */
	enum gcoap_server_from server_from;

	/* Of the newest notification or response; code 0: none came. */
	uint8_t code;
	int32_t content_format; /* -1: none */
	int64_t max_age;	/* -1: none, which means 60 s */
	int32_t value;		/* of Observe; -1: none */
	struct gcoap_bytes body; /* first GCOAP_OBSERVED_BODY bytes; valid until the next call
				    of a verb of the engine */
	size_t body_len;	 /* of the whole */
	gcoap_time at;		 /* arrival; 0: none came */
	gcoap_time age;		 /* since then */
	bool stale;		 /* age above Max-Age */

	uint32_t n;		 /* notifications, the response to the registration included */
	uint32_t changes;	 /* of these, other than the one before */
	double rate;		 /* notifications a second, from the first to the newest */
	int64_t lost;		 /* -1: its sequence does not count by one */
	uint32_t reordered, duplicates, restarts, flooded;
};

/* What a notification was in the sequence of its server. */
enum gcoap_sequence {
	GCOAP_SEQUENCE_FIRST,
	GCOAP_SEQUENCE_NEXT,	/* newer */
	GCOAP_SEQUENCE_SAME,	/* the newest once more: a registration was renewed */
	GCOAP_SEQUENCE_RESTART, /* newest although its value is lower: counting begins again */
	GCOAP_SEQUENCE_OLD,	/* reordered; never given to a sink */
	GCOAP_SEQUENCE_NONE	/* no Observe: the last of this server, or its only response */
};

/* For gcoap_sink.notification. */
struct gcoap_notification {
	const struct gcoap_response *response;
	const struct gcoap_observed *server; /* this notification included */
	int32_t observe;		     /* -1: none, which ends the observation */
	enum gcoap_sequence sequence;
	uint32_t n;	/* of this server, 1 and up */
	uint32_t gap;	/* values skipped just before this one; 0 unless it counts by one */
	gcoap_time age; /* from arrival to now: the time that its blocks took */
	bool changed;	/* code, Content-Format or body differ from the one before */
};

/* Sums over all servers. */
struct gcoap_observe_totals {
	uint32_t active, not_observable, ended, silent, stale;
	uint64_t notifications, changes, lost, reordered, restarts, flooded;
};

/* How many servers there are, and the state of one; *@out is filled, and nothing in it needs to
 * be freed. GCOAP_ERANGE. */
uint32_t gcoap_client_observed_count(const struct gcoap_client *c);
int gcoap_client_observed(const struct gcoap_client *c, uint32_t index, gcoap_time now,
			  struct gcoap_observed *out);
void gcoap_client_observe_totals(const struct gcoap_client *c, gcoap_time now,
				 struct gcoap_observe_totals *out);

/*
 * End every exchange, and tell the servers of observations first: the client goes on for a few
 * seconds at most, until they have answered or are quiet, and gives no more records of
 * notifications. gcoap_client_stop() does not wait.
 */
void gcoap_client_cancel(struct gcoap_client *c, enum gcoap_ended_by why, gcoap_time now);

#endif
