/* Numbers as the screen and the report show them. */
#ifndef BENCH_FORMAT_H
#define BENCH_FORMAT_H

#include <stdint.h>
#include <gcoap/time.h>

#define BENCH_TEXT 24

/* "4.10 s", "12.3 ms", "85.0 us"; all return @buf. */
char *bench_time_format(double ns, char buf[BENCH_TEXT]);
/* "2.5 %", of a share 0 ... 1: never 0.0 or 100 when it is not. */
char *bench_share_format(double share, char buf[BENCH_TEXT]);
/* "2.0/s", "12 k/s", "1.0/min" */
char *bench_rate_format(double per_second, char buf[BENCH_TEXT]);
/* "57 B", "1.5 kB", "2.1 MB" */
char *bench_bytes_format(double bytes, char buf[BENCH_TEXT]);
/* "120", "0.021" */
char *bench_count_format(double n, char buf[BENCH_TEXT]);

/* The share of @sent that was not answered. */
double bench_loss(uint64_t sent, uint64_t answered);

#endif
