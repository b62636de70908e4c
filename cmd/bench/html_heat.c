/* Answers over time: a row a server, or a band of them; one server alone as a line. */
#include "bench/html.h"

#include <math.h>
#include <stdlib.h>

#define ROWS_MAX 200
#define CLASSES 7

struct heat {
	const struct bench_result *r;
	const struct bench_server **order;
	size_t n, rows, per_row, cols;
	struct bench_cell *grid; /* rows x cols, then cols of all together */
	double edge[CLASSES + 1];
	size_t classes; /* 0: no answer */
	double left, width, pitch, top;
};

static size_t parts(size_t n, size_t each)
{
	return (n + each - 1) / each;
}

/* Geometric means, each as often as it stands for answers, make one. */
static void fold(const struct heat *m, size_t row, size_t col, struct bench_cell *out)
{
	double logs = 0;
	size_t last = (row + 1) * m->per_row < m->n ? (row + 1) * m->per_row : m->n;

	*out = (struct bench_cell){ 0 };
	if (row == m->rows) {
		if (m->r->cells)
			*out = m->r->cells[col];
		return;
	}
	for (size_t i = row * m->per_row; i < last; i++) {
		const struct bench_cell *c = &m->order[i]->cells[col];

		out->due += c->due;
		out->answered += c->answered;
		if (c->answered && c->typical > 0)
			logs += (double)c->answered * log((double)c->typical);
	}
	if (out->answered)
		out->typical = (gcoap_time)exp(logs / (double)out->answered);
}

/* Colours for steps of equal size, or of equal ratio when there are worlds between them. */
static void classify(struct heat *m)
{
	double low = HUGE_VAL, high = 0;

	for (size_t i = 0; i < m->rows * m->cols; i++)
		if (m->grid[i].answered) {
			low = fmin(low, fmax((double)m->grid[i].typical, 1));
			high = fmax(high, fmax((double)m->grid[i].typical, 1));
		}
	m->classes = high <= 0 ? 0 : high < low * 1.02 ? 1 : CLASSES;
	for (size_t i = 0; i <= m->classes && m->classes; i++) {
		double part = (double)i / (double)m->classes;

		m->edge[i] = high > low * 10 ? low * pow(high / low, part)
					     : low + (high - low) * part;
	}
}

static size_t class_of(const struct heat *m, const struct bench_cell *c)
{
	size_t i = 0;

	while (i + 1 < m->classes && (double)c->typical > m->edge[i + 1])
		i++;
	return i;
}

static int by_median(const void *a, const void *b)
{
	const struct bench_server *x = *(const struct bench_server *const *)a;
	const struct bench_server *y = *(const struct bench_server *const *)b;
	gcoap_time p = x->rtt.count ? gcoap_histogram_at(&x->rtt, 0.5) : GCOAP_NEVER;
	gcoap_time q = y->rtt.count ? gcoap_histogram_at(&y->rtt, 0.5) : GCOAP_NEVER;

	return p < q ? -1 : p > q;
}

static void heat_free(struct heat *m)
{
	free(m->order);
	free(m->grid);
}

static int heat_init(struct heat *m, const struct bench_result *r)
{

	*m = (struct heat){ .r = r, .order = calloc(r->n_servers, sizeof(const void *)) };
	if (!m->order)
		return GCOAP_ENOMEM;
	for (size_t i = 0; i < r->n_servers; i++)
		if (r->servers[i].cells)
			m->order[m->n++] = &r->servers[i];
	if (!m->n)
		return 0;
	m->per_row = parts(m->n, ROWS_MAX);
	m->rows = parts(m->n, m->per_row);
	m->cols = r->n_cells;
	if (m->per_row > 1)
		qsort(m->order, m->n, sizeof(const void *), by_median);
	m->grid = calloc((m->rows + 1) * m->cols, sizeof(*m->grid));
	if (!m->grid)
		return GCOAP_ENOMEM;
	for (size_t row = 0; row <= m->rows; row++)
		for (size_t col = 0; col < m->cols; col++)
			fold(m, row, col, &m->grid[row * m->cols + col]);
	classify(m);
	m->left = 112;
	m->width = (HTML_WIDTH - 8 - m->left) / (double)m->cols;
	m->pitch = m->rows <= 12 ? 18 : m->rows <= 60 ? 216 / (double)m->rows + 3 : 3.6;
	m->top = 8;
	return 0;
}

