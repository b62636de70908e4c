/* Figures of results: names, values, and how sure they are. */
#include "test.h"

#include "bench/tally.h"

#include <gcoap/random.h>
#include <math.h>
#include <stdlib.h>

#include "load_play.h"

static double even(struct gcoap_random *r)
{
	return ((double)(gcoap_random_below(r, 1u << 31)) + 0.5) / (1u << 31);
}

/* A run of @rounds requests at one server; times are exponential with a mean of 10 ms, and slow
 * phases of 50 requests come and go when @phases. */
struct run_like {
	uint64_t rounds;
	bool phases;
	double loss;
};

static size_t figures_of(const struct run_like *like, uint64_t seed,
			 struct bench_figure f[BENCH_FIGURES])
{
	static const struct gcoap_load_request single = { .group = false };
	struct bench_tally_config c = { .requests = &single, .n_requests = 1, .start = 0,
					.gap = GCOAP_MS,
					.length = (gcoap_time)like->rounds * GCOAP_MS };
	struct gcoap_load_sink *sink;
	struct gcoap_random random;
	struct bench_result r;
	struct bench_tally *t;
	double slow = 1;
	size_t n;

	gcoap_random_init_seed(&random, seed);
	assert_int_equal(bench_tally_new(&t, &c), 0);
	sink = bench_tally_sink(t);
	for (uint64_t k = 0; k < like->rounds; k++) {
		struct gcoap_load_round over = { .round = k, .due = (gcoap_time)k * GCOAP_MS,
						 .sent = (gcoap_time)k * GCOAP_MS };
		struct gcoap_load_answer a = { .round = k, .due = over.due, .sent = over.due,
					       .code = 0x45, .size = 20 };

		if (like->phases && k % 50 == 0)
			slow = 0.5 + even(&random);
		a.at = a.due + (gcoap_time)(-log(even(&random)) * slow * 10 * GCOAP_MS);
		if (even(&random) >= like->loss)
			sink->answer(sink, &a);
		sink->round(sink, &over);
	}
	assert_int_equal(bench_tally_result(t, 0, &r), 0);
	n = bench_figures(&r, f);
	bench_tally_free(&t);
	return n;
}

/* What many runs deviate by, and what each of them says it does. */
static double said_to_true(const struct run_like *like, const char *name)
{
	const size_t n = 150;
	double sum = 0, squares = 0, said = 0;

	for (size_t i = 0; i < n; i++) {
		struct bench_figure list[BENCH_FIGURES];
		const struct bench_figure *f =
			bench_figure_find(list, figures_of(like, i + 1, list), name);

		assert_non_null(f);
		assert_true(f->known && !isnan(f->spread));
		sum += f->value;
		squares += f->value * f->value;
		said += f->spread / (double)n;
	}
	return said / sqrt((squares - sum * sum / (double)n) / (double)(n - 1));
}

static void the_spread_is_what_other_runs_deviate_by(void **state)
{
	static const struct {
		struct run_like like;
		const char *name;
	} cases[] = {
		{ { 1000, false, 0 }, "rtt.p50" }, { { 1000, false, 0 }, "rtt.mean" },
		{ { 1000, false, 0 }, "rtt.p90" }, { { 2000, false, 0 }, "rtt.p99" },
		{ { 1000, true, 0 }, "rtt.p50" },  { { 40, false, 0 }, "rtt.p50" },
		{ { 1000, false, 0.02 }, "loss" }, { { 1000, false, 0.02 }, "loss.mean" },
		{ { 1000, false, 0.02 }, "complete" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double share = said_to_true(&cases[i].like, cases[i].name);

		print_message("%s of %u: said / true %.2f\n", cases[i].name,
			      (unsigned)cases[i].like.rounds, share);
		assert_true(share > 0.7 && share < 1.5);
	}
}

static void what_cannot_be_told_has_no_spread(void **state)
{
	struct bench_figure f[BENCH_FIGURES];
	size_t n = figures_of(&(struct run_like){ 100, false, 0 }, 5, f);

	assert_true(isnan(bench_figure_find(f, n, "rtt.min")->spread));
	assert_true(isnan(bench_figure_find(f, n, "rtt.max")->spread));
	assert_true(isnan(bench_figure_find(f, n, "rtt.p999")->spread));
	assert_true(isnan(bench_figure_find(f, n, "rtt.p99")->spread));
	assert_true(isnan(bench_figure_find(f, n, "rate")->spread));
	assert_true(bench_figure_find(f, n, "complete")->spread > 0);
}

static void every_figure_has_a_name_that_is_listed(void **state)
{
	struct bench_figure f[BENCH_FIGURES];
	struct bench_result r = { .group = true };
	size_t listed = 0, n;

	for (const char *const *name = bench_figure_names(); *name != NULL; name++)
		listed++;
	n = bench_figures(&r, f);
	assert_int_equal(listed, n + 7); /* rtt */
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (bench_figure_names()[k] != NULL && strcmp(bench_figure_names()[k], f[i].name))
			k++;
		assert_non_null(bench_figure_names()[k]);
	}
	assert_null(bench_figure_find(f, n, "nonsense"));
	assert_null(bench_figure_find(f, n, "last.nonsense"));
	assert_string_equal(bench_figure_find(f, n, "rtt.p50")->name, "each.p50");
	assert_string_equal(bench_figure_find(f, n, "last.p50")->name, "last.p50");
}

