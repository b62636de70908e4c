/* Targets that are names: requests wait here, for a while, until somebody has looked them up. */
#include "core.h"

#include <strings.h>

static int found(struct gcoap__ongoing *o, const struct gcoap_addr *addr, gcoap_time now,
		 struct gcoap__refusal *refusal)
{
	int r = gcoap__target_resolved(&o->proxy->config, &o->target, addr, refusal);

	if (!r)
		gcoap__decide(o, now);
	return r;
}

static int wait(struct gcoap__ongoing *o, gcoap_time now, struct gcoap__refusal *refusal)
{
	struct gcoap_proxy *p = o->proxy;
	int r = GCOAP_ELIMIT;

	o->stage = GCOAP__RESOLVING;
	if (p->n_resolving < GCOAP__RESOLVING_MAX)
		r = gcoap__ongoing_keep(&o);
	if (r >= 0) {
		gcoap__timer_set(&p->timers, &o->timer, now + GCOAP__RESOLVE_TIME);
		return 0;
	}
	gcoap__refuse(refusal, GCOAP_UNAVAILABLE, "busy", "Too many names to look up");
	refusal->max_age = 10;
	return refusal->code;
}

/* For a client that may not ask anything no name is looked up. */
int gcoap__resolve(struct gcoap__ongoing *o, gcoap_time now, struct gcoap__refusal *refusal)
{
	struct gcoap_proxy_config *c = &o->proxy->config;
	struct gcoap_addr addr;
	int r = gcoap__policy(c, &o->peer, &o->target, refusal);

	if (!r)
		r = gcoap__stopping(o->proxy, refusal);
	if (r)
		return r;
	r = c->resolve ? c->resolve(c->arg, o->target.host, o->target.addr.port, &addr)
		       : GCOAP_ERESOLVE;
	if (r == GCOAP_EAGAIN)
		return wait(o, now, refusal);
	return found(o, r < 0 ? NULL : &addr, now, refusal);
}

void gcoap_proxy_resolved(struct gcoap_proxy *p, const char *host, uint16_t port,
			  const struct gcoap_addr *addrs, size_t n, gcoap_time now)
{
	struct gcoap__ongoing *o, *after;
	struct gcoap__refusal refusal;
	int r;

	for (o = TAILQ_FIRST(&p->all); o; o = after) {
		after = TAILQ_NEXT(o, entry);
		if (o->stage != GCOAP__RESOLVING || o->target.addr.port != port ||
		    strcasecmp(o->target.host, host) != 0)
			continue;
		gcoap__ongoing_resolved(o);
		r = found(o, n ? &addrs[0] : NULL, now, &refusal);
		if (r)
			gcoap__refuse_request(o, &refusal, now);
	}
	gcoap__ongoing_reap(p, now);
}
