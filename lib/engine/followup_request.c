/* The individual request of a follow-up. */
#include "followup.h"

void gcoap__strip(const struct gcoap__exchange *x, struct gcoap_msg *m)
{
	const uint16_t *draft = x->registry->draft;
	const uint16_t gone[] = { GCOAP_BLOCK2,
				  GCOAP_ECHO,
				  GCOAP_NO_RESPONSE,
				  draft[GCOAP_DRAFT_MULTICAST_SIGNALING],
				  draft[GCOAP_DRAFT_MULTICAST_TIMEOUT],
				  draft[GCOAP_DRAFT_MULTI_ETAG],
				  draft[GCOAP_DRAFT_GROUP_ETAG],
				  draft[GCOAP_DRAFT_IETF_GROUP_ETAG] };

	for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
		gcoap_msg_remove(m, gone[i]);
}

/* Where the body goes on, in blocks of at most the size we ask for. */
static struct gcoap_block next_block(const struct gcoap__followup *f)
{
	uint8_t most = f->exchange->ask.block_szx;
	struct gcoap_block b = { .szx = f->body.blocks && f->body.szx < most ? f->body.szx
									    : most };

	b.num = (uint32_t)(f->body.len >> (b.szx + 4));
	return b;
}

int gcoap__followup_send(struct gcoap__followup *f, bool confirm, gcoap_time now)
{
	struct gcoap__exchange *x = f->exchange;
	struct gcoap_client *c = x->client;
	bool later = f->body.blocks > 0;
	struct gcoap_block block = next_block(f);
	struct gcoap__origin_store origin;
	struct gcoap_msg m = x->msg;
	uint8_t store[4];
	int r = 0;

	gcoap__strip(x, &m);
	if (f->origin)
		r = gcoap__followup_aim(f, &m, &origin);
	if (later) {
		gcoap_msg_remove(&m, GCOAP_ETAG);
		gcoap_msg_remove(&m, GCOAP_OBSERVE);
		/* The payload of a FETCH is part of the target (RFC 8132, Section 2). */
		if (m.code != GCOAP_FETCH || gcoap_msg_find(&m, GCOAP_BLOCK1))
			m.payload.len = 0;
		gcoap_msg_remove(&m, GCOAP_BLOCK1);
		gcoap_msg_remove(&m, GCOAP_SIZE1);
	}
	if (r >= 0 && (later || block.szx < 6))
		r = gcoap_msg_add(&m, GCOAP_BLOCK2,
				  (struct gcoap_bytes){ store,
							gcoap_block_encode(&block, store) });
	if (r >= 0 && f->echoed)
		r = gcoap_msg_add(&m, GCOAP_ECHO,
				  (struct gcoap_bytes){ f->echo, f->echo_len });
	/* A new token for every block; the same one when a request is only repeated. */
	if (r >= 0 && !f->party.token.len)
		r = gcoap__token_open(&c->tokens, &f->party, NULL, 0, now);
	if (r < 0)
		return r;
	gcoap_msg_set_token(&m, f->party.token.bytes, f->party.token.len);
	m.type = confirm ? GCOAP_CON : GCOAP_NON;
	f->confirm = confirm;
	return gcoap_reliability_submit(c->reliability, &f->peer, f->ifindex, &m, false,
					(uintptr_t)&f->party, now);
}
