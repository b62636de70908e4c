/* Endpoints towards clients and servers, the proxy between them, and the loop. */
#include "open.h"

#include <errno.h>
#include <string.h>
#include "common/cli.h"

/* A burst of a thousand servers and more, while we are busy with clients. */
#define UPSTREAM_BUFFER (16u << 20)

/* A server nearby has answered by then, and no client has sent its request again. */
#define HOLD_ACK (150 * GCOAP_MS)

int open_failed(int r)
{
	return cli_error(CLI_LOCAL, NULL, "%s",
			 r == GCOAP_ESYSTEM ? strerror(errno) : gcoap_strerror(r));
}

/* ---- towards clients ---- */

int open_bind_failed(const struct proxy_listen *l, int r, const struct gcoap_diag *diag)
{
	const char *option = l->alias ? "--alias" : "--listen";
	const char *const in_use[] = { l->alias ? "end what listens there, or choose another port: "
						  "--alias 10.0.0.11:5690=10.77.0.2" :
						  "end what listens there, or choose another port; "
						  "0 is any free one", NULL };
	const char *const not_ours[] = { "an address of this host, or 0.0.0.0 or [::] for all of "
					 "them", NULL };
	const char *const low_port[] = { "ports below 1024 need a privilege; coap's is 5683", NULL };
	int error = errno;

	if (r == GCOAP_EBUSY)
		return cli_error(CLI_LOCAL, in_use, "%s %s: the port is in use", option, l->text);
	if (error == EADDRNOTAVAIL)
		return cli_error(CLI_LOCAL, not_ours, "%s %s is not an address of this host",
				 option, l->text);
	return cli_error(CLI_LOCAL, r == GCOAP_EPERMISSION ? low_port : NULL, "%s %s: %s: %s",
			 option, l->text, diag->what, strerror(error));
}

static int bind_udp(struct proxy *p, struct proxy_listen *l)
{
	struct gcoap_udp_config config = { .v4 = l->at.family == 4, .v6 = l->at.family == 6,
					   .bind = l->at, .errors = true };
	struct gcoap_diag diag = { .what = "socket" };
	int r = gcoap_udp_open(&l->udp, &config, &diag);

	if (r < 0)
		return open_bind_failed(l, r, &diag);
	gcoap_udp_local(l->udp, l->at.family, &l->bound);
	l->bound.scope = l->at.scope;
	return 0;
}

static int open_front(struct proxy *p, struct proxy_listen *l)
{
	struct gcoap_front_config config = {
		.transmission = GCOAP_TRANSMISSION_DEFAULT,
		.registry = &p->rows.registry,
		.served = gcoap_proxy_served(p->core),
		.hold_ack = HOLD_ACK,
		.max_peers = p->args->max_clients,
		.seen = p->args->trace ? proxy_trace_seen : NULL,
		.arg = p,
	};
	int r;

	config.echo = p->args->echo[0] == 'a' ? GCOAP_ECHO_AUTO :
		      !strcmp(p->args->echo, "on") ? GCOAP_ECHO_ON : GCOAP_ECHO_OFF;
	r = gcoap_front_new(&l->front, &config);
	if (r >= 0)
		r = gcoap_loop_add(p->loop, l->udp, gcoap_front_engine(l->front));
	return r < 0 ? open_failed(r) : 0;
}

static int each_udp(struct proxy *p, int (*call)(struct proxy *, struct proxy_listen *))
{
	int status = 0;

	for (size_t i = 0; !status && i < p->rows.n_listen; i++) {
		if (p->rows.listen[i].scheme == GCOAP_SCHEME_COAP)
			status = call(p, &p->rows.listen[i]);
	}
	return status;
}

void proxy_front_stats(const struct proxy *p, struct gcoap_front_stats *out)
{
	struct gcoap_front_stats s;

	*out = (struct gcoap_front_stats){ 0 };
	for (size_t i = 0; i < p->rows.n_listen; i++) {
		if (!p->rows.listen[i].front)
			continue;
		gcoap_front_stats(p->rows.listen[i].front, &s);
		out->datagrams += s.datagrams;
		out->bytes_in += s.bytes_in;
		out->bytes_out += s.bytes_out;
		out->duplicates += s.duplicates;
		out->malformed += s.malformed;
		out->challenged += s.challenged;
		out->proved += s.proved;
		out->unsent += s.unsent;
	}
}

/* ---- towards servers ---- */

/* Nothing but silence would tell later that a group is not reached. */
static void look_for_route(const struct proxy *p, const struct target *group)
{
	uint32_t ifindex = group->ifindex ? group->ifindex : p->config.ifindex;
	struct gcoap_addr from;

	errno = 0;
	if (gcoap_udp_source_for(p->upstream, &group->to, ifindex, &from) >= 0)
		return;
	cli_warn("no way to %s: %s", group->uri,
		 errno == EADDRNOTAVAIL ? "its route has no address to send from" :
		 strerror(errno ? errno : ENETUNREACH));
	cli_hint("name the interface with -i");
}

