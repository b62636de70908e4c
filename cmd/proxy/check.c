/* Options that do not go together, or would have no effect: said, not passed over. */
#include "setup.h"

#include <string.h>
#include "common/cli.h"

static int conflict(const char *what, const char *hint)
{
	const char *hints[] = { hint, NULL };

	return cli_error(CLI_USAGE, hints, "%s", what);
}

bool proxy_listens(const struct proxy *p, enum gcoap_scheme from, enum gcoap_scheme to)
{
	for (size_t i = 0; i < p->rows.n_listen; i++) {
		const struct proxy_listen *l = &p->rows.listen[i];

		if (!l->alias && l->scheme >= from && l->scheme <= to)
			return true;
	}
	return false;
}

bool proxy_secure(const struct proxy *p)
{
	return proxy_listens(p, GCOAP_SCHEME_COAPS, GCOAP_SCHEME_COAPS) ||
	       proxy_listens(p, GCOAP_SCHEME_COAPS_TCP, GCOAP_SCHEME_COAPS_TCP);
}

static int check_reverse(const struct proxy_args *a)
{
	bool b = a->reverse_mode[0] == 'b';

	if (!a->reverse.n && opt_given("reverse-mode"))
		return conflict("--reverse-mode has no effect without --reverse",
				"--reverse /lights=coap://224.0.1.187");
	if (!a->reverse.n && a->reverse_only)
		return conflict("--reverse-only leaves nothing to do without --reverse",
				"--reverse /lights=coap://224.0.1.187");
	if (!a->reverse.n && opt_given("t-proxy"))
		return conflict("--t-proxy has no effect without --reverse",
				"a forward-proxy needs the option of the request");
	if (b && !a->aliases.n)
		return conflict("--reverse-mode b needs an address for each server",
				"--alias 10.0.0.11=10.77.0.2 --alias 10.0.0.12=10.77.0.3");
	if (!b && a->aliases.n)
		return conflict("--alias has no effect without --reverse-mode b",
				"add --reverse-mode b, or leave it out");
	if (opt_given("t-proxy") && a->dialect[0] == 'i')
		return conflict("--t-proxy is not possible with --dialect ietf",
				"clients of that draft always send Multicast-Timeout");
	if (a->reverse_only && a->targets.n)
		return conflict("--allow-target has no effect with --reverse-only",
				"leave out one of the two");
	return 0;
}

static int check_groups(const struct proxy_args *a)
{
	if (!a->clients.n && (a->groups.n || a->targets.n))
		return conflict("--allow-group and --allow-target have no effect without --allow-client",
				"--allow-client 127.0.0.0/8");
	if (a->interface && opt_origin("interface") == OPT_FROM_LINE && !a->groups.n)
		return conflict("--interface has no effect without --allow-group",
				"it is for the way to the groups");
	if (opt_given("cache-model") && a->groups.n == 0)
		return conflict("--cache-model has no effect without --allow-group",
				"both models are the same for single servers");
	return 0;
}

static int check_times(const struct proxy_args *a)
{
	if (a->max_timeout < GCOAP_SECOND)
		return conflict("--max-timeout is less than 1 s", "clients ask in whole seconds");
	if (opt_given("t-proxy") && (a->t_proxy < GCOAP_SECOND || a->t_proxy > a->max_timeout))
		return conflict("--t-proxy is not between 1 s and --max-timeout",
				"5 s of leisure and the way there and back: --t-proxy 7s");
	if (a->server_timeout < GCOAP_MS)
		return conflict("--server-timeout is nothing", "--server-timeout 30s");
	if (!a->next_proxy && opt_given("hop-margin"))
		return conflict("--hop-margin has no effect without --next-proxy",
				"--next-proxy coap://10.77.0.20");
	if (a->next_proxy && (a->margin < GCOAP_MS || a->margin >= a->max_timeout))
		return conflict("--hop-margin is not between 1 ms and --max-timeout",
				"the time to the next proxy and back: --hop-margin 1s");
	return 0;
}

static int check_limits(const struct proxy *p)
{
	const struct proxy_args *a = p->args;
	const char *no_groups = "without --allow-group nothing is sent to groups";

	if (!a->max_ongoing)
		return conflict("--max-ongoing is at least 1", no_groups);
	if (!a->max_per_client)
		return conflict("--max-per-client is at least 1", no_groups);
	if (!a->max_answers)
		return conflict("--max-answers is at least 1", no_groups);
	if (!a->max_clients)
		return conflict("--max-clients is at least 1", "--allow-client says who may ask");
	if (!a->max_sessions)
		return conflict("--max-sessions is at least 1", "--allow-client says who may ask");
	if (a->hops > 255 || (!a->hops && opt_given("hops")))
		return conflict("--hops is not between 1 and 255", "16 crosses a site's routers");
	if (!p->config.cache_size && opt_given("cache-model"))
		return conflict("--cache-model has no effect with --cache off",
				"leave out one of the two");
	if (!p->config.cache_size && a->members.n && a->reverse_mode[0] != 'c')
		return conflict("--members has no effect with --cache off",
				"a group is answered from the cache when its members are known");
	return 0;
}

