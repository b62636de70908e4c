/*
 * An open-loop load: requests leave at planned times, whether or not earlier ones were answered,
 * and every answer is given to a sink with the time at which its request was due. So a slow
 * server does not slow the questions down that would show it (coordinated omission).
 *
 * One load has one plan and 1 or more clients. Each client is an engine (gcoap/datagram.h) for an
 * endpoint of its own; request k is sent by client k modulo their number.
 *
 * A server or a proxy that answers 4.01 with Echo (RFC 9175) is asked again with its value, once
 * a request; that answer is not shown, and the time goes on. Later requests carry the value. So it
 * is with the timeout option that a proxy misses (4.00) or wants larger (5.05), once a target.
 */
#ifndef GCOAP_LOAD_H
#define GCOAP_LOAD_H

#include <gcoap/random.h>
#include <gcoap/result.h>

struct gcoap_load;

/* What one target is asked; @request and @server are copied. */
struct gcoap_load_request {
	const struct gcoap_msg *request; /* code, options, payload; type, mid, token ignored */
	struct gcoap_addr to;
	uint32_t ifindex; /* egress; 0: by route */
	bool group;	  /* many servers answer, each by itself */
	bool proxied;	  /* many answer through a proxy, which is @to: gcoap/exchange.h */
	const struct gcoap_origin *server; /* one server, through a proxy, which is @to */
	/* What proxied ones speak; NULL: not known. A proxy that is told to stop early gets an
	 * Early Stop Request, Non-confirmable, for each request that is complete, or stopped,
	 * before the proxy's time is over. */
	const struct gcoap_dialect *dialect;
	bool confirmable; /* not to a group; over a stream there is no difference */
	const struct gcoap_registry *registry; /* borrowed; NULL: the default numbers */
	enum gcoap_port_reading port_reading;
	uint16_t group_port; /* for tp_info without a port; 0: @to's */
	gcoap_time timeout;  /* last moment to accept answers, from the planned time */
	uint32_t expect;     /* complete with so many servers; 0: one server, or not known */
};

struct gcoap_load_sink;
struct gcoap_load_config {
	const struct gcoap_load_request *requests; /* asked in turn */
	size_t n_requests;
	uint32_t clients;     /* 1 and more */
	gcoap_time start;     /* when the first is due */
	gcoap_time gap;	      /* between the planned times; 0: as soon as one of @outstanding is over */
	/* At most so many open, each client its share and 1 at least; what is due waits, and is
	 * never sent once its timeout is over. 0: 65,536 (gap 0: 1); at most 2^24. */
	uint32_t outstanding;
	uint64_t count;	      /* requests in all, warm-up included; 0: no such end */
	gcoap_time duration;  /* none is due at @start + this or later; 0: no such end */
	gcoap_time warmup;    /* those due before @start + this are marked */
	/* Over a session: sizes are those of its messages (RFC 8323, Section 3.2), where ACK
	 * and the like are none. */
	bool stream;
	uint32_t max_servers; /* who is beyond is counted, not known; 0: 20,000 */
	struct gcoap_transmission transmission; /* of CON; NSTART and PROBING_RATE do not hold */
	struct gcoap_random *random; /* NULL: the kernel's */
	struct gcoap_load_sink *sink;
};

/*
 * Of a server that is not known each answer counts as another server's, unless it repeats the
 * Message ID before it. Of a known one the first and the last Message ID are remembered.
 */
enum gcoap_load_kind {
	GCOAP_LOAD_ANSWER,    /* the first of this server to this request */
	GCOAP_LOAD_FURTHER,   /* another one, with a Message ID of its own */
	GCOAP_LOAD_DUPLICATE, /* the same Message ID again (RFC 7252, Section 4.5) */
	GCOAP_LOAD_LATE,      /* after the request's timeout, or its end without success */
	GCOAP_LOAD_REFUSAL    /* the proxy's own answer, which ends the request */
};
#define GCOAP_LOAD_UNKNOWN UINT32_MAX

/* One answer. */
struct gcoap_load_answer {
	enum gcoap_load_kind kind;
	uint64_t round;	 /* the request's number, from 0 */
	uint32_t client, request; /* which client, which of config.requests */
	uint32_t server; /* gcoap_load_server(); GCOAP_LOAD_UNKNOWN: a proxy does not tell, or
			  * one beyond max_servers */
	bool warmup;
	bool over; /* ANSWER: of one server more, when the request was complete already */
	/* Planned; handed to the endpoint; the kernel's receive stamp. The first two are
	 * GCOAP_NEVER where they are not known any more: a LATE one of a request that was over
	 * 16,384 requests ago (@due only when gap is 0). */
	gcoap_time due, sent, at;
	uint8_t code;
	size_t size; /* bytes of the message, as in gcoap_load_count */
	const struct gcoap_msg *msg;
};

