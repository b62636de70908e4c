/* Choose the renderer. */
#include "render.h"

#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "render_common.h"

const struct render_format render_formats[] = {
	{ "table", "a table for people", render_table_open },
	{ "jsonl", "one JSON object a line; stable", render_jsonl_open },
	{ "json", "one JSON document; stable", render_json_open },
	{ "csv", "comma-separated values (RFC 4180)", render_csv_open },
	{ "pairs", "NAME=\"value\" for shells", render_pairs_open },
	{ "raw", "the payloads' bytes and nothing else", render_raw_open },
	{ "short", "server, code and payload in a line", render_short_open },
	{ 0 },
};

/* -qq: records go nowhere, and cost nothing. */
static int none_finish(struct render *r, const struct gcoap_summary *s, int status)
{
	return 0;
}

int render_none_open(struct render **out, const struct render_env *env)
{
	struct render_base *b = render_new(sizeof(*b), env);

	if (!b)
		return GCOAP_ENOMEM;
	b->render.finish = none_finish;
	*out = &b->render;
	return 0;
}

int output_choose(const struct output_args *args, const char **format)
{
	enum opt_origin w = args->write_out ? opt_origin("write-out") : OPT_FROM_NOWHERE;
	enum opt_origin j = args->json ? opt_origin("json") : OPT_FROM_NOWHERE;
	enum opt_origin f = opt_origin("format");

	if (w && (w == j || w == f))
		return cli_usage("--write-out and --%s exclude each other",
				 w == j ? "json" : "format");
	if (j && j == f && strcmp(args->format, "jsonl"))
		return cli_usage("--json and --format %s exclude each other", args->format);
	*format = args->write_out && w >= j && w >= f ? "write-out" :
		  args->json && j >= f		       ? "jsonl" :
							 args->format;
	return 0;
}

/* What the flags ask for is done or refused; the config file's is for the formats that can. */
static int check_format(const char *format)
{
	bool table = !strcmp(format, "table");
	bool cells = table || !strcmp(format, "csv") || !strcmp(format, "pairs") ||
		     !strcmp(format, "short");

	if (!table && opt_origin("sort") >= OPT_FROM_ENV_OPTIONS)
		return cli_usage("--sort is for tables, %s is written as it comes", format);
	if (!cells && opt_origin("columns") >= OPT_FROM_ENV_OPTIONS)
		return cli_usage("--columns is for table, csv, pairs and short, not for %s", format);
	return 0;
}

static int (*opener(const char *format, bool links))(struct render **,
						    const struct render_env *)
{
	if (links && !strcmp(format, "table"))
		return render_links_open;
	for (const struct render_format *f = render_formats; f->name; f++)
		if (!strcmp(f->name, format))
			return f->open;
	return render_writeout_open;
}

int render_open(struct render **out, const struct render_env *env)
{
	static char buffer[1 << 16];
	struct render *inner = NULL;
	const char *format = env->args->format;
	int status = output_apply(env->args);

	if (!status)
		status = output_choose(env->args, &format);
	if (!status)
		status = check_format(format);
	if (status)
		return status;
	if (env->out == stdout)
		setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	status = env->args->quiet > 1 ? render_none_open(&inner, env) :
					opener(format, env->links)(&inner, env);
	if (status)
		return status < 0 ? CLI_LOCAL : status;
	if (!env->args->save) {
		*out = inner;
		return 0;
	}
	status = render_save_open(out, env, inner);
	if (status)
		inner->close(inner);
	return status;
}
