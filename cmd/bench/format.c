#include "format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "bench.h"

/* Three digits at most, two of them behind the point below ten. */
static char *three(double v, const char *unit, char *buf)
{
	snprintf(buf, BENCH_TEXT, "%.*f%s", v < 9.995 ? 2 : v < 99.95 ? 1 : 0, v, unit);
	return buf;
}

char *bench_time_format(double ns, char buf[BENCH_TEXT])
{
	if (ns >= 9995e9) /* 166 minutes */
		return three(ns / 3600e9, " h", buf);
	if (ns >= 999.5e9)
		return three(ns / 60e9, " min", buf);
	if (ns >= 99.95e6 || ns <= 0)
		return three(ns / 1e9, " s", buf);
	if (ns >= 99.95e3)
		return three(ns / 1e6, " ms", buf);
	return three(ns / 1e3, " us", buf);
}

char *bench_share_format(double share, char buf[BENCH_TEXT])
{
	double percent = 100 * share;
	int digits = 1;

	if (percent == 100) {
		memcpy(buf, "100 %", 6);
		return buf;
	}
	/* One of many lost is not none. */
	while (digits < 6 && ((percent > 0 && percent < 0.5 * pow(10, -digits)) ||
			      (percent < 100 && percent >= 100 - 0.5 * pow(10, -digits))))
		digits++;
	snprintf(buf, BENCH_TEXT, "%.*f %%", digits, percent);
	return buf;
}

char *bench_rate_format(double per_second, char buf[BENCH_TEXT])
{
	if (per_second >= 99950)
		return three(per_second / 1e3, " k/s", buf);
	if (per_second > 0 && per_second < 0.0995)
		snprintf(buf, BENCH_TEXT, "%.1f/min", 60 * per_second);
	else
		snprintf(buf, BENCH_TEXT, "%.*f/s",
			 per_second > 0 && per_second < 0.995 ? 2 : per_second < 99.95 ? 1 : 0,
			 per_second);
	return buf;
}

char *bench_bytes_format(double bytes, char buf[BENCH_TEXT])
{
	static const char *const units[] = { " B", " kB", " MB", " GB", " TB" };
	size_t i = 0;

	for (; bytes >= 9999.5 && i < 4; i++)
		bytes /= 1000;
	snprintf(buf, BENCH_TEXT, "%.*f%s", i && bytes < 99.95 ? 1 : 0, bytes, units[i]);
	return buf;
}

char *bench_count_format(double n, char buf[BENCH_TEXT])
{
	snprintf(buf, BENCH_TEXT, "%.*f", n == floor(n) ? 0 : fabs(n) < 1 ? 3 : 1, n);
	return buf;
}

double bench_loss(uint64_t sent, uint64_t answered)
{
	return answered < sent ? 1 - (double)answered / (double)sent : 0;
}

char *bench_figure_format(const struct bench_figure *f, char *buf, size_t cap)
{
	char text[BENCH_TEXT] = "-";

	if (f->known && isfinite(f->value)) {
		switch (f->unit) {
		case BENCH_TIME:
			bench_time_format(f->value, text);
			break;
		case BENCH_SHARE:
			bench_share_format(f->value, text);
			break;
		case BENCH_COUNT:
			bench_count_format(f->value, text);
			break;
		case BENCH_RATE:
			bench_rate_format(f->value, text);
			break;
		case BENCH_BYTES:
			bench_bytes_format(f->value, text);
			break;
		}
	}
	snprintf(buf, cap, "%s", text);
	return buf;
}
