/*
 * gcoap-bench: a load (gcoap/load.h), the statistics of what came of it, and who shows them.
 * Statistics know no format, and formats know no load: between them stands struct bench_result.
 */
#ifndef BENCH_H
#define BENCH_H

#include <gcoap/histogram.h>
#include <gcoap/load.h>
#include "common/run.h"

/* ---- what the user wants: options.c ---- */

struct bench_own {
	uint32_t requests;     /* -N; 0: by time */
	gcoap_time duration;   /* -d */
	gcoap_time gap;	       /* -r as the time between two; 0: max */
	uint32_t outstanding;  /* --outstanding; 0: not limited (with -r max: 1) */
	gcoap_time warmup;
	uint32_t clients;
	bool hist, allow_flood;
	struct opt_list asserts; /* --assert, and operands that are such expressions */
	const char *compare, *html, *hgrm, *csv, *samples;
};

struct bench_args {
	struct bench_own own;
	struct run_args run;
};
#define BENCH_ARGS_DEFAULT { .run = RUN_ARGS_DEFAULT }
extern const struct opt_command bench_command;
/* The rows of shared tables that mean something here; before opt_parse(). */
void bench_options(void);

/* ---- what came of it: tally.c and its neighbours ---- */

/* One cell of the picture over time. */
struct bench_cell {
	uint32_t due, answered;
	gcoap_time median; /* of the answers; 0: none */
};

struct bench_server {
	char text[GCOAP_ADDR_TEXT + 64]; /* "10.77.0.2:5683" */
	const char *name;		 /* of the config file, or NULL */
	bool expected;			 /* by --expect-from or members */
	uint64_t sent;	    /* requests that it could have answered, warm-up not counted */
	uint64_t answered;  /* of them */
	uint64_t further, duplicates, late, errors; /* errors: 4.xx and 5.xx */
	struct gcoap_histogram rtt; /* from the planned time */
	struct bench_cell *cells;   /* bench_result.n_cells; NULL: not kept */
};

/* How the answers of a group lie in time: are they spread evenly over a leisure? */
struct bench_leisure {
	uint64_t n;	      /* answers; 0: not a group, or too few (under 20) to say anything */
	gcoap_time from, window; /* the evenly filled time that fits best */
	double d, p;	      /* Kolmogorov-Smirnov against uniform over it */
	bool uniform;	      /* p >= 0.01, or D too small to matter (under 0.05) */
};

struct bench_result {
	const char *const *targets; /* canonical URIs */
	size_t n_targets;
	bool group;	   /* many answer: first, each and last differ */
	const char *via;   /* the proxy, or NULL */
	gcoap_time started, elapsed; /* measured part: warm-up not counted */
	gcoap_time wall; /* added to a time for nanoseconds since 1970 */
	gcoap_time gap;	 /* the plan's */
	uint32_t clients;
	/* Rounds are requests, warm-up not counted, that were over or had their whole time. */
	uint64_t rounds, answered_rounds, complete_rounds, refused_rounds, unsent_rounds;
	uint64_t warmup_rounds, interrupted_rounds;
	uint64_t answers, further, duplicates, late, errors, refusals, unnamed, malformed, unmatched;
	uint64_t retransmissions, resets, unreachable;
	uint64_t kernel_drops, dropped, mid_reused;
	uint64_t sent, received, sent_bytes, received_bytes; /* datagrams, CoAP bytes */
	uint64_t sent_wire, received_wire; /* with UDP and IP headers; 0: not UDP */
	size_t request_size, answer_min, answer_max;
	struct gcoap_histogram first, each, last; /* from the planned times */
	struct gcoap_histogram lag;	/* of sends behind their planned time */
	uint64_t codes[256];		/* answers by response code */
	struct bench_server *servers;	/* expected ones first, then in the order of answering */
	size_t n_servers, n_expected, n_answering;
	struct bench_leisure leisure;
	size_t n_cells;		/* of equal length over @elapsed */
	struct bench_cell *cells; /* of all servers together */
	bool interrupted;
	int send_error; /* errno of the first failed send; 0: none */
};

/* A sink that counts. GCOAP_ENOMEM. */
struct bench_tally;
struct bench_tally_config {
	bool group;
	gcoap_time start, warmup;
	uint32_t expect; /* -n; 0: none */
	const char *(*name_of)(const struct gcoap_addr *addr);
	/* Every answer and every round as it comes (--samples); NULL: not wanted. */
	struct gcoap_load_sink *also;
};
int bench_tally_new(struct bench_tally **out, const struct bench_tally_config *config);
void bench_tally_free(struct bench_tally **t);
struct gcoap_load_sink *bench_tally_sink(struct bench_tally *t);
/* @load names the servers; set after gcoap_load_new(), before the first answer. */
void bench_tally_load(struct bench_tally *t, const struct gcoap_load *load);
/* The statistics so far, as of @now; what it points to lives until the next call or _free(). The
 * caller fills targets, via, gap, clients, kernel_drops, wall and the wire bytes. */
int bench_tally_result(struct bench_tally *t, gcoap_time now, struct bench_result *out);

/* For the progress line: a few numbers without the work of a result. */
struct bench_glance {
	uint64_t rounds, complete_rounds, answers, lost;
	gcoap_time p50;
};
void bench_tally_glance(const struct bench_tally *t, struct bench_glance *out);

