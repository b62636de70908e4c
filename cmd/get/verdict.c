/* The end: what is to be said, and the exit status. */
#include <stdio.h>
#include <string.h>
#include "common/cli.h"
#include "get.h"

/* Silence is what was asked for: No-Response for 2.xx (RFC 7967, Section 2.1). */
static bool silence_wanted(const struct get *g)
{
	uint32_t mask;

	return gcoap_msg_uint(&g->message.msg, GCOAP_NO_RESPONSE, 1, &mask) >= 0 && (mask & 2) != 0;
}

/* Targets of one operand (an interface each) are judged together. */
static int silences(const struct get *g, const struct gcoap_summary *s)
{
	int status = CLI_OK;

	for (size_t i = 0, end; i < g->n_targets; i = end) {
		uint32_t answers = 0;

		for (end = i; end < g->n_targets &&
		     g->targets[end].text == g->targets[i].text; end++)
			answers += g->tally.answers[end];
		if (answers == 0)
			status = cli_worse(status, get_say_silence(g, &g->targets[i], end - i, s));
	}
	return status;
}

static int malformed_only(const struct get *g, const struct gcoap_summary *s)
{
	const struct gcoap_diag *d = &g->tally.malformed_diag;
	const char *const hints[] = { "see them with -vvv", NULL };
	char from[GCOAP_ADDR_TEXT];

	return cli_error(CLI_MALFORMED, hints,
			 "only malformed answers came (%u); the first from %s, byte %zu: %s",
			 s->malformed, gcoap_addr_format(&g->tally.malformed_from, from), d->at,
			 d->what != NULL ? d->what : "not a CoAP message");
}

static int losses(const struct get *g, const struct gcoap_summary *s)
{
	char hint[128];
	const char *hints[] = { hint, NULL };
	int status = CLI_OK;

	if (s->kernel_drops > 0) {
		snprintf(hint, sizeof(hint), "make it larger: sudo sysctl -w net.core.rmem_max=%u",
			 gcoap_udp_rcvbuf(g->udp) > 8u << 20 ? 64u << 20 : 16u << 20);
		status = cli_error(CLI_LOCAL, hints, "%llu answers were lost here: the kernel "
				   "dropped them, the receive buffer was full",
				   (unsigned long long)s->kernel_drops);
	}
	if (s->dropped > 0)
		status = cli_error(CLI_LOCAL, NULL, "%llu answers were given up here: too many",
				   (unsigned long long)s->dropped);
	return status;
}

static int fewer(const struct get *g, const struct gcoap_summary *s)
{
	const char *const hints[] = {
		"wait longer with -t, or ask again with --repeat 1", NULL
	};
	uint32_t expect = g->args->ask.wait.expect;

	if (s->missing > 0)
		cli_error(CLI_FEWER, hints, "%u of the expected servers did not answer",
			  s->missing);
	if (s->servers < expect)
		cli_error(CLI_FEWER, hints, "%u of %u expected servers answered", s->servers,
			  expect);
	return CLI_FEWER;
}

static bool some_error(const struct get *g, const struct gcoap_summary *s)
{
	const char *fail = g->args->output.fail;
	uint32_t bad = s->errors + s->incomplete;

	if (strcmp(fail, "never") == 0)
		return false;
	return strcmp(fail, "all") == 0 ? bad > 0 && bad >= s->responses : bad > 0;
}

int get_verdict(struct get *g, const struct gcoap_summary *s)
{
	int error = gcoap_client_error(g->client);
	int status = CLI_OK;

	if (g->tally.broken != 0) /* the output failed: cli_finish() says so */
		return CLI_LOCAL;
	if (g->rounds.send_error != 0)
		status = get_say_not_sent(g);
	else if (error < 0 || g->error < 0)
		status = cli_error(CLI_LOCAL, NULL, "stopped: %s",
				   gcoap_strerror(error < 0 ? error : g->error));
	status = cli_worse(status, losses(g, s));
	if (s->ended_by == GCOAP_ENDED_INTERRUPT && s->responses == 0)
		return status == CLI_OK ? CLI_INTERRUPT : status;
	if (s->responses == 0 && s->malformed > 0)
		return cli_worse(status, malformed_only(g, s));
	if (g->rounds.send_error == 0 && s->ended_by != GCOAP_ENDED_INTERRUPT &&
	    !silence_wanted(g))
		status = cli_worse(status, silences(g, s));
	if (s->expect_failed && s->responses > 0)
		status = cli_worse(status, fewer(g, s));
	if (some_error(g, s))
		status = cli_worse(status, CLI_SOME_ERROR);
	return status;
}
