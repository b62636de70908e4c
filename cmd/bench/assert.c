/* --assert: a figure, a sign and a value. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench.h"
#include "common/cli.h"
#include "common/suggest.h"
#include "format.h"

#define NUMBER_MAX 40

/* Where the parser stands. */
struct reader {
	const char *text, *at;
};

static void blanks(struct reader *r)
{
	r->at += strspn(r->at, " \t");
}

static size_t name_length(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
}

/* Up to the sign: a server's name or address. */
static size_t server_length(const char *text)
{
	return strcspn(text, "<>=! \t");
}

bool bench_assert_like(const char *text)
{
	const char *at = text + strspn(text, " \t");
	size_t n = name_length(at);

	if (!n)
		return false;
	at += n;
	if (*at == '@')
		at += 1 + server_length(at + 1);
	at += strspn(at, " \t");
	return *at && strchr("<>=!", *at);
}

static int say(const struct reader *r, const char *hint, const char *what)
{
	const char *const hints[] = { hint, NULL };

	if (!*r->at)
		return cli_error(CLI_USAGE, hints, "assertion \"%s\": %s at its end",
				 r->text, what);
	return cli_error(CLI_USAGE, hints,
			 "assertion \"%s\": %s at \"%s\" (character %zu)", r->text, what, r->at,
			 (size_t)(r->at - r->text) + 1);
}

static int unknown_figure(const char *text, const char *word)
{
	struct suggest s = { .word = word };
	char near[80];
	const char *hints[] = { "gcoap-bench(1) lists the figures, such as last.p99 and loss",
				NULL };

	for (const char *const *name = bench_figure_names(); *name; name++)
		suggest_try(&s, *name);
	if (s.best) {
		snprintf(near, sizeof(near), "did you mean %s?", s.best);
		hints[0] = near;
	}
	return cli_error(CLI_USAGE, hints, "assertion \"%s\": there is no figure \"%s\"", text, word);
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), k = strlen(end);

	return n >= k && !strcmp(text + n - k, end);
}

static enum bench_unit unit_of(const char *name)
{
	if (!strncmp(name, "loss", 4) || !strcmp(name, "complete"))
		return BENCH_SHARE;
	if (ends_with(name, "rate"))
		return BENCH_RATE;
	if (!strncmp(name, "size.", 5))
		return BENCH_BYTES;
	if (strcmp(name, "leisure.d") && strchr(name, '.'))
		return BENCH_TIME;
	return BENCH_COUNT;
}

/* What a single server has figures of. */
static bool of_one_server(const char *name)
{
	static const char *const names[] = { "loss", "answers", "duplicates", "late", "errors" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return !strncmp(name, "rtt.", 4) || !strncmp(name, "each.", 5);
}

static int read_name(struct reader *r, struct bench_assert *out)
{
	size_t n = name_length(r->at), k;
	char word[NUMBER_MAX];
	bool known = false;

	if (!n)
		return say(r, "such as last.p99<6s or loss<1%", "expected the name of a figure");
	snprintf(word, sizeof(word), "%.*s", (int)n, r->at);
	for (const char *const *name = bench_figure_names(); *name; name++)
		known |= !strcmp(*name, word);
	if (!known || n >= sizeof(out->name))
		return unknown_figure(r->text, word);
	memcpy(out->name, word, n + 1);
	r->at += n;
	if (*r->at != '@')
		return CLI_OK;
	if (!of_one_server(out->name))
		return say(r, "loss, answers, duplicates, late, errors and rtt.p99 are",
			   "this figure is not of one server");
	k = server_length(++r->at);
	if (!k || k >= sizeof(out->server))
		return say(r, "such as loss@10.77.0.2:5683<1%",
			   "expected the name or address of a server");
	memcpy(out->server, r->at, k);
	r->at += k;
	return CLI_OK;
}

static int read_sign(struct reader *r, struct bench_assert *out)
{
	static const struct {
		const char *text;
		int op;
	} signs[] = { { "<=", 'l' }, { ">=", 'g' }, { "==", '=' }, { "!=", '!' },
		      { "<", '<' },  { ">", '>' },  { "=", '=' } };

	blanks(r);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t n = strlen(signs[i].text);

		if (strncmp(r->at, signs[i].text, n))
			continue;
		out->op = signs[i].op;
		r->at += n;
		blanks(r);
		return CLI_OK;
	}
	return say(r, "such as last.p99<6s or loss<1%", "expected <, <=, >, >=, = or !=");
}

struct scale {
	const char *unit;
	double factor;
};

/* By enum bench_unit; the first is what a plain number means. */
static const struct {
	const char *expected, *hint;
	struct scale scales[12];
} values[] = {
	[BENCH_TIME] = { "expected a time such as 250ms or 6s",
			 "units: h, m, s, ms, us, ns; s without one",
			 { { "", 1e9 }, { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "µs", 1e3 },
			   { "ns", 1 }, { "m", 60e9 }, { "min", 60e9 }, { "h", 3600e9 } } },
	[BENCH_SHARE] = { "expected a share such as 1% or 0.01", "0 to 1, or a percentage",
			  { { "", 1 }, { "%", 0.01 } } },
	[BENCH_COUNT] = { "expected a number", "thousands are k, millions M",
			  { { "", 1 }, { "k", 1e3 }, { "M", 1e6 } } },
	[BENCH_RATE] = { "expected a rate such as 1.5k/s or 200",
			 "units: /s, /m, /h, k/s, M/s; /s without one",
			 { { "", 1 }, { "/s", 1 }, { "k", 1e3 }, { "k/s", 1e3 }, { "M", 1e6 },
			   { "M/s", 1e6 }, { "/min", 1 / 60.0 }, { "/m", 1 / 60.0 },
			   { "/h", 1 / 3600.0 } } },
	[BENCH_BYTES] = { "expected a size such as 57 or 1.5 kB",
			  "units: B, kB, MB, KiB, MiB; B without one",
			  { { "", 1 }, { "B", 1 }, { "kB", 1e3 }, { "k", 1e3 }, { "KiB", 1024 },
			    { "MB", 1e6 }, { "M", 1e6 }, { "MiB", 1048576 } } },
};

