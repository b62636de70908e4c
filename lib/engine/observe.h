/*
 * Observations: an exchange whose token lives on, and a state for each server that answers under
 * it (RFC 7641; groupcomm-bis-03, Section 3.6).
 */
#ifndef GCOAP_ENGINE_OBSERVE_H
#define GCOAP_ENGINE_OBSERVE_H

#include <gcoap/observe.h>

#include "engine.h"
#include "followup.h"

#define GCOAP__MAX_AGE 60	   /* s; RFC 7252, Section 5.10.5 */
#define GCOAP__NOTIFICATION_RATE 100 /* of one server in a second, when max_rate is 0 */
#define GCOAP__ASKED_MAX 64	   /* servers that are asked at the same time */

/* Observe values of one server, in the order in which they come. */
struct gcoap__sequence {
	bool any;
	uint32_t newest;
	gcoap_time at;	     /* when that came */
	uint64_t seen;	     /* bit i: newest - i has come */
	uint64_t span, came; /* values from the first to the newest, and how many of them came */
	uint64_t span_before, came_before; /* until the last restart */
	bool odd; /* an old value came that fills no gap: @odd_value */
	uint32_t odd_value;
};

/* Take the value of a notification; @causal: it answers a request that went out after all that
 * came before. *@gap: values skipped just before it. */
enum gcoap_sequence gcoap__sequence_take(struct gcoap__sequence *s, uint32_t value,
					 gcoap_time at, bool causal, uint32_t *gap);
/* Values that did not come; -1: the server does not count by one. */
int64_t gcoap__sequence_lost(const struct gcoap__sequence *s);

/* A server under an observation. It belongs to the client and outlives the exchange. */
struct gcoap__observed {
	struct gcoap__party party; /* first: of requests to this server alone, and its timer */
	TAILQ_ENTRY(gcoap__observed) entry;
	struct gcoap__exchange *exchange; /* NULL: has ended */
	struct gcoap__timer timer;
	struct gcoap_observed state; /* body, age and what is counted are made when asked for */
	struct gcoap_origin *origin;
	struct gcoap__sequence sequence;
	uint8_t *body;
	size_t body_cap;
	uint64_t digest; /* of the last representation */
	struct gcoap__followup *followup;
	gcoap_time first_at;
	gcoap_time stale_at, renew_at; /* GCOAP_NEVER: not planned */
	gcoap_time second;	       /* begin of the second in which @in_second came */
	uint32_t in_second;

	struct gcoap_addr peer; /* where it answers from; family 0: not to be asked alone */
	uint32_t ifindex;
	enum { GCOAP__ASK_NOT, GCOAP__ASK_QUEUED, GCOAP__ASK_SENT } asking;
	gcoap_time asked_at; /* with an Echo value: answers are timed from then on; 0: never */
	uint8_t ask_value;
	uint8_t echo_len;
	uint8_t echo[GCOAP__ECHO_MAX];
	uint32_t tries; /* requests in a row that were not answered */
	gcoap_time ask_end;
	bool leaving; /* has not answered the cancellation yet */
	bool named;   /* not one of those that a proxy does not name */
};

/* What makes an exchange an observation. */
struct gcoap__observation {
	struct gcoap_observe config;
	bool in_window; /* the first responses are waited for; a place of pace.h is taken */
	gcoap_time window_end;
	gcoap_time register_at; /* with the whole group again */
	uint32_t n_active, n_asking, n_leaving;
	uint8_t zero[1]; /* the option's value, of no bytes */

	bool leaving; /* cancellation is under way */
	enum gcoap_ended_by why;
	gcoap_time left_at; /* when the cancellation went out last */
	gcoap_time again_at, quiet_at, leave_by;
	uint32_t again_left;
};

/* ---- observe.c ---- */

/* Make @x, just made and not sent, an observation. GCOAP_EINVALID: neither GET nor FETCH;
 * GCOAP_ELIMIT, GCOAP_ENOMEM. */
