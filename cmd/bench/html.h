/*
 * The report as one page: HTML that is complete without scripts, with pictures drawn here as SVG.
 * Every text from outside goes through html_text(), every coordinate through html_at().
 */
#ifndef BENCH_HTML_H
#define BENCH_HTML_H

#include "bench/bench.h"

struct html {
	FILE *out;
	const struct bench_report *report;
	const struct bench_result *r;
};

/* html_text.c: text and numbers. */
void html_put(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Escaped for elements and quoted attributes; controls and what is not UTF-8 are spelled out.
 * NULL: "-". */
void html_text(struct html *h, const char *text);
/* A server where there is little room: its name, or its address without the default port. */
void html_label(struct html *h, const struct bench_server *s);
/* At most @columns characters of it, the middle left out. */
void html_short(struct html *h, const char *text, size_t columns);
#define HTML_NUMBER 40
/* Numbers are as on the screen (format.h), but for commas in counts. "0.57 s", "12.5 us" of
 * nanoseconds; "-" for what is no number. */
char *html_duration(double ns, char buf[HTML_NUMBER]);
char *html_count(uint64_t n, char buf[HTML_NUMBER]); /* "10,000" */
char *html_share(double share, char buf[HTML_NUMBER]); /* "2.5 %" */
char *html_bytes(double bytes, char buf[HTML_NUMBER]);
/* Can servers be told apart, or could there be several? */
bool html_has_servers(const struct bench_result *r);
/* NULL: the report has none of that name. */
const struct bench_figure *html_find(const struct html *h, const char *name);
/* "-" unless the report has a known figure of that name. */
char *html_figure(const struct html *h, const char *name, char buf[HTML_NUMBER]);
char *html_value(const struct bench_figure *f, char buf[HTML_NUMBER]);
const char *html_plural(uint64_t n, const char *one, const char *many);
/* The part of @s's requests without an answer; NAN: it was asked nothing. */
double html_loss(const struct bench_server *s);

/* html_axis.c: from values to a picture that is HTML_WIDTH units wide. */
#define HTML_WIDTH 400
struct html_scale {
	double low, high; /* values, low < high; both above 0 when @log */
	double from, to;  /* where they are */
	bool log;
};
double html_at(const struct html_scale *s, double value);
#define HTML_TICKS 16
/* Round values in the scale, at most @most of them (HTML_TICKS): how many. */
size_t html_ticks(const struct html_scale *s, size_t most, double out[HTML_TICKS]);
/* A value that is not below @high, for an axis of about @parts round steps. */
double html_round_up(double high, int parts);
/* A horizontal axis of times at @y: line, grid up to @top, and @labels below. */
void html_time_axis(struct html *h, const struct html_scale *s, double y, double top,
		    bool labels);
/* "0.5 s" where the axis goes up to @high. */
char *html_tick_time(double ns, double high, bool log, char buf[HTML_NUMBER]);
/* A vertical axis of shares, left of @s->from ... of the picture. */
void html_share_axis(struct html *h, const struct html_scale *s, double left, double right);
/* <svg> with its title and the start of its description, which the caller ends with
 * html_picture(). */
void html_picture_open(struct html *h, const char *id, const char *class, double height,
		       const char *title);
void html_picture(struct html *h);
void html_picture_close(struct html *h);
/* A small sample of what a legend explains: markup of 20 by 10 units. */
void html_swatch(struct html *h, const char *shape);

/* html_bins.c: a histogram in bars of equal width on a scale. */
#define HTML_BINS 48
struct html_bins {
	size_t n;
	double edge[HTML_BINS + 1], count[HTML_BINS];
	double highest, all;
};
void html_bins(struct html_bins *b, const struct gcoap_histogram *of,
	       const struct html_scale *over, size_t n);
/* Bars in @class over @x, as high as @y says for a share of all. @what: "answers". */
void html_bars(struct html *h, const struct html_bins *b, const struct html_scale *x,
	       const struct html_scale *y, const char *class, const char *what);

/* The parts of the page, in its order; each leaves itself out when it has nothing to show. */
void html_head(struct html *h);
void html_title(struct html *h);
void html_strip(struct html *h);
void html_verdict(struct html *h);
void html_latency(struct html *h);
void html_percentiles(struct html *h, const char *class, bool log);
/* GCOAP_ENOMEM. */
int html_heat(struct html *h);
void html_over_time(struct html *h);
int html_lost(struct html *h);
void html_leisure(struct html *h);
void html_compare(struct html *h);
void html_figures(struct html *h);
int html_servers(struct html *h);
void html_traffic(struct html *h);
void html_repeat(struct html *h);

/* html_style.c, html_script.c: as they stand in the page, and their SHA-256 in base64, which
 * its Content-Security-Policy has (tests/cli/bench_html.bats computes them). */
extern const char html_style[], html_style_hash[];
extern const char html_script[], html_script_hash[];

/* What is shown as a series of its own: one for a server, three for a group. */
struct html_series {
	const char *name, *class; /* "first", "s-first" */
	const char *words; /* "first answer" */
	const struct gcoap_histogram *of;
};
size_t html_series(const struct bench_result *r, struct html_series out[3]);

#endif
