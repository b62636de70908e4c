/* The options of gcoap-sim, and what they resolve to. */
#include "sim.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"

#define ROW(type, member) type, offsetof(struct sim_args, member)

static const struct opt group_rows[] = {
	{ 'n', "members", "N", "how many servers: 1 to 10000", ROW(OPT_UINT, members),
	  .shown = "5" },
	{ 0, "profile", "NAME", "what they serve", ROW(OPT_CHOICE, profile), .shown = "lights",
	  .choices = SIM_PROFILES },
	{ 0, "leisure", "DUR", "answers to the group spread over so long",
	  ROW(OPT_DURATION, leisure), .shown = "5s" },
	{ 0, "every", "DUR", "how often sensors change", ROW(OPT_DURATION, every),
	  .shown = "5s" },
	{ 0, "big", "SIZE", "length of /big", ROW(OPT_SIZE, big), .shown = "1500" },
	{ 0, "links", "N", "N more links in /.well-known/core: 0 to 10000",
	  ROW(OPT_UINT, links), .shown = "0" },
	{ 0, "no-etag", NULL, "answers without ETag", ROW(OPT_FLAG, no_etag) },
	{ 0, "same-etag", NULL, "every server uses the same ETags", ROW(OPT_FLAG, same_etag) },
	{ 0, "lying-etag", NULL, "an ETag stays although the body changes",
	  ROW(OPT_FLAG, lying_etag) },
	{ 0 },
};
static const struct opt fault_rows[] = {
	{ 0, "loss", "PERCENT", "answers that are lost", ROW(OPT_PERCENT, loss), .shown = "0" },
	{ 0, "dup", "PERCENT", "answers that are sent twice", ROW(OPT_PERCENT, dup),
	  .shown = "0" },
	{ 0, "late", "PERCENT", "answers that come after the leisure and 2.5 s more",
	  ROW(OPT_PERCENT, late), .shown = "0" },
	{ 0, "error", "PERCENT", "answers that are 5.00", ROW(OPT_PERCENT, error),
	  .shown = "0" },
	{ 0 },
};
static const struct opt net_rows[] = {
	{ 0, "listen", "ADDR[:PORT]", "interface, by its address, and port",
	  ROW(OPT_STRING, listen), .shown = "127.0.0.1:5683" },
	{ 0, "group", "ADDR", "group to join; repeatable", ROW(OPT_LIST, groups),
	  .shown = "224.0.1.187" },
	{ 0, "first-address", "ADDR", "address of the first server", ROW(OPT_STRING, first_address),
	  .shown = "127.77.0.1" },
	{ 0, "netns", NULL, "run the command behind -- beside the group, in a network "
	  "namespace of its own with IPv4 and IPv6; exit with its status", ROW(OPT_FLAG, netns),
	  .end_of_options = true },
	{ 0 },
};
static const struct opt run_rows[] = {
	{ 0, "dialect", "NAME", "which drafts' rules to follow", ROW(OPT_CHOICE, dialect),
	  .env = "GCOAP_DIALECT", .shown = "tiloca-05", .choices = "tiloca-05 ietf" },
	{ 0, "option-number", "NAME=N", "number of an option without an assigned one; "
	  "repeatable", ROW(OPT_LIST, option_numbers), .env = "GCOAP_OPTION_NUMBERS" },
	{ 0, "seed", "N", "repeat the same random choices", ROW(OPT_UINT, seed) },
	{ 0, "duration", "DUR", "end after so long", ROW(OPT_DURATION, duration) },
	{ 0, "json", NULL, "one JSON object a request received, and a summary",
	  ROW(OPT_FLAG, json) },
	{ 'q', "quiet", NULL, "no ready line", ROW(OPT_COUNT, quiet) },
	{ 0 },
};
static const struct opt_group groups[] = {
	{ "The group", group_rows, 0 },
	{ "Faults", fault_rows, 0 },
	{ "Network", net_rows, 0 },
	{ "Run", run_rows, 0 },
	{ 0 },
};

const struct opt_command sim_command = {
	.name = "gcoap-sim",
	.usage = "[OPTION]... | [OPTION]... --netns -- COMMAND...",
	.promise = "a simulated CoAP group: one process plays many servers on loopback",
	.example = "  gcoap-sim -n 5 &\n"
		   "  gcoap-get @demo/temp\n"
		   "  gcoap-sim -n 100 --netns -- gcoap-get 'coap://[ff02::fd%lo]/temp'",
	.groups = groups,
	.no_config = true,
};

static int set_numbers(struct sim *s)
{
	gcoap_registry_init(&s->registry);
	for (size_t i = 0; i < s->args->option_numbers.n; i++) {
		const char *item = s->args->option_numbers.items[i];
		const char *eq = strchr(item, '=');
		char name[64];
		uint32_t number;

		if (!eq || (size_t)(eq - item) >= sizeof(name) || opt_uint(eq + 1, &number) < 0)
			return cli_usage("--option-number: \"%s\" is not NAME=N", item);
		memcpy(name, item, (size_t)(eq - item));
		name[eq - item] = '\0';
		if (gcoap_registry_set(&s->registry, name, number) < 0)
			return cli_usage("--option-number: cannot give %s the number %u", name,
					 number);
	}
	return 0;
}

