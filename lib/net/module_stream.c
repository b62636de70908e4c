/* The module stream.so: CoAP over DTLS, TCP and TLS through libcoap (RFC 7252, 9; RFC 8323). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcoap/hub.h"

/* libcoap's filter of options holds six below 256 and two above; the rest stays unknown. */
static void register_options(struct hub *h)
{
	for (size_t i = 0; i < h->config.n_critical; i++)
		coap_register_option(h->coap, h->config.critical[i]);
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent,
				   const coap_pdu_t *received, const coap_mid_t mid)
{
	struct conn *c = conn_of(session);
	struct gcoap_msg msg;

	if (!c || c->ended || !c->session)
		return COAP_RESPONSE_OK;
	if (!c->reliable && conn_seen(c, (uint16_t)mid))
		return COAP_RESPONSE_OK;
	if (libcoap_msg(&msg, received) < 0)
		return COAP_RESPONSE_FAIL;
	c->hub->config.message(c->session, &msg);
	return COAP_RESPONSE_OK;
}

static void hub_close(void *hub)
{
	struct hub *h = hub;

	h->closing = true;
	if (h->client)
		coap_session_release(h->client);
	if (h->coap)
		coap_free_context(h->coap);
	while (h->conns)
		conn_free(h->conns);
	acks_close(h);
	free(h);
}

static int start(struct hub *h, struct gcoap_diag *diag)
{
	int r = 0;

	h->coap = coap_new_context(NULL);
	if (!h->coap)
		return gcoap_fail(diag, GCOAP_ENOMEM, 0, "context", "libcoap does not start");
	coap_set_app_data(h->coap, h);
	coap_register_event_handler(h->coap, conn_event);
	coap_register_nack_handler(h->coap, conn_nack);
	coap_register_response_handler(h->coap, on_response);
	coap_context_set_block_mode(h->coap, 0);
	coap_context_set_csm_max_message_size(h->coap, MESSAGE_MAX);
	coap_context_set_max_idle_sessions(h->coap, h->config.max_sessions);
	coap_context_set_max_handshake_sessions(h->coap, HALF_OPEN_MAX);
	coap_context_set_session_timeout(h->coap, (unsigned)(h->config.idle / GCOAP_SECOND));
	register_options(h);
	if (h->config.server)
		r = requests_init(h);
	if (h->config.server && r == 0)
		r = acks_init(h);
	return r < 0 || !h->config.server ? r : keys_server(h, diag);
}

static int hub_open(void **hub, const struct gcoap__hub_config *config, struct gcoap_diag *diag)
{
	static bool started;
	struct hub *h;
	int r = keys_check(config->credentials, config->server, diag);

	*hub = NULL;
	if (r < 0)
		return r;
	if (!started) {
		coap_startup();
		log_start();
		started = true;
	}
	h = calloc(1, sizeof(*h));
	if (!h)
		return GCOAP_ENOMEM;
	h->config = *config;
	h->epfd = -1;
	h->timer_fd = -1;
	if (config->host)
		snprintf(h->host, sizeof(h->host), "%s", config->host);
	log_forget();
	r = start(h, diag);
	if (r < 0) {
		hub_close(h);
		return r;
	}
	*hub = h;
	return 0;
}

static int hub_fd(const void *hub)
{
	const struct hub *h = hub;

	return h->epfd >= 0 ? h->epfd : coap_context_get_coap_fd(h->coap);
}

static void hub_process(void *hub)
{
	struct hub *h = hub;

	log_forget();
	(void)coap_io_process(h->coap, COAP_IO_NO_WAIT);
	acks_tick(h);
	resets_tell(h);
	if (h->client && h->conns)
		conn_check_handshake(h->conns);
}

