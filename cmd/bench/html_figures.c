/* Every figure as a number. */
#include "bench/html.h"

#include <math.h>
#include <string.h>

static void cell(struct html *h, const struct bench_figure *f)
{
	struct bench_figure spread;
	char buf[HTML_NUMBER];

	html_put(h, "<td>%s", html_value(f, buf));
	if (!f || !f->known || !isfinite(f->spread) || f->spread <= 0)
		return;
	spread = *f;
	spread.value = f->spread;
	html_put(h, " <small>\xc2\xb1 %s</small>", html_value(&spread, buf));
}

static const char *const columns[] = { "min", "p50", "p90", "p99", "p999", "max", "mean" };
static const char *const headings[] = { "Fastest", "Median", "90 %", "99 %", "99.9 %", "Slowest",
					"Mean" };
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void latencies(struct html *h)
{
	struct html_series s[3];
	size_t n = html_series(h->r, s);
	char name[40];

	html_put(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Latency in "
		    "numbers\"><table>\n<caption>Latency from the planned times</caption>\n<thead><tr>"
		    "<td>");
	for (size_t i = 0; i < COLUMNS; i++)
		html_put(h, "<th scope=\"col\">%s", headings[i]);
	html_put(h, "</thead>\n<tbody>\n");
	for (size_t i = 0; i < n; i++) {
		html_put(h, "<tr><th scope=\"row\">%s", s[i].words);
		for (size_t k = 0; k < COLUMNS; k++) {
			snprintf(name, sizeof(name), "%s.%s", s[i].name, columns[k]);
			cell(h, html_find(h, name));
		}
		html_put(h, "\n");
	}
	html_put(h, "</tbody></table></div>\n");
}

static bool is_latency(const char *name)
{
	return strncmp(name, "first.", 6) == 0 || strncmp(name, "each.", 5) == 0 ||
	       strncmp(name, "last.", 5) == 0 || strncmp(name, "rtt.", 4) == 0;
}

static void others(struct html *h)
{
	const struct bench_report *r = h->report;

	html_put(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Other "
		    "figures\"><table>\n<caption>Other figures, by the names that "
		    "<code>--assert</code> takes</caption>\n<thead><tr><th scope=\"col\">Figure<th scope=\"col\">Value"
		    "<th scope=\"col\" class=\"word\">Of</thead>\n<tbody>\n");
	for (size_t i = 0; i < r->n_figures; i++) {
		if (is_latency(r->figures[i].name))
			continue;
		html_put(h, "<tr><th scope=\"row\"><code>%s</code>", r->figures[i].name);
		cell(h, &r->figures[i]);
		html_put(h, "<td class=\"word\">");
		if (r->figures[i].of)
			html_text(h, r->figures[i].of);
		html_put(h, "\n");
	}
	html_put(h, "</tbody></table></div>\n");
}

void html_figures(struct html *h)
{
	html_put(h, "<section><h2>Figures</h2>\n");
	latencies(h);
	html_put(h, "<p class=\"small\">\xc2\xb1 is the standard error: another run would lie within "
		    "it two times in three.</p>\n<div class=\"grid2\">\n");
	others(h);
	if (html_has_servers(h->r))
		html_traffic(h);
	html_put(h, "</div></section>\n");
}
