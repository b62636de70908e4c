/* A session over DTLS, TCP or TLS in the place of the UDP endpoint. */
#include <errno.h>
#include <string.h>
#include "cli.h"
#include "run.h"

bool run_stream_wanted(const struct run *run)
{
	return run->stream.scheme != GCOAP_SCHEME_COAP;
}

static bool is_secure(enum gcoap_scheme scheme)
{
	return scheme == GCOAP_SCHEME_COAPS || scheme == GCOAP_SCHEME_COAPS_TCP;
}

static const char *name_of(const struct target *t)
{
	return t->parsed.host_is_name ? t->parsed.host : NULL;
}

/* One session carries all: the targets are resources of one server. */
static bool same_server(const struct target *a, const struct target *b)
{
	return a->parsed.scheme == b->parsed.scheme && gcoap_addr_equal(&a->to, &b->to) &&
	       strcmp(a->parsed.host, b->parsed.host) == 0;
}

int run_stream_targets(struct run *run)
{
	static const char *const hints[] = { "ask them one after the other", NULL };
	const struct target *t = run->targets;

	for (size_t i = 1; i < run->n_targets; i++) {
		if ((t->parsed.scheme != GCOAP_SCHEME_COAP ||
		     t[i].parsed.scheme != GCOAP_SCHEME_COAP) && !same_server(t, &t[i]))
			return cli_error(CLI_USAGE, hints, "%s and %s are not one server, and so "
					 "not one session", t->text, t[i].text);
	}
	if (t->parsed.scheme == GCOAP_SCHEME_COAP)
		return CLI_OK;
	return run_stream_use(run, t->parsed.scheme, name_of(t), &t->to, false);
}

int run_stream_use(struct run *run, enum gcoap_scheme scheme, const char *host,
		   const struct gcoap_addr *to, bool proxy)
{
	const struct run_args *args = run->args;

	run->stream.scheme = scheme;
	run->stream.host = host;
	run->stream.to = *to;
	run->stream.proxy = proxy;
	if (args->ask.where.source)
		return cli_usage("--source goes with coap:// alone");
	if (args->how.pcap)
		cli_warn("--pcap writes what goes over UDP, not %s: nothing is written",
			 gcoap_scheme_name(scheme));
	return is_secure(scheme) ? credentials_load(&run->stream.credentials, &args->secrets) :
				   CLI_OK;
}

static void on_message(void *arg, enum gcoap_direction dir, const struct gcoap_datagram *d)
{
	struct run *run = arg;

	trace_datagram(&run->trace, dir, d);
}

/* Requests without an answer have been told; an observation would wait for ever. */
static void on_ended(void *arg, int error)
{
	struct run *run = arg;

	run->stream.error = error;
	run->rounds.left = 0;
	run->rounds.open = false;
	if (run->lost != NULL)
		run->lost(run, gcoap_now());
	else
		gcoap_client_stop(run->client, GCOAP_ENDED_ERROR, gcoap_now());
}

int run_stream_open(struct run *run)
{
	static const char *const no_module[] = { "-v says where it was looked for", NULL };
	struct run_stream *s = &run->stream;
	struct gcoap_carrier_config config = {
		.credentials = is_secure(s->scheme) ? &s->credentials.all : NULL,
		.registry = &run->registry,
		.scheme = s->scheme,
		.host = s->host,
		.to = s->to,
		.tap = run->trace.level > 0 ? on_message : NULL,
		.ended = on_ended,
		.arg = run,
	};
	struct gcoap_diag diag = { 0 };
	int r, status;

	if (ask_leaves_session(&run->args->ask)) {
		status = run_endpoint_new(run, 0, &s->beside);
		if (status != CLI_OK)
			return status;
		config.udp = s->beside;
	}
	errno = 0;
	r = gcoap_carrier_new(&s->carrier, run->loop, &config, &run->rounds.engine, &diag);
	if (r == GCOAP_ESECURITY)
		return cli_error(CLI_SECURITY, NULL, "%s: %s", gcoap_scheme_name(s->scheme),
				 diag.what);
	if (r == GCOAP_EUNSUPPORTED)
		return cli_error(CLI_LOCAL, no_module, "%s is not supported here: %s",
				 gcoap_scheme_name(s->scheme), diag.what);
	if (r < 0)
		return cli_error(s->proxy ? CLI_PROXY : CLI_LOCAL, NULL, "cannot connect: %s",
				 run_why(r, errno));
	return CLI_OK;
}

/* What may help, and does not tell more than we know. */
static const char *hint_for(const struct run *run, int error)
{
	const struct gcoap_credentials *c = &run->stream.credentials.all;

	if (error != GCOAP_ESECURITY)
		return "check that it runs, its port, and that it speaks this transport";
	if (c->n_psk)
		return "identity and key must be the ones that it knows (--psk-file)";
	if (!c->ca_file)
		return "without a key or a CA (--psk-file, --credentials) only what the system "
		       "trusts is accepted";
	return "see [certificate] ca and any-name in the file of --credentials";
}

/* It was not there when the time was up. */
static const char *still_missing(int error)
{
	return error == GCOAP_ESECURITY ? "it fell silent in the handshake: another key?" :
					  "nobody answered the handshake";
}

int run_stream_say(const struct run *run, bool answered)
{
	const struct run_stream *s = &run->stream;
	int error = s->error, status = s->proxy ? CLI_PROXY : CLI_LOCAL;
	const char *problem, *hints[] = { NULL, NULL };
	char to[GCOAP_ADDR_TEXT];

	if (s->carrier == NULL || (error == 0 && answered))
		return CLI_OK;
	if (error == 0)
		error = gcoap_carrier_state(s->carrier);
	if (error == 0)
		return CLI_OK;
	if (error == GCOAP_ESECURITY)
		status = CLI_SECURITY;
	else if (error == GCOAP_EAGAIN && !s->proxy)
		status = CLI_SILENCE;
	problem = s->error != 0 ? gcoap_carrier_problem(s->carrier) : still_missing(error);
	hints[0] = hint_for(run, error);
	return cli_error(status, hints, "%s%s over %s: %s", s->proxy ? "proxy " : "",
			 gcoap_addr_format(&s->to, to), gcoap_scheme_name(s->scheme), problem);
}

void run_stream_close(struct run *run)
{
	gcoap_carrier_free(&run->stream.carrier);
	credentials_clear(&run->stream.credentials);
}
