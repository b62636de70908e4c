/* Driving a client without a network. */
#include "engine_play.h"

#include <stdlib.h>
#include <string.h>

#include "alloc_fail.h"
#include "test.h"

static struct play *of(struct gcoap_sink *to)
{
	return (struct play *)to;
}

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	of(to)->request = *r;
	of(to)->n_requests++;
	return of(to)->refuse;
}

static void copy_text(char *to, size_t cap, const char *from)
{
	size_t len = from ? strnlen(from, cap - 1) : 0;

	if (len)
		memcpy(to, from, len);
	to[len] = '\0';
}

static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	struct play *p = of(to);
	struct play_response *c = &p->responses[p->n_responses % PLAY_RECORDS_MAX];

	p->n_responses++;
	c->r = *r;
	c->code = r->msg->code;
	copy_text(c->uri, sizeof(c->uri), r->uri);
	copy_text(c->problem, sizeof(c->problem), r->problem);
	if (r->body.len)
		memcpy(c->body, r->body.ptr,
		       r->body.len < sizeof(c->body) ? r->body.len : sizeof(c->body));
	return p->refuse;
}

static int on_ended(struct gcoap_sink *to, const struct gcoap_ended *e)
{
	struct play *p = (struct play *)to;

	p->ended = *e;
	p->n_ended++;
	return p->refuse;
}

static int on_missing(struct gcoap_sink *to, const struct gcoap_missing *m)
{
	struct play *p = of(to);

	p->missing[p->n_missing++ % PLAY_RECORDS_MAX] = m->server;
	return p->refuse;
}

static int on_malformed(struct gcoap_sink *to, const struct gcoap_malformed *m)
{
	struct play *p = of(to);

	copy_text(p->malformed[p->n_malformed++ % PLAY_RECORDS_MAX],
		  sizeof(p->malformed[0]), m->diag.name);
	return p->refuse;
}

static int on_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	struct play *p = of(to);
	struct play_notification *c = &p->notifications[p->n_notifications++ % PLAY_RECORDS_MAX];
	size_t len = n->response->body.len;

	c->n = *n;
	c->server = *n->server;
	c->code = n->response->msg->code;
	if (len >= sizeof(c->body))
		len = sizeof(c->body) - 1;
	if (len)
		memcpy(c->body, n->response->body.ptr, len);
	c->body[len] = '\0';
	copy_text(c->problem, sizeof(c->problem), n->response->problem);
	return p->refuse;
}

static int on_stale(struct gcoap_sink *to, const struct gcoap_observed *o)
{
	of(to)->n_stale++;
	return of(to)->refuse;
}

struct play *play_try(void (*change)(struct gcoap_client_config *config))
{
	struct gcoap_client_config config = { .transmission = GCOAP_TRANSMISSION_DEFAULT };
	struct play *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->sink = (struct gcoap_sink){ on_request,   on_response,     on_missing,
				       on_malformed, on_notification, on_stale,
				       on_ended };
	p->now = 1000 * GCOAP_SECOND;
	gcoap_random_init_seed(&p->random, 7);
	config.random = &p->random;
	config.sink = &p->sink;
	if (change)
		change(&config);
	if (gcoap_client_new(&p->client, &config) < 0) {
		free(p);
		return NULL;
	}
	p->engine = gcoap_client_engine(p->client);
	return p;
}

struct play *play_new(void (*change)(struct gcoap_client_config *config))
{
	struct play *p = play_try(change);

	if (!p)
		abort();
	return p;
}

void play_free(struct play *p)
{
	if (!p)
		return;
	gcoap_client_free(&p->client);
	free(p);
}

struct gcoap_addr play_addr(const char *text)
{
	struct gcoap_addr a;

	if (gcoap_addr_parse(&a, text, GCOAP_PORT) < 0)
		abort();
	return a;
}

struct gcoap_ask play_get(const char *path)
{
	static struct gcoap_msg m;
	struct gcoap_ask ask = GCOAP_ASK_DEFAULT;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, path);
	ask.request = &m;
	ask.uri = "coap://224.0.1.187/temp";
	ask.to = play_addr("224.0.1.187");
	ask.group = true;
	return ask;
}

void play_flush(struct play *p)
{
	struct gcoap_datagram d;

	while (p->engine->send(p->engine, &d, p->now) == 1) {
		struct play_sent *s = &p->sent[p->n_sent++ % PLAY_SENT_MAX];

		s->d = d;
		if (d.data.len > sizeof(s->bytes))
			d.data.len = sizeof(s->bytes);
		memcpy(s->bytes, d.data.ptr, d.data.len);
		s->d.data = (struct gcoap_bytes){ s->bytes, d.data.len };
		gcoap_msg_decode(&s->msg, s->d.data, NULL);
	}
}

int play_ask(struct play *p, const struct gcoap_ask *ask)
{
	int id = gcoap_client_ask(p->client, ask, p->now);

	play_flush(p);
	return id;
}

void play_wait(struct play *p, gcoap_time by)
{
	gcoap_time end = p->now + by, due;

	for (;;) {
		due = p->engine->deadline(p->engine);
		if (due > end)
			break;
		if (due > p->now)
			p->now = due;
		p->engine->tick(p->engine, p->now);
		play_flush(p);
	}
	p->now = end;
}

const struct gcoap_msg *play_last(const struct play *p)
{
	return p->n_sent ? &p->sent[(p->n_sent - 1) % PLAY_SENT_MAX].msg : NULL;
}

void play_answer(struct gcoap_msg *m, const struct gcoap_msg *to, uint8_t code, uint16_t mid)
{
	gcoap_msg_init(m, GCOAP_NON, code);
	m->mid = mid;
	gcoap_msg_set_token(m, to->token, to->token_len);
}

int play_recv_bytes(struct play *p, const char *from, const void *bytes, size_t len)
{
	struct gcoap_datagram in = { .from = play_addr(from),
				     .data = { bytes, len },
				     .at = p->now,
				     .hops = -1 };
	int r;

	in.to = play_addr("192.0.2.100:40000");
	r = p->engine->recv(p->engine, &in, p->now);
	play_flush(p);
	return r;
}

int play_recv(struct play *p, const char *from, const struct gcoap_msg *m)
{
	uint8_t bytes[PLAY_BYTES];
	int len = gcoap_msg_encode(m, bytes, sizeof(bytes));

	if (len < 0)
		abort();
	return play_recv_bytes(p, from, bytes, (size_t)len);
}

int play_text(struct play *p, const char *from, uint16_t mid, const char *text)
{
	struct gcoap_msg m;

	play_answer(&m, play_last(p), GCOAP_CONTENT, mid);
	m.payload = gcoap_bytes_text(text);
	return play_recv(p, from, &m);
}

struct gcoap_summary play_summary(const struct play *p)
{
	struct gcoap_summary sum;

	gcoap_client_summary(p->client, &sum, p->now);
	return sum;
}

void play_without_memory(void (*run)(struct play *p))
{
	size_t n;

	for (n = 1;; n++) {
		struct play *p;

		alloc_fail_at(n);
		p = play_try(NULL);
		if (p) {
			run(p);
			gcoap_client_stop(p->client, GCOAP_ENDED_INTERRUPT, p->now);
			assert_true(p->engine->done(p->engine));
		}
		play_free(p);
		if (!alloc_failed())
			break;
	}
	assert_true(n > 10);
}
