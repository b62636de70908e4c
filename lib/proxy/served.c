/* What fronts hand over: requests, lost interest, closed connections. */
#include "core.h"

/* The proxy, called at @now. */
static struct gcoap_proxy *of(struct gcoap_served *s, gcoap_time now)
{
	struct gcoap_proxy *p =
		(struct gcoap_proxy *)((char *)s - offsetof(struct gcoap_proxy, served));

	p->now = now;
	return p;
}

static void served_request(struct gcoap_served *s, const struct gcoap_peer *from,
			   const struct gcoap_msg *msg, gcoap_time now)
{
	struct gcoap_proxy *p = of(s, now);

	gcoap__request(p, from, msg, now);
	gcoap__ongoing_reap(p, now);
}

/* RFC 7252, Sections 4.2 and 4.3: the client wants no more of this. */
static void served_lost(struct gcoap_served *s, const struct gcoap_peer *from,
			const uint8_t *token, size_t token_len, gcoap_time now)
{
	struct gcoap_proxy *p = of(s, now);
	struct gcoap__ongoing *o = gcoap__ongoing_find(p, from, token, token_len);

	if (!o)
		return;
	p->stats.stopped++;
	gcoap__ongoing_close(o, "reset", now);
	gcoap__ongoing_reap(p, now);
}

static void served_closed(struct gcoap_served *s, const struct gcoap_peer *from, gcoap_time now)
{
	struct gcoap_proxy *p = of(s, now);
	struct gcoap__ongoing *o, *after;

	for (o = TAILQ_FIRST(&p->all); o; o = after) {
		after = TAILQ_NEXT(o, entry);
		if (o->peer.way != from->way || o->peer.session != from->session)
			continue;
		p->stats.stopped++;
		gcoap__ongoing_close(o, "connection closed", now);
	}
	gcoap__ongoing_reap(p, now);
}

void gcoap__served_init(struct gcoap_served *s)
{
	*s = (struct gcoap_served){ .request = served_request,
				    .lost = served_lost,
				    .closed = served_closed };
}