static void the_worst_server_is_the_one_with_the_loss(void **state)
{
	struct bench_server s[3] = {
		{ .text = "10.77.0.2:5683", .sent = 100, .answered = 99 },
		{ .text = "10.77.0.3:5683", .name = "hall", .sent = 10, .answered = 8 },
		{ .text = "10.77.0.4:5683", .sent = 0, .answered = 0 },
	};
	struct bench_result r = { .group = true, .rounds = 100, .answers = 107, .servers = s,
				  .n_servers = 3, .expected_answers = 110 };
	struct bench_figure f[BENCH_FIGURES];
	size_t n = bench_figures(&r, f);

	assert_true(fabs(bench_figure_find(f, n, "loss")->value - 0.2) < 1e-9);
	assert_string_equal(bench_figure_find(f, n, "loss")->of, "hall");
	assert_true(fabs(bench_figure_find(f, n, "loss.mean")->value - 3 / 110.0) < 1e-9);
}

/* The load tells who they are; who is asked alone belongs to a target without an answer. */
static void servers_have_the_names_of_the_load(void **state)
{
	struct gcoap_load_request q[] = { load_get("192.0.2.1:5683"), load_get("192.0.2.2:5683"),
					  load_get("192.0.2.1:5683"), load_get("224.0.1.187:5683") };
	struct gcoap_load_config f = load_config(q, 4);
	struct bench_tally_config c = { .group = true, .requests = q, .n_requests = 4,
					.start = LOAD_START, .gap = GCOAP_SECOND };
	struct gcoap_addr member;
	struct bench_result r;
	struct gcoap_load *load;
	struct gcoap_random random;
	struct bench_tally *t;

	q[3].group = true;
	assert_int_equal(bench_tally_new(&t, &c), 0);
	gcoap_random_init_seed(&random, 1);
	f.random = &random;
	f.sink = bench_tally_sink(t);
	f.gap = GCOAP_SECOND;
	f.count = 8;
	assert_int_equal(gcoap_load_new(&load, &f), 0);
	assert_int_equal(bench_tally_load(t, load), 0);
	assert_int_equal(gcoap_addr_parse(&member, "192.0.2.9", 5683), 0);
	assert_int_equal(bench_tally_expect(t, (uint32_t)gcoap_load_expect(load, &member), 3), 0);
	for (uint32_t k = 0; k < 8; k++) {
		struct gcoap_load_round over = { .round = k, .request = k % 4,
						 .due = LOAD_START + k * GCOAP_SECOND };

		f.sink->round(f.sink, &over);
	}
	assert_int_equal(bench_tally_result(t, LOAD_START, &r), 0);
	assert_int_equal(r.n_servers, 3);
	assert_string_equal(r.servers[0].text, "192.0.2.9:5683");
	assert_true(r.servers[0].expected);
	assert_int_equal(r.servers[0].sent, 2);
	assert_string_equal(r.servers[1].text, "192.0.2.1:5683");
	assert_int_equal(r.servers[1].sent, 4);
	assert_string_equal(r.servers[2].text, "192.0.2.2:5683");
	assert_int_equal(r.servers[2].sent, 2);
	assert_int_equal(r.expected_answers, 8);
	gcoap_load_free(&load);
	bench_tally_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_spread_is_what_other_runs_deviate_by),
		cmocka_unit_test(what_cannot_be_told_has_no_spread),
		cmocka_unit_test(every_figure_has_a_name_that_is_listed),
		cmocka_unit_test(the_worst_server_is_the_one_with_the_loss),
		cmocka_unit_test(servers_have_the_names_of_the_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
