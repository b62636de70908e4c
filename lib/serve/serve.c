/* The engine: four verbs, and where a received datagram goes. */
#include "serve/host.h"

#include <stdlib.h>
#include <string.h>

#define DUES_MAX 1000000u
#define OBSERVERS_MAX 65536u

uint16_t gcoap__next_mid(struct gcoap_serve *s, uint32_t member)
{
	return s->mids[member]++;
}

struct packet *gcoap__packet_new(const struct gcoap_addr *from, const struct gcoap_addr *to,
				 uint32_t ifindex, const uint8_t *bytes, size_t len)
{
	struct packet *p = malloc(sizeof(*p) + len);

	if (!p)
		return NULL;
	p->refs = 1;
	p->from = *from;
	p->to = *to;
	p->ifindex = ifindex;
	p->len = len;
	memcpy(p->bytes, bytes, len);
	return p;
}

void gcoap__packet_unref(struct packet *p)
{
	if (p && --p->refs == 0)
		free(p);
}

int gcoap__encode(struct gcoap_serve *s, struct answer *a, enum gcoap_type type, uint16_t mid)
{
	if (a->raw.len) {
		if (a->raw.len > sizeof(s->out))
			return GCOAP_ESPACE;
		memcpy(s->out, a->raw.ptr, a->raw.len);
		return (int)a->raw.len;
	}
	a->msg.type = type;
	a->msg.mid = mid;
	return gcoap_msg_encode(&a->msg, s->out, sizeof(s->out));
}

/* The engine's buffer, @len bytes of it, as a datagram. */
void gcoap__out(struct gcoap_serve *s, struct gcoap_datagram *out, const struct gcoap_addr *from,
		const struct gcoap_addr *to, uint32_t ifindex, size_t len)
{
	*out = (struct gcoap_datagram){ .from = *from, .to = *to, .ifindex = ifindex,
					.data = { s->out, len } };
	s->stats.answers++;
}

int gcoap__out_packet(struct gcoap_serve *s, struct gcoap_datagram *out, const struct packet *p)
{
	memcpy(s->out, p->bytes, p->len);
	gcoap__out(s, out, &p->from, &p->to, p->ifindex, p->len);
	return 1;
}

void gcoap__fate(struct gcoap_serve *s, uint32_t member, struct gcoap_fate *f)
{
	*f = (struct gcoap_fate){ 0 };
	if (s->config.fate)
		s->config.fate(s->config.arg, member, f);
}

/* Queue @p; takes it over. */
static void push_packet(struct gcoap_serve *s, struct packet *p, gcoap_time at)
{
	struct due d = { .at = at, .kind = DUE_PACKET, .packet = p };

	if (p && gcoap__due_push(&s->dues, d) < 0) {
		gcoap__packet_unref(p);
		s->stats.dropped++;
	}
}

static struct packet *ref(struct packet *p)
{
	if (p)
		p->refs++;
	return p;
}

/* ---- individual requests ---- */

static struct packet *packet_for(struct gcoap_serve *s, const struct gcoap_datagram *in,
				 size_t len)
{
	return gcoap__packet_new(&in->to, &in->from, in->ifindex, s->out, len);
}

/* An empty ACK or RST. */
static struct packet *push_empty(struct gcoap_serve *s, const struct gcoap_datagram *in,
				 enum gcoap_type type, uint16_t mid, gcoap_time now)
{
	struct packet *p;

	s->out[0] = (uint8_t)(0x40 | type << 4);
	s->out[1] = 0;
	s->out[2] = (uint8_t)(mid >> 8);
	s->out[3] = (uint8_t)mid;
	p = packet_for(s, in, 4);
	push_packet(s, p, now);
	return p;
}

/* The response to a CON request rides on its ACK, that to a NON one has its own Message ID.
 * Returns the packet for the duplicates of a CON; it is owned by the queue. */
static struct packet *push_answer(struct gcoap_serve *s, const struct gcoap_datagram *in,
				  const struct gcoap_msg *m, uint32_t member, struct answer *a,
				  const struct gcoap_fate *fate, gcoap_time now)
{
	bool con = m->type == GCOAP_CON;
	uint16_t mid = con && !a->delay ? m->mid : gcoap__next_mid(s, member);
	struct packet *p;
	int len;

	if (a->silent) {
		s->stats.suppressed++;
		return con ? push_empty(s, in, GCOAP_ACK, m->mid, now) : NULL;
	}
	len = gcoap__encode(s, a, !con ? GCOAP_NON : a->delay ? GCOAP_CON : GCOAP_ACK, mid);
	if (len < 0)
		return NULL;
	p = packet_for(s, in, (size_t)len);
	if (!p)
		return NULL;
	if (con && a->delay) {
		gcoap__sent_add(s, member, mid, &in->from, p, NULL, now + a->delay);
		return push_empty(s, in, GCOAP_ACK, m->mid, now);
	}
	if (fate->lost) {
		s->stats.lost++;
		gcoap__packet_unref(p);
		return NULL;
	}
	if (fate->twice)
		push_packet(s, ref(p), now + fate->late + 20 * GCOAP_MS);
	push_packet(s, p, now + a->delay + fate->late);
	return p;
}

