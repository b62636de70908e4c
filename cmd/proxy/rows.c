/* The arguments that say who and what: rows of the library's configuration. */
#include "setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "common/config.h"

int setup_oom(void)
{
	return cli_error(CLI_LOCAL, NULL, "out of memory");
}

char *setup_keep(struct proxy_rows *r, const char *text, size_t len)
{
	char **more = realloc(r->texts, (r->n_texts + 1) * sizeof(*more));

	if (!more)
		return NULL;
	r->texts = more;
	more[r->n_texts] = strndup(text, len);
	return more[r->n_texts] ? more[r->n_texts++] : NULL;
}

/* A URI with its zone does not want -i, which is for those that say nothing. */
int setup_group(const struct proxy_args *a, const char *option, const char *text,
		struct target **list, size_t *n)
{
	const char *const hints[] = { "single servers are allowed with --allow-target", NULL };
	struct target_args where = { .interfaces = { .n = a->interface ? 1 : 0 } };
	size_t before = *n;
	struct gcoap_uri uri;
	int status;

	where.interfaces.items = (const char **)&a->interface;
	if (gcoap_uri_parse(&uri, text, NULL) == 0 && uri.zone[0])
		where.interfaces.n = 0;
	status = target_resolve(text, &where, list, n);
	for (size_t i = before; !status && i < *n; i++) {
		if (!(*list)[i].group)
			status = cli_error(CLI_USAGE, hints, "%s %s: not a group", option, text);
		else if ((*list)[i].parsed.query.ptr)
			status = cli_error(CLI_USAGE, NULL, "%s %s: a query cannot stand here",
					   option, text);
	}
	return status;
}

int setup_groups(struct proxy *p)
{
	struct proxy_rows *r = &p->rows;
	const struct opt_list *list = &p->args->groups;
	int status = 0;

	for (size_t i = 0; !status && i < list->n; i++)
		status = setup_group(p->args, "--allow-group", list->items[i], &r->groups,
				     &r->n_groups);
	if (status || !r->n_groups)
		return status;
	r->group_rows = calloc(r->n_groups, sizeof(*r->group_rows));
	if (!r->group_rows)
		return setup_oom();
	for (size_t i = 0; i < r->n_groups; i++)
		r->group_rows[i] = (struct gcoap_proxy_group){
			.uri = r->groups[i].parsed, .addr = r->groups[i].to,
			.ifindex = r->groups[i].ifindex, .members = r->groups[i].members,
			.n_members = r->groups[i].n_members
		};
	p->config.groups = r->group_rows;
	p->config.n_groups = r->n_groups;
	return 0;
}

struct target *setup_group_find(struct proxy_rows *r, const char *text, struct target *after)
{
	for (size_t i = after ? (size_t)(after - r->groups) + 1 : 0; i < r->n_groups; i++) {
		if (!strcmp(r->groups[i].text, text) || !strcmp(r->groups[i].uri, text))
			return &r->groups[i];
	}
	return NULL;
}

int setup_not_allowed(const char *option, const char *text, const char *group)
{
	char hint[GCOAP_URI_MAX + 64];
	const char *hints[] = { hint, NULL };

	snprintf(hint, sizeof(hint), "add --allow-group '%s'", group);
	return cli_error(CLI_USAGE, hints, "%s %s: that group is not allowed", option, text);
}

/* ---- who may ask ---- */

static int client_net(const char *text, const char *addr, struct gcoap_proxy_client *row)
{
	const char *const hints[] = { "10.0.0.0/8, 2001:db8::/32, or id:NAME for an identity that "
				      "looks like an address", NULL };
	const char *why;

	if (proxy_net_parse(addr, &row->net, &row->prefix, &why) < 0)
		return cli_error(CLI_USAGE, hints, "--allow-client %s: %s", text, why);
	return 0;
}

/*
 * CIDR or IDENTITY, and behind the last '=' a group. What looks like a group there has to be
 * one; else the '=' belongs to the identity ("CN=alice").
 */
static int client_add(struct proxy *p, const char *text, struct gcoap_proxy_client *row)
{
	struct proxy_rows *r = &p->rows;
	const char *eq = strrchr(text, '='), *behind = eq ? eq + 1 : "";
	const struct target *group = eq ? setup_group_find(r, behind, NULL) : NULL;
	bool by_name = !strncmp(text, "id:", 3);
	size_t len = group ? (size_t)(eq - text) : strlen(text);
	char *who;

	if (eq && !group && (strstr(behind, "://") || behind[0] == '@'))
		return setup_not_allowed("--allow-client", text, behind);
	who = setup_keep(r, text, len);
	if (!who)
		return setup_oom();
	if (!*(by_name ? who + 3 : who))
		return cli_error(CLI_USAGE, NULL, "--allow-client %s: nobody is named", text);
	row->group = group ? group->uri : NULL;
	if (!by_name && proxy_net_like(who))
		return client_net(text, who, row);
	row->identity = by_name ? who + 3 : who;
	return 0;
}

