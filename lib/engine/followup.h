/* Follow-ups: what one server is asked by unicast after its first response to the group. */
#ifndef GCOAP_ENGINE_FOLLOWUP_H
#define GCOAP_ENGINE_FOLLOWUP_H

#include "body.h"
#include "engine.h"

#define GCOAP__FOLLOWUPS_MAX 64 /* servers asked at the same time */

struct gcoap__followup {
	struct gcoap__party party; /* first: tokens and handles lead here */
	TAILQ_ENTRY(gcoap__followup) entry;
	struct gcoap__timer timer;
	struct gcoap__exchange *exchange;
	struct gcoap__server *server;
	struct gcoap_addr peer; /* who is asked: the source of the first response, unless that was
				 * a proxy */
	struct gcoap_addr from; /* that source */
	struct gcoap_origin *origin; /* through a proxy: whose body it is; else NULL */
	enum gcoap_server_from server_from;
	uint32_t ifindex;
	gcoap_time at, rtt; /* of the first response, or of that to the Echo value */
	gcoap_time asked_at; /* when the present request went out first */
	uint32_t nth;
	uint8_t *first; /* the datagram whose options the record shows */
	size_t first_len;
	struct gcoap__body body;
	bool active;	/* has its turn */
	bool confirm;	/* the present request went out as CON */
	bool restarted; /* the representation changed once */
	bool by_proxy;	/* not the server is asked, but the reverse-proxy that has named it */
	bool echoed;	/* the present request carries the Echo value */
	uint8_t echo_len;
	uint8_t echo[GCOAP__ECHO_MAX];
	struct gcoap__notice notice;
	gcoap_time give_up; /* without progress */
	gcoap_time end;	    /* at the latest */
};

/* The value of an Echo option to repeat with, or NULL. */
const struct gcoap_option *gcoap__echo_of(const struct gcoap_msg *msg);

/*
 * Fetch what is behind the first response @a, which came in @in: blocks, or with @echo the
 * response itself. The record comes when that has ended. GCOAP_ENOMEM, GCOAP_ELIMIT (max_held),
 * GCOAP_EROUTE (the server behind the proxy cannot be asked): nothing has begun.
 */
int gcoap__followup_new(struct gcoap__exchange *x, struct gcoap__server *s,
			const struct gcoap_datagram *in, const struct gcoap__answer *a,
			const struct gcoap_option *echo);
/* Ask those that may be asked; returns when another one may be, GCOAP_NEVER. */
gcoap_time gcoap__followups_pump(struct gcoap_client *c, gcoap_time now);
void gcoap__followup_recv(struct gcoap__followup *f, const struct gcoap_datagram *in,
			  const struct gcoap_msg *msg, gcoap_time now);
void gcoap__followup_tick(struct gcoap__followup *f, gcoap_time now);
/* Give the record as far as it came, @problem NULL when it is complete; @f is gone after. */
void gcoap__followup_end(struct gcoap__followup *f, const char *problem, gcoap_time now);
/* The server is not reached: another way to it, or the end. */
void gcoap__followup_lost(struct gcoap__followup *f, const char *problem, gcoap_time now);
/* End all, given up because of @problem. */
void gcoap__followups_stop(struct gcoap_client *c, const char *problem, gcoap_time now);
/* End those of one exchange. */
void gcoap__followups_over(struct gcoap__exchange *x, const char *problem, gcoap_time now);
/* Free all without a record. */
void gcoap__followups_free(struct gcoap_client *c);

/* followup_request.c: take out of a request what is for a group or for one block only. */
void gcoap__strip(const struct gcoap__exchange *x, struct gcoap_msg *m);
/* followup_origin.c: whom to ask behind a proxy, which the client's record names. GCOAP_EROUTE,
 * GCOAP_ENOMEM. */
int gcoap__followup_reach(struct gcoap__followup *f);
/* What the options of an individual request borrow. */
struct gcoap__origin_store {
	struct gcoap_uri_store uri;
	char text[GCOAP__URI_TEXT];
	char host[GCOAP_ADDR_TEXT + 2];
	uint8_t port[4];
};
/* The server that a reverse-proxy has named cannot be asked for the rest: it knows no such path,
 * or is not reached. The proxy, which knows and reaches it, is to be asked for that server:
 * once. */
bool gcoap__followup_turn(struct gcoap__followup *f);
/* Make the request to the group through the proxy one to the server alone. GCOAP_EINVALID. */
int gcoap__followup_aim(const struct gcoap__followup *f, struct gcoap_msg *m,
			struct gcoap__origin_store *store);
/* Send the request for what is next. GCOAP_ENOMEM, GCOAP_ESYSTEM. */
int gcoap__followup_send(struct gcoap__followup *f, bool confirm, gcoap_time now);

#endif
