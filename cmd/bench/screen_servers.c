/* A row a server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "format.h"
#include "screen.h"

#define BESIDE_MAX 20 /* rows of a table beside which something is said */
#define BESIDE_GAP "   " /* besides the two blanks between columns */
#define NOTES_MAX 16
#define NOTE_MAX 256

struct notes {
	char text[NOTES_MAX][NOTE_MAX];
	bool bad[NOTES_MAX], good[NOTES_MAX];
	size_t n;
};

static void notes_fill(const struct screen *s, struct notes *n)
{
	screen_sum(s, n->text[0], NOTE_MAX);
	n->n = 1;
	for (size_t i = 0; i < s->report->n_asserts && n->n < NOTES_MAX; i++) {
		if (!screen_assert(s, i, n->text[n->n], NOTE_MAX))
			continue;
		n->good[n->n] = s->report->asserts[i].ok;
		n->bad[n->n++] = !s->report->asserts[i].ok;
	}
}

static int digits(uint64_t v)
{
	char text[24];

	return snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
}

static void add_server(struct grid *g, const struct bench_server *v, int width)
{
	double lost = bench_loss(v->sent, v->answered);
	char text[BENCH_TEXT];

	grid_cell(g, GRID_PLAIN, "%s", v->name ? v->name : v->text);
	grid_cell(g, GRID_PLAIN, "%*llu/%llu", width, (unsigned long long)v->answered,
		  (unsigned long long)v->sent);
	grid_cell(g, lost >= 1 ? GRID_BAD : lost > 0 ? GRID_WARN : GRID_PLAIN, "%s",
		  v->sent ? bench_share_format(lost, text) : "-");
	grid_cell(g, v->duplicates ? GRID_WARN : GRID_PLAIN, "%llu",
		  (unsigned long long)v->duplicates);
	grid_cell(g, v->late ? GRID_WARN : GRID_PLAIN, "%llu", (unsigned long long)v->late);
}

static void add_note(struct grid *g, const struct notes *n, size_t i)
{
	if (i < n->n)
		grid_cell(g, n->bad[i] ? GRID_BAD : n->good[i] ? GRID_GOOD : GRID_PLAIN,
			  BESIDE_GAP "%s", n->text[i]);
	else
		grid_cell(g, GRID_PLAIN, "%s", "");
}

static void add_times(struct grid *g, const struct gcoap_histogram *h)
{
	const gcoap_time times[] = { h->min, gcoap_histogram_at(h, 0.5),
				     gcoap_histogram_at(h, 0.99), h->max };
	char text[BENCH_TEXT];

	for (size_t i = 0; i < 4; i++)
		grid_cell(g, GRID_PLAIN, "%s",
			  h->count ? bench_time_format((double)times[i], text) : "-");
}

/* Those that lost most, and of equal ones those that were there first. */
static int worst_first(const void *a, const void *b)
{
	const struct bench_server *x = *(const struct bench_server *const *)a;
	const struct bench_server *y = *(const struct bench_server *const *)b;
	double of_x = bench_loss(x->sent, x->answered), of_y = bench_loss(y->sent, y->answered);

	return of_x != of_y ? (of_x < of_y) - (of_x > of_y) : (x > y) - (x < y);
}

/* Rows of a table that is longer than a look begin with the worst; NULL: no memory. */
static const struct bench_server **rows_of(const struct bench_result *r)
{
	const struct bench_server **rows = calloc(r->n_servers + 1, sizeof(*rows));

	for (size_t i = 0; rows && i < r->n_servers; i++)
		rows[i] = &r->servers[i];
	if (rows && r->n_servers > BESIDE_MAX)
		qsort(rows, r->n_servers, sizeof(*rows), worst_first);
	return rows;
}

#define COLUMNS_MOST 10

/* The table with the columns that are wanted beside the first five; @columns must outlive it. */
static struct grid *table(const struct screen *s, struct grid_column *columns, bool times,
			  const struct notes *beside, const char *heading)
{
	static const struct grid_column always[] = {
		{ "server", .cut = true }, { "answered" }, { "loss", true },
		{ "dup", true, .drop = 1 }, { "late", true, .drop = 2 },
	}, of_time[] = {
		{ "min", true, .drop = 5 }, { "p50", true, .drop = 3 },
		{ "p99", true, .drop = 4 }, { "max", true, .drop = 6 },
	};
	const struct bench_result *r = s->result;
	const struct bench_server **rows = rows_of(r);
	size_t n = sizeof(always) / sizeof(always[0]);
	struct grid *g;
	int width = 0;

	if (!rows)
		return NULL;

	memcpy(columns, always, sizeof(always));
	if (times) {
		memcpy(columns + n, of_time, sizeof(of_time));
		n += sizeof(of_time) / sizeof(of_time[0]);
	}
	if (beside)
		columns[n++] = (struct grid_column){ heading };
	g = grid_new(columns, n, &s->look);
	for (size_t i = 0; i < r->n_servers; i++)
		if (digits(r->servers[i].answered) > width)
			width = digits(r->servers[i].answered);
	for (size_t i = 0; g && i < r->n_servers; i++) {
		add_server(g, rows[i], width);
		if (times)
			add_times(g, &rows[i]->rtt);
		if (beside)
			add_note(g, beside, i + 1);
	}
	free(rows);
	return g;
}

/*
 * Notes stand beside the table when they fit there, as a column of it without a name. The times
 * of each server are for the room that is left; without any limit the table stays a narrow one.
 */
void screen_servers(struct screen *s)
{
	char heading[NOTE_MAX + sizeof(BESIDE_GAP)];
	struct grid_column columns[COLUMNS_MOST];
	size_t rows = s->result->n_servers;
	struct grid *g = NULL;
	struct notes n = { 0 };
	bool beside;

	notes_fill(s, &n);
	snprintf(heading, sizeof(heading), BESIDE_GAP "%s", n.text[0]);
	beside = rows && rows <= BESIDE_MAX && n.n <= rows + 1 && !s->look.no_headings;
	for (int times = s->look.width && rows > 1; beside && !g && times >= 0; times--) {
		g = table(s, columns, times, &n, heading);
		if (g && s->look.width && grid_width(g) > s->look.width) {
			grid_free(g);
			g = NULL;
		}
	}
	beside = g != NULL;
	screen_grid(s, g ? g : table(s, columns, rows > 1, NULL, NULL));
	for (size_t i = 0; !beside && i < n.n; i++)
		screen_line(s, "%s", n.text[i]);
}
