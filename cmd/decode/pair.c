/* Requests and the answers that carry their token back to the endpoint that asked. */
#include "capture.h"

#include <gcoap/block.h>

struct asked capture_key(const struct gcoap_addr *a)
{
	struct asked k = { .port = a->port, .family = a->family };

	memcpy(k.addr, a->bytes, sizeof(k.addr));
	return k;
}

static struct asked token_key(const struct gcoap_addr *client, const struct gcoap_msg *m)
{
	struct asked k = capture_key(client);

	memcpy(k.token, m->token, m->token_len);
	k.token_len = m->token_len;
	return k;
}

static int link_server(struct capture *c, struct exchange *x)
{
	struct asked key = capture_key(&x->request->to);
	struct by_server *s;

	HASH_FIND(hh, c->by_server, &key, sizeof(key), s);
	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return GCOAP_ENOMEM;
		s->key = key;
		HASH_ADD(hh, c->by_server, key, sizeof(s->key), s);
	}
	if (s->last)
		s->last->same_server = x;
	else
		s->first = x;
	s->last = x;
	return 0;
}

static int add_request(struct capture *c, const struct packet *p)
{
	struct asked key = token_key(&p->from, &p->msg);
	struct exchange *x;

	HASH_FIND(hh, c->by_token, &key, sizeof(key), x);
	if (x && x->request->msg.mid == p->msg.mid &&
	    gcoap_addr_equal(&x->request->to, &p->to)) {
		x->repeats++;
		return 0;
	}
	if (c->n_exchanges == c->cap_exchanges) {
		size_t cap = c->cap_exchanges ? c->cap_exchanges * 2 : 64;
		struct exchange **more = realloc(c->exchanges, cap * sizeof(struct exchange *));

		if (!more)
			return GCOAP_ENOMEM;
		c->exchanges = more;
		c->cap_exchanges = cap;
	}
	if (x)
		HASH_DEL(c->by_token, x);
	x = calloc(1, sizeof(*x));
	if (!x)
		return GCOAP_ENOMEM;
	c->exchanges[c->n_exchanges++] = x;
	x->key = key;
	x->request = p;
	HASH_ADD(hh, c->by_token, key, sizeof(x->key), x);
	return gcoap_addr_is_multicast(&p->to) ? 0 : link_server(c, x);
}

static bool is_duplicate(const struct exchange *x, const struct packet *p)
{
	for (size_t i = x->n; i > 0 && x->n - i < 4096; i--)
		if (x->replies[i - 1].packet->msg.mid == p->msg.mid &&
		    gcoap_addr_equal(&x->replies[i - 1].packet->from, &p->from))
			return true;
	return false;
}

static int add_reply(struct capture *c, const struct packet *p)
{
	struct asked key = token_key(&p->to, &p->msg);
	struct exchange *x;

	HASH_FIND(hh, c->by_token, &key, sizeof(key), x);
	if (!x) {
		c->unmatched++;
		return 0;
	}
	if (x->n == x->cap) {
		size_t cap = x->cap ? x->cap * 2 : 8;
		struct reply *more = realloc(x->replies, cap * sizeof(*more));

		if (!more)
			return GCOAP_ENOMEM;
		x->replies = more;
		x->cap = cap;
	}
	x->replies[x->n] = (struct reply){ p, is_duplicate(x, p) };
	x->n++;
	return 0;
}

/* The number of the block that a message carries or asks for; -1: none. */
static int64_t block_num(const struct gcoap_msg *m, bool *more)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_BLOCK2);
	struct gcoap_block b;

	if (!o || gcoap_block_decode(o->value, &b, NULL) < 0)
		return -1;
	if (more)
		*more = b.more;
	return b.num;
}

static bool same_path(const struct gcoap_msg *a, const struct gcoap_msg *b)
{
	const struct gcoap_option *p = gcoap_msg_find(a, GCOAP_URI_PATH),
				  *q = gcoap_msg_find(b, GCOAP_URI_PATH);

	while (p && q && gcoap_bytes_equal(p->value, q->value)) {
		p = gcoap_msg_next(a, p);
		q = gcoap_msg_next(b, q);
	}
	return !p && !q;
}

/* A request for a later block is a part of the exchange that got the first one. */
static void mark_follow_ups(struct capture *c)
{
	for (size_t i = 0; i < c->n_exchanges; i++) {
		struct exchange *x = c->exchanges[i];

		x->follow_up = block_num(&x->request->msg, NULL) > 0;
	}
}

int capture_pair(struct capture *c)
{
	int r = 0;

	for (size_t i = 0; i < c->n && r >= 0; i++) {
		const struct packet *p = c->packets[i];

		if (p->err)
			continue;
		if (GCOAP_CODE_IS_REQUEST(p->msg.code))
			r = add_request(c, p);
		else if (GCOAP_CODE_IS_RESPONSE(p->msg.code))
			r = add_reply(c, p);
	}
	mark_follow_ups(c);
	return r;
}

/* Requests to the server that sent @first, in the file's order. */
static const struct exchange *follow_ups(const struct capture *c, const struct packet *first)
{
	struct asked key = capture_key(&first->from);
	struct by_server *s;

	HASH_FIND(hh, c->by_server, &key, sizeof(key), s);
	return s ? s->first : NULL;
}

/* The exchange among @y and those after it that got block @num of @first. */
static const struct exchange *find_block(const struct exchange *y, const struct exchange *x,
					 const struct packet *first, int64_t num)
{
	for (; y; y = y->same_server)
		if (y->follow_up && y->n && y->request->at >= first->at &&
		    gcoap_addr_same_host(&y->request->from, &x->request->from) &&
		    same_path(&y->request->msg, &x->request->msg) &&
		    block_num(&y->replies[0].packet->msg, NULL) == num)
			return y;
	return NULL;
}

static bool append(uint8_t **store, size_t *len, struct gcoap_bytes more)
{
	uint8_t *grown = realloc(*store, *len + more.len + 1);

	if (!grown)
		return false;
	*store = grown;
	if (more.len)
		memcpy(grown + *len, more.ptr, more.len);
	*len += more.len;
	return true;
}

struct gcoap_bytes capture_body(const struct capture *c, const struct exchange *x,
				const struct packet *answer, uint8_t **store, uint32_t *blocks,
				bool *complete)
{
	bool more = false;
	size_t len = 0;
	int64_t num = block_num(&answer->msg, &more);
	const struct exchange *y;
	const struct packet *p;

	*store = NULL;
	*blocks = 1;
	*complete = !more;
	if (num != 0 || !more || !append(store, &len, answer->msg.payload))
		return answer->msg.payload;
	y = follow_ups(c, answer);
	while (more && (y = find_block(y, x, answer, num + 1)) != NULL) {
		p = y->replies[0].packet;
		if (!append(store, &len, p->msg.payload))
			break;
		num = block_num(&p->msg, &more);
		(*blocks)++;
	}
	*complete = !more;
	return (struct gcoap_bytes){ *store, len };
}
