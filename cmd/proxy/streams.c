/* Connections of clients: DTLS, TCP and TLS. */
#include "open.h"

#include <errno.h>
#include "common/cli.h"

/* What is wrong with a certificate is told without its name. */
static int bad_credentials(const struct proxy *p, const struct gcoap_diag *diag)
{
	const struct gcoap_credentials *c = &p->credentials.all;
	char hint[512];
	const char *const hints[] = { hint, NULL };

	if (c->cert_file)
		snprintf(hint, sizeof(hint), "--credentials: cert %.120s, key %.120s, ca %.120s",
			 c->cert_file, c->key_file ? c->key_file : "-", c->ca_file ? c->ca_file : "-");
	else
		snprintf(hint, sizeof(hint), "it is about the files of --psk-file and --credentials");
	return cli_error(CLI_SECURITY, hints, "%s", diag->what);
}

static int stream_failed(const struct proxy *p, int r, const struct gcoap_diag *diag)
{
	const char *const hints[] = { "its module is lib/gcoap/stream.so beside the library, and "
				      "needs libcoap-3-openssl", NULL };

	if (r == GCOAP_ESECURITY)
		return bad_credentials(p, diag);
	return cli_error(CLI_LOCAL, r == GCOAP_EUNSUPPORTED ? hints : NULL,
			 "DTLS, TCP and TLS: %s", diag->what ? diag->what : gcoap_strerror(r));
}

static int listen_stream(struct proxy *p, struct proxy_listen *l)
{
	struct gcoap_diag diag = { .what = "listen" };
	int r;

	if (l->scheme == GCOAP_SCHEME_COAP)
		return 0;
	errno = 0;
	r = gcoap_stream_listen(p->stream, l->scheme, &l->at, &l->bound, &diag);
	if (r == GCOAP_ESECURITY || r == GCOAP_EUNSUPPORTED)
		return stream_failed(p, r, &diag);
	if (r < 0)
		return open_bind_failed(l, r, &diag);
	l->bound.scope = l->at.scope;
	open_ours_port(p, l);
	return 0;
}

int open_streams(struct proxy *p)
{
	struct gcoap_stream_config config = {
		.credentials = proxy_secure(p) ? &p->credentials.all : NULL,
		.served = gcoap_proxy_served(p->core),
		.seen = p->args->trace ? proxy_trace_seen : NULL,
		.arg = p,
		.max_sessions = p->args->max_sessions,
		.registry = &p->rows.registry,
	};
	struct gcoap_diag diag = { 0 };
	int r, status = 0;

	if (!proxy_listens(p, GCOAP_SCHEME_COAPS, GCOAP_SCHEME_COAPS_TCP))
		return 0;
	r = gcoap_stream_open(&p->stream, &config, &diag);
	if (r < 0)
		return stream_failed(p, r, &diag);
	for (size_t i = 0; !status && i < p->rows.n_listen; i++)
		status = listen_stream(p, &p->rows.listen[i]);
	if (status)
		return status;
	r = gcoap_loop_add_stream(p->loop, p->stream);
	return r < 0 ? open_failed(r) : 0;
}
