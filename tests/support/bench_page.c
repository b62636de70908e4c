#include "bench_page.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>
#include "test.h"

#define CELLS 60

static double chance(struct page *p)
{
	p->seed = p->seed * 6364136223846793005u + 1442695040888963407u;
	return (double)(p->seed >> 11) / 9007199254740992.0;
}

/* Members wait evenly over the leisure; one server is fast, with a tail. */
static gcoap_time latency(struct page *p, size_t server)
{
	double u = chance(p), v = chance(p);

	if (p->plan.group)
		return 2 * GCOAP_MS + (gcoap_time)(u * (double)p->plan.leisure);
	u = 60e3 * exp(-0.35 * log(1 - u)) * (1 + (double)server * 0.1);
	return (gcoap_time)(v < 0.003 ? u * 40 : v < 0.02 ? u * 6 : u);
}

static void cell_add(struct bench_cell *c, bool answered, gcoap_time t)
{
	double before = c->answered ? log((double)c->typical) * (double)c->answered : 0;

	c->due++;
	if (!answered)
		return;
	c->answered++;
	c->typical = (gcoap_time)exp((before + log((double)t)) / (double)c->answered);
}

/* Losses come in bursts, so that there is something to see. */
static bool lost(struct page *p, size_t server, uint64_t round)
{
	double part = p->plan.servers > 1 ? (double)server / (double)(p->plan.servers - 1) : 1;
	bool burst = (round * CELLS / p->plan.rounds + server) % 19 < 3;

	return chance(p) < p->plan.loss * part * part * (burst ? 4 : 0.4);
}

static void play_round(struct page *p, uint64_t round)
{
	size_t cell = (size_t)(round * p->r.n_cells / p->plan.rounds), answered = 0;
	gcoap_time first = GCOAP_NEVER, last = 0;

	for (size_t i = 0; i < p->plan.servers; i++) {
		struct bench_server *s = &p->r.servers[i];
		bool ok = !lost(p, i, round);
		gcoap_time t = latency(p, i);

		s->sent++;
		p->r.expected_answers++;
		if (s->cells)
			cell_add(&s->cells[cell], ok, t);
		cell_add(&p->r.cells[cell], ok, t);
		if (!ok)
			continue;
		s->answered++;
		answered++;
		gcoap_histogram_add(&s->rtt, t, 1);
		gcoap_histogram_add(&p->r.each, t, 1);
		first = t < first ? t : first;
		last = t > last ? t : last;
	}
	p->r.answers += answered;
	p->r.rounds++;
	p->r.answered_rounds += answered > 0;
	p->r.complete_rounds += answered == p->plan.servers;
	if (!answered)
		return;
	gcoap_histogram_add(&p->r.first, first, 1);
	gcoap_histogram_add(&p->r.last, last, 1);
}

static void servers_init(struct page *p)
{
	static const char *const names[] = { "kitchen", "hall", "attic" };
	struct bench_result *r = &p->r;

	r->servers = calloc(p->plan.servers + 1, sizeof(*r->servers));
	r->cells = calloc(CELLS, sizeof(*r->cells));
	for (size_t i = 0; i < p->plan.servers; i++) {
		struct bench_server *s = &r->servers[i];

		snprintf(s->text, sizeof(s->text), "10.77.%zu.%zu:5683", i / 250, i % 250 + 2);
		s->name = i < 3 ? names[i] : NULL;
		s->expected = true;
		s->cells = i < 1000 ? calloc(CELLS, sizeof(*s->cells)) : NULL;
	}
	r->n_servers = r->n_expected = p->plan.servers;
}

static void figure(struct page *p, const char *name, enum bench_unit unit,
		   enum bench_better better, double value, double spread)
{
	struct bench_figure *f = &p->figures[p->report.n_figures++];

	*f = (struct bench_figure){ .unit = unit, .better = better, .known = isfinite(value),
				    .value = value, .spread = spread };
	snprintf(f->name, sizeof(f->name), "%s", name);
}

static void times(struct page *p, const char *name, const struct gcoap_histogram *of)
{
	static const struct {
		const char *name;
		double q;
	} rows[] = { { "min", 0 },    { "p50", 0.5 },	 { "p90", 0.9 }, { "p99", 0.99 },
		     { "p999", 0.999 }, { "max", 1 } };
	char full[24];

	for (size_t i = 0; i < 6; i++) {
		snprintf(full, sizeof(full), "%s.%s", name, rows[i].name);
		figure(p, full, BENCH_TIME, BENCH_LESS,
		       of->count ? (double)gcoap_histogram_at(of, rows[i].q) : NAN,
		       rows[i].q > 0 && rows[i].q < 0.99
			       ? (double)gcoap_histogram_at(of, rows[i].q) * 0.03 : NAN);
	}
	snprintf(full, sizeof(full), "%s.mean", name);
	figure(p, full, BENCH_TIME, BENCH_LESS, of->count ? gcoap_histogram_mean(of) : NAN, NAN);
}

static double loss_of(const struct bench_server *s)
{
	return s->sent ? 1 - (double)s->answered / (double)s->sent : NAN;
}