int gcoap__observe_init(struct gcoap__exchange *x, const struct gcoap_observe *config);
void gcoap__observe_free(struct gcoap__exchange *x);
/* The registration went out for the first time. */
void gcoap__observe_started(struct gcoap__exchange *x, gcoap_time now);
void gcoap__observe_plan(struct gcoap__exchange *x);
void gcoap__observe_tick(struct gcoap__exchange *x, gcoap_time now);
/* End the exchange when nobody is left who could notify. */
void gcoap__observe_settle(struct gcoap__exchange *x, gcoap_time now);
/* The exchange ends: give the place back, ask nobody any more. */
void gcoap__observe_close(struct gcoap__exchange *x, gcoap_time now);
/* Register with all servers of the observation @id at once, under the same token. */
void gcoap__observe_again(struct gcoap_client *c, uint32_t id, gcoap_time now);
/* gcoap_client_cancel() of the observation @id alone. Not from within a sink. */
void gcoap__observe_leave(struct gcoap_client *c, uint32_t id, enum gcoap_ended_by why,
			  gcoap_time now);
/* The first responses are not waited for any more: give the place of pace.h back. */
void gcoap__observe_close_window(struct gcoap__exchange *x, gcoap_time now);
/* Stop the window, timers, requests and follow-ups of all its servers. */
void gcoap__observe_halt(struct gcoap__exchange *x, gcoap_time now);

/* ---- observe_recv.c ---- */

/* A response of @s that is no duplicate. */
void gcoap__observe_recv(struct gcoap__exchange *x, struct gcoap__server *s,
			 const struct gcoap_datagram *in, struct gcoap__answer *a,
			 gcoap_time now);
/* The same message once more: counted. */
void gcoap__observe_duplicate(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			      const struct gcoap_msg *msg);
/* The Observe value of a response; -1: none that is usable. */
int32_t gcoap__observe_value(const struct gcoap__exchange *x, const struct gcoap_msg *msg);

/* ---- observe_state.c ---- */

/* The state of a server that has none yet. NULL: out of memory. */
struct gcoap__observed *gcoap__observed_new(struct gcoap__exchange *x);
/* Free the servers of the observation @id, which is over: what relays lives for long. Their
 * indices are given to others. */
void gcoap__observed_forget(struct gcoap_client *c, uint32_t id);
void gcoap__observed_set(struct gcoap__observed *o, enum gcoap_observed_state state);
/* Set the timer to what comes next: stale, ask, no answer. */
void gcoap__observed_plan(struct gcoap__observed *o);
/* A request to it was not answered: again, later each time. */
void gcoap__observed_retry(struct gcoap__observed *o, gcoap_time now);
void gcoap__observed_tick(struct gcoap__observed *o, gcoap_time now);
/* Give the notification that @a and @r are, of the server a->observed, to the sink. */
void gcoap__observed_deliver(struct gcoap__exchange *x, const struct gcoap__answer *a,
			     const struct gcoap_response *r);
void gcoap__observed_free(struct gcoap_client *c);

/* ---- observe_ask.c ---- */

/* Ask this server alone, by CON, under the token of the observation (groupcomm-bis-03, Section
 * 3.6): @value is Observe's. @echo may be NULL. */
void gcoap__ask_one(struct gcoap__observed *o, uint8_t value, const struct gcoap_option *echo);
/* It has answered, or is not waited for any more. */
void gcoap__ask_done(struct gcoap__observed *o, gcoap_time now);
void gcoap__ask_failed(struct gcoap__observed *o, gcoap_time now);
/* Send what may be sent; returns when to try again. */
gcoap_time gcoap__asks_pump(struct gcoap_client *c, gcoap_time now);

/* ---- observe_cancel.c ---- */

void gcoap__cancel_begin(struct gcoap__exchange *x, enum gcoap_ended_by why, gcoap_time now);
void gcoap__cancel_tick(struct gcoap__exchange *x, gcoap_time now);
gcoap_time gcoap__cancel_next(const struct gcoap__exchange *x);
/* A response while the cancellation is under way. */
void gcoap__cancel_recv(struct gcoap__exchange *x, struct gcoap__observed *o,
			const struct gcoap_datagram *in, const struct gcoap_msg *msg,
			gcoap_time now);
/* Is this a notification that is refused, because nobody listens any more? */
bool gcoap__cancel_refuses(const struct gcoap__exchange *x, const struct gcoap_msg *msg);

#endif
