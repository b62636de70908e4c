/*
 * A front and the proxy behind it, played from both sides. The first two bytes choose the
 * configuration. Then come operations of two bytes: what is done, and a length or a count; and,
 * for a datagram, so many bytes of it.
 */
#include <gcoap/gcoap.h>
#include <stdlib.h>
#include <string.h>

#include "../support/alloc_fail.h"

#define CLIENTS 4 /* the last one may do nothing */
#define TOKENS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	BY_CLIENT,   /* a datagram of a client */
	BY_SERVER,   /* a datagram of a server */
	ECHOED,	     /* a client's last request again, with the Echo value that it got */
	ACKNOWLEDGED, RESET, /* what the client got last */
	TIME,
	SHORT_OF_MEMORY, /* the so-manieth allocation from now fails */
	STOP, /* or, with bit 3, a name is resolved to so many addresses */
	KINDS
};

struct client {
	struct gcoap_addr addr;
	size_t n_tokens;
	uint64_t tokens[TOKENS_MAX]; /* that it used */
	uint8_t last[512], echo[40];
	size_t last_len, echo_len;
	uint16_t mid; /* of what it got last */
	size_t in, out;
	bool proved; /* it may have */
};

struct played {
	struct gcoap_registry registry;
	struct gcoap_random random;
	struct gcoap_proxy *proxy;
	struct gcoap_front *front;
	struct gcoap_engine *up, *down;
	gcoap_time now;
	struct client clients[CLIENTS];
	const struct client *at_hand; /* whose datagram is being dealt with */
	struct gcoap_msg asked;	      /* the last request upstream, without its options */
	struct gcoap_addr asked_of;
	uint8_t here; /* where clients write to: 192.0.2.98 stands for a server */
	bool chain, echo;
};

static void must(int holds)
{
	if (!holds)
		abort();
}

static struct gcoap_addr addr(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
	return (struct gcoap_addr){ .family = 4, .port = port, .bytes = { a, b, c, d } };
}

static uint64_t token_of(const struct gcoap_msg *m)
{
	uint64_t token = m->token_len;

	for (size_t i = 0; i < m->token_len; i++)
		token = token * 0x9e3779b97f4a7c15u + m->token[i] + 1;
	return token;
}

static bool knows(const struct client *c, uint64_t token)
{
	for (size_t i = 0; i < c->n_tokens && i < TOKENS_MAX; i++)
		if (c->tokens[i] == token)
			return true;
	return c->n_tokens > TOKENS_MAX;
}

/* ---- what comes out ---- */

static bool is_here(const struct gcoap_addr *a)
{
	const struct gcoap_addr one = addr(192, 0, 2, 98, 5683);
	const struct gcoap_addr other = addr(192, 0, 2, 99, 5683);

	return gcoap_addr_equal(a, &one) || gcoap_addr_equal(a, &other);
}

/* What a client gets is an answer of its own, and little before it has proved its address. */
static void to_client(struct played *p, const struct gcoap_datagram *out)
{
	struct client *c = NULL;
	const struct gcoap_option *o;
	struct gcoap_msg m;

	for (size_t i = 0; i < CLIENTS; i++)
		if (gcoap_addr_equal(&out->to, &p->clients[i].addr))
			c = &p->clients[i];
	must(c && is_here(&out->from));
	must(gcoap_msg_decode(&m, out->data, NULL) == 0);
	must(m.code == GCOAP_EMPTY || GCOAP_CODE_IS_RESPONSE(m.code));
	must(m.code == GCOAP_EMPTY || knows(c, token_of(&m)));
	must(m.code != GCOAP_HOP_LIMIT_REACHED || m.payload.len <= 200);
	c->mid = m.mid;
	c->out += out->data.len;
	must(!p->echo || c->proved || c->out <= 3 * c->in);
	o = gcoap_msg_find(&m, GCOAP_ECHO);
	if (o && o->value.len <= sizeof(c->echo)) {
		memcpy(c->echo, o->value.ptr, o->value.len);
		c->echo_len = o->value.len;
	}
}

