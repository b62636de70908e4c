/* What is said when a proxy refuses, is silent, or does not tell who answered. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"
#include "payload.h"
#include "run.h"

#define HINT_MAX 400

/* One line of what a proxy's refusal means: the message behind "proxy X answered 4.01", and
 * what can be done. @hint[0] and @hint[1] of HINT_MAX bytes. */
struct words {
	const char *means;
	char hint[2][HINT_MAX];
};

/* A reverse-proxy is what was asked. */
static const char *proxy_text(const struct target *t, char buf[GCOAP_ADDR_TEXT])
{
	struct gcoap_addr a = t->proxy != NULL ? t->proxy->addr : t->to;

	a.scope = 0;
	if (a.port == gcoap_scheme_port(t->transport))
		return gcoap_addr_format_host(&a, buf);
	return gcoap_addr_format(&a, buf);
}

void run_refusal_keep(const struct run *run, struct run_refusal *out,
		      const struct gcoap_response *r)
{
	size_t len = r->body.len < sizeof(out->text) - 1 ? r->body.len : sizeof(out->text) - 1;

	*out = (struct run_refusal){ .code = r->msg->code,
				     .max_age = r->max_age,
				     .retried = r->retried };
	if (len > 0)
		memcpy(out->text, r->body.ptr, len);
	for (size_t i = 0; i < 2; i++) {
		uint16_t number = run->registry.draft[gcoap_dialects[i].timeout];

		if (gcoap_msg_find(r->msg, number) == NULL)
			continue;
		out->option = gcoap_registry_find(&run->registry, number)->name;
		gcoap_msg_uint(r->msg, number, 4, &out->least);
	}
}

/* The group URI without its path, as gcoap-proxy's options name it. */
static const char *authority(const struct target *t, char *buf, size_t cap)
{
	const char *host = strstr(t->uri, "://") + 3;

	snprintf(buf, cap, "%.*s", (int)(host - t->uri + (int)strcspn(host, "/?")), t->uri);
	return buf;
}

static void bad_request(const struct run *run, const struct target *t,
			const struct run_refusal *r, struct words *w)
{
	unsigned seconds = (unsigned)(ask_timeout(&run->args->ask, t) / GCOAP_SECOND);
	bool shorter = ask_timeout(&run->args->ask, t) > GCOAP_SECOND;

	if (r->option != NULL && (target_many(t) || r->retried)) {
		w->means = "the request's token is in use there, or it wants no second group "
			   "request now";
		snprintf(w->hint[0], HINT_MAX, "ask again, without --token");
	} else if (r->option != NULL) {
		w->means = "";
		snprintf(w->hint[0], HINT_MAX, "it forwards to groups only when told for how long; "
			 "add --proxy-timeout %us%s", seconds > 1 ? seconds - 1 : 1,
			 shorter ? "" : " -t 3s");
	} else {
		w->means = "it cannot read the request";
		snprintf(w->hint[0], HINT_MAX, "see what was sent with -vv%s",
			 t->proxy == NULL ? "" : "; --proxy-form scheme names the target in "
						 "another way");
	}
}

static void not_supported(const struct target *t, const struct run_refusal *r, struct words *w)
{
	gcoap_time seconds = (gcoap_time)r->least;

	if (r->least > 0) {
		w->means = "the time for its answers is too short";
		snprintf(w->hint[0], HINT_MAX, "add --proxy-timeout %us -t %us", r->least,
			 (unsigned)(seconds + 2));
		return;
	}
	w->means = "it does not forward to there";
	if (strcasestr(r->text, "destination is not served") != NULL)
		snprintf(w->hint[0], HINT_MAX, "gcoap-proxy forwards to single servers when told so: "
			 "--allow-target %s", t->parsed.host_is_name ? "CIDR" : t->parsed.host);
	else
		snprintf(w->hint[0], HINT_MAX, "is it a forward-proxy at all? its address and port "
			 "may be a server's");
}

static void bad_gateway(const struct target *t, struct words *w)
{
	w->means = "it could not find the target, or not use what came from there";
	if (t->parsed.host_is_name)
		snprintf(w->hint[0], HINT_MAX, "a name is looked up by the proxy: try the address");
	else if (!t->group)
		snprintf(w->hint[0], HINT_MAX, "is the server there? ask it without --proxy");
	else
		snprintf(w->hint[0], HINT_MAX, "its log may tell why (gcoap-proxy: --trace)");
}

