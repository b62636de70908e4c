/* The observation that the options describe, and its place in the run. */
#include <string.h>
#include "common/cli.h"
#include "live.h"
#include "observe.h"

static struct observe *of(struct run *run)
{
	return (struct observe *)run;
}

/* The screen, and behind it the end that lines have. */
static int open_live(struct run *run, const struct render_env *env, bool table)
{
	struct render *lines = NULL;
	int status;

	if (!table)
		return cli_usage("--live shows a screen: leave out the option for another output");
	status = observe_lines_open(&lines, env, run);
	if (status == CLI_OK)
		status = live_open(&run->render, env, lines);
	if (status != CLI_OK && lines != NULL)
		lines->close(lines);
	return status;
}

/* Lines as they come are what people expect here of a table. */
static int open_render(struct run *run, const struct render_env *env)
{
	const struct output_args *args = env->args;
	bool table = !args->json && !args->write_out && !args->save && args->quiet < 2 &&
		     strcmp(args->format, "table") == 0 && !args->columns.n && !args->sort;

	if (of(run)->own->live)
		return open_live(run, env, table);
	return table ? observe_lines_open(&run->render, env, run) : render_open(&run->render, env);
}

static int prepare(struct run *run, struct gcoap_ask *ask)
{
	ask->observe = &of(run)->how;
	return CLI_OK;
}

/* The terminal is given back at once, the servers are told meanwhile. */
static void end(struct observe *o, enum gcoap_ended_by why, gcoap_time now)
{
	if (o->own->live)
		live_leave(o->run.render);
	gcoap_client_cancel(o->run.client, why, now);
}

static void on_duration(void *arg, gcoap_time now)
{
	end(arg, GCOAP_ENDED_DURATION, now);
}

static void on_count(void *arg, gcoap_time now)
{
	end(arg, GCOAP_ENDED_COUNT, now);
}

static int begin(struct run *run)
{
	struct observe *o = of(run);
	int r = exec_watch(&o->exec, run->loop);

	if (r >= 0 && o->own->duration > 0)
		r = gcoap_loop_add_timer(run->loop, o->own->duration, 0, on_duration, o);
	if (r >= 0 && o->own->live)
		r = live_start(run->render, run);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "cannot start: %s", gcoap_strerror(r));
	return CLI_OK;
}

/* Not from here, in the middle of a record: the loop ends it at its next turn. */
static void enough(struct observe *o)
{
	o->leaving = true;
	if (gcoap_loop_add_timer(o->run.loop, 0, 0, on_count, o) < 0)
		gcoap_loop_stop(o->run.loop);
}

static int heard(struct run *run, const struct gcoap_notification *n)
{
	struct observe *o = of(run);

	if (o->leaving || (o->own->changes_only && !n->changed))
		return 0;
	return 1;
}

static void shown(struct run *run, const struct gcoap_notification *n)
{
	struct observe *o = of(run);

	exec_add(&o->exec, n);
	if (o->own->count > 0 && ++o->shown >= o->own->count)
		enough(o);
}

static void interrupt(struct run *run, gcoap_time now)
{
	end(of(run), GCOAP_ENDED_INTERRUPT, now);
}

static int check(const struct observe_args *args)
{
	const char *method = args->run.ask.request.method;

	if (strcmp(method, "get") != 0 && strcmp(method, "fetch") != 0)
		return cli_usage("--method %s: only get and fetch observe (RFC 7641, RFC 8132)",
				 method);
	if (opt_given("duration") && args->own.duration <= 0)
		return cli_usage("--duration: want more than 0");
	if (opt_given("count") && args->own.count == 0)
		return cli_usage("--count 0: want 1 or more");
	if (opt_given("reregister") && args->own.reregister < GCOAP_SECOND)
		return cli_usage("--reregister: want 1s or more");
	if (args->own.no_cancel && opt_given("cancel"))
		return cli_usage("--cancel and --no-cancel exclude each other");
	return CLI_OK;
}

int observe_open(struct observe *o, const struct observe_args *args, int argc, char **argv)
{
	int status;

	memset(o, 0, sizeof(*o));
	run_init(&o->run, &args->run);
	status = check(args);
	if (status != CLI_OK)
		return status;
	o->own = &args->own;
	o->how = (struct gcoap_observe){
		.reregister = args->own.reregister,
		.cancel = args->own.no_cancel			   ? GCOAP_CANCEL_NOT :
			  strcmp(args->own.cancel, "each") == 0 ? GCOAP_CANCEL_EACH :
								     GCOAP_CANCEL_GROUP,
		.keep_listening = args->own.duration > 0,
	};
	o->run.open_render = open_render;
	o->run.prepare = prepare;
	o->run.begin = begin;
	o->run.heard = heard;
	o->run.shown = shown;
	o->run.show_stale = args->own.stale;
	o->run.interrupt = interrupt;
	o->run.judge = observe_judge;
	o->run.leave_screen = args->own.live ? live_rescue : NULL;
	status = exec_open(&o->exec, args->own.exec);
	o->exec.silent = args->own.live;
	return status == CLI_OK ? run_open(&o->run, argc, argv) : status;
}

void observe_close(struct observe *o)
{
	run_close(&o->run);
	exec_close(&o->exec);
}
