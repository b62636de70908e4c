/* Parts of the JSON records: gcoap-json(5). */
#ifndef BENCH_RECORDS_H
#define BENCH_RECORDS_H

#include "bench.h"
#include "common/render_common.h"

/* ,"key": before a value. */
#define records_key(w, key) jsonw_lit(w, ",\"" key "\":")
/* A number that is finite, else null. */
void records_number(struct jsonw *w, double v);
/* {"min":…,"median":…,"p90":…,"p99":…,"p999":…,"max":…,"mean":…}; null of an empty one. */
void records_times(struct jsonw *w, const struct gcoap_histogram *h);
/* A figure's value or spread in the unit that records have; its name. */
double records_value(enum bench_unit unit, double v);
const char *records_unit(enum bench_unit unit); /* "ms" ... */

/* The histogram of each answer: a list of bins, null without --hist. */
void records_hist(struct jsonw *w, const struct bench_report *r);

void records_plan(struct jsonw *w, const struct bench_report *r, const char *const *targets,
		  size_t n);
void records_server(struct jsonw *w, const struct bench_server *v);
void records_missing(struct jsonw *w, const struct bench_report *r, const struct bench_server *v);
void records_summary(struct render_base *b, struct jsonw *w, const struct bench_report *r);

#endif