static void figures_init(struct page *p)
{
	const struct bench_result *r = &p->r;
	const struct bench_server *worst = NULL;
	double seconds = (double)r->elapsed / 1e9, rounds = (double)r->rounds;

	if (r->group)
		times(p, "first", &r->first);
	times(p, r->group ? "each" : "rtt", &r->each);
	if (r->group)
		times(p, "last", &r->last);
	for (size_t i = 0; i < r->n_servers; i++)
		if (!worst || loss_of(&r->servers[i]) > loss_of(worst))
			worst = &r->servers[i];
	figure(p, "loss", BENCH_SHARE, BENCH_LESS, worst ? loss_of(worst) : NAN, 0.004);
	p->figures[p->report.n_figures - 1].of =
		!worst ? NULL : worst->name ? worst->name : worst->text;
	figure(p, "loss.mean", BENCH_SHARE, BENCH_LESS,
	       r->expected_answers ? 1 - (double)r->answers / (double)r->expected_answers : NAN, NAN);
	figure(p, "complete", BENCH_SHARE, BENCH_MORE,
	       r->rounds ? (double)r->complete_rounds / rounds : NAN, NAN);
	figure(p, "servers", BENCH_COUNT, BENCH_NEITHER, (double)r->n_answering, NAN);
	figure(p, "rounds", BENCH_COUNT, BENCH_NEITHER, rounds, NAN);
	figure(p, "rate", BENCH_RATE, BENCH_MORE, r->rounds ? rounds / seconds : NAN, NAN);
	figure(p, "answer-rate", BENCH_RATE, BENCH_MORE,
	       r->rounds ? (double)r->answers / seconds : NAN, NAN);
	figure(p, "lag.p99", BENCH_TIME, BENCH_LESS, 0.12e6, NAN);
	figure(p, "size.request", BENCH_BYTES, BENCH_NEITHER, 21, NAN);
	figure(p, "leisure.window", BENCH_TIME, BENCH_NEITHER,
	       r->leisure.n ? (double)r->leisure.window : NAN, NAN);
	figure(p, "leisure.d", BENCH_COUNT, BENCH_NEITHER, r->leisure.n ? r->leisure.d : NAN, NAN);
}

static void result_init(struct page *p)
{
	struct bench_result *r = &p->r;

	r->targets = p->targets;
	r->n_targets = 1;
	p->targets[0] = p->plan.group ? "coap://224.0.1.187/temp" : "coap://10.77.0.2/temp";
	r->group = p->plan.group;
	r->gap = p->plan.gap;
	r->wall = 1767225600 * GCOAP_SECOND;
	r->elapsed = (gcoap_time)p->plan.rounds * p->plan.gap;
	r->clients = 1;
	r->n_cells = CELLS;
	r->cell = r->elapsed / CELLS;
	servers_init(p);
	for (uint64_t i = 0; i < p->plan.rounds; i++)
		play_round(p, i);
	for (size_t i = 0; i < r->n_servers; i++)
		r->n_answering += r->servers[i].answered > 0;
	r->sent = r->rounds;
	r->received = r->answers;
	r->sent_bytes = r->sent * 21;
	r->received_bytes = r->received * 34;
	r->sent_wire = r->sent * 49;
	r->received_wire = r->received * 62;
	r->request_size = 21;
	r->answer_min = r->answer_max = r->answers ? 34 : 0;
	r->codes[0x45] = r->answers;
	if (r->group && r->answers > 20)
		r->leisure = (struct bench_leisure){ .n = r->answers, .from = 2 * GCOAP_MS,
						     .window = p->plan.leisure, .d = 0.012,
						     .p = 0.41, .uniform = true };
}

void page_init(struct page *p, const struct page_plan *plan)
{
	static char *const words[] = { "gcoap-bench", "-r",   "2",	 "-d",
				       "60s",	      "-n",   "3",	 "coap://224.0.1.187/temp",
				       "last.p99<6s", NULL };

	*p = (struct page){ .plan = *plan, .seed = 7 };
	result_init(p);
	memcpy(p->words, words, sizeof(words));
	p->report = (struct bench_report){ .result = &p->r, .figures = p->figures, .own = &p->own,
					   .words = p->words, .asserts = p->asserts };
	figures_init(p);
}

void page_compare(struct page *p)
{
	struct bench_compare *c = &p->compare;

	c->path = "before.json";
	snprintf(c->ts, sizeof(c->ts), "2025-12-24T18:00:00Z");
	c->rate = 1e9 / (double)p->plan.gap;
	c->clients = 1;
	for (size_t i = 0; i < p->report.n_figures; i++) {
		struct bench_change *k = &c->list[c->n++];

		*k = (struct bench_change){ .now = &p->figures[i], .before = p->figures[i] };
		k->before.value *= 1.2 - 0.01 * (double)i;
		k->ratio = p->figures[i].value / k->before.value;
		k->spread = isfinite(p->figures[i].spread) ? 0.04 : NAN;
	}
	p->report.compare = c;
}

void page_clear(struct page *p)
{
	gcoap_histogram_clear(&p->r.first);
	gcoap_histogram_clear(&p->r.each);
	gcoap_histogram_clear(&p->r.last);
	for (size_t i = 0; i < p->r.n_servers; i++) {
		gcoap_histogram_clear(&p->r.servers[i].rtt);
		free(p->r.servers[i].cells);
	}
	free(p->r.servers);
	free(p->r.cells);
}

char *page_text(const struct bench_report *r)
{
	char path[] = "/tmp/bench-page-XXXXXX", *text;
	int fd = mkstemp(path);
	FILE *f;
	long len;

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(bench_write_html(r, path), 0);
	f = fopen(path, "r");
	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	len = ftell(f);
	rewind(f);
	text = calloc(1, (size_t)len + 1);
	assert_int_equal(fread(text, 1, (size_t)len, f), len);
	fclose(f);
	unlink(path);
	return text;
}
