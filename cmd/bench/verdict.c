/* The end: what is to be said, and the exit status. */
#include <stdio.h>
#include <string.h>
#include "common/cli.h"
#include "tool.h"

static uint32_t count32(uint64_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

/* The run as the common words want it. */
static void sum_up(const struct bench *b, struct gcoap_summary *s)
{
	const struct bench_result *r = &b->result;

	*s = (struct gcoap_summary){
		.requests = count32(r->rounds),
		.elapsed = r->elapsed,
		.servers = count32(r->n_answering),
		.responses = count32(r->answers),
		.errors = count32(r->errors),
		.malformed = count32(r->malformed),
		.refused = count32(b->heard.resets),
		.unnamed = count32(r->unnamed),
		.kernel_drops = r->kernel_drops,
		.dropped = r->dropped,
		.ended_by = b->interrupted ? GCOAP_ENDED_INTERRUPT :
			    b->lost	   ? GCOAP_ENDED_ERROR :
					     GCOAP_ENDED_TIMEOUT,
	};
}

static int run_failed(const struct bench *b)
{
	const struct run *run = &b->run;

	if (run->rounds.send_error != 0)
		return run_say_not_sent(run);
	if (run->error < 0)
		return cli_error(CLI_LOCAL, NULL, "stopped: %s", run_why(run->error, run->why));
	return CLI_OK;
}

/* The servers that were named and never answered: "hall, 10.77.0.9:5683 and 3 more". */
static uint32_t missing(const struct bench_result *r, char *buf, size_t cap)
{
	uint32_t n = 0, shown = 0;
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < r->n_servers; i++) {
		const struct bench_server *s = &r->servers[i];

		if (!s->expected || s->answered > 0)
			continue;
		n++;
		if (shown == 3 || used >= cap)
			continue;
		used += (size_t)snprintf(buf + used, cap - used, "%s%s", shown > 0 ? ", " : "",
					 s->name != NULL ? s->name : s->text);
		shown++;
	}
	if (n > shown && used < cap)
		snprintf(buf + used, cap - used, " and %u more", n - shown);
	return n;
}

static int fewer(const struct bench *b)
{
	static const char *const hints[] = {
		"wait longer with -t, or ask more often with -N", NULL
	};
	const struct bench_result *r = &b->result;
	uint32_t expect = b->run.args->ask.wait.expect, n;
	char names[400];
	int status = CLI_OK;

	n = r->group ? missing(r, names, sizeof(names)) : 0;
	if (n > 0)
		status = cli_error(CLI_FEWER, hints, "%u of the expected servers never answered: %s",
				   n, names);
	if (r->group && r->n_answering < expect)
		status = cli_error(CLI_FEWER, hints, "%zu of %u expected servers answered",
				   r->n_answering, expect);
	return status;
}

static bool some_error(const struct bench *b)
{
	const char *fail = b->run.args->output.fail;
	const struct bench_result *r = &b->result;

	if (strcmp(fail, "never") == 0)
		return false;
	return strcmp(fail, "all") == 0 ? r->errors > 0 && r->errors >= r->answers :
					  r->errors > 0;
}

/* The table names those that fail; records for scripts have them, too, and this for people. */
static int conditions(const struct bench *b)
{
	bool table = strcmp(b->run.args->output.format, "table") == 0;
	char seen[32];
	int status = CLI_OK;

	for (size_t i = 0; i < b->n_asserts; i++) {
		const struct bench_assert *a = &b->asserts[i];
		const struct bench_figure *f = &a->figure;

		if (a->ok)
			continue;
		status = CLI_CONDITION;
		if (!table)
			cli_error(CLI_CONDITION, NULL, "assert %s failed: %s%s%s", a->expr,
				  f->of != NULL ? f->of : "", f->of != NULL ? " " : "",
				  f->known ? bench_figure_format(f, seen, sizeof(seen)) : "not known");
	}
	return status;
}

int bench_verdict(struct bench *b)
{
	const struct run *run = &b->run;
	struct gcoap_summary s;
	int status = run_failed(b), stream;

	sum_up(b, &s);
	stream = run_stream_say(run, s.responses > 0 || b->interrupted);
	status = cli_worse(status, stream);
	status = cli_worse(status, run_say_losses(run, &s));
	if (b->interrupted && s.responses == 0)
		return cli_worse(status, CLI_INTERRUPT);
	if (s.responses == 0 && s.malformed > 0)
		return cli_worse(status, run_say_malformed(run, &s));
	if (run->rounds.send_error == 0 && stream == CLI_OK && !b->interrupted)
		status = cli_worse(status, run_say_silences(run, &s));
	if (s.unnamed > 0)
		run_say_unnamed(run, &s);
	if (s.responses > 0)
		status = cli_worse(status, fewer(b));
	if (some_error(b))
		status = cli_worse(status, CLI_SOME_ERROR);
	return cli_worse(status, conditions(b));
}