static double row_y(const struct heat *m, size_t row)
{
	return m->top + m->pitch * (double)row + (row == m->rows ? 5 : 0);
}

static double row_height(const struct heat *m, size_t row)
{
	return row == m->rows ? 14 : m->pitch * 0.92;
}

/* All cells of one colour are one path. */
static void cells_of(struct html *h, const struct heat *m, size_t class)
{
	html_put(h, "<path class=\"q%zu\" d=\"", m->classes == 1 ? 3 : class);
	for (size_t row = 0; row <= m->rows; row++)
		for (size_t col = 0; col < m->cols; col++) {
			const struct bench_cell *c = &m->grid[row * m->cols + col];

			if (c->answered && class_of(m, c) == class)
				html_put(h, "M%.1f %.1fh%.1fv%.1fh-%.1fz",
					 m->left + m->width * (double)col, row_y(m, row),
					 m->width * 0.94, row_height(m, row), m->width * 0.94);
		}
	html_put(h, "\"/>\n");
}

/* At a cell's foot: a bar that is as long as the share without an answer. */
static void losses(struct html *h, const struct heat *m)
{
	html_put(h, "<path class=\"lost\" d=\"");
	for (size_t row = 0; row <= m->rows; row++)
		for (size_t col = 0; col < m->cols; col++) {
			const struct bench_cell *c = &m->grid[row * m->cols + col];
			double high = fmin(row_height(m, row) * 0.4, 5), part;

			if (c->answered >= c->due)
				continue;
			part = (double)(c->due - c->answered) / (double)c->due;
			html_put(h, "M%.1f %.1fh%.1fv%.1fh-%.1fz",
				 m->left + m->width * (double)col,
				 row_y(m, row) + row_height(m, row) - high,
				 fmax(m->width * 0.94 * part, 0.6), high,
				 fmax(m->width * 0.94 * part, 0.6));
		}
	html_put(h, "\"/>\n");
}

static const char *name_of(const struct bench_server *s)
{
	return s->name ? s->name : s->text;
}

static void labels(struct html *h, const struct heat *m)
{
	size_t every = (size_t)ceil(14 / m->pitch);

	html_put(h, "<g class=\"labels\">\n");
	for (size_t row = 0; row < m->rows; row += every) {
		size_t first = row * m->per_row, last = first + m->per_row;

		html_put(h, "<text class=\"end\" x=\"%.1f\" y=\"%.1f\">", m->left - 6,
			 row_y(m, row) + row_height(m, row) / 2 + 4);
		if (m->per_row > 1)
			html_put(h, "%zu\xe2\x80\x93%zu", first + 1, last < m->n ? last : m->n);
		else
			html_label(h, m->order[row]);
		html_put(h, "</text>\n");
	}
	html_put(h, "<text class=\"end\" x=\"%.1f\" y=\"%.1f\">all</text>\n</g>\n", m->left - 6,
		 row_y(m, m->rows) + 11);
}

static void legend(struct html *h, const struct heat *m)
{
	char shape[80], low[HTML_NUMBER], high[HTML_NUMBER];

	html_put(h, "<p class=\"legend\">");
	for (size_t i = 0; i < m->classes; i++) {
		snprintf(shape, sizeof(shape), "<path class=\"q%zu\" d=\"M0 0h20v10h-20z\"/>",
			 m->classes == 1 ? 3 : i);
		html_put(h, "<span>");
		html_swatch(h, shape);
		html_duration(m->edge[i], low);
		html_duration(m->edge[i + 1], high);
		if (m->classes == 1)
			html_put(h, " about %s</span> ", low);
		else if (i == 0)
			html_put(h, " %s to %s</span> ", low, high);
		else
			html_put(h, " to %s</span> ", high);
	}
	html_put(h, "<span>");
	html_swatch(h, "<path class=\"q2\" d=\"M0 0h20v10h-20z\"/><path class=\"lost\" "
		       "d=\"M0 6h10v4h-10z\"/>");
	html_put(h, " bar at the foot: half of the answers lost</span> <span>");
	html_swatch(h, "<path class=\"lost\" d=\"M0 6h20v4h-20z\"/>");
	html_put(h, " no answer</span></p>\n");
}

