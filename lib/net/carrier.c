/* A client's engine over one session: its datagrams become messages there, and back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gcoap/stream.h>
#include "carrier.h"
#include "loop.h"
#include "stream.h"

/* Requests whose heads are kept, to be told when the session ends. */
#define ASKED 64
/* What the engine looks for of a datagram that did not arrive: header and token. */
#define HEAD (4 + GCOAP_TOKEN_MAX)

struct gcoap_carrier {
	struct gcoap__carried carried;
	struct gcoap_carrier_config config;
	struct gcoap_loop *loop;
	struct gcoap_stream *stream;
	struct gcoap__beside *beside; /* NULL: there is no other way than the session */
	uint64_t session;
	uint16_t mid; /* of what the engine is given */
	bool established;
	int ended;    /* why, negative; 0: the session lives */
	int error;    /* the same as an errno value */
	char problem[200];
	struct gcoap_msg msg;
	struct asked {
		uint8_t head[HEAD], len;
		bool waits; /* for the session: it has not gone out */
	} asked[ASKED];
	unsigned next_asked;
	uint8_t *room;
	size_t cap;
};

static struct gcoap_datagram incoming(const struct gcoap_carrier *c, gcoap_time now)
{
	struct gcoap_datagram d = { .from = c->config.to, .at = now, .hops = -1 };

	gcoap_stream_local(c->stream, c->session, &d.to);
	return d;
}

static void give(struct gcoap_carrier *c, const struct gcoap_datagram *d, bool tap,
		 gcoap_time now)
{
	struct gcoap_engine *e = c->carried.engine;

	if (tap && c->config.tap)
		c->config.tap(c->config.arg, GCOAP_RECEIVED, d);
	(void)e->recv(e, d, now);
}

/* The session sees to it that the message arrives: the engine need not. */
static void acknowledge(struct gcoap_carrier *c, uint16_t mid, gcoap_time now)
{
	uint8_t ack[4] = { 0x60, 0, (uint8_t)(mid >> 8), (uint8_t)mid };
	struct gcoap_datagram d = incoming(c, now);

	d.data = (struct gcoap_bytes){ ack, sizeof(ack) };
	d.implied = true;
	give(c, &d, false, now);
}

static void on_response(void *arg, uint64_t session, const struct gcoap_msg *msg, gcoap_time at)
{
	struct gcoap_carrier *c = arg;
	struct gcoap_datagram d = incoming(c, at);
	size_t size = gcoap_msg_size(msg);
	uint8_t *more;
	int n;

	if (size > c->cap) {
		more = realloc(c->room, size);
		if (!more)
			return;
		c->room = more;
		c->cap = size;
	}
	c->msg = *msg;
	c->msg.type = GCOAP_NON;
	c->msg.mid = c->mid++;
	n = gcoap_msg_encode(&c->msg, c->room, c->cap);
	if (n < 0)
		return;
	d.data = (struct gcoap_bytes){ c->room, (size_t)n };
	give(c, &d, true, at);
}

static uint16_t mid_of(const struct asked *a)
{
	return (uint16_t)(a->head[2] << 8 | a->head[3]);
}

/* It goes out, now that the session is there. */
static void leaves(struct gcoap_carrier *c, struct asked *a, gcoap_time now)
{
	if (!a->waits)
		return;
	a->waits = false;
	acknowledge(c, mid_of(a), now);
}

static void unreachable(struct gcoap_carrier *c, const struct gcoap_datagram *d, gcoap_time now)
{
	struct gcoap_engine *e = c->carried.engine;

	if (e->unreachable)
		e->unreachable(e, d, c->error, now);
}

static int error_number(int error, int system)
{
	switch (error) {
	case GCOAP_ESECURITY:
		return EPROTO;
	case GCOAP_ECLOSED:
		return ECONNRESET;
	}
	return system ? system : EIO;
}

static void on_state(void *arg, uint64_t session, int error, const char *text)
{
	struct gcoap_carrier *c = arg;
	gcoap_time now = gcoap_now();
	struct gcoap_datagram d = { .to = c->config.to, .hops = -1 };

	if (error == GCOAP_OK) {
		c->established = true;
		for (unsigned i = 0; i < ASKED; i++)
			leaves(c, &c->asked[i], now);
		return;
	}
	c->ended = error;
	c->error = error_number(error, errno);
	snprintf(c->problem, sizeof(c->problem), "%s", text);
	for (unsigned i = 0; i < ASKED; i++) {
		d.data = (struct gcoap_bytes){ c->asked[i].head, c->asked[i].len };
		if (d.data.len)
			unreachable(c, &d, now);
	}
	if (c->config.ended)
		c->config.ended(c->config.arg, error);
}

/* Was it handed over before, and waits for the session? */
static bool waits_already(const struct gcoap_carrier *c, uint16_t mid)
{
	for (unsigned i = 0; i < ASKED && !c->established; i++) {
		if (c->asked[i].waits && mid_of(&c->asked[i]) == mid)
			return true;
	}
	return false;
}

