/* Operands to destinations. */
#include "target.h"

#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "config.h"
#include "suggest.h"
#include "target_internal.h"

#define ALL_V4 "224.0.1.187"
#define ALL_V6 "ff02::fd"
#define RD_V4 "224.0.1.190"
#define RD_V6 "ff02::fe"

void target_free(struct target *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free((char *)list[i].uri);
		free((struct gcoap_addr *)list[i].members);
	}
	free(list);
}

static const char *host_text(const struct gcoap_uri *uri, uint32_t scope,
			     char buf[GCOAP_ADDR_TEXT])
{
	struct gcoap_addr a = uri->addr;

	a.scope = scope;
	return uri->host_is_name ? uri->host : gcoap_addr_format_host(&a, buf);
}

char *target__canonical(const struct gcoap_uri *uri, uint32_t scope)
{
	char host[GCOAP_ADDR_TEXT], port[8] = "", *text;
	bool brackets = !uri->host_is_name && uri->addr.family == 6;

	if (uri->port != gcoap_scheme_port(uri->scheme))
		snprintf(port, sizeof(port), ":%u", uri->port);
	if (asprintf(&text, "%s://%s%s%s%s%.*s%s%.*s", gcoap_scheme_name(uri->scheme),
		     brackets ? "[" : "", host_text(uri, scope, host), brackets ? "]" : "", port,
		     (int)uri->path.len, (const char *)uri->path.ptr, uri->query.len ? "?" : "",
		     (int)uri->query.len, (const char *)uri->query.ptr) < 0)
		return NULL;
	return text;
}

/* Append one destination; @ifindex 0: by route. */
static int add(struct resolve *rs, const struct gcoap_uri *uri, const struct gcoap_addr *to,
	       uint32_t ifindex)
{
	const struct target_proxy *proxy = rs->args->proxy;
	struct target *list = realloc(*rs->out, (*rs->n + 1) * sizeof(*list)), *t;
	struct gcoap_addr *members = NULL;

	if (!list)
		return cli_error(CLI_LOCAL, NULL, "out of memory");
	*rs->out = list;
	t = &list[*rs->n];
	*t = (struct target){ .text = rs->text, .to = *to, .ifindex = ifindex };
	t->transport = uri->scheme;
	t->to.scope = gcoap_addr_needs_zone(to) ? ifindex : 0;
	t->group = gcoap_addr_is_multicast(to);
	t->reverse = rs->args->reverse && !t->group;
	t->uri = target__canonical(uri, t->to.scope);
	if (rs->n_members)
		members = malloc(rs->n_members * sizeof(*members));
	if (!t->uri || (rs->n_members && !members)) {
		free((char *)t->uri);
		return cli_error(CLI_LOCAL, NULL, "out of memory");
	}
	if (members)
		memcpy(members, rs->members, rs->n_members * sizeof(*members));
	if (proxy) {
		t->proxy = proxy;
		t->to = proxy->addr;
		t->ifindex = proxy->ifindex;
		t->transport = proxy->parsed.scheme;
		t->group = t->group || (uri->host_is_name && proxy->names_are_groups);
	}
	t->members = members;
	t->n_members = rs->n_members;
	if (gcoap_uri_parse(&t->parsed, t->uri, NULL) < 0)
		t->parsed = *uri; /* cannot be: it was made of one that parses */
	++*rs->n;
	return 0;
}

static int no_group_over(const struct resolve *rs, enum gcoap_scheme scheme)
{
	static const char *const hints[] = {
		"coap:// reaches it; or a proxy, which can be asked over any of them", NULL
	};

	return cli_error(CLI_USAGE, hints, "%s: a group cannot be asked over %s, which connects two "
			 "endpoints", rs->text, gcoap_scheme_name(scheme));
}

