/* Playing the datagrams of a pcap file to an engine. */
#include <string.h>
#include <gcoap/net.h>

/* Ends a file whose engine never comes to rest. */
#define TICKS_MOST 100000

static void discard_sends(struct gcoap_engine *e, gcoap_time now)
{
	struct gcoap_datagram d;

	for (int i = 0; i < TICKS_MOST; i++) {
		d = (struct gcoap_datagram){ 0 };
		if (e->send(e, &d, now) <= 0)
			break;
	}
}

/* Let all deadlines up to @until pass. */
static void advance(struct gcoap_engine *e, gcoap_time until)
{
	gcoap_time at;

	for (int i = 0; i < TICKS_MOST; i++) {
		at = e->deadline(e);
		if (at == GCOAP_NEVER || at > until)
			break;
		e->tick(e, at);
		discard_sends(e, at);
	}
}

static bool same_endpoint(const struct gcoap_addr *local, const struct gcoap_addr *a)
{
	static const struct gcoap_addr any;
	struct gcoap_addr unzoned = *local;

	if (local->port != a->port || local->family != a->family)
		return false;
	unzoned.scope = 0; /* a packet does not carry it */
	return gcoap_addr_same_host(&unzoned, a) ||
	       !memcmp(local->bytes, any.bytes, sizeof(any.bytes));
}

static void play_one(struct gcoap_engine *e, const struct gcoap_addr *local,
		     struct gcoap_datagram *d)
{
	advance(e, d->at);
	discard_sends(e, d->at);
	if (same_endpoint(local, &d->from) || d->to.port != local->port)
		return;
	if (gcoap_addr_is_multicast(&d->to) || same_endpoint(local, &d->to)) {
		(void)e->recv(e, d, d->at);
		discard_sends(e, d->at);
	}
}

struct play {
	const struct gcoap_addr *local;
	struct gcoap_engine *engine;
	gcoap_time start, last; /* of the first packet; now, which never goes back */
	bool begun;
};

static int play(void *arg, const struct gcoap_datagram *in)
{
	struct play *p = arg;
	struct gcoap_datagram d = *in;

	if (!p->begun)
		p->start = in->at;
	p->begun = true;
	if (in->at - p->start > p->last)
		p->last = in->at - p->start;
	d.at = p->last;
	play_one(p->engine, p->local, &d);
	return 0;
}

int gcoap_replay(const char *path, const struct gcoap_addr *local, struct gcoap_engine *engine,
		 struct gcoap_diag *diag)
{
	struct play p = { .local = local, .engine = engine };
	int r = gcoap_capture_read(path, play, &p, NULL, diag);

	if (r < 0)
		return r;
	advance(engine, GCOAP_NEVER - 1);
	return 0;
}
