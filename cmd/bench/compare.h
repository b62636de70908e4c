/* What a comparison says. */
#ifndef BENCH_COMPARE_H
#define BENCH_COMPARE_H

#include "bench.h"

struct json_file;
/* bench_compare_open() of a file that was read from @path. */
int bench_compare_values(struct bench_compare *c, const char *path, const struct json_file *f);

/* Same: less apart than twice what such runs scatter by, or than 1 %. Other: neither is better, or
 * nobody knows how they scatter. */
enum bench_verdict { BENCH_SAME, BENCH_BETTER, BENCH_WORSE, BENCH_OTHER };
enum bench_verdict bench_change_verdict(const struct bench_change *c);
const char *bench_verdict_name(enum bench_verdict v); /* "same" ... */

/* Was something else asked then? "-r 2, then -r 10" in @buf. */
bool bench_compare_differs(const struct bench_compare *c, const struct bench_result *r, char *buf,
			   size_t cap);

#endif
