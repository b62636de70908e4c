/* The engine: its life and its verbs. */
#include "serve/host.h"

#include <stdlib.h>

static gcoap_time host_deadline(const struct gcoap_engine *e)
{
	return gcoap__due_first(&((const struct gcoap_serve *)e)->dues);
}

static void host_failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			gcoap_time now)
{
	(void)out;
	(void)error;
	(void)now;
	((struct gcoap_serve *)e)->stats.unsent++;
}

/* What is due goes out with the next sends; nothing else waits for time. */
static void host_tick(struct gcoap_engine *e, gcoap_time now)
{
	(void)e;
	(void)now;
}

int gcoap_serve_new(struct gcoap_serve **out, const struct gcoap_serve_config *config)
{
	struct gcoap_serve *s;

	*out = NULL;
	if (!config->members || config->members > UINT16_MAX || !config->member_of ||
	    !config->address_of || !config->registry || !config->dialect)
		return GCOAP_EINVALID;
	s = calloc(1, sizeof(*s));
	if (!s)
		return GCOAP_ENOMEM;
	s->config = *config;
	s->engine = (struct gcoap_engine){ .send = gcoap__serve_send, .recv = gcoap__serve_recv,
					   .deadline = host_deadline, .tick = host_tick,
					   .failed = host_failed };
	s->wellknown = (struct gcoap_resource){ .path = "/.well-known/core",
		.methods = GCOAP_METHOD(GCOAP_GET), .group = true, .no_response = true,
		.group_sends = GCOAP_CLASS_2, .handle = gcoap_call_links };
	s->dues.max = DUES_MAX;
	gcoap_random_init_seed(&s->random, config->seed);
	s->mids = malloc(config->members * sizeof(*s->mids));
	s->leisures = calloc(config->n_groups + 1, sizeof(*s->leisures));
	if (!s->mids || !s->leisures || gcoap__recent_init(&s->recent) < 0 ||
	    gcoap__serve_table_init(&s->observers, OBSERVERS_MAX / 4) < 0 ||
	    gcoap__serve_table_init(&s->watched, config->members) < 0 ||
	    gcoap__serve_table_init(&s->sents, OBSERVERS_MAX / 4) < 0) {
		gcoap_serve_free(&s);
		return GCOAP_ENOMEM;
	}
	for (uint32_t i = 0; i < config->members; i++)
		s->mids[i] = (uint16_t)gcoap_serve_hash(config->seed, i, 'M');
	*out = s;
	return 0;
}

static void drop_due(const struct due *d)
{
	switch ((enum due_kind)d->kind) {
	case DUE_ANSWER:
		gcoap__request_unref(d->request);
		break;
	case DUE_PACKET:
		gcoap__packet_unref(d->packet);
		break;
	case DUE_RETRY:
		d->sent->queued = false;
		if (d->sent->gone)
			free(d->sent);
		break;
	case DUE_NOTIFY:
		d->observer->refs--;
		gcoap__observer_release(d->observer);
		break;
	}
}

void gcoap_serve_free(struct gcoap_serve **s)
{
	struct gcoap_serve *h = *s;

	if (!h)
		return;
	for (size_t i = 0; i < h->dues.n; i++)
		drop_due(&h->dues.heap[i]);
	for (uint32_t i = 0; h->observers.bucket && i <= h->observers.mask; i++)
		while (h->observers.bucket[i])
			gcoap__observer_remove(h, h->observers.bucket[i]);
	for (uint32_t i = 0; h->sents.bucket && i <= h->sents.mask; i++)
		while (h->sents.bucket[i])
			gcoap__sent_remove(h, h->sents.bucket[i]);
	for (size_t i = 0; i < UPLOADS_MAX; i++)
		gcoap__upload_drop(&h->uploads[i]);
	gcoap__recent_clear(&h->recent);
	free(h->observers.bucket);
	free(h->watched.bucket);
	free(h->sents.bucket);
	free(h->dues.heap);
	free(h->leisures);
	free(h->mids);
	free(h);
	*s = NULL;
}

struct gcoap_engine *gcoap_serve_engine(struct gcoap_serve *s)
{
	return &s->engine;
}

void gcoap_serve_stats(const struct gcoap_serve *s, struct gcoap_serve_stats *out)
{
	*out = s->stats;
}
