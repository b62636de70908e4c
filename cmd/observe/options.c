#include "observe.h"

#define ROW(type, member) type, offsetof(struct observe_own, member)

static const struct opt own_opts[] = {
	{ 'd', "duration", "DUR", "end after so long", ROW(OPT_DURATION, duration),
	  .shown = "at Ctrl-C" },
	{ 'C', "count", "N", "end after so many notifications", ROW(OPT_UINT, count) },
	{ 0, "changes-only", NULL, "show a notification only when it differs from the server's "
	  "last one", ROW(OPT_FLAG, changes_only) },
	{ 0, "live", NULL, "all servers on a screen of their own, with keys", ROW(OPT_FLAG, live) },
	{ 0, "stale", NULL, "say when a server's last value is older than its Max-Age",
	  ROW(OPT_FLAG, stale) },
	{ 0, "exec", "CMD", "run CMD for each one, without a shell: GCOAP_SERVER and GCOAP_CODE in "
	  "its environment, the payload on its stdin", ROW(OPT_STRING, exec) },
	{ 0, "reregister", "DUR", "register with the group again so often",
	  ROW(OPT_DURATION, reregister), .shown = "each server when its Max-Age has passed" },
	{ 0, "cancel", "HOW", "at the end, cancel with one group request or at each server",
	  ROW(OPT_CHOICE, cancel), .shown = "group", .choices = "group each" },
	{ 0, "no-cancel", NULL, "leave without a word", ROW(OPT_FLAG, no_cancel) },
	{ 0 },
};

static const struct opt_group groups[] = {
	{ "Where to ask", ask_where_opts, offsetof(struct observe_args, run.ask.where) },
	{ "The observation", own_opts, offsetof(struct observe_args, own) },
	{ "How long to wait for the first ones", ask_wait_opts,
	  offsetof(struct observe_args, run.ask.wait) },
	{ "What to send", ask_method_opts, offsetof(struct observe_args, run.ask.request) },
	{ "The request", ask_request_opts, offsetof(struct observe_args, run.ask.request) },
	{ "Large bodies", ask_body_opts, offsetof(struct observe_args, run.ask.body) },
	{ "Dialects of the drafts", ask_dialect_opts,
	  offsetof(struct observe_args, run.ask.dialect) },
	{ "Through a proxy", ask_proxy_opts, offsetof(struct observe_args, run.ask.proxy) },
	{ "Output", output_opts, offsetof(struct observe_args, run.output) },
	{ "Payloads", output_payload_opts, offsetof(struct observe_args, run.output) },
	{ "Keys and certificates", credentials_opts, offsetof(struct observe_args, run.secrets) },
	{ "The run", run_how_opts, offsetof(struct observe_args, run.how) },
	{ 0 },
};

const struct opt_command observe_command = {
	.name = "gcoap-observe",
	.usage = "[OPTION]... TARGET...",
	.promise = "follow a resource on every member of a CoAP group",
	.example = "  gcoap-observe 224.0.1.187/temp                every server, until Ctrl-C\n"
		   "  gcoap-observe -d 60s --changes-only @lab/temp  one minute of what changes\n"
		   "  gcoap-observe --json @lab/temp @lab/light | jq .\n"
		   "  gcoap-observe --exec 'logger -t coap' @lab/alarm\n",
	.groups = groups,
};