/* A request is over: complete, timed out, refused, or not sent. */
struct gcoap_load_round {
	uint64_t round;
	uint32_t client, request;
	bool warmup;
	gcoap_time due, sent, ended; /* @sent GCOAP_NEVER: it was never sent */
	gcoap_time first, last; /* receive stamps of the first and the last new server's answer;
				 * GCOAP_NEVER: none */
	uint32_t answered; /* distinct servers */
	bool complete;	   /* as many as expected, or the one server */
	bool interrupted;  /* gcoap_load_stop(): the time to answer was cut short */
	bool reset;	   /* answered with a RST */
	bool acked;	   /* a CON that an ACK came for, or any answer */
	bool stopped;	   /* an Early Stop Request follows */
	int error;	   /* errno value: not sent (ENOMEM: here), or ICMP; 0: none */
	uint32_t retransmissions; /* of a CON */
};

struct gcoap_load_sink {
	void (*answer)(struct gcoap_load_sink *s, const struct gcoap_load_answer *a);
	void (*round)(struct gcoap_load_sink *s, const struct gcoap_load_round *r);
	/* A datagram that is no CoAP message, or an answer whose origin does not decode; may be
	 * NULL. */
	void (*malformed)(struct gcoap_load_sink *s, const struct gcoap_datagram *d,
			  const struct gcoap_diag *diag);
};

struct gcoap_load_count {
	uint64_t sent, received;	     /* datagrams, all kinds; or messages of a session */
	uint64_t sent_bytes, received_bytes; /* of CoAP messages, without UDP and IP, or TCP */
	/* Of those sent: empty ACK and RST, of 4 bytes each, and Early Stop Requests. */
	uint64_t replies, stops, stop_bytes;
	uint64_t unmatched; /* answers to nothing of ours */
	uint64_t malformed;
	uint64_t dropped; /* requests and answers given up for want of memory, or of the 64 MiB
			   * for what servers of groups have answered to which request */
	uint64_t open;	  /* requests sent and not over */
	uint64_t due;	  /* requests whose planned time has come */
	uint64_t mid_reused; /* requests whose Message ID came round within EXCHANGE_LIFETIME */
};

/* GCOAP_EINVALID (a plan that cannot be: no request, CON to a group; neither duration nor count
 * is fine), GCOAP_ESPACE (a request too long), GCOAP_ENOMEM, GCOAP_ESYSTEM (no random bytes). */
int gcoap_load_new(struct gcoap_load **out, const struct gcoap_load_config *config);
/* NULL is fine; *@l is NULL after. */
void gcoap_load_free(struct gcoap_load **l);
/* The engine of client @i (NULL: there is none); its done() is true when every request of every
 * client is over. */
struct gcoap_engine *gcoap_load_client(struct gcoap_load *l, uint32_t i);
/* No more requests begin; what is open is over at once (@wait false) or when it would be, and
 * until then a CON is still repeated. May be called again, also by the sink. */
void gcoap_load_stop(struct gcoap_load *l, bool wait, gcoap_time now);
/* Who answers, in the order of their first answer; an endpoint that is asked alone, also through
 * a proxy, is known from the beginning. */
struct gcoap_load_server {
	struct gcoap_addr addr; /* family 0: only a name is known */
	/* What a proxy has named that is more than an endpoint, else NULL: a host name
	 * ("coap://host:5683"), another transport, a server behind a reverse-proxy
	 * ("coap://192.0.2.1:5683 //[2001:db8::1]/s1"). */
	const char *name;
};
/* NULL: there is no such server. Valid until the next call on any of @l's engines. */
const struct gcoap_load_server *gcoap_load_server(const struct gcoap_load *l, uint32_t i);
uint32_t gcoap_load_servers(const struct gcoap_load *l);
/* Make @server known without an answer (--expect-from): its number, GCOAP_ENOMEM. */
int64_t gcoap_load_expect(struct gcoap_load *l, const struct gcoap_addr *server);
/* Before the first send: @server, of gcoap_load_expect(), must be among those whose answers make
 * config.requests[@request] complete, with its expect, if any. Twice is once. GCOAP_EINVALID (no
 * such request or server, or one server answers it), GCOAP_ENOMEM. */
int gcoap_load_await(struct gcoap_load *l, uint32_t request, uint32_t server);
void gcoap_load_count(const struct gcoap_load *l, struct gcoap_load_count *out, gcoap_time now);

#endif
