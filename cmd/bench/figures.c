#include "tally.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TIMES(of) of ".min", of ".p50", of ".p90", of ".p99", of ".p999", of ".max", of ".mean"

static const char *const names[] = {
	TIMES("rtt"), TIMES("first"), TIMES("each"), TIMES("last"), "loss", "loss.mean",
	"complete", "servers", "rounds", "answers", "duplicates", "late", "errors", "rate",
	"answer-rate", "drops", "lag.p99", "size.request", "size.answer", "leisure.window",
	"leisure.d", NULL
};

struct list {
	const struct bench_result *r;
	struct bench_figure *f;
	size_t n;
};

static struct bench_figure *put(struct list *l, const char *name, enum bench_unit unit,
				enum bench_better better, bool known, double value)
{
	struct bench_figure *f = &l->f[l->n++];

	*f = (struct bench_figure){ .unit = unit, .better = better, .known = known,
				    .value = known ? value : 0, .spread = NAN };
	snprintf(f->name, sizeof(f->name), "%s", name);
	return f;
}

static void put_time(struct list *l, const char *of, const char *what, double value, bool known,
		     double spread)
{
	char name[sizeof(l->f->name)];

	snprintf(name, sizeof(name), "%s.%s", of, what);
	put(l, name, BENCH_TIME, BENCH_LESS, known, value)->spread = known ? spread : NAN;
}

static void put_times(struct list *l, const char *of, const struct gcoap_histogram *h,
		      enum bench_which which)
{
	static const struct {
		const char *name;
		double q;
	} quantiles[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "p999", 0.999 } };
	bool known = h->count > 0;

	put_time(l, of, "min", (double)h->min, known, NAN);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		put_time(l, of, quantiles[i].name,
			 (double)gcoap_histogram_at(h, quantiles[i].q), known,
			 bench_spread_quantile(l->r, which, quantiles[i].q));
	put_time(l, of, "max", (double)h->max, known, NAN);
	put_time(l, of, "mean", gcoap_histogram_mean(h), known,
		 bench_spread_mean(l->r, which));
}

static double loss_of(const struct bench_server *s)
{
	return s->answered < s->sent ? 1 - (double)s->answered / (double)s->sent : 0;
}

/* What is lost of the worst server, and of all together. Who was never heard of has lost all. */
static void put_loss(struct list *l)
{
	const struct bench_result *r = l->r;
	const struct bench_server *worst = NULL;
	uint64_t sent = 0;
	bool nobody = r->rounds > r->refused_rounds && r->answers == 0, unheard;
	bool any = r->rounds > 0; /* else servers may just not have answered yet */
	struct bench_figure *f;

	for (size_t i = 0; i < r->n_servers; i++) {
		const struct bench_server *s = &r->servers[i];

		sent += s->sent;
		if (s->sent > 0 && (worst == NULL || loss_of(s) > loss_of(worst)))
			worst = s;
	}
	unheard = (r->expected_answers > sent && r->unnamed == 0) || (nobody && worst == NULL);
	f = put(l, "loss", BENCH_SHARE, BENCH_LESS, any && (unheard || worst != NULL),
		unheard ? 1 : worst != NULL ? loss_of(worst) : 0);
	if (any && worst != NULL && !unheard) {
		if (loss_of(worst) > 0)
			f->of = worst->name != NULL ? worst->name : worst->text;
		f->spread = bench_spread_share(worst->sent - (worst->answered < worst->sent ?
								      worst->answered :
								      worst->sent),
					       worst->sent);
	}
	f = put(l, "loss.mean", BENCH_SHARE, BENCH_LESS, any && (nobody || r->expected_answers > 0),
		r->expected_answers > r->answers ?
			1 - (double)r->answers / (double)r->expected_answers :
		nobody ? 1 :
			 0);
	f->spread = bench_spread_loss_mean(r);
}

