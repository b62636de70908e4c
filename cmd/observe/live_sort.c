/* The order of the rows. */
#include <stdlib.h>
#include <string.h>
#include "live_model.h"


const char *live_sort_name(enum live_sort s)
{
	static const char *const names[LIVE_SORTS] = { "server", "value", "age", "rate", "gaps" };

	return names[s];
}

/* Names before addresses, addresses as numbers. */
static int by_server(const struct live_row *a, const struct live_row *b)
{
	if (a->named != b->named)
		return a->named ? -1 : 1;
	return a->named ? strcmp(a->label, b->label) :
			  gcoap_addr_compare(&a->is.server, &b->is.server);
}

static int compare(double a, double b)
{
	return (a > b) - (a < b);
}

/* Numbers before text, small ones first. */
static int by_value(const struct live_row *a, const struct live_row *b)
{
	if (a->numeric != b->numeric)
		return a->numeric ? -1 : 1;
	return a->numeric ? compare(a->number, b->number) : strcmp(a->value, b->value);
}

/* Who never told anything is the oldest. */
static int by_age(const struct live_row *a, const struct live_row *b)
{
	return (a->is.at > b->is.at) - (a->is.at < b->is.at);
}

/* Losses weigh more than what came out of order; -1: not known. */
static double trouble(const struct gcoap_observed *o)
{
	return (double)o->lost * 1e6 + (double)o->restarts * 1e3 + (double)o->reordered;
}

static int by_key(const struct live_row *a, const struct live_row *b, enum live_sort sort)
{
	switch (sort) {
	case LIVE_BY_VALUE:
		return by_value(a, b);
	case LIVE_BY_AGE:
		return by_age(a, b);
	case LIVE_BY_RATE:
		return compare(b->is.rate, a->is.rate);
	case LIVE_BY_GAPS:
		return compare(trouble(&b->is), trouble(&a->is));
	case LIVE_BY_SERVER:
	case LIVE_SORTS:
		break;
	}
	return 0;
}

static int by(const void *pa, const void *pb, void *arg)
{
	const struct live_model *m = arg;
	uint32_t ia = *(const uint32_t *)pa, ib = *(const uint32_t *)pb;
	const struct live_row *a = &m->rows[ia], *b = &m->rows[ib];
	int r = by_key(a, b, m->sort);

	if (r == 0)
		r = by_server(a, b);
	if (r == 0)
		r = (a->is.id > b->is.id) - (a->is.id < b->is.id);
	return r != 0 ? r : (ia > ib) - (ia < ib);
}

void live_model_sort(struct live_model *m)
{
	m->unsorted = false;
	if (m->n > 1)
		qsort_r(m->order, m->n, sizeof(*m->order), by, m);
}
