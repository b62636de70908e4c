/* A front and whom it serves, played by hand: a clock that only the test moves. */
#ifndef FRONT_PLAY_H
#define FRONT_PLAY_H

#include <gcoap/gcoap.h>

#define FRONT_SENT_MAX 64
#define FRONT_HERE "192.0.2.1:5683"

struct front_sent {
	struct gcoap_datagram d;
	struct gcoap_msg msg;
	uint8_t bytes[1500];
};

struct front_play {
	struct gcoap_served served; /* first: the callbacks find the play by it */
	struct gcoap_front_config config;
	struct gcoap_registry registry;
	struct gcoap_random random;
	struct gcoap_front *front;
	struct gcoap_engine *engine;
	gcoap_time now;

	/* What a request is answered with at once: 2.05 with @answer, so often; 0: not at all. */
	const char *answer;
	uint32_t answers;
	int responded; /* what respond() returned last */

	size_t n_requests, n_lost;
	struct gcoap_peer peer;	   /* of the last request, or the last loss */
	struct gcoap_msg request;  /* the last; its options and payload are not valid */
	uint8_t lost_token[8];
	size_t lost_token_len;

	size_t n_sent; /* since the last front_forget(); later ones are counted only */
	struct front_sent sent[FRONT_SENT_MAX];
};

/* Echo is off. */
void front_init(struct front_play *p);
void front_open(struct front_play *p); /* after changes to p->config */
void front_close(struct front_play *p);
void front_forget(struct front_play *p);
int front_tear_down(void **state); /* *@state is the front */

/* A request with token a1 b2 and "r" as its path. */
void front_request(struct gcoap_msg *m, enum gcoap_type type, uint16_t mid);
/* Receive from @from, and take what is to be sent; returns what recv() does. */
int front_recv(struct front_play *p, const char *from, const struct gcoap_msg *m);
int front_recv_bytes(struct front_play *p, const char *from, const void *bytes, size_t len);
int front_recv_datagram(struct front_play *p, struct gcoap_datagram *in);
/* front_request() of @from, which is taken. */
void front_give(struct front_play *p, const char *from, enum gcoap_type type, uint16_t mid);
/* An empty message. */
int front_recv_empty(struct front_play *p, const char *from, enum gcoap_type type, uint16_t mid);
/* 2.05 with @text to the last request. */
int front_respond(struct front_play *p, enum gcoap_send_as as, const char *text);
/* Move the clock, ticking at every deadline on the way, and take what is sent. */
void front_wait(struct front_play *p, gcoap_time by);
void front_flush(struct front_play *p);
/* The message sent last; ends the test when there is none. */
const struct gcoap_msg *front_last(const struct front_play *p);
struct gcoap_front_stats front_stats(const struct front_play *p);

#endif
