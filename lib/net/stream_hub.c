/* What a stream and the module's hubs tell each other. */
#include "stream.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MAX_SESSIONS 256
#define IDLE (300 * GCOAP_SECOND)

static void set_peer(struct gcoap__session *x, void *conn, const struct gcoap_peer *peer)
{
	uint64_t number = x->peer.session;

	x->conn = conn;
	x->peer = *peer;
	x->peer.way = &x->stream->way;
	x->peer.session = number;
	x->peer.identity = NULL;
	if (peer->identity) {
		snprintf(x->identity, sizeof(x->identity), "%s", peer->identity);
		x->peer.identity = x->identity;
	}
}

static void *client_came(void *owner, void *conn, const struct gcoap_peer *peer)
{
	struct gcoap__session *x = gcoap__session_new(owner);

	if (x)
		set_peer(x, conn, peer);
	return x;
}

static void seen(const struct gcoap__session *x, bool sent, const struct gcoap_msg *msg,
		 gcoap_time now)
{
	const struct gcoap_stream_config *c = &x->stream->config;

	if (c->seen)
		c->seen(c->arg, sent, &x->peer, msg, now);
}

static void request_came(void *session, const struct gcoap_msg *msg)
{
	struct gcoap__session *x = session;
	struct gcoap_served *served = x->stream->config.served;
	gcoap_time now = gcoap_now();

	seen(x, false, msg, now);
	served->request(served, &x->peer, msg, now);
}

static void response_lost(void *session, const uint8_t *token, size_t token_len)
{
	struct gcoap__session *x = session;
	struct gcoap_served *served = x->stream->config.served;

	if (served->lost)
		served->lost(served, &x->peer, token, token_len, gcoap_now());
}

static void *established(void *owner, void *conn, const struct gcoap_peer *peer)
{
	struct gcoap__session *x = owner;
	const struct gcoap_stream_config *c = &x->stream->config;

	set_peer(x, conn, peer);
	if (c->state)
		c->state(c->arg, x->peer.session, GCOAP_OK, NULL);
	return x;
}

static void response_came(void *session, const struct gcoap_msg *msg)
{
	struct gcoap__session *x = session;
	const struct gcoap_stream_config *c = &x->stream->config;
	gcoap_time now = gcoap_now();

	seen(x, false, msg, now);
	if (c->response)
		c->response(c->arg, x->peer.session, msg, now);
}

/* The client's own timers notice that nothing comes. */
static void request_lost(void *session, const uint8_t *token, size_t token_len)
{
}

static void over(struct gcoap__session *x, int error, const char *text)
{
	uint64_t one = 1;

	x->conn = NULL;
	x->over = true;
	x->error = error;
	x->number = errno;
	snprintf(x->text, sizeof(x->text), "%s", text);
	x->stream->n_over++;
	if (write(x->stream->wake_fd, &one, sizeof(one)) < 0)
		errno = 0; /* the counter is full: it will wake in any case */
}

static void client_went(void *owner, void *session, int error, const char *text)
{
	over(session, error, text);
}

static void server_went(void *owner, void *session, int error, const char *text)
{
	over(owner, error, text);
}

static void bury(struct gcoap__session *x)
{
	const struct gcoap_stream_config *c = &x->stream->config;

	if (!x->hub && c->served->closed)
		c->served->closed(c->served, &x->peer, gcoap_now());
	errno = x->number;
	if (x->hub && c->state)
		c->state(c->arg, x->peer.session, x->error, x->text);
	gcoap__session_free(x);
}

void gcoap__stream_bury(struct gcoap_stream *s)
{
	uint64_t n;

	if (s->n_over == 0)
		return;
	if (read(s->wake_fd, &n, sizeof(n)) < 0)
		errno = 0;
	s->n_over = 0;
	for (size_t i = 0; i < s->n_slots; i++) {
		if (s->slots[i] && s->slots[i]->over)
			bury(s->slots[i]);
	}
}

static int watch(struct gcoap_stream *s, void *hub)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = hub };

	return epoll_ctl(s->epfd, EPOLL_CTL_ADD, s->module->fd(hub), &ev) < 0 ? GCOAP_ESYSTEM : 0;
}

static struct gcoap__hub_config hub_config(const struct gcoap_stream *s)
{
	return (struct gcoap__hub_config){
		.credentials = s->config.credentials,
		.critical = s->critical,
		.n_critical = s->n_critical,
		.max_sessions = s->config.max_sessions ? s->config.max_sessions : MAX_SESSIONS,
		.idle = s->config.idle ? s->config.idle : IDLE,
	};
}

int gcoap__stream_server(struct gcoap_stream *s, struct gcoap_diag *diag)
{
	struct gcoap__hub_config config = hub_config(s);
	int r;

	config.server = true;
	config.owner = s;
	config.opened = client_came;
	config.message = request_came;
	config.lost = response_lost;
	config.ended = client_went;
	r = s->module->open(&s->server, &config, diag);
	return r < 0 ? r : watch(s, s->server);
}

int gcoap__stream_client(struct gcoap__session *x, const char *host, struct gcoap_diag *diag)
{
	struct gcoap__hub_config config = hub_config(x->stream);
	int r;

	config.host = host;
	config.owner = x;
	config.opened = established;
	config.message = response_came;
	config.lost = request_lost;
	config.ended = server_went;
	r = x->stream->module->open(&x->hub, &config, diag);
	return r < 0 ? r : watch(x->stream, x->hub);
}

int gcoap__stream_send(struct gcoap__session *x, const struct gcoap_msg *msg)
{
	int r = x->conn ? x->stream->module->send(x->conn, msg) : GCOAP_ECLOSED;

	if (r == 0)
		seen(x, true, msg, gcoap_now());
	return r;
}

int gcoap__stream_respond(struct gcoap_way *w, const struct gcoap_peer *to,
			  struct gcoap_msg *msg, enum gcoap_send_as as, gcoap_time now)
{
	struct gcoap_stream *s = (struct gcoap_stream *)w;
	struct gcoap__session *x = gcoap__session_find(s, to->session);

	if (!x)
		return GCOAP_ECLOSED;
	msg->type = as == GCOAP_SEND_CON ? GCOAP_CON : GCOAP_NON;
	msg->mid = 0;
	return gcoap__stream_send(x, msg);
}
