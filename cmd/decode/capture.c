/* Reading: which datagrams of a file are CoAP, and their copies. */
#include "capture.h"

#include <errno.h>

void capture_init(struct capture *c, const struct decode_args *args,
		  const struct gcoap_registry *registry)
{
	*c = (struct capture){ .args = args, .registry = registry };
	c->ports[c->n_ports++] = GCOAP_PORT;
}

void capture_clear(struct capture *c)
{
	struct by_server *s, *next;
	struct client *client, *next_client;

	HASH_CLEAR(hh, c->by_token);
	HASH_ITER(hh, c->by_server, s, next) {
		HASH_DEL(c->by_server, s);
		free(s);
	}
	HASH_ITER(hh, c->clients, client, next_client) {
		HASH_DEL(c->clients, client);
		free(client);
	}
	for (size_t i = 0; i < c->n_exchanges; i++) {
		free(c->exchanges[i]->replies);
		free(c->exchanges[i]);
	}
	for (size_t i = 0; i < c->n; i++)
		free(c->packets[i]);
	free(c->exchanges);
	free(c->packets);
}

static int add_ports(struct capture *c, const struct opt_list *list)
{
	uint32_t port;

	for (size_t i = 0; i < list->n; i++) {
		if (opt_uint(list->items[i], &port) < 0 || !port || port > 65535)
			return cli_usage("--port %s: want 1 to 65535", list->items[i]);
		if (c->n_ports == sizeof(c->ports) / sizeof(c->ports[0]))
			return cli_usage("--port: at most %zu", c->n_ports - 1);
		c->ports[c->n_ports++] = (uint16_t)port;
	}
	return CLI_OK;
}

static bool known_port(const struct capture *c, uint16_t port)
{
	for (size_t i = 0; i < c->n_ports; i++)
		if (c->ports[i] == port)
			return true;
	return false;
}

/*
 * An answer may come from any port, and follow-ups go to it: what goes to or comes from a client
 * that was seen is CoAP, too. Ports are used again by others: only for so many packets.
 */
#define SEEN_PACKETS 4096

static bool seen(const struct capture *c, const struct gcoap_addr *addr)
{
	struct asked key = capture_key(addr);
	const struct client *client;

	HASH_FIND(hh, c->clients, &key, sizeof(key), client);
	return client && c->n - client->last <= SEEN_PACKETS;
}

static int remember_client(struct capture *c, const struct gcoap_addr *addr)
{
	struct asked key = capture_key(addr);
	struct client *client;

	HASH_FIND(hh, c->clients, &key, sizeof(key), client);
	if (!client) {
		client = calloc(1, sizeof(*client));
		if (!client)
			return GCOAP_ENOMEM;
		client->key = key;
		HASH_ADD(hh, c->clients, key, sizeof(client->key), client);
	}
	client->last = c->n;
	return 0;
}

static bool is_coap(const struct capture *c, const struct gcoap_datagram *d)
{
	return known_port(c, d->from.port) || known_port(c, d->to.port) || seen(c, &d->to) ||
	       seen(c, &d->from);
}

static struct packet *copy(const struct gcoap_datagram *d)
{
	struct packet *p = calloc(1, sizeof(*p) + d->data.len);

	if (!p)
		return NULL;
	p->from = d->from;
	p->to = d->to;
	p->len = d->data.len;
	if (d->data.len)
		memcpy(p->bytes, d->data.ptr, d->data.len);
	p->err = gcoap_msg_decode(&p->msg, (struct gcoap_bytes){ p->bytes, p->len }, &p->diag);
	if (d->truncated) /* what it lacks is no fault of its sender */
		p->err = gcoap_fail(&p->diag, GCOAP_ESHORT, p->len, "truncated",
				    "the capture holds only a part of this datagram");
	return p;
}

static int keep(struct capture *c, struct packet *p)
{
	size_t cap = c->cap ? c->cap * 2 : 256;
	struct packet **more;

	if (c->n == c->cap) {
		more = realloc(c->packets, cap * sizeof(*more));
		if (!more)
			return GCOAP_ENOMEM;
		c->packets = more;
		c->cap = cap;
	}
	c->packets[c->n++] = p;
	return 0;
}

static int one(void *arg, const struct gcoap_datagram *d)
{
	struct capture *c = arg;
	struct packet *p;

	if (!c->begun)
		c->start = d->at;
	c->begun = true;
	c->n_udp++;
	if (!is_coap(c, d)) {
		c->n_dtls += d->from.port == GCOAP_PORT_SECURE || d->to.port == GCOAP_PORT_SECURE;
		return 0;
	}
	p = copy(d);
	if (!p)
		return GCOAP_ENOMEM;
	p->number = c->n_udp;
	p->at = d->at - c->start + 1;
	c->n_malformed += p->err != 0;
	if (keep(c, p) < 0) {
		free(p);
		return GCOAP_ENOMEM;
	}
	return !p->err && GCOAP_CODE_IS_REQUEST(p->msg.code) ? remember_client(c, &p->from) : 0;
}

const char *capture_name(const char *path)
{
	return strcmp(path, "-") ? path : "stdin";
}

int capture_read(struct capture *c, const char *path)
{
	struct gcoap_diag diag = { 0 };
	int r, status = add_ports(c, &c->args->what.ports);

	if (status != CLI_OK)
		return status;
	errno = 0;
	r = gcoap_capture_read(path, one, c, &c->left, &diag);
	if (r >= 0)
		return CLI_OK;
	if (r == GCOAP_EMALFORMED)
		return cli_error(CLI_MALFORMED, NULL, "%s: %s", capture_name(path), diag.what);
	return cli_error(CLI_LOCAL, NULL, "%s: %s", capture_name(path),
			 r == GCOAP_ESYSTEM && errno ? strerror(errno)
			 : r == GCOAP_ENOMEM	     ? gcoap_strerror(r)
						     : diag.what);
}
