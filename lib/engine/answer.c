/* A response that carries an exchange's token (RFC 7252, Section 8.2). */
#include "observe.h"
#include "recv.h"

/*
 * Which of expect_from is it? The one with this endpoint; else the only one on this host,
 * as a server may answer from another port (groupcomm-bis-03, Section 3.1).
 */
static struct gcoap__server *awaited_as(const struct gcoap__exchange *x,
					struct gcoap__server *s)
{
	struct gcoap__who host = s->who;
	struct gcoap__server *h;

	if (s->awaited)
		return s;
	host.endpoint.port = 0;
	h = gcoap__table_find(&x->servers, &host);
	if (!h || h->awaited)
		return h;
	return h->only ? gcoap__table_at(&x->servers, h->only - 1) : NULL;
}

/* Through a proxy that names nobody, all servers are this one. */
static bool is_nobody(const struct gcoap__who *who)
{
	return !who->endpoint.family && !who->more;
}

/* Put the servers that are counted in one place only into the table of all. */
static int count_apart(struct gcoap_client *c)
{
	const struct gcoap__table *t = c->counted;
	int r = 0;

	c->counted = NULL;
	for (uint32_t i = 0; t && i < t->n_made && r >= 0; i++) {
		const struct gcoap__server *s = gcoap__table_at(t, i);

		if (s->nth && !is_nobody(&s->who))
			r = gcoap__stats_server(&c->stats, &s->who);
	}
	if (t == &c->counted_before)
		gcoap__table_clear(&c->counted_before);
	return r;
}

void gcoap__count_end(struct gcoap__exchange *x)
{
	struct gcoap_client *c = x->client;

	if (c->counted != &x->servers) {
		gcoap__table_clear(&x->servers);
		return;
	}
	c->counted_before = x->servers;
	c->counted = &c->counted_before;
	gcoap__table_init(&x->servers, sizeof(struct gcoap__server), sizeof(struct gcoap__who),
			  c->seed);
}

/* A server is counted once, however many exchanges it answers. As long as one exchange alone
 * has been answered, its own table tells, and no other is made. */
static int count_distinct(struct gcoap__exchange *x, const struct gcoap__server *s)
{
	struct gcoap_client *c = x->client;
	int r = 1;

	if (!c->stats.sum.servers)
		c->counted = &x->servers;
	if (c->counted != &x->servers) {
		r = count_apart(c);
		if (r >= 0)
			r = gcoap__stats_server(&c->stats, &s->who);
	}
	c->stats.sum.servers += r > 0;
	return r < 0 ? r : 0;
}

/* A server that has not answered yet. */
static int count_server(struct gcoap__exchange *x, struct gcoap__server *s)
{
	struct gcoap__server *entry = x->n_awaited ? awaited_as(x, s) : NULL;

	if (entry && !entry->answered) {
		entry->answered = true;
		x->n_awaited--;
	}
	x->n_servers++;
	return count_distinct(x, s);
}

/*
 * Is there no room for another answer of @who? One server may take a share of the room and no
 * more, so that those after it are seen. An observation has no end of answers, so its servers
 * are counted.
 */
static bool full(const struct gcoap__exchange *x, const struct gcoap__who *who)
{
	uint32_t max = x->ask.max_answers ? x->ask.max_answers : GCOAP__ANSWERS_MAX;
	uint32_t share = (max + GCOAP__SHARES - 1) / GCOAP__SHARES;
	const struct gcoap__server *s;

	if (x->observation)
		return x->n_servers >= max && !gcoap__table_find(&x->servers, who);
	if (x->answers >= max)
		return true;
	if (x->answers < share)
		return false;
	s = gcoap__table_find(&x->servers, who);
	return s && s->nth >= share;
}

/* Find or make the server and number its response; NULL when it is not to be shown. */
static struct gcoap__server *take(struct gcoap__exchange *x, const struct gcoap__who *who,
				  const struct gcoap_addr *from)
{
	struct gcoap_client *c = x->client;
	struct gcoap__server *s;
	bool added;

	if (full(x, who)) {
		gcoap__tell(from, "gives more answers than are kept: given up");
		c->stats.sum.dropped++;
		return NULL;
	}
	s = gcoap__table_add(&x->servers, who, &added);
	if (s && x->ask.proxied && c->record.server_from == GCOAP_FROM_UNKNOWN)
		/* 2.03 to a Group-ETag is for all of them */
		c->stats.sum.unnamed += c->in.code != GCOAP_VALID;
	else if (s && !s->nth && count_server(x, s) < 0)
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

	if (x->ask.first || !gcoap__many(x))
		gcoap__exchange_close(x, GCOAP_ENDED_FIRST, now);
	else if (conditions && !x->n_awaited && x->n_servers >= x->ask.expect)
		gcoap__exchange_close(x, GCOAP_ENDED_EXPECT, now);
	else if (x->answers == 1)
		gcoap__exchange_plan(x);
}