/* One destination for each -i, or one by the zone, or by the route. */
static int spread(struct resolve *rs, const struct gcoap_uri *uri, const struct gcoap_addr *to)
{
	struct gcoap_iface iface;
	uint32_t ifindex = 0;
	int status;

	if (uri->scheme != GCOAP_SCHEME_COAP && gcoap_addr_is_multicast(to))
		return no_group_over(rs, uri->scheme);
	if (uri->zone[0]) {
		status = target__iface(uri->zone, &iface);
		if (status)
			return status;
		if (rs->interfaces.n && opt_given("interface"))
			return cli_usage("%s names interface %s, and so does -i", rs->text, uri->zone);
		return add(rs, uri, to, iface.index);
	}
	for (size_t i = 0; i < rs->interfaces.n; i++) {
		status = target__iface(rs->interfaces.items[i], &iface);
		if (!status)
			status = add(rs, uri, to, iface.index);
		if (status)
			return status;
	}
	if (rs->interfaces.n)
		return 0;
	if (gcoap_addr_needs_zone(to)) {
		status = target__only_iface(uri, to, &ifindex);
		if (status)
			return status;
	}
	return add(rs, uri, to, ifindex);
}

static int resolve_name(struct resolve *rs, const struct gcoap_uri *uri)
{
	struct gcoap_addr found[16];
	uint8_t family = rs->args->v4 == rs->args->v6 ? 0 : rs->args->v4 ? 4 : 6;
	const char *const hints[] = { "an address works without a name service", NULL };
	int n = gcoap_resolve(uri->host, uri->port, family, found, 16);

	if (n <= 0)
		return cli_error(CLI_RESOLVE, hints, "cannot resolve %s%s", uri->host,
				 family == 4 ? " to an IPv4 address" :
				 family == 6 ? " to an IPv6 address" : "");
	return spread(rs, uri, &found[0]);
}

/* Through a proxy: names and interfaces are its own. */
static int resolve_behind(struct resolve *rs, const char *text)
{
	static const char *const hints[] = { "the proxy has interfaces of its own: leave the zone "
					     "out", NULL };
	struct gcoap_diag diag = { 0 };
	struct gcoap_addr to = { 0 };
	struct gcoap_uri uri;

	if (gcoap_uri_parse(&uri, text, &diag) < 0)
		return cli_usage("%s: %s (byte %zu)", rs->text, diag.what ? diag.what : "no URI",
				 diag.at);
	if (uri.zone[0])
		return cli_error(CLI_USAGE, hints, "%s: zone %s means nothing to a proxy", rs->text,
				 uri.zone);
	if (!uri.host_is_name)
		to = uri.addr;
	to.port = uri.port;
	return add(rs, &uri, &to, 0);
}

static int resolve_uri(struct resolve *rs, const char *text)
{
	struct gcoap_diag diag = { 0 };
	struct gcoap_uri uri;
	struct gcoap_addr to;

	if (rs->args->proxy)
		return resolve_behind(rs, text);
	if (gcoap_uri_parse(&uri, text, &diag) < 0)
		return cli_usage("%s: %s (byte %zu)", rs->text, diag.what ? diag.what : "no URI",
				 diag.at);
	if (uri.scheme > GCOAP_SCHEME_COAPS_TCP)
		return cli_usage("%s: %s is not supported, only coap, coaps, coap+tcp and coaps+tcp",
				 rs->text, gcoap_scheme_name(uri.scheme));
	if (uri.host_is_name)
		return resolve_name(rs, &uri);
	if (rs->args->v4 != rs->args->v6 && uri.addr.family != (rs->args->v4 ? 4 : 6))
		return cli_usage("%s is not an IPv%c address", rs->text, rs->args->v4 ? '4' : '6');
	to = uri.addr;
	to.port = uri.port;
	return spread(rs, &uri, &to);
}

static int unknown_group(const char *name)
{
	struct suggest s = { .word = name };
	char hint[128];
	const char *hints[] = { hint, NULL }, *group;

	suggest_try(&s, "demo");
	for (size_t i = 0; (group = config_group_at(i)); i++)
		suggest_try(&s, group);
	if (s.best)
		snprintf(hint, sizeof(hint), "did you mean @%s?", s.best);
	else
		snprintf(hint, sizeof(hint), "add it to the config file: [group %.60s]", name);
	return cli_error(CLI_USAGE, hints, "no group is called @%s", name);
}

