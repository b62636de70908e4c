/* --dry-run: the engine runs, the socket does not. */
#include <net/if.h>
#include <string.h>
#include "common/cli.h"
#include "get.h"

/* The text is the output of a table for people; beside records for scripts it is a remark. */
static FILE *text_stream(const struct get *g)
{
	const struct output_args *o = &g->args->output;

	return o->json || o->write_out != NULL || strcmp(o->format, "table") != 0 ? stderr :
										    stdout;
}

static void show(const struct get *g, const struct target *t, const struct gcoap_datagram *d)
{
	char to[GCOAP_ADDR_TEXT], from[GCOAP_ADDR_TEXT], name[IF_NAMESIZE] = "?";
	gcoap_time wait = ask_timeout(&g->args->ask.wait, t);
	FILE *out = text_stream(g);
	struct gcoap_addr local;
	struct gcoap_msg m;
	uint32_t ifindex;

	fprintf(out, "would send %zu bytes to %s", d->data.len, gcoap_addr_format(&d->to, to));
	if (get_way_out(g, t, &local, &ifindex)) {
		if_indextoname(ifindex, name);
		local.scope = 0;
		fprintf(out, " on %s from %s", name, gcoap_addr_format_host(&local, from));
	} else {
		fprintf(out, " by route (there is none now)");
	}
	fprintf(out, ", then wait %.3g s for %s\n", (double)wait / GCOAP_SECOND,
		t->group ? "answers" : "the answer");
	if (gcoap_msg_decode(&m, d->data, NULL) == 0) {
		fprintf(out, "  ");
		trace_head(out, &m);
		fprintf(out, "\n");
		trace_options(out, &g->registry, &m);
	}
	trace_hex(out, d->data);
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
	struct gcoap_summary none = { .requests = (uint32_t)g->n_targets };
	int status = get_endpoint_open(g);

	for (size_t i = 0; i < g->n_targets && status == CLI_OK; i++)
		status = try_one(g, &g->targets[i]);
	if (status == CLI_OK && text_stream(g) == stderr)
		g->render->finish(g->render, &none, status);
	return status;
}