/* --listen: the port, and the interface that has the address. */
static int set_listen(struct sim *s)
{
	const char *text = s->args->listen ? s->args->listen : "127.0.0.1";
	char host[GCOAP_ADDR_TEXT];
	struct gcoap_iface iface;

	if (gcoap_addr_parse(&s->listen, text, GCOAP_PORT) < 0 || !s->listen.port)
		return cli_usage("--listen: \"%s\" is not an address", text);
	if (s->listen.port == GCOAP_PORT_SECURE)
		return cli_usage("--listen: port 5684 is not for groups");
	gcoap_addr_format_host(&s->listen, host);
	if (gcoap_addr_is_loopback(&s->listen))
		memcpy(host, "lo", 3);
	if (gcoap_iface_find(host, &iface) < 0) {
		cli_warn("--listen: no interface here has the address %s", host);
		return CLI_LOCAL;
	}
	memcpy(s->device, iface.name, sizeof(s->device));
	s->ifindex = iface.index;
	return 0;
}

static int set_addresses(struct sim *s)
{
	const char *text = s->args->first_address;
	uint32_t low;

	if (gcoap_addr_parse(&s->first4, text, s->listen.port) < 0 || s->first4.family != 4 ||
	    gcoap_addr_is_multicast(&s->first4))
		return cli_usage("--first-address: \"%s\" is not an IPv4 address of a server",
				 text);
	s->first4.port = s->listen.port;
	low = (uint32_t)s->first4.bytes[2] << 8 | s->first4.bytes[3];
	if (low + s->args->members > 0x10000)
		return cli_usage("--first-address: no room for %u servers behind %s",
				 s->args->members, text);
	return gcoap_addr_parse(&s->first6, "fd77::77:0:0", s->listen.port) < 0 ? CLI_BUG : 0;
}

static int add_group(struct sim *s, const char *text)
{
	struct gcoap_addr *g = &s->groups[s->n_groups];

	if (s->n_groups == SIM_GROUPS_MAX)
		return cli_usage("--group: more than %d groups", SIM_GROUPS_MAX);
	if (gcoap_addr_parse(g, text, s->listen.port) < 0 || !gcoap_addr_is_multicast(g))
		return cli_usage("--group: \"%s\" is not a multicast address", text);
	if (g->port != s->listen.port)
		return cli_usage("--group: all groups share the port of --listen, %u",
				 s->listen.port);
	g->scope = 0;
	s->v4 |= g->family == 4;
	s->v6 |= g->family == 6;
	s->n_groups++;
	return 0;
}

static int set_groups(struct sim *s)
{
	static const char *const usual[] = { "224.0.1.187", "ff02::fd", "ff05::fd" };
	size_t n = s->args->netns ? 3 : 1;
	int r = 0;

	s->v4 = true;
	s->v6 = s->args->netns;
	for (size_t i = 0; !r && i < s->args->groups.n; i++)
		r = add_group(s, s->args->groups.items[i]);
	for (size_t i = 0; !r && !s->args->groups.n && i < n; i++)
		r = add_group(s, usual[i]);
	s->n_usual = s->n_groups;
	if (strcmp(s->args->profile, "rd") != 0)
		return r;
	/* All CoRE Resource Directories (RFC 9176, Section 9.5). */
	if (!r)
		r = add_group(s, "224.0.1.190");
	for (size_t i = 0; !r && s->v6 && i < 2; i++)
		r = add_group(s, i ? "ff05::fe" : "ff02::fe");
	return r;
}

int sim_setup(struct sim *s, const struct sim_args *args)
{
	int r;

	s->args = args;
	if (args->members < 1 || args->members > SIM_MEMBERS_MAX)
		return cli_usage("--members: %u is not between 1 and %d", args->members,
				 SIM_MEMBERS_MAX);
	if (args->big > 1u << 30)
		return cli_usage("--big: more than 1 GiB");
	if (args->links > SIM_LINKS_MAX)
		return cli_usage("--links: more than %d", SIM_LINKS_MAX);
	if (args->every < 1 || args->leisure < 0)
		return cli_usage("--every must be more than 0");
	r = set_numbers(s);
	if (!r)
		r = set_listen(s);
	if (!r)
		r = set_addresses(s);
	if (!r)
		r = set_groups(s);
	if (r)
		return r;
	s->seed = args->seed;
	if (!opt_given("seed")) {
		gcoap_random_init(&s->random);
		if (gcoap_random_fill(&s->random, &s->seed, sizeof(s->seed)) < 0)
			return CLI_LOCAL;
	}
	gcoap_random_init_seed(&s->random, s->seed ^ 0xfa7e);
	s->members = calloc(args->members, sizeof(*s->members));
	if (!s->members || sim_profile(s) < 0) {
		cli_warn("%s", gcoap_strerror(GCOAP_ENOMEM));
		return CLI_LOCAL;
	}
	return 0;
}
