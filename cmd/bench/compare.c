/* --compare: the summary of an earlier run, and what has become of its figures. */
#include "compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "common/cli.h"
#include "common/json_file.h"

static const char not_ours[] = "such a file is made with gcoap-bench --json TARGET > FILE";

/* The summary: a record of JSON Lines, or a member of the one document. */
static const struct cJSON *summary_find(const struct json_file *f)
{
	const struct cJSON *found = NULL, *v, *inner;

	for (size_t i = 0; (v = json_file_value(f, i)) != NULL; i++) {
		const char *type = json_text(v, "type");

		inner = json_member(v, "summary");
		if (type && !strcmp(type, "summary"))
			found = v;
		else if (!type && json_member(inner, "type"))
			found = inner;
	}
	return found;
}

static int refuse(const char *path, const char *hint, const char *what)
{
	const char *const hints[] = { hint, NULL };

	return cli_error(CLI_USAGE, hint ? hints : NULL, "--compare %s: %s", path, what);
}

static int check(const struct json_file *f, const char *path, const struct cJSON **summary)
{
	const char *tool;
	char what[128];
	double v;

	*summary = summary_find(f);
	if (!*summary)
		return refuse(path, not_ours, "there is no summary in it");
	tool = json_text(*summary, "tool");
	if (!tool)
		tool = json_text(json_file_value(f, 0), "tool");
	if (!tool || strcmp(tool, "gcoap-bench")) {
		snprintf(what, sizeof(what), "it was written by %.64s, not by gcoap-bench",
			 tool ? tool : "another tool");
		return refuse(path, not_ours, what);
	}
	if (!json_number(*summary, "v", &v) || v != 1) {
		snprintf(what, sizeof(what), "version %.15g of the records, this gcoap-bench reads 1",
			 json_number(*summary, "v", &v) ? v : 0);
		return refuse(path, NULL, what);
	}
	if (!json_next(json_member(*summary, "figures"), NULL))
		return refuse(path, not_ours, "its summary has no figures");
	return CLI_OK;
}

/* As records.c writes them. */
static bool unit_read(const char *text, enum bench_unit *unit, double *factor)
{
	static const struct {
		const char *text;
		enum bench_unit unit;
		double factor;
	} units[] = {
		{ "ms", BENCH_TIME, 1e6 },     { "share", BENCH_SHARE, 1 },
		{ "count", BENCH_COUNT, 1 },   { "per_s", BENCH_RATE, 1 },
		{ "bytes", BENCH_BYTES, 1 },
	};

	for (size_t i = 0; text && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text, units[i].text))
			continue;
		*unit = units[i].unit;
		*factor = units[i].factor;
		return true;
	}
	return false;
}

static void read_figures(struct bench_compare *c, const struct cJSON *figures)
{
	const struct cJSON *v = NULL;
	double factor;

	while ((v = json_next(figures, v)) != NULL && c->n_before < BENCH_FIGURES) {
		struct bench_figure *f = &c->before[c->n_before];

		*f = (struct bench_figure){ .spread = NAN, .better = BENCH_NEITHER };
		if (strlen(json_key(v)) >= sizeof(f->name) || !json_number(v, "value", &f->value) ||
		    !unit_read(json_text(v, "unit"), &f->unit, &factor))
			continue;
		snprintf(f->name, sizeof(f->name), "%s", json_key(v));
		f->known = true;
		f->value *= factor;
		if (json_number(v, "spread", &f->spread))
			f->spread *= factor;
		else
			f->spread = NAN;
		c->n_before++;
	}
}

static void read_plan(struct bench_compare *c, const struct cJSON *plan)
{
	const struct cJSON *list = json_member(plan, "targets"), *v = NULL;
	size_t n = 0;
	double number;

	while ((v = json_next(list, v)) != NULL && n < sizeof(c->targets))
		n += (size_t)snprintf(c->targets + n, sizeof(c->targets) - n, "%s%s", n ? " " : "",
				      json_string(v) ? json_string(v) : "?");
	c->rate = -1;
	if (json_number(plan, "rate_per_s", &number) && number >= 0)
		c->rate = number;
	else if (json_member(plan, "rate_per_s"))
		c->rate = 0;
	if (json_number(plan, "clients", &number) && number >= 1 && number < 1e9)
		c->clients = (uint32_t)number;
}

