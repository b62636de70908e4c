/* A client that is played by hand: a clock that only the test moves, datagrams both ways. */
#ifndef ENGINE_PLAY_H
#define ENGINE_PLAY_H

#include <gcoap/gcoap.h>

#define PLAY_SENT_MAX 128
#define PLAY_RECORDS_MAX 64
#define PLAY_BYTES 1500

struct play_sent {
	struct gcoap_datagram d; /* data points to bytes */
	struct gcoap_msg msg;
	uint8_t bytes[PLAY_BYTES];
};

struct play_response {
	struct gcoap_response r; /* pointers are not valid, but for what is below */
	uint8_t code;
	char uri[256], problem[160];
	uint8_t body[8192];
};

struct play_notification {
	struct gcoap_notification n; /* pointers are not valid */
	struct gcoap_observed server;
	uint8_t code;
	char body[64];
	char problem[160];
};

struct play {
	struct gcoap_sink sink; /* first: the callbacks find the play by it */
	struct gcoap_client *client;
	struct gcoap_engine *engine;
	struct gcoap_random random;
	gcoap_time now;
	size_t n_sent;
	struct play_sent sent[PLAY_SENT_MAX];
	size_t n_requests, n_responses, n_missing, n_malformed;
	struct gcoap_request_record request; /* the last */
	size_t n_notifications, n_stale;
	struct play_notification notifications[PLAY_RECORDS_MAX];
	struct play_response responses[PLAY_RECORDS_MAX];
	struct gcoap_addr missing[PLAY_RECORDS_MAX];
	size_t n_ended;
	struct gcoap_ended ended; /* the last */
	char malformed[PLAY_RECORDS_MAX][32]; /* diag.name */
	int refuse; /* what the sink returns */
};

/* A client with default parameters, changed by @change when it is not NULL. */
struct play *play_new(void (*change)(struct gcoap_client_config *config));
/* As above; NULL when the client could not be made. */
struct play *play_try(void (*change)(struct gcoap_client_config *config));
void play_free(struct play *p);

struct gcoap_addr play_addr(const char *text);
/* GET of @path (one segment) to 224.0.1.187. The message is static: one at a time. */
struct gcoap_ask play_get(const char *path);
/* Ask and send; returns the id. */
int play_ask(struct play *p, const struct gcoap_ask *ask);
/* Take everything that the engine wants to send now. */
void play_flush(struct play *p);
/* Move the clock by @by, ticking at every deadline on the way and sending what is to be sent. */
void play_wait(struct play *p, gcoap_time by);
/* Each allocation of a run fails once; whatever is under way then can be stopped. */
void play_without_memory(void (*run)(struct play *p));
/* The message sent last. */
const struct gcoap_msg *play_last(const struct play *p);

/* Start a response to @to with its token; NON, Message ID @mid. */
void play_answer(struct gcoap_msg *m, const struct gcoap_msg *to, uint8_t code, uint16_t mid);
/* Encode and receive it, from @from; then send what is to be sent. */
int play_recv(struct play *p, const char *from, const struct gcoap_msg *m);
int play_recv_bytes(struct play *p, const char *from, const void *bytes, size_t len);
/* 2.05 with @text to the last message sent, from @from. */
int play_text(struct play *p, const char *from, uint16_t mid, const char *text);
/* Summary at the present time. */
struct gcoap_summary play_summary(const struct play *p);

#endif
