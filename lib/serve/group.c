/* A request to the group: every member deals with it in its own time. */
#include "serve/host.h"

#include <string.h>

struct leisure *gcoap__leisure_of(struct gcoap_serve *s, const struct gcoap_addr *group)
{
	for (size_t i = 0; i < s->config.n_groups; i++) {
		const struct gcoap_addr *g = &s->config.groups[i];

		/* The zone is where it arrived, not part of the group's name. */
		if (g->family == group->family && !memcmp(g->bytes, group->bytes, 16))
			return &s->leisures[i];
	}
	return NULL;
}

/* What changes state is done now; only its response waits for the leisure. */
static void act_now(struct gcoap_serve *s, struct request *q, uint32_t member,
		    const struct gcoap_fate *fate, gcoap_time at, gcoap_time now)
{
	struct gcoap_addr from;
	struct packet *p;
	struct answer a;
	int len;

	gcoap__answer(s, q, member, false, fate->code, &a, now);
	if (a.silent || fate->lost) {
		s->stats.suppressed += a.silent;
		s->stats.lost += !a.silent;
		return;
	}
	len = gcoap__encode(s, &a, GCOAP_NON, gcoap__next_mid(s, member));
	if (len < 0)
		return;
	s->config.address_of(s->config.arg, member, q->from.family, &from);
	p = gcoap__packet_new(&from, &q->from, q->ifindex, s->out, (size_t)len);
	if (fate->twice)
		gcoap__push_packet(s, gcoap__packet_ref(p), at + 20 * GCOAP_MS);
	gcoap__push_packet(s, p, at);
}

static void answer_later(struct gcoap_serve *s, struct request *q, uint32_t member,
			 const struct gcoap_fate *fate, gcoap_time at)
{
	struct due d = { .at = at, .kind = DUE_ANSWER, .member = member, .twice = fate->twice,
			 .error = fate->code, .request = q };

	if (fate->lost) {
		s->stats.lost++;
		return;
	}
	if (gcoap__due_push(&s->dues, d) < 0) {
		s->stats.dropped++;
		return;
	}
	q->refs++;
}

static void ask_members(struct gcoap_serve *s, struct request *q, gcoap_time window,
			gcoap_time now)
{
	uint64_t leisure = (uint64_t)s->config.transmission.leisure;
	bool safe = q->msg.code == GCOAP_GET || q->msg.code == GCOAP_FETCH;

	for (uint32_t member = 0; member < s->config.members; member++) {
		gcoap_time at = window + (gcoap_time)gcoap_random_below(&s->random, leisure + 1);
		struct gcoap_fate fate;

		if (s->config.joined && !s->config.joined(s->config.arg, member, &q->to))
			continue;
		gcoap__fate(s, member, &fate);
		at += fate.late;
		if (q->observe == 1)
			gcoap__observer_remove(s, gcoap__observer_find(s, q, member));
		if (safe)
			answer_later(s, q, member, &fate, at);
		else
			act_now(s, q, member, &fate, at, now);
	}
}

const char *gcoap__group_request(struct gcoap_serve *s, const struct gcoap_datagram *in,
				 const struct gcoap_msg *m, struct leisure *l, gcoap_time now)
{
	const char *why = NULL;
	struct request *q;
	gcoap_time window;

	if (gcoap__request_check(s, m, &why))
		return why;
	if (gcoap_msg_find(m, GCOAP_BLOCK1))
		return "Block1 in a group request";
	if (gcoap__request_new(&q, s, in) < 0)
		return "out of memory";
	if (!q->resource)
		why = "no such resource";
	else if (!q->resource->group)
		why = "not a group resource";
	if (!why) {
		window = gcoap__leisure_window(l, s->config.transmission.leisure, now);
		if (window == GCOAP_NEVER)
			why = "too many group requests within the leisure";
		else
			ask_members(s, q, window, now);
	}
	gcoap__request_unref(q);
	if (!why) {
		s->stats.requests++;
		s->stats.group_requests++;
	}
	return why;
}
