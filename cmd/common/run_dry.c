/* --dry-run: the engine runs, the socket does not. */
#include <net/if.h>
#include <string.h>
#include "cli.h"
#include "run.h"

FILE *run_dry_stream(const struct run *run)
{
	const struct output_args *o = &run->args->output;

	return o->json || o->write_out != NULL || strcmp(o->format, "table") != 0 ? stderr :
										    stdout;
}

void run_dry_show(const struct run *run, const struct target *t, const struct gcoap_datagram *d)
{
	char to[GCOAP_ADDR_TEXT], from[GCOAP_ADDR_TEXT], name[IF_NAMESIZE] = "?";
	gcoap_time wait = ask_timeout(&run->args->ask, t);
	FILE *out = run_dry_stream(run);
	struct gcoap_addr local;
	struct gcoap_msg m;
	uint32_t ifindex;

	gcoap_addr_format(&d->to, to);
	if (run_stream_wanted(run))
		fprintf(out, "would ask %s over %s", to, run->trace.over);
	else
		fprintf(out, "would send %zu bytes to %s", d->data.len, to);
	if (run_way_out(run, t, &local, &ifindex)) {
		if_indextoname(ifindex, name);
		local.scope = 0;
		fprintf(out, " on %s from %s", name, gcoap_addr_format_host(&local, from));
	} else {
		fprintf(out, " by route (there is none now)");
	}
	fprintf(out, ", then wait %.3g s for %s\n", (double)wait / GCOAP_SECOND,
		target_many(t) ? "answers" : "the answer");
	if (gcoap_msg_decode(&m, d->data, NULL) == 0) {
		fprintf(out, "  ");
		trace_head(out, run->trace.over, &m);
		fprintf(out, "\n");
		trace_options(out, &run->registry, &m);
	}
	trace_hex(out, run_stream_wanted(run) ? m.payload : d->data);
}

/* An engine for each target, so that requests to one group do not wait for each other. */
static int try_one(struct run *run, const struct target *t)
{
	struct gcoap_engine *engine;
	struct gcoap_datagram d;
	gcoap_time now = gcoap_now();
	int status = run_client_open(run);

	if (status == CLI_OK)
		status = run_ask_one(run, t, now);
	if (status == CLI_OK) {
		engine = gcoap_client_engine(run->client);
		if (engine->send(engine, &d, now) == 1)
			run_dry_show(run, t, &d);
	}
	gcoap_client_free(&run->client);
	return status;
}

int run_dry(struct run *run)
{
	struct gcoap_summary none = { .requests = (uint32_t)run->n_targets };
	int status = run_endpoint_open(run);

	for (size_t i = 0; i < run->n_targets && status == CLI_OK; i++)
		status = try_one(run, &run->targets[i]);
	if (status == CLI_OK && run_dry_stream(run) == stderr)
		run->render->finish(run->render, &none, status);
	return status;
}
