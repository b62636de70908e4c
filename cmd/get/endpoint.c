/* The socket that all targets share. */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include "common/cli.h"
#include "get.h"

/* The payload that "about so many answers" speaks of, and what the kernel charges for one. */
#define SMALL_ANSWER 100
#define SMALL_CHARGE 832

static void on_datagram(void *arg, enum gcoap_direction dir, const struct gcoap_datagram *d)
{
	struct get *g = arg;

	if (g->trace.level > 0)
		trace_datagram(&g->trace, dir, d);
	if (g->capture != NULL)
		gcoap_capture_write(g->capture, dir, d);
}

static int bind_to(const struct get *g, struct gcoap_udp_config *config)
{
	const char *text = g->args->ask.where.source;

	if (text == NULL)
		return CLI_OK;
	if (gcoap_addr_parse(&config->bind, text, 0) < 0)
		return cli_usage("--source \"%s\": want an address of this host, or ADDR:PORT",
				 text);
	for (size_t i = 0; i < g->n_targets; i++) {
		if (g->targets[i].to.family != config->bind.family)
			return cli_usage("--source %s cannot send to %s: another IP version", text,
					 g->targets[i].uri);
	}
	return CLI_OK;
}

static int open_failed(const struct get *g, int r, const struct gcoap_diag *diag)
{
	const char *source = g->args->ask.where.source;
	int error = errno;

	if (r == GCOAP_EBUSY)
		return cli_error(CLI_LOCAL, NULL, "--source %s: the port is in use", source);
	if (error == EADDRNOTAVAIL && source != NULL)
		return cli_error(CLI_LOCAL, NULL, "--source %s is not an address of this host",
				 source);
	return cli_error(CLI_LOCAL, NULL, "cannot open a UDP endpoint: %s: %s",
			 diag->what != NULL ? diag->what : "socket",
			 error != 0 ? strerror(error) : gcoap_strerror(r));
}

/* Better said before answers are lost than after. */
static void warn_buffer(const struct get *g, uint32_t expect)
{
	uint32_t holds = gcoap_udp_capacity(g->udp, SMALL_ANSWER);

	if (expect <= holds)
		return;
	cli_warn("the receive buffer holds about %u answers at once, %u are expected", holds,
		 expect);
	cli_hint("sudo sysctl -w net.core.rmem_max=%llu",
		 (unsigned long long)expect * SMALL_CHARGE / 2 + 1);
}

int get_endpoint_open(struct get *g)
{
	const struct ask_wait *wait = &g->args->ask.wait;
	struct gcoap_udp_config config = {
		.hops = (int)g->args->ask.where.hops,
		.expect = wait->expect > g->message.n_expect_from ?
				  wait->expect : (uint32_t)g->message.n_expect_from,
	};
	struct gcoap_diag diag = { 0 };
	int r, status;

	if (config.hops > 255)
		return cli_usage("--hops %d: want 1 to 255", config.hops);
	for (size_t i = 0; i < g->n_targets; i++) {
		config.v4 = config.v4 || g->targets[i].to.family == 4;
		config.v6 = config.v6 || g->targets[i].to.family == 6;
	}
	status = bind_to(g, &config);
	if (status != CLI_OK)
		return status;
	if (g->trace.level > 0 || g->capture != NULL) {
		config.tap = on_datagram;
		config.tap_arg = g;
	}
	errno = 0;
	r = gcoap_udp_open(&g->udp, &config, &diag);
	if (r < 0)
		return open_failed(g, r, &diag);
	if (config.expect > 0)
		warn_buffer(g, config.expect);
	return CLI_OK;
}

bool get_way_out(const struct get *g, const struct target *t, struct gcoap_addr *local,
		 uint32_t *ifindex)
{
	static const uint8_t any[16];
	char text[GCOAP_ADDR_TEXT];
	struct gcoap_addr bound;
	struct gcoap_iface iface;

	*ifindex = t->ifindex;
	memset(local, 0, sizeof(*local));
	if (g->udp == NULL || gcoap_udp_source_for(g->udp, &t->to, t->ifindex, local) < 0 ||
	    memcmp(local->bytes, any, sizeof(any)) == 0)
		return false;
	gcoap_udp_local(g->udp, t->to.family, &bound);
	local->port = bound.port;
	if (*ifindex == 0 && gcoap_iface_find(gcoap_addr_format_host(local, text), &iface) == 0)
		*ifindex = iface.index;
	return true;
}
