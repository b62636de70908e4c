/* The rd profile: the first member is a Resource Directory that knows the others. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RD_ENTRIES_MAX 20000
#define RD_BYTES_MAX (64u << 20)
#define FOREVER "lt=4294967295"

bool sim_is_directory(void *arg, uint32_t member)
{
	(void)arg;
	return member == 0;
}

bool sim_is_server(void *arg, uint32_t member)
{
	(void)arg;
	return member != 0;
}

/* The directories' own addresses are the first member's alone. */
bool sim_joined(void *arg, uint32_t member, const struct gcoap_addr *group)
{
	const struct sim *s = arg;

	for (size_t i = 0; i < s->n_usual; i++)
		if (gcoap_addr_same_host(&s->groups[i], group))
			return true;
	return sim_is_directory(arg, member);
}

int sim_rd(const struct gcoap_call *c, struct gcoap_reply *r)
{
	struct sim *s = c->arg;

	if (c->resource->below)
		return gcoap_rd_location(s->rd, c, r);
	if (strcmp(c->resource->path, GCOAP_RD_PATH_ENDPOINTS) == 0)
		return gcoap_rd_endpoints(s->rd, c, r);
	if (strcmp(c->resource->path, GCOAP_RD_PATH_RESOURCES) == 0)
		return gcoap_rd_resources(s->rd, c, r);
	return gcoap_rd_register(s->rd, c, r);
}

/* "base=coap://…", as short as it can be. */
static void put_base(char *buf, size_t cap, const struct gcoap_addr *a)
{
	char host[GCOAP_ADDR_TEXT];

	if (a->port == GCOAP_PORT)
		snprintf(buf, cap, a->family == 6 ? "base=coap://[%s]" : "base=coap://%s",
			 gcoap_addr_format_host(a, host));
	else
		snprintf(buf, cap, "base=coap://%s", gcoap_addr_format(a, host));
}

static int enter(struct sim *s, const char *ep, const char *attribute,
		 const struct gcoap_addr *base, const char *links)
{
	char ep_param[40], base_param[GCOAP_ADDR_TEXT + 16];
	struct gcoap_bytes params[4];
	uint32_t id;

	snprintf(ep_param, sizeof(ep_param), "ep=%s", ep);
	put_base(base_param, sizeof(base_param), base);
	params[0] = gcoap_bytes_text(ep_param);
	params[1] = gcoap_bytes_text(attribute);
	params[2] = gcoap_bytes_text(base_param);
	params[3] = gcoap_bytes_text(FOREVER);
	return gcoap_rd_add(s->rd, params, 4, gcoap_bytes_text(links), base, gcoap_now(), &id,
			    NULL) == GCOAP_CREATED ? 0 : GCOAP_ENOMEM;
}

/* What a server lists at /.well-known/core. */
static char *format_links(const struct sim *s)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	for (size_t i = 0; i < s->n_resources; i++) {
		const struct gcoap_resource *r = &s->resources[i];

		if (r->attrs && r->present == sim_is_server)
			fprintf(f, "%s<%s>%s%s", ftell(f) > 0 ? "," : "", r->path,
				*r->attrs ? ";" : "", r->attrs);
	}
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

static int enter_servers(struct sim *s)
{
	static const char *const sectors[] = { "d=downstairs", "d=upstairs" };
	char *links = format_links(s), name[32];
	struct gcoap_addr base;
	int r = links ? 0 : GCOAP_ENOMEM;

	for (uint32_t i = 1; !r && i < s->args->members; i++) {
		sim_address_of(s, i, 4, &base);
		r = enter(s, sim_name(i, name), sectors[i % 2], &base, links);
	}
	free(links);
	return r;
}

int sim_rd_start(struct sim *s)
{
	static const char group[] = "et=core.rd-group";
	int r = gcoap_rd_new(&s->rd, RD_ENTRIES_MAX, RD_BYTES_MAX);

	if (r >= 0)
		r = enter_servers(s);
	if (r >= 0)
		r = enter(s, "lights", group, &s->groups[0],
			  "</light>;rt=\"light\";if=\"core.a\";ct=\"0 110\";obs,"
			  "</gp/gp1>;rt=\"g.light\",</gp/gp1/light>;rt=\"light\";if=\"core.a\"");
	if (r >= 0)
		r = enter(s, "sensors", group, &s->groups[s->n_usual - 1],
			  "</temp>;rt=\"temperature\";if=\"core.s\";ct=\"110 112 0\";obs,"
			  "</gp/gp1/temperature>;rt=\"temperature\";if=\"core.s\"");
	return r;
}
