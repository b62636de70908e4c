/* The tally against a model that keeps every answer of every round, and without memory. */
#include "test.h"

#include <gcoap/random.h>

#include "alloc_fail.h"
#include "tally_play.h"

#define ROUNDS 200
#define SERVERS 6
#define OVERLAP 4

struct model {
	uint32_t expect;
	bool named; /* servers are expected by name */
	bool heard[ROUNDS][SERVERS];
	bool early[ROUNDS]; /* ended with enough answers */
	size_t n_rounds;
};

/* A server's answers to rounds @k - OVERLAP ... @k come in any order; the oldest is over then. */
static void play_model(struct model *m, struct tallied *p, struct gcoap_random *r)
{
	bool member[2][SERVERS];

	for (int i = 0; i < 2 * SERVERS; i++)
		member[i / SERVERS][i % SERVERS] = gcoap_random_below(r, 3) > 0;
	for (uint64_t k = 0; k < m->n_rounds + OVERLAP; k++) {
		for (int i = 0; i < 12; i++) {
			uint64_t of = k - gcoap_random_below(r, OVERLAP);
			uint32_t s = (uint32_t)gcoap_random_below(r, SERVERS);
			struct gcoap_load_answer a = { .round = of, .server = s, .code = 0x45,
						       .request = of % 2, .due = tallied_due(p, of),
						       .at = tallied_due(p, of) + GCOAP_MS };

			if (of >= m->n_rounds || m->heard[of][s] || !member[of % 2][s] ||
			    s >= 3 + of / 40) /* some come later */
				continue;
			m->heard[of][s] = true;
			a.over = m->early[of];
			a.warmup = a.due < START + p->warmup;
			p->sink->answer(p->sink, &a);
			p->answered[of % 8] += !a.over;
			if (m->expect && !m->early[of] && p->answered[of % 8] >= m->expect) {
				m->early[of] = true;
				tallied_complete(p, of);
			}
		}
		if (k >= OVERLAP - 1 && k - (OVERLAP - 1) < m->n_rounds &&
		    !m->early[k - (OVERLAP - 1)])
			tallied_over(p, k - (OVERLAP - 1));
	}
}

static bool model_complete(const struct model *m, size_t k)
{
	if (m->early[k])
		return true;
	if (m->expect)
		return false;
	for (int s = 0; s < SERVERS; s++)
		for (size_t i = k % 2; i < m->n_rounds && !m->heard[k][s]; i += 2)
			if (m->named ? s < 2 : m->heard[i][s])
				return false;
	for (int s = 0; s < SERVERS; s++)
		if (m->heard[k][s])
			return true;
	return false;
}

static void check_model(const struct model *m, struct tallied *p)
{
	size_t warm = p->warmup / p->gap, complete_rounds = 0;
	const struct bench_result *r = tallied_result(p);
	uint64_t answered[SERVERS] = { 0 }, sent[SERVERS] = { 0 }, all = 0;

	for (size_t k = warm; k < m->n_rounds; k++)
		complete_rounds += model_complete(m, k);
	for (int s = 0; s < SERVERS; s++) {
		bool known[2] = { m->named && s < 2, m->named && s < 2 };

		for (size_t k = 0; k < m->n_rounds; k++)
			known[k % 2] |= m->heard[k][s];
		for (size_t k = warm; k < m->n_rounds; k++) {
			answered[s] += m->heard[k][s];
			sent[s] += m->early[k] ? m->heard[k][s] : known[k % 2];
		}
	}
	assert_int_equal(r->rounds, m->n_rounds - warm);
	assert_int_equal(r->complete_rounds, complete_rounds);
	for (uint32_t i = 0; i < r->n_servers; i++) {
		assert_int_equal(r->servers[i].answered, answered[i]);
		assert_int_equal(r->servers[i].rtt.count, answered[i]);
		assert_int_equal(r->servers[i].sent, sent[i]);
		all += answered[i];
	}
	assert_int_equal(r->answers, all);
	assert_int_equal(r->each.count, all);
}

static void random_runs_are_counted_as_by_hand(void **state)
{
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct model m = { .expect = seed % 3 == 1 ? 2 : 0, .named = seed % 3 == 2 };
		struct gcoap_random r;
		struct tallied p = tallied(&(struct bench_tally_config){
			.group = true, .gap = GAP, .n_requests = 2, .expect = m.expect,
			.warmup = seed % 2 ? 10 * GAP : 0 });

		gcoap_random_init_seed(&r, seed);
		m.n_rounds = 20 + gcoap_random_below(&r, ROUNDS - 20);
		for (uint32_t i = 0; m.named && i < 4; i++)
			assert_int_equal(bench_tally_expect(p.t, i / 2, i % 2), 0);
		play_model(&m, &p, &r);
		check_model(&m, &p);
		bench_tally_free(&p.t);
	}
}

static void all_of_it_with_every_allocation_failing(void)
{
	const struct gcoap_load_request request = { .group = true };
	struct bench_tally_config c = { .group = true, .requests = &request, .n_requests = 1,
					.start = START, .gap = GAP };
	struct bench_result r;
	struct tallied p = { .gap = GAP, .n_requests = 1 };

	if (bench_tally_new(&p.t, &c) < 0)
		return;
	p.sink = bench_tally_sink(p.t);
	bench_tally_expect(p.t, 3, 0);
	for (uint64_t k = 0; k < 200; k++) {
		tallied_answer(&p, k, (uint32_t)k, GCOAP_SECOND + (gcoap_time)k * GCOAP_MS);
		tallied_answer(&p, k, 3, GCOAP_MS);
		tallied_over(&p, k);
	}
	if (bench_tally_result(p.t, START, &r) == 0)
		assert_int_equal(r.rounds, 200);
	bench_tally_free(&p.t);
}

static void want_of_memory_loses_no_more_than_numbers(void **state)
{
	size_t n = 1;

	for (; alloc_fail_at(n), all_of_it_with_every_allocation_failing(), alloc_failed(); n++)
		;
	assert_true(n > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_runs_are_counted_as_by_hand),
		cmocka_unit_test(want_of_memory_loses_no_more_than_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
