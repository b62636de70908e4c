/* The table of servers, the worst first. */
#include "bench/html.h"

#include <math.h>
#include <stdlib.h>

#define ROWS_MAX 1000
#define ROWS_PRINTED 100 /* as in html_style.c */

static double slow(const struct bench_server *s)
{
	return s->rtt.count ? (double)gcoap_histogram_at(&s->rtt, 0.99) : 0;
}

static int worst_first(const void *a, const void *b)
{
	const struct bench_server *x = *(const struct bench_server *const *)a;
	const struct bench_server *y = *(const struct bench_server *const *)b;
	double p = x->sent ? html_loss(x) : -1, q = y->sent ? html_loss(y) : -1;

	if (p == q) {
		p = slow(x);
		q = slow(y);
	}
	return p > q ? -1 : p < q ? 1 : x < y ? -1 : x > y;
}

static void time_cell(struct html *h, const struct bench_server *s, double ns)
{
	char buf[HTML_NUMBER];

	html_put(h, "<td>%s", html_duration(s->rtt.count ? ns : NAN, buf));
}

static void row(struct html *h, const struct bench_server *s)
{
	char a[HTML_NUMBER], b[HTML_NUMBER], loss[HTML_NUMBER];

	html_put(h, "<tr><th scope=\"row\">");
	html_text(h, s->text);
	if (s->name) {
		html_put(h, " <small>");
		html_text(h, s->name);
		html_put(h, "</small>");
	}
	html_put(h, "<td>%s/%s<td>%s", html_count(s->answered, a), html_count(s->sent, b),
		 html_share(html_loss(s), loss));
	html_put(h, "<td>%s", html_count(s->duplicates, a));
	html_put(h, "<td>%s", html_count(s->late, a));
	html_put(h, "<td>%s", html_count(s->errors, a));
	time_cell(h, s, (double)s->rtt.min);
	time_cell(h, s, (double)gcoap_histogram_at(&s->rtt, 0.5));
	time_cell(h, s, (double)gcoap_histogram_at(&s->rtt, 0.99));
	time_cell(h, s, (double)s->rtt.max);
	html_put(h, "\n");
}

static void heading(struct html *h, size_t shown)
{
	char a[HTML_NUMBER], b[HTML_NUMBER];
	size_t n = h->r->n_servers;

	html_put(h, "<section class=\"servers\"><h2>Each server</h2>\n<p>%s %s, the one with the most loss "
		    "first", html_count(n, a), html_plural(n, "server", "servers"));
	if (shown < n)
		html_put(h, "; the table has %s of them, --csv and --json all", html_count(shown, b));
	html_put(h, ".</p>\n");
	if (shown > ROWS_PRINTED)
		html_put(h, "<p class=\"printed\">On paper: the first %d.</p>\n", ROWS_PRINTED);
	html_put(h, "<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-label=\"Servers\">"
		    "<table id=\"servers\">\n<thead><tr>");
	for (size_t i = 0; i < 10; i++) {
		static const char *const names[] = { "Server", "Answered", "Loss",    "Dup.", "Late",
						     "Errors", "Fastest",  "Median", "99 %", "Slowest" };

		html_put(h, "<th scope=\"col\">%s", names[i]);
	}
	html_put(h, "</thead>\n<tbody>\n");
}

int html_servers(struct html *h)
{
	const struct bench_result *r = h->r;
	size_t shown = r->n_servers < ROWS_MAX ? r->n_servers : ROWS_MAX;
	const struct bench_server **s;

	if (!r->n_servers)
		return 0;
	s = calloc(r->n_servers, sizeof(const void *));
	if (!s)
		return GCOAP_ENOMEM;
	for (size_t i = 0; i < r->n_servers; i++)
		s[i] = &r->servers[i];
	qsort(s, r->n_servers, sizeof(const void *), worst_first);
	heading(h, shown);
	for (size_t i = 0; i < shown; i++)
		row(h, s[i]);
	html_put(h, "</tbody></table></div></section>\n");
	free(s);
	return 0;
}
