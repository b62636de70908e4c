#include "etag.h"

#define ROW(type, member) type, offsetof(struct etag_own, member)

static const struct opt own_opts[] = {
	{ 0, "multi", NULL, "Multi-ETag: each server's entity-tag in the group request",
	  ROW(OPT_FLAG, multi) },
	{ 0, "plain", NULL, "ETag in the group request (--dialect ietf)", ROW(OPT_FLAG, plain) },
	{ 0, "group", NULL, "Group-ETag of the whole set, through a proxy (-P)",
	  ROW(OPT_FLAG, group) },
	{ 0, "each", NULL, "ask each server by itself, with ETag", ROW(OPT_FLAG, each) },
	{ 0, "max-request", "SIZE", "bytes of a request; more Multi-ETags go into further ones",
	  ROW(OPT_UINT, max_request), .shown = "1024" },
	{ 0, "state", "F", "file with what is held", ROW(OPT_STRING, state),
	  .shown = "$XDG_CACHE_HOME/gcoap/cache.db" },
	{ 0, "forget", NULL, "forget all that is held, and end", ROW(OPT_FLAG, forget) },
	{ 0, "exit-code", NULL, "exit 10 when anything has changed", ROW(OPT_FLAG, exit_code) },
	{ 0 },
};

/* As the shared rows, but for what is shown of answers: their states, not what is in them. */
static struct opt payload_rows[8];

static const struct opt_group groups[] = {
	{ "How to validate", own_opts, offsetof(struct etag_args, own) },
	{ "Where to ask", ask_where_opts, offsetof(struct etag_args, run.ask.where) },
	{ "How long to wait", ask_wait_opts, offsetof(struct etag_args, run.ask.wait) },
	{ "What to send", ask_method_opts, offsetof(struct etag_args, run.ask.request) },
	{ "The request", ask_request_opts, offsetof(struct etag_args, run.ask.request) },
	{ "Large bodies", ask_body_opts, offsetof(struct etag_args, run.ask.body) },
	{ "Dialects of the drafts", ask_dialect_opts, offsetof(struct etag_args, run.ask.dialect) },
	{ "Through a proxy", ask_proxy_opts, offsetof(struct etag_args, run.ask.proxy) },
	{ "Output", output_opts, offsetof(struct etag_args, run.output) },
	{ "Payloads", payload_rows, offsetof(struct etag_args, run.output) },
	{ "Keys and certificates", credentials_opts, offsetof(struct etag_args, run.secrets) },
	{ "The run", run_how_opts, offsetof(struct etag_args, run.how) },
	{ 0 },
};

void etag_options(void)
{
	struct opt *show = opt_rows_copy(payload_rows, 8, output_payload_opts, "show");

	show->help = "what to show beside: req, dup, late";
	show->shown = NULL;
	show->choices = "req dup late";
}

const struct opt_command etag_command = {
	.name = "gcoap-etag",
	.usage = "[OPTION]... TARGET...",
	.promise = "is what we hold of a CoAP group's answers still right?",
	.example = "  gcoap-etag @lab/fw                 the first time: store what all answer\n"
		   "  gcoap-etag @lab/fw                 the next: who still has the same?\n"
		   "  gcoap-etag --exit-code @lab/fw     for scripts: 10 when anything changed\n"
		   "  gcoap-etag --group -P proxy @lab/fw   one 2.03 for all of them\n",
	.groups = groups,
};