/* Upstream goes only what somebody may ask of whom he may ask. */
static void to_server(struct played *p, const struct gcoap_datagram *out)
{
	const struct gcoap_addr group = addr(224, 0, 1, 187, 5683);
	struct gcoap_msg m;

	must(gcoap_msg_decode(&m, out->data, NULL) == 0);
	if (m.code == GCOAP_EMPTY)
		return;
	must(GCOAP_CODE_IS_REQUEST(m.code) && m.token_len == 8);
	if (gcoap_addr_is_multicast(&out->to)) {
		must(!p->chain && m.type == GCOAP_NON);
		must(gcoap_addr_equal(&out->to, &group));
		must(p->at_hand != &p->clients[CLIENTS - 1]);
	} else {
		must(out->to.bytes[0] == 192 && out->to.bytes[1] == 0 && out->to.bytes[2] == 2);
	}
	if (!p->chain) {
		must(!gcoap_msg_find(&m, GCOAP_PROXY_URI) && !gcoap_msg_find(&m, GCOAP_PROXY_SCHEME));
		must(!gcoap_msg_find(&m, GCOAP_PROXY_CRI));
		must(!gcoap_msg_find(&m, 65002) && !gcoap_msg_find(&m, 2));
	}
	p->asked = m;
	p->asked.n_options = 0;
	p->asked_of = out->to;
}

static void flush(struct played *p)
{
	struct gcoap_datagram out;

	while (p->up->send(p->up, &out, p->now) == 1)
		to_server(p, &out);
	while (p->down->send(p->down, &out, p->now) == 1)
		to_client(p, &out);
}

static void pass(struct played *p, gcoap_time by)
{
	gcoap_time end = p->now + by;

	for (;;) {
		struct gcoap_engine *first = p->up;

		if (p->down->deadline(p->down) < p->up->deadline(p->up))
			first = p->down;
		if (first->deadline(first) > end)
			break;
		if (first->deadline(first) > p->now)
			p->now = first->deadline(first);
		first->tick(first, p->now);
		flush(p);
	}
	p->now = end;
}

/* ---- what goes in ---- */

static void by_client(struct played *p, struct client *c, const uint8_t *data, size_t len)
{
	struct gcoap_datagram in = { .from = c->addr, .to = addr(192, 0, 2, p->here, 5683),
				     .data = { data, len }, .at = p->now };
	struct gcoap_msg m;

	(void)gcoap_msg_decode(&m, in.data, NULL);
	if (c->n_tokens <= TOKENS_MAX && !knows(c, token_of(&m))) {
		if (c->n_tokens < TOKENS_MAX)
			c->tokens[c->n_tokens] = token_of(&m);
		c->n_tokens++;
	}
	c->in += len;
	p->at_hand = c;
	p->down->recv(p->down, &in, p->now);
	flush(p);
	p->at_hand = NULL;
}

static void empty(struct played *p, struct client *c, enum gcoap_type type)
{
	const uint8_t bytes[] = { (uint8_t)(0x40 | type << 4), 0, (uint8_t)(c->mid >> 8),
				  (uint8_t)c->mid };

	by_client(p, c, bytes, sizeof(bytes));
}

static void echoed(struct played *p, struct client *c)
{
	uint8_t buf[600];
	struct gcoap_msg m;
	int len;

	if (gcoap_msg_decode(&m, (struct gcoap_bytes){ c->last, c->last_len }, NULL) < 0 ||
	    m.code == GCOAP_EMPTY)
		return;
	m.mid++;
	gcoap_msg_remove(&m, GCOAP_ECHO);
	if (gcoap_msg_add(&m, GCOAP_ECHO, (struct gcoap_bytes){ c->echo, c->echo_len }) < 0)
		return;
	len = gcoap_msg_encode(&m, buf, sizeof(buf));
	c->proved = true;
	if (len > 0)
		by_client(p, c, buf, (size_t)len);
}

