/* A capture file as exchanges: requests with the answers that carry their tokens. */
#ifndef DECODE_CAPTURE_H
#define DECODE_CAPTURE_H

#include <gcoap/net.h>
#include <uthash.h>
#include "decode.h"

/* One CoAP datagram of the file, copied. */
struct packet {
	uint64_t number; /* of the UDP datagrams in the file, 1 and up */
	struct gcoap_addr from, to;
	gcoap_time at; /* since the first packet of the file, from 1 up */
	int err;       /* of gcoap_msg_decode() */
	struct gcoap_diag diag;
	struct gcoap_msg msg; /* borrows @bytes */
	size_t len;
	uint8_t bytes[];
};

struct reply {
	const struct packet *packet;
	bool duplicate;
};

/* Who asked, and under which token. */
struct asked {
	uint8_t addr[16];
	uint16_t port, family;
	uint8_t token[GCOAP_TOKEN_MAX];
	uint32_t token_len;
};

struct exchange {
	UT_hash_handle hh; /* of the latest request of each key */
	struct asked key;
	const struct packet *request;
	uint32_t repeats; /* of the request */
	struct reply *replies;
	size_t n, cap;
	bool follow_up; /* fetches blocks of an answer of another one */
	struct exchange *same_server; /* the next one to the same endpoint */
};

struct by_server {
	UT_hash_handle hh;
	struct asked key; /* endpoint alone */
	struct exchange *first, *last;
};

/* An endpoint that has sent a request. */
struct client {
	UT_hash_handle hh;
	struct asked key; /* endpoint alone */
	size_t last;	  /* place of its latest request among the packets */
};

struct capture {
	const struct decode_args *args;
	const struct gcoap_registry *registry;
	uint16_t ports[32]; /* of CoAP */
	size_t n_ports;
	gcoap_time start; /* since 1970 */
	bool begun;
	uint64_t n_udp, n_dtls;
	struct gcoap_capture_left left;
	struct packet **packets;
	size_t n, cap;
	struct exchange **exchanges; /* in the file's order */
	size_t n_exchanges, cap_exchanges;
	struct exchange *by_token;
	struct by_server *by_server;
	struct client *clients;
	uint32_t n_malformed, unmatched;
};

void capture_init(struct capture *c, const struct decode_args *args,
		  const struct gcoap_registry *registry);
void capture_clear(struct capture *c);
/* Read all datagrams. CLI_OK, or an exit status after saying why; what was read stays. */
int capture_read(struct capture *c, const char *path);
const char *capture_name(const char *path); /* "stdin" for "-" */
/* An endpoint as a key. */
struct asked capture_key(const struct gcoap_addr *a);
/* Make exchanges of them. GCOAP_ENOMEM. */
int capture_pair(struct capture *c);
/* The body of an answer: its payload, with the blocks that follow-ups fetched. On the heap in
 * *@store when it had to be put together. @complete, @blocks as in struct gcoap_response. */
struct gcoap_bytes capture_body(const struct capture *c, const struct exchange *x,
				const struct packet *answer, uint8_t **store, uint32_t *blocks,
				bool *complete);
/* Show one exchange as gcoap-get would have. Negative: the output is broken. */
int capture_show(struct capture *c, const struct exchange *x, uint32_t id);

#endif
