/* When requests are due: at planned times, or (gap 0) when a place is free. */
#include "load.h"

#include <stdlib.h>

static void set_due(struct gcoap__load_client *c, gcoap_time due)
{
	struct gcoap_load *l = c->load;

	if (l->stopped || (l->config.count && c->next >= l->config.count) || due >= l->end)
		due = GCOAP_NEVER;
	l->n_planned += (due != GCOAP_NEVER) - (c->due != GCOAP_NEVER);
	c->due = due;
}

int gcoap__load_plan_init(struct gcoap__load_client *c)
{
	const struct gcoap_load_config *f = &c->load->config;
	gcoap_time due = f->start;

	c->share = f->outstanding / f->clients + (c->index < f->outstanding % f->clients);
	c->share = c->share ? c->share : 1;
	c->next = c->index;
	c->target = (uint32_t)(c->index % f->n_requests);
	c->due = GCOAP_NEVER;
	if (f->gap) {
		due = f->gap > (GCOAP_NEVER - f->start) / ((gcoap_time)c->index + 1)
			      ? GCOAP_NEVER
			      : f->start + f->gap * c->index;
		set_due(c, due);
		return 0;
	}
	c->free_since = malloc(c->share * sizeof(*c->free_since));
	if (!c->free_since)
		return GCOAP_ENOMEM;
	for (c->n_free = 0; c->n_free < c->share; c->n_free++)
		c->free_since[c->n_free] = f->start;
	c->freed_last = f->start;
	set_due(c, f->start);
	return 0;
}

bool gcoap__load_is_due(const struct gcoap__load_client *c, gcoap_time now)
{
	return c->due <= now && (!c->load->config.gap || c->open < c->share);
}

void gcoap__load_advance(struct gcoap__load_client *c)
{
	const struct gcoap_load_config *f = &c->load->config;
	gcoap_time step = f->gap * f->clients;

	c->next += f->clients;
	c->target = (uint32_t)((c->target + f->clients) % f->n_requests);
	if (f->gap) {
		set_due(c, c->due < GCOAP_NEVER - step ? c->due + step : GCOAP_NEVER);
		return;
	}
	c->first_free = c->first_free + 1 < c->share ? c->first_free + 1 : 0;
	c->n_free--;
	set_due(c, c->n_free ? c->free_since[c->first_free] : GCOAP_NEVER);
}

void gcoap__load_give_place(struct gcoap__load_client *c, gcoap_time at)
{
	uint32_t i;

	if (c->load->config.gap)
		return;
	/* Due times never go back. */
	c->freed_last = at > c->freed_last ? at : c->freed_last;
	i = c->first_free + c->n_free++;
	c->free_since[i < c->share ? i : i - c->share] = c->freed_last;
	if (c->n_free == 1)
		set_due(c, c->freed_last);
}

void gcoap__load_plan_end(struct gcoap__load_client *c)
{
	set_due(c, GCOAP_NEVER);
}

bool gcoap__load_in_warmup(const struct gcoap_load *l, gcoap_time due)
{
	return due - l->config.start < l->config.warmup;
}

/* Those of one client: with a gap by the clock, else those that had a place. */
static uint64_t due_of(const struct gcoap__load_client *c, gcoap_time now)
{
	const struct gcoap_load_config *f = &c->load->config;
	gcoap_time until = now < c->load->end ? now : c->load->end - 1;
	uint64_t taken = (c->next - c->index) / f->clients, more = 0, left;

	if (c->due > until)
		return taken;
	left = f->count ? (f->count - c->next - 1) / f->clients + 1 : UINT64_MAX;
	if (f->gap)
		more = (uint64_t)((until - c->due) / (f->gap * f->clients)) + 1;
	for (uint32_t i = 0; !f->gap && i < c->n_free; i++)
		more += c->free_since[(c->first_free + (uint64_t)i) % c->share] <= until;
	return taken + (more < left ? more : left);
}

uint64_t gcoap__load_due(const struct gcoap_load *l, gcoap_time now)
{
	uint64_t n = 0;

	if (l->stopped)
		return l->due_when_stopped;
	for (uint32_t i = 0; i < l->config.clients; i++)
		n += due_of(l->clients[i], now);
	return n;
}
