/* CoAP over DTLS, TCP and TLS: what the rest of the library sees of it. */
#include "stream.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "loop.h"

/*
 * Critical options that libcoap does not know are refused by it, before we see the message, but
 * for those registered; and it has few places for them. So: those of the drafts that were given
 * an odd number, then what proxies need, then what we refuse with better words.
 */
static void choose_critical(struct gcoap_stream *s, const struct gcoap_registry *r)
{
	static const uint16_t others[] = { GCOAP_PROXY_CRI, GCOAP_PROXY_SCHEME_NUMBER,
					   GCOAP_OSCORE, GCOAP_URI_PATH_ABBREV, GCOAP_EDHOC,
					   GCOAP_Q_BLOCK1, GCOAP_Q_BLOCK2 };

	for (size_t i = 0; r && i < GCOAP_DRAFT_COUNT; i++) {
		if (gcoap_option_critical(r->draft[i]))
			s->critical[s->n_critical++] = r->draft[i];
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		s->critical[s->n_critical++] = others[i];
}

int gcoap_stream_open(struct gcoap_stream **out, const struct gcoap_stream_config *config,
		      struct gcoap_diag *diag)
{
	const struct gcoap__module_stream *module = gcoap__module("stream");
	struct epoll_event wake = { .events = EPOLLIN, .data.ptr = NULL };
	struct gcoap_stream *s;

	*out = NULL;
	if (!module)
		return gcoap_fail(diag, GCOAP_EUNSUPPORTED, 0, "no-module",
				  "the module stream.so, or libcoap, is not there");
	s = calloc(1, sizeof(*s));
	if (!s)
		return GCOAP_ENOMEM;
	s->way.respond = gcoap__stream_respond;
	s->config = *config;
	s->module = module;
	choose_critical(s, config->registry);
	s->epfd = epoll_create1(EPOLL_CLOEXEC);
	s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->epfd < 0 || s->wake_fd < 0 ||
	    epoll_ctl(s->epfd, EPOLL_CTL_ADD, s->wake_fd, &wake) < 0) {
		gcoap_stream_close(&s);
		return GCOAP_ESYSTEM;
	}
	*out = s;
	return 0;
}

void gcoap_stream_close(struct gcoap_stream **out)
{
	struct gcoap_stream *s = *out;

	if (!s)
		return;
	if (s->server)
		s->module->close(s->server);
	for (size_t i = 0; i < s->n_slots; i++) {
		if (s->slots[i])
			gcoap__session_free(s->slots[i]);
	}
	if (s->epfd >= 0)
		close(s->epfd);
	if (s->wake_fd >= 0)
		close(s->wake_fd);
	free(s->slots);
	free(s);
	*out = NULL;
}

int gcoap_stream_listen(struct gcoap_stream *s, enum gcoap_scheme scheme,
			const struct gcoap_addr *at, struct gcoap_addr *bound,
			struct gcoap_diag *diag)
{
	int r = 0;

	if (scheme != GCOAP_SCHEME_COAPS && scheme != GCOAP_SCHEME_COAP_TCP &&
	    scheme != GCOAP_SCHEME_COAPS_TCP)
		return GCOAP_EUNSUPPORTED;
	if (!s->config.served)
		return GCOAP_EINVALID;
	if (!s->server)
		r = gcoap__stream_server(s, diag);
	return r < 0 ? r : s->module->listen(s->server, scheme, at, bound, diag);
}

struct gcoap_way *gcoap_stream_way(struct gcoap_stream *s)
{
	return &s->way;
}

int gcoap_stream_connect(struct gcoap_stream *s, enum gcoap_scheme scheme, const char *host,
			 const struct gcoap_addr *to, uint64_t *session, struct gcoap_diag *diag)
{
	struct gcoap__session *x;
	struct gcoap_addr bare = *to;
	int r;

	if (scheme != GCOAP_SCHEME_COAPS && scheme != GCOAP_SCHEME_COAP_TCP &&
	    scheme != GCOAP_SCHEME_COAPS_TCP)
		return GCOAP_EUNSUPPORTED;
	if (scheme != GCOAP_SCHEME_COAP_TCP && !s->config.credentials)
		return gcoap_fail(diag, GCOAP_ESECURITY, 0, "no-credentials",
				  "there are no credentials");
	x = gcoap__session_new(s);
	if (!x)
		return GCOAP_ENOMEM;
	x->peer.transport = scheme;
	x->peer.addr = *to;
	bare.scope = 0;
	gcoap_addr_format_host(&bare, x->host);
	r = gcoap__stream_client(x, host ? host : x->host, diag);
	if (r == 0)
		r = s->module->connect(x->hub, scheme, to, &x->conn, diag);
	if (r < 0) {
		int saved = errno;

		gcoap__session_free(x);
		errno = saved;
		return r;
	}
	*session = x->peer.session;
	return 0;
}

void gcoap_stream_disconnect(struct gcoap_stream *s, uint64_t session)
{
	struct gcoap__session *x = gcoap__session_find(s, session);

	if (x && x->hub)
		gcoap__session_free(x);
}

int gcoap_stream_send(struct gcoap_stream *s, uint64_t session, const struct gcoap_msg *msg)
{
	struct gcoap__session *x = gcoap__session_find(s, session);

	return x ? gcoap__stream_send(x, msg) : GCOAP_ECLOSED;
}

void gcoap_stream_local(const struct gcoap_stream *s, uint64_t session, struct gcoap_addr *out)
{
	const struct gcoap__session *x = gcoap__session_find(s, session);

	memset(out, 0, sizeof(*out));
	if (x && x->conn && x->hub)
		s->module->local(x->conn, out);
	else if (x)
		*out = x->peer.local;
}

bool gcoap__stream_answered(const struct gcoap_stream *s, uint64_t session)
{
	const struct gcoap__session *x = gcoap__session_find(s, session);

	return x && x->hub && s->module->answered(x->hub);
}

static void ready(void *arg, int fd)
{
	struct gcoap_stream *s = arg;
	struct epoll_event ev[16];
	int n = epoll_wait(fd, ev, 16, 0);

	for (int i = 0; i < n; i++) {
		if (ev[i].data.ptr)
			s->module->process(ev[i].data.ptr);
	}
	gcoap__stream_bury(s);
}

int gcoap_loop_add_stream(struct gcoap_loop *l, struct gcoap_stream *s)
{
	return gcoap_loop_add_fd(l, s->epfd, ready, s);
}