static void individual(struct gcoap_serve *s, const struct gcoap_datagram *in,
		       const struct gcoap_msg *m, uint32_t member, struct seen *seen,
		       gcoap_time now)
{
	struct gcoap_fate fate;
	const char *why = NULL;
	struct request *q = NULL;
	struct packet *p;
	struct answer a;
	uint8_t code = gcoap__request_check(s, m, &why);

	gcoap__fate(s, member, &fate);
	s->stats.requests++;
	if (code) {
		gcoap__answer_error(&a, m, code, why);
	} else if (gcoap__request_new(&q, s, in) < 0) {
		return;
	} else {
		if (q->observe == 1)
			gcoap__observer_remove(s, gcoap__observer_find(s, q, member));
		gcoap__answer(s, q, member, false, fate.code, &a, now);
	}
	p = push_answer(s, in, m, member, &a, &fate, now);
	if (m->type == GCOAP_CON)
		seen->reply = ref(p);
	gcoap__request_unref(q);
}

/* ---- group requests ---- */

static struct leisure *leisure_of(struct gcoap_serve *s, const struct gcoap_addr *group)
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
		push_packet(s, ref(p), at + 20 * GCOAP_MS);
	push_packet(s, p, at);
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

/* NULL: every member deals with it; else the rule that makes the group silent. */
static const char *group_request(struct gcoap_serve *s, const struct gcoap_datagram *in,
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

/* ---- reception ---- */

static void tell(struct gcoap_serve *s, const struct gcoap_datagram *in,
		 const struct gcoap_msg *m, enum gcoap_taken taken, const char *why)
{
	s->stats.ignored += taken == GCOAP_TAKEN_SILENT;
	s->stats.duplicates += taken == GCOAP_TAKEN_DUPLICATE;
	if (s->config.seen)
		s->config.seen(s->config.arg, in, m, taken, why);
}

static bool unicast_con(const struct gcoap_datagram *in)
{
	const uint8_t *p = in->data.ptr;

	return in->data.len >= 4 && p[0] >> 6 == 1 && (p[0] >> 4 & 3) == GCOAP_CON &&
	       !gcoap_addr_is_multicast(&in->to);
}

/* A CON that cannot be read is rejected with RST (RFC 7252, Section 4.2); nothing else is
 * answered, but for requests with more options than are looked at. */
static int malformed(struct gcoap_serve *s, const struct gcoap_datagram *in,
		     const struct gcoap_msg *m, uint32_t member, int err,
		     const struct gcoap_diag *diag, gcoap_time now)
{
	const struct gcoap_fate fate = { 0 };
	struct answer a;

	s->stats.malformed++;
	if (gcoap_addr_is_multicast(&in->to)) {
		tell(s, in, NULL, GCOAP_TAKEN_SILENT, diag->name);
	} else if (err == GCOAP_ELIMIT && GCOAP_CODE_IS_REQUEST(m->code) &&
		   m->type <= GCOAP_NON) {
		gcoap__answer_error(&a, m, GCOAP_BAD_OPTION, "too many options (64)");
		push_answer(s, in, m, member, &a, &fate, now);
		tell(s, in, NULL, GCOAP_TAKEN_REFUSED, diag->name);
	} else if (unicast_con(in)) {
		push_empty(s, in, GCOAP_RST,
			   (uint16_t)(in->data.ptr[2] << 8 | in->data.ptr[3]), now);
		tell(s, in, NULL, GCOAP_TAKEN_REFUSED, diag->name);
	} else {
		tell(s, in, NULL, GCOAP_TAKEN_SILENT, diag->name);
	}
	return err;
}

/* Not a request: a reply to us, a ping, or a response that nobody asked for. */
static void other(struct gcoap_serve *s, const struct gcoap_datagram *in,
		  const struct gcoap_msg *m, uint32_t member, bool group, gcoap_time now)
{
	if (group) {
		tell(s, in, m, GCOAP_TAKEN_SILENT, "not a request, to a group");
	} else if (m->type >= GCOAP_ACK) {
		if (gcoap__sent_recv(s, member, &in->from, m, now))
			tell(s, in, m, GCOAP_TAKEN_REPLY, NULL);
		else
			tell(s, in, m, GCOAP_TAKEN_SILENT, "ACK or RST to nothing of ours");
	} else if (m->type == GCOAP_CON) {
		push_empty(s, in, GCOAP_RST, m->mid, now);
		tell(s, in, m, GCOAP_TAKEN_REFUSED, "not a request");
	} else {
		tell(s, in, m, GCOAP_TAKEN_SILENT, "not a request");
	}
}

/* Requests: deduplicate, then serve. */
static void request(struct gcoap_serve *s, const struct gcoap_datagram *in,
		    const struct gcoap_msg *m, uint32_t member, struct leisure *group,
		    gcoap_time now)
{
	const struct gcoap_transmission *t = &s->config.transmission;
	struct seen *seen = gcoap__recent_find(&s->recent, in, m->mid, now);
	const char *why = NULL;

	if (seen) {
		push_packet(s, ref(seen->reply), now);
		tell(s, in, m, GCOAP_TAKEN_DUPLICATE, NULL);
		return;
	}
	if (group && m->type == GCOAP_CON) {
		tell(s, in, m, GCOAP_TAKEN_SILENT, "CON to a group");
		return;
	}
	seen = gcoap__recent_add(&s->recent, in, m->mid,
				 now + (m->type == GCOAP_CON ? t->exchange_lifetime
							     : t->non_lifetime));
	if (group)
		why = group_request(s, in, m, group, now);
	else
		individual(s, in, m, member, seen, now);
	tell(s, in, m, why ? GCOAP_TAKEN_SILENT : GCOAP_TAKEN_REQUEST, why);
}

static int host_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	struct gcoap_serve *s = (struct gcoap_serve *)e;
	bool group = gcoap_addr_is_multicast(&in->to);
	struct leisure *l = group ? leisure_of(s, &in->to) : NULL;
	uint32_t member = group ? GCOAP_MEMBER_NONE
				: s->config.member_of(s->config.arg, &in->to);
	struct gcoap_diag diag = { 0 };
	struct gcoap_msg m;
	int r;

	s->stats.datagrams++;
	if (in->truncated || in->from.port == 0 || gcoap_addr_is_multicast(&in->from)) {
		tell(s, in, NULL, GCOAP_TAKEN_SILENT, in->truncated ? "truncated" : "bad source");
		return GCOAP_EMALFORMED;
	}
	if (group ? !l : member >= s->config.members) {
		tell(s, in, NULL, GCOAP_TAKEN_SILENT, "not for a member");
		return GCOAP_ENOTFOUND;
	}
	r = gcoap_msg_decode(&m, in->data, &diag);
	if (r < 0)
		return malformed(s, in, &m, member, r, &diag, now);
	if (GCOAP_CODE_IS_REQUEST(m.code) && m.type <= GCOAP_NON)
		request(s, in, &m, member, l, now);
	else
		other(s, in, &m, member, group, now);
	return 0;
}

