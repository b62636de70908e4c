/* --dry-run: the engine runs, the socket does not. */
#include <net/if.h>
#include "common/cli.h"
#include "get.h"

static void show(const struct get *g, const struct target *t, const struct gcoap_datagram *d)
{
	char to[GCOAP_ADDR_TEXT], name[IF_NAMESIZE] = "";
	gcoap_time wait = ask_timeout(&g->args->ask.wait, t);
	struct gcoap_msg m;

	printf("would send %zu bytes to %s", d->data.len, gcoap_addr_format(&d->to, to));
	if (t->ifindex != 0 && if_indextoname(t->ifindex, name) != NULL)
		printf(" on %s", name);
	else
		printf(" by route");
	printf(", then wait %.3g s for %s\n", (double)wait / GCOAP_SECOND,
	       t->group ? "answers" : "the answer");
	if (gcoap_msg_decode(&m, d->data, NULL) == 0) {
		printf("  ");
		trace_head(stdout, &m);
		printf("\n");
		trace_options(stdout, &g->registry, &m);
	}
	trace_hex(stdout, d->data);
}

/* An engine for each target, so that requests to one group do not wait for each other. */
static int try_one(struct get *g, const struct target *t)
{
	struct gcoap_engine *engine;
	struct gcoap_datagram d;
	gcoap_time now = gcoap_now();
	int status = get_client_open(g);

	if (status == CLI_OK)
		status = get_ask_one(g, t, now);
	if (status == CLI_OK) {
		engine = gcoap_client_engine(g->client);
		if (engine->send(engine, &d, now) == 1)
			show(g, t, &d);
	}
	gcoap_client_free(&g->client);
	return status;
}

int get_dry_run(struct get *g)
{
	int status = CLI_OK;

	for (size_t i = 0; i < g->n_targets && status == CLI_OK; i++)
		status = try_one(g, &g->targets[i]);
	return status;
}