static void remember(struct gcoap_carrier *c, const struct gcoap_datagram *d, bool waits,
		     gcoap_time now)
{
	struct asked *a = &c->asked[c->next_asked++ % ASKED];

	leaves(c, a, now);
	a->waits = waits;
	a->len = (uint8_t)(d->data.len < HEAD ? d->data.len : HEAD);
	memcpy(a->head, d->data.ptr, a->len);
	if ((a->head[0] & 0x0f) + 4 < a->len)
		a->len = (uint8_t)((a->head[0] & 0x0f) + 4);
}

static void send_failed(struct gcoap_carrier *c, const struct gcoap_datagram *d, int r,
			gcoap_time now)
{
	struct gcoap_engine *e = c->carried.engine;
	int error = r == GCOAP_ESPACE ? EMSGSIZE : r == GCOAP_ENOMEM ? ENOMEM : ENOBUFS;

	if (r == GCOAP_ECLOSED && !c->error)
		return; /* on_state() comes, and speaks of it */
	if (r == GCOAP_ECLOSED)
		unreachable(c, d, now);
	else if (e->failed)
		e->failed(e, d, error, now);
}

/* To another endpoint than that of the session. */
static void take_beside(struct gcoap_carrier *c, const struct gcoap_datagram *d, gcoap_time now)
{
	struct gcoap_engine *e = c->carried.engine;
	int error = c->beside ? gcoap__beside_give(c->beside, d) : EHOSTUNREACH;

	if (error && e->failed)
		e->failed(e, d, error, now);
}

/* ACK and RST stay here: the session has its own. */
static void take(void *owner, const struct gcoap_datagram *d, gcoap_time now)
{
	struct gcoap_carrier *c = owner;
	struct gcoap_datagram out = *d;
	bool confirmable;
	int r;

	if (!gcoap_addr_equal(&d->to, &c->config.to)) {
		take_beside(c, d, now);
		return;
	}
	if (gcoap_msg_decode(&c->msg, d->data, NULL) < 0 || c->msg.code == GCOAP_EMPTY ||
	    waits_already(c, c->msg.mid))
		return;
	gcoap_stream_local(c->stream, c->session, &out.from);
	out.at = now;
	if (c->config.tap)
		c->config.tap(c->config.arg, GCOAP_SENT, &out);
	confirmable = c->msg.type == GCOAP_CON;
	r = gcoap_stream_send(c->stream, c->session, &c->msg);
	if (GCOAP_CODE_IS_REQUEST(c->msg.code))
		remember(c, d, r >= 0 && confirmable && !c->established, now);
	if (r < 0)
		send_failed(c, &out, r, now);
	else if (confirmable && c->established)
		acknowledge(c, c->msg.mid, now);
}

static int open_stream(struct gcoap_carrier *c, struct gcoap_diag *diag)
{
	struct gcoap_stream_config config = {
		.credentials = c->config.credentials,
		.registry = c->config.registry,
		.response = on_response,
		.state = on_state,
		.arg = c,
	};
	int r = gcoap_stream_open(&c->stream, &config, diag);

	if (r == 0)
		r = gcoap_stream_connect(c->stream, c->config.scheme, c->config.host,
					 &c->config.to, &c->session, diag);
	if (r == 0)
		r = gcoap_loop_add_stream(c->loop, c->stream);
	return r;
}

int gcoap_carrier_new(struct gcoap_carrier **out, struct gcoap_loop *l,
		      const struct gcoap_carrier_config *config, struct gcoap_engine *engine,
		      struct gcoap_diag *diag)
{
	struct gcoap_carrier *c = calloc(1, sizeof(*c));
	int r, saved;

	*out = NULL;
	if (!c)
		return GCOAP_ENOMEM;
	c->config = *config;
	c->loop = l;
	c->carried = (struct gcoap__carried){ .engine = engine, .take = take, .owner = c };
	r = open_stream(c, diag);
	if (r >= 0 && config->udp)
		r = gcoap__beside_new(&c->beside, l, config->udp, engine);
	if (r < 0) {
		saved = errno;
		gcoap_stream_close(&c->stream);
		free(c);
		errno = saved;
		return r;
	}
	c->carried.next = l->carried;
	l->carried = &c->carried;
	*out = c;
	return 0;
}

void gcoap_carrier_free(struct gcoap_carrier **out)
{
	struct gcoap_carrier *c = *out;
	struct gcoap__carried **at;

	if (!c)
		return;
	for (at = &c->loop->carried; *at && *at != &c->carried; at = &(*at)->next)
		;
	if (*at)
		*at = c->carried.next;
	gcoap_stream_close(&c->stream);
	gcoap__beside_free(c->beside);
	free(c->room);
	free(c);
	*out = NULL;
}

int gcoap_carrier_state(const struct gcoap_carrier *c)
{
	if (c->ended || c->established)
		return c->ended;
	return gcoap__stream_answered(c->stream, c->session) ? GCOAP_ESECURITY : GCOAP_EAGAIN;
}

const char *gcoap_carrier_problem(const struct gcoap_carrier *c)
{
	return c->error ? c->problem : NULL;
}

void gcoap_carrier_local(const struct gcoap_carrier *c, struct gcoap_addr *out)
{
	gcoap_stream_local(c->stream, c->session, out);
}