/* ---- transmission ---- */

static int send_answer(struct gcoap_serve *s, const struct due *d, struct gcoap_datagram *out,
		       gcoap_time now)
{
	struct request *q = d->request;
	struct gcoap_addr from;
	struct answer a;
	int len;

	gcoap__answer(s, q, d->member, false, d->error, &a, now);
	if (a.silent) {
		s->stats.suppressed++;
		return 0;
	}
	len = gcoap__encode(s, &a, GCOAP_NON, gcoap__next_mid(s, d->member));
	if (len < 0)
		return 0;
	s->config.address_of(s->config.arg, d->member, q->from.family, &from);
	gcoap__out(s, out, &from, &q->from, q->ifindex, (size_t)len);
	if (d->twice)
		push_packet(s, gcoap__packet_new(&from, &q->from, q->ifindex, s->out,
						 (size_t)len), now + 20 * GCOAP_MS);
	return 1;
}

static int send_due(struct gcoap_serve *s, const struct due *d, struct gcoap_datagram *out,
		    gcoap_time now)
{
	int r = 0;

	switch ((enum due_kind)d->kind) {
	case DUE_ANSWER:
		r = send_answer(s, d, out, now);
		gcoap__request_unref(d->request);
		break;
	case DUE_PACKET:
		r = gcoap__out_packet(s, out, d->packet);
		gcoap__packet_unref(d->packet);
		break;
	case DUE_RETRY:
		r = gcoap__sent_retry(s, d->sent, out, now);
		break;
	case DUE_NOTIFY:
		d->observer->refs--;
		if (d->observer->gone) {
			gcoap__observer_release(d->observer);
		} else if (d->observer->armed == d->seq) {
			d->observer->armed = 0;
			r = gcoap__observer_notify(s, d->observer, out, now);
		}
		break;
	}
	return r;
}