/* ---- figures: numbers with names, for --assert, --compare, CSV and the report ---- */

enum bench_unit { BENCH_TIME, BENCH_SHARE, BENCH_COUNT, BENCH_RATE, BENCH_BYTES };
enum bench_better { BENCH_LESS, BENCH_MORE, BENCH_NEITHER };

/*
 * first, each and last (of one server: rtt): .min .p50 .p90 .p99 .p999 .max .mean; loss (the
 * worst server's), loss.mean, complete, servers, rounds, answers, duplicates, late, errors,
 * rate, answer-rate, drops, lag.p99, size.request, size.answer, leisure.window, leisure.d
 */
struct bench_figure {
	char name[24];
	enum bench_unit unit;
	enum bench_better better;
	bool known;	/* false: there is nothing that it could be told from */
	double value;	/* ns, share 0 ... 1, number, per second, bytes */
	double spread;	/* standard deviation over ten parts of the run; NAN: not known */
	const char *of; /* the server whose it is ("hall"), or NULL */
};
#define BENCH_FIGURES 64
/* Returns how many. */
size_t bench_figures(const struct bench_result *r, struct bench_figure out[BENCH_FIGURES]);
const struct bench_figure *bench_figure_find(const struct bench_figure *f, size_t n,
					     const char *name);
/* All names, for hints: NULL behind the last. */
const char *const *bench_figure_names(void);

/* ---- assert.c ---- */

struct bench_assert {
	const char *expr; /* as written */
	struct bench_figure figure; /* what was seen */
	char name[24];
	char server[64]; /* of "loss@hall": the one server's; "": of all */
	int op; /* '<' '>' 'l' (<=) 'g' (>=) '=' '!' */
	double limit;
	bool ok, checked;
};
/* "last.p99<6s", "loss@hall<1%": CLI_OK, or CLI_USAGE after saying what is wrong and where. */
int bench_assert_parse(const char *text, struct bench_assert *out);
/* Is an operand such an expression, not a target? */
bool bench_assert_like(const char *text);
/* @r: for what is one server's. */
void bench_assert_check(struct bench_assert *a, const struct bench_result *r,
			const struct bench_figure *f, size_t n);
/* "0.61 s", "2.5 %", "120", as the screen shows them; returns @buf. */
char *bench_figure_format(const struct bench_figure *f, char *buf, size_t cap);

/* ---- compare.c ---- */

struct bench_change {
	const struct bench_figure *now;
	struct bench_figure before;
	double ratio, spread; /* now / before, and its uncertainty; NAN: not known */
};
struct bench_compare {
	const char *path;
	char ts[40]; /* when the earlier run was */
	struct bench_change list[BENCH_FIGURES]; /* what both runs have */
	size_t n;
	struct bench_figure before[BENCH_FIGURES];
	size_t n_before;
	/* What it asked, for a warning when this run asks something else. */
	char targets[1024];
	double rate; /* a second; 0: max, negative: not known */
	uint32_t clients; /* 0: not known */
};
/* Read the summary of an earlier run (JSON, JSON Lines): CLI_OK, or a status after saying what is
 * wrong with the file. */
int bench_compare_open(struct bench_compare *c, const char *path);
void bench_compare_with(struct bench_compare *c, const struct bench_figure *f, size_t n);

/* ---- showing ---- */

/* A message of stderr, for the error records of JSON. */
struct bench_error {
	int code;
	const char *what;
	const char *const *hints; /* up to a NULL */
};

/* All that is shown at the end. */
struct bench_report {
	const struct bench_result *result;
	const struct bench_figure *figures;
	size_t n_figures;
	const struct bench_assert *asserts;
	size_t n_asserts;
	const struct bench_compare *compare; /* NULL: none */
	const struct output_args *output;
	const struct bench_own *own;
	bool tty;
	int status; /* the exit status so far */
	const char *ended_by; /* "requests" (-N), "duration", "interrupt", "error" */
	char *const *words; /* the command line, up to a NULL; NULL: not known */
	const struct bench_error *errors;
	size_t n_errors;
};
/* Table or JSON on stdout, by --format. Negative: not all could be written. */
int bench_show(const struct bench_report *r, FILE *out);
/* The table alone, while the run goes on (SIGQUIT). */
int bench_show_table(const struct bench_report *r, FILE *out);
/* The request record of JSON forms, before anything is sent. */
int bench_show_request(const struct bench_report *r, const struct run *run, FILE *out);
/* JSON forms: the error records alone, of a run that did not begin (result is NULL). */
int bench_show_errors(const struct bench_report *r, FILE *out);
/* Files: CLI_OK, or CLI_LOCAL after saying why; whole or not at all. */
int bench_write_csv(const struct bench_report *r, const char *path);
int bench_write_hgrm(const struct bench_report *r, const char *path);
int bench_write_html(const struct bench_report *r, const char *path);
/* --samples: one JSON line an answer, as they come. */
struct bench_samples;
int bench_samples_open(struct bench_samples **out, const char *path, const struct run *run,
		       gcoap_time wall);
struct gcoap_load_sink *bench_samples_sink(struct bench_samples *s);
void bench_samples_load(struct bench_samples *s, const struct gcoap_load *load);
int bench_samples_close(struct bench_samples **s);

#endif
