/* What is asked: each request is encoded once, and sent with other Message IDs and tokens. */
#include "load.h"

#include <stdlib.h>
#include <string.h>

static bool can_be(const struct gcoap_load_request *q)
{
	bool one_way = (q->group != 0) + (q->proxied != 0) + (q->server != NULL) <= 1;
	bool to_group = q->group || gcoap_addr_is_multicast(&q->to);

	return q->request && q->to.family && one_way && q->timeout > 0 &&
	       !(q->confirmable && to_group) && GCOAP_CODE_IS_REQUEST(q->request->code);
}

static int encode(struct gcoap__load_target *t, const struct gcoap_msg *request)
{
	struct gcoap_msg m = *request;
	size_t size;
	int n;

	m.type = t->confirmable ? GCOAP_CON : GCOAP_NON;
	m.mid = 0;
	m.token_len = GCOAP_TOKEN_MAX;
	size = gcoap_msg_size(&m);
	if (size > GCOAP_DATAGRAM_MAX)
		return GCOAP_ESPACE;
	t->bytes = malloc(size);
	if (!t->bytes)
		return GCOAP_ENOMEM;
	n = gcoap_msg_encode(&m, t->bytes, size);
	t->len = n < 0 ? 0 : (size_t)n;
	return n < 0 ? n : 0;
}

/* The one server that can answer is known from the beginning. */
static int name_server(struct gcoap_load *l, struct gcoap__load_target *t,
		       const struct gcoap_origin *server)
{
	int64_t n;

	t->server = GCOAP_LOAD_UNKNOWN;
	if (t->many)
		return 0;
	n = server ? gcoap__load_server_of(l, server) : gcoap__load_server_at(l, &t->to);
	if (n < 0)
		return (int)n;
	t->server = (uint32_t)n;
	return 0;
}

/* Targets with the same timeout end in the order in which they were due. */
static void join(struct gcoap_load *l, size_t i)
{
	struct gcoap__load_target *t = &l->targets[i];

	t->queue = l->n_queues;
	t->endpoint = (uint32_t)i;
	for (size_t k = 0; k < i; k++) {
		if (l->targets[k].timeout == t->timeout)
			t->queue = l->targets[k].queue;
		if (t->endpoint == i && gcoap_addr_equal(&l->targets[k].to, &t->to))
			t->endpoint = l->targets[k].endpoint;
	}
	l->n_queues += t->queue == l->n_queues;
}

static int add(struct gcoap_load *l, size_t i)
{
	const struct gcoap_load_request *q = &l->config.requests[i];
	struct gcoap__load_target *t = &l->targets[i];
	int r;

	if (!can_be(q))
		return GCOAP_EINVALID;
	*t = (struct gcoap__load_target){
		.to = q->to,
		.ifindex = q->ifindex,
		.group = q->group,
		.proxied = q->proxied,
		.via = q->server != NULL,
		.confirmable = q->confirmable,
		.many = q->group || q->proxied,
		.registry = q->registry ? q->registry : &l->registry,
		.port_reading = q->port_reading,
		.group_port = q->group_port ? q->group_port : q->to.port,
		.timeout = q->timeout,
		.expect = q->expect,
	};
	l->n_targets++;
	gcoap__load_proxy_init(t, q);
	r = encode(t, q->request);
	if (r == 0)
		r = name_server(l, t, q->server);
	join(l, i);
	if (t->len > l->largest)
		l->largest = t->len;
	return r;
}

int gcoap__load_targets(struct gcoap_load *l)
{
	int r = 0;

	l->targets = calloc(l->config.n_requests, sizeof(*l->targets));
	if (!l->targets)
		return GCOAP_ENOMEM;
	for (size_t i = 0; i < l->config.n_requests && r == 0; i++)
		r = add(l, i);
	/* An Echo option with its value may come to it, and the timeout option with T'. */
	l->largest += 5 + GCOAP__ECHO_MAX + 5 + 4;
	return r;
}

int gcoap_load_await(struct gcoap_load *l, uint32_t request, uint32_t server)
{
	struct gcoap__load_target *t = request < l->n_targets ? &l->targets[request] : NULL;
	bool *more;

	if (!t || !t->many || server >= l->n_servers)
		return GCOAP_EINVALID;
	if (server >= t->n_marked) {
		more = realloc(t->awaited, (size_t)l->n_servers * sizeof(*more));
		if (!more)
			return GCOAP_ENOMEM;
		memset(more + t->n_marked, 0, (l->n_servers - t->n_marked) * sizeof(*more));
		t->awaited = more;
		t->n_marked = l->n_servers;
	}
	t->n_awaited += !t->awaited[server];
	t->awaited[server] = true;
	return 0;
}

void gcoap__load_targets_clear(struct gcoap_load *l)
{
	for (size_t i = 0; i < l->n_targets; i++) {
		free(l->targets[i].bytes);
		free(l->targets[i].awaited);
	}
	free(l->targets);
}

int gcoap__load_change(struct gcoap_load *l, struct gcoap__load_target *t,
		       const struct gcoap_msg *m)
{
	struct gcoap__load_target with = *t;
	int r = encode(&with, m);

	if (r >= 0 && with.len > l->largest)
		r = GCOAP_ESPACE;
	if (r < 0) {
		if (with.bytes != t->bytes)
			free(with.bytes);
		return r;
	}
	free(t->bytes);
	t->bytes = with.bytes;
	t->len = with.len;
	t->version++;
	return 0;
}

int gcoap__load_echo(struct gcoap_load *l, struct gcoap__load_target *t,
		     struct gcoap_bytes echo)
{
	struct gcoap_msg m;
	int r;

	if (echo.len == t->echo_len && !memcmp(echo.ptr, t->echo, echo.len))
		return 0;
	r = gcoap_msg_decode(&m, (struct gcoap_bytes){ t->bytes, t->len }, NULL);
	gcoap_msg_remove(&m, GCOAP_ECHO);
	if (r >= 0)
		r = gcoap_msg_add(&m, GCOAP_ECHO, echo);
	if (r >= 0)
		r = gcoap__load_change(l, t, &m);
	if (r < 0)
		return r;
	memcpy(t->echo, echo.ptr, echo.len);
	t->echo_len = (uint8_t)echo.len;
	return 0;
}
