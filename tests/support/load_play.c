/* Driving a load without a network. */
#include "load_play.h"

#include <stdlib.h>
#include <string.h>

static struct load_play *of(struct gcoap_load_sink *s)
{
	return (struct load_play *)s;
}

static void on_answer(struct gcoap_load_sink *s, const struct gcoap_load_answer *a)
{
	struct load_play *p = of(s);

	p->answers[p->n_answers++ % LOAD_RECORDS_MAX] = *a;
	p->kinds[a->kind]++;
	if (p->stop)
		gcoap_load_stop(p->load, false, p->now);
}

static void on_round(struct gcoap_load_sink *s, const struct gcoap_load_round *r)
{
	struct load_play *p = of(s);

	p->rounds[p->n_rounds++ % LOAD_RECORDS_MAX] = *r;
	if (p->stop)
		gcoap_load_stop(p->load, false, p->now);
}

static void on_malformed(struct gcoap_load_sink *s, const struct gcoap_datagram *d,
			 const struct gcoap_diag *diag)
{
	char *name = of(s)->malformed[of(s)->n_malformed++ % LOAD_RECORDS_MAX];
	size_t len = strlen(diag->name);

	len = len < 31 ? len : 31;
	memcpy(name, diag->name, len);
	name[len] = '\0';
}

static struct gcoap_addr address(const char *text)
{
	struct gcoap_addr a;

	if (gcoap_addr_parse(&a, text, GCOAP_PORT) < 0)
		abort();
	return a;
}

struct gcoap_load_request load_get(const char *to)
{
	static struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "r");
	return (struct gcoap_load_request){ .request = &m,
					    .to = address(to),
					    .group = !strncmp(to, "224", 3),
					    .port_reading = GCOAP_PORT_WGP_00,
					    .timeout = 2 * GCOAP_SECOND };
}

struct gcoap_load_config load_config(const struct gcoap_load_request *requests, size_t n)
{
	return (struct gcoap_load_config){ .requests = requests,
					   .n_requests = n,
					   .clients = 1,
					   .start = LOAD_START,
					   .transmission = GCOAP_TRANSMISSION_DEFAULT };
}

struct load_play *load_play_try(const struct gcoap_load_config *config)
{
	struct load_play *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->sink = (struct gcoap_load_sink){ on_answer, on_round, on_malformed };
	p->config = *config;
	p->now = LOAD_START;
	gcoap_random_init_seed(&p->random, 11);
	p->config.random = &p->random;
	p->config.sink = &p->sink;
	if (gcoap_load_new(&p->load, &p->config) < 0) {
		free(p);
		return NULL;
	}
	return p;
}

struct load_play *load_play_new(const struct gcoap_load_config *config)
{
	struct load_play *p = load_play_try(config);

	if (!p)
		abort();
	load_flush(p);
	return p;
}

void load_play_free(struct load_play *p)
{
	if (!p)
		return;
	gcoap_load_free(&p->load);
	free(p);
}

static void keep(struct load_play *p, uint32_t client, const struct gcoap_datagram *d)
{
	struct load_sent *s = &p->sent[p->n_sent++ % LOAD_SENT_MAX];
	size_t len = d->data.len < LOAD_BYTES ? d->data.len : LOAD_BYTES;

	s->d = *d;
	s->client = client;
	s->at = p->now;
	memcpy(s->bytes, d->data.ptr, len);
	s->d.data = (struct gcoap_bytes){ s->bytes, len };
	gcoap_msg_decode(&s->msg, s->d.data, NULL);
}

void load_flush(struct load_play *p)
{
	struct gcoap_datagram d;

	for (uint32_t i = 0; i < p->config.clients; i++) {
		struct gcoap_engine *e = gcoap_load_client(p->load, i);

		while (e->send(e, &d, p->now) == 1)
			keep(p, i, &d);
	}
}

/* The client whose deadline is first. */
static struct gcoap_engine *first(const struct load_play *p, gcoap_time *due)
{
	struct gcoap_engine *e, *found = NULL;
	gcoap_time at;

	*due = GCOAP_NEVER;
	for (uint32_t i = 0; i < p->config.clients; i++) {
		e = gcoap_load_client(p->load, i);
		at = e->deadline(e);
		if (at < *due) {
			*due = at;
			found = e;
		}
	}
	return found;
}

void load_wait(struct load_play *p, gcoap_time by)
{
	gcoap_time end = p->now + by, due;
	struct gcoap_engine *e;

	while ((e = first(p, &due)) && due <= end) {
		if (due > p->now)
			p->now = due;
		e->tick(e, p->now);
		load_flush(p);
	}
	p->now = end;
}

const struct load_sent *load_sent_at(const struct load_play *p, size_t i)
{
	if (i >= p->n_sent)
		abort();
	return &p->sent[i % LOAD_SENT_MAX];
}

const struct load_sent *load_last(const struct load_play *p)
{
	return load_sent_at(p, p->n_sent - 1);
}

bool load_done(const struct load_play *p)
{
	struct gcoap_engine *e = gcoap_load_client(p->load, 0);

	return e->done(e);
}

int load_recv_bytes(struct load_play *p, uint32_t client, const char *from, const void *bytes,
		    size_t len)
{
	struct gcoap_engine *e = gcoap_load_client(p->load, client);
	struct gcoap_datagram in = { .from = address(from),
				     .data = { bytes, len },
				     .at = p->now,
				     .hops = -1 };
	int r;

	in.to = address("192.0.2.100:40000");
	r = e->recv(e, &in, p->now);
	load_flush(p);
	return r;
}

int load_recv(struct load_play *p, uint32_t client, const char *from, const struct gcoap_msg *m)
{
	uint8_t bytes[LOAD_BYTES];
	int len = gcoap_msg_encode(m, bytes, sizeof(bytes));

	if (len < 0)
		abort();
	return load_recv_bytes(p, client, from, bytes, (size_t)len);
}

void load_response(struct gcoap_msg *m, const struct load_sent *to, uint8_t code, uint16_t mid)
{
	gcoap_msg_init(m, GCOAP_NON, code);
	m->mid = mid;
	gcoap_msg_set_token(m, to->msg.token, to->msg.token_len);
}

int load_answer(struct load_play *p, const struct load_sent *to, const char *from, uint16_t mid)
{
	struct gcoap_msg m;

	load_response(&m, to, GCOAP_CONTENT, mid);
	m.payload = gcoap_bytes_text("21");
	return load_recv(p, to->client, from, &m);
}

int load_empty(struct load_play *p, const struct load_sent *to, enum gcoap_type type)
{
	char from[GCOAP_ADDR_TEXT];
	struct gcoap_msg m;

	gcoap_msg_init(&m, type, GCOAP_EMPTY);
	m.mid = to->msg.mid;
	return load_recv(p, to->client, gcoap_addr_format(&to->d.to, from), &m);
}

const struct gcoap_load_answer *load_last_answer(const struct load_play *p)
{
	return &p->answers[(p->n_answers - 1) % LOAD_RECORDS_MAX];
}

const struct gcoap_load_round *load_last_round(const struct load_play *p)
{
	return &p->rounds[(p->n_rounds - 1) % LOAD_RECORDS_MAX];
}

struct gcoap_load_count load_counts(const struct load_play *p)
{
	struct gcoap_load_count n;

	gcoap_load_count(p->load, &n, p->now);
	return n;
}
