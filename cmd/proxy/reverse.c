/* The arguments of a reverse-proxy: paths that lead to groups, addresses that stand for servers. */
#include "setup.h"

#include <stdlib.h>
#include <string.h>
#include "common/cli.h"

/* Is @t one of the allowed groups, or below one? */
static bool group_allowed(const struct proxy_rows *r, const struct target *t)
{
	for (size_t i = 0; i < r->n_groups; i++) {
		struct gcoap_bytes above = r->groups[i].parsed.path, path = t->parsed.path;

		if (!gcoap_addr_equal(&r->groups[i].to, &t->to))
			continue;
		while (above.len && above.ptr[above.len - 1] == '/')
			above.len--;
		if (path.len >= above.len && !memcmp(path.ptr, above.ptr, above.len) &&
		    (path.len == above.len || path.ptr[above.len] == '/'))
			return true;
	}
	return false;
}

static int reverse_path(struct proxy *p, const char *text, size_t len, const char **path)
{
	while (len > 1 && text[len - 1] == '/')
		len--;
	if (text[0] != '/')
		return cli_usage("--reverse %s: want PATH=GROUP-URI with a path that begins with /",
				 text);
	*path = setup_keep(&p->rows, text, len);
	if (!*path)
		return setup_oom();
	for (size_t i = 0; i < p->rows.n_reverse; i++) {
		if (!strcmp(p->rows.reverse[i].path, *path))
			return cli_usage("--reverse: %s is there twice", *path);
	}
	if (!strncmp(*path, "/.well-known", 12) || !strcmp(*path, "/"))
		return cli_usage("--reverse %s: the proxy's own resources are there", text);
	return 0;
}

static int reverse_add(struct proxy *p, const char *text)
{
	struct proxy_rows *r = &p->rows;
	const char *eq = strchr(text, '='), *path = NULL;
	size_t before = r->n_reverse;
	int status;

	if (!eq)
		return cli_usage("--reverse %s: want PATH=GROUP-URI", text);
	status = reverse_path(p, text, (size_t)(eq - text), &path);
	if (!status)
		status = setup_group(p->args, "--reverse", eq + 1, &r->reverse_groups,
				     &r->n_reverse);
	if (status)
		return status;
	if (r->n_reverse != before + 1)
		return cli_usage("--reverse %s: that is more than one group", text);
	if (!group_allowed(r, &r->reverse_groups[before]))
		return setup_not_allowed("--reverse", text, r->reverse_groups[before].uri);
	r->reverse[before] = (struct gcoap_proxy_reverse){ .path = path };
	return 0;
}

int setup_reverse(struct proxy *p)
{
	struct proxy_rows *r = &p->rows;
	const struct opt_list *list = &p->args->reverse;
	int status = 0;

	r->reverse = calloc(list->n + 1, sizeof(*r->reverse));
	if (!r->reverse)
		return setup_oom();
	for (size_t i = 0; !status && i < list->n; i++)
		status = reverse_add(p, list->items[i]);
	for (size_t i = 0; !status && i < list->n; i++) {
		r->reverse[i].group = r->reverse_groups[i].parsed;
		r->reverse[i].addr = r->reverse_groups[i].to;
		r->reverse[i].ifindex = r->reverse_groups[i].ifindex;
	}
	p->config.reverse = r->reverse;
	p->config.n_reverse = list->n;
	return status;
}

/* [SCHEME://]ADDR[:PORT] */
static int alias_ours(const char *text, struct gcoap_proxy_alias *row)
{
	const char *colon = strstr(text, "://");

	row->scheme = GCOAP_SCHEME_COAP;
	if (colon && (gcoap_scheme_parse(text, (size_t)(colon - text), &row->scheme) < 0 ||
		      row->scheme > GCOAP_SCHEME_COAPS_TCP))
		return cli_usage("--alias %s: only coap, coaps, coap+tcp and coaps+tcp can be "
				 "listened for", text);
	if (gcoap_addr_parse(&row->ours, colon ? colon + 3 : text,
			     gcoap_scheme_port(row->scheme)) < 0 ||
	    !row->ours.port || !gcoap_addr_is_source(&row->ours))
		return cli_usage("--alias: \"%s\" is no address of a host", text);
	return 0;
}

static int alias_add(struct proxy *p, const char *text, struct gcoap_proxy_alias *row)
{
	const char *eq = strchr(text, '=');
	char *ours = eq ? setup_keep(&p->rows, text, (size_t)(eq - text)) : NULL;
	int status;

	if (!eq)
		return cli_usage("--alias %s: want OURS=SERVER, two addresses", text);
	if (!ours)
		return setup_oom();
	status = alias_ours(ours, row);
	if (status)
		return status;
	if (gcoap_addr_parse(&row->server, eq + 1, GCOAP_PORT) < 0 ||
	    !gcoap_addr_is_source(&row->server))
		return cli_usage("--alias %s: \"%s\" is no address of a host", text, eq + 1);
	for (const struct gcoap_proxy_alias *a = p->rows.aliases; a < row; a++) {
		if (a->scheme != row->scheme)
			continue;
		if (gcoap_addr_equal(&a->ours, &row->ours))
			return cli_usage("--alias: %s is there twice", ours);
		if (gcoap_addr_equal(&a->server, &row->server))
			return cli_usage("--alias: %s is there twice", eq + 1);
	}
	return 0;
}

int setup_aliases(struct proxy *p)
{
	const struct opt_list *list = &p->args->aliases;
	int status = 0;

	p->rows.aliases = calloc(list->n + 1, sizeof(*p->rows.aliases));
	if (!p->rows.aliases)
		return setup_oom();
	for (size_t i = 0; !status && i < list->n; i++)
		status = alias_add(p, list->items[i], &p->rows.aliases[i]);
	p->config.aliases = p->rows.aliases;
	p->config.n_aliases = list->n;
	return status;
}
