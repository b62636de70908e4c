/*
 * One UDP datagram with all that its endpoint knows of it, and the four verbs by which a
 * state machine without sockets and without a clock is driven.
 */
#ifndef GCOAP_DATAGRAM_H
#define GCOAP_DATAGRAM_H

#include <gcoap/addr.h>
#include <gcoap/bytes.h>
#include <gcoap/time.h>

struct gcoap_datagram {
	struct gcoap_addr from; /* outgoing: family 0 lets the endpoint choose; the port is
				   always the endpoint's own */
	struct gcoap_addr to;	/* incoming: the destination address of the datagram */
	uint32_t ifindex;	/* arrival or egress interface; 0: by route */
	struct gcoap_bytes data;
	gcoap_time at;	/* incoming: kernel's receive time stamp on the monotonic scale */
	int16_t hops;	/* incoming TTL or hop limit, -1 unknown; outgoing 0: default */
	bool truncated; /* incoming: longer than the buffer; never parsed as whole */
	bool implied;	/* incoming: an ACK that did not come, as the transport sees to it */
};

/*
 * What the loop drives. A struct that embeds this one as its first member is an engine.
 * @now never goes back.
 */
struct gcoap_engine {
	/* 1: *@out is to be sent now (its data stays valid until the next call on this
	 * engine); 0: nothing now. */
	int (*send)(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now);
	/* One datagram in, read only during the call. Negative returns are counted by the
	 * engine itself; the loop goes on. */
	int (*recv)(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now);
	/* GCOAP_NEVER, or when to call tick. */
	gcoap_time (*deadline)(const struct gcoap_engine *e);
	void (*tick)(struct gcoap_engine *e, gcoap_time now);
	/* True when nothing more is wanted: the loop may end. NULL: never. */
	bool (*done)(const struct gcoap_engine *e);
	/* A send failed (errno value @error) for @out; may be NULL. */
	void (*failed)(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
		       gcoap_time now);
	/* ICMP says that @out, which went to one host, does not arrive: errno value @error,
	 * ECONNREFUSED for a port where nobody is. Its data may be cut short; nothing but the data
	 * proves that who says so has seen @out. May be NULL. */
	void (*unreachable)(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			    gcoap_time now);
};

#endif
