/*
 * Where the proxy meets its cache: before a request is forwarded, when an answer comes, before
 * the end of T' (groupcomm-proxy-07, Section 7).
 *
 * Who is in a group is known by configuration. Where a row of the allow-list says so, who answered
 * a request until its T' was over is taken for all that there are. Else it is not known, and
 * the group is asked each time.
 */
#include "core.h"

#include <string.h>

static bool is_safe(const struct gcoap__ongoing *o)
{
	return o->target.msg.code == GCOAP_GET || o->target.msg.code == GCOAP_FETCH;
}

static struct gcoap__members members_of(const struct gcoap__ongoing *o)
{
	const struct gcoap_proxy_group *g = o->target.group;

	if (!g)
		return (struct gcoap__members){ 0 };
	return (struct gcoap__members){ g->members, g->n_members, g->learn_members };
}

/* Is what the next proxy said of the server left as it is? As of answers that come. */
static bool is_named(const struct gcoap__ongoing *o, const struct gcoap_msg *m)
{
	const struct gcoap_proxy_config *c = &o->proxy->config;

	return c->next_proxy.family &&
	       gcoap_msg_find(m, c->registry->draft[o->dialect->server_address]) &&
	       (!o->target.reversed || c->standin == GCOAP_STANDIN_A);
}

struct giving {
	struct gcoap__ongoing *to;
	gcoap_time now;
};

/* An answer from the cache goes to the client. */
static void give(void *arg, const struct gcoap__cached *c)
{
	const struct giving *g = arg;
	struct gcoap__ongoing *o = g->to;
	struct gcoap_origin server = { .scheme = c->scheme, .addr = c->server };
	struct gcoap__relayed a = { .msg = &c->msg, .body = c->msg.payload, .cached = true };

	if (o->stage == GCOAP__CLOSED ||
	    (o->group && o->answers >= o->proxy->config.max_answers))
		return;
	if (o->group && c->server.family) {
		a.server = &server;
		a.named = is_named(o, &c->msg);
	}
	gcoap__relay(o, &a, g->now);
}

/* A block for a client whose transport wants the whole. */
static bool is_part(const struct gcoap__ongoing *o, const struct gcoap_msg *m)
{
	return o->stream && gcoap_msg_find(m, GCOAP_BLOCK2);
}

static bool find(struct gcoap__ongoing *o, gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;
	struct giving to = { o, now };
	struct gcoap__members members;

	if (!o->group) {
		if (!gcoap__cache_find(p->cache, &p->cache_key, now, &p->cached) ||
		    is_part(o, &p->cached.msg))
			return false;
		give(&to, &p->cached);
		return true;
	}
	members = members_of(o);
	switch (gcoap__cache_find_group(p->cache, &p->cache_key, &members, now, give, &to,
					&p->cached)) {
	case GCOAP__CACHE_MISS:
		return false;
	case GCOAP__CACHE_VALID:
		give(&to, &p->cached);
		return true;
	case GCOAP__CACHE_HIT:
		return true;
	}
	return false;
}

bool gcoap__cached_answer(struct gcoap__ongoing *o, gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;

	p->cache_key_of = 0;
	if (!p->cache || (o->group && !o->timeout) ||
	    gcoap__cache_key(&p->cache_key, p->cache, &o->target, &o->peer, &o->group_etags) < 0)
		return false;
	p->cache_key_of = o->id;
	if (!find(o, now))
		return false;
	if (!o->kept)
		gcoap__event(o, (struct gcoap_proxy_event){ .what = GCOAP_PROXY_ENDED,
							    .why = "cached" }, now);
	gcoap__ongoing_close(o, "cached", now);
	return true;
}

/* ---- what is forwarded ---- */

void gcoap__cached_forward(struct gcoap__ongoing *o)
{
	struct gcoap_proxy *p = o->proxy;

	if (p->cache && !o->recall && p->cache_key_of == o->id)
		o->recall = gcoap__recall_new(p->cache, &p->cache_key);
}

