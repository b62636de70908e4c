/* What the user should know of how well this host did, and of what it asked. */
#include <stdio.h>
#include "common/cli.h"
#include "format.h"
#include "tool.h"

#define LATE (10 * GCOAP_MS)
#define ENOUGH 100 /* requests, to speak of a rate */
#define MESSAGE_IDS 65536

/* 1234567 as "1,234,567": returns @buf. */
static char *thousands(double n, char buf[32])
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%.0f", n), at = 0;

	if (n < 1000) {
		snprintf(buf, 32, "%.3g", n);
		return buf;
	}
	for (int i = 0; i < len && at < 30; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf[at++] = ',';
		buf[at++] = digits[i];
	}
	buf[at] = '\0';
	return buf;
}

static double rate_of(const struct bench_heard *h)
{
	return h->last_sent > h->first_sent ? (double)(h->sent - 1) * (double)GCOAP_SECOND /
						      (double)(h->last_sent - h->first_sent) : 0;
}

/* A lag that can be seen in the answers' times, or makes a lower rate. */
static void warn_lag(const struct bench *b)
{
	const struct bench_result *r = &b->result;
	gcoap_time p99 = gcoap_histogram_at(&r->lag, 0.99), p50 = gcoap_histogram_at(&r->each, 0.5);
	double wanted, rate = rate_of(&b->heard);
	char is[32], was[32], lag[32], rates[96] = "";

	if (b->plan.gap == 0 || r->lag.count == 0)
		return;
	wanted = (double)GCOAP_SECOND / (double)b->plan.gap;
	if (!(p99 > LATE && p99 > p50 / 10) && !(b->heard.sent > ENOUGH && rate < 0.95 * wanted))
		return;
	snprintf(lag, sizeof(lag), "%.3g %s",
		 p99 < GCOAP_SECOND ? (double)p99 / GCOAP_MS : (double)p99 / GCOAP_SECOND,
		 p99 < GCOAP_SECOND ? "ms" : "s");
	if (b->heard.sent > ENOUGH && rate < 0.95 * wanted)
		snprintf(rates, sizeof(rates), "; the rate was %s/s of %s", thousands(rate, is),
			 thousands(wanted, was));
	if (b->plan.outstanding > 0)
		cli_warn("requests waited, as --outstanding %u were open: p99 of the lag %s%s",
			 b->plan.outstanding, lag, rates);
	else
		cli_warn("this machine sends late: p99 of the lag %s%s", lag, rates);
}

static void warn_mid(const struct bench *b)
{
	const struct bench_result *r = &b->result;
	char n[32];

	if (r->mid_reused == 0)
		return;
	cli_warn("%s requests had a Message ID that was used less than 247 s before: servers may "
		 "take them for duplicates", thousands((double)r->mid_reused, n));
	cli_hint("each endpoint has %d of them: --clients %llu", MESSAGE_IDS,
		 (unsigned long long)(r->sent / MESSAGE_IDS + 1));
}

/* The servers do what they should, and who asks does not see why it takes so long. */
static void warn_queued(const struct bench *b)
{
	const struct bench_growth *g = &b->result.growth;
	double again = (double)b->plan.gap * (double)b->result.n_targets;
	char each[BENCH_TEXT], gap[BENCH_TEXT], rate[32];

	if (!g->queued)
		return;
	cli_warn("answers come later and later: a group takes %s for a request, and is asked every "
		 "%s", bench_time_format((double)g->each, each), bench_time_format(again, gap));
	cli_hint("servers begin a leisure when the last one is over (RFC 7252, Section 8.2): try "
		 "-r %s", bench_growth_rate(g, b->result.n_targets, rate));
}

void bench_warn(const struct bench *b)
{
	warn_queued(b);
	warn_lag(b);
	warn_mid(b);
}
