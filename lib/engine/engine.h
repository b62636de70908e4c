/* What the files of the client's engine share: exchanges, their servers, the client itself. */
#ifndef GCOAP_ENGINE_ENGINE_H
#define GCOAP_ENGINE_ENGINE_H

#include <gcoap/block.h>
#include <gcoap/observe.h>
#include <gcoap/reliability.h>
#include <sys/queue.h>

#include "pace.h"
#include "stats.h"
#include "table.h"
#include "timer.h"
#include "token.h"
#include "upload.h"

#define GCOAP__ANSWERS_MAX 20000 /* of one exchange, when max_answers is 0 */
#define GCOAP__SHARES 20	 /* one server may give so many of them: 1 in 20 */
#define GCOAP__ENDED_MAX 64	 /* exchanges kept for late answers */
#define GCOAP__URI_TEXT 4096

/* Who an answer comes from, as a key: an endpoint, and a hash of what else an origin has. */
struct gcoap__who {
	struct gcoap__endpoint endpoint;
	uint64_t more; /* 0: plain CoAP over UDP at that endpoint */
};

#define GCOAP__ECHO_MAX 40 /* RFC 9175, Section 2.2.1 */

/* What an exchange through a proxy knows of the proxy, or of its only server. */
struct gcoap__through {
	bool heard;   /* it has acknowledged the request, or answered */
	bool unnamed; /* a server's answer came without its address */
	bool retried; /* the timeout option was added, or made larger */
	bool echoed;  /* the present request carries the Echo value */
	bool pinged, alive; /* it was asked whether it is there, and is */
	uint16_t ping;	    /* the Message ID of that */
	uint8_t refused;
	uint8_t timeout[4]; /* the value of the timeout option that we have set */
	uint8_t echo[GCOAP__ECHO_MAX];
};

struct gcoap__observed;
struct gcoap__observation;

/* A server in an exchange. */
struct gcoap__server {
	struct gcoap__who who;
	uint32_t nth;	     /* responses so far */
	bool challenged : 1; /* the request was repeated with its Echo value */
	bool followed : 1;   /* a follow-up runs: one at a time */
	bool awaited : 1;    /* one of expect_from */
	bool answered : 1;   /* awaited, and has */
	bool ambiguous : 1;  /* port 0: several of expect_from are on this host */
	/* Port 0: the only one of expect_from on this host, by its place in the table, from 1. */
	uint32_t only : 27;
	struct gcoap__observed *observed; /* NULL: no observation, or nothing came yet */
};

enum gcoap__state {
	GCOAP__WAITING,	 /* for its turn (NSTART, PROBING_RATE) */
	GCOAP__OPEN,	 /* sent; the window is open */
	GCOAP__DRAINING, /* the window has closed, follow-ups run */
	GCOAP__ENDED
};

struct gcoap__exchange {
	struct gcoap__party party; /* first: tokens and handles lead here */
	TAILQ_ENTRY(gcoap__exchange) entry;
	struct gcoap_client *client;
	struct gcoap__timer timer;
	enum gcoap__state state;
	enum gcoap_ended_by ended_by;
	int error; /* what ICMP said of its only server */
	bool reset; /* its only server refused the request with a RST */
	uint32_t id;
	struct gcoap_ask ask; /* what it points to is in @store */
	struct gcoap_msg msg; /* as sent last */
	uint8_t *store;
	char *uri;
	char *suffix; /* path and query of the URI */
	const struct gcoap_registry *registry;
	struct gcoap__token closed; /* the token it ended with */

	uint8_t size_option[4]; /* value of the Block2 that we add */
	size_t size;		/* bytes of the datagram */
	gcoap_time first_sent, last_sent, ends_at, last_answer;
	/* What an answer is timed from: first_sent, or when the request was sent anew because it
	 * was challenged or refused. */
	gcoap_time asked_at;
	uint32_t repeats_left;
	bool placed; /* a place of pace.h is taken */
	struct gcoap__through through;

	struct gcoap__table servers; /* struct gcoap__server */
	uint32_t n_servers, n_awaited;
	uint32_t seq, answers;
	uint32_t n_followups;
	struct gcoap__upload upload;
	struct gcoap__observation *observation; /* NULL: answers end with the window */
};
TAILQ_HEAD(gcoap__exchanges, gcoap__exchange);

struct gcoap__followup;
TAILQ_HEAD(gcoap__followups, gcoap__followup);
TAILQ_HEAD(gcoap__asking, gcoap__observed);

