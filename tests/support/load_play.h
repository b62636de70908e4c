/* A load that is played by hand: a clock that only the test moves, datagrams both ways. */
#ifndef LOAD_PLAY_H
#define LOAD_PLAY_H

#include <gcoap/gcoap.h>

#define LOAD_SENT_MAX 256
#define LOAD_RECORDS_MAX 256
#define LOAD_BYTES 512
#define LOAD_START (100 * GCOAP_SECOND)

struct load_sent {
	struct gcoap_datagram d; /* data points to bytes */
	struct gcoap_msg msg;
	uint8_t bytes[LOAD_BYTES];
	uint32_t client;
	gcoap_time at;
};

struct load_play {
	struct gcoap_load_sink sink; /* first: the callbacks find the play by it */
	struct gcoap_load *load;
	struct gcoap_load_config config;
	struct gcoap_random random;
	gcoap_time now;
	bool stop; /* the sink stops the load */
	size_t n_sent, n_answers, n_rounds, n_malformed;
	struct load_sent sent[LOAD_SENT_MAX];
	struct gcoap_load_answer answers[LOAD_RECORDS_MAX]; /* msg is not valid */
	struct gcoap_load_round rounds[LOAD_RECORDS_MAX];
	char malformed[LOAD_RECORDS_MAX][32]; /* diag->name */
	size_t kinds[GCOAP_LOAD_REFUSAL + 1];
};

/* GET of "r" with a timeout of 2 s; the message is static. */
struct gcoap_load_request load_get(const char *to);
/* One client, a start at LOAD_START, the present time, too; the rest is to be set by the test. */
struct gcoap_load_config load_config(const struct gcoap_load_request *requests, size_t n);
/* NULL when the load could not be made. */
struct load_play *load_play_try(const struct gcoap_load_config *config);
struct load_play *load_play_new(const struct gcoap_load_config *config);
void load_play_free(struct load_play *p);

/* Take everything that the clients want to send now. */
void load_flush(struct load_play *p);
/* Move the clock by @by, ticking at every deadline on the way and sending what is to be sent. */
void load_wait(struct load_play *p, gcoap_time by);
/* What was sent as @i-th, counted from 0; the last. */
const struct load_sent *load_sent_at(const struct load_play *p, size_t i);
const struct load_sent *load_last(const struct load_play *p);
bool load_done(const struct load_play *p);

/* Bytes for client @client, from @from; then send what is to be sent. */
int load_recv_bytes(struct load_play *p, uint32_t client, const char *from, const void *bytes,
		    size_t len);
int load_recv(struct load_play *p, uint32_t client, const char *from, const struct gcoap_msg *m);
/* Start a response to @to with its token; NON. */
void load_response(struct gcoap_msg *m, const struct load_sent *to, uint8_t code, uint16_t mid);
/* 2.05 from @from, NON, Message ID @mid, to @to. */
int load_answer(struct load_play *p, const struct load_sent *to, const char *from, uint16_t mid);
/* An empty message, from where @to went. */
int load_empty(struct load_play *p, const struct load_sent *to, enum gcoap_type type);
const struct gcoap_load_answer *load_last_answer(const struct load_play *p);
const struct gcoap_load_round *load_last_round(const struct load_play *p);
struct gcoap_load_count load_counts(const struct load_play *p);

#endif
