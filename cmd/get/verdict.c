/* The end: what is to be said, and the exit status. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include "common/cli.h"
#include "get.h"

static const char *say_seconds(gcoap_time t, char *buf, size_t cap)
{
	snprintf(buf, cap, "%.3g s", (double)t / GCOAP_SECOND);
	return buf;
}

/* " (sent from 10.77.0.1 on eth0)", or nothing when the kernel does not tell. */
static void sent_from(const struct get *g, const struct target *t, char *buf, size_t cap)
{
	static const struct gcoap_addr any4 = { .family = 4 }, any6 = { .family = 6 };
	struct gcoap_iface list[64];
	struct gcoap_addr local;
	char text[GCOAP_ADDR_TEXT], name[IF_NAMESIZE] = "";
	int n;

	buf[0] = '\0';
	get_local(g, t, &local);
	if (local.family == 0 || gcoap_addr_same_host(&local, &any4) ||
	    gcoap_addr_same_host(&local, &any6))
		return;
	n = gcoap_iface_list(list, sizeof(list) / sizeof(*list));
	for (int i = 0; i < n && i < 64; i++) {
		if (t->ifindex != 0 ? list[i].index == t->ifindex :
		    gcoap_addr_same_host(&list[i].v4, &local) ||
		    gcoap_addr_same_host(&list[i].v6, &local))
			snprintf(name, sizeof(name), "%s", list[i].name);
	}
	local.scope = 0;
	snprintf(buf, cap, " (sent from %s%s%s)", gcoap_addr_format_host(&local, text),
		 name[0] != '\0' ? " on " : "", name);
}

static int silence(const struct get *g, const struct target *t, const struct gcoap_summary *s)
{
	char host[GCOAP_ADDR_TEXT], from[128], wait[32], hint[160];
	const char *hints[] = { hint, NULL };
	bool whole = s->ended_by == GCOAP_ENDED_TIMEOUT || g->n_targets > 1;
	struct gcoap_addr to = t->to;

	to.scope = 0;
	gcoap_addr_format_host(&to, host);
	if (t->group)
		snprintf(hint, sizeof(hint), "check that a server joined the group: gcoap doctor %s",
			 host);
	else
		snprintf(hint, sizeof(hint), "check the address, the port (%u) and the firewalls: "
			 "gcoap doctor", t->to.port);
	sent_from(g, t, from, sizeof(from));
	say_seconds(whole ? ask_timeout(&g->args->ask.wait, t) : s->elapsed, wait, sizeof(wait));
	return cli_error(CLI_SILENCE, hints, "nobody answered %s in %s%s", t->uri, wait, from);
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
			status = cli_worse(status, silence(g, &g->targets[i], s));
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

/* "found: eth0, wpan0": the interfaces that a group request may leave by. */
static void found_interfaces(char *buf, size_t cap)
{
	struct gcoap_iface list[64];
	int n = gcoap_iface_list(list, 64);
	size_t used = 0;

	buf[0] = '\0';
	for (int i = 0; i < n && i < 64 && used < cap; i++) {
		if (list[i].up)
			used += (size_t)snprintf(buf + used, cap - used, "%s%s",
						 used > 0 ? ", " : "", list[i].name);
	}
}

static int not_sent(const struct get *g)
{
	char to[GCOAP_ADDR_TEXT], found[256], hint[320];
	const char *hints[] = { hint, NULL };
	int error = g->rounds.send_error;

	gcoap_addr_format_host(&g->rounds.send_to, to);
	switch (error) {
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EADDRNOTAVAIL:
	case ENODEV:
		found_interfaces(found, sizeof(found));
		snprintf(hint, sizeof(hint), "name an interface with -i (found: %s)", found);
		return cli_error(CLI_LOCAL, hints, "no route to %s", to);
	case EPERM:
	case EACCES:
		snprintf(hint, sizeof(hint), "a firewall of this host refuses it: gcoap doctor");
		return cli_error(CLI_LOCAL, hints, "not permitted to send to %s", to);
	case EMSGSIZE:
		snprintf(hint, sizeof(hint), "a group request must fit one datagram");
		return cli_error(CLI_LOCAL, hints, "the request is too large for %s", to);
	default:
		return cli_error(CLI_LOCAL, NULL, "cannot send to %s: %s", to, strerror(error));
	}
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
		status = not_sent(g);
	else if (error < 0 || g->error < 0)
		status = cli_error(CLI_LOCAL, NULL, "stopped: %s",
				   gcoap_strerror(error < 0 ? error : g->error));
	status = cli_worse(status, losses(g, s));
	if (s->ended_by == GCOAP_ENDED_INTERRUPT && s->responses == 0)
		return status == CLI_OK ? CLI_INTERRUPT : status;
	if (s->responses == 0 && s->malformed > 0)
		return cli_worse(status, malformed_only(g, s));
	if (g->rounds.send_error == 0 && s->ended_by != GCOAP_ENDED_INTERRUPT)
		status = cli_worse(status, silences(g, s));
	if (s->expect_failed && s->responses > 0)
		status = cli_worse(status, fewer(g, s));
	if (some_error(g, s))
		status = cli_worse(status, CLI_SOME_ERROR);
	return status;
}
