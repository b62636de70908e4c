/* Driving gcoap-bench's tally without a load: answers and rounds are the test's. */
#ifndef TALLY_PLAY_H
#define TALLY_PLAY_H

#include "bench/tally.h"

#include <math.h>

#define START (100 * GCOAP_SECOND)
#define GAP (500 * GCOAP_MS)

struct tallied {
	struct bench_tally *t;
	struct gcoap_load_sink *sink;
	struct bench_result r;
	struct bench_figure f[BENCH_FIGURES];
	size_t n; /* figures */
	gcoap_time gap, warmup;
	size_t n_requests;
	uint32_t answered[8]; /* of the rounds that are open, by round modulo 8 */
};

/* Where @like has none: a request each GAP, to a group or to one server, from START. */
struct tallied tallied(const struct bench_tally_config *like);

/* When the request of a round is due. */
gcoap_time tallied_due(const struct tallied *p, uint64_t round);
/* An answer of @server, @rtt after that: 2.05, or of another kind and code. */
void tallied_answer(struct tallied *p, uint64_t round, uint32_t server, gcoap_time rtt);
void tallied_hear(struct tallied *p, enum gcoap_load_kind kind, uint64_t round, uint32_t server,
		  gcoap_time rtt, uint8_t code);

/* A round that ends at its timeout, for a test to change; and rounds that end: so, with all that
 * was expected, or because the run does. */
struct gcoap_load_round tallied_round(struct tallied *p, uint64_t round);
void tallied_over(struct tallied *p, uint64_t round);
void tallied_complete(struct tallied *p, uint64_t round);
void tallied_interrupt(struct tallied *p, uint64_t round);

/* What it makes of all that, also in @p->r, with its figures. */
const struct bench_result *tallied_result(struct tallied *p);
/* One of the figures of the last result, which has it. */
const struct bench_figure *tallied_figure(const struct tallied *p, const char *name);

static inline bool near(double a, double b)
{
	return fabs(a - b) <= 0.01 * fabs(b) + 1e-12;
}

#endif
