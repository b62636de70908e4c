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

static int (*opener(const struct output_args *args))(struct render **, const struct render_env *)
{
	if (args->quiet > 1)
		return render_none_open;
	if (args->write_out)
		return render_writeout_open;
	if (args->json)
		return render_jsonl_open;
	for (const struct render_format *f = render_formats; f->name; f++)
		if (!strcmp(f->name, args->format))
			return f->open;
	return render_table_open;
}

int render_open(struct render **out, const struct render_env *env)
{
	static char buffer[1 << 16];
	struct render *inner = NULL;
	int status = output_apply(env->args);

	if (status)
		return status;
	if (env->args->json && opt_given("format") && strcmp(env->args->format, "jsonl"))
		return cli_usage("--json and --format %s exclude each other", env->args->format);
	if (env->out == stdout)
		setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	status = opener(env->args)(&inner, env);
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
