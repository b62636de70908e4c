/* The lines below the tables: what there is to say, and nothing of what there is not. */
#include <stdio.h>
#include <string.h>
#include <gcoap/msg.h>
#include "common/cli.h"
#include "format.h"
#include "screen.h"

static const char *plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

static void elapsed_format(gcoap_time t, char buf[BENCH_TEXT])
{
	if (t < 100 * GCOAP_MS)
		snprintf(buf, BENCH_TEXT, "%.1f ms", (double)t / GCOAP_MS);
	else
		snprintf(buf, BENCH_TEXT, "%.1f s", (double)t / GCOAP_SECOND);
}

/* Interrupted before any request was over. */
static void sum_up_cut_short(const struct bench_result *r, char *buf, size_t cap)
{
	char elapsed[BENCH_TEXT];

	elapsed_format(r->elapsed, elapsed);
	snprintf(buf, cap, "%llu %s, cut short after %s; %llu %s so far",
		 (unsigned long long)r->interrupted_rounds,
		 plural(r->interrupted_rounds, "request", "requests"), elapsed,
		 (unsigned long long)r->answers, plural(r->answers, "answer", "answers"));
}

void screen_sum(const struct screen *s, char *buf, size_t cap)
{
	const struct bench_result *r = s->result;
	const struct bench_figure *complete = screen_figure(s, "complete");
	char elapsed[BENCH_TEXT], rate[BENCH_TEXT], share[BENCH_TEXT];
	uint64_t n = complete ? r->complete_rounds : r->answered_rounds;
	double seconds = (double)r->elapsed / GCOAP_SECOND;

	if (bench_cut_short(r)) {
		sum_up_cut_short(r, buf, cap);
		return;
	}
	elapsed_format(r->elapsed, elapsed);
	snprintf(buf, cap, "%llu %s, %s, %s; %s %llu/%llu (%s)", (unsigned long long)r->rounds,
		 plural(r->rounds, "request", "requests"), elapsed,
		 bench_rate_format(seconds > 0 ? (double)r->rounds / seconds : 0, rate),
		 !r->group ? "answered" : complete ? "complete rounds" : "answered rounds",
		 (unsigned long long)n, (unsigned long long)r->rounds,
		 r->rounds ? bench_share_format((double)n / (double)r->rounds, share) : "-");
}

bool screen_assert(const struct screen *s, size_t i, char *buf, size_t cap)
{
	const struct bench_assert *a = &s->report->asserts[i];
	char value[BENCH_TEXT], exits[24] = "";

	if (!a->checked)
		return false;
	if (a->ok) {
		snprintf(buf, cap, "assert %s: pass", a->expr);
		return true;
	}
	/* Another status, as that of an error, comes before this one. */
	if (s->report->status == CLI_CONDITION)
		snprintf(exits, sizeof(exits), "  -> exit %d", CLI_CONDITION);
	if (!a->figure.known)
		snprintf(value, sizeof(value), "no value");
	else
		bench_figure_format(&a->figure, value, sizeof(value));
	snprintf(buf, cap, "assert %s: FAIL (%s%s%s)%s", a->expr,
		 a->figure.known && a->figure.of ? a->figure.of : "",
		 a->figure.known && a->figure.of ? " " : "", value, exits);
	return true;
}

/* "0.1 ... 4.9 s", "0.3 ... 2.1 ms" */
static const char *leisure_format(const struct bench_leisure *l, char buf[2 * BENCH_TEXT])
{
	double from = (double)l->from / GCOAP_SECOND, to = from + (double)l->window / GCOAP_SECOND;
	const char *unit = to >= 1 ? "s" : to >= 1e-3 ? "ms" : "us";
	double factor = to >= 1 ? 1 : to >= 1e-3 ? 1e3 : 1e6;

	snprintf(buf, 2 * BENCH_TEXT, "%.1f ... %.1f %s", from * factor, to * factor, unit);
	return buf;
}

static void say_leisure(struct screen *s)
{
	const struct bench_leisure *l = &s->result->leisure;
	const struct bench_growth *g = &s->result->growth;
	char text[BENCH_TEXT], rate[32], over[2 * BENCH_TEXT];

	if (g->queued)
		screen_line(s, "answers come later and later, by %s: servers begin a leisure when "
			       "the last one is over (RFC 7252, 8.2); try -r %s",
			    bench_time_format((double)g->by, text),
			    bench_growth_rate(g, s->result->n_targets, rate));
	else if (g->grows)
		screen_line(s, "answers come later and later, by %s: no leisure is told of them",
			    bench_time_format((double)g->by, text));
	if (!l->n)
		return;
	if (l->d >= 1)
		screen_line(s, "answers come together, in %s",
			    bench_time_format((double)l->window, text));
	else
		screen_line(s, "answers %s evenly over %s (D %.3f, p %.2f)",
			    l->uniform ? "lie" : "do not lie", leisure_format(l, over), l->d, l->p);
}

