/*
 * The proxy's cache against a naive model: an array with a place for each realm, server, path and
 * option. Flags (one byte): 01 so small that things are evicted, 02 model B, 04 the other
 * dialect. Then operations of four bytes: what, and three of their choice. What comes out is
 * what the model has, with the same bytes and no longer life; unless things are evicted,
 * nothing is missing either.
 */
#include <proxy/cache.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REALMS 3
#define SERVERS 6
#define PATHS 2
#define ACCEPTS 2
#define RECALLS 4

struct place {
	bool there, changed, via;
	gcoap_time expires, forget;
	uint8_t code;
	struct gcoap__tag etag;
	uint32_t version; /* the payload */
};

struct what {
	unsigned realm, path, accept;
};

struct asked {
	struct gcoap__recall *recall;
	struct what what;
	unsigned server; /* SERVERS: the group */
	struct gcoap__tag etag; /* that its client has */
	bool group, held[SERVERS];
};

struct driven {
	struct gcoap__cache *cache;
	struct gcoap_registry registry;
	const struct gcoap_dialect *dialect;
	bool small, model_b;
	gcoap_time now;
	uint32_t version;
	struct place places[REALMS][SERVERS][PATHS][ACCEPTS];
	struct asked asked[RECALLS];
	/* of the request at hand */
	struct what what;
	struct gcoap__tag etag;
	struct gcoap__cache_key key;
	struct gcoap__target target;
	bool given[SERVERS];
	unsigned n_given;
	uint32_t versions[SERVERS];
	struct gcoap__tag group_etag;
	/* the last Group-ETag, and what it stood for */
	struct what tag_what;
	struct gcoap__tag tag;
	uint32_t tag_versions[SERVERS];
};

static struct driven d;

static void must(bool holds)
{
	if (!holds)
		abort();
}

static struct gcoap_addr server_addr(unsigned n)
{
	return (struct gcoap_addr){ .family = 4, .port = 5683,
				    .bytes = { 192, 0, 2, (uint8_t)(n + 1) } };
}

static struct place *place_of(const struct what *w, unsigned server)
{
	return &d.places[w->realm][server][w->path][w->accept];
}

static bool is_fresh(const struct place *p)
{
	return p->there && !p->changed && d.now < p->expires;
}

/* The key of a request; @server SERVERS: the group. */
static void make_key(const struct what *w, unsigned server, const struct gcoap__tag *group_etag)
{
	static const char *const identities[REALMS] = { NULL, "a", "b" };
	static const uint8_t json = 50;
	struct gcoap__group_etags tags = { 0 };
	struct gcoap__target *t = &d.target;
	struct gcoap_peer from = { .identity = identities[w->realm],
				   .addr = server_addr(100 + w->realm) };

	memset(t, 0, offsetof(struct gcoap__target, uri));
	t->dialect = d.dialect;
	t->kind = server == SERVERS ? GCOAP__GROUP : GCOAP__SERVER;
	t->addr = server_addr(server);
	if (server == SERVERS)
		t->addr.bytes[0] = 224;
	gcoap_msg_init(&t->msg, GCOAP_NON, GCOAP_GET);
	if (d.etag.len)
		gcoap_msg_add(&t->msg, GCOAP_ETAG,
			      (struct gcoap_bytes){ d.etag.bytes, d.etag.len });
	gcoap_msg_add_text(&t->msg, GCOAP_URI_PATH, w->path ? "s" : "r");
	if (w->accept)
		gcoap_msg_add(&t->msg, GCOAP_ACCEPT, (struct gcoap_bytes){ &json, 1 });
	if (group_etag) {
		tags.n = 1;
		tags.tags[0] = *group_etag;
	}
	must(gcoap__cache_key(&d.key, d.cache, t, &from, &tags) == 0);
	d.what = *w;
	memset(d.given, 0, sizeof(d.given));
	memset(d.versions, 0, sizeof(d.versions));
	d.n_given = 0;
}

