#ifndef BENCH_CSV_H
#define BENCH_CSV_H

#include "bench.h"
#include "common/jsonw.h"

/* Append the table that --csv writes: RFC 4180, a row a server and one for all. */
void bench_csv(struct jsonw *w, const struct bench_report *r);

#endif
