/*
 * Answers to what a proxy asks for its client: handed on as they are, also when an option is
 * not known or a block is only the first of many. What a record says besides is not worked out.
 */
#include "observe.h"

/*
 * Is there no room for another answer of @who? As for a client, one server may not take all of
 * it; so nobody's answers are counted before there are as many as that.
 */
static bool full(struct gcoap__exchange *x, const struct gcoap__who *who)
{
	uint32_t max = x->ask.max_answers ? x->ask.max_answers : GCOAP__ANSWERS_MAX;
	uint32_t share = (max + GCOAP__SHARES - 1) / GCOAP__SHARES;
	struct gcoap__server *s;
	bool added;

	if (x->answers < share || x->answers >= max)
		return x->answers >= max;
	s = gcoap__table_add(&x->servers, who, &added);
	if (!s || s->nth >= share)
		return true;
	x->n_servers += added;
	s->nth++;
	return false;
}

void gcoap__relay_recv(struct gcoap__exchange *x, const struct gcoap_datagram *in,
		       const struct gcoap_msg *msg, gcoap_time now)
{
	struct gcoap_client *c = x->client;
	const char *problem = NULL;
	struct gcoap__who who;
	size_t problem_at = 0;
	bool one = !gcoap__many(x);

	gcoap__identify(x, msg, &in->from, &who, &problem, &problem_at);
	if (gcoap__proxied_recv(x, in, msg, now))
		return;
	if (!one && full(x, &who)) {
		c->stats.sum.dropped++;
		return;
	}
	x->answers++;
	x->last_answer = in->at;
	c->stats.sum.responses++;
	gcoap__deliver_relayed(x, in, msg);
	if (one)
		gcoap__exchange_close(x, GCOAP_ENDED_FIRST, now);
}
