/*
 * A host of servers, as a stream of datagrams: flags (one byte), length (two), bytes. Flags:
 * 01 to the group, 06 time before it, 18 source port, 20 acknowledge what was sent last, 40
 * reset it. What the host sends decodes, goes from a member to a client, and is never an ACK
 * or RST while only the group was asked.
 */
#include <gcoap/gcoap.h>

#include <stdlib.h>

#define MEMBERS 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct driven {
	struct gcoap_serve *serve;
	gcoap_time now;
	uint8_t state;
	bool have_last, individual;
	struct gcoap_addr last_member, last_client;
	uint16_t last_mid;
};

static void must(int holds)
{
	if (!holds)
		abort();
}

static struct gcoap_addr address(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
	return (struct gcoap_addr){ .family = 4, .port = port, .bytes = { a, b, c, d } };
}

static int handle(const struct gcoap_call *c, struct gcoap_reply *r)
{
	struct driven *d = c->arg;

	if (c->msg->code == GCOAP_PUT) {
		d->state = (uint8_t)(d->state + c->body.len);
		r->code = GCOAP_CHANGED;
		gcoap_serve_changed(c->serve, c->member, c->resource, c->now);
		return 0;
	}
	if (c->resource->kind)
		r->delay = GCOAP_SECOND;
	c->room[0] = d->state;
	r->body = (struct gcoap_bytes){ c->room, d->state };
	for (size_t i = 1; i < d->state; i++)
		c->room[i] = 'x';
	r->versioned = true;
	r->version = d->state;
	return 0;
}

static const struct gcoap_resource resources[] = {
	{ .path = "/r", .attrs = "rt=\"a b\";obs;ct=0", .methods = 0xfe, .observable = true,
	  .group = true, .group_sends = GCOAP_CLASS_2, .no_response = true, .handle = handle },
	{ .path = "/s", .attrs = "", .methods = 0xfe, .group = true, .handle = handle,
	  .kind = 1 },
};

static uint32_t member_of(void *arg, const struct gcoap_addr *a)
{
	(void)arg;
	return a->bytes[0] == 127 ? a->bytes[3] - 1u : GCOAP_MEMBER_NONE;
}

static void address_of(void *arg, uint32_t member, uint8_t family, struct gcoap_addr *out)
{
	(void)arg;
	(void)family;
	*out = address(127, 77, 0, (uint8_t)(member + 1), GCOAP_PORT);
}

static void check(struct driven *d, const struct gcoap_datagram *out)
{
	struct gcoap_msg m;

	must(gcoap_msg_decode(&m, out->data, NULL) == 0);
	must(out->to.bytes[0] == 192 && out->from.bytes[0] == 127);
	must(m.code == GCOAP_EMPTY || GCOAP_CODE_IS_RESPONSE(m.code));
	/* only individual requests and observers hear of anything but NON */
	must(m.type == GCOAP_NON || d->individual || m.type == GCOAP_CON);
	d->have_last = true;
	d->last_member = out->from;
	d->last_client = out->to;
	d->last_mid = m.mid;
}

static void pass(struct driven *d, gcoap_time until)
{
	struct gcoap_engine *e = gcoap_serve_engine(d->serve);
	struct gcoap_datagram out;

	for (int turns = 0; turns < 10000; turns++) {
		while (e->send(e, &out, d->now) > 0)
			check(d, &out);
		if (e->deadline(e) > until)
			break;
		must(e->deadline(e) > d->now);
		d->now = e->deadline(e);
		e->tick(e, d->now);
	}
	d->now = until;
}

static void give(struct driven *d, struct gcoap_addr from, struct gcoap_addr to,
		 const uint8_t *bytes, size_t len)
{
	struct gcoap_engine *e = gcoap_serve_engine(d->serve);
	struct gcoap_datagram in = { .from = from, .to = to, .at = d->now };
	uint8_t *exact = malloc(len + !len);

	for (size_t i = 0; exact && i < len; i++)
		exact[i] = bytes[i];
	in.data = (struct gcoap_bytes){ exact, len };
	if (exact)
		e->recv(e, &in, d->now);
	free(exact);
}

static void reply(struct driven *d, enum gcoap_type type)
{
	const uint8_t bytes[] = { (uint8_t)(0x40 | type << 4), 0, (uint8_t)(d->last_mid >> 8),
				  (uint8_t)d->last_mid };

	if (d->have_last)
		give(d, d->last_client, d->last_member, bytes, sizeof(bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const gcoap_time steps[] = { 0, GCOAP_SECOND, 6 * GCOAP_SECOND,
					    300 * GCOAP_SECOND };
	struct gcoap_serve_config config = GCOAP_SERVE_CONFIG_DEFAULT;
	struct gcoap_addr group = address(224, 0, 1, 187, GCOAP_PORT);
	struct driven d = { .now = 1000 * GCOAP_SECOND };
	struct gcoap_registry registry;

	gcoap_registry_init(&registry);
	config.members = MEMBERS;
	config.resources = resources;
	config.n_resources = 2;
	config.groups = &group;
	config.n_groups = 1;
	config.registry = &registry;
	config.dialect = &gcoap_dialects[size % 2];
	config.arg = &d;
	config.member_of = member_of;
	config.address_of = address_of;
	must(gcoap_serve_new(&d.serve, &config) == 0);
	while (size >= 3) {
		uint8_t flags = data[0];
		size_t len = (size_t)(data[1] << 8 | data[2]);
		struct gcoap_addr to = flags & 1 ? group
						 : address(127, 77, 0, 1 + (flags >> 7),
							   GCOAP_PORT);

		data += 3;
		size -= 3;
		len = len < size ? len : size;
		d.individual |= !(flags & 1);
		if (flags & 0x20)
			reply(&d, GCOAP_ACK);
		if (flags & 0x40)
			reply(&d, GCOAP_RST);
		pass(&d, d.now + steps[flags >> 1 & 3]);
		give(&d, address(192, 0, 2, 9, (uint16_t)(40000 + (flags >> 3 & 3))), to, data,
		     len);
		pass(&d, d.now);
		data += len;
		size -= len;
	}
	pass(&d, d.now + 400 * GCOAP_SECOND);
	gcoap_serve_free(&d.serve);
	return 0;
}