/* Causes that diagnostic payloads tell apart; those of our proxy, and what others may say, too. */
static bool known_cause(const struct run_refusal *r, struct words *w)
{
	static const char next[] = "see where it sends requests next (gcoap-proxy: --next-proxy)";
	static const char name[] = "a name is looked up by the proxy: try the address";
	static const struct {
		uint8_t code;
		const char *said, *means, *hint;
	} causes[] = {
		{ GCOAP_NOT_PROXY, "not a forward-proxy", "it forwards nothing",
		  "a reverse-proxy is asked for its own resources, without --proxy" },
		{ GCOAP_NOT_PROXY, "only coap", "it does not speak that scheme with servers",
		  "name the target with coap://" },
		{ GCOAP_BAD_GATEWAY, "next proxy", "the proxy behind it is the one that fails",
		  next },
		{ GCOAP_BAD_GATEWAY, "has no address", "it could not find the target", name },
		{ GCOAP_BAD_GATEWAY, "resolve", "it could not find the target", name },
		{ GCOAP_BAD_GATEWAY, "refused the request",
		  "the server rejects such messages with a RST", "see the request with -vv" },
		{ GCOAP_BAD_GATEWAY, "response", "what came from there is of no use",
		  "ask the server without --proxy to see it" },
		{ GCOAP_GATEWAY_TIMEOUT, "next proxy", "the proxy behind it is silent", next },
	};

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (causes[i].code != r->code || strcasestr(r->text, causes[i].said) == NULL)
			continue;
		w->means = causes[i].means;
		snprintf(w->hint[0], HINT_MAX, "%s", causes[i].hint);
		return true;
	}
	return false;
}

static void not_implemented(const struct target *t, const struct run_refusal *r,
			    struct words *w)
{
	char group[GCOAP_HOST_MAX + 32];

	if (strcasestr(r->text, "Proxy-Scheme") != NULL) {
		w->means = "it wants the target in another form";
		snprintf(w->hint[0], HINT_MAX, "add --proxy-form scheme");
		return;
	}
	w->means = t->group ? "it does not forward to groups" : "it cannot do that";
	if (t->group)
		snprintf(w->hint[0], HINT_MAX, "gcoap-proxy does when told so: --allow-group %s",
			 authority(t, group, sizeof(group)));
}

static void explain(const struct run *run, const struct target *t, const struct run_refusal *r,
		    struct words *w)
{
	const struct gcoap_dialect *d = run->message.dialect;
	const char *other = gcoap_dialects[d == &gcoap_dialects[0]].name;

	if (known_cause(r, w))
		return;
	switch (r->code) {
	case GCOAP_BAD_REQUEST:
		bad_request(run, t, r, w);
		break;
	case GCOAP_UNAUTHORIZED:
		w->means = "this client may not ask that group there";
		snprintf(w->hint[0], HINT_MAX, "its lists must have the group, and this host or our "
			 "identity (gcoap-proxy: --allow-group, --allow-client)");
		snprintf(w->hint[1], HINT_MAX, "an identity is told over coaps or coaps+tcp: "
			 "--psk-file");
		break;
	case GCOAP_FORBIDDEN:
		w->means = "it does not allow that";
		break;
	case GCOAP_BAD_OPTION:
		w->means = "it does not know an option of the request";
		snprintf(w->hint[0], HINT_MAX, "it may speak the other dialect (--dialect %s), have "
			 "other numbers (--option-number), or know no groups", other);
		break;
	case GCOAP_NOT_IMPLEMENTED:
		not_implemented(t, r, w);
		break;
	case GCOAP_BAD_GATEWAY:
		bad_gateway(t, w);
		break;
	case GCOAP_UNAVAILABLE:
		w->means = "it has too much to do";
		if (r->max_age >= 0)
			snprintf(w->hint[0], HINT_MAX, "ask again in %lld s",
				 (long long)r->max_age);
		else
			snprintf(w->hint[0], HINT_MAX, "ask again later");
		break;
	case GCOAP_GATEWAY_TIMEOUT:
		w->means = "nobody answered it in its own time";
		if (t->group)
			snprintf(w->hint[0], HINT_MAX, "to a group silence is no error: this proxy "
				 "takes it for one server");
		else
			snprintf(w->hint[0], HINT_MAX, "is the server there? ask it without "
				 "--proxy");
		break;
	case GCOAP_NOT_PROXY:
		not_supported(t, r, w);
		break;
	case GCOAP_HOP_LIMIT_REACHED:
		w->means = "too many proxies on the way, or a loop of them";
		snprintf(w->hint[0], HINT_MAX, "see where it sends requests next (gcoap-proxy: "
			 "--next-proxy)");
		break;
	default:
		w->means = "it could not do that";
		if (target_many(t) && !run->args->ask.request.non)
			snprintf(w->hint[0], HINT_MAX, "some proxies take NON requests for groups "
				 "only: try --non");
		break;
	}
}