static bool same_tag(const struct gcoap__tag *a, const struct gcoap__tag *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

/* An answer from the cache is what the model has. */
static void give(void *arg, const struct gcoap__cached *c)
{
	unsigned server = c->server.bytes[3] - 1u;
	const struct place *p;
	uint32_t version, left = 60;

	must(server < SERVERS && !d.given[server]);
	p = place_of(&d.what, server);
	must(is_fresh(p));
	gcoap_msg_uint(&c->msg, GCOAP_MAX_AGE, 4, &left);
	must((gcoap_time)left * GCOAP_SECOND <= p->expires - d.now);
	must((gcoap_time)(left + 1) * GCOAP_SECOND > p->expires - d.now);
	if (p->etag.len && same_tag(&p->etag, &d.etag)) {
		must(c->msg.code == GCOAP_VALID && !c->msg.payload.len);
	} else {
		must(c->msg.code == p->code && c->msg.payload.len == sizeof(version));
		memcpy(&version, c->msg.payload.ptr, sizeof(version));
		must(version == p->version);
	}
	d.given[server] = true;
	d.versions[server] = p->version;
	d.group_etag = c->group_etag;
	d.n_given++;
}

/* ---- the model ---- */

/* What the model makes of an answer; false: the cache need not know it. */
static void model_store(const struct what *w, unsigned server, bool group,
			const struct gcoap_msg *m, uint32_t max_age)
{
	struct place *p = place_of(w, server);
	bool there = p->there && d.now < p->forget;
	struct gcoap__tag etag = { 0 };
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_ETAG);
	gcoap_time keep;

	if (o) {
		etag.len = (uint8_t)o->value.len;
		memcpy(etag.bytes, o->value.ptr, o->value.len);
	}
	if (m->code == GCOAP_VALID) {
		if (!there || !etag.len || p->code != GCOAP_CONTENT ||
		    !same_tag(&p->etag, &etag))
			return;
	} else if (m->code == GCOAP_CODE(2, 20) || (!max_age && !etag.len)) {
		p->there = false;
		return;
	} else {
		p->code = m->code;
		p->etag = etag;
		p->version = d.version;
	}
	p->via = group || (there && p->via);
	p->there = true;
	p->changed = false;
	p->expires = d.now + max_age * GCOAP_SECOND;
	keep = max_age * 10 < 60 ? 60 : max_age * 10 > 300 ? 300 : max_age * 10;
	p->forget = p->expires + (etag.len ? keep * GCOAP_SECOND : 0);
	p->forget = p->forget / GCOAP_SECOND * GCOAP_SECOND + GCOAP_SECOND;
}

/* ---- operations ---- */

static void find(const struct what *w, unsigned server)
{
	static struct gcoap__cached out;

	make_key(w, server, NULL);
	if (gcoap__cache_find(d.cache, &d.key, d.now, &out))
		give(NULL, &out);
	else
		must(d.small || !is_fresh(place_of(w, server)));
}

static void find_group(const struct what *w, unsigned n, bool with_tag)
{
	static struct gcoap__cached out;
	struct gcoap_addr addrs[SERVERS];
	struct gcoap__members members = { addrs, n, false };
	enum gcoap__cache_found found;
	bool all = n > 0;

	for (unsigned i = 0; i < n; i++) {
		addrs[i] = server_addr(i);
		all = all && is_fresh(place_of(w, i));
	}
	make_key(w, SERVERS, with_tag ? &d.tag : NULL);
	found = gcoap__cache_find_group(d.cache, &d.key, &members, d.now, give, NULL, &out);
	if (!d.model_b) {
		must(found == GCOAP__CACHE_MISS ? !all || d.small : all);
		for (unsigned i = 0; i < n && found == GCOAP__CACHE_HIT; i++)
			must(d.given[i]);
	}
	if (found == GCOAP__CACHE_HIT) {
		must(d.n_given > 0);
		d.tag = d.group_etag;
		d.tag_what = *w;
		memcpy(d.tag_versions, d.versions, sizeof(d.versions));
	} else if (found == GCOAP__CACHE_VALID) {
		/* the same set as then, all of it here */
		must(with_tag && !memcmp(&d.tag_what, w, sizeof(*w)));
		make_key(w, SERVERS, NULL);
		must(gcoap__cache_find_group(d.cache, &d.key, &members, d.now, give, NULL,
					     &out) == GCOAP__CACHE_HIT);
		must(!memcmp(d.tag_versions, d.versions, sizeof(d.versions)));
	} else {
		must(d.n_given == 0);
	}
}

static void forward(struct asked *a, const struct what *w, unsigned server, gcoap_time timeout)
{
	struct gcoap__members nobody = { 0 };
	struct gcoap__validators store;
	struct gcoap_msg sent;

	gcoap__recall_free(d.cache, &a->recall);
	make_key(w, server, NULL);
	memset(a, 0, sizeof(*a));
	a->what = *w;
	a->server = server;
	a->group = server == SERVERS;
	a->etag = d.etag;
	a->recall = gcoap__recall_new(d.cache, &d.key);
	gcoap_msg_init(&sent, GCOAP_NON, GCOAP_GET);
	gcoap__recall_validate(d.cache, a->recall, d.dialect, &sent, &store, d.now);
	if (!a->group)
		return;
	gcoap__recall_hold(d.cache, a->recall, &nobody, timeout, d.now, give, NULL);
	for (unsigned i = 0; i < SERVERS; i++) {
		const struct place *p = place_of(w, i);

		must(!d.given[i] || p->expires - d.now < timeout);
		a->held[i] = is_fresh(p) && !d.given[i];
	}
}

