/*
 * A load played from the other side. The first two bytes choose the plan. Then come operations:
 * a byte that says what is done, one with a number, and for datagrams a length and so many bytes.
 */
#include <gcoap/gcoap.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../support/alloc_fail.h"

#define SENT_MAX 64
#define ROUNDS_MAX 4096
#define SERVERS_MAX 24

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	ANSWER,	 /* a datagram with token and type of one that was sent */
	RAW,	 /* a datagram as it is */
	TIME,
	TIME_LONG,
	QUOTED,	 /* by ICMP, or as one that could not be sent */
	SHORT_OF_MEMORY,
	EXPECT,
	STOP,
	KINDS
};

struct sent {
	struct gcoap_addr to;
	uint8_t bytes[64];
	size_t len;
	uint32_t client;
};

struct played {
	struct gcoap_load_sink sink; /* first */
	struct gcoap_load_config config;
	struct gcoap_load *load;
	struct gcoap_random random;
	gcoap_time now;
	struct sent sent[SENT_MAX];
	size_t n_sent;
	uint64_t over, unsent; /* rounds */
	bool ended[ROUNDS_MAX];
	bool answered[ROUNDS_MAX][SERVERS_MAX];
	bool many[2];
};

static void must(int holds)
{
	if (!holds)
		abort();
}

static void on_answer(struct gcoap_load_sink *s, const struct gcoap_load_answer *a)
{
	struct played *p = (struct played *)s;

	must(a->round < ROUNDS_MAX && a->client == a->round % p->config.clients);
	must(a->request == a->round % p->config.n_requests);
	must(a->server == GCOAP_LOAD_UNKNOWN || a->server < gcoap_load_servers(p->load));
	must(a->due <= a->sent && a->sent != GCOAP_NEVER && a->msg->code == a->code);
	must(GCOAP_CODE_IS_RESPONSE(a->code));
	if (a->kind == GCOAP_LOAD_REFUSAL)
		must(a->server == GCOAP_LOAD_UNKNOWN && !p->ended[a->round]);
	if (a->kind != GCOAP_LOAD_ANSWER || a->server >= SERVERS_MAX)
		return;
	must(!p->answered[a->round][a->server]);
	p->answered[a->round][a->server] = true;
}

static void on_round(struct gcoap_load_sink *s, const struct gcoap_load_round *r)
{
	struct played *p = (struct played *)s;

	must(r->round < ROUNDS_MAX && !p->ended[r->round]);
	p->ended[r->round] = true;
	p->over++;
	p->unsent += r->sent == GCOAP_NEVER;
	must((r->first == GCOAP_NEVER) == !r->answered);
	must(!r->complete || r->answered);
	must(r->sent != GCOAP_NEVER || !r->answered);
	must(r->ended >= r->due);
}

static void on_malformed(struct gcoap_load_sink *s, const struct gcoap_datagram *d,
			 const struct gcoap_diag *diag)
{
	must(diag->name && diag->what && diag->at <= d->data.len);
}

static void flush(struct played *p)
{
	struct gcoap_datagram out;
	struct gcoap_msg m;

	for (uint32_t i = 0; i < p->config.clients; i++) {
		struct gcoap_engine *e = gcoap_load_client(p->load, i);

		while (e->send(e, &out, p->now) == 1) {
			struct sent *s = &p->sent[p->n_sent % SENT_MAX];

			must(gcoap_msg_decode(&m, out.data, NULL) == 0);
			if (m.code == GCOAP_EMPTY)
				continue;
			must(m.token_len == 8 && out.data.len <= sizeof(s->bytes));
			p->n_sent++;
			*s = (struct sent){ .to = out.to, .len = out.data.len, .client = i };
			memcpy(s->bytes, out.data.ptr, out.data.len);
		}
	}
}

static void pass(struct played *p, gcoap_time by)
{
	gcoap_time end = p->now + by;

	for (;;) {
		struct gcoap_engine *first = NULL;

		for (uint32_t i = 0; i < p->config.clients; i++) {
			struct gcoap_engine *e = gcoap_load_client(p->load, i);

			if (!first || e->deadline(e) < first->deadline(first))
				first = e;
		}
		if (first->deadline(first) > end)
			break;
		if (first->deadline(first) > p->now)
			p->now = first->deadline(first);
		first->tick(first, p->now);
		flush(p);
	}
	p->now = end;
}

static struct gcoap_addr host(uint8_t i)
{
	return (struct gcoap_addr){ .family = 4, .port = 5683, .bytes = { 192, 0, 2, i } };
}

static void set_target(struct gcoap_load_request *q, unsigned how,
		       const struct gcoap_origin *origin)
{
	q->to = host(1);
	q->timeout = (how & 8 ? 1 : 5) * GCOAP_SECOND;
	q->expect = how & 16 ? 2 : 0;
	q->confirmable = how & 4;
	switch (how & 3) {
	case 0:
		break;
	case 1:
		q->to = (struct gcoap_addr){ .family = 4, .port = 5683, .bytes = { 224, 0, 1, 187 } };
		q->group = true;
		q->confirmable = false;
		break;
	case 2:
		q->proxied = true;
		break;
	case 3:
		q->server = origin;
		break;
	}
}