/* What the script reads out at the pointer: due, answered, microseconds of each cell. */
static void data(struct html *h, const struct heat *m)
{
	html_put(h,
		 "<ol id=\"heat-data\" hidden data-cols=\"%zu\" data-left=\"%.1f\" data-width=\"%.4f\" "
		 "data-seconds=\"%.6f\">\n",
		 m->cols, m->left, m->width, (double)m->r->cell * (double)m->cols / 1e9);
	for (size_t row = 0; row <= m->rows; row++) {
		html_put(h, "<li data-y=\"%.1f\" data-h=\"%.1f\" data-c=\"", row_y(m, row),
			 row_height(m, row));
		for (size_t col = 0; col < m->cols; col++) {
			const struct bench_cell *c = &m->grid[row * m->cols + col];

			html_put(h, "%s%llu %llu %lld", col ? "," : "",
				 (unsigned long long)c->due, (unsigned long long)c->answered,
				 (long long)(c->typical / GCOAP_US));
		}
		html_put(h, "\">");
		if (row == m->rows)
			html_put(h, "all");
		else if (m->per_row > 1)
			html_put(h, "servers %zu to %zu", row * m->per_row + 1,
				 row + 1 < m->rows ? (row + 1) * m->per_row : m->n);
		else
			html_text(h, name_of(m->order[row]));
		html_put(h, "</li>\n");
	}
	html_put(h, "</ol>\n");
}

static void picture(struct html *h, const struct heat *m)
{
	struct html_scale x = { 0, (double)m->r->cell * (double)m->cols, m->left, HTML_WIDTH - 8, false };
	double bottom = row_y(m, m->rows) + 18;
	char low[HTML_NUMBER], high[HTML_NUMBER];

	html_picture_open(h, "heat", NULL, bottom + 24, "Answers over time, a row each server");
	if (m->classes)
		html_put(h, "Typical latencies between %s and %s over the time of the run. ",
			 html_duration(m->edge[0], low), html_duration(m->edge[m->classes], high));
	html_put(h, "The same numbers by server are in the table of servers.");
	html_picture(h);
	html_time_axis(h, &x, bottom, m->top, true);
	for (size_t i = 0; i < m->classes; i++)
		cells_of(h, m, i);
	losses(h, m);
	labels(h, m);
	html_picture_close(h);
}

int html_heat(struct html *h)
{
	const struct bench_result *r = h->r;
	char servers[HTML_NUMBER];
	struct heat m;
	int e;

	if (r->n_servers < 2 || !r->n_cells || r->cell <= 0)
		return 0;
	e = heat_init(&m, r);
	if (e == 0 && m.n) {
		html_put(h, "<figure><figcaption><h3>Answers over time</h3><p>Each row is a %s, each "
			    "cell a part of the run; its colour is the typical latency.%s",
			 m.per_row > 1 ? "band of servers" : "server",
			 m.per_row > 1 ? "" : "</p>");
		if (m.per_row > 1)
			html_put(h, " %s servers are folded into %zu bands of %zu, the fastest "
				    "first.</p>", html_count(m.n, servers), m.rows, m.per_row);
		if (m.n < r->n_servers)
			html_put(h, "<p>The other %s servers are in the table alone.</p>",
				 html_count(r->n_servers - m.n, servers));
		legend(h, &m);
		html_put(h, "</figcaption>\n");
		picture(h, &m);
		data(h, &m);
		html_put(h, "</figure>\n");
	}
	heat_free(&m);
	return e;
}