struct gcoap_client {
	struct gcoap_engine engine; /* first: the loop drives it */
	struct gcoap_client_config config;
	struct gcoap_random kernel_random;
	struct gcoap_random *random;
	uint64_t seed[2];
	struct gcoap_registry registry; /* for exchanges that bring none */
	struct gcoap_reliability *reliability;
	struct gcoap__tokens tokens;
	struct gcoap__pace pace;
	struct gcoap__timers timers;
	struct gcoap__exchanges waiting, running, ended;
	uint32_t n_ended, last_id;
	struct gcoap__followups queued, active;
	uint32_t n_active;
	struct gcoap__observed **observed; /* servers of all observations, by index */
	uint32_t n_observed, cap_observed;
	uint32_t n_forgotten; /* places among them that are free again */
	struct gcoap__asking asking; /* those of them that are to be asked alone */
	uint32_t n_asked;
	uint64_t held; /* bytes of first blocks and bodies in follow-ups */
	struct gcoap__stats stats;
	/* The only servers that have answered, while they are not in stats.servers: in an
	 * exchange, or when that has ended in the table after this. */
	struct gcoap__table *counted, counted_before;
	struct gcoap_addr local;
	int error;
	bool sink_refused;
	bool pump; /* something may start that could not before */
	struct gcoap__timer pump_timer, linger_timer;
	bool over;

	struct gcoap_msg in;	     /* the message at hand */
	struct gcoap_response record; /* the record at hand */
	char uri[GCOAP__URI_TEXT];
	char problem[160];
};

/* What an answer is under an observation. */
struct gcoap__notice {
	struct gcoap__observed *observed; /* NULL: there is none */
	int32_t value;			  /* of Observe; -1: none */
	enum gcoap_sequence sequence;
	uint32_t n, gap;
};

/* An answer on its way to the sink; what it points to is borrowed. */
struct gcoap__answer {
	const struct gcoap_msg *msg;
	struct gcoap_addr from;
	uint32_t ifindex;
	gcoap_time at, rtt;
	uint32_t nth;
	struct gcoap_bytes body;
	uint32_t blocks;
	const char *problem; /* NULL: complete, as far as it is known */
	bool incomplete, duplicate, late;
	bool refusal; /* of the proxy itself */
	const struct gcoap_origin *server; /* who it is from; NULL: the message tells */
	enum gcoap_server_from server_from;
	struct gcoap__notice notice;
	gcoap_time now;
};

/* ---- exchange.c ---- */

int gcoap__exchange_new(struct gcoap__exchange **out, struct gcoap_client *c,
			const struct gcoap_ask *ask, gcoap_time now);
void gcoap__exchange_free(struct gcoap__exchange *x);
/* Send the request for the first time: 1; 0: not yet (*@when as gcoap__pace_take). */
int gcoap__exchange_start(struct gcoap__exchange *x, gcoap_time now, gcoap_time *when);
void gcoap__exchange_tick(struct gcoap__exchange *x, gcoap_time now);
/* Close the window; the exchange ends when its follow-ups have. */
void gcoap__exchange_close(struct gcoap__exchange *x, enum gcoap_ended_by why,
			   gcoap_time now);
/* A follow-up has ended, or the window was closed: is this the end? */
void gcoap__exchange_settle(struct gcoap__exchange *x, gcoap_time now);
/* Set the timer to what comes next: the end, silence, a repeat. */
void gcoap__exchange_plan(struct gcoap__exchange *x);
/* Others may be asked at its destination from now on. */
void gcoap__exchange_give_place(struct gcoap__exchange *x, bool answered, gcoap_time now);
/* The request was given up, or refused with a RST. */
void gcoap__exchange_failed(struct gcoap__exchange *x, gcoap_time now);

/* ---- repeat.c ---- */

/* When the request is to be sent again; GCOAP_NEVER. */
gcoap_time gcoap__repeat_at(const struct gcoap__exchange *x);
void gcoap__repeat(struct gcoap__exchange *x, gcoap_time now);

/* ---- answer.c ---- */

/* From a request to its answer; what came before has none. */
gcoap_time gcoap__rtt(gcoap_time asked_at, gcoap_time at);
/* The exchange needs its table of servers no more. */
void gcoap__count_end(struct gcoap__exchange *x);
struct gcoap__answer gcoap__answer_of(const struct gcoap__exchange *x,
				      const struct gcoap_datagram *in,
				      const struct gcoap_msg *msg);
/* A response under the token of @x, in the window. */
void gcoap__answer_recv(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			const struct gcoap_msg *msg, gcoap_time now);
/* Begin to fetch what is behind the first block of @s: true; else @a says why not. */
bool gcoap__answer_follow_up(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			     struct gcoap__answer *a, struct gcoap__server *s);
/* The same again, or too late: counted, and shown where that is wanted. */
void gcoap__answer_extra(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			 const struct gcoap_msg *msg, bool duplicate, gcoap_time now);

/* ---- relay.c ---- */

/* The same of a request that is relayed. */
void gcoap__relay_recv(struct gcoap__exchange *x, const struct gcoap_datagram *in,
		       const struct gcoap_msg *msg, gcoap_time now);

/* ---- identity.c ---- */

