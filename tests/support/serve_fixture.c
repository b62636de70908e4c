#include "serve_fixture.h"

#include <stdlib.h>
#include <string.h>

static int handle_r(const struct gcoap_call *c, struct gcoap_reply *r)
{
	struct fx *f = c->arg;

	switch (c->msg->code) {
	case GCOAP_POST:
		f->posts++;
		r->code = GCOAP_CHANGED;
		return 0;
	case GCOAP_PUT:
		f->version++;
		f->posts = (uint32_t)c->body.len;
		r->code = GCOAP_CHANGED;
		gcoap_serve_changed(c->serve, c->member, c->resource, c->now);
		return 0;
	default:
		r->versioned = true;
		r->version = f->version;
		r->max_age = 60;
		r->content_format = 0;
		r->body = gcoap_bytes_text("22.3 C");
		return 0;
	}
}

static int handle_loud(const struct gcoap_call *c, struct gcoap_reply *r)
{
	(void)c;
	r->code = GCOAP_FORBIDDEN;
	return 0;
}

static int handle_plain(const struct gcoap_call *c, struct gcoap_reply *r)
{
	static const uint16_t formats[] = { 0 };

	if (gcoap_call_format(c, formats, 1) < 0)
		r->code = GCOAP_NOT_ACCEPTABLE;
	r->body = gcoap_bytes_text("plain");
	return 0;
}

static void fill(const struct gcoap_call *c, size_t offset, uint8_t *out, size_t len)
{
	(void)c;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)('a' + (offset + i) % 26);
}

static int handle_long(const struct gcoap_call *c, struct gcoap_reply *r)
{
	(void)c;
	r->versioned = true;
	r->body.len = 3000;
	r->fill = fill;
	return 0;
}

static int handle_slow(const struct gcoap_call *c, struct gcoap_reply *r)
{
	(void)c;
	r->delay = GCOAP_SECOND;
	r->body = gcoap_bytes_text("slow");
	return 0;
}

static int handle_maybe(const struct gcoap_call *c, struct gcoap_reply *r)
{
	if (c->member % 2)
		r->code = GCOAP_NOT_FOUND;
	else
		r->body = gcoap_bytes_text("here");
	return 0;
}

#define GET GCOAP_METHOD(GCOAP_GET)
#define ALL 0xfe
static const struct gcoap_resource resources[] = {
	{ .path = "/r", .attrs = "rt=\"temperature g.temp\";if=\"core.s\";ct=\"0 50\";obs",
	  .methods = ALL, .observable = true, .group = true, .group_sends = GCOAP_CLASS_2,
	  .no_response = true, .handle = handle_r },
	{ .path = "/loud", .attrs = "title=\"two words\"", .methods = GET, .group = true,
	  .group_sends = GCOAP_CLASS_2 | GCOAP_CLASS_4, .no_response = true,
	  .handle = handle_loud },
	{ .path = "/plain", .attrs = "rt=\"light\"", .methods = GET, .group = true,
	  .group_sends = GCOAP_CLASS_2, .handle = handle_plain },
	{ .path = "/private", .methods = GET, .handle = handle_plain },
	{ .path = "/long", .attrs = "sz=3000", .methods = GET, .group = true,
	  .group_sends = GCOAP_CLASS_2, .handle = handle_long },
	{ .path = "/slow", .attrs = "", .methods = GET, .group = true,
	  .group_sends = GCOAP_CLASS_2, .handle = handle_slow },
	{ .path = "/temp", .attrs = "obs", .methods = GET, .observable = true, .group = true,
	  .group_sends = GCOAP_CLASS_2, .period = 4 * GCOAP_SECOND, .handle = handle_plain },
	{ .path = "/maybe", .methods = GET, .group = true, .group_sends = GCOAP_CLASS_2,
	  .no_response = true, .handle = handle_maybe },
	{ .path = "/gp/gp1/r", .methods = GET, .group = true, .group_sends = GCOAP_CLASS_2,
	  .handle = handle_plain },
};

struct gcoap_addr fx_member(uint32_t i)
{
	struct gcoap_addr a = { .family = 4, .port = 5683, .bytes = { 192, 0, 2, 1 } };

	a.bytes[2] = (uint8_t)(2 + (i + 1) / 256);
	a.bytes[3] = (uint8_t)(i + 1);
	return a;
}

static uint32_t member_of(void *arg, const struct gcoap_addr *a)
{
	const struct fx *f = arg;
	uint32_t n = (uint32_t)(a->bytes[2] - 2) * 256 + a->bytes[3] - 1;

	return a->family == 4 && a->bytes[0] == 192 && n < f->config.members
		       ? n
		       : GCOAP_MEMBER_NONE;
}

static void address_of(void *arg, uint32_t member, uint8_t family, struct gcoap_addr *out)
{
	(void)arg;
	(void)family;
	*out = fx_member(member);
}

static void fate(void *arg, uint32_t member, struct gcoap_fate *out)
{
	(void)member;
	*out = ((struct fx *)arg)->fate;
}

static void seen(void *arg, const struct gcoap_datagram *in, const struct gcoap_msg *msg,
		 enum gcoap_taken taken, const char *why)
{
	struct fx *f = arg;

