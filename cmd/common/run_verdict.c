/* The end: what is to be said, and the exit status. */
#include <stdio.h>
#include <string.h>
#include "cli.h"
#include "run.h"

bool run_silence_wanted(const struct run *run)
{
	uint32_t mask;

	return gcoap_msg_uint(&run->message.msg, GCOAP_NO_RESPONSE, 1, &mask) >= 0 &&
	       (mask & 2) != 0;
}

static int through_proxy(const struct run *run, const struct target *t,
			 const struct run_target *got, const struct gcoap_summary *s)
{
	if (got->refusal.code != 0)
		return run_say_refused(run, t, &got->refusal);
	return got->answers == 0 ? run_say_proxy_silence(run, t, got, s) : CLI_OK;
}

/* Targets of one operand (an interface each) are judged together. */
int run_say_silences(const struct run *run, const struct gcoap_summary *s)
{
	const struct run_target *got = run->tally.targets;
	bool wanted = run_silence_wanted(run);
	int status = CLI_OK;

	for (size_t i = 0, end; i < run->n_targets; i = end) {
		const struct target *t = &run->targets[i];
		uint32_t answers = 0;
		bool reached = false;

		end = run_operand_end(run, i);
		for (size_t k = i; k < end; k++) {
			answers += got[k].answers;
			reached = reached || got[k].error == 0;
		}
		if (t->proxy != NULL || t->reverse || got[i].refusal.code != 0)
			status = cli_worse(status, through_proxy(run, t, &got[i], s));
		else if (answers == 0 && !reached)
			status = cli_worse(status, run_say_unreachable(t, got[i].error));
		else if (answers == 0 && !wanted)
			status = cli_worse(status, run_say_silence(run, t, end - i, s));
	}
	return status;
}

int run_say_malformed(const struct run *run, const struct gcoap_summary *s)
{
	const struct gcoap_diag *d = &run->tally.malformed_diag;
	const char *const hints[] = { "see them with -vvv", NULL };
	char from[GCOAP_ADDR_TEXT];

	return cli_error(CLI_MALFORMED, hints,
			 "only malformed answers came (%u); the first from %s, byte %zu: %s",
			 s->malformed, gcoap_addr_format(&run->tally.malformed_from, from), d->at,
			 d->what != NULL ? d->what : "not a CoAP message");
}

int run_say_losses(const struct run *run, const struct gcoap_summary *s)
{
	char hint[128];
	const char *hints[] = { hint, NULL };
	int status = CLI_OK;

	if (s->kernel_drops > 0) {
		snprintf(hint, sizeof(hint), "make it larger: sudo sysctl -w net.core.rmem_max=%u",
			 gcoap_udp_rcvbuf(run->udp) > 8u << 20 ? 64u << 20 : 16u << 20);
		status = cli_error(CLI_LOCAL, hints, "%llu answers were lost here: the kernel "
				   "dropped them, the receive buffer was full",
				   (unsigned long long)s->kernel_drops);
	}
	if (s->dropped > 0)
		status = cli_error(CLI_LOCAL, NULL, "%llu answers were given up here: too many",
				   (unsigned long long)s->dropped);
	return status;
}

static int fewer(const struct run *run, const struct gcoap_summary *s)
{
	const struct target *t = &run->targets[0];
	/* A proxy is asked once (warn_repeats()). */
	bool repeats = t->group && t->proxy == NULL;
	const char *const hints[] = {
		repeats ? "wait longer with -t, or ask again with --repeat 1" :
		opt_given("proxy-timeout") ? "wait longer with --proxy-timeout and -t" :
					     "wait longer with -t", NULL
	};
	const char *const asked[] = { "--cache in its place asks the servers", NULL };
	uint32_t expect = run->args->ask.wait.expect;

	if (run->args->cache.only)
		return cli_error(CLI_FEWER, asked, "fresh answers of %u of %u expected servers are held",
				 s->servers, expect);
	if (s->missing > 0)
		cli_error(CLI_FEWER, hints, "%u of the expected servers did not answer",
			  s->missing);
	if (s->servers < expect)
		cli_error(CLI_FEWER, hints, "%u of %u expected servers answered", s->servers,
			  expect);
	else if (s->missing == 0) /* others made up for one of several requests */
		cli_error(CLI_FEWER, hints, "not each of the %u requests was answered by %u servers",
			  s->requests, expect);
	return CLI_FEWER;
}

static bool some_error(const struct run *run, const struct gcoap_summary *s)
{
	const char *fail = run->args->output.fail;
	uint32_t bad = s->errors + s->incomplete;

	if (strcmp(fail, "never") == 0)
		return false;
	return strcmp(fail, "all") == 0 ? bad > 0 && bad >= s->responses : bad > 0;
}

int run_verdict(struct run *run, const struct gcoap_summary *s)
{
	int error = gcoap_client_error(run->client);
	int status = CLI_OK, stream;

	if (run->tally.broken == GCOAP_ENOMEM)
		return cli_error(CLI_LOCAL, NULL, "stopped: %s", gcoap_strerror(GCOAP_ENOMEM));
	if (run->tally.broken != 0) /* the output failed: cli_finish() says so */
		return CLI_LOCAL;
	if (run->rounds.send_error != 0)
		status = run_say_not_sent(run);
	else if (error < 0 || run->error < 0)
		status = cli_error(CLI_LOCAL, NULL, "stopped: %s",
				   error < 0 ? gcoap_strerror(error) : run_why(run->error, run->why));
	stream = run_stream_say(run, s->responses > 0 || s->ended_by == GCOAP_ENDED_INTERRUPT);
	status = cli_worse(status, stream);
	status = cli_worse(status, run_say_losses(run, s));
	if (s->ended_by == GCOAP_ENDED_INTERRUPT && s->responses == 0)
		return status == CLI_OK ? CLI_INTERRUPT : status;
	if (s->responses == 0 && s->malformed > 0)
		return cli_worse(status, run_say_malformed(run, s));
	if (run->rounds.send_error == 0 && stream == CLI_OK && s->ended_by != GCOAP_ENDED_INTERRUPT)
		status = cli_worse(status, run_say_silences(run, s));
	run_operands_settle(run);
	if (s->unnamed > 0)
		run_say_unnamed(run, s);
	if ((s->expect_failed || run->tally.fewer) && s->responses > 0)
		status = cli_worse(status, fewer(run, s));
	if (some_error(run, s))
		status = cli_worse(status, CLI_SOME_ERROR);
	return status;
}
