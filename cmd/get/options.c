#include "get.h"

#define ROW(type, member) type, offsetof(struct get_rounds_args, member)

static const struct opt rounds_opts[] = {
	{ 0, "rounds", "N", "ask again, N times in all", ROW(OPT_UINT, rounds), .shown = "1" },
	{ 0, "interval", "DUR", "time between the starts of two rounds",
	  ROW(OPT_DURATION, interval), .shown = "1s, but never before a round has ended" },
	{ 0 },
};

static const struct opt_group groups[] = {
	{ "Where to ask", ask_where_opts, offsetof(struct get_args, run.ask.where) },
	{ "How long to wait", ask_wait_opts, offsetof(struct get_args, run.ask.wait) },
	{ "What to send", ask_method_opts, offsetof(struct get_args, run.ask.request) },
	{ "The request", ask_request_opts, offsetof(struct get_args, run.ask.request) },
	{ "Large bodies", ask_body_opts, offsetof(struct get_args, run.ask.body) },
	{ "Dialects of the drafts", ask_dialect_opts, offsetof(struct get_args, run.ask.dialect) },
	{ "Through a proxy", ask_proxy_opts, offsetof(struct get_args, run.ask.proxy) },
	{ "Output", output_opts, offsetof(struct get_args, run.output) },
	{ "Payloads", output_payload_opts, offsetof(struct get_args, run.output) },
	{ "Rounds", rounds_opts, offsetof(struct get_args, rounds) },
	{ "Keys and certificates", credentials_opts, offsetof(struct get_args, run.secrets) },
	{ "The cache", run_cache_opts, offsetof(struct get_args, run.cache) },
	{ "The run", run_how_opts, offsetof(struct get_args, run.how) },
	{ 0 },
};

const struct opt_command get_command = {
	.name = "gcoap-get",
	.usage = "[OPTION]... TARGET...",
	.promise = "one request to a CoAP group or server, every server's answer",
	.example = "  gcoap-get 224.0.1.187/temp              every server's temperature\n"
		   "  gcoap-get -n 3 --json @lab/temp | jq .  stop at three, for scripts\n"
		   "  gcoap-get -m put -p on @lab/light       switch a whole group\n"
		   "  gcoap-get -6 -i eth0 all/.well-known/core\n",
	.groups = groups,
};
