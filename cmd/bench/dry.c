/* --dry-run: the load runs, the sockets do not. */
#include <stdio.h>
#include "common/cli.h"
#include "tool.h"

static void no_answer(struct gcoap_load_sink *s, const struct gcoap_load_answer *a)
{
}

static void no_round(struct gcoap_load_sink *s, const struct gcoap_load_round *r)
{
}

int bench_dry(struct bench *b)
{
	struct gcoap_load_sink sink = { no_answer, no_round, NULL };
	/* Each target's first request. */
	const struct bench_plan once = { .gap = 1, .count = b->run.n_targets, .clients = 1 };
	gcoap_time now = gcoap_now();
	struct gcoap_engine *engine;
	struct gcoap_datagram d;
	char plan[256];
	int status = bench_load_open(b, &once, now, &sink);

	if (status != CLI_OK)
		return status;
	engine = gcoap_load_client(b->load, 0);
	for (size_t i = 0; i < b->run.n_targets; i++) {
		engine->tick(engine, now + (gcoap_time)i);
		if (engine->send(engine, &d, now + (gcoap_time)i) == 1)
			run_dry_show(&b->run, &b->run.targets[i], &d);
	}
	fprintf(run_dry_stream(&b->run), "%s\n",
		bench_plan_format(&b->plan, plan, sizeof(plan)));
	return CLI_OK;
}
