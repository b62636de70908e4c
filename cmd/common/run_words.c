/* What is said when nobody answers, and when nothing could be sent. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"
#include "run.h"

static const char *say_seconds(gcoap_time t, char *buf, size_t cap)
{
	snprintf(buf, cap, "%.3g s", (double)t / GCOAP_SECOND);
	return buf;
}

/* " (sent from 10.77.0.1 on eth0)", or nothing when the kernel does not tell. */
static void sent_from(const struct run *run, const struct target *t, char *buf, size_t cap)
{
	char from[GCOAP_ADDR_TEXT], name[IF_NAMESIZE] = "?";
	struct gcoap_addr local;
	uint32_t ifindex;

	buf[0] = '\0';
	if (!run_way_out(run, t, &local, &ifindex))
		return;
	if_indextoname(ifindex, name);
	local.scope = 0;
	snprintf(buf, cap, " (sent from %s on %s)", gcoap_addr_format_host(&local, from), name);
}

/* " (sent on eth0, wpan0)": one operand went out by several interfaces. */
static void sent_on(const struct target *t, size_t n, char *buf, size_t cap)
{
	size_t used = (size_t)snprintf(buf, cap, " (sent on ");

	for (size_t i = 0; i < n && used < cap; i++) {
		char name[IF_NAMESIZE] = "?";

		if (i > 0 && t[i].ifindex == t[i - 1].ifindex)
			continue;
		if_indextoname(t[i].ifindex, name);
		used += (size_t)snprintf(buf + used, cap - used, "%s%s", i > 0 ? ", " : "", name);
	}
	if (used < cap)
		snprintf(buf + used, cap - used, ")");
}

static int say_refused(const struct target *t)
{
	static const char *const hints[] = {
		"it cannot process such a message; see the request with -vv", NULL
	};
	char server[GCOAP_ADDR_TEXT];

	return cli_error(CLI_SILENCE, hints, "%s refused the request for %s with a RST",
			 gcoap_addr_format(&t->to, server), t->uri);
}

/* To a group that was asked for no path: a member without "/" is silent, it has no 4.04. */
static bool no_path(const struct target *t)
{
	return t->group && t->parsed.query.len == 0 &&
	       (t->parsed.path.len == 0 || gcoap_bytes_equal(t->parsed.path, gcoap_bytes_text("/")));
}

/* To a group, with a filter of links: who has none that match is silent (RFC 6690, 4.1). */
static bool link_filter(const struct run *run, const struct target *t)
{
	static const char core[] = "/.well-known/core";
	const struct gcoap_msg *msg = &run->message.msg;
	bool query = t->parsed.query.len > 0 || gcoap_msg_find(msg, GCOAP_URI_QUERY) != NULL;

	return t->group && query && gcoap_bytes_equal(t->parsed.path, gcoap_bytes_text(core));
}

const char *run_why(int r, int why)
{
	return r == GCOAP_ESYSTEM && why != 0 ? strerror(why) : gcoap_strerror(r);
}

int run_say_unreachable(const struct target *t, int error)
{
	static const char *const no_server[] = {
		"check that it runs, and its port (5683 when the URI names none)", NULL
	};
	static const char *const no_way[] = {
		"check that it is on, and the way there: gcoap doctor", NULL
	};
	static const char *const filtered[] = { "a firewall on the way refuses it", NULL };
	struct gcoap_addr to = t->to;
	char host[GCOAP_ADDR_TEXT];

	to.scope = 0;
	gcoap_addr_format_host(&to, host);
	if (error == ECONNREFUSED)
		return cli_error(CLI_SILENCE, no_server, "%s refused: no server on port %u", host,
				 to.port);
	if (error == EACCES)
		return cli_error(CLI_LOCAL, filtered, "not permitted to reach %s", host);
	return cli_error(CLI_LOCAL, no_way, "no route to %s", host);
}

/* --cache-only: nobody was asked. */
static int say_not_held(const struct target *t, size_t n)
{
	static const char *const hints[] = { "--cache in its place asks the servers", NULL };

	return cli_error(CLI_SILENCE, hints, "nothing fresh is held of %s", n > 1 ? t->text : t->uri);
}

int run_say_silence(const struct run *run, const struct target *t, size_t n,
		    const struct gcoap_summary *s)
{
	char host[GCOAP_ADDR_TEXT], from[128], wait[32], hint[160];
	const char *hints[] = { hint, NULL, NULL };
	bool whole = s->ended_by == GCOAP_ENDED_TIMEOUT || run->n_targets > 1;
	struct gcoap_addr to = t->to;

	if (run->args->cache.only)
		return say_not_held(t, n);
	if (!t->group && run->n_targets == 1 && s->refused > 0)
		return say_refused(t);
	to.scope = 0;
	gcoap_addr_format_host(&to, host);
	if (t->group)
		snprintf(hint, sizeof(hint), "check that a server joined the group: gcoap doctor %s",
			 host);
	else
		snprintf(hint, sizeof(hint), "check the address, the port (%u) and the firewalls: "
			 "gcoap doctor", t->to.port);
	if (no_path(t))
		hints[1] = "no path was asked for, and few servers have \"/\": /.well-known/core "
			   "lists what they have";
	else if (link_filter(run, t))
		hints[1] = "servers without such a link are silent: leave the filter out to see "
			   "who is there";
	if (n > 1)
		sent_on(t, n, from, sizeof(from));
	else
		sent_from(run, t, from, sizeof(from));
	say_seconds(whole ? ask_timeout(&run->args->ask, t) : s->elapsed, wait, sizeof(wait));
	return cli_error(CLI_SILENCE, hints, "nobody answered %s in %s%s", n > 1 ? t->text : t->uri,
			 wait, from);
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

int run_say_not_sent(const struct run *run)
{
	char to[GCOAP_ADDR_TEXT], found[256], hint[320], name[IF_NAMESIZE] = "?";
	const char *hints[] = { hint, NULL };
	struct gcoap_addr host = run->rounds.send_to;
	int error = run->rounds.send_error;

	host.scope = 0;
	gcoap_addr_format_host(&host, to);
	switch (error) {
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EADDRNOTAVAIL:
	case ENODEV:
		if (run->rounds.send_ifindex != 0) {
			if_indextoname(run->rounds.send_ifindex, name);
			snprintf(hint, sizeof(hint), "see its addresses and routes: gcoap doctor");
			return cli_error(CLI_LOCAL, hints, "no route to %s on %s", to, name);
		}
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
