#include "bench_fixture.h"

#include <math.h>
#include <string.h>

static const char *const targets[] = { "coap://224.0.1.187/temp" };

/* 120 values that have these percentiles, ms. */
static void fill(struct gcoap_histogram *h, const int *ms)
{
	static const int counts[] = { 1, 20, 39, 47, 10, 2, 1 };

	for (size_t i = 0; i < 7; i++)
		gcoap_histogram_add(h, ms[i] * GCOAP_MS, (uint64_t)counts[i]);
}

struct bench_figure *bench_fixture_figure(struct bench_fixture *x, const char *name,
					  enum bench_unit unit, double value, double spread)
{
	struct bench_figure *f = &x->figures[x->report.n_figures++];

	*f = (struct bench_figure){ .unit = unit, .known = true, .value = value, .spread = spread,
				    .better = BENCH_LESS };
	strncpy(f->name, name, sizeof(f->name) - 1);
	return f;
}

static void add_server(struct bench_fixture *x, const char *text, const char *name,
		       uint64_t answered)
{
	struct bench_server *v = &x->servers[x->result.n_servers++];

	strncpy(v->text, text, sizeof(v->text) - 1);
	v->name = name;
	v->expected = true;
	v->sent = 120;
	v->answered = answered;
	if (answered)
		gcoap_histogram_add(&v->rtt, 1500 * GCOAP_MS, answered);
}

void bench_fixture_init(struct bench_fixture *x)
{
	struct bench_result *r = &x->result;

	memset(x, 0, sizeof(*x));
	x->output = (struct output_args)OUTPUT_ARGS_DEFAULT;
	x->own = (struct bench_own){ .gap = GCOAP_SECOND / 2, .duration = 60 * GCOAP_SECOND,
				     .clients = 1 };
	*r = (struct bench_result){
		.targets = targets, .n_targets = 1, .group = true, .elapsed = 60 * GCOAP_SECOND,
		.wall = 1782907200 * GCOAP_SECOND, .gap = GCOAP_SECOND / 2, .clients = 1,
		.rounds = 120, .answered_rounds = 120, .complete_rounds = 117, .answers = 237, .expected_answers = 240,
		.late = 1, .sent = 120, .received = 238, .sent_bytes = 2400,
		.received_bytes = 9520, .sent_wire = 5760, .received_wire = 16184,
		.request_size = 20, .answer_min = 39, .answer_max = 41, .answer_mean = 40, .n_expected = 2,
		.n_answering = 2, .servers = x->servers,
	};
	r->codes[0x45] = 237;
	fill(&r->first, (const int[]){ 130, 400, 610, 900, 1420, 2200, 2310 });
	fill(&r->last, (const int[]){ 1900, 3500, 4100, 4400, 4780, 4950, 4980 });
	gcoap_histogram_merge(&r->each, &r->first);
	gcoap_histogram_merge(&r->each, &r->last);
	add_server(x, "10.77.0.2:5683", "kitchen", 120);
	add_server(x, "10.77.0.3:5683", "hall", 117);
	x->servers[1].late = 1;
	x->report = (struct bench_report){ .result = r, .figures = x->figures,
		.asserts = x->asserts, .output = &x->output, .own = &x->own,
		.ended_by = "duration" };
	bench_fixture_figure(x, "last.p99", BENCH_TIME, 4950e6, 30e6);
	bench_fixture_figure(x, "loss", BENCH_SHARE, 0.025, 0.01)->of = "hall";
	bench_fixture_figure(x, "complete", BENCH_SHARE, 0.975, NAN)->better = BENCH_MORE;
	bench_fixture_figure(x, "rate", BENCH_RATE, 2, NAN)->better = BENCH_NEITHER;
}

void bench_fixture_clear(struct bench_fixture *x)
{
	gcoap_histogram_clear(&x->result.first);
	gcoap_histogram_clear(&x->result.each);
	gcoap_histogram_clear(&x->result.last);
	gcoap_histogram_clear(&x->result.lag);
	for (size_t i = 0; i < sizeof(x->servers) / sizeof(x->servers[0]); i++)
		gcoap_histogram_clear(&x->servers[i].rtt);
}
