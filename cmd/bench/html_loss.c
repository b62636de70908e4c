/* Loss per server: bars, the worst first. */
#include "bench/html.h"

#include <math.h>
#include <stdlib.h>

#define BARS_MAX 25

static int by_loss(const void *a, const void *b)
{
	const struct bench_server *x = *(const struct bench_server *const *)a;
	const struct bench_server *y = *(const struct bench_server *const *)b;
	double p = html_loss(x), q = html_loss(y);

	return p > q ? -1 : p < q ? 1 : x < y ? -1 : x > y;
}

static void bars(struct html *h, const struct bench_server *const *s, size_t n)
{
	double pitch = 20, left = 112;
	double high = fmin(html_round_up(html_loss(s[0]), 5), 1);
	struct html_scale x = { 0, high, left, HTML_WIDTH - 110, false };
	char share[HTML_NUMBER];

	html_picture_open(h, "loss", NULL, pitch * (double)n + 6, "Loss per server");
	html_put(h, "%zu %s, the worst first; the numbers are also in the table of servers.", n,
		 html_plural(n, "server", "servers"));
	html_picture(h);
	for (size_t i = 0; i < n; i++) {
		double y = 3 + pitch * (double)i, at = html_at(&x, html_loss(s[i]));

		html_put(h, "<text class=\"end value\" x=\"%.1f\" y=\"%.1f\">", left - 6, y + 14);
		html_label(h, s[i]);
		html_put(h,
			 "</text><rect class=\"lost\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
			 "height=\"14\"><title>", left, y + 3, fmax(at - left, 1));
		html_text(h, s[i]->name ? s[i]->name : s[i]->text);
		html_put(h, ": %llu of %llu answered</title></rect><text class=\"value\" x=\"%.1f\" "
			    "y=\"%.1f\">%s (%llu/%llu)</text>\n",
			 (unsigned long long)s[i]->answered, (unsigned long long)s[i]->sent,
			 fmax(at, left + 1) + 5, y + 14, html_share(html_loss(s[i]), share),
			 (unsigned long long)(s[i]->sent - s[i]->answered),
			 (unsigned long long)s[i]->sent);
	}
	html_put(h, "<path class=\"axis\" d=\"M%.1f 2V%.1f\"/>\n", left, pitch * (double)n + 4);
	html_picture_close(h);
}

/* What the bars do not show. */
static void others(struct html *h, const struct bench_server *const *s, size_t lossy, size_t n)
{
	char number[HTML_NUMBER], share[HTML_NUMBER];

	if (lossy > BARS_MAX)
		html_put(h, "<p>%s more lost at most %s each.</p>\n",
			 html_count(lossy - BARS_MAX, number),
			 html_share(html_loss(s[BARS_MAX]), share));
	if (lossy && lossy < n)
		html_put(h, "<p>%s other %s answered every request.</p>\n",
			 html_count(n - lossy, number),
			 html_plural(n - lossy, "server", "servers"));
}

int html_lost(struct html *h)
{
	const struct bench_result *r = h->r;
	const struct bench_server **s;
	size_t n = 0, lossy = 0;

	s = calloc(r->n_servers + 1, sizeof(const void *));
	if (!s)
		return GCOAP_ENOMEM;
	for (size_t i = 0; i < r->n_servers; i++)
		if (r->servers[i].sent)
			s[n++] = &r->servers[i];
	qsort(s, n, sizeof(const void *), by_loss);
	while (lossy < n && html_loss(s[lossy]) > 0)
		lossy++;
	html_put(h, "<figure><figcaption><h3>Loss per server</h3><p>%s</p></figcaption>\n",
		 lossy ? "The share of requests without an answer in time, and how many of all."
		       : n ? "No server left a request without an answer." : "No server is known.");
	if (lossy)
		bars(h, s, lossy < BARS_MAX ? lossy : BARS_MAX);
	others(h, s, lossy, n);
	html_put(h, "</figure>\n");
	free(s);
	return 0;
}
