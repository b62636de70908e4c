/* gcoap-bench itself: from the command line to a load, from its statistics to a verdict. */
#ifndef BENCH_TOOL_H
#define BENCH_TOOL_H

#include "bench.h"

/* What is sent when; all of it with the warm-up. */
struct bench_plan {
	gcoap_time gap;	     /* 0: as soon as one of @outstanding is over */
	gcoap_time warmup, duration; /* @duration 0: until @count */
	uint64_t count;	     /* 0: until @duration */
	uint32_t outstanding; /* 0: not limited; never with gap 0 */
	uint32_t clients;
};

/* The first sink: what the verdict needs to know of each target; all goes on to @to. */
struct bench_heard {
	struct gcoap_load_sink sink; /* first member */
	struct gcoap_load_sink *to;
	struct bench *bench;
	gcoap_time first_sent, last_sent; /* requests that count */
	uint64_t sent;
	uint64_t resets;
};

/* A renderer that shows nothing: the report comes at the end. */
struct bench_silent {
	struct render render; /* first member */
	struct bench *bench;
};

struct bench {
	struct run run; /* first member */
	const struct bench_own *own;
	char *const *words;
	struct bench_silent silent;
	struct bench_plan plan;
	struct bench_assert *asserts;
	size_t n_asserts;
	struct bench_compare *compare; /* NULL: none */
	const char **uris;	       /* of the targets */
	struct bench_draft *drafts;    /* of them, with what they borrow */
	struct gcoap_load_request *requests;
	struct gcoap_udp **udp;	       /* of each client; the first is also the run's */
	size_t n_udp;
	struct gcoap_load *load;
	struct bench_tally *tally;
	struct bench_samples *samples;
	struct bench_heard heard;
	struct bench_result result;
	struct bench_figure figures[BENCH_FIGURES];
	size_t n_figures;
	struct bench_error *errors;
	size_t n_errors;
	bool interrupted, lost;
};

/* open.c: all that can be wrong is found here; @args get what follows from each other. CLI_OK, or
 * an exit status after saying why. bench_close() is due in either case. */
int bench_open(struct bench *b, struct bench_args *args, int argc, char **argv);
void bench_close(struct bench *b);

/* options.c: do the numbers fit together? Operands that are conditions are taken out of @argv.
 * CLI_OK, or a status after saying why. */
int bench_check(const struct bench_args *args);
int bench_conditions(struct bench *b, int *argc, char **argv);
/* No file option has stdout for itself. */
bool bench_has_table(const struct bench_own *own);

/* plan.c: what is not said has its usual value; then the plan. */
void bench_plan_settle(struct bench_own *own);
void bench_plan(struct bench_plan *p, const struct bench_own *own);
/* How many requests there will be at most; 0: nobody knows. */
uint64_t bench_plan_total(const struct bench_plan *p);
/* How long the measured part is; 0: nobody knows. */
gcoap_time bench_plan_length(const struct bench_plan *p);
/* "20 requests in 10 s, one every 500 ms": returns @buf. */
char *bench_plan_format(const struct bench_plan *p, char *buf, size_t cap);

/* guard.c: is it a flood? CLI_OK, or CLI_USAGE after saying why. */
int bench_guard(const struct bench *b);

/* endpoint.c: a socket for each client. CLI_OK, or a status after saying why. */
int bench_endpoints_open(struct bench *b);
void bench_endpoints_close(struct bench *b);
uint64_t bench_endpoints_drops(const struct bench *b);

/* load.c: the targets' requests. CLI_OK, or a status after saying why. */
int bench_requests_open(struct bench *b);
void bench_requests_close(struct bench *b);
/* Their load by @plan, first due at @start. CLI_OK, or a status after saying why. */
int bench_load_open(struct bench *b, const struct bench_plan *plan, gcoap_time start,
		    struct gcoap_load_sink *sink);
/* Who is to answer in any case. 0, GCOAP_ENOMEM. */
int bench_load_expect(struct bench *b);

/* heard.c */
void bench_heard_init(struct bench *b);

/* go.c, dry.c. They return the exit status. */
int bench_go(struct bench *b);
int bench_dry(struct bench *b);

/* watch.c: Ctrl-C, SIGQUIT and the progress line. 0, or negative. */
int bench_watch(struct bench *b);

/* report.c: the figures as of @now. CLI_OK, or a status after saying why. */
int bench_result_now(struct bench *b, gcoap_time now);
struct bench_report bench_report(const struct bench *b, int status);
/* Keep a message for it. */
int bench_error_keep(struct render *r, int code, const char *what, const char *const *hints,
		     size_t n_hints);
/* Nothing was measured: they are all that there is to show, in records. */
void bench_errors_show(const struct bench *b, int status);
void bench_errors_clear(struct bench *b);

/* verdict.c: what is said at the end, and the exit status. */
int bench_verdict(struct bench *b);
/* words.c: what the user should know of how well this host did, and of what it asked. */
void bench_warn(const struct bench *b);

#endif
