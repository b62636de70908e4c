/* From the command line to all that the run needs; nothing is sent yet. */
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "compare.h"
#include "file.h"
#include "tool.h"

static int silent_finish(struct render *r, const struct gcoap_summary *s, int status)
{
	return 0;
}

static void silent_close(struct render *r)
{
}

static int open_render(struct run *run, const struct render_env *env)
{
	struct bench *b = (struct bench *)run;

	b->silent = (struct bench_silent){
		.render = { .error = bench_error_keep, .finish = silent_finish,
			    .close = silent_close },
		.bench = b,
	};
	run->render = &b->silent.render;
	return output_apply(env->args);
}

static void lost(struct run *run, gcoap_time now)
{
	struct bench *b = (struct bench *)run;

	b->lost = true;
	if (b->load != NULL)
		gcoap_load_stop(b->load, false, now);
	gcoap_loop_stop(run->loop);
}

/* Can they be written, each to its own place? Better known before the run. */
static int check_files(const struct bench_own *own)
{
	const struct {
		const char *option, *path;
	} all[] = { { "--html", own->html }, { "--csv", own->csv }, { "--hgrm", own->hgrm },
		    { "--samples", own->samples } };
	const size_t n = sizeof(all) / sizeof(*all);
	int status = CLI_OK;

	for (size_t i = 0; i < n && status == CLI_OK; i++) {
		if (all[i].path == NULL)
			continue;
		for (size_t k = 0; k < i; k++) {
			if (all[k].path != NULL && strcmp(all[k].path, all[i].path) == 0 &&
			    strncmp(all[i].path, "/dev/", 5) != 0)
				return cli_usage("%s and %s: both to %s", all[k].option,
						 all[i].option, all[i].path);
		}
		if (i < n - 1)
			status = bench_file_try(all[i].option, all[i].path);
	}
	return status;
}

/* What asks something else has other figures. */
static void warn_other_plan(const struct bench *b)
{
	const struct bench_result now = { .targets = b->uris, .n_targets = b->run.n_targets,
					  .gap = b->plan.gap, .clients = b->plan.clients };
	char other[700];

	if (bench_compare_differs(b->compare, &now, other, sizeof(other)))
		cli_warn("--compare %s: another plan: %s", b->compare->path, other);
}

static int open_compare(struct bench *b)
{
	int status;

	if (b->own->compare == NULL)
		return CLI_OK;
	b->compare = calloc(1, sizeof(*b->compare));
	if (b->compare == NULL)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	status = bench_compare_open(b->compare, b->own->compare);
	if (status == CLI_OK)
		warn_other_plan(b);
	return status;
}

static int list_uris(struct bench *b)
{
	b->uris = calloc(b->run.n_targets, sizeof(*b->uris));
	if (b->uris == NULL)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	for (size_t i = 0; i < b->run.n_targets; i++)
		b->uris[i] = b->run.targets[i].uri;
	return CLI_OK;
}

/* One session carries all that is asked. */
static int open_endpoints(struct bench *b)
{
	int status;

	if (run_stream_wanted(&b->run) && b->own->clients > 1)
		return cli_usage("--clients goes with coap:// alone: over %s there is one session",
				 gcoap_scheme_name(b->run.stream.scheme));
	if (run_stream_wanted(&b->run))
		return CLI_OK;
	status = b->run.args->how.dry_run ? CLI_OK : run_capture_open(&b->run);
	return status == CLI_OK ? bench_endpoints_open(b) : status;
}

/* What the rest needs to be told of the options. */
static int settle(struct bench_args *args)
{
	const char *format;
	int status = output_choose(&args->run.output, &format);

	if (status != CLI_OK)
		return status;
	args->run.output.format = format;
	args->run.output.json = strcmp(format, "jsonl") == 0;
	args->run.ask.body.no_blockwise = true;
	status = bench_check(args);
	if (status == CLI_OK)
		bench_plan_settle(&args->own);
	return status;
}

static int open_all(struct bench *b, struct bench_args *args, int argc, char **argv)
{
	int status = settle(args);

	bench_plan(&b->plan, b->own);
	if (status == CLI_OK)
		status = bench_conditions(b, &argc, argv);
	if (status == CLI_OK)
		status = run_open(&b->run, argc, argv);
	if (status == CLI_OK)
		status = list_uris(b);
	if (status == CLI_OK)
		status = open_compare(b);
	if (status == CLI_OK && !args->run.how.dry_run)
		status = check_files(b->own);
	if (status == CLI_OK)
		status = open_endpoints(b);
	if (status == CLI_OK)
		status = bench_requests_open(b);
	return status == CLI_OK ? bench_guard(b) : status;
}

int bench_open(struct bench *b, struct bench_args *args, int argc, char **argv)
{
	int status;

	run_init(&b->run, &args->run);
	b->own = &args->own;
	b->run.open_render = open_render;
	b->run.lost = lost;
	status = open_all(b, args, argc, argv);
	bench_errors_show(b, status);
	return status;
}

void bench_close(struct bench *b)
{
	run_stream_close(&b->run);
	gcoap_load_free(&b->load);
	bench_tally_free(&b->tally);
	bench_requests_close(b);
	bench_endpoints_close(b);
	run_close(&b->run);
	for (size_t i = 0; i < b->n_asserts; i++)
		free((char *)b->asserts[i].expr);
	free(b->asserts);
	free(b->compare);
	free(b->uris);
	bench_errors_clear(b);
}
