/* What the files of the tally share. */
#ifndef BENCH_TALLY_H
#define BENCH_TALLY_H

#include "bench.h"

/* ---- tally_open.c: answers wait until it is known whether their round counts ---- */

#define TALLY_NONE UINT32_MAX

struct tally_one {
	gcoap_time rtt; /* from the planned time */
	uint32_t server; /* or GCOAP_LOAD_UNKNOWN */
	uint32_t size;
	uint32_t next;	 /* of the same round; TALLY_NONE: none */
	uint8_t code;
	bool refusal;
	bool more; /* blocks of the body follow, which nobody asks for */
};

/* A pool of answers, linked by round; rounds are found by open addressing. */
struct tally_open {
	struct tally_one *pool;
	uint32_t n_made, cap, unused; /* unused: head of a list */
	struct tally_slot {
		uint64_t round; /* + 1; 0: free */
		struct tally_list {
			uint32_t head, end; /* the end is valid unless head is TALLY_NONE */
		} list;
	} *slots;
	uint32_t n_slots, n; /* n_slots: power of two, or 0 */
	struct tally_slot last; /* the round of the last answer, which is not in @slots */
};

void tally_open_init(struct tally_open *o);
void tally_open_clear(struct tally_open *o);
/* GCOAP_ENOMEM: it is not kept. */
int tally_open_add(struct tally_open *o, uint64_t round, const struct tally_one *a);
/* The answers of @round, which are forgotten there. */
struct tally_list tally_open_take(struct tally_open *o, uint64_t round);
/* Give back what was taken. */
void tally_open_free(struct tally_open *o, struct tally_list list);

/* ---- tally_known.c: who is known at which target ---- */

/* A set of pairs in an open hash table, the expected ones marked. */
struct tally_known {
	uint64_t *slots;    /* was withdrawn, target + 1, server, is expected: 1, 30, 32 and
			     * 1 bits; 0: free */
	uint32_t n_slots, n; /* n_slots: power of two, or 0 */
};

enum tally_place { TALLY_STRANGE, TALLY_HEARD, TALLY_EXPECTED };
void tally_known_clear(struct tally_known *k);
enum tally_place tally_known_find(const struct tally_known *k, uint32_t server,
				  uint32_t target);
/* Pairs stay; one that was only heard of may become expected. GCOAP_ENOMEM. */
int tally_known_add(struct tally_known *k, uint32_t server, uint32_t target, bool expected);
/* As if the pair had not been added. */
void tally_known_withdraw(struct tally_known *k, uint32_t server, uint32_t target);
struct tally_pair {
	uint32_t server, target;
	bool expected;
};
/* The next pair; *@at is 0 to begin with. */
bool tally_known_next(const struct tally_known *k, uint32_t *at, struct tally_pair *out);

/* ---- tally_cells.c: the run in cells of time, and in parts ---- */

#define TALLY_PARTS 10
#define TALLY_CELL_SERVERS 1000 /* who has cells */

struct tally_cell {
	uint64_t answered, early; /* early: of the former */
	/* Sum of the natural logarithms of their nanoseconds, and that of the logarithms of
	 * the last ones, not taken yet. */
	double logs, product;
};

/* A tenth of the run to begin with; two become one when the run is longer than planned. */
struct bench_part {
	struct gcoap_histogram first, each, last; /* one server a request: each alone */
	uint64_t rounds;
	uint64_t answers;
};

struct tally_cells {
	gcoap_time from, width, part; /* lengths of a cell and of a part */
	size_t n;		      /* cells in use */
	/* The last that was asked for, and the times in both it and its part. */
	size_t at, at_part;
	gcoap_time at_from, at_end;
	struct tally_cell all[BENCH_CELLS];
	struct bench_part parts[TALLY_PARTS];
};

/* ---- growth.c: do answers come later and later? ---- */

#define TALLY_LINES 32
struct tally_growth {
	struct tally_line {
		double n, x, y, xx, yy, xy; /* means, in seconds, and sums of squares about them */
		double from, to;	    /* least and greatest x */
	} lines[TALLY_LINES];		    /* by the logarithm of the request's number */
	double spanned, spans;		    /* by all rounds; that many windows */
};

void tally_growth_answer(struct tally_growth *g, uint64_t round, gcoap_time due, gcoap_time rtt);
/* A round with @answers of which the last was @spanned behind the first. */
void tally_growth_round(struct tally_growth *g, uint32_t answers, gcoap_time spanned);
/* @gap: how often the same target was asked; 0: not planned. */
void bench_growth(const struct tally_growth *g, double gap, struct bench_growth *out);

/* ---- tally_server.c ---- */

#define TALLY_WAITING 7

/* All that most answers touch. */
struct tally_server {
	uint32_t target;  /* where it was heard last, + 1 */
	bool expected;	  /* and whether it is expected there */
	bool expected_any;
	uint8_t n_waiting;
	uint64_t waiting[TALLY_WAITING]; /* answers that are not in its sums yet */
};

struct tally_sums {
	uint64_t answered, errors;
	uint64_t early; /* of @answered: to rounds that ended before their time, being complete */
	struct gcoap_histogram rtt;
	uint64_t further, duplicates, late;
	struct tally_cell *cells; /* BENCH_CELLS; NULL: not kept */
};