/* Digits with at most one point: what strtod() reads the same everywhere. */
static bool read_number(struct reader *r, double *out)
{
	size_t whole = strspn(r->at, "0123456789"), n = whole, fraction = 0;
	char text[NUMBER_MAX];

	if (r->at[n] == '.') {
		fraction = strspn(r->at + n + 1, "0123456789");
		n += 1 + fraction;
	}
	if (whole + fraction == 0 || n >= sizeof(text))
		return false;
	memcpy(text, r->at, n);
	text[n] = '\0';
	*out = strtod(text, NULL);
	r->at += n;
	return true;
}

static int read_value(struct reader *r, struct bench_assert *out)
{
	static const char *const percent[] = { "one in a hundred is 1% or 0.01", NULL };
	enum bench_unit unit = unit_of(out->name);
	const struct scale *scale = values[unit].scales;
	size_t n;

	if (!read_number(r, &out->limit))
		return say(r, values[unit].hint, values[unit].expected);
	blanks(r);
	n = strcspn(r->at, " \t");
	for (; scale->unit; scale++)
		if (strlen(scale->unit) == n && !memcmp(scale->unit, r->at, n))
			break;
	if (!scale->unit)
		return say(r, values[unit].hint, values[unit].expected);
	if (unit == BENCH_SHARE && !n && out->limit > 1)
		return cli_error(CLI_USAGE, percent,
				 "assertion \"%s\": a share is at most 1, or 100%%", r->text);
	out->limit *= scale->factor;
	r->at += n;
	blanks(r);
	if (!*r->at)
		return CLI_OK;
	return say(r, "several conditions have commas between them", "expected nothing more");
}

int bench_assert_parse(const char *text, struct bench_assert *out)
{
	struct reader r = { text, text };
	int status;

	*out = (struct bench_assert){ .expr = text };
	blanks(&r);
	status = read_name(&r, out);
	if (status == CLI_OK)
		status = read_sign(&r, out);
	if (status == CLI_OK)
		status = read_value(&r, out);
	return status;
}

/* ---- when the figures are there ---- */

static bool holds(int op, double value, double limit)
{
	bool same = fabs(value - limit) <= 1e-9 * fabs(limit);

	switch (op) {
	case '<':
		return value < limit && !same;
	case '>':
		return value > limit && !same;
	case 'l':
		return value < limit || same;
	case 'g':
		return value > limit || same;
	case '=':
		return same;
	default:
		return !same;
	}
}

/* By name, by endpoint, or by the endpoint's host. */
static const struct bench_server *server_find(const struct bench_result *r, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < r->n_servers; i++) {
		const struct bench_server *v = &r->servers[i];

		if ((v->name && !strcmp(v->name, name)) || !strcmp(v->text, name))
			return v;
	}
	for (size_t i = 0; i < r->n_servers; i++) {
		const char *text = r->servers[i].text;
		bool bracket = *text == '[' && *name != '[';

		if (!strncmp(text + bracket, name, n) &&
		    (text[bracket + n] == ':' || text[bracket + n] == ']') &&
		    (!bracket || text[bracket + n] == ']'))
			return &r->servers[i];
	}
	return NULL;
}

static double time_of(const struct gcoap_histogram *h, const char *which)
{
	if (!strcmp(which, "min"))
		return (double)h->min;
	if (!strcmp(which, "max"))
		return (double)h->max;
	if (!strcmp(which, "mean"))
		return gcoap_histogram_mean(h);
	/* p50, p90, p99, p999 */
	return (double)gcoap_histogram_at(h, strtod(which + 1, NULL) /
						     (strlen(which) > 3 ? 1000 : 100));
}

static void server_figure(const struct bench_result *r, const char *server, struct bench_figure *f)
{
	const struct bench_server *v = r ? server_find(r, server) : NULL;
	const char *which = strchr(f->name, '.');

	if (!v)
		return;
	f->of = v->name ? v->name : v->text;
	f->known = true;
	if (which) {
		f->known = v->rtt.count > 0;
		f->value = f->known ? time_of(&v->rtt, which + 1) : 0;
	} else if (!strcmp(f->name, "loss")) {
		f->known = v->sent > 0;
		f->value = bench_loss(v->sent, v->answered);
	} else {
		f->value = (double)(!strcmp(f->name, "answers")	     ? v->answered :
				    !strcmp(f->name, "duplicates") ? v->duplicates :
				    !strcmp(f->name, "late")	     ? v->late :
								       v->errors);
	}
}

void bench_assert_check(struct bench_assert *a, const struct bench_result *r,
			const struct bench_figure *f, size_t n)
{
	const struct bench_figure *found = bench_figure_find(f, n, a->name);

	a->checked = true;
	a->figure = (struct bench_figure){ .unit = unit_of(a->name), .spread = NAN };
	memcpy(a->figure.name, a->name, sizeof(a->name));
	if (a->server[0])
		server_figure(r, a->server, &a->figure);
	else if (found)
		a->figure = *found;
	a->ok = a->figure.known && isfinite(a->figure.value) &&
		holds(a->op, a->figure.value, a->limit);
}