static coap_proto_t proto_of(enum gcoap_scheme scheme)
{
	return scheme == GCOAP_SCHEME_COAPS	? COAP_PROTO_DTLS :
	       scheme == GCOAP_SCHEME_COAP_TCP	? COAP_PROTO_TCP :
	       scheme == GCOAP_SCHEME_COAPS_TCP ? COAP_PROTO_TLS :
						  COAP_PROTO_NONE;
}

static int system_error(struct gcoap_diag *diag, int otherwise, const char *what)
{
	errno = log_errno() ? log_errno() : otherwise;
	switch (errno) {
	case EADDRINUSE:
		return gcoap_fail(diag, GCOAP_EBUSY, 0, "busy", what);
	case EACCES:
	case EPERM:
		return gcoap_fail(diag, GCOAP_EPERMISSION, 0, "permission", what);
	}
	return gcoap_fail(diag, GCOAP_ESYSTEM, 0, "system", what);
}

/* "[::1]:5684 DTLS": the only way to learn the port that the kernel chose. */
static uint16_t port_of(const coap_endpoint_t *ep)
{
	const char *colon = strrchr(coap_endpoint_str(ep), ':');

	return colon ? (uint16_t)strtoul(colon + 1, NULL, 10) : 0;
}

static int hub_listen(void *hub, enum gcoap_scheme scheme, const struct gcoap_addr *at,
		      struct gcoap_addr *bound, struct gcoap_diag *diag)
{
	struct hub *h = hub;
	coap_address_t address;
	coap_endpoint_t *ep;

	if (scheme != GCOAP_SCHEME_COAP_TCP && !h->config.credentials)
		return gcoap_fail(diag, GCOAP_ESECURITY, 0, "no-credentials",
				  "it needs a PSK, or a certificate with its key");
	libcoap_address(&address, at);
	log_forget();
	ep = coap_new_endpoint(h->coap, &address, proto_of(scheme));
	if (!ep)
		return system_error(diag, ENOTSUP, "bind");
	*bound = *at;
	bound->port = port_of(ep);
	if (scheme != GCOAP_SCHEME_COAPS)
		hub_backlog(bound);
	return 0;
}

static int hub_connect(void *hub, enum gcoap_scheme scheme, const struct gcoap_addr *to,
		       void **conn, struct gcoap_diag *diag)
{
	struct hub *h = hub;
	coap_address_t address;
	coap_tick_t now;
	struct conn *c = conn_new(h, NULL);

	if (!c)
		return GCOAP_ENOMEM;
	c->reliable = scheme != GCOAP_SCHEME_COAPS;
	libcoap_address(&address, to);
	log_forget();
	h->closing = true; /* a failure here is returned, not told */
	h->client = keys_connect(h, &address, proto_of(scheme));
	h->closing = false;
	if (!h->client || c->ended)
		return system_error(diag, ECONNREFUSED, "connect");
	c->coap = h->client;
	if (!c->established)
		conn_bound_handshake(c);
	coap_ticks(&now);
	(void)coap_io_prepare_epoll(h->coap, now); /* the handshake's timer */
	*conn = c;
	return 0;
}

static void hub_local(const void *conn, struct gcoap_addr *out)
{
	const struct conn *c = conn;

	memset(out, 0, sizeof(*out));
	if (c->coap && !c->ended)
		libcoap_addr(out, coap_session_get_addr_local(c->coap));
}

static bool hub_answered(const void *hub)
{
	const struct hub *h = hub;

	return h->answered;
}

extern const struct gcoap__module_stream gcoap_module_stream;
const struct gcoap__module_stream gcoap_module_stream = {
	.open = hub_open,
	.close = hub_close,
	.fd = hub_fd,
	.process = hub_process,
	.listen = hub_listen,
	.connect = hub_connect,
	.send = conn_send,
	.local = hub_local,
	.answered = hub_answered,
};

extern const struct gcoap__library gcoap_libraries_stream[];
const struct gcoap__library gcoap_libraries_stream[] = {
	{ "libcoap", libcoap_version },
	{ "OpenSSL", openssl_version },
	{ 0 },
};