static bool over_udp(const struct proxy_listen *l)
{
	return l->scheme == GCOAP_SCHEME_COAP || l->scheme == GCOAP_SCHEME_COAPS;
}

/* Does @wide, for all addresses, leave none for @l? */
static bool covers(const struct proxy_listen *wide, const struct proxy_listen *l)
{
	static const uint8_t zero[16];

	return wide != l && l->at.port && wide->at.port == l->at.port &&
	       wide->at.family == l->at.family && over_udp(wide) == over_udp(l) &&
	       memcmp(wide->at.bytes, zero, gcoap_addr_size(&wide->at)) == 0;
}

static int check_covered(const struct proxy_rows *r)
{
	const char *const hints[] = { "leave out one of the two, or give it another port", NULL };

	for (size_t i = 0; i < r->n_listen; i++) {
		for (size_t k = 0; k < r->n_listen; k++) {
			if (covers(&r->listen[i], &r->listen[k]))
				return cli_error(CLI_USAGE, hints, "--listen %s is for all addresses, also "
						 "for that of %s", r->listen[i].text, r->listen[k].text);
		}
	}
	return 0;
}

static bool has_alias(const struct proxy *p, enum gcoap_scheme scheme)
{
	for (size_t i = 0; i < p->config.n_aliases; i++) {
		if (p->config.aliases[i].scheme == scheme)
			return true;
	}
	return false;
}

/* Clients stay with the transport that they ask the group by. */
static int check_aliases(const struct proxy *p)
{
	const char *const more[] = { "for every server, as --alias coap+tcp://10.0.0.11=10.77.0.2",
				     NULL };
	const char *const listen[] = { "clients learn of it when they ask the group by that", NULL };
	const char *without = NULL, *unused = NULL;

	for (int s = GCOAP_SCHEME_COAPS_TCP; s >= GCOAP_SCHEME_COAP; s--) {
		enum gcoap_scheme scheme = (enum gcoap_scheme)s;
		bool listens = proxy_listens(p, scheme, scheme), has = has_alias(p, scheme);

		if (listens && !has)
			without = gcoap_scheme_name(scheme);
		if (has && !listens)
			unused = gcoap_scheme_name(scheme);
	}
	if (without)
		return cli_error(CLI_USAGE, more, "--reverse-mode b: no --alias is for --listen %s://",
				 without);
	if (unused)
		return cli_error(CLI_USAGE, listen, "--alias %s:// has no effect without --listen %s://",
				 unused, unused);
	return 0;
}

static int check_listen(const struct proxy *p)
{
	bool udp = proxy_listens(p, GCOAP_SCHEME_COAP, GCOAP_SCHEME_COAP);
	bool streams = proxy_listens(p, GCOAP_SCHEME_COAPS, GCOAP_SCHEME_COAPS_TCP);

	if (!udp && (opt_given("echo") || opt_given("max-clients")))
		return conflict("--echo and --max-clients are for --listen coap://",
				"the other transports prove the address of a client");
	if (!streams && opt_given("max-sessions"))
		return conflict("--max-sessions has no effect without connections",
				"--listen coap+tcp://127.0.0.1");
	for (size_t i = 0; i < p->rows.n_listen; i++) {
		if (gcoap_addr_equal(&p->rows.listen[i].at, &p->config.next_proxy))
			return conflict("--next-proxy is this proxy itself",
					"it is the one behind, nearer to the servers");
	}
	return 0;
}

/* Given for this run, not by an environment that is there for the clients? */
static bool meant(const char *option)
{
	return opt_given(option) && opt_origin(option) != OPT_FROM_ENV;
}

static int check_keys(const struct proxy *p)
{
	const struct proxy_args *a = p->args;
	bool secure = proxy_secure(p);

	if (secure && !a->credentials.psk_file && !a->credentials.file)
		return conflict("--listen coaps:// and coaps+tcp:// need a key or a certificate",
				"--psk-file F with a line IDENTITY:HEXKEY, or --credentials F");
	if (!secure && (meant("psk-file") || meant("credentials")))
		return conflict("--psk-file and --credentials are for --listen coaps:// and coaps+tcp://",
				"--listen coaps://127.0.0.1");
	for (size_t i = 0; !secure && i < p->config.n_clients; i++) {
		if (p->config.clients[i].identity)
			return conflict("--allow-client: nobody proves an identity without --listen "
					"coaps:// or coaps+tcp://",
					"allow a network: --allow-client 127.0.0.0/8");
	}
	return 0;
}

int setup_check(const struct proxy *p)
{
	int status = check_groups(p->args);

	if (!status)
		status = check_reverse(p->args);
	if (!status)
		status = check_times(p->args);
	if (!status)
		status = check_limits(p);
	if (!status)
		status = check_keys(p);
	if (!status)
		status = check_covered(&p->rows);
	if (!status && p->config.n_aliases)
		status = check_aliases(p);
	return status ? status : check_listen(p);
}