/*
 * An answer as it waits: its time in the lowest bits, above them what holds of it; of a round that
 * counts also its cell.
 */
#define TALLY_CELL_AT 48
#define TALLY_IN_CELL ((uint64_t)1 << 55)
#define TALLY_EARLY ((uint64_t)1 << 56)
#define TALLY_ERROR ((uint64_t)1 << 57)

struct bench_tally;

/* There is an entry for @server. GCOAP_ENOMEM. */
int tally_server_known(struct bench_tally *t, uint32_t server);
/* An answer of which @how holds. Sooner or later it is in the sums; what there is no memory for is
 * dropped then. */
void tally_server_answer(struct bench_tally *t, uint32_t server, gcoap_time rtt, uint64_t how);
/* Now it is in the sums: of the first @n servers. */
void tally_settle(struct bench_tally *t, uint32_t n);
void tally_servers_clear(struct bench_tally *t);

/* ---- tally.c ---- */

struct tally_target {
	bool many;
	/* Rounds that every server had its whole time for, and answers in them. Those that were
	 * complete before are rounds only for who answered. */
	uint64_t rounds, answered, early;
	uint64_t complete;
	uint32_t known, expected; /* servers */
	uint32_t *cells;	  /* rounds by cell; NULL: none yet */
};

/* A server that is expected at any of some targets, and was heard at none. */
struct tally_any {
	uint32_t server, first, end;
};

struct bench_tally {
	struct gcoap_load_sink sink; /* first member */
	struct tally_any *any;
	size_t n_any;
	struct bench_tally_config config;
	const struct gcoap_load *load;
	struct bench_result sum; /* counters and histograms; the rest is filled in the end */
	uint64_t on_time; /* rounds without lag, which are not in @sum.lag */
	struct gcoap_histogram interrupted; /* answers that count, of rounds that do not */
	uint64_t heard;		 /* answers, also of open rounds */
	/* Datagrams of the warm-up; received bytes; Early Stop Requests. */
	uint64_t warm_sent, warm_received, warm_bytes, warm_stops;
	uint64_t answer_bytes, dropped;
	gcoap_time first_due, last_due, last_sent, last_end; /* of what is counted */
	uint64_t planned;	 /* rounds and those not sent */
	struct tally_open open;
	struct tally_known known;
	struct tally_server *servers;
	struct tally_sums *sums;
	uint32_t n_servers, cap_servers;
	struct tally_target *targets;
	struct tally_cells cells;
	struct tally_growth growth; /* of answers to groups */
	/* What the last result points to. */
	struct bench_server *out;
	struct bench_cell *out_cells; /* of servers, BENCH_CELLS each */
	struct bench_cell out_all[BENCH_CELLS];
};

/* @server was heard of at @target, or is @expected there. GCOAP_ENOMEM. */
int tally_belongs(struct bench_tally *t, uint32_t server, uint32_t target, bool expected);

/* The same, for who was mostly heard there before. */
static inline int tally_heard(struct bench_tally *t, uint32_t server, uint32_t target)
{
	if (server < t->n_servers && t->servers[server].target == target + 1)
		return 0;
	return tally_belongs(t, server, target, false);
}
/* All answers that count, into an empty one. GCOAP_ENOMEM. */
int tally_each(const struct bench_tally *t, struct gcoap_histogram *out);

/* ---- tally_count.c: the sink ---- */

void tally_answer(struct gcoap_load_sink *sink, const struct gcoap_load_answer *a);
void tally_round(struct gcoap_load_sink *sink, const struct gcoap_load_round *r);

void tally_cells_init(struct tally_cells *c, const struct bench_tally_config *config,
		      gcoap_time from);
/* The cell of a request due at @due; what is there already may move for it. */
size_t tally_cell_at(struct bench_tally *t, gcoap_time due);
struct bench_part *tally_part_at(struct bench_tally *t, gcoap_time due);
/* An answer in @c, maybe to a round that it ended early. */
void tally_cell_count(struct tally_cell *c, gcoap_time rtt, bool early);
/* A round in @cell. */
void tally_cell_round(struct bench_tally *t, size_t cell, uint32_t target);
/* The pictures of @t->out and of all together. */
void tally_cells_show(struct bench_tally *t, const uint32_t *place);
void tally_cells_clear(struct tally_cells *c);

/* How many servers could answer each round of @target. */
uint32_t tally_target_servers(const struct bench_tally *t, const struct tally_target *target);

/* ---- leisure.c ---- */

/* The shape of @each, all answers to group requests. */
void bench_leisure(const struct gcoap_histogram *each, struct bench_leisure *out);
/* Q of Kolmogorov's distribution: how likely D >= @d is with @n values. */
double bench_kolmogorov(double d, uint64_t n);

/* ---- spread.c ---- */

enum bench_which { BENCH_FIRST, BENCH_EACH, BENCH_LAST };
double bench_spread_quantile(const struct bench_result *r, enum bench_which which, double q);
double bench_spread_mean(const struct bench_result *r, enum bench_which which);
/* Of a share @k / @n of independent cases. */
double bench_spread_share(uint64_t k, uint64_t n);
double bench_spread_loss_mean(const struct bench_result *r);
double bench_spread_rate(const struct bench_result *r, bool answers);

#endif