int run_say_refused(const struct run *run, const struct target *t, const struct run_refusal *r)
{
	struct words w = { .means = "" };
	const char *hints[3] = { NULL };
	char proxy[GCOAP_ADDR_TEXT], code[5], said[4 * sizeof(r->text)] = "", option[64] = "";
	const char *reason = gcoap_code_name(r->code);

	explain(run, t, r, &w);
	for (size_t i = 0, n = 0; i < 2; i++) {
		if (w.hint[i][0] != '\0')
			hints[n++] = w.hint[i];
	}
	if (r->text[0] != '\0')
		payload_escape(gcoap_bytes_text(r->text), said, sizeof(said), true, 0, false);
	if (r->option != NULL && r->least == 0)
		snprintf(option, sizeof(option), " with an empty %s", r->option);
	else if (r->option != NULL)
		snprintf(option, sizeof(option), " with %s %u", r->option, r->least);
	return cli_error(CLI_PROXY, hints, "proxy %s answered %s%s%s%s%s%s%s%s%s",
			 proxy_text(t, proxy), gcoap_code_format(r->code, code),
			 option[0] == '\0' && reason != NULL ? " " : "",
			 option[0] == '\0' && reason != NULL ? reason : "", option,
			 w.means[0] != '\0' ? ": " : "", w.means, said[0] != '\0' ? " (\"" : "",
			 said, said[0] != '\0' ? "\")" : "");
}

static int not_there(const struct target *t, int error)
{
	static const char *const no_proxy[] = {
		"check that it runs, and its port (5683 when the URI names none)", NULL
	};
	static const char *const no_way[] = {
		"check that it is on, and the way there: gcoap doctor", NULL
	};
	char proxy[GCOAP_ADDR_TEXT];

	if (error == ECONNREFUSED)
		return cli_error(CLI_PROXY, no_proxy, "no proxy at %s: the port is closed",
				 proxy_text(t, proxy));
	return cli_error(CLI_PROXY, no_way, "no route to the proxy %s", proxy_text(t, proxy));
}

/* It has taken the request. */
static int gone(const struct target *t, int error)
{
	static const char *const hints[] = {
		"it took the request, and has ended or lost its network since: ask again", NULL
	};
	char proxy[GCOAP_ADDR_TEXT];

	return cli_error(CLI_PROXY, hints, "proxy %s does not answer any more%s",
			 proxy_text(t, proxy),
			 error == ECONNREFUSED ? ": its port is closed" : "");
}

static int refused_by_reset(const struct target *t)
{
	static const char *const hints[] = {
		"it cannot process such a message; see the request with -vv", NULL
	};
	char proxy[GCOAP_ADDR_TEXT];

	return cli_error(CLI_PROXY, hints, "proxy %s refused the request for %s with a RST",
			 proxy_text(t, proxy), t->uri);
}

int run_say_proxy_silence(const struct run *run, const struct target *t,
			  const struct run_target *got, const struct gcoap_summary *s)
{
	const struct ask_args *ask = &run->args->ask;
	double wait = (double)ask_timeout(ask, t) / GCOAP_SECOND;
	char proxy[GCOAP_ADDR_TEXT], host[GCOAP_ADDR_TEXT], hint[HINT_MAX];
	const char *hints[] = { hint, NULL, NULL };
	struct gcoap_addr group = t->parsed.addr;

	proxy_text(t, proxy);
	if (got->gone)
		return gone(t, got->error);
	if (got->error != 0)
		return not_there(t, got->error);
	if (s->refused > 0 && !got->acked && run->n_targets == 1)
		return refused_by_reset(t);
	if (!got->acked && !ask->request.non) {
		snprintf(hint, sizeof(hint), "check that it runs, its address and port, and the "
			 "firewalls: gcoap doctor");
		if (t->group)
			hints[1] = "some proxies take NON requests for groups only: try --non";
		return cli_error(CLI_PROXY, hints, "proxy %s did not answer in %.3g s", proxy, wait);
	}
	if (ask_proxy_forgets(ask, t) || run_silence_wanted(run))
		return CLI_OK;
	if (t->group && !t->parsed.host_is_name)
		snprintf(hint, sizeof(hint), "check that a server joined the group, on the "
			 "proxy's side: gcoap doctor %s", gcoap_addr_format_host(&group, host));
	else if (t->reverse)
		snprintf(hint, sizeof(hint), "check that the path is one of a group there, and that "
			 "a server joined it, on the proxy's side");
	else
		snprintf(hint, sizeof(hint), "check the server, on the proxy's side");
	if (!got->acked)
		hints[1] = "without --non the proxy would say that it is there";
	return cli_error(CLI_SILENCE, hints, "nobody answered %s through proxy %s in %.3g s", t->uri,
			 proxy, wait);
}

void run_say_unnamed(const struct run *run, const struct gcoap_summary *s)
{
	const struct target *t = &run->targets[0];
	uint32_t n = s->unnamed;
	char proxy[GCOAP_ADDR_TEXT];

	cli_warn("proxy %s does not tell who answered: %u %s of unknown servers",
		 proxy_text(t, proxy), n, n == 1 ? "answer is" : "answers are");
	if (s->servers > 0) {
		cli_hint("it names others; in its mode b, those that have an --alias for the "
			 "transport that we use (gcoap-proxy)");
		return;
	}
	cli_hint("it adds neither Response-Forwarding nor Reply-From; --option-number sets other "
		 "numbers of them");
	if (t->reverse)
		cli_hint("it may be a server, and no reverse-proxy: ask it without --proxy-timeout");
}