static int host_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	struct gcoap_serve *s = (struct gcoap_serve *)e;
	struct due d;

	while (gcoap__due_pop(&s->dues, now, &d))
		if (send_due(s, &d, out, now))
			return 1;
	return 0;
}

static gcoap_time host_deadline(const struct gcoap_engine *e)
{
	return gcoap__due_first(&((const struct gcoap_serve *)e)->dues);
}

/* What is due goes out with the next sends; nothing else waits for time. */
static void host_tick(struct gcoap_engine *e, gcoap_time now)
{
	(void)e;
	(void)now;
}

/* ---- life ---- */

int gcoap_serve_new(struct gcoap_serve **out, const struct gcoap_serve_config *config)
{
	struct gcoap_serve *s;

	*out = NULL;
	if (!config->members || config->members > UINT16_MAX || !config->member_of ||
	    !config->address_of || !config->registry || !config->dialect)
		return GCOAP_EINVALID;
	s = calloc(1, sizeof(*s));
	if (!s)
		return GCOAP_ENOMEM;
	s->config = *config;
	s->engine = (struct gcoap_engine){ .send = host_send, .recv = host_recv,
					   .deadline = host_deadline, .tick = host_tick };
	s->wellknown = (struct gcoap_resource){ .path = "/.well-known/core",
		.methods = GCOAP_METHOD(GCOAP_GET), .group = true, .no_response = true,
		.group_sends = GCOAP_CLASS_2, .handle = gcoap__wellknown };
	s->dues.max = DUES_MAX;
	gcoap_random_init_seed(&s->random, config->seed);
	s->mids = malloc(config->members * sizeof(*s->mids));
	s->leisures = calloc(config->n_groups + 1, sizeof(*s->leisures));
	if (!s->mids || !s->leisures || gcoap__recent_init(&s->recent) < 0 ||
	    gcoap__serve_table_init(&s->observers, config->members, OBSERVERS_MAX) < 0 ||
	    gcoap__serve_table_init(&s->sents, config->members, OBSERVERS_MAX) < 0) {
		gcoap_serve_free(&s);
		return GCOAP_ENOMEM;
	}
	for (uint32_t i = 0; i < config->members; i++)
		s->mids[i] = (uint16_t)gcoap_serve_hash(config->seed, i, 'M');
	*out = s;
	return 0;
}

static void drop_due(const struct due *d)
{
	switch ((enum due_kind)d->kind) {
	case DUE_ANSWER:
		gcoap__request_unref(d->request);
		break;
	case DUE_PACKET:
		gcoap__packet_unref(d->packet);
		break;
	case DUE_RETRY:
		d->sent->queued = false;
		if (d->sent->gone)
			free(d->sent);
		break;
	case DUE_NOTIFY:
		d->observer->refs--;
		gcoap__observer_release(d->observer);
		break;
	}
}

void gcoap_serve_free(struct gcoap_serve **s)
{
	struct gcoap_serve *h = *s;

	if (!h)
		return;
	for (size_t i = 0; i < h->dues.n; i++)
		drop_due(&h->dues.heap[i]);
	for (uint32_t i = 0; h->observers.bucket && i <= h->observers.mask; i++)
		while (h->observers.bucket[i])
			gcoap__observer_remove(h, h->observers.bucket[i]);
	for (uint32_t i = 0; h->sents.bucket && i <= h->sents.mask; i++)
		while (h->sents.bucket[i])
			gcoap__sent_remove(h, h->sents.bucket[i]);
	for (size_t i = 0; i < UPLOADS_MAX; i++)
		gcoap__upload_drop(&h->uploads[i]);
	gcoap__recent_clear(&h->recent);
	free(h->observers.bucket);
	free(h->sents.bucket);
	free(h->dues.heap);
	free(h->leisures);
	free(h->mids);
	free(h);
	*s = NULL;
}

struct gcoap_engine *gcoap_serve_engine(struct gcoap_serve *s)
{
	return &s->engine;
}

void gcoap_serve_stats(const struct gcoap_serve *s, struct gcoap_serve_stats *out)
{
	*out = s->stats;
	out->observers = s->observers.n;
}
