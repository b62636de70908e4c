/*
 * The run in cells by due time. When its length is known, the cells fit it; otherwise they begin
 * small, and whenever the last one is passed two and two become one.
 */
#include "tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void tally_cells_init(struct tally_cells *c, const struct bench_tally_config *config,
		      gcoap_time from)
{
	gcoap_time length = config->length, cells = BENCH_CELLS;

	if (length > 0 && config->gap > 0 && (length - 1) / config->gap < cells)
		cells = (length - 1) / config->gap + 1; /* one a round */
	if (length <= 0)
		length = BENCH_CELLS * GCOAP_MS;
	c->from = from;
	c->width = (length + cells - 1) / cells;
	c->part = (length + TALLY_PARTS - 1) / TALLY_PARTS;
}

int tally_each(const struct bench_tally *t, struct gcoap_histogram *out)
{
	int r = gcoap_histogram_merge(out, &t->interrupted);

	for (size_t i = 0; i < TALLY_PARTS && r >= 0; i++)
		r = gcoap_histogram_merge(out, &t->cells.parts[i].each);
	return r;
}

static void part_clear(struct bench_part *p)
{
	gcoap_histogram_clear(&p->first);
	gcoap_histogram_clear(&p->each);
	gcoap_histogram_clear(&p->last);
	memset(p, 0, sizeof(*p));
}

void tally_cells_clear(struct tally_cells *c)
{
	for (size_t i = 0; i < TALLY_PARTS; i++)
		part_clear(&c->parts[i]);
}

/* @b goes into @a and is empty after. */
static void part_join(struct bench_tally *t, struct bench_part *a, struct bench_part *b)
{
	if (gcoap_histogram_merge(&a->each, &b->each) < 0)
		t->dropped += b->each.count;
	/* Without memory these are lost for spreads only. */
	gcoap_histogram_merge(&a->first, &b->first);
	gcoap_histogram_merge(&a->last, &b->last);
	a->rounds += b->rounds;
	a->answers += b->answers;
	part_clear(b);
}

static void parts_fold(struct bench_tally *t)
{
	struct bench_part *p = t->cells.parts;

	for (size_t i = 0; i < TALLY_PARTS; i += 2) {
		part_join(t, &p[i], &p[i + 1]);
		if (i == 0)
			continue;
		p[i / 2] = p[i];
		memset(&p[i], 0, sizeof(p[i]));
	}
}

static double logs_of(const struct tally_cell *c)
{
	return c->product > 0 ? c->logs + log(c->product) : c->logs;
}

static void cells_fold(struct tally_cell *c)
{
	struct tally_cell sum;

	for (size_t i = 0; i < BENCH_CELLS; i += 2) {
		sum.answered = c[i].answered + c[i + 1].answered;
		sum.early = c[i].early + c[i + 1].early;
		sum.logs = logs_of(&c[i]) + logs_of(&c[i + 1]);
		sum.product = 1;
		c[i / 2] = sum;
	}
	memset(&c[BENCH_CELLS / 2], 0, BENCH_CELLS / 2 * sizeof(*c));
}

static void rounds_fold(uint32_t *c)
{
	for (size_t i = 0; i < BENCH_CELLS; i += 2)
		c[i / 2] = c[i] + c[i + 1];
	memset(&c[BENCH_CELLS / 2], 0, BENCH_CELLS / 2 * sizeof(*c));
}

static void fold(struct bench_tally *t)
{
	tally_settle(t, TALLY_CELL_SERVERS);
	cells_fold(t->cells.all);
	parts_fold(t);
	for (uint32_t i = 0; i < t->n_servers && i < TALLY_CELL_SERVERS; i++)
		if (t->sums[i].cells != NULL)
			cells_fold(t->sums[i].cells);
	for (size_t i = 0; i < t->config.n_requests; i++)
		if (t->targets[i].cells != NULL)
			rounds_fold(t->targets[i].cells);
	t->cells.width *= 2;
	t->cells.part *= 2;
	t->cells.n = (t->cells.n + 1) / 2;
}

/* Where a request due @since the beginning belongs. */
static void go_to(struct bench_tally *t, gcoap_time since)
{
	struct tally_cells *c = &t->cells;
	gcoap_time cell, part;

	while (since / c->width >= BENCH_CELLS || since / c->part >= TALLY_PARTS)
		fold(t);
	cell = since / c->width;
	part = since / c->part;
	if ((size_t)cell >= c->n)
		c->n = (size_t)cell + 1;
	c->at = (size_t)cell;
	c->at_part = (size_t)part;
	c->at_from = cell * c->width > part * c->part ? cell * c->width : part * c->part;
	c->at_end = (cell + 1) * c->width < (part + 1) * c->part ? (cell + 1) * c->width
								 : (part + 1) * c->part;
}

size_t tally_cell_at(struct bench_tally *t, gcoap_time due)
{
	struct tally_cells *c = &t->cells;
	gcoap_time since = due > c->from ? due - c->from : 0;

	if (since < c->at_from || since >= c->at_end)
		go_to(t, since);
	return c->at;
}

struct bench_part *tally_part_at(struct bench_tally *t, gcoap_time due)
{
	tally_cell_at(t, due);
	return &t->cells.parts[t->cells.at_part];
}

#define PRODUCT_MOST 1e280 /* times 2^63 it is still a number */

void tally_cell_count(struct tally_cell *c, gcoap_time rtt, bool early)
{
	double ns = rtt > 1 ? (double)rtt : 1;

	c->product = c->answered++ > 0 ? c->product * ns : ns;
	c->early += early;
	if (c->product > PRODUCT_MOST) {
		c->logs += log(c->product);
		c->product = 1;
	}
}

void tally_cell_round(struct bench_tally *t, size_t cell, uint32_t target)
{
	struct tally_target *to = &t->targets[target];

	if (to->cells == NULL)
		to->cells = calloc(BENCH_CELLS, sizeof(*to->cells));
	if (to->cells != NULL)
		to->cells[cell]++;
}

static void show(struct bench_cell *out, const struct tally_cell *from, size_t n)
{
	for (size_t i = 0; i < n && from != NULL; i++) {
		out[i].answered = from[i].answered;
		out[i].due = from[i].early;
		if (from[i].answered > 0)
			out[i].typical = (gcoap_time)exp(logs_of(&from[i]) /
							 (double)from[i].answered);
	}
}

void tally_cells_show(struct bench_tally *t, const uint32_t *place)
{
	size_t n = t->cells.n;
	struct tally_pair pair;
	uint32_t at = 0;

	memset(t->out_all, 0, sizeof(t->out_all));
	show(t->out_all, t->cells.all, n);
	for (size_t k = 0; k < t->config.n_requests; k++) {
		const struct tally_target *to = &t->targets[k];

		for (size_t i = 0; i < n && to->cells != NULL; i++)
			t->out_all[i].due += (uint64_t)to->cells[i] *
					     tally_target_servers(t, to);
	}
	for (uint32_t s = 0; s < t->n_servers && s < TALLY_CELL_SERVERS; s++)
		show(t->out[place[s]].cells, t->sums[s].cells, n);
	while (tally_known_next(&t->known, &at, &pair)) {
		const uint32_t *rounds = t->targets[pair.target].cells;

		for (size_t i = 0; i < n && rounds != NULL && pair.server < TALLY_CELL_SERVERS; i++)
			t->out[place[pair.server]].cells[i].due += rounds[i];
	}
}