/* One "--allow-client X=@demo" may stand for several groups. */
static int client_more(struct proxy_rows *r, struct gcoap_proxy_client **rows, size_t *n,
		       const char *text)
{
	const char *eq = strrchr(text, '=');
	struct target *t = eq ? setup_group_find(r, eq + 1, NULL) : NULL;

	while (t && (t = setup_group_find(r, eq + 1, t))) {
		struct gcoap_proxy_client *more = realloc(*rows, (*n + 1) * sizeof(*more));

		if (!more)
			return setup_oom();
		*rows = more;
		more[*n] = more[*n - 1];
		more[(*n)++].group = t->uri;
	}
	return 0;
}

int setup_clients(struct proxy *p)
{
	struct proxy_rows *r = &p->rows;
	const struct opt_list *list = &p->args->clients;
	size_t n = 0;
	int status = 0;

	for (size_t i = 0; !status && i < list->n; i++) {
		struct gcoap_proxy_client *more = realloc(r->clients, (n + 1) * sizeof(*more));

		if (!more)
			return setup_oom();
		r->clients = more;
		more[n] = (struct gcoap_proxy_client){ 0 };
		status = client_add(p, list->items[i], &more[n++]);
		if (!status)
			status = client_more(r, &r->clients, &n, list->items[i]);
	}
	p->config.clients = r->clients;
	p->config.n_clients = n;
	return status;
}

int setup_targets(struct proxy *p)
{
	const char *const hints[] = { "10.77.0.0/16, 2001:db8::/32", NULL };
	const struct opt_list *list = &p->args->targets;
	struct gcoap_proxy_target *rows = calloc(list->n + 1, sizeof(*rows));
	const char *why;

	p->rows.targets = rows;
	if (!rows)
		return setup_oom();
	for (size_t i = 0; i < list->n; i++) {
		if (proxy_net_parse(list->items[i], &rows[i].net, &rows[i].prefix, &why) < 0)
			return cli_error(CLI_USAGE, hints, "--allow-target %s: %s", list->items[i],
					 why);
	}
	p->config.targets = rows;
	p->config.n_targets = list->n;
	return 0;
}

/* ---- who is in a group ---- */

static int member_list(struct target *t, const char *text, const char *list)
{
	struct gcoap_addr *members = calloc(strlen(list) / 2 + 1, sizeof(*members));
	const char *const hints[] = { "10.77.0.2,10.77.0.3:5690, or \"learned\"", NULL };
	char one[GCOAP_ADDR_TEXT];
	size_t n = 0;

	if (!members)
		return setup_oom();
	free((struct gcoap_addr *)t->members);
	t->members = members;
	t->n_members = 0;
	for (;;) {
		size_t len = strcspn(list, ",");

		snprintf(one, sizeof(one), "%.*s", (int)len, list);
		if (len >= sizeof(one) || config_endpoint(one, &members[n]) < 0 ||
		    gcoap_addr_is_multicast(&members[n]))
			return cli_error(CLI_USAGE, hints, "--members %s: \"%s\" is no server's address",
					 text, one);
		if (!members[n].port)
			members[n].port = t->to.port;
		t->n_members = ++n;
		if (!list[len])
			return 0;
		list += len + 1;
	}
}

int setup_members(struct proxy *p)
{
	const struct opt_list *list = &p->args->members;
	struct target *t;
	int status = 0;

	for (size_t i = 0; !status && i < list->n; i++) {
		const char *text = list->items[i], *eq = strrchr(text, '=');
		char *group = eq ? setup_keep(&p->rows, text, (size_t)(eq - text)) : NULL;

		if (!eq)
			return cli_usage("--members %s: want GROUP-URI=ADDR,... or "
					 "GROUP-URI=learned", text);
		if (!group)
			return setup_oom();
		t = setup_group_find(&p->rows, group, NULL);
		if (!t)
			return setup_not_allowed("--members", text, group);
		for (; !status && t; t = setup_group_find(&p->rows, group, t)) {
			if (!strcmp(eq + 1, "learned"))
				p->rows.group_rows[t - p->rows.groups].learn_members = true;
			else
				status = member_list(t, text, eq + 1);
		}
	}
	for (size_t i = 0; !status && i < p->rows.n_groups; i++) {
		p->rows.group_rows[i].members = p->rows.groups[i].members;
		p->rows.group_rows[i].n_members = p->rows.groups[i].n_members;
	}
	return status;
}