static int start(struct played *p, uint8_t how, uint8_t plan)
{
	struct gcoap_origin origin = { .addr = host(9) };
	struct gcoap_load_request q[2] = { { 0 } };
	struct gcoap_msg m;
	int r;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "r");
	for (int i = 0; i < 2; i++) {
		q[i].request = &m;
		set_target(&q[i], (unsigned)how >> (i ? 3 : 0), &origin);
	}
	p->config = (struct gcoap_load_config){
		.requests = q,
		.n_requests = 1 + (plan & 1u),
		.clients = 1 + (plan >> 1 & 1u),
		.start = GCOAP_SECOND,
		.gap = plan & 4 ? 100 * GCOAP_MS : 0,
		.outstanding = plan & 8 ? 3 : 0,
		.count = 500,
		.duration = plan & 16 ? 20 * GCOAP_SECOND : 0,
		.warmup = GCOAP_SECOND,
		.max_servers = plan & 32 ? 4 : 0,
		.transmission = GCOAP_TRANSMISSION_DEFAULT,
		.random = &p->random,
		.sink = &p->sink,
	};
	gcoap_random_init_seed(&p->random, 1);
	p->now = GCOAP_SECOND;
	r = gcoap_load_new(&p->load, &p->config);
	if (r == 0)
		flush(p);
	return r;
}

static void receive(struct played *p, uint32_t client, uint8_t from, const uint8_t *data,
		    size_t len)
{
	struct gcoap_datagram in = { .from = host(from), .data = { data, len }, .at = p->now };
	struct gcoap_engine *e = gcoap_load_client(p->load, client % p->config.clients);

	in.at -= from & 64 ? GCOAP_SECOND : 0;
	(void)e->recv(e, &in, p->now);
	flush(p);
}

/* Type, code and Message ID of @data, but the token of a request; on an ACK or a RST also its
 * Message ID. */
static void answer(struct played *p, uint8_t which, uint8_t from, const uint8_t *data, size_t len)
{
	const struct sent *s = &p->sent[(p->n_sent - 1 - which % SENT_MAX) % SENT_MAX];
	uint8_t bytes[12 + 255];

	if (!p->n_sent || len < 4 || !s->len)
		return;
	memcpy(bytes, data, 4);
	bytes[0] = (uint8_t)(0x48 | (bytes[0] & 0x30));
	if (bytes[0] & 0x20)
		memcpy(bytes + 2, s->bytes + 2, 2);
	memcpy(bytes + 4, s->bytes + 4, 8);
	memcpy(bytes + 12, data + 4, len - 4);
	if (bytes[1] == GCOAP_EMPTY)
		bytes[0] &= 0xf0;
	receive(p, s->client, from, bytes, bytes[1] == GCOAP_EMPTY ? 4 : len + 8);
}

static void quote(struct played *p, uint8_t n)
{
	struct sent *s = &p->sent[n % SENT_MAX];
	struct gcoap_datagram d = { .to = s->to, .data = { s->bytes, s->len } };
	struct gcoap_engine *e = gcoap_load_client(p->load, s->client);

	if (!s->len)
		return;
	if (n & 128) {
		e->failed(e, &d, ENETUNREACH, p->now);
		s->len = 0; /* each is told of once */
	} else {
		d.data.len = n & 64 ? 4 : s->len;
		e->unreachable(e, &d, ECONNREFUSED, p->now);
	}
	flush(p);
}

static void finish(struct played *p)
{
	struct gcoap_engine *e = gcoap_load_client(p->load, 0);
	struct gcoap_load_count n;

	gcoap_load_stop(p->load, true, p->now);
	for (int i = 0; i < 20 && !e->done(e); i++)
		pass(p, 10 * GCOAP_SECOND);
	must(e->done(e));
	gcoap_load_count(p->load, &n, p->now);
	must(!n.open && n.due >= p->over && p->over >= p->unsent);
	must(n.received >= n.unmatched);
	gcoap_load_free(&p->load);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct played played;
	struct played *p = &played;
	size_t i = 2, len;

	memset(p, 0, sizeof(*p));
	p->sink = (struct gcoap_load_sink){ on_answer, on_round, on_malformed };
	if (size < 2 || start(p, data[0], data[1]) < 0)
		return 0;
	while (i + 2 <= size) {
		uint8_t op = data[i++], n = data[i++];
		struct gcoap_addr a = host(n);

		switch (op % KINDS) {
		case ANSWER:
		case RAW:
			len = i < size ? data[i++] : 0;
			len = len < size - i ? len : size - i;
			if (op % KINDS == RAW)
				receive(p, op >> 7, n, data + i, len);
			else
				answer(p, op >> 3, n, data + i, len);
			i += len;
			break;
		case TIME:
			pass(p, n * 10 * GCOAP_MS);
			break;
		case TIME_LONG:
			p->now += n * 10 * GCOAP_MS; /* asleep */
			flush(p);
			break;
		case QUOTED:
			quote(p, n);
			break;
		case SHORT_OF_MEMORY:
			alloc_fail_at(1 + n % 8);
			break;
		case EXPECT:
			a.port = n & 1 ? 5683 : 0;
			(void)gcoap_load_expect(p->load, &a);
			break;
		case STOP:
			gcoap_load_stop(p->load, n & 1, p->now);
			break;
		}
	}
	(void)alloc_failed();
	finish(p);
	return 0;
}
