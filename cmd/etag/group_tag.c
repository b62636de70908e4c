/* Group-ETag: one tag of a proxy's cache for what it holds of a whole group. */
#include <string.h>
#include "etag.h"

static const struct target *target_of(const struct etag *e, const struct etag_target *t)
{
	return &e->run.targets[t - e->targets];
}

/* Whose cache: the tags of another proxy mean nothing to this one. */
static struct gcoap_bytes via(const struct etag *e, const struct etag_target *t)
{
	const struct target *to = target_of(e, t);

	return gcoap_bytes_text(to->proxy ? to->proxy->uri : "");
}

static struct gcoap_bytes tag_in(const struct etag *e, const struct gcoap_msg *m)
{
	static const enum gcoap_draft_option drafts[] = { GCOAP_DRAFT_GROUP_ETAG,
							  GCOAP_DRAFT_IETF_GROUP_ETAG };
	const struct gcoap_option *o = NULL;

	for (int i = 0; i < 2 && !o; i++)
		o = gcoap_msg_find(m, e->run.registry.draft[drafts[i]]);
	return o && o->value.len <= GCOAP_ETAG_MAX ? o->value : (struct gcoap_bytes){ 0 };
}

int etag_group_tag(struct etag *e, struct etag_target *t)
{
	int n = gcoap_validate_group_etag(t->v, via(e, t), t->sent);

	t->sent_len = n > 0 ? (size_t)n : 0;
	return n < 0 ? n : n > 0;
}

int etag_add_group_tag(const struct etag *e, const struct etag_target *t, struct gcoap_msg *m)
{
	uint16_t number = e->run.registry.draft[e->run.message.dialect->group_etag];

	return gcoap_msg_add(m, number, (struct gcoap_bytes){ t->sent, t->sent_len });
}

bool etag_is_whole_set(const struct etag *e, const struct etag_target *t,
		       const struct gcoap_response *r)
{
	struct gcoap_bytes sent = { t->sent, t->sent_len };

	return t->means == ETAG_GROUP && r->msg->code == GCOAP_VALID &&
	       gcoap_bytes_equal(tag_in(e, r->msg), sent);
}

void etag_note_group_tag(const struct etag *e, struct etag_target *t,
			 const struct gcoap_response *r)
{
	struct gcoap_bytes tag = tag_in(e, r->msg), came = { t->came, t->came_len };

	if (!tag.len || !target_many(target_of(e, t)))
		return;
	t->mixed |= came.len && !gcoap_bytes_equal(tag, came);
	memcpy(t->came, tag.ptr, tag.len);
	t->came_len = tag.len;
}

void etag_keep_group_tag(const struct etag *e, struct etag_target *t)
{
	struct gcoap_bytes came = { t->came, t->came_len };

	/* what cannot be kept is asked for in full the next time */
	if (came.len && !t->mixed)
		(void)gcoap_validate_keep_set(t->v, via(e, t), came, gcoap_now());
}
