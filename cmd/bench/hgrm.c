/* --hgrm: the text that HdrHistogram's plotters read. */
#include <math.h>
#include <stdio.h>
#include "bench.h"
#include "common/cli.h"
#include "file.h"

#define TICKS 5	       /* lines for each halving of what is above */
#define SUBBUCKETS 128 /* of an octave: gcoap/histogram.h */
#define BUCKETS GCOAP_HISTOGRAM_PARTS

static double ms(double ns)
{
	return ns / GCOAP_MS;
}

/* Of these values themselves, as HdrHistogram has it, not of what they are a sample of. */
static double deviation(const struct gcoap_histogram *h)
{
	return gcoap_histogram_deviation(h) * sqrt((double)(h->count - 1) / (double)h->count);
}

static void put_line(FILE *out, const struct gcoap_histogram *h, double part)
{
	gcoap_time value = part < 1 ? gcoap_histogram_at(h, part) : h->max;

	fprintf(out, "%12.3f %2.12f %10llu", ms((double)value), part,
		(unsigned long long)(part < 1 ? gcoap_histogram_below(h, value) : h->count));
	if (part < 1)
		fprintf(out, " %14.2f", 1 / (1 - part));
	fputc('\n', out);
}

/* Steps get finer towards the slowest, until less than one is above. */
static void put_lines(FILE *out, const struct gcoap_histogram *h)
{
	double part = 0, step;

	while (part < 1 && (1 - part) * (double)h->count > 0.5) {
		put_line(out, h, part);
		if (gcoap_histogram_below(h, gcoap_histogram_at(h, part)) >= h->count)
			break;
		step = 1 / (TICKS * pow(2, floor(log2(1 / (1 - part))) + 1));
		part += step;
	}
	put_line(out, h, 1);
}

int bench_write_hgrm(const struct bench_report *r, const char *path)
{
	const struct gcoap_histogram *h = &r->result->each;
	struct bench_file f;
	int status = bench_file_open(&f, "--hgrm", path);

	if (status != CLI_OK)
		return status;
	fprintf(f.out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount",
		"1/(1-Percentile)");
	if (h->count)
		put_lines(f.out, h);
	fprintf(f.out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n",
		h->count ? ms(gcoap_histogram_mean(h)) : 0,
		h->count ? ms(deviation(h)) : 0);
	fprintf(f.out, "#[Max     = %12.3f, Total count    = %12llu]\n", ms((double)h->max),
		(unsigned long long)h->count);
	fprintf(f.out, "#[Buckets = %12d, SubBuckets     = %12d]\n", BUCKETS, SUBBUCKETS);
	fprintf(f.out, "#%s in ms, from the planned time of its request\n",
		r->result->group ? "each answer of the group" : "each answer");
	return bench_file_commit(&f);
}
