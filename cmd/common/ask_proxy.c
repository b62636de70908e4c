/* -P: the request as a proxy wants it (RFC 7252, Section 5.7; the group drafts' timeout). */
#include <stdio.h>
#include <string.h>
#include "ask.h"
#include "cli.h"

#define ROW(type, member) type, offsetof(struct ask_proxy, member)

/* T - T' when only T' is given: two round trips to the proxy, and its work. */
#define MARGIN (2 * GCOAP_SECOND)
#define NO_RESPONSE_AT_ALL 26

const struct opt ask_proxy_opts[] = {
	{ 'P', "proxy", "URI", "ask through this proxy: coap, coaps, coap+tcp or coaps+tcp",
	  ROW(OPT_STRING, proxy), .env = "GCOAP_PROXY", .shown = "none" },
	{ 0, "proxy-timeout", "DUR", "how long the proxy, or a target that is one, collects "
	  "answers; 0: none",
	  ROW(OPT_DURATION, timeout), .shown = "1 s less than --timeout" },
	{ 0, "proxy-form", "FORM", "name the target in one option (uri) or in several (scheme)",
	  ROW(OPT_CHOICE, form), .shown = "uri", .choices = "uri scheme" },
	{ 0, "follow-up", "HOW", "ask for the rest of a body at the server itself or through the "
	  "proxy", ROW(OPT_CHOICE, follow_up), .shown = "direct", .choices = "direct proxy" },
	{ 0 },
};

static bool given(const char *name)
{
	return opt_given(name) && opt_origin(name) == OPT_FROM_LINE;
}

bool ask_proxy_wanted(const struct ask_args *args)
{
	const char *proxy = args->proxy.proxy;

	return proxy != NULL && proxy[0] != '\0' && strcmp(proxy, "none") != 0;
}

bool ask_reverse_wanted(const struct ask_args *args)
{
	return !ask_proxy_wanted(args) && given("proxy-timeout");
}

int ask_proxy_check(const struct ask_args *args)
{
	bool reverse = ask_reverse_wanted(args);
	gcoap_time t = args->proxy.timeout;

	if (!ask_proxy_wanted(args) && given("proxy-form"))
		return cli_usage("--proxy-form is for a proxy: name it with --proxy");
	if (!ask_proxy_wanted(args) && !reverse && given("follow-up"))
		return cli_usage("--follow-up is for a proxy: name it with --proxy, or ask a "
				 "reverse-proxy with --proxy-timeout");
	if (!reverse && (!ask_proxy_wanted(args) || !opt_given("proxy-timeout")))
		return CLI_OK;
	if (t % GCOAP_SECOND != 0)
		return cli_usage("--proxy-timeout: want whole seconds");
	if (t == 0 && (args->wait.expect || args->wait.expect_from.n || args->wait.first))
		return cli_usage("--proxy-timeout 0 asks for no answers: --expect, --expect-from and "
				 "--first do not go with it");
	return CLI_OK;
}

/* T' in seconds. */
static gcoap_time seconds(const struct ask_args *args, const struct target *t)
{
	if (opt_given("proxy-timeout"))
		return args->proxy.timeout / GCOAP_SECOND;
	return (ask_timeout(args, t) - GCOAP_SECOND) / GCOAP_SECOND;
}

gcoap_time ask_proxy_wait(const struct ask_args *args, gcoap_time usual)
{
	if (!opt_given("proxy-timeout") || args->proxy.timeout == 0)
		return usual;
	return args->proxy.timeout + MARGIN;
}

bool ask_proxy_forgets(const struct ask_args *args, const struct target *t)
{
	return (t->reverse || (t->proxy != NULL && t->group)) && opt_given("proxy-timeout") &&
	       args->proxy.timeout == 0;
}

static int check_times(const struct ask_args *args, const struct target *t)
{
	static const struct gcoap_transmission times = GCOAP_TRANSMISSION_DEFAULT;
	gcoap_time wait = ask_timeout(args, t), s = seconds(args, t);
	/* One second is the shortest. */
	bool shorter = opt_given("proxy-timeout") && wait > GCOAP_SECOND;
	const char *const hints[] = {
		shorter ? "the client must wait longer than its proxy: make --timeout longer, or "
			  "--proxy-timeout shorter" :
			  "the client must wait longer than its proxy: make --timeout longer", NULL
	};

	if (wait >= times.token_reuse)
		return cli_usage("%s: through a proxy --timeout must be below %d s", t->text,
				 (int)(times.token_reuse / GCOAP_SECOND));
	if (opt_given("proxy-timeout") ? s * GCOAP_SECOND >= wait : s < 1)
		return cli_error(CLI_USAGE, hints, "--timeout %.3g s leaves the proxy %s",
				 (double)wait / GCOAP_SECOND, s < 1 ? "no time" : "too little time");
	return CLI_OK;
}

static bool names_target(const struct gcoap_msg *m)
{
	static const uint16_t all[] = { GCOAP_PROXY_URI, GCOAP_PROXY_SCHEME, GCOAP_PROXY_CRI,
					GCOAP_PROXY_SCHEME_NUMBER };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (gcoap_msg_find(m, all[i]))
			return true;
	}
	return false;
}

