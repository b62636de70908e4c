/* --compare: before and now. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "compare.h"
#include "format.h"
#include "screen.h"

/* What is told even when it is the same. */
static bool always(const char *name)
{
	static const char *const names[] = {
		"first.p50", "first.p99", "last.p50",	 "last.p99", "each.p50",
		"each.p99",  "rtt.p50",	  "rtt.p99", "loss",	 "complete",
		"answer-rate",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static void add_change(struct grid *g, const struct bench_change *c, bool ascii)
{
	static const enum grid_colour colours[] = { GRID_PLAIN, GRID_GOOD, GRID_BAD, GRID_WARN };
	static const char *const signs[] = { "=", "+", "-", " " };
	enum bench_verdict v = bench_change_verdict(c);
	char text[BENCH_TEXT];

	grid_cell(g, GRID_PLAIN, "%s", c->now->name);
	grid_cell(g, GRID_PLAIN, "%s", bench_figure_format(&c->before, text, sizeof(text)));
	grid_cell(g, GRID_PLAIN, "%s", bench_figure_format(c->now, text, sizeof(text)));
	if (isnan(c->ratio))
		grid_cell(g, GRID_PLAIN, "-");
	else if (isnan(c->spread))
		grid_cell(g, GRID_PLAIN, "%.2f", c->ratio);
	else
		grid_cell(g, GRID_PLAIN, "%.2f %s %.2f", c->ratio, ascii ? "+-" : "±", c->spread);
	grid_cell(g, colours[v], "%s %s", signs[v], bench_verdict_name(v));
}

void screen_compare(struct screen *s)
{
	static const struct grid_column columns[] = {
		{ "figure", .cut = true }, { "before", true, .drop = 2 }, { "now", true },
		{ "ratio", true }, { "" },
	};
	const struct bench_compare *c = s->report->compare;
	struct grid *g = grid_new(columns, 5, &s->look);
	char other[700];

	jsonw_lit(&s->text, "\n");
	screen_line(s, "compared with %s%s%s", c->path, *c->ts ? " of " : "", c->ts);
	if (bench_compare_differs(c, s->result, other, sizeof(other)))
		screen_line(s, "compared with another plan: %s", other);
	for (size_t i = 0; g && i < c->n; i++)
		if (always(c->list[i].now->name) ||
		    bench_change_verdict(&c->list[i]) != BENCH_SAME)
			add_change(g, &c->list[i], s->look.ascii);
	screen_grid(s, g);
}
