/* A response that carries an exchange's token (RFC 7252, Section 8.2). */
#include "engine.h"

/* A server that has not answered yet. It is awaited when expect_from names its endpoint, or
 * its host without a port. */
static int count_server(struct gcoap__exchange *x, struct gcoap__server *s)
{
	struct gcoap__who host = s->who;
	struct gcoap__server *named = s;

	if (!s->awaited && x->n_awaited) {
		host.endpoint.port = 0;
		named = gcoap__table_find(&x->servers, &host);
	}
	if (named && named->awaited) {
		if (named == s || !named->nth)
			x->n_awaited--;
		if (named != s)
			named->nth++;
	}
	x->n_servers++;
	return gcoap__stats_server(&x->client->stats, &s->who);
}

/* Find or make the server and number its response; NULL when it is not to be shown. */
static struct gcoap__server *take(struct gcoap__exchange *x, const struct gcoap__who *who)
{
	uint32_t max = x->ask.max_answers ? x->ask.max_answers : GCOAP__ANSWERS_MAX;
	struct gcoap_client *c = x->client;
	struct gcoap__server *s;
	bool added;

	if (x->answers >= max) {
		c->stats.sum.dropped++;
		return NULL;
	}
	s = gcoap__table_add(&x->servers, who, &added);
	if (s && !s->nth && count_server(x, s) < 0)
		s = NULL;
	if (!s) {
		c->stats.sum.dropped++;
		gcoap__client_fail(c, GCOAP_ENOMEM);
		return NULL;
	}
	s->nth++;
	x->answers++;
	return s;
}

/* Enough for what was asked? */
static void check_end(struct gcoap__exchange *x, gcoap_time now)
{
	bool conditions = x->ask.expect || x->ask.n_expect_from;

	if (x->ask.first || !x->ask.group)
		gcoap__exchange_close(x, GCOAP_ENDED_FIRST, now);
	else if (conditions && !x->n_awaited && x->n_servers >= x->ask.expect)
		gcoap__exchange_close(x, GCOAP_ENDED_EXPECT, now);
	else if (x->answers == 1)
		gcoap__exchange_plan(x);
}

static gcoap_time rtt_of(const struct gcoap__exchange *x, const struct gcoap_datagram *in)
{
	return in->at > x->first_sent ? in->at - x->first_sent : 0;
}

void gcoap__answer_recv(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			const struct gcoap_msg *msg, gcoap_time now)
{
	struct gcoap__answer a = { .msg = msg,
				   .from = in->from,
				   .ifindex = in->ifindex,
				   .at = in->at,
				   .rtt = rtt_of(x, in),
				   .body = msg->payload,
				   .blocks = 1 };
	struct gcoap__server *s;
	struct gcoap__who who;
	const char *problem = NULL;
	size_t at;

	gcoap__identify(x, msg, &in->from, &who, &problem, &at);
	x->last_answer = in->at;
	s = take(x, &who);
	if (!s)
		return;
	a.nth = s->nth;
	gcoap__deliver(x, &a);
	check_end(x, now);
}

void gcoap__answer_extra(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			 const struct gcoap_msg *msg, bool duplicate, gcoap_time now)
{
	struct gcoap_summary *sum = &x->client->stats.sum;
	struct gcoap__answer a = { .msg = msg,
				   .from = in->from,
				   .ifindex = in->ifindex,
				   .at = in->at,
				   .rtt = rtt_of(x, in),
				   .body = msg->payload,
				   .blocks = 1,
				   .duplicate = duplicate,
				   .late = !duplicate };

	if (duplicate)
		sum->duplicates++;
	else
		sum->late++;
	if (duplicate ? x->ask.show_duplicates : x->ask.show_late)
		gcoap__deliver(x, &a);
}
