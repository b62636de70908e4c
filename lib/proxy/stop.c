/* A stop that lets what is ongoing end by itself, for a while. */
#include "core.h"

void gcoap_proxy_stop(struct gcoap_proxy *p, gcoap_time within, gcoap_time now)
{
	struct gcoap__ongoing *o, *after;
	struct gcoap__refusal refusal;

	p->stopping = true;
	p->stop_at = within < GCOAP_NEVER - now ? now + within : GCOAP_NEVER;
	/* Names that are not known yet are not waited for. */
	for (o = TAILQ_FIRST(&p->all); o; o = after) {
		after = TAILQ_NEXT(o, entry);
		if (o->stage != GCOAP__RESOLVING)
			continue;
		gcoap__stopping(p, &refusal);
		gcoap__refuse_request(o, &refusal, now);
	}
	gcoap__stopping(p, &refusal);
	gcoap__observe_stop(p, &refusal, now);
	gcoap__stop_tick(p, now);
	gcoap__ongoing_reap(p, now);
}

void gcoap__stop_tick(struct gcoap_proxy *p, gcoap_time now)
{
	struct gcoap__ongoing *o;

	if (now < p->stop_at)
		return;
	p->stop_at = GCOAP_NEVER;
	p->stop_over = true;
	while ((o = TAILQ_FIRST(&p->all))) {
		p->stats.stopped++;
		gcoap__ongoing_close(o, "stopped", now);
	}
}

int gcoap__stopping(const struct gcoap_proxy *p, struct gcoap__refusal *refusal)
{
	if (!p->stopping)
		return 0;
	gcoap__refuse(refusal, GCOAP_UNAVAILABLE, "stopping", "The proxy is being stopped");
	refusal->max_age = 10;
	return refusal->code;
}

bool gcoap__stop_done(const struct gcoap_proxy *p)
{
	/* The servers of observations are still being told for a while. */
	return p->stopping && TAILQ_EMPTY(&p->all) &&
	       (p->stop_over || TAILQ_EMPTY(&p->watches));
}
