/* The socket that all targets share. */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include "cli.h"
#include "run.h"

/* The payload that "about so many answers" speaks of, and what the kernel charges for one. */
#define SMALL_ANSWER 100
#define SMALL_CHARGE 832

static void on_datagram(void *arg, enum gcoap_direction dir, const struct gcoap_datagram *d)
{
	struct run *run = arg;
	struct trace trace = run->trace;

	trace.over = NULL;
	if (trace.level > 0)
		trace_datagram(&trace, dir, d);
	if (run->capture != NULL)
		gcoap_capture_write(run->capture, dir, d);
}

static int bind_to(const struct run *run, struct gcoap_udp_config *config)
{
	const char *text = run->args->ask.where.source;

	if (text == NULL)
		return CLI_OK;
	if (gcoap_addr_parse(&config->bind, text, 0) < 0)
		return cli_usage("--source \"%s\": want an address of this host, or ADDR:PORT",
				 text);
	for (size_t i = 0; i < run->n_targets; i++) {
		if (run->targets[i].to.family != config->bind.family)
			return cli_usage("--source %s cannot send to %s: another IP version", text,
					 run->targets[i].uri);
	}
	return CLI_OK;
}

static int open_failed(const struct run *run, int r, const struct gcoap_diag *diag)
{
	static const char *const not_ours[] = { "ip -brief address shows those of this host", NULL };
	const char *source = run->args->ask.where.source;
	int error = errno;

	if (r == GCOAP_EBUSY)
		return cli_error(CLI_LOCAL, NULL, "--source %s: the port is in use", source);
	if (error == EADDRNOTAVAIL && source != NULL)
		return cli_error(CLI_LOCAL, not_ours, "--source %s is not an address of this host",
				 source);
	return cli_error(CLI_LOCAL, NULL, "cannot open a UDP endpoint: %s: %s",
			 diag->what != NULL ? diag->what : "socket",
			 error != 0 ? strerror(error) : gcoap_strerror(r));
}

int run_endpoint_new(struct run *run, uint32_t expect, struct gcoap_udp **out)
{
	struct gcoap_udp_config config = {
		.hops = (int)run->args->ask.where.hops,
		.errors = true,
		.expect = expect,
	};
	struct gcoap_diag diag = { 0 };
	int r, status;

	if (config.hops > 255 || (config.hops == 0 && opt_given("hops")))
		return cli_usage("--hops %d: want 1 to 255", config.hops);
	for (size_t i = 0; i < run->n_targets; i++) {
		config.v4 = config.v4 || run->targets[i].to.family == 4;
		config.v6 = config.v6 || run->targets[i].to.family == 6;
		/* What follows goes to servers that the proxy names, of either family. */
		if (run->targets[i].reverse ||
		    (run->targets[i].proxy != NULL && run->targets[i].group))
			config.v4 = config.v6 = true;
	}
	status = bind_to(run, &config);
	if (status != CLI_OK)
		return status;
	if (run->trace.level > 0 || run->capture != NULL) {
		config.tap = on_datagram;
		config.tap_arg = run;
	}
	errno = 0;
	r = gcoap_udp_open(out, &config, &diag);
	return r < 0 ? open_failed(run, r, &diag) : CLI_OK;
}

void run_endpoint_warn(const struct gcoap_udp *udp, uint32_t expect)
{
	uint32_t holds = gcoap_udp_capacity(udp, SMALL_ANSWER);

	if (expect <= holds)
		return;
	cli_warn("the receive buffer holds about %u answers at once, %u are expected", holds,
		 expect);
	cli_hint("sudo sysctl -w net.core.rmem_max=%llu",
		 (unsigned long long)expect * SMALL_CHARGE / 2 + 1);
}

int run_endpoint_open(struct run *run)
{
	uint32_t expect = run->args->ask.wait.expect;
	int status;

	if (expect < run->message.n_expect_from)
		expect = (uint32_t)run->message.n_expect_from;
	status = run_endpoint_new(run, expect, &run->udp);
	if (status == CLI_OK)
		run_endpoint_warn(run->udp, expect);
	return status;
}

bool run_way_out(const struct run *run, const struct target *t, struct gcoap_addr *local,
		 uint32_t *ifindex)
{
	char text[GCOAP_ADDR_TEXT];
	struct gcoap_addr bound;
	struct gcoap_iface iface;

	*ifindex = t->ifindex;
	memset(local, 0, sizeof(*local));
	if (run->udp == NULL || gcoap_udp_source_for(run->udp, &t->to, t->ifindex, local) < 0)
		return false;
	gcoap_udp_local(run->udp, t->to.family, &bound);
	local->port = bound.port;
	if (*ifindex == 0 && gcoap_iface_find(gcoap_addr_format_host(local, text), &iface) == 0)
		*ifindex = iface.index;
	return true;
}
