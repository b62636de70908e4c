/* Playing the datagrams of a pcap file to an engine. */
#include <string.h>
#include <gcoap/net.h>
#include "module.h"
#include "packet.h"

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

static int play_file(const struct gcoap__module_capture *m, void *file, int linktype,
		     const struct gcoap_addr *local, struct gcoap_engine *e)
{
	gcoap_time at, start = -1, last = 0;
	struct gcoap_bytes packet;
	struct gcoap_datagram d;
	int r;

	while ((r = m->next(file, &at, &packet)) > 0) {
		if (start < 0)
			start = at;
		at -= start;
		last = at > last ? at : last; /* now never goes back */
		if (gcoap__packet_parse(linktype, packet, &d) < 0)
			continue;
		d.at = last;
		play_one(e, local, &d);
	}
	return r;
}

int gcoap_replay(const char *path, const struct gcoap_addr *local, struct gcoap_engine *engine,
		 struct gcoap_diag *diag)
{
	const struct gcoap__module_capture *m = gcoap__module("capture");
	int r, linktype;
	void *file;

	if (!m)
		return gcoap_fail(diag, GCOAP_EUNSUPPORTED, 0, "module", "capture.so is not there");
	r = m->open(&file, path, &linktype);
	if (r == GCOAP_ESYSTEM)
		return gcoap_fail(diag, r, 0, "open", "the file cannot be opened");
	if (r < 0)
		return gcoap_fail(diag, r, 0, "pcap", "this is not a pcap file");
	r = play_file(m, file, linktype, local, engine);
	m->close(file);
	if (r < 0)
		return gcoap_fail(diag, r, 0, "pcap", "the file ends in the middle of a packet");
	advance(engine, GCOAP_NEVER - 1);
	return 0;
}