/* A list of the config file: words with commas or blanks between them. */
static int split(const char *text, struct opt_list *out, char **copy)
{
	char *p = *copy = strdup(text);

	out->items = calloc(strlen(text) + 1, sizeof(*out->items));
	out->n = 0;
	if (!p || !out->items)
		return cli_error(CLI_LOCAL, NULL, "out of memory");
	for (;;) {
		p += strspn(p, ", \t");
		if (!*p)
			return 0;
		out->items[out->n++] = p;
		p += strcspn(p, ", \t");
		if (*p)
			*p++ = '\0';
	}
}

static int member(const struct config_group *g, const char *text, uint16_t port,
		  struct gcoap_addr *out)
{
	if (config_endpoint(text, out) < 0)
		return cli_error(CLI_USAGE, NULL, "group %s: member \"%s\" is neither an address nor "
				 "one of [names]", g->name, text);
	if (!out->port)
		out->port = port;
	return 0;
}

static int resolve_members(struct resolve *rs, const struct config_group *g)
{
	struct opt_list list = { 0 };
	struct gcoap_uri uri;
	char *copy = NULL;
	int status = split(g->members, &list, &copy);
	uint16_t port = gcoap_uri_parse(&uri, g->uri, NULL) < 0 ? GCOAP_PORT : uri.port;

	rs->members = status ? NULL : calloc(list.n + 1, sizeof(*rs->members));
	for (size_t i = 0; !status && rs->members && i < list.n; i++)
		status = member(g, list.items[i], port, &rs->members[rs->n_members++]);
	free(list.items);
	free(copy);
	return status;
}

/* "@lab/temp": the URI of [group lab] with the path behind it. */
static int resolve_group(struct resolve *rs, const char *at)
{
	size_t len = strcspn(at, "/?");
	const struct config_group *g;
	char name[80], *copy = NULL, *uri;
	struct opt_list interfaces = { 0 };
	int status = 0;

	snprintf(name, sizeof(name), "%.*s", (int)len, at);
	g = config_group(name);
	if (!g)
		return unknown_group(name);
	len = strlen(g->uri);
	while (len && g->uri[len - 1] == '/')
		len--;
	if (memchr(g->uri, '?', len) && at[strlen(name)])
		return cli_usage("%s: the uri of group %s has a query, nothing can follow", rs->text,
				 name);
	if (asprintf(&uri, "%.*s%s", (int)len, g->uri, at + strlen(name)) < 0)
		return cli_error(CLI_LOCAL, NULL, "out of memory");
	if (g->members)
		status = resolve_members(rs, g);
	if (!status && g->interface && !rs->interfaces.n) {
		status = split(g->interface, &interfaces, &copy);
		rs->interfaces = interfaces;
	}
	if (!status)
		status = resolve_uri(rs, uri);
	free(interfaces.items);
	free(copy);
	free(uri);
	return status;
}

/* -i on the command line must not be passed over: @demo has an interface of its own. */
static int demo_interfaces(const struct opt_list *wanted)
{
	struct gcoap_iface iface;
	int status = 0;

	if (opt_origin("interface") != OPT_FROM_LINE)
		return 0;
	for (size_t i = 0; !status && i < wanted->n; i++) {
		status = target__iface(wanted->items[i], &iface);
		if (!status && !iface.loopback)
			return cli_usage("@demo is on loopback, -i %s does not go with it",
					 wanted->items[i]);
	}
	return status;
}

/* The simulated group: on the loopback interface, where gcoap-sim joins by default. */
static int resolve_demo(struct resolve *rs, const char *rest)
{
	struct gcoap_iface list[64];
	struct opt_list lo = { 0 };
	const char *name = "lo";
	char uri[GCOAP_URI_MAX + 64];
	int n = gcoap_iface_list(list, 64);
	int status = rs->args->proxy ? 0 : demo_interfaces(&rs->args->interfaces);

	if (status)
		return status;
	for (int i = 0; i < n && i < 64; i++) {
		if (list[i].loopback && list[i].up) {
			name = list[i].name;
			break;
		}
	}
	lo.items = &name;
	lo.n = 1;
	rs->interfaces = lo;
	if (rs->args->proxy)
		snprintf(uri, sizeof(uri), "coap://%s%s",
			 rs->args->v6 && !rs->args->v4 ? "[" ALL_V6 "]" : ALL_V4, rest);
	else if (rs->args->v6 && !rs->args->v4)
		snprintf(uri, sizeof(uri), "coap://[" ALL_V6 "%%%s]%s", name, rest);
	else
		snprintf(uri, sizeof(uri), "coap://" ALL_V4 "%s", rest);
	if (rs->args->v6 && !rs->args->v4)
		rs->interfaces.n = 0;
	return resolve_uri(rs, uri);
}

