#include "discover.h"

#define ROW(type, member) type, offsetof(struct discover_own, member)

static const struct opt link_opts[] = {
	{ 0, "rt", "TYPE", "links of this resource type; temp* takes any that starts so",
	  ROW(OPT_STRING, rt) },
	{ 0, "if", "NAME", "links of this interface description", ROW(OPT_STRING, iface) },
	{ 0, "ct", "CF", "links of this Content-Format, name or number", ROW(OPT_STRING, ct) },
	{ 0, "obs", NULL, "links that can be observed", ROW(OPT_FLAG, obs) },
	{ 0, "href", "PAT", "links whose target is PAT, or starts so: '/gp/*'",
	  ROW(OPT_STRING, href) },
	{ 0, "groups", NULL, "the groups that Resource Directories know, and their links",
	  ROW(OPT_FLAG, groups) },
	{ 0 },
};

static const struct opt view_opts[] = {
	{ 0, "tree", NULL, "each server with its links below it (the default)",
	  ROW(OPT_FLAG, tree) },
	{ 0, "flat", NULL, "a row for each link", ROW(OPT_FLAG, flat) },
	{ 0, "matrix", NULL, "links against servers: o observable, x there, - absent",
	  ROW(OPT_FLAG, matrix) },
	{ 0, "links", NULL, "link format (RFC 6690) with absolute targets", ROW(OPT_FLAG, links) },
	{ 0, "save", "F", "save what was found to a JSON file", ROW(OPT_STRING, save) },
	{ 0, "diff", "F", "show only what differs from a saved file; exit 10 when anything does",
	  ROW(OPT_STRING, diff) },
	{ 0, "follow", "DUR", "ask again every DUR and show what has changed",
	  ROW(OPT_DURATION, follow) },
	{ 0 },
};

static const struct opt *const others[] = { ask_method_opts, output_payload_opts, NULL };

/* As the shared rows, but for the columns that are the default. */
static struct opt output_rows[32];

static const struct opt_group groups[] = {
	{ "What to look for", link_opts, offsetof(struct discover_args, own) },
	{ "How to show it", view_opts, offsetof(struct discover_args, own) },
	{ "Where to ask", ask_where_opts, offsetof(struct discover_args, run.ask.where) },
	{ "How long to wait", ask_wait_opts, offsetof(struct discover_args, run.ask.wait) },
	{ "The request", ask_request_opts, offsetof(struct discover_args, run.ask.request) },
	{ "Large bodies", ask_body_opts, offsetof(struct discover_args, run.ask.body) },
	{ "Dialects of the drafts", ask_dialect_opts,
	  offsetof(struct discover_args, run.ask.dialect) },
	{ "Through a proxy", ask_proxy_opts, offsetof(struct discover_args, run.ask.proxy) },
	{ "Output", output_rows, offsetof(struct discover_args, run.output) },
	{ "Keys and certificates", credentials_opts, offsetof(struct discover_args, run.secrets) },
	{ "The cache", run_cache_opts, offsetof(struct discover_args, run.cache) },
	{ "The run", run_how_opts, offsetof(struct discover_args, run.how) },
	{ 0 },
};

void discover_options(void)
{
	struct opt *columns = opt_rows_copy(output_rows, 32, output_opts, "columns");

	columns->help = "columns of tree, flat, csv and pairs";
	columns->shown = "server,href,rt,if,ct,obs,sz,title";
}

const struct opt_command discover_command = {
	.name = "gcoap-discover",
	.usage = "[OPTION]... [TARGET]...",
	.promise = "which servers of a CoAP group have which resources",
	.example = "  gcoap-discover                          all servers, on all interfaces\n"
		   "  gcoap-discover --rt temperature @lab    who measures temperatures\n"
		   "  gcoap-discover --matrix --obs           who can be observed\n"
		   "  gcoap-discover --diff yesterday.json    what is new, what is gone\n",
	.groups = groups,
	.others = others,
};
