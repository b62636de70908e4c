/* The table of percentiles, and --hist. */
#include <stdio.h>
#include "common/payload.h"
#include "bins.h"
#include "format.h"
#include "screen.h"

#define LABEL_MOST 24

/* Columns that the servers' names will take in the table below, when those are few. */
static int label_width(const struct bench_result *r)
{
	size_t most = 0;

	for (size_t i = 0; i < r->n_servers; i++) {
		const struct bench_server *v = &r->servers[i];
		size_t n = payload_columns(v->name ? v->name : v->text);

		most = n > most ? n : most;
	}
	return most <= LABEL_MOST ? (int)most : 0;
}

static void add_row(struct screen *s, struct grid *g, const char *name,
		    const struct gcoap_histogram *h)
{
	static const double parts[] = { 0, 0.5, 0.9, 0.99, 1 };
	char text[BENCH_TEXT], spark[3 * BENCH_SPARK + 1];

	grid_cell(g, GRID_PLAIN, "%-*s", label_width(s->result), name);
	for (size_t i = 0; i < 5; i++) {
		gcoap_time t = !i ? h->min : i == 4 ? h->max : gcoap_histogram_at(h, parts[i]);

		if (h->count)
			grid_cell(g, GRID_PLAIN, "%s", bench_time_format((double)t, text));
		else
			grid_cell(g, GRID_PLAIN, "-");
	}
	grid_cell(g, GRID_PLAIN, "%s", bench_spark(h, s->look.ascii, spark));
}

void screen_times(struct screen *s)
{
	static const struct grid_column columns[] = {
		{ "" }, { "min", true, .drop = 3 }, { "p50", true }, { "p90", true, .drop = 2 },
		{ "p99", true }, { "max", true, .drop = 1 }, { "", .drop = 4 },
	};
	const struct bench_result *r = s->result;
	struct grid *g = grid_new(columns, sizeof(columns) / sizeof(columns[0]), &s->look);

	if (g && !r->group) {
		add_row(s, g, "rtt", &r->each);
	} else if (g) {
		add_row(s, g, "first", &r->first);
		/* Some were neither the first nor the last of their round. */
		if (r->each.count > r->first.count + r->last.count)
			add_row(s, g, "each", &r->each);
		add_row(s, g, "last", &r->last);
	}
	screen_grid(s, g);
}

/* "████▌" of @most columns for @part of all. */
static void bar(double part, size_t most, bool ascii, char *buf, size_t cap)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	size_t whole = (size_t)(part * 8 * (double)most + 0.5), n = 0;

	if (!whole && part > 0)
		whole = 1;
	if (ascii && whole % 8)
		whole += 8 - whole % 8;
	for (size_t i = 0; i < whole / 8 && n + 7 < cap; i++)
		n += (size_t)snprintf(buf + n, cap - n, "%s", ascii ? "#" : "█");
	snprintf(buf + n, cap - n, "%s", eighths[whole % 8]);
}

#define HIST_OTHERS 44 /* columns beside the bars */
#define HIST_BAR 48

void screen_hist(struct screen *s)
{
	const struct gcoap_histogram *h = &s->result->each;
	struct grid_column columns[] = {
		{ s->result->group ? "each" : "rtt", true }, { "", true },
		{ "", .drop = 1 }, { "count", true }, { "share", true, .drop = 2 },
		{ "sum", true, .drop = 3 },
	};
	char from[BENCH_TEXT], to[BENCH_TEXT], share[BENCH_TEXT], sum[BENCH_TEXT];
	struct bench_bin bins[BENCH_BINS];
	size_t n = bench_hist(h, bins);
	size_t width = s->look.width, most = HIST_BAR;
	char text[3 * HIST_BAR + 8];
	uint64_t highest = 0;
	struct grid *g;

	if (!n)
		return;
	if (width && width < HIST_OTHERS + HIST_BAR)
		most = width > HIST_OTHERS + 10 ? width - HIST_OTHERS : 10;
	for (size_t i = 0; i < n; i++)
		highest = bins[i].count > highest ? bins[i].count : highest;
	jsonw_lit(&s->text, "\n");
	g = grid_new(columns, sizeof(columns) / sizeof(columns[0]), &s->look);
	for (size_t i = 0; g && i < n; i++) {
		grid_cell(g, GRID_PLAIN, "%s", bench_time_format(bins[i].from, from));
		grid_cell(g, GRID_PLAIN, "%s", bench_time_format(bins[i].to, to));
		bar((double)bins[i].count / (double)highest, most, s->look.ascii, text,
		    sizeof(text));
		grid_cell(g, GRID_PLAIN, "%s", text);
		grid_cell(g, GRID_PLAIN, "%llu", (unsigned long long)bins[i].count);
		grid_cell(g, GRID_PLAIN, "%s",
			  bench_share_format((double)bins[i].count / (double)h->count, share));
		grid_cell(g, GRID_PLAIN, "%s",
			  bench_share_format((double)bins[i].sum / (double)h->count, sum));
	}
	screen_grid(s, g);
}
