/* Send, count, show. */
#include <errno.h>
#include <string.h>
#include "common/cli.h"
#include "common/config.h"
#include "common/progress.h"
#include "tool.h"

/* How often to look whether the session is there. */
#define LOOK_EVERY (2 * GCOAP_MS)
/* What is left to do before the first request is no lag of it. */
#define SET_UP (2 * GCOAP_MS)

/* What the session carries until then: nothing. */
static int idle_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	return 0;
}

static int idle_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	return 0;
}

static gcoap_time idle_deadline(const struct gcoap_engine *e)
{
	return GCOAP_NEVER;
}

static void idle_tick(struct gcoap_engine *e, gcoap_time now)
{
}

static bool idle_done(const struct gcoap_engine *e)
{
	return false;
}

static struct gcoap_engine idle = { .send = idle_send, .recv = idle_recv,
				    .deadline = idle_deadline, .tick = idle_tick,
				    .done = idle_done };

static void look(void *arg, gcoap_time now)
{
	struct bench *b = arg;

	if (b->load == NULL && gcoap_carrier_state(b->run.stream.carrier) != GCOAP_EAGAIN &&
	    gcoap_carrier_state(b->run.stream.carrier) != GCOAP_ESECURITY)
		gcoap_loop_stop(b->run.loop);
}

static void give_up(void *arg, gcoap_time now)
{
	struct bench *b = arg;

	if (b->load == NULL)
		gcoap_loop_stop(b->run.loop);
}

/* The time of a handshake is no request's. CLI_OK, or a status after saying why. */
static int connect_first(struct bench *b)
{
	struct run *run = &b->run;
	gcoap_time wait = ask_timeout(&run->args->ask, run->targets);
	int r, status;

	run_rounds_init(run, gcoap_now());
	run->rounds.inner = &idle;
	run->rounds.left = 0;
	status = run_stream_open(run);
	if (status != CLI_OK)
		return status;
	r = gcoap_loop_add_timer(run->loop, 0, LOOK_EVERY, look, b);
	if (r >= 0)
		r = gcoap_loop_add_timer(run->loop, wait, 0, give_up, b);
	if (r >= 0)
		r = gcoap_loop_run(run->loop);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "cannot start: %s", run_why(r, errno));
	if (b->interrupted)
		return CLI_INTERRUPT;
	return run_stream_say(run, false);
}

static int open_samples(struct bench *b, gcoap_time wall)
{
	if (b->own->samples == NULL)
		return CLI_OK;
	return bench_samples_open(&b->samples, b->own->samples, &b->run, wall);
}

static int open_tally(struct bench *b, gcoap_time start)
{
	struct bench_tally_config config = {
		.requests = b->requests,
		.n_requests = b->run.n_targets,
		.start = start,
		.length = bench_plan_length(&b->plan),
		.gap = b->plan.gap,
		.warmup = b->plan.warmup,
		.expect = b->run.args->ask.wait.expect,
		.name_of = config_name_of,
		.also = b->samples != NULL ? bench_samples_sink(b->samples) : NULL,
	};
	int r;

	for (size_t i = 0; i < b->run.n_targets; i++)
		config.group = config.group || target_many(&b->run.targets[i]);
	r = bench_tally_new(&b->tally, &config);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "cannot start: %s", gcoap_strerror(r));
	bench_heard_init(b);
	return CLI_OK;
}

/* Each client's engine gets its socket, or the only one the session. */
static int drive(struct bench *b)
{
	int r = 0;

	if (run_stream_wanted(&b->run))
		b->run.rounds.inner = gcoap_load_client(b->load, 0);
	for (uint32_t i = 0; i < b->n_udp && r >= 0; i++)
		r = gcoap_loop_add(b->run.loop, b->udp[i], gcoap_load_client(b->load, i));
	return r;
}

static int begin(struct bench *b)
{
	struct run *run = &b->run;
	struct bench_report report;
	int status, r = gcoap_loop_new(&run->loop);

	if (r >= 0)
		r = bench_watch(b);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "cannot start: %s", run_why(r, errno));
	status = open_samples(b, gcoap_wall_offset());
	if (status == CLI_OK && run_stream_wanted(run))
		status = connect_first(b);
	if (status != CLI_OK)
		return status;
	b->result.started = gcoap_now();
	b->result.wall = gcoap_wall_offset();
	report = bench_report(b, CLI_OK);
	if (run->args->output.quiet < 2 && bench_show_request(&report, run, stdout) < 0)
		return CLI_LOCAL; /* cli_finish() says why */
	run->started = gcoap_now() + SET_UP;
	status = open_tally(b, run->started);
	if (status == CLI_OK)
		status = bench_load_open(b, &b->plan, run->started, &b->heard.sink);
	if (status != CLI_OK)
		return status;
	r = bench_tally_load(b->tally, b->load);
	if (r >= 0)
		r = bench_load_expect(b);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "cannot start: %s", gcoap_strerror(r));
	if (b->samples != NULL)
		bench_samples_load(b->samples, b->load);
	progress_start(run->args->output.quiet == 0, run->started);
	r = drive(b);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "cannot start: %s", run_why(r, errno));
	return CLI_OK;
}

static int write_files(struct bench *b, int status)
{
	struct bench_report report = bench_report(b, status);
	int written = CLI_OK;

	if (b->own->csv != NULL)
		written = cli_worse(written, bench_write_csv(&report, b->own->csv));
	if (b->own->hgrm != NULL)
		written = cli_worse(written, bench_write_hgrm(&report, b->own->hgrm));
	if (b->own->html != NULL)
		written = cli_worse(written, bench_write_html(&report, b->own->html));
	return written;
}

static int end(struct bench *b)
{
	struct bench_report report;
	int status = bench_result_now(b, gcoap_now()), written;

	cli_hold();
	written = run_capture_close(&b->run);
	if (b->samples != NULL)
		written = cli_worse(written, bench_samples_close(&b->samples));
	if (status != CLI_OK) {
		cli_release();
		return cli_worse(status, written);
	}
	status = cli_worse(bench_verdict(b), written);
	bench_warn(b);
	status = cli_worse(status, write_files(b, status));
	report = bench_report(b, status);
	if (b->run.args->output.quiet < 2 && bench_has_table(b->own) && bench_show(&report, stdout) < 0)
		status = cli_worse(status, CLI_LOCAL);
	cli_release();
	return status;
}

int bench_go(struct bench *b)
{
	int status = begin(b);

	if (status == CLI_OK) {
		b->run.error = gcoap_loop_run(b->run.loop);
		b->run.why = errno;
		progress_hide();
		return end(b);
	}
	if (b->samples != NULL)
		status = cli_worse(status, bench_samples_close(&b->samples));
	status = cli_worse(status, run_capture_close(&b->run));
	bench_errors_show(b, status);
	return status;
}
