/* A small host of servers with a fake clock, and what it sent. */
#ifndef SERVE_FIXTURE_H
#define SERVE_FIXTURE_H

#include <gcoap/gcoap.h>

#define FX_SENT_MAX 4096

struct fx_sent {
	struct gcoap_addr from, to;
	gcoap_time at;
	size_t len;
	uint8_t bytes[1152];
};

struct fx {
	struct gcoap_registry registry;
	struct gcoap_addr group, client;
	struct gcoap_serve_config config;
	struct gcoap_serve *serve;
	gcoap_time now;
	uint32_t version; /* of /r on every member */
	uint32_t posts;	  /* how often POST /r was executed */
	struct gcoap_fate fate;
	struct fx_sent *sent;
	size_t n;
	size_t seen_silent; /* datagrams that were ignored */
	char why[64];
};

/*
 * Members 192.0.2.1 …, group 224.0.1.187, client 192.0.2.200:40000, leisure 5 s. Resources:
 * /r (GET PUT POST FETCH, observable, looks at No-Response), /loud (errors are heard by the
 * group), /plain (does not know No-Response), /private (not for groups), /long (3,000 bytes),
 * /slow (a separate response after 1 s), /temp (changes every 4 s), /maybe (4.04 on odd members).
 */
void fx_init(struct fx *f, uint32_t members);
void fx_open(struct fx *f); /* after changes to f->config */
void fx_close(struct fx *f);
void fx_open_prompt(struct fx *f, uint32_t members); /* both, without leisure */
int fx_tear_down(void **state);			     /* *@state is the host */

struct gcoap_addr fx_member(uint32_t i);
/* A request with token 0xa1 0xb2 and one Uri-Path a segment. */
void fx_request(struct gcoap_msg *m, enum gcoap_type type, uint8_t code, uint16_t mid,
		const char *path);
void fx_give(struct fx *f, const struct gcoap_addr *to, const struct gcoap_msg *m);
void fx_give_bytes(struct fx *f, const struct gcoap_addr *to, const void *bytes, size_t len);
void fx_group(struct fx *f, const struct gcoap_msg *m);
void fx_one(struct fx *f, uint32_t member, const struct gcoap_msg *m);
/* Drive the clock to @until, collecting what is sent. Returns how many came since. */
size_t fx_run(struct fx *f, gcoap_time until);
/* The @i-th datagram decoded; it borrows. */
struct gcoap_msg fx_msg(const struct fx *f, size_t i);
void fx_forget(struct fx *f);

#endif
