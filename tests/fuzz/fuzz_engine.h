/* A client under a fuzzer: a fake clock, a sink that checks, the last requests by server. */
#ifndef FUZZ_ENGINE_H
#define FUZZ_ENGINE_H

#include <gcoap/gcoap.h>
#include <stdlib.h>
#include <string.h>

#define SOURCES 4

struct driven {
	struct gcoap_sink sink; /* first */
	struct gcoap_client *client;
	struct gcoap_engine *engine;
	struct gcoap_random random;
	gcoap_time now;
	struct gcoap_msg group;		/* the request sent to the group last */
	struct gcoap_msg asked[SOURCES]; /* to each server last; token_len 0: none */
	uint32_t wanted[SOURCES];	 /* the block that it asks for */
	uint32_t shown, max_body, max_blocks;
	int observed; /* some ask was an observation */
};

static inline void must(int holds)
{
	if (!holds)
		abort();
}

/* 192.0.2.1 and up. */
static inline struct gcoap_addr source(unsigned i)
{
	return (struct gcoap_addr){ .family = 4, .port = 5683,
				    .bytes = { 192, 0, 2, (uint8_t)(i % SOURCES + 1) } };
}

/* Of a request only what needs no bytes of it: they are gone with the next call. */
static inline void keep(struct driven *d, unsigned i, const struct gcoap_msg *m)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_BLOCK2);
	struct gcoap_block b = { 0 };

	if (o)
		must(gcoap_block_decode(o->value, &b, NULL) == 0);
	d->asked[i] = *m;
	d->asked[i].n_options = 0;
	d->wanted[i] = b.num;
}

static inline void flush(struct driven *d)
{
	struct gcoap_datagram out;
	struct gcoap_msg m;

	while (d->engine->send(d->engine, &out, d->now) == 1) {
		must(gcoap_msg_decode(&m, out.data, NULL) == 0);
		must(out.to.port != 0);
		if (gcoap_addr_is_multicast(&out.to)) {
			must(m.type == GCOAP_NON && GCOAP_CODE_IS_REQUEST(m.code));
			must(!gcoap_msg_find(&m, GCOAP_BLOCK1));
			d->group = m;
		} else if (m.code != GCOAP_EMPTY) {
			must(GCOAP_CODE_IS_REQUEST(m.code) && m.token_len == 8);
			keep(d, (out.to.bytes[3] - 1u) % SOURCES, &m);
		}
	}
}

static inline void pass(struct driven *d, gcoap_time by)
{
	gcoap_time end = d->now + by, due;

	while ((due = d->engine->deadline(d->engine)) <= end) {
		if (due > d->now)
			d->now = due;
		d->engine->tick(d->engine, d->now);
		flush(d);
	}
	d->now = end;
}

static inline void receive(struct driven *d, struct gcoap_addr from, const void *data,
			   size_t len)
{
	struct gcoap_datagram in = { .from = from, .data = { data, len }, .at = d->now };

	d->engine->recv(d->engine, &in, d->now);
	flush(d);
}

static inline int count_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	struct driven *d = (struct driven *)to;

	d->shown++;
	must(r->blocks >= 1 && r->blocks <= d->max_blocks);
	must(r->blocks == 1 || r->body.len <= d->max_body);
	must(r->complete || r->problem);
	must(r->uri && strlen(r->uri) > 7);
	must(r->rtt >= 0);
	return 0;
}

static inline int count_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	must(n->sequence != GCOAP_SEQUENCE_OLD);
	must((n->observe < 0) == (n->sequence == GCOAP_SEQUENCE_NONE));
	must(n->observe < 1 << 24 && n->age >= 0);
	must(n->n == n->server->n && n->server->body.len <= GCOAP_OBSERVED_BODY);
	must(n->server->lost >= -1 && n->server->rate >= 0);
	return count_response(to, n->response);
}

static inline int count_stale(struct gcoap_sink *to, const struct gcoap_observed *o)
{
	must(o->stale && o->state == GCOAP_OBSERVED_ACTIVE);
	return 0;
}

static inline int start(struct driven *d)
{
	struct gcoap_client_config config = { .transmission = GCOAP_TRANSMISSION_DEFAULT,
					      .max_held = 1 << 20,
					      .random = &d->random,
					      .sink = &d->sink };

	d->now = GCOAP_SECOND;
	gcoap_random_init_seed(&d->random, 1);
	if (gcoap_client_new(&d->client, &config) < 0)
		return -1;
	d->engine = gcoap_client_engine(d->client);
	return 0;
}

/* Everything ends by itself, and the counts agree. */
static inline void finish(struct driven *d)
{
	struct gcoap_summary sum;

	if (d->observed)
		gcoap_client_cancel(d->client, GCOAP_ENDED_DURATION, d->now);
	for (int i = 0; i < 100 && !d->engine->done(d->engine); i++)
		pass(d, 300 * GCOAP_SECOND);
	must(d->engine->done(d->engine));
	gcoap_client_summary(d->client, &sum, d->now);
	must(sum.responses == sum.ok + sum.errors);
	must(sum.responses <= d->shown);
	must(sum.servers <= sum.responses || d->observed);
	gcoap_client_free(&d->client);
}

#endif
