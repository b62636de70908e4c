/* -P, --proxy: where the requests of all targets go. */
#include "target.h"

#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "target_internal.h"

/* Is it a URI that can be a proxy's? */
static int check(const char *text, const struct gcoap_uri *uri)
{
	static const char *const hints[] = { "the group is the target: gcoap-get -P PROXY GROUP-URI",
					     NULL };

	switch (uri->scheme) {
	case GCOAP_SCHEME_COAP:
	case GCOAP_SCHEME_COAPS:
	case GCOAP_SCHEME_COAP_TCP:
	case GCOAP_SCHEME_COAPS_TCP:
		break;
	case GCOAP_SCHEME_COAP_WS:
	case GCOAP_SCHEME_COAPS_WS:
	case GCOAP_SCHEME_HTTP:
	case GCOAP_SCHEME_HTTPS:
		return cli_usage("--proxy %s: %s is not supported, only coap, coaps, coap+tcp and "
				 "coaps+tcp", text, gcoap_scheme_name(uri->scheme));
	}
	if (uri->path.len > 1 || uri->query.ptr)
		return cli_usage("--proxy %s: want a scheme and a host, nothing behind them", text);
	if (!uri->host_is_name && gcoap_addr_is_multicast(&uri->addr))
		return cli_error(CLI_USAGE, hints, "--proxy %s: a group is no proxy", text);
	return CLI_OK;
}

static int resolve(struct target_proxy *p, const char *host, const struct target_args *args)
{
	const char *const hints[] = { "an address works without a name service", NULL };
	uint8_t family = args->v4 == args->v6 ? 0 : args->v4 ? 4 : 6;
	struct gcoap_addr found[4];

	if (gcoap_resolve(host, p->addr.port, family, found, 4) <= 0)
		return cli_error(CLI_RESOLVE, hints, "cannot resolve the proxy %s%s", host,
				 family == 4 ? " to an IPv4 address" :
				 family == 6 ? " to an IPv6 address" : "");
	p->addr = found[0];
	return CLI_OK;
}

/* The way to the proxy: by its zone, by -i, else by the route. */
static int find_interface(struct target_proxy *p, const struct gcoap_uri *uri,
			  const struct target_args *args)
{
	bool given = args->interfaces.n > 0 && opt_origin("interface") == OPT_FROM_LINE;
	struct gcoap_iface iface = { 0 };
	int status = CLI_OK;

	if (given && args->interfaces.n > 1)
		return cli_usage("-i names the way to the proxy, and there is one only");
	if (given && uri->zone[0])
		return cli_usage("--proxy names interface %s, and so does -i", uri->zone);
	if (given || uri->zone[0])
		status = target__iface(given ? args->interfaces.items[0] : uri->zone, &iface);
	p->ifindex = iface.index;
	if (status == CLI_OK && !p->ifindex && gcoap_addr_needs_zone(&p->addr))
		status = target__only_iface(uri, &p->addr, &p->ifindex);
	if (gcoap_addr_needs_zone(&p->addr))
		p->addr.scope = p->ifindex;
	return status;
}

int target_proxy_open(struct target_proxy *p, const char *text, const struct target_args *args)
{
	struct gcoap_diag diag = { 0 };
	struct gcoap_uri uri;
	int status;

	memset(p, 0, sizeof(*p));
	if (gcoap_uri_parse(&uri, text, &diag) < 0)
		return cli_usage("--proxy %s: %s (byte %zu)", text, diag.what ? diag.what : "no URI",
				 diag.at);
	status = check(text, &uri);
	if (status != CLI_OK)
		return status;
	p->addr = uri.addr;
	p->addr.port = uri.port;
	uri.path = (struct gcoap_bytes){ 0 };
	if (uri.host_is_name)
		status = resolve(p, uri.host, args);
	if (status == CLI_OK)
		status = find_interface(p, &uri, args);
	if (status != CLI_OK)
		return status;
	p->uri = target__canonical(&uri, p->addr.scope);
	if (!p->uri || gcoap_uri_parse(&p->parsed, p->uri, NULL) < 0)
		return cli_error(CLI_LOCAL, NULL, "out of memory");
	return CLI_OK;
}

void target_proxy_close(struct target_proxy *p)
{
	free(p->uri);
	p->uri = NULL;
}
