/* What was asked, how and when; the numbers that matter at a glance. */
#include "bench/html.h"

#include <math.h>
#include <string.h>
#include <time.h>

static void when(struct html *h)
{
	gcoap_time at = h->r->started + h->r->wall;
	time_t t = (time_t)(at / GCOAP_SECOND);
	char text[40];
	struct tm tm;

	if (h->r->wall <= 0 || at < 0 || !gmtime_r(&t, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return;
	html_put(h, " Measured <time datetime=\"%s\">%.10s %.8s UTC</time>.", text, text, text + 11);
}

static void plan(struct html *h)
{
	const struct bench_result *r = h->r;
	const struct bench_own *own = h->report->own;
	struct bench_figure rate = { .unit = BENCH_RATE, .known = true };
	char buf[HTML_NUMBER];

	html_put(h, "%s ", r->group ? "Group requests" : "Requests");
	if (r->gap > 0) {
		rate.value = 1e9 / (double)r->gap;
		html_put(h, "at %s", html_value(&rate, buf));
	} else {
		html_put(h, "as fast as they go, %u outstanding",
			 own && own->outstanding ? own->outstanding : r->clients);
	}
	if (r->elapsed > 0)
		html_put(h, " for %s", html_duration((double)r->elapsed, buf));
	html_put(h, ", from %s %s", html_count(r->clients, buf),
		 html_plural(r->clients, "client", "clients"));
	if (r->via) {
		html_put(h, ", through the proxy ");
		html_text(h, r->via);
	}
	html_put(h, ".");
	if (own && own->warmup > 0)
		html_put(h, " %s of warm-up before it are not counted.",
			 html_duration((double)own->warmup, buf));
	html_put(h, " Latency counts from the planned times.");
}

static void targets(struct html *h, size_t most)
{
	const struct bench_result *r = h->r;

	for (size_t i = 0; i < r->n_targets && i < most; i++) {
		html_put(h, "%s", i ? ", " : "");
		html_text(h, r->targets[i]);
	}
	if (r->n_targets > most)
		html_put(h, " and %zu more", r->n_targets - most);
	if (!r->n_targets)
		html_put(h, "no target");
}

void html_title(struct html *h)
{
	html_put(h, "<title>gcoap-bench: ");
	targets(h, 1);
	html_put(h, "</title>\n</head>\n<body>\n<header>\n<p class=\"tool\">gcoap-bench</p>\n<h1>");
	targets(h, 3);
	html_put(h, "</h1>\n<p>");
	plan(h);
	when(h);
	html_put(h, "</p>\n");
	if (h->r->n_targets > 3) {
		html_put(h, "<details><summary>All %zu targets</summary><ul>\n", h->r->n_targets);
		for (size_t i = 0; i < h->r->n_targets && i < 1000; i++) {
			html_put(h, "<li>");
			html_text(h, h->r->targets[i]);
			html_put(h, "\n");
		}
		html_put(h, "</ul></details>\n");
	}
	html_put(h, "</header>\n<main>\n");
}

static void tile(struct html *h, const char *name, const char *value, const char *more)
{
	html_put(h, "<div><dt>%s<dd>%s", name, value);
	if (more)
		html_put(h, " <small>%s</small>", more);
	html_put(h, "</div>\n");
}

static void latency_tile(struct html *h, const char *name, const struct gcoap_histogram *of)
{
	char p50[HTML_NUMBER], p99[HTML_NUMBER], more[HTML_NUMBER + 8];

	if (!of->count) {
		tile(h, name, "-", NULL);
		return;
	}
	snprintf(more, sizeof(more), "p99 %s",
		 html_duration((double)gcoap_histogram_at(of, 0.99), p99));
	tile(h, name, html_duration((double)gcoap_histogram_at(of, 0.5), p50), more);
}

static void loss_tile(struct html *h)
{
	const struct bench_figure *worst = html_find(h, "loss");
	char share[HTML_NUMBER], mean[HTML_NUMBER];

	html_put(h, "<div><dt>Loss<dd>%s", html_figure(h, "loss.mean", mean));
	if (worst && worst->known && worst->value > 0 && h->r->n_servers > 1) {
		html_put(h, " <small>worst %s", html_value(worst, share));
		if (worst->of) {
			html_put(h, ", ");
			html_short(h, worst->of, 24);
		}
		html_put(h, "</small>");
	}
	html_put(h, "</div>\n");
}

void html_strip(struct html *h)
{
	const struct bench_result *r = h->r;
	char a[HTML_NUMBER], b[HTML_NUMBER], more[2 * HTML_NUMBER + 8];

	html_put(h, "<section aria-label=\"Summary\"><dl class=\"strip\">\n");
	if (bench_cut_short(r))
		tile(h, "Requests", html_count(r->interrupted_rounds, a), "cut short");
	else
		tile(h, "Requests", html_count(r->rounds, a), html_figure(h, "rate", b));
	snprintf(more, sizeof(more), "%s of %s", html_count(r->complete_rounds, a),
		 html_count(r->rounds, b));
	tile(h, r->group ? "Complete rounds" : "Answered",
	     html_share(r->rounds ? (double)r->complete_rounds / (double)r->rounds : NAN, a), more);
	if (r->group) {
		snprintf(more, sizeof(more), "of %s expected", html_count(r->n_expected, b));
		tile(h, "Servers", html_count(r->n_answering, a), r->n_expected ? more : NULL);
	}
	loss_tile(h);
	if (r->group) {
		latency_tile(h, "First answer", &r->first);
		latency_tile(h, "Each answer", &r->each);
		latency_tile(h, "Last answer", &r->last);
	} else {
		latency_tile(h, "Latency", &r->each);
		tile(h, "Slowest", html_duration(r->each.count ? (double)r->each.max : NAN, a), NULL);
	}
	html_put(h, "</dl></section>\n");
}
