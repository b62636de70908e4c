#include "cache_play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cache_play_init(struct cache_play *p, size_t size, enum gcoap_cache_model model)
{
	const uint64_t seed[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };

	memset(p, 0, sizeof(*p));
	gcoap_registry_init(&p->registry);
	p->now = 1000 * GCOAP_SECOND;
	p->dialect = &gcoap_dialects[0];
	p->client = (struct gcoap_addr){ .family = 4, .port = 40000, .bytes = { 10, 0, 0, 1 } };
	p->method = GCOAP_GET;
	gcoap_msg_init(&p->extra, GCOAP_NON, GCOAP_GET);
	if (gcoap__cache_new(&p->cache, size, model, &p->registry, 0, seed) < 0)
		abort();
}

void cache_play_clear(struct cache_play *p)
{
	gcoap__cache_free(&p->cache);
}

struct gcoap_addr cache_server(unsigned n)
{
	return (struct gcoap_addr){ .family = 4, .port = 5683,
				    .bytes = { 192, 0, (uint8_t)(2 + n / 256), (uint8_t)n } };
}

struct gcoap_addr cache_group(void)
{
	return (struct gcoap_addr){ .family = 4, .port = 5683, .bytes = { 224, 0, 1, 187 } };
}

int cache_key(struct cache_play *p, unsigned server, const char *path)
{
	static struct gcoap__target t;
	struct gcoap_peer from = { .addr = p->client, .identity = p->identity };
	struct gcoap__group_etags etags;
	const char *end;

	memset(&t, 0, offsetof(struct gcoap__target, uri));
	t.kind = server ? GCOAP__SERVER : GCOAP__GROUP;
	t.scheme = GCOAP_SCHEME_COAP;
	t.addr = server ? cache_server(server) : cache_group();
	t.ifindex = p->ifindex;
	t.dialect = p->dialect;
	t.msg = p->extra;
	t.msg.code = p->method;
	t.msg.payload = p->payload;
	if (p->host)
		gcoap_msg_add_text(&t.msg, GCOAP_URI_HOST, p->host);
	for (; *path; path = *end ? end + 1 : end) {
		end = strchr(path, '/');
		if (!end)
			end = path + strlen(path);
		gcoap_msg_add(&t.msg, GCOAP_URI_PATH,
			      (struct gcoap_bytes){ (const uint8_t *)path,
						    (size_t)(end - path) });
	}
	gcoap__group_etags(&etags, &p->registry, &t.msg);
	return gcoap__cache_key(&p->key, p->cache, &t, &from, &etags);
}

static size_t hex(char *buf, size_t cap, const char *name, struct gcoap_bytes b)
{
	size_t n = (size_t)snprintf(buf, cap, " %s=", name);

	return n + gcoap_hex_encode(b, buf + n, cap - n);
}

void cache_given(struct cache_play *p, const struct gcoap_msg *m, unsigned server)
{
	const struct gcoap_dialect *d = p->dialect ? p->dialect : &gcoap_dialects[0];
	const struct gcoap_option *o;
	size_t cap = sizeof(p->given[0]), n;
	char *text, code[5];
	uint32_t age;

	if (p->n_given == CACHE_GIVEN)
		abort();
	text = p->given[p->n_given++];
	n = (size_t)snprintf(text, cap, "%u %s", server, gcoap_code_format(m->code, code));
	o = gcoap_msg_find(m, GCOAP_ETAG);
	if (o)
		n += hex(text + n, cap - n, "etag", o->value);
	if (gcoap_msg_uint(m, GCOAP_MAX_AGE, 4, &age) == 0)
		n += (size_t)snprintf(text + n, cap - n, " age=%u", age);
	o = gcoap_msg_find(m, p->registry.draft[d->group_etag]);
	if (o)
		n += (size_t)snprintf(text + n, cap - n, " tag");
	if (m->payload.len)
		snprintf(text + n, cap - n, " %.*s", (int)m->payload.len, m->payload.ptr);
}

void cache_give(void *arg, const struct gcoap__cached *answer)
{
	cache_given(arg, &answer->msg,
		    answer->server.bytes[3] + (answer->server.bytes[2] - 2u) * 256);
}

static int look(struct cache_play *p, const struct gcoap_addr *members, unsigned n)
{
	const struct gcoap__members who = { members, n, p->learned };

	p->n_given = 0;
	if (p->key.group) {
		if (gcoap__cache_find_group(p->cache, &p->key, &who, p->now, cache_give, p,
					    &p->out) == GCOAP__CACHE_VALID)
			cache_given(p, &p->out.msg, 0);
	} else if (gcoap__cache_find(p->cache, &p->key, p->now, &p->out)) {
		cache_give(p, &p->out);
	}
	return (int)p->n_given;
}

int cache_get(struct cache_play *p, unsigned server, const char *path)
{
	return cache_key(p, server, path) < 0 ? -1 : look(p, NULL, 0);
}

int cache_get_members(struct cache_play *p, const char *path, unsigned n)
{
	struct gcoap_addr members[300];

	for (unsigned i = 0; i < n; i++)
		members[i] = cache_server(i + 1);
	return cache_key(p, 0, path) < 0 ? -1 : look(p, members, n);
}

struct gcoap_msg *cache_answer(uint8_t code, const char *etag, int64_t max_age,
			       const char *payload)
{
	static struct gcoap_msg m;
	static uint8_t tag[16], age[4];
	int n = gcoap_hex_decode(etag, strlen(etag), tag, sizeof(tag));

	gcoap_msg_init(&m, GCOAP_NON, code);
	if (n > 0)
		gcoap_msg_add(&m, GCOAP_ETAG, (struct gcoap_bytes){ tag, (size_t)n });
	if (max_age >= 0)
		gcoap_msg_add_uint(&m, GCOAP_MAX_AGE, (uint32_t)max_age, age);
	m.payload = gcoap_bytes_text(payload);
	return &m;
}

int cache_recalled(struct cache_play *p, struct gcoap__recall *r, unsigned server,
		   const struct gcoap_msg *msg)
{
	struct gcoap_origin origin = { .scheme = GCOAP_SCHEME_COAP };

	origin.addr = cache_server(server);
	return gcoap__recall_answer(p->cache, r, &origin, msg, p->now, &p->out);
}

int cache_store(struct cache_play *p, unsigned server, const struct gcoap_msg *msg)
{
	struct gcoap__recall *r = gcoap__recall_new(p->cache, &p->key);
	int result;

	if (!r)
		return GCOAP_ENOMEM;
	result = cache_recalled(p, r, server, msg);
	gcoap__recall_free(p->cache, &r);
	return result;
}
