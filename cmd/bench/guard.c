/* The flood guard: each group request is answered by every server, on everybody's network. */
#include <stdio.h>
#include "common/cli.h"
#include "tool.h"

#define FLOOD 10 /* group requests a second, and so many in all are none */

static bool is_loopback(uint32_t ifindex)
{
	struct gcoap_iface iface;
	char text[16];

	snprintf(text, sizeof(text), "%u", ifindex);
	return ifindex != 0 && gcoap_iface_find(text, &iface) == 0 && iface.loopback;
}

/* Where a proxy sends it is not known here, wherever the proxy is. */
static bool leaves(const struct bench *b, const struct target *t)
{
	struct gcoap_addr local;
	uint32_t ifindex;

	if (!t->group)
		return false;
	return t->proxy != NULL || !run_way_out(&b->run, t, &local, &ifindex) ||
	       !is_loopback(ifindex);
}

int bench_guard(const struct bench *b)
{
	static const char *const hints[] = {
		"every server answers each: give --allow-flood if the network is yours", NULL
	};
	const struct bench_plan *p = &b->plan;
	uint64_t total = bench_plan_total(p);
	size_t n = 0, first = 0;
	const char *where;
	double rate;

	for (size_t i = b->run.n_targets; i-- > 0;) {
		if (leaves(b, &b->run.targets[i])) {
			first = i;
			n++;
		}
	}
	if (n == 0 || b->own->allow_flood || (total > 0 && total <= FLOOD))
		return CLI_OK;
	where = b->run.proxy.uri != NULL ? "through a proxy" : "which is not on loopback";
	if (p->gap == 0)
		return cli_error(CLI_USAGE, hints, "-r max floods %s, %s",
				 b->run.targets[first].uri, where);
	rate = (double)GCOAP_SECOND / (double)p->gap * (double)n / (double)b->run.n_targets;
	if (rate <= FLOOD)
		return CLI_OK;
	return cli_error(CLI_USAGE, hints, "%.4g group requests/s flood %s, %s", rate,
			 b->run.targets[first].uri, where);
}