int bench_compare_values(struct bench_compare *c, const char *path, const struct json_file *f)
{
	const struct cJSON *summary;
	const char *ts;
	int status;

	*c = (struct bench_compare){ .path = path, .rate = -1 };
	status = check(f, path, &summary);
	if (status != CLI_OK)
		return status;
	ts = json_text(summary, "started");
	snprintf(c->ts, sizeof(c->ts), "%s", ts ? ts : "");
	read_figures(c, json_member(summary, "figures"));
	read_plan(c, json_member(summary, "plan"));
	return CLI_OK;
}

int bench_compare_open(struct bench_compare *c, const char *path)
{
	struct json_file *f;
	int status = json_file_read(&f, "--compare", path);

	if (status == CLI_USAGE)
		cli_hint("%s", not_ours);
	if (status != CLI_OK)
		return status;
	status = bench_compare_values(c, path, f);
	json_file_free(&f);
	return status;
}

/* Of a quotient of two values that each have a spread. */
static void ratio(struct bench_change *c)
{
	double before = c->before.value, now = c->now->value;

	c->ratio = before > 0 ? now / before : NAN;
	c->spread = NAN;
	if (before > 0 && now > 0)
		c->spread = c->ratio * hypot(c->before.spread / before, c->now->spread / now);
}

void bench_compare_with(struct bench_compare *c, const struct bench_figure *f, size_t n)
{
	c->n = 0;
	for (size_t i = 0; i < n && c->n < BENCH_FIGURES; i++) {
		const struct bench_figure *before =
			bench_figure_find(c->before, c->n_before, f[i].name);

		/* One server's rtt is not a group's first answer, though it is found by that. */
		if (!f[i].known || !before || before->unit != f[i].unit ||
		    strcmp(before->name, f[i].name))
			continue;
		c->list[c->n] = (struct bench_change){ .now = &f[i], .before = *before };
		c->list[c->n].before.better = f[i].better;
		ratio(&c->list[c->n++]);
	}
}

/* Standard error of the difference; NAN: nobody knows. */
static double scatter(const struct bench_change *c)
{
	double now = c->now->spread, before = c->before.spread;

	if (c->now->unit == BENCH_BYTES)
		return 0;
	/* Events are as uncertain as the root of their number; servers are no events. */
	if (c->now->unit == BENCH_COUNT)
		return c->now->better == BENCH_LESS ? sqrt(c->now->value + c->before.value) : 0;
	return hypot(isnan(now) ? before : now, isnan(before) ? now : before);
}

enum bench_verdict bench_change_verdict(const struct bench_change *c)
{
	double difference = c->now->value - c->before.value, noise = 2 * scatter(c);

	if (fabs(difference) <= noise || fabs(difference) <= 0.01 * fabs(c->before.value))
		return BENCH_SAME;
	if (c->now->better == BENCH_NEITHER || isnan(noise))
		return BENCH_OTHER;
	return (difference < 0) == (c->now->better == BENCH_LESS) ? BENCH_BETTER : BENCH_WORSE;
}

const char *bench_verdict_name(enum bench_verdict v)
{
	static const char *const names[] = { "same", "better", "worse", "other" };

	return names[v];
}

/* ---- is it the same that was asked? ---- */

static void rate_text(double rate, char buf[32])
{
	if (rate == 0)
		snprintf(buf, 32, "-r max");
	else if (rate < 0.1)
		snprintf(buf, 32, "-r %.4g/m", 60 * rate);
	else
		snprintf(buf, 32, "-r %.6g", rate);
}

bool bench_compare_differs(const struct bench_compare *c, const struct bench_result *r, char *buf,
			   size_t cap)
{
	double rate = r->gap > 0 ? 1e9 / (double)r->gap : 0;
	char targets[sizeof(c->targets)] = "", was[32], is[32];
	size_t n = 0;

	for (size_t i = 0; i < r->n_targets && n < sizeof(targets); i++)
		n += (size_t)snprintf(targets + n, sizeof(targets) - n, "%s%s", n ? " " : "",
				      r->targets[i]);
	if (*c->targets && strcmp(c->targets, targets)) {
		snprintf(buf, cap, "%.300s, then %.300s", c->targets, targets);
		return true;
	}
	if (c->rate >= 0 && fabs(c->rate - rate) > 1e-3 * (rate > c->rate ? rate : c->rate)) {
		rate_text(c->rate, was);
		rate_text(rate, is);
		snprintf(buf, cap, "%s, then %s", was, is);
		return true;
	}
	if (c->clients && c->clients != r->clients) {
		snprintf(buf, cap, "--clients %u, then %u", c->clients, r->clients);
		return true;
	}
	return false;
}
