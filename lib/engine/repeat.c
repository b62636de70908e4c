/* Sending a group request again (groupcomm-bis-03, Sections 3.1 and 3.6). */
#include "engine.h"

gcoap_time gcoap__repeat_at(const struct gcoap__exchange *x)
{
	gcoap_time gap = x->ask.repeat_gap ? x->ask.repeat_gap
					   : x->client->config.transmission.leisure;
	gcoap_time at = x->last_sent + gap, paced;

	if (!x->repeats_left)
		return GCOAP_NEVER;
	if (x->answers)
		return at;
	/* To a group that is silent the average rate is limited (RFC 7252, Section 4.7). */
	paced = gcoap__pace_after(&x->client->pace, x->size, x->last_sent);
	return paced > at ? paced : at;
}

void gcoap__repeat(struct gcoap__exchange *x, gcoap_time now)
{
	int r = gcoap_reliability_submit(x->client->reliability, &x->ask.to, x->ask.ifindex,
					 &x->msg, !x->ask.repeat_new_mid,
					 x->ask.group ? 0 : (uintptr_t)&x->party, now);

	x->last_sent = now;
	x->repeats_left--;
	if (r < 0)
		gcoap__client_fail(x->client, r);
}