	(void)in;
	(void)msg;
	f->seen_silent += taken == GCOAP_TAKEN_SILENT;
	f->why[0] = '\0';
	if (why)
		strncpy(f->why, why, sizeof(f->why) - 1);
}

void fx_init(struct fx *f, uint32_t members)
{
	memset(f, 0, sizeof(*f));
	gcoap_registry_init(&f->registry);
	f->group = (struct gcoap_addr){ .family = 4, .port = 5683,
					.bytes = { 224, 0, 1, 187 } };
	f->client = (struct gcoap_addr){ .family = 4, .port = 40000,
					 .bytes = { 192, 0, 2, 200 } };
	f->now = 1000 * GCOAP_SECOND;
	f->config = (struct gcoap_serve_config)GCOAP_SERVE_CONFIG_DEFAULT;
	f->config.members = members;
	f->config.resources = resources;
	f->config.n_resources = sizeof(resources) / sizeof(*resources);
	f->config.groups = &f->group;
	f->config.n_groups = 1;
	f->config.registry = &f->registry;
	f->config.dialect = &gcoap_dialects[0];
	f->config.seed = 7;
	f->config.arg = f;
	f->config.member_of = member_of;
	f->config.address_of = address_of;
	f->config.fate = fate;
	f->config.seen = seen;
	f->sent = calloc(FX_SENT_MAX, sizeof(*f->sent));
}

void fx_open(struct fx *f)
{
	if (!f->sent || gcoap_serve_new(&f->serve, &f->config) < 0)
		abort();
}

void fx_close(struct fx *f)
{
	gcoap_serve_free(&f->serve);
	free(f->sent);
}

void fx_open_prompt(struct fx *f, uint32_t members)
{
	fx_init(f, members);
	f->config.transmission.leisure = 0;
	fx_open(f);
}

int fx_tear_down(void **state)
{
	fx_close(*state);
	return 0;
}

void fx_request(struct gcoap_msg *m, enum gcoap_type type, uint8_t code, uint16_t mid,
		const char *path)
{
	static const uint8_t token[] = { 0xa1, 0xb2 };

	gcoap_msg_init(m, type, code);
	gcoap_msg_set_token(m, token, sizeof(token));
	m->mid = mid;
	while (*path == '/') {
		size_t n = strcspn(++path, "/");

		gcoap_msg_add(m, GCOAP_URI_PATH,
			      (struct gcoap_bytes){ (const uint8_t *)path, n });
		path += n;
	}
}

void fx_give_bytes(struct fx *f, const struct gcoap_addr *to, const void *bytes, size_t len)
{
	struct gcoap_engine *e = gcoap_serve_engine(f->serve);
	struct gcoap_datagram in = { .from = f->client, .to = *to, .data = { bytes, len },
				     .at = f->now, .hops = 1 };
	uint8_t *exact = malloc(len ? len : 1); /* a read behind it is seen */

	if (!exact)
		return; /* a test lets allocations fail */
	if (len)
		memcpy(exact, bytes, len);
	in.data.ptr = exact;
	e->recv(e, &in, f->now);
	free(exact);
}

void fx_give(struct fx *f, const struct gcoap_addr *to, const struct gcoap_msg *m)
{
	uint8_t buf[2048];
	int len = gcoap_msg_encode(m, buf, sizeof(buf));

	if (len < 0)
		abort();
	fx_give_bytes(f, to, buf, (size_t)len);
}

void fx_group(struct fx *f, const struct gcoap_msg *m)
{
	fx_give(f, &f->group, m);
}

void fx_one(struct fx *f, uint32_t member, const struct gcoap_msg *m)
{
	struct gcoap_addr to = fx_member(member);

	fx_give(f, &to, m);
}

static void keep(struct fx *f, const struct gcoap_datagram *d)
{
	struct fx_sent *s = &f->sent[f->n];

	if (f->n == FX_SENT_MAX || d->data.len > sizeof(s->bytes))
		abort();
	s->from = d->from;
	s->to = d->to;
	s->at = f->now;
	s->len = d->data.len;
	if (d->data.len)
		memcpy(s->bytes, d->data.ptr, d->data.len);
	f->n++;
}

size_t fx_run(struct fx *f, gcoap_time until)
{
	struct gcoap_engine *e = gcoap_serve_engine(f->serve);
	size_t before = f->n;

	for (;;) {
		struct gcoap_datagram d;
		gcoap_time next;

		while (e->send(e, &d, f->now) > 0)
			keep(f, &d);
		next = e->deadline(e);
		if (next > until)
			break;
		if (next > f->now)
			f->now = next;
		e->tick(e, f->now);
	}
	f->now = until;
	return f->n - before;
}

struct gcoap_msg fx_msg(const struct fx *f, size_t i)
{
	struct gcoap_bytes b = { f->sent[i].bytes, f->sent[i].len };
	struct gcoap_msg m;

	if (i >= f->n || gcoap_msg_decode(&m, b, NULL) < 0)
		abort();
	return m;
}

void fx_forget(struct fx *f)
{
	f->n = 0;
}
