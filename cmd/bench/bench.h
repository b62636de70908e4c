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
#define BENCH_ARGS_DEFAULT                                                                 \
	{ .own = { .gap = GCOAP_SECOND, .clients = 1 }, .run = RUN_ARGS_DEFAULT }
extern const struct opt_command bench_command;
/* The rows of shared tables that mean something here; before opt_parse(). */
void bench_options(void);

/* ---- what came of it: tally.c and its neighbours ---- */

/* One cell of the picture over time: requests by when they were due. */
struct bench_cell {
	uint64_t due;	    /* requests; together: times the servers that could answer each */
	uint64_t answered;  /* of them */
	gcoap_time typical; /* of the answers: their geometric mean; 0: none */
};

struct bench_server {
	char text[GCOAP_ADDR_TEXT + 64]; /* "10.77.0.2:5683" */
	const char *name;		 /* of the config file, or NULL */
	bool expected;			 /* bench_tally_expect() */
	/* Requests that it could have answered: all counted rounds of the targets that it is
	 * expected at, or was heard of, but for refused ones, and of those that -n ended before
	 * their time only what it answered. Loss is 1 - answered / sent. */
	uint64_t sent;
	uint64_t answered;  /* of them */
	uint64_t further, duplicates, late, errors; /* errors: 4.xx and 5.xx */
	struct gcoap_histogram rtt; /* from the planned time */
	struct bench_cell *cells;   /* bench_result.n_cells; NULL: not among the first 1,000 */
};

/*
 * How the answers of a group lie in time: are they spread evenly over a leisure? The window is
 * that of n evenly spread values, (max - min) (n + 1) / (n - 1). Up to one in 200 (of 40 and more:
 * at least one) are left out when they lie far behind what the others fill. D compares the others
 * with a uniform distribution between their least and greatest, which those between follow exactly
 * when all are uniform, so that p is not bent by estimating; it is D's in Kolmogorov's
 * distribution for their number, told from the histogram's buckets, which makes it a little too
 * high, never too low. A window narrower than 1/8 of its end has no shape in such buckets: d is 1.
 */
struct bench_leisure {
	uint64_t n;	      /* answers; 0: not a group, or too few (under 20) to say anything */
	uint64_t outside;     /* of them, left out */
	gcoap_time from, window; /* the evenly filled time that fits best */
	double d, p;	      /* Kolmogorov-Smirnov against uniform over it */
	bool uniform;	      /* p >= 0.01, or D too small to matter (under 0.05) */
};

/*
 * Do the answers of a group come later the longer the run lasts? A straight line is laid through
 * their times over when their requests were due, with late answers and the warm-up's: without
 * those the limit of the time hides it. A server that gets a request before the leisure of the
 * last one is over begins the next leisure behind it (RFC 7252, Section 8.2), so with a plan that
 * asks faster each answer waits longer than the one before it.
 */
struct bench_growth {
	bool grows;   /* by more than a @window, and hardly by chance */
	double slope; /* seconds later in a second of the run */
	gcoap_time by; /* so much, from the first request until it grows no more */
	/* From the first to the last answer of single requests, widened as bench_leisure.window
	 * is; 0: not known. */
	gcoap_time window;
	bool queued;	 /* it grows, and a group was asked again within a window */
	gcoap_time each; /* how long one request takes then; 0: not queued */
};
/* "0.18": how often a second @targets may be asked in turn, as -r takes it; returns @buf. */
char *bench_growth_rate(const struct bench_growth *g, size_t targets, char buf[32]);

