/* A proxy that is played by hand: clients, servers and the clock are the test's. */
#ifndef PROXY_PLAY_H
#define PROXY_PLAY_H

#include <gcoap/gcoap.h>

#define PROXY_PLAY_MAX 64
#define PROXY_PLAY_BYTES 1500

#define PROXY_CLIENT "192.0.2.50:40000"
#define PROXY_GROUP "224.0.1.187:5683"

struct proxy_play_msg {
	struct gcoap_addr to; /* the client, or where the proxy sends to */
	struct gcoap_peer peer;
	enum gcoap_send_as as;
	struct gcoap_msg msg;
	uint8_t bytes[PROXY_PLAY_BYTES];
};

struct proxy_play {
	struct gcoap_way way; /* first: responses come here */
	struct gcoap_proxy *proxy;
	struct gcoap_engine *engine;
	struct gcoap_served *served;
	struct gcoap_random random;
	gcoap_time now;
	int refuse; /* what respond() returns, when it is negative */
	size_t n_answers; /* to clients */
	struct proxy_play_msg answers[PROXY_PLAY_MAX];
	size_t n_sent; /* towards servers */
	struct proxy_play_msg sent[PROXY_PLAY_MAX];
	size_t events[GCOAP_PROXY_ENDED + 1];
	char why[64]; /* of the last event that had one */
	uint32_t timeout_asked, timeout; /* of the last event */
	const char *resolving; /* name that was asked for */
	struct gcoap_addr resolved; /* family 0: GCOAP_EAGAIN */
};

/* 192.0.2.0/24 and 2001:db8::/32 may ask 224.0.1.187:5683, :5685, :61616 and
 * [ff35:30:2001:db8::1234]:5685, and 198.51.100.0/24 as servers; @change changes that. */
struct proxy_play *proxy_play_new(void (*change)(struct gcoap_proxy_config *c));
/* NULL when it could not be made. */
struct proxy_play *proxy_play_try(void (*change)(struct gcoap_proxy_config *c));
void proxy_play_free(struct proxy_play *p);
/* For each test of a file: *@state is the address of the file's pointer. */
int proxy_play_set_up(void **state);
int proxy_play_tear_down(void **state);

/* A change: the first group has two known members, 198.51.100.1 and .2, port 5683. */
extern struct gcoap_addr proxy_play_members[2];
void proxy_play_two_members(struct gcoap_proxy_config *c);

struct gcoap_peer proxy_play_peer(struct proxy_play *p, const char *from);
/* A request of the client at @from, as hex or as a message; then send what is to be sent. */
void proxy_play_request(struct proxy_play *p, const char *from, const char *hex);
void proxy_play_ask(struct proxy_play *p, const char *from, const struct gcoap_msg *m);
/* A response of @server to the request sent last: code, options and payload of @m. */
void proxy_play_answer(struct proxy_play *p, const char *server, struct gcoap_msg *m);
/* 2.05 with @text. */
void proxy_play_text(struct proxy_play *p, const char *server, const char *text);
void proxy_play_flush(struct proxy_play *p);
void proxy_play_wait(struct proxy_play *p, gcoap_time by);

/* The last to a client, and the last towards servers. */
const struct proxy_play_msg *proxy_play_last(const struct proxy_play *p);
const struct proxy_play_msg *proxy_play_sent(const struct proxy_play *p);
/* Is @m what @hex says, but for type, Message ID and (@any_token) token? */
bool proxy_play_is(const struct proxy_play_msg *m, const char *hex, bool any_token);

#endif
