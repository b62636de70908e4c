/* The options of gcoap-proxy. */
#include "proxy.h"

#define ROW(type, member) type, offsetof(struct proxy_args, member)

static const struct opt listen_rows[] = {
	{ 0, "listen", "URI", "where clients reach the proxy: coap, coaps, coap+tcp or coaps+tcp; "
	  "port 0: any free one; repeatable", ROW(OPT_LIST, listen),
	  .shown = "coap://127.0.0.1:5683" },
	{ 0, "echo", "WHEN", "make UDP clients prove their address first; auto: those that are "
	  "not on loopback", ROW(OPT_CHOICE, echo), .shown = "auto", .choices = "auto on off" },
	{ 0, "max-clients", "N", "UDP clients whose proof is remembered",
	  ROW(OPT_UINT, max_clients), .shown = "4096" },
	{ 0, "max-sessions", "N", "connections of clients at a time",
	  ROW(OPT_UINT, max_sessions), .shown = "256" },
	{ 0 },
};
static const struct opt allow_rows[] = {
	{ 0, "allow-client", "CIDR|IDENTITY[=GROUP-URI]", "who may ask, or of the groups only that "
	  "one; repeatable", ROW(OPT_MULTI, clients), .shown = "nobody" },
	{ 0, "allow-group", "GROUP-URI", "a group that may be asked, and all paths below; "
	  "repeatable", ROW(OPT_MULTI, groups), .shown = "none" },
	{ 0, "allow-target", "CIDR", "servers that may be asked by their own address; repeatable",
	  ROW(OPT_LIST, targets), .shown = "none" },
	{ 0 },
};
static const struct opt limit_rows[] = {
	{ 0, "max-timeout", "DUR", "the longest time that a client may ask answers for",
	  ROW(OPT_DURATION, max_timeout), .shown = "300s" },
	{ 0, "max-ongoing", "N", "group requests at a time", ROW(OPT_UINT, max_ongoing),
	  .shown = "1024" },
	{ 0, "max-per-client", "N", "of these, of one client", ROW(OPT_UINT, max_per_client),
	  .shown = "4; 64 on loopback" },
	{ 0, "max-per-minute", "N", "group requests of one client in a minute; 0: any number",
	  ROW(OPT_UINT, max_per_minute), .shown = "10; on loopback any" },
	{ 0, "max-answers", "N", "answers relayed for one request", ROW(OPT_UINT, max_answers),
	  .shown = "1000" },
	{ 0 },
};
static const struct opt server_rows[] = {
	{ 'i', "interface", "IF", "towards the groups", ROW(OPT_STRING, interface),
	  .env = "GCOAP_INTERFACE", .shown = "by route" },
	{ 0, "hops", "N", "TTL or hop limit of group requests", ROW(OPT_UINT, hops),
	  .shown = "1 link-local, 16 wider" },
	{ 0, "server-timeout", "DUR", "how long to wait for one server",
	  ROW(OPT_DURATION, server_timeout), .shown = "25s" },
	{ 0, "members", "GROUP-URI=ADDR,...", "who is in the group, or \"learned\": who answers; for the "
	  "cache, repeatable",
	  ROW(OPT_MULTI, members) },
	{ 0, "next-proxy", "URI", "send everything on to this proxy", ROW(OPT_STRING, next_proxy) },
	{ 0, "hop-margin", "DUR", "what the next proxy has less than we have",
	  ROW(OPT_DURATION, margin), .shown = "1s" },
	{ 0 },
};
static const struct opt reverse_rows[] = {
	{ 0, "reverse", "PATH=GROUP-URI", "requests for PATH go to the group; //HOST: those with "
	  "that Uri-Host; repeatable", ROW(OPT_MULTI, reverse) },
	{ 0, "reverse-mode", "MODE", "stand in for the group only (a), for each server with an "
	  "address of its own (b), or for the servers with one address (c)",
	  ROW(OPT_CHOICE, reverse_mode), .shown = "a", .choices = "a b c" },
	{ 0, "alias", "OURS=SERVER", "mode b: the address of ours, or coap+tcp://ADDRESS and the like, "
	  "that stands for a server; repeatable", ROW(OPT_LIST, aliases) },
	{ 0, "t-proxy", "DUR", "how long to relay answers when the request does not say; only "
	  "in tiloca-05", ROW(OPT_DURATION, t_proxy) },
	{ 0, "reverse-only", NULL, "be no forward-proxy: 5.05 to Proxy-Uri and the like",
	  ROW(OPT_FLAG, reverse_only) },
	{ 0 },
};
static const struct opt cache_rows[] = {
	{ 0, "cache", "SIZE|off", "memory for responses", ROW(OPT_STRING, cache), .shown = "64M" },
	{ 0, "cache-model", "MODEL", "t: as in draft-tiloca-core-groupcomm-proxy-05; b: with "
	  "aggregated entries, as in groupcomm-bis-03", ROW(OPT_CHOICE, cache_model),
	  .shown = "t", .choices = "t b" },
	{ 0 },
};
static const struct opt dialect_rows[] = {
	{ 0, "dialect", "NAME", "drafts whose options the next proxy and undecided clients get",
	  ROW(OPT_CHOICE, dialect), .env = "GCOAP_DIALECT", .shown = "tiloca-05",
	  .choices = "tiloca-05 ietf" },
	{ 0, "option-number", "NAME=N", "give an option of the drafts another number; repeatable",
	  ROW(OPT_LIST, option_numbers), .env = "GCOAP_OPTION_NUMBERS" },
	{ 0 },
};
static const struct opt run_rows[] = {
	{ 0, "trace", NULL, "print every message of both sides on one timeline",
	  ROW(OPT_FLAG, trace) },
	{ 0, "json", NULL, "one JSON object a request, when it has ended", ROW(OPT_FLAG, json) },
	{ 0, "log-file", "F", "append requests and trace to a file, not to stdout",
	  ROW(OPT_STRING, log_file) },
	{ 0, "duration", "DUR", "end after so long", ROW(OPT_DURATION, duration) },
	{ 'v', "verbose", NULL, "a line on stderr for each request, when it has ended",
	  ROW(OPT_COUNT, verbose) },
	{ 'q', "quiet", NULL, "no ready lines and no notes; -qq: no errors either",
	  ROW(OPT_COUNT, quiet) },
	{ 0 },
};
static const struct opt_group groups[] = {
	{ "Clients", listen_rows, 0 },
	{ "Keys and certificates", credentials_opts, offsetof(struct proxy_args, credentials) },
	{ "Who may do what", allow_rows, 0 },
	{ "Limits", limit_rows, 0 },
	{ "Servers and groups", server_rows, 0 },
	{ "Reverse-proxy", reverse_rows, 0 },
	{ "Cache", cache_rows, 0 },
	{ "Dialects of the drafts", dialect_rows, 0 },
	{ "Run", run_rows, 0 },
	{ 0 },
};

const struct opt_command proxy_command = {
	.name = "gcoap-proxy",
	.usage = "[OPTION]...",
	.promise = "a proxy that sends one request to a CoAP group and relays every answer",
	.example = "  gcoap-sim &\n"
		   "  gcoap-proxy --listen coap://127.0.0.1:5690 --allow-client 127.0.0.1 \\\n"
		   "      --allow-group @demo &\n"
		   "  gcoap-get -P coap://127.0.0.1:5690 coap://224.0.1.187/temp\n",
	.groups = groups,
	.own_config = true,
};
