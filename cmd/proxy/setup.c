/* The arguments that say where, how long and how much. */
#include "setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "common/config.h"

#define ADDRS_MAX 8
#define CACHE_MIN 4096

void proxy_rows_clear(struct proxy_rows *r)
{
	free(r->listen);
	target_free(r->groups, r->n_groups);
	target_free(r->reverse_groups, r->n_reverse);
	free(r->clients);
	free(r->group_rows);
	free(r->targets);
	free(r->reverse);
	free(r->aliases);
	free(r->ours);
	for (size_t i = 0; i < r->n_texts; i++)
		free(r->texts[i]);
	free(r->texts);
	*r = (struct proxy_rows){ 0 };
}

static int set_number(struct gcoap_registry *r, const char *name, uint32_t number)
{
	const char *const names[] = { "Multicast-Timeout, Multicast-Signaling, Response-Forwarding, "
				      "Reply-From, Multi-ETag, Group-ETag", NULL };
	const char *const numbers[] = { "65000 to 65535 are for experiments", NULL };
	const struct gcoap_option_info *other;

	switch (gcoap_registry_set(r, name, number)) {
	case 0:
		return 0;
	case GCOAP_ENOTFOUND:
		return cli_error(CLI_USAGE, names, "--option-number: no option is called \"%s\"",
				 name);
	case GCOAP_EINVALID:
		other = gcoap_registry_find(r, (uint16_t)number);
		return cli_error(CLI_USAGE, numbers, "--option-number %s=%u: that is the number of %s",
				 name, number, other ? other->name : "another option");
	}
	return cli_error(CLI_USAGE, numbers, "--option-number %s=%u: want a number of 1 to 65535",
			 name, number);
}

static int set_numbers(struct proxy *p)
{
	const struct opt_list *list = &p->args->option_numbers;
	int status;

	gcoap_registry_init(&p->rows.registry);
	status = config_options(&p->rows.registry);
	for (size_t i = 0; !status && i < list->n; i++) {
		const char *item = list->items[i], *eq = strchr(item, '=');
		char *name = eq ? setup_keep(&p->rows, item, (size_t)(eq - item)) : NULL;
		uint32_t number;

		if (!name || opt_uint(eq + 1, &number) < 0)
			return cli_usage("--option-number: \"%s\" is not NAME=N", item);
		status = set_number(&p->rows.registry, name, number);
	}
	return status;
}

static const char *const see_interfaces[] = { "gcoap doctor lists the interfaces", NULL };

/* fe80::/10 is on every link. */
static int set_scope(const char *option, const struct gcoap_uri *uri, struct gcoap_addr *out)
{
	const uint8_t *b = uri->addr.bytes;
	char host[GCOAP_ADDR_TEXT], hint[GCOAP_ADDR_TEXT + 64];
	const char *const hints[] = { hint, NULL };
	struct gcoap_iface iface;

	if (uri->zone[0]) {
		if (gcoap_iface_find(uri->zone, &iface) < 0)
			return cli_error(CLI_LOCAL, see_interfaces, "%s: no interface is called %s",
					 option, uri->zone);
		out->scope = iface.index;
	} else if (uri->addr.family == 6 && b[0] == 0xfe && (b[1] & 0xc0) == 0x80) {
		gcoap_addr_format_host(&uri->addr, host);
		snprintf(hint, sizeof(hint), "coap://[%s%%eth0]; gcoap doctor lists the interfaces",
			 host);
		return cli_error(CLI_USAGE, hints, "%s: \"%s\" needs an interface", option, host);
	}
	return 0;
}

/* *@n addresses. 0 or an exit status. */
static int resolve(const char *option, const struct gcoap_uri *uri, struct gcoap_addr *out,
		   size_t cap, int *n)
{
	const char *const hints[] = { "an address works without a name service", NULL };

	if (uri->host_is_name) {
		*n = gcoap_resolve(uri->host, uri->port, 0, out, cap);
		return *n > 0 ? 0 : cli_error(CLI_RESOLVE, hints, "%s: cannot resolve %s", option,
					      uri->host);
	}
	*n = 1;
	out[0] = uri->addr;
	out[0].port = uri->port;
	return set_scope(option, uri, &out[0]);
}

static int listen_add(struct proxy *p, const struct proxy_listen *l)
{
	struct proxy_rows *r = &p->rows;
	struct proxy_listen *more = realloc(r->listen, (r->n_listen + 1) * sizeof(*more));

	if (!more)
		return setup_oom();
	r->listen = more;
	for (size_t i = 0; i < r->n_listen; i++) {
		if (more[i].scheme == l->scheme && l->at.port &&
		    gcoap_addr_equal(&more[i].at, &l->at))
			return cli_usage("--listen: %s is there twice", l->text);
	}
	more[r->n_listen++] = *l;
	return 0;
}

int setup_listen(struct proxy *p)
{
	static const char *const usual[] = { PROXY_LISTEN_DEFAULT };
	size_t n = p->args->listen.n ? p->args->listen.n : 1;
	int status = 0;

	for (size_t i = 0; !status && i < n; i++) {
		const char *text = p->args->listen.n ? p->args->listen.items[i] : usual[0], *why;
		struct gcoap_addr found[ADDRS_MAX];
		struct gcoap_uri uri;
		int k = 0;

		if (proxy_listen_parse(text, &uri, &why) < 0)
			return cli_usage("--listen %s: %s", text, why);
		status = resolve("--listen", &uri, found, ADDRS_MAX, &k);
		for (int j = 0; !status && j < k; j++)
			status = listen_add(p, &(struct proxy_listen){
				.text = text, .scheme = uri.scheme, .at = found[j] });
	}
	for (size_t i = 0; !status && i < p->config.n_aliases; i++)
		status = listen_add(p, &(struct proxy_listen){
			.text = p->args->aliases.items[i], .scheme = p->rows.aliases[i].scheme,
			.at = p->rows.aliases[i].ours, .alias = true });
	return status;
}

