/* While it runs: Ctrl-C, SIGQUIT and the progress line. */
#include <stdio.h>
#include <unistd.h>
#include "common/progress.h"
#include "common/signals.h"
#include "tool.h"

static void stop(void *arg)
{
	struct bench *b = arg;

	b->interrupted = true;
	if (b->load != NULL)
		gcoap_load_stop(b->load, false, gcoap_now());
	gcoap_loop_stop(b->run.loop);
}

/* Beside records for scripts the table is a remark. */
static void interim(void *arg)
{
	struct bench *b = arg;
	const struct output_args *o = &b->run.args->output;
	bool alone = strcmp(o->format, "table") == 0 && bench_has_table(b->own);
	struct bench_report report;
	FILE *out = alone ? stdout : stderr;

	if (b->load == NULL || o->quiet > 1 || bench_result_now(b, gcoap_now()) != 0)
		return;
	progress_hide();
	report = bench_report(b, 0);
	(void)bench_show_table(&report, out); /* cli_finish() says what fails */
	fflush(out);
}

static double seconds(gcoap_time t)
{
	return (double)t / GCOAP_SECOND;
}

/* "12.3 s of 60 s: 24 sent, 17 complete, 0 lost, p50 1.9 s" */
static void on_progress(void *arg, gcoap_time now)
{
	struct bench *b = arg;
	const struct bench_plan *p = &b->plan;
	struct gcoap_load_count count;
	struct bench_glance glance;
	char of[32] = "", p50[32] = "";

	if (b->load == NULL)
		return;
	gcoap_load_count(b->load, &count, now);
	bench_tally_glance(b->tally, &glance);
	if (p->duration > 0)
		snprintf(of, sizeof(of), " of %.4g s", seconds(p->duration));
	if (glance.answers > 0)
		snprintf(p50, sizeof(p50), ", p50 %.3g %s",
			 glance.p50 < GCOAP_SECOND ? seconds(glance.p50) * 1e3 : seconds(glance.p50),
			 glance.p50 < GCOAP_SECOND ? "ms" : "s");
	progress_text(now, "%.1f s%s: %llu sent, %llu complete, %llu lost%s",
		      seconds(now - b->run.started), of, (unsigned long long)count.sent,
		      (unsigned long long)glance.complete_rounds, (unsigned long long)glance.lost,
		      p50);
}

int bench_watch(struct bench *b)
{
	const struct signals signals = { .stop = stop, .interim = interim, .arg = b };
	int r = signals_catch(&signals, b->run.loop);

	if (r < 0 || b->run.args->output.quiet > 0 || !isatty(STDERR_FILENO))
		return r;
	return gcoap_loop_add_timer(b->run.loop, 300 * GCOAP_MS, 200 * GCOAP_MS, on_progress, b);
}
