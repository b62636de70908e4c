/* What is sent when, and how many that makes. */
#include <stdio.h>
#include "tool.h"

#define DURATION (10 * GCOAP_SECOND)
#define LONGEST (GCOAP_NEVER / 2) /* 146 years */

/* Requests that are due in @time from the first on. */
static uint64_t due_in(gcoap_time time, gcoap_time gap)
{
	return (uint64_t)((time + gap - 1) / gap);
}

void bench_plan_settle(struct bench_own *own)
{
	if (own->duration == 0 && own->requests == 0)
		own->duration = DURATION;
	if (own->gap == 0 && own->outstanding == 0)
		own->outstanding = own->clients;
}

void bench_plan(struct bench_plan *p, const struct bench_own *own)
{
	*p = (struct bench_plan){
		.gap = own->gap,
		.warmup = own->warmup,
		.duration = own->duration,
		.count = own->requests,
		.outstanding = own->outstanding,
		.clients = own->clients,
	};
	if (p->duration > 0)
		p->duration += p->warmup;
	if (p->count > 0 && p->gap > 0)
		p->count += due_in(p->warmup, p->gap);
}

uint64_t bench_plan_total(const struct bench_plan *p)
{
	uint64_t n = p->count;

	if (p->duration > 0 && p->gap > 0 && (n == 0 || due_in(p->duration, p->gap) < n))
		n = due_in(p->duration, p->gap);
	return n;
}

/* What so many requests are planned to take. */
static gcoap_time time_of(uint64_t requests, gcoap_time gap)
{
	return requests < (uint64_t)(LONGEST / gap) ? (gcoap_time)requests * gap : LONGEST;
}

gcoap_time bench_plan_length(const struct bench_plan *p)
{
	gcoap_time all = p->gap > 0 ? time_of(bench_plan_total(p), p->gap) :
			 p->count > 0 ? 0 : p->duration;

	return all > p->warmup ? all - p->warmup : 0;
}

/* "500 ms", "1 min". */
static char *span(gcoap_time t, char *buf, size_t cap)
{
	static const struct {
		gcoap_time from;
		double unit;
		const char *name;
	} units[] = {
		{ 7200 * GCOAP_SECOND, 3600e9, "h" }, { 120 * GCOAP_SECOND, 60e9, "min" },
		{ GCOAP_SECOND, 1e9, "s" },	      { GCOAP_MS, 1e6, "ms" },
		{ GCOAP_US, 1e3, "us" },	      { 0, 1, "ns" },
	};
	size_t i = 0;

	while (t < units[i].from)
		i++;
	snprintf(buf, cap, "%.4g %s", (double)t / units[i].unit, units[i].name);
	return buf;
}

char *bench_plan_format(const struct bench_plan *p, char *buf, size_t cap)
{
	uint64_t total = bench_plan_total(p);
	char all[64], each[32], last[32], warm[80] = "", open_text[64] = "";

	if (p->warmup > 0)
		snprintf(warm, sizeof(warm), ", those of the first %s not counted",
			 span(p->warmup, each, sizeof(each)));
	if (p->gap == 0) {
		if (total > 0)
			snprintf(all, sizeof(all), "%llu requests", (unsigned long long)total);
		else
			snprintf(all, sizeof(all), "requests for %s",
				 span(p->duration, last, sizeof(last)));
		snprintf(buf, cap, "%s, %u open at a time, from %u endpoint%s%s", all, p->outstanding,
			 p->clients, p->clients == 1 ? "" : "s", warm);
		return buf;
	}
	if (p->outstanding > 0)
		snprintf(open_text, sizeof(open_text), ", at most %u open at a time",
			 p->outstanding);
	snprintf(buf, cap, "%llu request%s in %s, one every %s%s, from %u endpoint%s%s",
		 (unsigned long long)total, total == 1 ? "" : "s",
		 span(time_of(total, p->gap), last, sizeof(last)),
		 span(p->gap, all, sizeof(all)), open_text, p->clients,
		 p->clients == 1 ? "" : "s", warm);
	return buf;
}