#define BENCH_CELLS 120
struct bench_part;
struct bench_result {
	const char *const *targets; /* canonical URIs */
	size_t n_targets;
	bool group;	   /* many answer: first, each and last differ */
	const char *via;   /* the proxy, or NULL */
	/*
	 * The measured part, warm-up not counted: from when its first request was due, with a plan
	 * until as long after the last as there was between two (or until that left, when it left
	 * later than that), without one until all were over. Rates are what counts in it by its
	 * length.
	 */
	gcoap_time started, elapsed;
	gcoap_time wall; /* added to a time for nanoseconds since 1970 */
	gcoap_time gap;	 /* the plan's */
	uint32_t clients;
	/*
	 * Rounds are requests that were sent and are over or had their whole time; a refused one
	 * is one, too. Complete are those that as many answered as -n says; else all servers that
	 * are expected at the target; else all that were ever heard of at it.
	 * Not rounds: the warm-up's, of which only the number is kept; those that could not be
	 * sent; and interrupted ones. What answered the latter is left out, too, as it would be
	 * all quick ones; but with no round at all it is what there is (bench_cut_short()), and
	 * counts in answers, each and rtt, and as sent and answered of its server; no loss is
	 * known then.
	 */
	uint64_t rounds, answered_rounds, complete_rounds, refused_rounds, unsent_rounds;
	uint64_t warmup_rounds, interrupted_rounds;
	uint64_t expected_answers; /* by all servers together: the sum of their sent, and for
				    * those that -n misses and nobody has heard of */
	uint64_t answers, further, duplicates, late, errors, refusals, unnamed, malformed, unmatched;
	uint64_t retransmissions, resets, unreachable;
	uint64_t stops; /* Early Stop Requests to a proxy */
	uint64_t incomplete; /* of the answers: the first block of a longer body */
	uint64_t kernel_drops, dropped, mid_reused;
	/* Datagrams, CoAP bytes: of all but the warm-up's requests and answers. */
	uint64_t sent, received, sent_bytes, received_bytes;
	uint64_t sent_wire, received_wire; /* with UDP and IP headers; 0: not UDP */
	size_t request_size, answer_min, answer_max, answer_mean;
	/* From the planned times; first and last: of answered rounds. One server a request: all
	 * three are the same. */
	struct gcoap_histogram first, each, last;
	struct gcoap_histogram lag;	/* of sends behind their planned time */
	uint64_t codes[256];		/* answers by response code */
	struct bench_server *servers;	/* expected ones first, then in the order of answering */
	size_t n_servers, n_expected, n_answering;
	struct bench_growth growth;   /* of a group */
	struct bench_leisure leisure; /* not while growth.grows: windows lie behind each other */
	size_t n_cells;		  /* at most BENCH_CELLS */
	gcoap_time cell;	  /* length of each; the last may reach beyond @elapsed */
	struct bench_cell *cells; /* of all servers together */
	const struct bench_part *parts; /* tally.h: for spreads */
	size_t n_parts;
	bool interrupted;
	int send_error; /* errno of the first failed send; 0: none */
};

/* Interrupted before any round was over? */
static inline bool bench_cut_short(const struct bench_result *r)
{
	return r->rounds == 0 && r->interrupted_rounds > 0;
}

/* A sink that counts. GCOAP_ENOMEM. */
struct bench_tally;
struct bench_tally_config {
	bool group;
	const struct gcoap_load_request *requests; /* as the load's; borrowed */
	size_t n_requests;
	gcoap_time start, warmup;
	gcoap_time length; /* of the measured part, as planned; 0: not known */
	gcoap_time gap;
	uint32_t expect; /* -n; 0: none */
	const char *(*name_of)(const struct gcoap_addr *addr); /* may be NULL */
	/* Every answer and every round as it comes (--samples); NULL: not wanted. */
	struct gcoap_load_sink *also;
};
int bench_tally_new(struct bench_tally **out, const struct bench_tally_config *config);
void bench_tally_free(struct bench_tally **t);
struct gcoap_load_sink *bench_tally_sink(struct bench_tally *t);
/* @load names the servers; set after gcoap_load_new(), before the first answer. GCOAP_ENOMEM. */
int bench_tally_load(struct bench_tally *t, const struct gcoap_load *load);
/* --expect-from and members: @server (gcoap_load_expect()) is to answer target @request.
 * GCOAP_ENOMEM. */
int bench_tally_expect(struct bench_tally *t, uint32_t server, uint32_t request);
/* At one of the targets from @first to before @end: the first where it is heard, or @first. */
int bench_tally_expect_any(struct bench_tally *t, uint32_t server, uint32_t first, uint32_t end);
/* The statistics so far, as of @now; what it points to lives until the next call or _free(). The
 * caller fills targets, via, gap, clients, kernel_drops, wall, interrupted and the wire bytes. */
int bench_tally_result(struct bench_tally *t, gcoap_time now, struct bench_result *out);

/* For the progress line: a few numbers without the work of a result. */
struct bench_glance {
	uint64_t rounds, complete_rounds, lost;
	uint64_t answers; /* also those of open rounds */
	gcoap_time p50;
};
void bench_tally_glance(const struct bench_tally *t, struct bench_glance *out);

/* ---- figures: numbers with names, for --assert, --compare, CSV and the report ---- */

enum bench_unit { BENCH_TIME, BENCH_SHARE, BENCH_COUNT, BENCH_RATE, BENCH_BYTES };
enum bench_better { BENCH_LESS, BENCH_MORE, BENCH_NEITHER };

/*
 * first, each and last (of one server a request: rtt, which those three then mean, too): .min
 * .p50 .p90 .p99 .p999 .max .mean; loss (the worst server's), loss.mean, complete, servers,
 * rounds, answers, duplicates, late, errors, rate, answer-rate, drops, lag.p99, size.request,
 * size.answer, leisure.window, leisure.d
 */
struct bench_figure {
	char name[24];
	enum bench_unit unit;
	enum bench_better better;
	bool known;	/* false: there is nothing that it could be told from */
	double value;	/* ns, share 0 ... 1, number, per second, bytes */
	/*
	 * Standard error: how far another run of this length would lie off by chance, one time in
	 * three. The deviation of the figure over the k = 5 ... 10 parts of the run, by sqrt(k),
	 * when each part has samples enough for it; so samples that depend on their neighbours do
	 * not make it look better than it is. Else that of the order statistics next to the
	 * quantile, or of a share. NAN: not known, as of min, max and counts.
	 */
	double spread;
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
