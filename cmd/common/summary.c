#include "summary.h"

#include <stdarg.h>
#include <string.h>
#include "cli.h"

struct line {
	char *buf;
	size_t cap, len;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *l, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(l->buf + l->len, l->cap - l->len, format, ap);
	va_end(ap);
	l->len += n < 0 ? 0 : (size_t)n;
	if (l->len >= l->cap)
		l->len = l->cap - 1;
}

/* ", 2 duplicates" when there were any. */
static void add_count(struct line *l, uint64_t n, const char *one, const char *many)
{
	if (n)
		add(l, ", %llu %s", (unsigned long long)n, n == 1 ? one : many);
}

/* Answers of a local network come in milliseconds, those of a leisure in seconds. */
static bool short_time(gcoap_time t)
{
	return t < 100 * GCOAP_MS;
}

static void add_elapsed(struct line *l, gcoap_time t)
{
	if (short_time(t))
		add(l, "%.1f ms", (double)t / GCOAP_MS);
	else
		add(l, "%.1f s", (double)t / GCOAP_SECOND);
}

static void add_spread(struct line *l, const struct gcoap_spread *rtt)
{
	bool ms = short_time(rtt->max);
	double unit = (double)(ms ? GCOAP_MS : GCOAP_SECOND);

	add(l, ", rtt %.2f/%.2f/%.2f %s", (double)rtt->min / unit, (double)rtt->median / unit,
	    (double)rtt->max / unit, ms ? "ms" : "s");
}

size_t summary_format(const struct gcoap_summary *s, char *buf, size_t cap)
{
	struct line l = { buf, cap, 0 };

	if (s->servers || !s->unnamed)
		add(&l, "%u %s answered", s->servers, s->servers == 1 ? "server" : "servers");
	else
		add(&l, "%u %s of unknown servers", s->unnamed,
		    s->unnamed == 1 ? "answer" : "answers");
	if (s->responses != s->servers && !s->unnamed)
		add(&l, " %u times", s->responses);
	add(&l, " in ");
	add_elapsed(&l, s->elapsed);
	add(&l, " (%u ok", s->ok);
	add_count(&l, s->errors, "error", "errors");
	add_count(&l, s->incomplete, "incomplete", "incomplete");
	add(&l, ")");
	if (s->servers)
		add_count(&l, s->unnamed, "answer of an unknown server",
			  "answers of unknown servers");
	add_count(&l, s->cached, "from the cache", "from the cache");
	add_count(&l, s->missing, "missing", "missing");
	add_count(&l, s->duplicates, "duplicate", "duplicates");
	add_count(&l, s->late, "late", "late");
	add_count(&l, s->malformed, "malformed", "malformed");
	add_count(&l, s->kernel_drops + s->dropped, "lost here", "lost here");
	if (s->responses > s->cached)
		add_spread(&l, &s->rtt);
	if (s->ended_by != GCOAP_ENDED_NOT && s->ended_by != GCOAP_ENDED_CACHE)
		add(&l, ", stopped by %s", gcoap_ended_by_name(s->ended_by));
	return l.len;
}

void summary_print(const struct render_base *b, const struct gcoap_summary *s, bool by_default)
{
	const char *when = b->env.args->summary;
	char text[2048];
	size_t n;

	/* silence is said apart; a proxy's 2.03 for all of its cache is of no server */
	bool silent = !s->servers && !s->unnamed && !(b->env.footer && s->responses) &&
		      s->ended_by != GCOAP_ENDED_INTERRUPT;

	if (!strcmp(when, "off") || (!strcmp(when, "auto") && (!by_default || silent)))
		return;
	if (b->env.footer) {
		b->env.footer(b->env.footer_arg, s, text, sizeof(text));
		cli_line(text);
		return;
	}
	n = summary_format(s, text, sizeof(text));
	if (s->ended_by == GCOAP_ENDED_TIMEOUT && s->servers && !opt_given("expect") &&
	    !s->missing && s->requests == 1 && b->group)
		snprintf(text + n, sizeof(text) - n, "      [try -n %u to stop sooner]", s->servers);
	cli_line(text);
}
