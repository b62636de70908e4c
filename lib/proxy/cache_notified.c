/* Notifications of a group that is observed, once the T' of the registration is over. */
#include "cache_recall.h"

#include <string.h>

void gcoap__recall_notified(struct gcoap__cache *c, struct gcoap__recall *r)
{
	gcoap__recall_unpin(c, r);
	gcoap__table_clear(&r->servers);
	memset(&r->one, 0, sizeof(r->one));
	r->key.notified = true;
}

/*
 * The aggregated entry lasts no longer than any of its answers; without the answer of one, which
 * cannot be kept, it answers nothing until the group is asked again.
 */
void gcoap__set_notified(struct gcoap__set *s, struct gcoap__set_server *server,
			 gcoap_time expires, gcoap_time now)
{
	if (!server)
		s->whole = false;
	if (s->aggregated <= now)
		return;
	if (!server || !expires) {
		s->aggregated = 0;
		return;
	}
	server->aggregated = true;
	if (expires < s->aggregated)
		s->aggregated = expires;
}