/* "coap://224.0.1.187/temp": the target's authority, and what the options have behind it. */
static int set_uri(const struct target *t, struct gcoap_msg *msg, struct ask_store *store)
{
	static const uint16_t gone[] = { GCOAP_URI_HOST, GCOAP_URI_PORT, GCOAP_URI_PATH,
					 GCOAP_URI_QUERY };
	static const struct gcoap_addr any = { .family = 4, .port = GCOAP_PORT };
	static const size_t authority = sizeof("coap://0.0.0.0") - 1;
	char behind[2 * GCOAP_URI_MAX];
	size_t len = (size_t)(strstr(t->uri, "://") + 3 - t->uri);
	int n;

	len += strcspn(t->uri + len, "/?");
	if (gcoap_uri_from_options(msg, &any, behind, sizeof(behind)) < 0)
		return GCOAP_ESPACE;
	n = snprintf(store->proxy_uri, sizeof(store->proxy_uri), "%.*s%s", (int)len, t->uri,
		     behind + authority);
	if (n < 0 || (size_t)n >= sizeof(store->proxy_uri))
		return GCOAP_ESPACE;
	for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
		gcoap_msg_remove(msg, gone[i]);
	return gcoap_msg_add_text(msg, GCOAP_PROXY_URI, store->proxy_uri);
}

static int set_scheme(const struct target *t, struct gcoap_msg *msg, struct ask_store *store)
{
	const struct gcoap_uri *u = &t->parsed;
	int r = 0;

	if (!gcoap_msg_find(msg, GCOAP_URI_HOST)) {
		snprintf(store->host, sizeof(store->host),
			 u->addr.family == 6 && !u->host_is_name ? "[%s]" : "%s", u->host);
		r = gcoap_msg_add_text(msg, GCOAP_URI_HOST, store->host);
	}
	if (r >= 0 && u->port != gcoap_scheme_port(u->scheme))
		r = gcoap_msg_add_uint(msg, GCOAP_URI_PORT, u->port, store->port);
	return r < 0 ? r : gcoap_msg_add_text(msg, GCOAP_PROXY_SCHEME, gcoap_scheme_name(u->scheme));
}

/* T', unless --option gave one; with none at all the servers need not answer either
 * (groupcomm-proxy-07, Section 5.1.1). */
static int set_timeout(const struct ask_message *m, const struct ask_args *args,
		       const struct target *t, struct gcoap_msg *msg, struct ask_store *store)
{
	uint16_t number = m->registry->draft[m->dialect->timeout];
	gcoap_time s = seconds(args, t);
	int r;

	if (gcoap_msg_find(msg, number))
		return 0;
	r = gcoap_msg_add_uint(msg, number, (uint32_t)s, store->timeout);
	if (r >= 0 && s == 0 && !gcoap_msg_find(msg, GCOAP_NO_RESPONSE))
		r = gcoap_msg_add_uint(msg, GCOAP_NO_RESPONSE, NO_RESPONSE_AT_ALL,
				       store->no_response);
	return r;
}

/* Who answers when it is one server. */
static void set_server(const struct target *t, struct ask_store *store, struct gcoap_ask *out)
{
	store->server = (struct gcoap_origin){ .scheme = t->parsed.scheme };
	if (t->parsed.host_is_name)
		memcpy(store->server.host, t->parsed.host, sizeof(store->server.host));
	else
		store->server.addr = t->parsed.addr;
	store->server.addr.port = t->parsed.port;
	out->server = &store->server;
}

bool ask_leaves_session(const struct ask_args *args)
{
	return opt_given("follow-up") && strcmp(args->proxy.follow_up, "direct") == 0;
}

static int too_much(const struct target *t, int r)
{
	if (r == GCOAP_ESPACE)
		return cli_usage("%s: longer than the %d bytes that Proxy-Uri may have", t->text,
				 GCOAP_URI_MAX);
	return cli_usage("%s: more than %d options", t->text, GCOAP_OPTIONS_MAX);
}

/* What is asked of any proxy. */
static void set_ask(const struct ask_args *args, const struct target *t, struct gcoap_ask *out)
{
	bool direct = !args->proxy.follow_up || strcmp(args->proxy.follow_up, "direct") == 0;
	bool stream = t->transport != GCOAP_SCHEME_COAP;

	out->proxied = target_many(t);
	out->ping = !stream;
	out->group = false;
	out->repeat = 0;
	/* A session takes no types, but tells when the request has gone out. */
	out->confirmable = !args->request.non || stream;
	/* Who has a connection to the proxy stays there, unless told otherwise. */
	if (stream && !ask_leaves_session(args))
		direct = false;
	out->follow_up = direct ? GCOAP_FOLLOW_UP_DIRECT : GCOAP_FOLLOW_UP_PROXY;
}

int ask_proxy(const struct ask_message *m, const struct ask_args *args, const struct target *t,
	      struct gcoap_msg *msg, struct ask_store *store, struct gcoap_ask *out)
{
	int status = t->group ? check_times(args, t) : CLI_OK;
	int r = 0;

	if (status != CLI_OK)
		return status;
	if (!names_target(msg))
		r = args->proxy.form && strcmp(args->proxy.form, "scheme") == 0
			    ? set_scheme(t, msg, store)
			    : set_uri(t, msg, store);
	if (r >= 0 && t->group)
		r = set_timeout(m, args, t, msg, store);
	if (r < 0)
		return too_much(t, r);
	set_ask(args, t, out);
	out->group_port = t->parsed.port;
	if (!t->group)
		set_server(t, store, out);
	return CLI_OK;
}

/* The target is asked for its own resource, and told for how long (groupcomm-proxy-07, Section
 * 6.2). */
int ask_reverse(const struct ask_message *m, const struct ask_args *args, const struct target *t,
		struct gcoap_msg *msg, struct ask_store *store, struct gcoap_ask *out)
{
	int status = check_times(args, t);
	int r;

	if (status != CLI_OK)
		return status;
	r = set_timeout(m, args, t, msg, store);
	if (r < 0)
		return too_much(t, r);
	set_ask(args, t, out);
	return CLI_OK;
}
