/* Driving a proxy without a network. */
#include "proxy_play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void record(struct proxy_play_msg *r, const struct gcoap_msg *m)
{
	struct gcoap_msg copy = *m;
	int len = gcoap_msg_encode(&copy, r->bytes, sizeof(r->bytes));

	if (len < 0 || gcoap_msg_decode(&r->msg, (struct gcoap_bytes){ r->bytes, (size_t)len },
					NULL) < 0)
		abort();
}

static int respond(struct gcoap_way *w, const struct gcoap_peer *to, struct gcoap_msg *msg,
		   enum gcoap_send_as as, gcoap_time now)
{
	struct proxy_play *p = (struct proxy_play *)w;
	struct proxy_play_msg *r = &p->answers[p->n_answers % PROXY_PLAY_MAX];

	if (now != p->now)
		abort();
	if (p->refuse < 0)
		return p->refuse;
	p->n_answers++;
	r->to = to->addr;
	r->peer = *to;
	r->as = as;
	record(r, msg);
	return 0;
}

static void on_event(void *arg, const struct gcoap_proxy_event *e)
{
	struct proxy_play *p = arg;

	p->events[e->what]++;
	p->timeout_asked = e->timeout_asked;
	p->timeout = e->timeout;
	if (e->why)
		snprintf(p->why, sizeof(p->why), "%s", e->why);
}

static int on_resolve(void *arg, const char *host, uint16_t port, struct gcoap_addr *out)
{
	struct proxy_play *p = arg;

	(void)port;
	p->resolving = host;
	*out = p->resolved;
	return p->resolved.family ? 0 : GCOAP_EAGAIN;
}

static struct gcoap_addr addr(const char *text)
{
	struct gcoap_addr a;

	if (gcoap_addr_parse(&a, text, GCOAP_PORT) < 0)
		abort();
	return a;
}

static void allow_group(struct gcoap_proxy_group *g, const char *uri)
{
	if (gcoap_uri_parse(&g->uri, uri, NULL) < 0)
		abort();
	g->addr = g->uri.addr;
	g->addr.port = g->uri.port;
}

struct proxy_play *proxy_play_try(void (*change)(struct gcoap_proxy_config *c))
{
	static struct gcoap_proxy_client clients[2];
	static struct gcoap_proxy_group groups[4];
	static struct gcoap_proxy_target targets[1];
	static struct gcoap_addr ours;
	struct gcoap_proxy_config c = GCOAP_PROXY_CONFIG_DEFAULT;
	struct proxy_play *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->way.respond = respond;
	p->now = 1000 * GCOAP_SECOND;
	gcoap_random_init_seed(&p->random, 7);
	clients[0] = (struct gcoap_proxy_client){ .net = addr("192.0.2.0"), .prefix = 24 };
	clients[1] = (struct gcoap_proxy_client){ .net = addr("[2001:db8::]"), .prefix = 32 };
	allow_group(&groups[0], "coap://224.0.1.187");
	allow_group(&groups[1], "coap://224.0.1.187:5685");
	allow_group(&groups[2], "coap://224.0.1.187:61616");
	allow_group(&groups[3], "coap://[ff35:30:2001:db8::1234]:5685");
	targets[0] = (struct gcoap_proxy_target){ .net = addr("198.51.100.0"), .prefix = 24 };
	ours = addr("192.0.2.1");
	c.random = &p->random;
	c.clients = clients;
	c.n_clients = 2;
	c.groups = groups;
	c.n_groups = 4;
	c.targets = targets;
	c.n_targets = 1;
	c.ours = &ours;
	c.n_ours = 1;
	c.resolve = on_resolve;
	c.event = on_event;
	c.arg = p;
	if (change)
		change(&c);
	if (gcoap_proxy_new(&p->proxy, &c) < 0) {
		free(p);
		return NULL;
	}
	p->engine = gcoap_proxy_engine(p->proxy);
	p->served = gcoap_proxy_served(p->proxy);
	return p;
}

struct proxy_play *proxy_play_new(void (*change)(struct gcoap_proxy_config *c))
{
	struct proxy_play *p = proxy_play_try(change);

	if (!p)
		abort();
	return p;
}

void proxy_play_free(struct proxy_play *p)
{
	if (!p)
		return;
	gcoap_proxy_free(&p->proxy);
	free(p);
}

int proxy_play_set_up(void **state)
{
	struct proxy_play **p = *state;

	*p = proxy_play_new(NULL);
	return 0;
}

int proxy_play_tear_down(void **state)
{
	struct proxy_play **p = *state;

	proxy_play_free(*p);
	*p = NULL;
	return 0;
}

struct gcoap_addr proxy_play_members[2];

void proxy_play_two_members(struct gcoap_proxy_config *c)
{
	static struct gcoap_proxy_group groups[4];

	memcpy(groups, c->groups, sizeof(groups));
	gcoap_addr_parse(&proxy_play_members[0], "198.51.100.1:5683", 0);
	gcoap_addr_parse(&proxy_play_members[1], "198.51.100.2:5683", 0);
	groups[0].members = proxy_play_members;
	groups[0].n_members = 2;
	c->groups = groups;
}

