/* A socket for each client. */
#include <stdlib.h>
#include "common/cli.h"
#include "tool.h"

/* A process that is late reads again after so long. */
#define READ_EVERY (100 * GCOAP_MS)

static uint32_t servers_of(const struct bench *b, const struct target *t)
{
	uint32_t n = b->run.args->ask.wait.expect;
	size_t named = b->run.message.n_expect_from > 0 ? b->run.message.n_expect_from :
							 t->n_members;

	return n > named ? n : (uint32_t)named;
}

/* Answers of a group that one socket must hold: of a whole round, when all answer at once, and of
 * what else is open; but no more than come between two reads. 0: not known. */
static uint32_t answers_at_once(const struct bench *b)
{
	const struct bench_plan *p = &b->plan;
	double most = 0;

	for (size_t i = 0; i < b->run.n_targets; i++) {
		const struct target *t = &b->run.targets[i];
		gcoap_time wait = ask_timeout(&b->run.args->ask, t);
		double open = p->gap > 0 ? (double)(wait < READ_EVERY ? wait : READ_EVERY) /
					   (double)p->gap : 1e9;
		double limit = p->outstanding > 0 ? p->outstanding : 65536;
		double n = servers_of(b, t);

		open = open < limit ? open : limit;
		n *= 1 + open / p->clients;
		most = t->group && n > most ? n : most;
	}
	return most < 1e7 ? (uint32_t)most : 10000000;
}

int bench_endpoints_open(struct bench *b)
{
	uint32_t expect = answers_at_once(b);
	struct gcoap_addr source;
	int status = CLI_OK;

	if (b->own->clients > 1 && b->run.args->ask.where.source != NULL &&
	    gcoap_addr_parse(&source, b->run.args->ask.where.source, 0) >= 0 && source.port != 0)
		return cli_usage("--source %s is one endpoint, --clients wants %u: leave its port "
				 "out", b->run.args->ask.where.source, b->own->clients);
	b->udp = calloc(b->own->clients, sizeof(*b->udp));
	if (b->udp == NULL)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	for (; b->n_udp < b->own->clients && status == CLI_OK; b->n_udp++)
		status = run_endpoint_new(&b->run, expect, &b->udp[b->n_udp]);
	b->run.udp = b->udp[0];
	if (status == CLI_OK && expect > 0)
		run_endpoint_warn(b->udp[0], expect);
	return status;
}

void bench_endpoints_close(struct bench *b)
{
	for (size_t i = 0; i < b->n_udp; i++)
		gcoap_udp_close(&b->udp[i]);
	free(b->udp);
	b->udp = NULL;
	b->n_udp = 0;
	b->run.udp = NULL;
}

uint64_t bench_endpoints_drops(const struct bench *b)
{
	uint64_t n = 0;

	for (size_t i = 0; i < b->n_udp; i++)
		n += gcoap_udp_drops(b->udp[i]);
	return n;
}
