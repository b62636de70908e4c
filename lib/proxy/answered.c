/*
 * Answers to group requests that are the begin of a long body: the client that got one may ask
 * that server for the rest, which is unicast (groupcomm-bis-03, Section 3.5), also where no row
 * has the server. It may ask for nothing else there.
 */
#include "core.h"

#include <string.h>

#include <gcoap/block.h>

#include "target_read.h"

#define KEPT 16384		    /* of them, at least */
#define LEAST (60 * GCOAP_SECOND) /* how long, at least: a client may first wait for T' */

struct key {
	uint64_t client[4];
	struct gcoap__endpoint server;
	uint64_t method, request;
};

struct answered {
	struct key key;
	gcoap_time until;
};

/* Path and query, each value with its length. */
static uint64_t hash_of(const struct gcoap_proxy *p, const struct gcoap_msg *m)
{
	uint64_t hash[2] = { 0, 0 };

	for (size_t i = 0; i < m->n_options; i++) {
		const struct gcoap_option *o = &m->options[i];
		uint64_t seed[2] = { p->answered.young.seed[0] ^ hash[0], o->number };

		if (o->number == GCOAP_URI_PATH || o->number == GCOAP_URI_QUERY ||
		    o->number == GCOAP_URI_PATH_ABBREV)
			hash[0] = gcoap__hash(o->value.ptr, o->value.len, seed);
	}
	return hash[0];
}

static void key_of(const struct gcoap__ongoing *o, const struct gcoap_addr *server,
		   struct key *key)
{
	const struct gcoap_proxy *p = o->proxy;

	memset(key, 0, sizeof(*key));
	gcoap__asker_key(p->answered.young.seed, &o->peer, key->client);
	key->server = gcoap__endpoint(server);
	key->method = o->target.msg.code;
	key->request = hash_of(p, &o->target.msg);
}

/* The block of @m; false: it has none. */
static bool block_of(const struct gcoap_msg *m, struct gcoap_block *out)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_BLOCK2);

	return o && gcoap_block_decode(o->value, out, NULL) >= 0;
}

static gcoap_time life_of(const struct gcoap_proxy *p)
{
	return p->config.max_timeout > LEAST ? p->config.max_timeout : LEAST;
}

void gcoap__answered_init(struct gcoap_proxy *p, const uint64_t seed[2])
{
	gcoap__aged_init(&p->answered, sizeof(struct answered), sizeof(struct key), seed,
			 life_of(p), KEPT);
}

void gcoap__answered_clear(struct gcoap_proxy *p)
{
	gcoap__aged_clear(&p->answered);
}

/* Whom to ask for more; family 0: nobody that is one endpoint of CoAP over UDP. */
static struct gcoap_addr server_of(const struct gcoap__ongoing *o, const struct gcoap__relayed *a)
{
	const struct gcoap_origin *s = a->server;
	struct gcoap_addr addr = { 0 };

	if (!o->group)
		return o->target.addr;
	if (s && s->scheme == GCOAP_SCHEME_COAP && !s->transport_unknown && !s->behind.family &&
	    !s->behind_host[0] && !s->behind_path[0])
		addr = s->addr;
	gcoap__addr_unmap(&addr);
	return addr;
}

/* Without memory for it the rest is not to be had, as where nobody answered. */
void gcoap__answered_note(struct gcoap__ongoing *o, const struct gcoap__relayed *a,
			  gcoap_time now)
{
	struct gcoap_addr server = server_of(o, a);
	struct answered *answered;
	struct gcoap_block block;
	struct key key;

	if ((!o->group && !o->target.answered) || a->gathered || !server.family ||
	    !block_of(a->msg, &block) || !block.more)
		return;
	key_of(o, &server, &key);
	answered = gcoap__aged_add(&o->proxy->answered, &key, now);
	if (answered)
		answered->until = now + life_of(o->proxy);
}

bool gcoap__answered(const struct gcoap__ongoing *o, gcoap_time now)
{
	const struct gcoap__target *t = &o->target;
	const struct answered *answered;
	struct gcoap_block block;
	struct key key;

	if (t->kind != GCOAP__SERVER || !block_of(&t->msg, &block) || !block.num)
		return false;
	key_of(o, &t->addr, &key);
	answered = gcoap__aged_find(&o->proxy->answered, &key);
	return answered && answered->until > now;
}