int setup_next_proxy(struct proxy *p)
{
	const char *text = p->args->next_proxy, *why;
	struct gcoap_addr found[ADDRS_MAX];
	const char *const hints[] = { "--next-proxy coap://10.77.0.20", NULL };
	struct gcoap_uri uri;
	int status, n;

	if (!text)
		return 0;
	if (gcoap_uri_parse(&uri, text, NULL) == 0 && uri.scheme != GCOAP_SCHEME_COAP)
		return cli_error(CLI_USAGE, hints, "--next-proxy %s: a proxy is asked over UDP: want "
				 "coap://HOST[:PORT]", text);
	if (proxy_listen_parse(text, &uri, &why) < 0)
		return cli_error(CLI_USAGE, hints, "--next-proxy %s: %s", text, why);
	if (!uri.port)
		return cli_error(CLI_USAGE, hints, "--next-proxy %s: it has no port 0", text);
	status = resolve("--next-proxy", &uri, found, ADDRS_MAX, &n);
	if (!status)
		p->config.next_proxy = found[0];
	return status;
}

static int set_interface(struct proxy *p)
{
	struct gcoap_iface iface;

	if (!p->args->interface)
		return 0;
	if (gcoap_iface_find(p->args->interface, &iface) < 0)
		return cli_error(CLI_LOCAL, see_interfaces, "no interface is called %s",
				 p->args->interface);
	if (!iface.up) {
		cli_warn("interface %s is down: nothing reaches a group until it is up", iface.name);
		cli_hint("ip link set %s up", iface.name);
	}
	p->config.ifindex = iface.index;
	return 0;
}

/* Nobody but this host can ask: scripts may ask in a loop. */
static bool on_loopback_alone(const struct proxy *p)
{
	for (size_t i = 0; i < p->rows.n_listen; i++)
		if (!gcoap_addr_is_loopback(&p->rows.listen[i].at))
			return false;
	return true;
}

static int set_client_limits(struct proxy *p)
{
	struct gcoap_proxy_config *c = &p->config;
	bool own = on_loopback_alone(p);

	c->max_per_client = own && !opt_given("max-per-client") ? 64 : p->args->max_per_client;
	c->max_per_minute = own && !opt_given("max-per-minute") ? 0 : p->args->max_per_minute;
	return 0;
}

static int set_values(struct proxy *p)
{
	const struct proxy_args *a = p->args;
	struct gcoap_proxy_config *c = &p->config;
	const char *const no_cache[] = { "--cache 64M, or --cache off", NULL };

	if (proxy_cache_parse(a->cache, &c->cache_size) < 0)
		return cli_usage("--cache %s: want a size such as 64M, or off", a->cache);
	if (strcmp(a->cache, "off") != 0 && c->cache_size < CACHE_MIN)
		return cli_error(CLI_USAGE, no_cache, "--cache %s: less than 4K, nothing could be kept",
				 a->cache);
	c->cache_model = a->cache_model[0] == 'b' ? GCOAP_CACHE_B : GCOAP_CACHE_T;
	c->standin = (enum gcoap_standin)(a->reverse_mode[0] - 'a');
	c->dialect = gcoap_dialect_find(a->dialect);
	c->registry = &p->rows.registry;
	c->forward = !a->reverse_only;
	c->t_proxy = a->t_proxy;
	c->max_timeout = a->max_timeout;
	c->margin = a->margin;
	c->unicast_timeout = a->server_timeout;
	c->max_ongoing = a->max_ongoing;
	c->max_answers = a->max_answers;
	return 0;
}

/* Only who has a key here, or a certificate of the CA, can be somebody. */
static void look_for_keys(const struct proxy *p)
{
	const struct gcoap_credentials *c = &p->credentials.all;

	for (size_t i = 0; !c->ca_file && i < p->config.n_clients; i++) {
		const char *who = p->config.clients[i].identity;
		bool found = !who;

		for (size_t k = 0; !found && k < c->n_psk; k++)
			found = strcmp(c->psk[k].identity, who) == 0;
		if (found)
			continue;
		cli_warn("--allow-client %s: nobody can prove that identity", who);
		cli_hint("add its key to --psk-file, or a ca to --credentials");
	}
}

int proxy_setup(struct proxy *p, const struct proxy_args *args)
{
	static int (*const steps[])(struct proxy *) = {
		set_numbers, set_values, set_interface, setup_groups, setup_clients,
		setup_targets, setup_members, setup_reverse, setup_aliases, setup_listen,
		set_client_limits,
		setup_next_proxy,
	};
	int status = 0;

	p->args = args;
	p->config = (struct gcoap_proxy_config)GCOAP_PROXY_CONFIG_DEFAULT;
	for (size_t i = 0; !status && i < sizeof(steps) / sizeof(steps[0]); i++)
		status = steps[i](p);
	if (!status)
		status = setup_check(p);
	if (!status && proxy_secure(p))
		status = credentials_load(&p->credentials, &args->credentials);
	if (!status && proxy_secure(p) && !credentials_serve(&p->credentials))
		status = cli_usage("--credentials: neither a key nor a certificate to serve with");
	if (!status && proxy_secure(p))
		look_for_keys(p);
	return status;
}