void gcoap__cached_validate(struct gcoap__ongoing *o, struct gcoap_msg *msg,
			    struct gcoap__validators *store, gcoap_time now)
{
	const struct gcoap_proxy_config *c = &o->proxy->config;

	if (o->recall && !o->forwarded)
		gcoap__recall_validate(o->proxy->cache, o->recall,
				       o->chained ? c->dialect : o->dialect, msg, store, now);
}

void gcoap__cached_forwarded(struct gcoap__ongoing *o, gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;
	struct gcoap__members members = members_of(o);
	struct giving to = { o, now };

	if (p->cache && o->group && !is_safe(o))
		gcoap__cache_changed(p->cache, &o->target.msg, o->target.scheme,
				     &o->target.addr);
	if (o->recall && o->group)
		o->holding = gcoap__recall_hold(p->cache, o->recall, &members,
						o->timeout * GCOAP_SECOND, now, give, &to) >
			     0;
}

void gcoap__cached_sent(struct gcoap__ongoing *o)
{
	if (o->holding && o->ends_at != GCOAP_NEVER)
		gcoap__timer_set(&o->proxy->timers, &o->timer,
				 o->ends_at - GCOAP__CACHE_BEFORE);
}

void gcoap__cached_due(struct gcoap__ongoing *o, gcoap_time now)
{
	struct giving to = { o, now };

	o->holding = false;
	gcoap__recall_release(o->proxy->cache, o->recall, now, give, &to);
}

/* ---- what comes ---- */

/* 2.01, 2.02 and 2.04 tell of a change. */
static void changed(const struct gcoap__ongoing *o, const struct gcoap_origin *server,
		    uint8_t code)
{
	if (!is_safe(o) && server->addr.family &&
	    (code == GCOAP_CREATED || code == GCOAP_DELETED || code == GCOAP_CHANGED))
		gcoap__cache_changed(o->proxy->cache, &o->target.msg, server->scheme,
				     &server->addr);
}

/* Our entity-tag got a 2.03, but nothing is there to be given: ask once more without it. */
static int ask_again(struct gcoap__ongoing *o, gcoap_time now)
{
	if (o->group || o->asked_again)
		return GCOAP_ENOTFOUND;
	o->asked_again = true;
	gcoap__ongoing_unask(o);
	return gcoap__forward_again(o, now) < 0 ? GCOAP_ENOTFOUND : GCOAP_EAGAIN;
}

int gcoap__cached_take(struct gcoap__ongoing *o, const struct gcoap_origin *server,
		       struct gcoap__relayed *a, gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;
	struct gcoap_origin target = { .scheme = o->target.scheme, .addr = o->target.addr };
	int r;

	if (!p->cache)
		return 0;
	if (!o->group) /* whoever it is that answers for it */
		server = &target;
	changed(o, server, a->msg->code);
	if (!o->recall)
		return 0;
	r = gcoap__recall_answer(p->cache, o->recall, server, a->msg, now, &p->cached);
	if (r < 0 || (r == 1 && is_part(o, &p->cached.msg)))
		return ask_again(o, now);
	if (r == 1) {
		a->msg = &p->cached.msg;
		a->body = p->cached.msg.payload;
		a->named = a->server && is_named(o, a->msg);
	}
	return 0;
}

void gcoap__cached_end(struct gcoap__ongoing *o, gcoap_time now)
{
	if (o->recall)
		gcoap__recall_end(o->proxy->cache, o->recall, now);
}

/* ---- the cache itself ---- */

int gcoap__cached_open(struct gcoap_proxy *p, const uint64_t seed[2])
{
	const struct gcoap_proxy_config *c = &p->config;

	return c->cache_size ? gcoap__cache_new(&p->cache, c->cache_size, c->cache_model,
						c->registry, c->ifindex, seed)
			     : 0;
}
