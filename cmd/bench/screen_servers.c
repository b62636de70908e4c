/* A row a server. */
#include <stdio.h>
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

static double loss(const struct bench_server *v)
{
	return v->sent ? 1 - (double)v->answered / (double)v->sent : 0;
}

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
	double lost = loss(v);
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

static struct grid *fill(const struct screen *s, const struct grid_column *columns,
			 size_t n_columns, const struct notes *beside)
{
	const struct bench_result *r = s->result;
	struct grid *g = grid_new(columns, n_columns, &s->look);
	int width = 0;

	for (size_t i = 0; i < r->n_servers; i++)
		if (digits(r->servers[i].answered) > width)
			width = digits(r->servers[i].answered);
	for (size_t i = 0; g && i < r->n_servers; i++) {
		add_server(g, &r->servers[i], width);
		if (beside)
			add_note(g, beside, i + 1);
	}
	return g;
}

/* Notes stand beside the table when they fit there, as a column of it without a name. */
void screen_servers(struct screen *s)
{
	char heading[NOTE_MAX + sizeof(BESIDE_GAP)];
	struct grid_column columns[] = {
		{ "server", .cut = true }, { "answered" }, { "loss", true },
		{ "dup", true, .drop = 1 }, { "late", true, .drop = 2 }, { heading },
	};
	size_t rows = s->result->n_servers;
	struct grid *g = NULL;
	struct notes n = { 0 };
	bool beside;

	notes_fill(s, &n);
	snprintf(heading, sizeof(heading), BESIDE_GAP "%s", n.text[0]);
	beside = rows && rows <= BESIDE_MAX && n.n <= rows + 1 && !s->look.no_headings;
	if (beside) {
		g = fill(s, columns, 6, &n);
		if (g && s->look.width && grid_width(g) > s->look.width) {
			grid_free(g);
			beside = false;
		}
	}
	if (!beside)
		g = fill(s, columns, 5, NULL);
	screen_grid(s, g);
	for (size_t i = 0; !beside && i < n.n; i++)
		screen_line(s, "%s", n.text[i]);
}
