/* Giving it: what is fresh, whose servers are silent, and whose are not. */
#include "validate.h"

/* What is held of @k into @out: 1, or 0 when it is gone meanwhile. */
static int recall(struct gcoap_validate *v, const struct gcoap__known *k, gcoap_time wall,
		  struct gcoap_validation *out)
{
	struct gcoap_held held;
	int r = v->config.holder->get(v->config.holder, gcoap__validate_key(v), &k->server, wall, &held);

	if (r <= 0 || gcoap_msg_decode(&out->held, held.message, NULL) < 0)
		return r < 0 ? r : 0;
	out->has_held = true;
	out->age = wall > held.at ? wall - held.at : 0;
	return 1;
}

int gcoap_validate_fresh(struct gcoap_validate *v, gcoap_time now,
			 int (*give)(void *arg, const struct gcoap_validation *held), void *arg)
{
	gcoap_time wall = now + v->config.wall;
	int r, n = 0;

	for (uint32_t i = 0; i < v->n_held; i++) {
		const struct gcoap__known *k = v->order[i];
		struct gcoap_validation out = { .state = GCOAP_VALIDATE_FRESH,
						.server = k->server, .etag = gcoap__known_tag(k) };

		if (k->answered || k->fresh_until <= wall || k->at > wall)
			continue;
		r = recall(v, k, wall, &out);
		if (r > 0) {
			r = give(arg, &out);
			n++;
		}
		if (r < 0)
			return r;
	}
	return n;
}

int gcoap_validate_silent(struct gcoap_validate *v, gcoap_time now,
			  int (*give)(void *arg, const struct gcoap_validation *silent),
			  void *arg)
{
	int r;

	for (uint32_t i = 0; i < v->n_held; i++) {
		const struct gcoap__known *k = v->order[i];
		struct gcoap_validation out = { .state = GCOAP_VALIDATE_SILENT,
						.server = k->server, .old_etag = gcoap__known_tag(k) };

		if (k->answered)
			continue;
		r = recall(v, k, now + v->config.wall, &out);
		if (r >= 0)
			r = give(arg, &out);
		if (r < 0)
			return r;
	}
	return 0;
}

int gcoap_validate_answered(struct gcoap_validate *v,
			    int (*give)(void *arg, const struct gcoap_validation *held), void *arg)
{
	int r = 0;

	for (uint32_t i = 0; i < v->n_held && r >= 0; i++) {
		const struct gcoap__known *k = v->order[i];
		struct gcoap_validation out = { .state = GCOAP_VALIDATE_FRESH,
						.server = k->server, .etag = gcoap__known_tag(k) };

		if (k->answered && k->held)
			r = give(arg, &out);
	}
	return r;
}