/* A group on every interface that can multicast: All CoAP Nodes (RFC 7252, Section 12.8), All
 * CoRE Resource Directories (RFC 9176, Section 9.5). */
static int resolve_all(struct resolve *rs, const char *v4, const char *v6, const char *rest)
{
	const char *const hints[] = { "name one with -i, or ask @demo", NULL };
	struct gcoap_iface list[64];
	char uri[GCOAP_URI_MAX + 64];
	bool both = rs->args->v4 == rs->args->v6;
	int n = rs->args->proxy ? 0 : target__multicast(&rs->interfaces, list, 64), status = 0;
	size_t before = *rs->n;
	struct opt_list none = { 0 };

	if (rs->args->proxy) {
		snprintf(uri, sizeof(uri), "coap://%s%s%s%s", !both && rs->args->v6 ? "[" : "",
			 !both && rs->args->v6 ? v6 : v4, !both && rs->args->v6 ? "]" : "", rest);
		return resolve_uri(rs, uri);
	}
	if (n < 0)
		return -n;
	rs->interfaces = none;
	for (int i = 0; !status && i < n; i++) {
		struct opt_list one = { .n = 1 };
		const char *name = list[i].name;

		one.items = &name;
		rs->interfaces = one;
		if (list[i].v4.family && (both || rs->args->v4)) {
			snprintf(uri, sizeof(uri), "coap://%s%s", v4, rest);
			status = resolve_uri(rs, uri);
		}
		if (!status && list[i].v6.family && (both || rs->args->v6)) {
			snprintf(uri, sizeof(uri), "coap://[%s]%s", v6, rest);
			status = resolve_uri(rs, uri);
		}
	}
	if (!status && *rs->n == before)
		return cli_error(CLI_LOCAL, hints, "no interface here can multicast");
	return status;
}

/* A bare IPv6 address, with or without its zone and a path: brackets are put around it. NULL:
 * it is none, or there is no memory. */
static char *bracketed(const char *text)
{
	size_t len = strcspn(text, "/?[]");
	const char *colon = memchr(text, ':', len);
	char *uri;

	if (!colon || !memchr(colon + 1, ':', len - (size_t)(colon + 1 - text)) ||
	    strspn(text, "0123456789abcdefABCDEF:.") < strcspn(text, "%/?"))
		return NULL;
	return asprintf(&uri, "[%.*s]%s", (int)len, text, text + len) < 0 ? NULL : uri;
}

int target_resolve(const char *text, const struct target_args *args, struct target **out,
		   size_t *n)
{
	struct resolve rs = { .text = text, .args = args, .interfaces = args->interfaces,
			      .out = out, .n = n };
	char *uri = NULL;
	int status;

	if (strlen(text) >= GCOAP_URI_MAX)
		return cli_usage("the target is longer than %d bytes", GCOAP_URI_MAX - 1);
	if (!strncmp(text, "@demo", 5) && (!text[5] || strchr("/?", text[5])) && !config_group("demo"))
		status = resolve_demo(&rs, text + 5);
	else if (text[0] == '@')
		status = resolve_group(&rs, text + 1);
	else if (!strncmp(text, "all", 3) && (!text[3] || strchr("/?", text[3])))
		status = resolve_all(&rs, ALL_V4, ALL_V6, text + 3);
	else if (!strncmp(text, "all-rd", 6) && (!text[6] || strchr("/?", text[6])))
		status = resolve_all(&rs, RD_V4, RD_V6, text + 6);
	else
		status = resolve_uri(&rs, (uri = bracketed(text)) ? uri : text);
	free(uri);
	free(rs.members);
	return status;
}
