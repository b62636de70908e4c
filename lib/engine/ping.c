/*
 * Is the proxy still there that has acknowledged the request, and sent nothing since? Once its
 * time is over it is asked by a CoAP ping (RFC 7252, Section 4.3).
 */
#include "engine.h"

gcoap_time gcoap__ping_at(const struct gcoap__exchange *x)
{
	const struct gcoap__through *t = &x->through;
	gcoap_time over = x->last_sent + gcoap__proxied_time(x);

	if (!x->ask.ping || !x->ask.proxied || x->ask.relay || x->observation || x->answers ||
	    !t->heard || t->pinged || x->state != GCOAP__OPEN || over >= x->ends_at)
		return GCOAP_NEVER;
	/* Its last answers may still be on their way. */
	return over + (x->ends_at - over) / 4;
}

void gcoap__ping(struct gcoap__exchange *x, gcoap_time now)
{
	struct gcoap_msg m;
	int r;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_EMPTY);
	r = gcoap_reliability_submit(x->client->reliability, &x->ask.to, x->ask.ifindex, &m,
				     false, (uintptr_t)&x->party, now);
	x->through.pinged = true;
	x->through.alive = r < 0; /* not known */
	x->through.ping = m.mid;
}

bool gcoap__pong(struct gcoap__exchange *x)
{
	if (x->through.pinged)
		x->through.alive = true;
	return x->through.pinged;
}

struct gcoap__exchange *gcoap__pinged(struct gcoap_client *c, uint16_t mid)
{
	struct gcoap__exchange *x;

	TAILQ_FOREACH(x, &c->running, entry) {
		if (x->through.pinged && x->through.ping == mid && x->state == GCOAP__OPEN)
			break;
	}
	return x;
}

bool gcoap__ping_unanswered(const struct gcoap__exchange *x)
{
	return x->through.pinged && !x->through.alive && !x->answers &&
	       (x->error || x->ended_by == GCOAP_ENDED_TIMEOUT);
}