static int open_upstream(struct proxy *p)
{
	struct gcoap_udp_config config = {
		.v4 = true, .v6 = true, .errors = true, .rcvbuf = UPSTREAM_BUFFER,
		.hops = (int)p->args->hops,
		.tap = p->args->trace ? proxy_trace_tap : NULL, .tap_arg = p,
	};
	struct gcoap_diag diag = { .what = "socket" };
	int r = gcoap_udp_open(&p->upstream, &config, &diag);

	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "cannot open a UDP endpoint: %s: %s", diag.what,
				 strerror(errno));
	for (size_t i = 0; i < p->rows.n_groups && !p->config.next_proxy.family; i++)
		look_for_route(p, &p->rows.groups[i]);
	r = gcoap_loop_add(p->loop, p->upstream, gcoap_proxy_engine(p->core));
	return r < 0 ? open_failed(r) : 0;
}

static int resolve(void *arg, const char *host, uint16_t port, struct gcoap_addr *out)
{
	struct proxy *p = arg;

	return resolver_ask(p->resolver, host, port, out, gcoap_now());
}

static void resolved(void *arg, const char *host, uint16_t port, const struct gcoap_addr *addrs,
		     size_t n)
{
	struct proxy *p = arg;

	gcoap_proxy_resolved(p->core, host, port, addrs, n, gcoap_now());
}

static void resolver_woke(void *arg, int fd)
{
	struct proxy *p = arg;

	resolver_ready(p->resolver, gcoap_now());
}

static void on_event(void *arg, const struct gcoap_proxy_event *e)
{
	struct proxy *p = arg;

	if (p->trace)
		proxy_trace_event(p->trace, e);
	proxy_access_event(p, e);
}

static int make_core(struct proxy *p)
{
	int r;

	p->config.resolve = resolve;
	p->config.local = proxy_local;
	p->config.event = on_event;
	p->config.arg = p;
	r = resolver_new(&p->resolver, gcoap_resolve, resolved, p);
	if (r >= 0)
		r = gcoap_loop_add_fd(p->loop, resolver_fd(p->resolver), resolver_woke, p);
	if (r >= 0)
		r = gcoap_proxy_new(&p->core, &p->config);
	return r < 0 ? open_failed(r) : 0;
}

static int make_loop(struct proxy *p)
{
	int r = gcoap_loop_new(&p->loop);

	if (r >= 0)
		r = proxy_access_new(&p->access);
	if (r >= 0 && p->args->trace)
		r = proxy_trace_new(&p->trace, p);
	return r < 0 ? open_failed(r) : 0;
}

int proxy_open(struct proxy *p)
{
	int status = make_loop(p), r;

	if (!status)
		status = proxy_log_open(p);
	if (!status)
		status = each_udp(p, bind_udp);
	if (!status)
		status = open_ours(p);
	if (!status)
		status = make_core(p);
	if (!status)
		status = open_upstream(p);
	if (!status)
		status = each_udp(p, open_front);
	if (!status)
		status = open_streams(p);
	if (status)
		return status;
	p->started = gcoap_now();
	r = proxy_signals(p);
	return r < 0 ? open_failed(r) : 0;
}

static void ready_json(struct proxy *p, const char *uri)
{
	struct jsonw w = { 0 };

	jsonw_lit(&w, "{\"type\":\"ready\",\"v\":1,\"tool\":\"gcoap-proxy\"");
	proxy_put_key(&w, "uri");
	jsonw_text(&w, uri);
	proxy_put_key(&w, "dialect");
	jsonw_text(&w, p->args->dialect);
	jsonw_lit(&w, "}");
	if (!w.failed)
		printf("%.*s\n", (int)w.len, w.buf);
	jsonw_clear(&w);
}

void proxy_ready(struct proxy *p)
{
	char uri[GCOAP_ADDR_TEXT + 16], addr[GCOAP_ADDR_TEXT];

	for (size_t i = 0; i < p->rows.n_listen; i++) {
		const struct proxy_listen *l = &p->rows.listen[i];

		if (l->alias)
			continue;
		snprintf(uri, sizeof(uri), "%s://%s", gcoap_scheme_name(l->scheme),
			 gcoap_addr_format(&l->bound, addr));
		if (p->args->json)
			ready_json(p, uri);
		else if (!p->args->quiet)
			printf("ready: %s\n", uri);
	}
	fflush(stdout);
	if (!p->config.n_groups && !p->config.n_targets) {
		cli_note("nothing is allowed yet, every request is refused");
		if (!p->args->quiet)
			cli_hint("--allow-client with --allow-group or --allow-target");
	}
}

void proxy_close(struct proxy *p)
{
	gcoap_loop_free(&p->loop);
	for (size_t i = 0; i < p->rows.n_listen; i++) {
		gcoap_front_free(&p->rows.listen[i].front);
		gcoap_udp_close(&p->rows.listen[i].udp);
	}
	gcoap_stream_close(&p->stream);
	gcoap_proxy_free(&p->core);
	gcoap_udp_close(&p->upstream);
	resolver_free(&p->resolver);
	proxy_trace_flush(p->trace);
	proxy_trace_free(&p->trace);
	proxy_access_free(&p->access);
	proxy_log_close(p);
	jsonw_clear(&p->local);
	proxy_rows_clear(&p->rows);
	credentials_clear(&p->credentials);
}