/* Bit 2 of @which: under the token that was asked under last; bit 3: as its ACK. */
static void by_server(struct played *p, unsigned which, const uint8_t *data, size_t len)
{
	struct gcoap_datagram in = { .from = addr(192, 0, 2, (uint8_t)(1 + (which & 3)), 5683),
				     .to = addr(192, 0, 2, 99, 40000), .at = p->now };
	uint8_t bytes[4 + 8 + 255];

	if (!gcoap_addr_is_multicast(&p->asked_of) && p->asked_of.family && which & 8)
		in.from = p->asked_of;
	if (which & 4 && len >= 4) {
		memcpy(bytes, data, 4);
		bytes[0] = (uint8_t)((bytes[0] & 0xf0) | p->asked.token_len);
		if ((bytes[0] >> 4 & 3) >= GCOAP_ACK) {
			bytes[2] = (uint8_t)(p->asked.mid >> 8);
			bytes[3] = (uint8_t)p->asked.mid;
		}
		memcpy(bytes + 4, p->asked.token, p->asked.token_len);
		memcpy(bytes + 4 + p->asked.token_len, data + 4, len - 4);
		data = bytes;
		len += p->asked.token_len;
	}
	in.data = (struct gcoap_bytes){ data, len };
	p->up->recv(p->up, &in, p->now);
	flush(p);
}

/* ---- the configuration ---- */

static int resolve(void *arg, const char *host, uint16_t port, struct gcoap_addr *out)
{
	(void)arg;
	if (!strcmp(host, "group1.com"))
		*out = addr(224, 0, 1, 187, port);
	else if (!strcmp(host, "s1.example"))
		*out = addr(192, 0, 2, 1, port);
	else
		return strlen(host) % 2 ? GCOAP_ERESOLVE : GCOAP_EAGAIN;
	return 0;
}

static void told(void *arg, const struct gcoap_proxy_event *e)
{
	struct played *p = arg;

	/* what came late belongs to nobody any more */
	must((e->id > 0 && e->client) || (e->what == GCOAP_PROXY_DROPPED && e->why));
	must(e->what <= GCOAP_PROXY_ENDED && e->at <= p->now);
	must(e->answers >= e->cached);
}

static void local(void *arg, const struct gcoap_peer *from, const struct gcoap_msg *msg,
		  struct gcoap_proxy_reply *out, gcoap_time now)
{
	(void)arg;
	(void)from;
	(void)now;
	if (gcoap_msg_find(msg, GCOAP_URI_PATH)) {
		out->code = GCOAP_CONTENT;
		out->body = gcoap_bytes_text("local");
	}
}

static int open_all(struct played *p, const uint8_t how[2])
{
	static const struct gcoap_addr members[] = { { 4, 5683, 0, { 192, 0, 2, 1 } },
						     { 4, 5683, 0, { 192, 0, 2, 2 } } };
	static const struct gcoap_proxy_group group = {
		.uri = { .scheme = GCOAP_SCHEME_COAP, .host = "224.0.1.187", .port = 5683,
			 .addr = { 4, 5683, 0, { 224, 0, 1, 187 } } },
		.addr = { 4, 5683, 0, { 224, 0, 1, 187 } },
		.members = members, .n_members = 2
	};
	static const struct gcoap_proxy_client allowed = {
		.net = { 4, 0, 0, { 198, 51, 100, 0 } }, .prefix = 29
	};
	static const struct gcoap_proxy_target target = { { 4, 0, 0, { 192, 0, 2, 0 } }, 27 };
	static const struct gcoap_addr ours = { 4, 5683, 0, { 192, 0, 2, 99 } };
	static const struct gcoap_proxy_alias alias = { { 4, 5683, 0, { 192, 0, 2, 98 } },
							{ 4, 5683, 0, { 192, 0, 2, 1 } } };
	static struct gcoap_proxy_reverse reverse;
	struct gcoap_proxy_config config = GCOAP_PROXY_CONFIG_DEFAULT;
	struct gcoap_front_config front = { .transmission = config.transmission,
					    .random = &p->random, .registry = &p->registry,
					    .max_peers = 2 };

	reverse = (struct gcoap_proxy_reverse){ .path = how[0] & 4 ? "//group1.com" : "/lights",
						.group = group.uri, .addr = group.addr };
	p->chain = how[0] & 1;
	p->echo = how[0] & 2;
	config.registry = &p->registry;
	config.random = &p->random;
	config.dialect = &gcoap_dialects[how[1] & 1];
	config.clients = &allowed;
	config.n_clients = 1;
	config.groups = &group;
	config.n_groups = 1;
	config.targets = &target;
	config.n_targets = 1;
	config.ours = &ours;
	config.n_ours = 1;
	config.reverse = &reverse;
	config.n_reverse = how[0] & 8 ? 1 : 0;
	config.standin = (enum gcoap_standin)((how[0] >> 4 & 3) % 3);
	config.aliases = &alias;
	config.n_aliases = 1;
	config.t_proxy = how[0] & 64 ? 20 * GCOAP_SECOND : 0;
	config.next_proxy = p->chain ? addr(192, 0, 2, 4, 5683) : (struct gcoap_addr){ 0 };
	config.max_ongoing = how[1] & 2 ? 2 : 1024;
	config.max_per_minute = how[1] & 4 ? 3 : 0;
	config.max_answers = how[1] & 8 ? 2 : 1000;
	config.cache_size = how[1] & 16 ? 0 : how[1] & 32 ? 4096 : 1 << 20;
	config.cache_model = how[1] & 64 ? GCOAP_CACHE_B : GCOAP_CACHE_T;
	config.forward = !(how[1] & 128);
	config.resolve = resolve;
	config.local = local;
	config.event = told;
	config.arg = p;
	if (gcoap_proxy_new(&p->proxy, &config) < 0)
		return -1;
	front.served = gcoap_proxy_served(p->proxy);
	front.echo = p->echo ? GCOAP_ECHO_ON : GCOAP_ECHO_OFF;
	if (gcoap_front_new(&p->front, &front) < 0) {
		gcoap_proxy_free(&p->proxy);
		return -1;
	}
	p->up = gcoap_proxy_engine(p->proxy);
	p->down = gcoap_front_engine(p->front);
	return 0;
}