gcoap_time gcoap__rtt(gcoap_time asked_at, gcoap_time at)
{
	return at > asked_at ? at - asked_at : 0;
}

struct gcoap__answer gcoap__answer_of(const struct gcoap__exchange *x,
				      const struct gcoap_datagram *in,
				      const struct gcoap_msg *msg)
{
	return (struct gcoap__answer){ .msg = msg,
				       .from = in->from,
				       .ifindex = in->ifindex,
				       .at = in->at,
				       .rtt = gcoap__rtt(x->asked_at, in->at),
				       .body = msg->payload,
				       .blocks = 1 };
}

bool gcoap__answer_follow_up(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			     struct gcoap__answer *a, struct gcoap__server *s)
{
	const struct gcoap_option *echo = gcoap__echo_of(a->msg);
	const struct gcoap_option *o = gcoap_msg_find(a->msg, GCOAP_BLOCK2);
	const struct gcoap_option *asked = gcoap_msg_find(&x->msg, GCOAP_BLOCK2);
	struct gcoap_block b = { 0 };
	int r;

	if (x->ask.relay)
		return false;
	if (echo && gcoap__many(x) && !s->challenged && !s->followed) {
		s->challenged = true;
		return gcoap__followup_new(x, s, in, a, echo) >= 0;
	}
	if (!o || gcoap_block_decode(o->value, &b, NULL) < 0)
		return false;
	if (asked && gcoap_block_decode(asked->value, &b, NULL) >= 0 && b.num)
		return false; /* one block is what was asked for */
	gcoap_block_decode(o->value, &b, NULL);
	if (!b.more && !b.num)
		return false;
	a->incomplete = true;
	a->problem = "only one block: block-wise transfer is off";
	if (!x->ask.blockwise)
		return false;
	a->problem = "only one block: the rest of an earlier response is being fetched";
	if (s->followed)
		return false;
	r = gcoap__followup_new(x, s, in, a, NULL);
	a->problem = r == GCOAP_ELIMIT	 ? "bodies of all servers too large"
		     : r == GCOAP_EROUTE ? "only one block: its server cannot be asked directly"
					 : "out of memory";
	return r >= 0;
}

void gcoap__answer_recv(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			const struct gcoap_msg *msg, gcoap_time now)
{
	struct gcoap__answer a = gcoap__answer_of(x, in, msg);
	struct gcoap__server *s;
	struct gcoap__who who;
	const char *problem = NULL;
	size_t at;

	if (x->ask.relay && !x->observation) {
		gcoap__relay_recv(x, in, msg, now);
		return;
	}
	if (!x->ask.group && gcoap__upload_recv(x, msg, now))
		return;
	gcoap__identify(x, msg, &in->from, &who, &problem, &at);
	if (gcoap__proxied_recv(x, in, msg, now) || gcoap__challenged(x, msg, now))
		return;
	if (x->observation && x->observation->leaving) {
		s = gcoap__table_find(&x->servers, &who);
		gcoap__cancel_recv(x, s ? s->observed : NULL, in, msg, now);
		return;
	}
	x->last_answer = in->at;
	s = take(x, &who, &in->from);
	if (!s)
		return;
	a.nth = s->nth;
	if (x->observation) {
		gcoap__observe_recv(x, s, in, &a, now);
		return;
	}
	if (!gcoap__answer_follow_up(x, in, &a, s))
		gcoap__deliver(x, &a);
	check_end(x, now);
}

void gcoap__answer_extra(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			 const struct gcoap_msg *msg, bool duplicate, gcoap_time now)
{
	struct gcoap_summary *sum = &x->client->stats.sum;
	const struct gcoap_option *o = gcoap_msg_find(msg, GCOAP_BLOCK2);
	struct gcoap__answer a = gcoap__answer_of(x, in, msg);
	struct gcoap_block b = { 0 };

	a.duplicate = duplicate;
	a.late = !duplicate;
	if (o && gcoap_block_decode(o->value, &b, NULL) >= 0 && (b.more || b.num)) {
		a.incomplete = true;
		a.problem = "only one block: the rest is not fetched again";
	}
	if (duplicate)
		sum->duplicates++;
	else
		sum->late++;
	if (duplicate && x->observation)
		gcoap__observe_duplicate(x, in, msg);
	if (duplicate ? x->ask.show_duplicates : x->ask.show_late)
		gcoap__deliver(x, &a);
}
