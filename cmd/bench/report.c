/* The figures, and what is shown of them. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/cli.h"
#include "tool.h"

#define UDP_HEADER 8
#define IPV4_HEADER 20
#define IPV6_HEADER 40

/* With UDP and IP headers; 0: not UDP, or both IP versions. */
static size_t headers(const struct bench *b)
{
	uint8_t family = b->run.targets[0].to.family;

	for (size_t i = 1; i < b->run.n_targets; i++) {
		if (b->run.targets[i].to.family != family)
			return 0;
	}
	if (run_stream_wanted(&b->run))
		return 0;
	return UDP_HEADER + (family == 4 ? IPV4_HEADER : IPV6_HEADER);
}

int bench_result_now(struct bench *b, gcoap_time now)
{
	struct bench_result *r = &b->result;
	size_t more = headers(b);
	int error = bench_tally_result(b->tally, now, r);

	if (error < 0)
		return cli_error(CLI_LOCAL, NULL, "no statistics: %s", gcoap_strerror(error));
	r->targets = b->uris;
	r->n_targets = b->run.n_targets;
	r->via = b->run.proxy.uri;
	r->gap = b->plan.gap;
	r->clients = b->plan.clients;
	r->wall = gcoap_wall_offset();
	r->kernel_drops = bench_endpoints_drops(b);
	r->interrupted = r->interrupted || b->interrupted;
	r->sent_wire = more > 0 ? r->sent_bytes + r->sent * more : 0;
	r->received_wire = more > 0 ? r->received_bytes + r->received * more : 0;
	b->n_figures = bench_figures(r, b->figures);
	for (size_t i = 0; i < b->n_asserts; i++)
		bench_assert_check(&b->asserts[i], r, b->figures, b->n_figures);
	if (b->compare != NULL)
		bench_compare_with(b->compare, b->figures, b->n_figures);
	return CLI_OK;
}

static const char *ended_by(const struct bench *b)
{
	if (b->interrupted)
		return "interrupt";
	if (b->lost || b->run.error < 0)
		return "error";
	/* The earlier of the two. */
	return b->plan.count > 0 && bench_plan_total(&b->plan) == b->plan.count ? "requests" :
									 "duration";
}

struct bench_report bench_report(const struct bench *b, int status)
{
	return (struct bench_report){
		.result = b->result.started != 0 ? &b->result : NULL,
		.figures = b->figures,
		.n_figures = b->n_figures,
		.asserts = b->asserts,
		.n_asserts = b->n_asserts,
		.compare = b->compare,
		.output = &b->run.args->output,
		.own = b->own,
		.tty = isatty(STDOUT_FILENO),
		.status = status,
		.ended_by = ended_by(b),
		.words = b->words,
		.errors = b->errors,
		.n_errors = b->n_errors,
	};
}

static char **copy_hints(const char *const *hints, size_t n)
{
	char **all = calloc(n + 1, sizeof(*all));

	for (size_t i = 0; all != NULL && i < n; i++)
		all[i] = strdup(hints[i]);
	return all;
}

static void free_error(struct bench_error *e)
{
	for (size_t i = 0; e->hints != NULL && e->hints[i] != NULL; i++)
		free((char *)e->hints[i]);
	free((char **)e->hints);
	free((char *)e->what);
}

int bench_error_keep(struct render *r, int code, const char *what, const char *const *hints,
		     size_t n_hints)
{
	struct bench *b = ((struct bench_silent *)r)->bench;
	struct bench_error *more = realloc(b->errors, (b->n_errors + 1) * sizeof(*more)), *e;

	if (more == NULL)
		return GCOAP_ENOMEM;
	b->errors = more;
	e = &more[b->n_errors];
	*e = (struct bench_error){ code, strdup(what),
				   (const char *const *)copy_hints(hints, n_hints) };
	if (e->what == NULL || e->hints == NULL) {
		free_error(e);
		return GCOAP_ENOMEM;
	}
	b->n_errors++;
	return 0;
}

void bench_errors_show(const struct bench *b, int status)
{
	struct bench_report report = bench_report(b, status);

	if (b->n_errors > 0 && b->run.args->output.quiet < 2)
		(void)bench_show_errors(&report, stdout); /* cli_finish() says what fails */
}

void bench_errors_clear(struct bench *b)
{
	for (size_t i = 0; i < b->n_errors; i++)
		free_error(&b->errors[i]);
	free(b->errors);
	b->errors = NULL;
	b->n_errors = 0;
}
