/* Driving a front without a network. */
#include "front_play.h"

#include <string.h>

#include "engine_play.h"
#include "test.h"

static int answer(struct front_play *p, const struct gcoap_msg *to, enum gcoap_send_as as,
		  const char *text)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_set_token(&m, to->token, to->token_len);
	m.payload = gcoap_bytes_text(text);
	return p->peer.way->respond(p->peer.way, &p->peer, &m, as, p->now);
}

static void on_request(struct gcoap_served *s, const struct gcoap_peer *from,
		       const struct gcoap_msg *msg, gcoap_time now)
{
	struct front_play *p = (struct front_play *)s;

	assert_int_equal(now, p->now);
	p->n_requests++;
	p->peer = *from;
	p->request = *msg;
	for (uint32_t i = 0; i < p->answers; i++)
		p->responded = answer(p, msg, GCOAP_SEND_NON, p->answer);
}

static void on_lost(struct gcoap_served *s, const struct gcoap_peer *from, const uint8_t *token,
		    size_t token_len, gcoap_time now)
{
	struct front_play *p = (struct front_play *)s;

	assert_int_equal(now, p->now);
	p->n_lost++;
	p->peer = *from;
	memcpy(p->lost_token, token, token_len);
	p->lost_token_len = token_len;
}

void front_init(struct front_play *p)
{
	memset(p, 0, sizeof(*p));
	p->served = (struct gcoap_served){ .request = on_request, .lost = on_lost };
	gcoap_registry_init(&p->registry);
	gcoap_random_init_seed(&p->random, 11);
	p->config = (struct gcoap_front_config){
		.transmission = GCOAP_TRANSMISSION_DEFAULT, .random = &p->random,
		.registry = &p->registry, .served = &p->served, .echo = GCOAP_ECHO_OFF
	};
	p->now = 1000 * GCOAP_SECOND;
	p->answer = "hello";
}

void front_open(struct front_play *p)
{
	assert_int_equal(gcoap_front_new(&p->front, &p->config), 0);
	p->engine = gcoap_front_engine(p->front);
}

void front_close(struct front_play *p)
{
	gcoap_front_free(&p->front);
	assert_null(p->front);
}

void front_forget(struct front_play *p)
{
	p->n_sent = 0;
}

int front_tear_down(void **state)
{
	front_close(*state);
	return 0;
}

void front_request(struct gcoap_msg *m, enum gcoap_type type, uint16_t mid)
{
	static const uint8_t token[] = { 0xa1, 0xb2 };

	gcoap_msg_init(m, type, GCOAP_GET);
	m->mid = mid;
	gcoap_msg_set_token(m, token, sizeof(token));
	gcoap_msg_add_text(m, GCOAP_URI_PATH, "r");
}

void front_flush(struct front_play *p)
{
	struct gcoap_datagram d;

	while (p->engine->send(p->engine, &d, p->now) > 0) {
		struct front_sent *s = &p->sent[p->n_sent];

		if (p->n_sent++ >= FRONT_SENT_MAX)
			continue;
		assert_true(d.data.len <= sizeof(s->bytes));
		memcpy(s->bytes, d.data.ptr, d.data.len);
		s->d = d;
		s->d.data.ptr = s->bytes;
		assert_int_equal(gcoap_msg_decode(&s->msg, s->d.data, NULL), 0);
	}
}

int front_recv_datagram(struct front_play *p, struct gcoap_datagram *in)
{
	int r = p->engine->recv(p->engine, in, p->now);

	front_flush(p);
	return r;
}

int front_recv_bytes(struct front_play *p, const char *from, const void *bytes, size_t len)
{
	struct gcoap_datagram in = { .from = play_addr(from), .to = play_addr(FRONT_HERE),
				     .data = { bytes, len } };

	return front_recv_datagram(p, &in);
}

int front_recv(struct front_play *p, const char *from, const struct gcoap_msg *m)
{
	uint8_t buf[1500];
	int len = gcoap_msg_encode(m, buf, sizeof(buf));

	assert_true(len > 0);
	return front_recv_bytes(p, from, buf, (size_t)len);
}

void front_give(struct front_play *p, const char *from, enum gcoap_type type, uint16_t mid)
{
	struct gcoap_msg m;

	front_request(&m, type, mid);
	assert_int_equal(front_recv(p, from, &m), 0);
}

int front_recv_empty(struct front_play *p, const char *from, enum gcoap_type type, uint16_t mid)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, type, GCOAP_EMPTY);
	m.mid = mid;
	return front_recv(p, from, &m);
}

int front_respond(struct front_play *p, enum gcoap_send_as as, const char *text)
{
	int r = answer(p, &p->request, as, text);

	front_flush(p);
	return r;
}

void front_wait(struct front_play *p, gcoap_time by)
{
	gcoap_time until = p->now + by;

	while (p->engine->deadline(p->engine) <= until) {
		if (p->engine->deadline(p->engine) > p->now)
			p->now = p->engine->deadline(p->engine);
		p->engine->tick(p->engine, p->now);
		front_flush(p);
	}
	p->now = until;
}

const struct gcoap_msg *front_last(const struct front_play *p)
{
	assert_in_range(p->n_sent, 1, FRONT_SENT_MAX);
	return &p->sent[p->n_sent - 1].msg;
}

struct gcoap_front_stats front_stats(const struct front_play *p)
{
	struct gcoap_front_stats s;

	gcoap_front_stats(p->front, &s);
	return s;
}
