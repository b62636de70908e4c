/*
 * Servers by number. What an answer changes of its server is one cache line: with 10,000 of them
 * the sums alone are more than a processor has near. The answers wait there, and are added to the
 * sums some at a time.
 */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

#define TIME_MOST (((uint64_t)1 << TALLY_CELL_AT) - 1)
#define CELL_MASK 0x7f
_Static_assert(BENCH_CELLS <= CELL_MASK + 1, "a cell has 7 bits");
_Static_assert(sizeof(struct tally_server) == 64, "a server has a line of its own");

/* realloc() would not begin with a line. */
static int servers_grow(struct bench_tally *t, uint32_t cap)
{
	struct tally_server *more = aligned_alloc(sizeof(*more), cap * sizeof(*more));
	struct tally_sums *sums = realloc(t->sums, cap * sizeof(*sums));

	if (sums != NULL)
		t->sums = sums;
	if (more == NULL || sums == NULL) {
		free(more);
		return GCOAP_ENOMEM;
	}
	if (t->n_servers > 0)
		memcpy(more, t->servers, t->n_servers * sizeof(*more));
	free(t->servers);
	t->servers = more;
	t->cap_servers = cap;
	return 0;
}

int tally_server_known(struct bench_tally *t, uint32_t server)
{
	uint32_t cap = t->cap_servers > 0 ? t->cap_servers : 16, n = t->n_servers;

	if (server < n)
		return 0;
	while (cap <= server)
		cap *= 2;
	if (cap > t->cap_servers && servers_grow(t, cap) < 0)
		return GCOAP_ENOMEM;
	memset(&t->servers[n], 0, (server + 1 - n) * sizeof(*t->servers));
	memset(&t->sums[n], 0, (server + 1 - n) * sizeof(*t->sums));
	t->n_servers = server + 1;
	return 0;
}

static void sum_in_cell(struct tally_sums *s, uint32_t server, gcoap_time rtt, uint64_t how)
{
	if (server >= TALLY_CELL_SERVERS)
		return;
	if (s->cells == NULL)
		s->cells = calloc(BENCH_CELLS, sizeof(*s->cells));
	if (s->cells != NULL)
		tally_cell_count(&s->cells[how >> TALLY_CELL_AT & CELL_MASK], rtt,
				 how & TALLY_EARLY);
}

static void sum(struct bench_tally *t, uint32_t server, gcoap_time rtt, uint64_t how)
{
	struct tally_sums *s = &t->sums[server];

	if (gcoap_histogram_add(&s->rtt, rtt, 1) < 0)
		t->dropped++;
	s->answered++;
	s->errors += (how & TALLY_ERROR) != 0;
	s->early += (how & TALLY_EARLY) != 0;
	if (how & TALLY_IN_CELL)
		sum_in_cell(s, server, rtt, how);
}

static void server_settle(struct bench_tally *t, uint32_t server)
{
	struct tally_server *s = &t->servers[server];

	for (unsigned i = 0; i < s->n_waiting; i++)
		sum(t, server, (gcoap_time)(s->waiting[i] & TIME_MOST), s->waiting[i]);
	s->n_waiting = 0;
}

void tally_settle(struct bench_tally *t, uint32_t n)
{
	for (uint32_t i = 0; i < t->n_servers && i < n; i++)
		server_settle(t, i);
}

void tally_server_answer(struct bench_tally *t, uint32_t server, gcoap_time rtt, uint64_t how)
{
	struct tally_server *s = &t->servers[server];

	if (s->n_waiting == TALLY_WAITING || (uint64_t)rtt > TIME_MOST)
		server_settle(t, server);
	if ((uint64_t)rtt > TIME_MOST)
		sum(t, server, rtt, how);
	else
		s->waiting[s->n_waiting++] = how | (uint64_t)rtt;
}

void tally_servers_clear(struct bench_tally *t)
{
	for (uint32_t i = 0; i < t->n_servers; i++) {
		gcoap_histogram_clear(&t->sums[i].rtt);
		free(t->sums[i].cells);
	}
	free(t->sums);
	free(t->servers);
}