static void operate(struct played *p, uint8_t op, const uint8_t *data, size_t n, size_t len)
{
	const struct gcoap_addr found[] = { addr(192, 0, 2, 3, 5683),
					    addr(224, 0, 1, 187, 5683) };
	struct client *c = &p->clients[op >> 3 & 3];

	switch (op % KINDS) {
	case BY_CLIENT:
		p->here = op & 32 ? 98 : 99;
		memcpy(c->last, data, len);
		c->last_len = len;
		by_client(p, c, data, len);
		break;
	case BY_SERVER:
		by_server(p, op >> 3, data, len);
		break;
	case ECHOED:
		echoed(p, c);
		break;
	case ACKNOWLEDGED:
		empty(p, c, GCOAP_ACK);
		break;
	case RESET:
		empty(p, c, GCOAP_RST);
		break;
	case TIME:
		pass(p, (gcoap_time)n * (op & 8 ? GCOAP_SECOND : 10 * GCOAP_MS));
		break;
	case SHORT_OF_MEMORY:
		alloc_fail_at(n + 1);
		break;
	default:
		if (op & 8)
			gcoap_proxy_resolved(p->proxy, "later.host", 5683, found, n % 3, p->now);
		else
			gcoap_proxy_stop(p->proxy, (gcoap_time)n * GCOAP_SECOND, p->now);
		flush(p);
		break;
	}
}

/* After a stop all ends in the time that it was given, whatever is under way. */
static void finish(struct played *p)
{
	struct gcoap_proxy_stats s;

	(void)alloc_failed();
	gcoap_proxy_stop(p->proxy, 10 * GCOAP_SECOND, p->now);
	flush(p);
	pass(p, 11 * GCOAP_SECOND);
	must(p->up->done(p->up) && p->down->done(p->down));
	gcoap_proxy_stats(p->proxy, &s);
	must(s.ongoing == 0);
	pass(p, 1000 * GCOAP_SECOND);
	must(p->down->deadline(p->down) == GCOAP_NEVER);
	gcoap_front_free(&p->front);
	gcoap_proxy_free(&p->proxy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct played p;
	size_t i = 2;

	if (size < 2)
		return 0;
	memset(&p, 0, sizeof(p));
	p.now = 1000 * GCOAP_SECOND;
	p.here = 99;
	gcoap_registry_init(&p.registry);
	gcoap_random_init_seed(&p.random, 1);
	for (uint8_t k = 0; k < CLIENTS; k++)
		p.clients[k].addr = addr(198, 51, 100, k < CLIENTS - 1 ? k + 1 : 99, 40000);
	if (open_all(&p, data) < 0)
		return 0;
	while (i + 2 <= size) {
		uint8_t op = data[i++], n = data[i++];
		bool datagram = op % KINDS <= BY_SERVER;
		size_t len = !datagram ? 0 : n < size - i ? n : size - i;

		operate(&p, op, data + i, n, len);
		i += len;
	}
	finish(&p);
	return 0;
}