struct gcoap_peer proxy_play_peer(struct proxy_play *p, const char *from)
{
	return (struct gcoap_peer){ .way = &p->way,
				    .transport = GCOAP_SCHEME_COAP,
				    .addr = addr(from),
				    .local = addr("192.0.2.1") };
}

void proxy_play_flush(struct proxy_play *p)
{
	struct gcoap_datagram d;

	while (p->engine->send(p->engine, &d, p->now) == 1) {
		struct proxy_play_msg *r = &p->sent[p->n_sent % PROXY_PLAY_MAX];

		if (d.data.len > sizeof(r->bytes))
			abort();
		memcpy(r->bytes, d.data.ptr, d.data.len);
		r->to = d.to;
		if (gcoap_msg_decode(&r->msg, (struct gcoap_bytes){ r->bytes, d.data.len },
				     NULL) < 0)
			abort();
		p->n_sent++;
	}
}

void proxy_play_ask(struct proxy_play *p, const char *from, const struct gcoap_msg *m)
{
	struct gcoap_peer peer = proxy_play_peer(p, from);

	p->served->request(p->served, &peer, m, p->now);
	proxy_play_flush(p);
}

void proxy_play_request(struct proxy_play *p, const char *from, const char *hex)
{
	uint8_t bytes[PROXY_PLAY_BYTES];
	int len = gcoap_hex_decode(hex, strlen(hex), bytes, sizeof(bytes));
	struct gcoap_msg m;

	if (len < 0 || gcoap_msg_decode(&m, (struct gcoap_bytes){ bytes, (size_t)len }, NULL) < 0)
		abort();
	proxy_play_ask(p, from, &m);
	memset(bytes, 0xee, sizeof(bytes)); /* nothing of it is kept */
}

void proxy_play_answer(struct proxy_play *p, const char *server, struct gcoap_msg *m)
{
	static uint16_t mid = 1;
	const struct gcoap_msg *to = &proxy_play_sent(p)->msg;
	uint8_t bytes[PROXY_PLAY_BYTES];
	struct gcoap_datagram in = { .from = addr(server), .at = p->now };
	int len;

	gcoap_msg_set_token(m, to->token, to->token_len);
	if (m->type == GCOAP_ACK && to->type == GCOAP_NON)
		m->type = GCOAP_NON;
	m->mid = m->type == GCOAP_ACK ? to->mid : mid++;
	len = gcoap_msg_encode(m, bytes, sizeof(bytes));
	if (len < 0)
		abort();
	in.data = (struct gcoap_bytes){ bytes, (size_t)len };
	p->engine->recv(p->engine, &in, p->now);
	memset(bytes, 0xee, sizeof(bytes));
	proxy_play_flush(p);
}

void proxy_play_text(struct proxy_play *p, const char *server, const char *text)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	m.payload = gcoap_bytes_text(text);
	proxy_play_answer(p, server, &m);
}

void proxy_play_wait(struct proxy_play *p, gcoap_time by)
{
	gcoap_time until = p->now + by;

	for (;;) {
		gcoap_time due = p->engine->deadline(p->engine);

		if (due > until)
			break;
		p->now = due > p->now ? due : p->now;
		p->engine->tick(p->engine, p->now);
		proxy_play_flush(p);
	}
	p->now = until;
}

const struct proxy_play_msg *proxy_play_last(const struct proxy_play *p)
{
	return p->n_answers ? &p->answers[(p->n_answers - 1) % PROXY_PLAY_MAX] : NULL;
}

/* Not the ACKs. */
const struct proxy_play_msg *proxy_play_sent(const struct proxy_play *p)
{
	for (size_t i = p->n_sent; i > 0; i--) {
		const struct proxy_play_msg *m = &p->sent[(i - 1) % PROXY_PLAY_MAX];

		if (m->msg.code != GCOAP_EMPTY)
			return m;
	}
	return NULL;
}

bool proxy_play_is(const struct proxy_play_msg *m, const char *hex, bool any_token)
{
	uint8_t want[PROXY_PLAY_BYTES], have[PROXY_PLAY_BYTES];
	char text[2 * PROXY_PLAY_BYTES];
	int len = gcoap_hex_decode(hex, strlen(hex), want, sizeof(want)), got;
	struct gcoap_msg expected, copy;

	if (!m || len < 0 ||
	    gcoap_msg_decode(&expected, (struct gcoap_bytes){ want, (size_t)len }, NULL) < 0)
		return false;
	copy = m->msg;
	copy.type = expected.type;
	copy.mid = expected.mid;
	if (any_token)
		gcoap_msg_set_token(&copy, expected.token, expected.token_len);
	got = gcoap_msg_encode(&copy, have, sizeof(have));
	if (got == len && memcmp(have, want, (size_t)len) == 0)
		return true;
	gcoap_hex_encode((struct gcoap_bytes){ have, got > 0 ? (size_t)got : 0 }, text,
			 sizeof(text));
	fprintf(stderr, "# have %s\n# want %s\n", text, hex);
	return false;
}