static void put_counts(struct list *l)
{
	const struct bench_result *r = l->r;
	double seconds = (double)r->elapsed / GCOAP_SECOND;
	bool timed = seconds > 0, any = r->rounds > 0;
	/* A planned rate is no merit of the servers. */
	enum bench_better faster = r->gap > 0 ? BENCH_NEITHER : BENCH_MORE;

	put(l, "complete", BENCH_SHARE, BENCH_MORE, any,
	    (double)r->complete_rounds / (double)(any ? r->rounds : 1))
		->spread = bench_spread_share(r->complete_rounds, r->rounds);
	put(l, "servers", BENCH_COUNT, BENCH_MORE, true, (double)r->n_answering);
	put(l, "rounds", BENCH_COUNT, BENCH_NEITHER, true, (double)r->rounds);
	put(l, "answers", BENCH_COUNT, BENCH_NEITHER, true, (double)r->answers);
	put(l, "duplicates", BENCH_COUNT, BENCH_LESS, true, (double)r->duplicates);
	put(l, "late", BENCH_COUNT, BENCH_LESS, true, (double)r->late);
	put(l, "errors", BENCH_COUNT, BENCH_LESS, true, (double)r->errors);
	put(l, "rate", BENCH_RATE, faster, timed && any,
	    timed ? (double)r->rounds / seconds : 0)
		->spread = bench_spread_rate(r, false);
	put(l, "answer-rate", BENCH_RATE, faster, timed,
	    timed ? (double)r->answers / seconds : 0)
		->spread = bench_spread_rate(r, true);
	put(l, "drops", BENCH_COUNT, BENCH_LESS, true, (double)(r->kernel_drops + r->dropped));
	put(l, "lag.p99", BENCH_TIME, BENCH_LESS, r->lag.count > 0,
	    (double)gcoap_histogram_at(&r->lag, 0.99));
	put(l, "size.request", BENCH_BYTES, BENCH_LESS, r->request_size > 0,
	    (double)r->request_size);
	put(l, "size.answer", BENCH_BYTES, BENCH_LESS, r->answers > 0, (double)r->answer_mean);
}

size_t bench_figures(const struct bench_result *r, struct bench_figure out[BENCH_FIGURES])
{
	struct list l = { r, out, 0 };

	if (r->group) {
		put_times(&l, "first", &r->first, BENCH_FIRST);
		put_times(&l, "each", &r->each, BENCH_EACH);
		put_times(&l, "last", &r->last, BENCH_LAST);
	} else {
		put_times(&l, "rtt", &r->each, BENCH_EACH);
	}
	put_loss(&l);
	put_counts(&l);
	if (r->group) {
		put(&l, "leisure.window", BENCH_TIME, BENCH_NEITHER, r->leisure.n > 0,
		    (double)r->leisure.window);
		put(&l, "leisure.d", BENCH_COUNT, BENCH_NEITHER, r->leisure.n > 0,
		    r->leisure.d);
	}
	return l.n;
}

static const struct bench_figure *find(const struct bench_figure *f, size_t n, const char *of,
				       const char *name)
{
	size_t len = strlen(of);

	for (size_t i = 0; i < n; i++)
		if (!strncmp(f[i].name, of, len) && !strcmp(f[i].name + len, name))
			return &f[i];
	return NULL;
}

const struct bench_figure *bench_figure_find(const struct bench_figure *f, size_t n,
					     const char *name)
{
	static const char *const of_one[] = { "first.", "each.", "last." };
	const struct bench_figure *found = find(f, n, "", name);

	if (found != NULL)
		return found;
	if (!strncmp(name, "rtt.", 4))
		return find(f, n, "each.", name + 4);
	for (size_t i = 0; i < sizeof(of_one) / sizeof(of_one[0]); i++)
		if (!strncmp(name, of_one[i], strlen(of_one[i])))
			return find(f, n, "rtt.", name + strlen(of_one[i]));
	return NULL;
}

const char *const *bench_figure_names(void)
{
	return names;
}
