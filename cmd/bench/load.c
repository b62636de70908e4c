/* The targets as a load. */
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "tool.h"

/* A request with all that it borrows. */
struct bench_draft {
	struct gcoap_msg msg;
	struct ask_store store;
	struct gcoap_ask ask;
};

/* The targets of one operand, an interface each: which of them a server is on is not known. */
static bool several(const struct run *run, size_t i)
{
	return (i > 0 && run->targets[i - 1].text == run->targets[i].text) ||
	       run_operand_end(run, i) > i + 1;
}

static int draft(struct bench *b, size_t i, struct bench_draft *d, struct gcoap_load_request *out)
{
	const struct run *run = &b->run;
	const struct target *t = &run->targets[i];
	int status = ask_target(&run->message, &run->args->ask, t, &d->msg, &d->store, &d->ask);

	if (status != CLI_OK)
		return status;
	if (ask_proxy_forgets(&run->args->ask, t))
		return cli_usage("--proxy-timeout 0 asks for no answers: there is nothing to measure");
	*out = (struct gcoap_load_request){
		.request = &d->msg,
		.to = d->ask.to,
		.ifindex = d->ask.ifindex,
		.group = d->ask.group,
		.proxied = d->ask.proxied,
		.server = d->ask.server,
		.dialect = d->ask.dialect,
		.confirmable = d->ask.confirmable,
		.registry = d->ask.registry,
		.port_reading = d->ask.port_reading,
		.group_port = d->ask.group_port,
		.timeout = d->ask.timeout,
	};
	if (target_many(t) && !several(run, i))
		out->expect = run->args->ask.wait.expect;
	return CLI_OK;
}

int bench_requests_open(struct bench *b)
{
	size_t n = b->run.n_targets;
	int status = CLI_OK;

	b->drafts = calloc(n, sizeof(*b->drafts));
	b->requests = calloc(n, sizeof(*b->requests));
	if (b->drafts == NULL || b->requests == NULL)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	for (size_t i = 0; i < n && status == CLI_OK; i++)
		status = draft(b, i, &b->drafts[i], &b->requests[i]);
	return status;
}

void bench_requests_close(struct bench *b)
{
	free(b->requests);
	free(b->drafts);
}

int bench_load_open(struct bench *b, const struct bench_plan *plan, gcoap_time start,
		    struct gcoap_load_sink *sink)
{
	struct gcoap_load_config config = {
		.requests = b->requests,
		.n_requests = b->run.n_targets,
		.clients = plan->clients,
		.start = start,
		.gap = plan->gap,
		.outstanding = plan->outstanding,
		.count = plan->count,
		.duration = plan->duration,
		.warmup = plan->warmup,
		.transmission = GCOAP_TRANSMISSION_DEFAULT,
		.stream = run_stream_wanted(&b->run),
		.random = &b->run.random,
		.sink = sink,
	};
	int r = gcoap_load_new(&b->load, &config);

	if (r == GCOAP_ESPACE)
		return cli_usage("the request does not fit a datagram");
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "cannot start: %s", gcoap_strerror(r));
	return CLI_OK;
}

/* Is it expected at the first target of the operand already? */
static bool is_repeated(const struct bench *b, size_t i, size_t k)
{
	const struct gcoap_ask *ask = &b->drafts[i].ask, *first;

	if (i == 0 || b->run.targets[i - 1].text != b->run.targets[i].text)
		return false;
	while (i > 0 && b->run.targets[i - 1].text == b->run.targets[i].text)
		i--;
	first = &b->drafts[i].ask;
	return k < first->n_expect_from &&
	       gcoap_addr_equal(&first->expect_from[k], &ask->expect_from[k]);
}

/*
 * @server is to answer request @i, and ends it when all of them have, unless -n does. One operand
 * may be several requests, over an interface each: it is to answer one of them.
 */
static int expect(struct bench *b, size_t i, const struct gcoap_addr *addr)
{
	int64_t server = gcoap_load_expect(b->load, addr);
	bool waits = b->run.args->ask.wait.expect == 0 && b->run.targets[i].group &&
		     !several(&b->run, i);
	int r = server < 0 ? (int)server : 0;

	if (r == 0 && waits)
		r = gcoap_load_await(b->load, (uint32_t)i, (uint32_t)server);
	if (r == 0 && several(&b->run, i))
		return bench_tally_expect_any(b->tally, (uint32_t)server, (uint32_t)i,
					      (uint32_t)run_operand_end(&b->run, i));
	return r < 0 ? r : bench_tally_expect(b->tally, (uint32_t)server, (uint32_t)i);
}

/* Those of --expect-from, or the members of a [group], have a row in any case. */
int bench_load_expect(struct bench *b)
{
	int r = 0;

	for (size_t i = 0; i < b->run.n_targets; i++) {
		const struct gcoap_ask *ask = &b->drafts[i].ask;

		for (size_t k = 0; k < ask->n_expect_from && r == 0; k++)
			r = is_repeated(b, i, k) ? 0 : expect(b, i, &ask->expect_from[k]);
	}
	return r;
}