static void say_traffic(struct screen *s)
{
	const struct bench_result *r = s->result;
	double seconds = (double)r->elapsed / GCOAP_SECOND;
	char rate[BENCH_TEXT], sent[BENCH_TEXT], got[BENCH_TEXT], sizes[64] = "";
	bool wire = r->sent_wire || r->received_wire;
	int n;

	if (!r->sent)
		return;
	n = snprintf(sizes, sizeof(sizes), "request %zu B", r->request_size);
	if (r->answer_max && r->answer_min == r->answer_max)
		snprintf(sizes + n, sizeof(sizes) - (size_t)n, ", answer %zu B", r->answer_max);
	else if (r->answer_max)
		snprintf(sizes + n, sizeof(sizes) - (size_t)n, ", answers %zu ... %zu B",
			 r->answer_min, r->answer_max);
	screen_line(s, "%llu %s, %s; %s; sent %s, received %s%s", (unsigned long long)r->answers,
		    plural(r->answers, "answer", "answers"),
		    bench_rate_format(seconds > 0 ? (double)r->answers / seconds : 0, rate), sizes,
		    bench_bytes_format((double)(wire ? r->sent_wire : r->sent_bytes), sent),
		    bench_bytes_format((double)(wire ? r->received_wire : r->received_bytes), got),
		    wire ? " with UDP and IP" : "");
}

static void say_errors(struct screen *s)
{
	char text[512], code[5];
	int n = 0;

	for (unsigned c = 0x80; c < 0xc0 && n < (int)sizeof(text) - 32; c++) {
		if (s->result->codes[c])
			n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%llu x %s",
				      n ? ", " : "", (unsigned long long)s->result->codes[c],
				      gcoap_code_format((uint8_t)c, code));
	}
	if (n)
		screen_line(s, "errors: %s", text);
}

static void say_late_sends(struct screen *s)
{
	const struct bench_result *r = s->result;
	gcoap_time p99 = gcoap_histogram_at(&r->lag, 0.99), p50 = gcoap_histogram_at(&r->each, 0.5);
	char text[BENCH_TEXT];

	/* Not when it cannot be seen in the times. */
	if (!r->gap || !r->lag.count || p99 < p50 / 100 || (p99 < GCOAP_MS && p99 < r->gap / 2))
		return;
	screen_line(s, "requests left behind their planned times: p99 %s (this counts in all times)",
		    bench_time_format((double)p99, text));
}

void screen_remarks(struct screen *s)
{
	const struct bench_result *r = s->result;
	const struct {
		uint64_t n;
		const char *one, *many;
	} counts[] = {
		{ r->refused_rounds, "request was refused by the proxy",
		  "requests were refused by the proxy" },
		{ r->unsent_rounds, "request could not be sent", "requests could not be sent" },
		{ r->resets, "request was answered with a reset",
		  "requests were answered with a reset" },
		{ r->unreachable, "request could not be delivered",
		  "requests could not be delivered" },
		{ r->retransmissions, "retransmission", "retransmissions" },
		{ bench_cut_short(r) ? 0 : r->interrupted_rounds,
		  "request was cut short, and is not counted",
		  "requests were cut short, and are not counted" },
		{ r->warmup_rounds, "request of the warm-up is not counted",
		  "requests of the warm-up are not counted" },
		{ r->further, "further answer of a server that had answered",
		  "further answers of servers that had answered" },
		{ r->incomplete,
		  "answer is the first block of a longer body, of which no more was asked",
		  "answers are the first blocks of longer bodies, of which no more was asked" },
		{ r->unnamed, "answer of an unknown server: the proxy does not tell",
		  "answers of unknown servers: the proxy does not tell" },
		{ r->malformed, "malformed answer", "malformed answers" },
		{ r->unmatched, "answer to no request of ours", "answers to no request of ours" },
		{ r->kernel_drops, "answer was lost here: the kernel had no room for it",
		  "answers were lost here: the kernel had no room for them" },
		{ r->dropped, "answer was lost here for want of memory",
		  "answers were lost here for want of memory" },
		{ r->mid_reused, "request took a Message ID again within 247 s",
		  "requests took a Message ID again within 247 s" },
	};

	say_leisure(s);
	say_traffic(s);
	say_errors(s);
	say_late_sends(s);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (counts[i].n)
			screen_line(s, "%llu %s", (unsigned long long)counts[i].n,
				    plural(counts[i].n, counts[i].one, counts[i].many));
}
