/* The arguments that say where, how long and how much. */
#include "setup.h"

#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "common/config.h"

#define ADDRS_MAX 8

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
		if (gcoap_registry_set(&p->rows.registry, name, number) < 0)
			return cli_usage("--option-number: cannot give %s the number %u", name,
					 number);
	}
	return status;
}

static int resolve(const char *option, const struct gcoap_uri *uri, struct gcoap_addr *out,
		   size_t cap)
{
	const char *const hints[] = { "an address works without a name service", NULL };
	struct gcoap_iface iface;
	int n;

	if (uri->host_is_name) {
		n = gcoap_resolve(uri->host, uri->port, 0, out, cap);
		if (n <= 0)
			cli_error(CLI_RESOLVE, hints, "%s: cannot resolve %s", option, uri->host);
		return n;
	}
	out[0] = uri->addr;
	out[0].port = uri->port;
	if (uri->zone[0]) {
		if (gcoap_iface_find(uri->zone, &iface) < 0) {
			cli_error(CLI_RESOLVE, NULL, "%s: no interface is called %s", option,
				  uri->zone);
			return -1;
		}
		out[0].scope = iface.index;
	}
	return 1;
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
		int k;

		if (proxy_listen_parse(text, &uri, &why) < 0)
			return cli_usage("--listen %s: %s", text, why);
		k = resolve("--listen", &uri, found, ADDRS_MAX);
		if (k <= 0)
			return CLI_RESOLVE;
		for (int j = 0; !status && j < k; j++)
			status = listen_add(p, &(struct proxy_listen){
				.text = text, .scheme = uri.scheme, .at = found[j] });
	}
	for (size_t i = 0; !status && i < p->config.n_aliases; i++)
		status = listen_add(p, &(struct proxy_listen){
			.text = p->args->aliases.items[i], .scheme = GCOAP_SCHEME_COAP,
			.at = p->rows.aliases[i].ours, .alias = true });
	return status;
}

int setup_next_proxy(struct proxy *p)
{
	const char *text = p->args->next_proxy, *why;
	struct gcoap_addr found[ADDRS_MAX];
	struct gcoap_uri uri;

	if (!text)
		return 0;
	if (proxy_listen_parse(text, &uri, &why) < 0)
		return cli_usage("--next-proxy %s: %s", text, why);
	if (uri.scheme != GCOAP_SCHEME_COAP || !uri.port)
		return cli_usage("--next-proxy %s: want coap://HOST[:PORT]", text);
	if (resolve("--next-proxy", &uri, found, ADDRS_MAX) <= 0)
		return CLI_RESOLVE;
	p->config.next_proxy = found[0];
	return 0;
}

static int set_interface(struct proxy *p)
{
	const char *const hints[] = { "gcoap doctor lists the interfaces", NULL };
	struct gcoap_iface iface;

	if (!p->args->interface)
		return 0;
	if (gcoap_iface_find(p->args->interface, &iface) < 0)
		return cli_error(CLI_LOCAL, hints, "no interface is called %s", p->args->interface);
	p->config.ifindex = iface.index;
	return 0;
}

static int set_values(struct proxy *p)
{
	const struct proxy_args *a = p->args;
	struct gcoap_proxy_config *c = &p->config;

	if (proxy_cache_parse(a->cache, &c->cache_size) < 0)
		return cli_usage("--cache %s: want a size such as 64M, or off", a->cache);
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
	c->max_per_client = a->max_per_client;
	c->max_per_minute = a->max_per_minute;
	c->max_answers = a->max_answers;
	return 0;
}

int proxy_setup(struct proxy *p, const struct proxy_args *args)
{
	static int (*const steps[])(struct proxy *) = {
		set_numbers, set_values, set_interface, setup_groups, setup_clients,
		setup_targets, setup_members, setup_reverse, setup_aliases, setup_listen,
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
	return status;
}