struct gcoap__who gcoap__who_of(const struct gcoap_origin *o, const uint64_t seed[2]);
/* Whom an option of @msg names as the server: how, and *@out. GCOAP_FROM_SOURCE: there is no
 * such option, and *@out is as before; GCOAP_FROM_UNKNOWN: it does not decode, and @diag says
 * why, and at which byte of the message. */
enum gcoap_server_from gcoap__named(const struct gcoap_registry *registry,
				    enum gcoap_port_reading reading, uint16_t group_port,
				    const struct gcoap_msg *msg, struct gcoap_origin *out,
				    struct gcoap_diag *diag);

/* Set server and server_from of the client's record; @problem (160 bytes) says why an option
 * that names the server does not decode, else it is left alone. */
void gcoap__identify(struct gcoap__exchange *x, const struct gcoap_msg *msg,
		     const struct gcoap_addr *from, struct gcoap__who *who,
		     const char **problem, size_t *problem_at);

/* ---- proxied.c ---- */

/* Is it a code that a proxy answers with itself? Servers that it does not name may, too. */
bool gcoap__proxy_code(uint8_t code);

/* The timeout option of @m, of either dialect; NULL: none. */
const struct gcoap_option *gcoap__proxied_option(const struct gcoap_registry *registry,
						 const struct gcoap_msg *m);

/* May answers of several servers come? */
bool gcoap__many(const struct gcoap__exchange *x);
/* GCOAP_EINVALID: T' or T of the request through a proxy are not what they must be. */
int gcoap__proxied_check(const struct gcoap__exchange *x);
/* Is nothing awaited of the servers (T' = 0)? */
bool gcoap__proxied_forgets(const struct gcoap__exchange *x);
/* T'; 0: the request has none. */
gcoap_time gcoap__proxied_time(const struct gcoap__exchange *x);
/* Send the request, or under a cancelled observation its cancellation, to the proxy. */
int gcoap__proxied_send(struct gcoap__exchange *x, const struct gcoap_option *echo,
			gcoap_time now);
/* The proxy has acknowledged the request. */
void gcoap__proxied_acked(struct gcoap__exchange *x, gcoap_time now);
/* A response has come, which the client's record identifies: true when it was the proxy's own
 * and is dealt with. */
bool gcoap__proxied_recv(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			 const struct gcoap_msg *msg, gcoap_time now);
/* One server wants to see an Echo value, and the request was repeated with it: true. It is the
 * same request, under the same token (RFC 9175, Section 2.3). */
bool gcoap__challenged(struct gcoap__exchange *x, const struct gcoap_msg *msg, gcoap_time now);
/* The window closes: is an Early Stop Request due (groupcomm-proxy-07, Section 5.1.3)? */
void gcoap__proxied_stop(struct gcoap__exchange *x, enum gcoap_ended_by why, gcoap_time now);

/* ---- ping.c ---- */

/* When a silent proxy is to be asked whether it is there; GCOAP_NEVER. */
gcoap_time gcoap__ping_at(const struct gcoap__exchange *x);
void gcoap__ping(struct gcoap__exchange *x, gcoap_time now);
/* A RST or an ACK has come to the last message: was that the ping? */
bool gcoap__pong(struct gcoap__exchange *x);
/* The exchange whose ping has that Message ID, or NULL. */
struct gcoap__exchange *gcoap__pinged(struct gcoap_client *c, uint16_t mid);
/* Is the proxy gone, as far as this shows? */
bool gcoap__ping_unanswered(const struct gcoap__exchange *x);

/* ---- result.c ---- */

/* The URI of the request with the authority of @o, in c->uri; x->uri when that is not known. */
const char *gcoap__server_uri(struct gcoap__exchange *x, const struct gcoap_origin *o);
/* Count the answer and give it to the sink as a record. */
void gcoap__deliver(struct gcoap__exchange *x, const struct gcoap__answer *a);
/* The record of a relayed answer: message, origin and times; the rest is not read. */
void gcoap__deliver_relayed(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			    const struct gcoap_msg *msg);
void gcoap__deliver_request(struct gcoap__exchange *x);
void gcoap__deliver_notification(struct gcoap_client *c, const struct gcoap_notification *n);
void gcoap__deliver_stale(struct gcoap_client *c, const struct gcoap_observed *o);
void gcoap__deliver_missing(struct gcoap__exchange *x);
void gcoap__deliver_ended(const struct gcoap__exchange *x);
/* Count and show bytes that could not be used; @x may be NULL. */
void gcoap__deliver_malformed(struct gcoap_client *c, const struct gcoap__exchange *x,
			      const struct gcoap_datagram *in, const struct gcoap_diag *diag);

/* ---- client.c ---- */

/* Keep the first error. */
void gcoap__client_fail(struct gcoap_client *c, int err);
/* Something has ended: others may start, or all may be over. */
void gcoap__client_settle(struct gcoap_client *c, gcoap_time now);

#endif