static void answer(struct asked *a, unsigned server, unsigned how, uint32_t max_age)
{
	static const uint8_t codes[] = { GCOAP_CONTENT, GCOAP_CONTENT, GCOAP_VALID,
					 GCOAP_NOT_FOUND, GCOAP_CODE(2, 20) };
	static const uint8_t tag[] = { 0, 1 };
	static struct gcoap__cached out;
	struct gcoap_origin origin = { 0 };
	struct gcoap_msg m;
	uint8_t age[4];
	int r;

	if (!a->recall)
		return;
	if (!a->group)
		server = a->server;
	d.version++;
	gcoap_msg_init(&m, GCOAP_NON, codes[how % 5]);
	if (how / 5 % 3)
		gcoap_msg_add(&m, GCOAP_ETAG,
			      (struct gcoap_bytes){ tag + how / 5 % 3 - 1, 3 - how / 5 % 3 });
	gcoap_msg_add_uint(&m, GCOAP_MAX_AGE, max_age, age);
	m.payload = (struct gcoap_bytes){ (uint8_t *)&d.version, sizeof(d.version) };
	if (m.code == GCOAP_VALID)
		m.payload.len = 0;
	origin.addr = server_addr(server);
	d.etag.len = 0;
	model_store(&a->what, server, a->group, &m, max_age);
	r = gcoap__recall_answer(d.cache, a->recall, &origin, &m, d.now, &out);
	must(r == 0 || m.code == GCOAP_VALID);
	a->held[server] = false;
	if (r == 1) {
		const struct place *p = place_of(&a->what, server);

		must(out.msg.code == GCOAP_CONTENT && p->there &&
		     out.msg.payload.len == sizeof(p->version) &&
		     !memcmp(out.msg.payload.ptr, &p->version, sizeof(p->version)));
	}
}

static void release(struct asked *a)
{
	if (!a->recall || !a->group)
		return;
	d.etag = a->etag;
	make_key(&a->what, SERVERS, NULL);
	gcoap__recall_release(d.cache, a->recall, d.now, give, NULL);
	for (unsigned i = 0; i < SERVERS; i++)
		must(!d.given[i] || a->held[i]);
	gcoap__recall_end(d.cache, a->recall, d.now);
	gcoap__recall_free(d.cache, &a->recall);
}

static void change(unsigned path, unsigned server)
{
	struct gcoap_addr addr = server_addr(server);
	struct gcoap_msg m;

	if (d.small && server == SERVERS)
		return; /* an evicted entry has forgotten that it was the group's */
	if (server == SERVERS)
		addr.bytes[0] = 224;
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_PUT);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, path ? "s" : "r");
	gcoap__cache_changed(d.cache, &m, GCOAP_SCHEME_COAP, &addr);
	for (unsigned r = 0; r < REALMS; r++)
		for (unsigned s = 0; s < SERVERS; s++)
			for (unsigned a = 0; a < ACCEPTS; a++) {
				struct place *p = &d.places[r][s][path][a];

				if (server == SERVERS ? p->via : s == server)
					p->changed = true;
			}
}

static void pass(gcoap_time time)
{
	d.now += time;
	while (gcoap__cache_deadline(d.cache) <= d.now)
		gcoap__cache_tick(d.cache, d.now);
}

static void operate(const uint8_t op[4])
{
	const struct what w = { op[1] % REALMS, op[1] / 4 % PATHS, op[1] / 8 % ACCEPTS };
	struct asked *a = &d.asked[op[1] % RECALLS];
	struct gcoap_proxy_stats s;

	d.etag.len = 0;
	if (op[1] & 0x40)
		d.etag = (struct gcoap__tag){ 1, { 1 } };
	if (op[1] & 0x80)
		d.etag = (struct gcoap__tag){ 2, { 0, 1 } };
	switch (op[0] % 9) {
	case 0:
		find(&w, op[2] % SERVERS);
		break;
	case 1:
		find_group(&w, op[2] % (SERVERS + 1), op[3] & 1);
		break;
	case 2:
		forward(&d.asked[op[3] % RECALLS], &w, op[2] % SERVERS, 0);
		break;
	case 3:
	case 4:
		forward(&d.asked[op[3] % RECALLS], &w, SERVERS, op[2] * GCOAP_SECOND);
		break;
	case 5:
		answer(a, op[2] % SERVERS, op[3], op[2] / SERVERS);
		break;
	case 6:
		release(a);
		break;
	case 7:
		change(op[1] % PATHS, op[2] % (SERVERS + 1));
		break;
	case 8:
		pass((op[1] << 8 | op[2]) * (op[3] & 1 ? GCOAP_SECOND : GCOAP_MS));
		break;
	}
	gcoap__cache_stats(d.cache, &s);
	must(s.cache_bytes <= (d.small ? 6000u : 1u << 20));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint64_t seed[2] = { 1, 2 };
	size_t n = 0;

	if (!size)
		return 0;
	memset(&d, 0, sizeof(d));
	gcoap_registry_init(&d.registry);
	d.small = data[0] & 1;
	d.model_b = data[0] & 2;
	d.dialect = &gcoap_dialects[data[0] >> 2 & 1];
	d.now = 1000 * GCOAP_SECOND;
	must(gcoap__cache_new(&d.cache, d.small ? 6000 : 1 << 20,
			      d.model_b ? GCOAP_CACHE_B : GCOAP_CACHE_T, &d.registry, 0,
			      seed) == 0);
	for (size_t i = 1; i + 4 <= size && n < 2000; i += 4, n++)
		operate(data + i);
	for (size_t i = 0; i < RECALLS; i++)
		gcoap__recall_free(d.cache, &d.asked[i].recall);
	gcoap__cache_free(&d.cache);
	return 0;
}
