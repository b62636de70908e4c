/* Sending a payload block by block, each acknowledged by 2.31. */
#include "followup.h"

#include <string.h>

/* Set payload and Block1 of the request to the block at @at. */
static int cut(struct gcoap__exchange *x, size_t at)
{
	struct gcoap__upload *u = &x->upload;
	struct gcoap_block b = { .szx = u->szx, .num = (uint32_t)(at >> (u->szx + 4)) };
	size_t left = u->all.len - at, size = gcoap_block_size(&b);

	b.more = left > size;
	u->on = true;
	u->at = at;
	x->msg.payload = (struct gcoap_bytes){ u->all.ptr + at, b.more ? size : left };
	gcoap_msg_remove(&x->msg, GCOAP_BLOCK1);
	return gcoap_msg_add(&x->msg, GCOAP_BLOCK1,
			     (struct gcoap_bytes){ u->block1,
						   gcoap_block_encode(&b, u->block1) });
}

static int announce_size(struct gcoap__exchange *x)
{
	struct gcoap__upload *u = &x->upload;

	if (gcoap_msg_find(&x->msg, GCOAP_SIZE1))
		return 0;
	return gcoap_msg_add_uint(&x->msg, GCOAP_SIZE1, (uint32_t)u->all.len, u->size1);
}

int gcoap__upload_init(struct gcoap__exchange *x)
{
	struct gcoap__upload *u = &x->upload;
	int r;

	u->all = x->msg.payload;
	u->szx = x->ask.block_szx;
	if (gcoap__many(x) || !x->ask.blockwise || u->all.len <= (size_t)16 << u->szx ||
	    gcoap_msg_find(&x->msg, GCOAP_BLOCK1))
		return 0;
	r = announce_size(x);
	return r < 0 ? r : cut(x, 0);
}

/* Send what x->msg holds now, under a new token. */
static bool send_block(struct gcoap__exchange *x, gcoap_time now)
{
	struct gcoap_client *c = x->client;
	int r;

	gcoap__token_close(&c->tokens, &x->party, false, NULL, now);
	r = gcoap__token_open(&c->tokens, &x->party, NULL, 0, now);
	if (r >= 0) {
		gcoap_msg_set_token(&x->msg, x->party.token.bytes, x->party.token.len);
		r = gcoap_reliability_submit(c->reliability, &x->ask.to, x->ask.ifindex,
					     &x->msg, false, (uintptr_t)&x->party, now);
	}
	if (r < 0) {
		gcoap__client_fail(c, r);
		gcoap__exchange_close(x, GCOAP_ENDED_ERROR, now);
		return true;
	}
	x->last_sent = now;
	if (x->ask.timeout < GCOAP_NEVER - now)
		x->ends_at = now + x->ask.timeout; /* the timeout is that of each block */
	gcoap__exchange_plan(x);
	return true;
}

static bool send_from(struct gcoap__exchange *x, size_t at, gcoap_time now)
{
	return cut(x, at) >= 0 && announce_size(x) >= 0 && send_block(x, now);
}

/* Repeat the block with the Echo value that the server wants to see (RFC 9175). */
static bool send_echo(struct gcoap__exchange *x, const struct gcoap_option *echo,
		      gcoap_time now)
{
	struct gcoap__upload *u = &x->upload;

	u->echoed = true;
	if (!u->at)
		x->asked_at = now;
	memcpy(u->echo, echo->value.ptr, echo->value.len);
	gcoap_msg_remove(&x->msg, GCOAP_ECHO);
	return gcoap_msg_add(&x->msg, GCOAP_ECHO,
			     (struct gcoap_bytes){ u->echo, echo->value.len }) >= 0 &&
	       send_block(x, now);
}

bool gcoap__upload_recv(struct gcoap__exchange *x, const struct gcoap_msg *msg, gcoap_time now)
{
	struct gcoap__upload *u = &x->upload;
	const struct gcoap_option *o = gcoap_msg_find(msg, GCOAP_BLOCK1);
	const struct gcoap_option *echo = gcoap__echo_of(msg);
	size_t sent_to = u->at + x->msg.payload.len;
	struct gcoap_block b = { .szx = u->szx };
	bool has = o && gcoap_block_decode(o->value, &b, NULL) >= 0;

	if (gcoap__many(x) || !x->ask.blockwise)
		return false;
	if (u->on && echo && !u->echoed)
		return send_echo(x, echo, now);
	switch (msg->code) {
	case GCOAP_CONTINUE:
		if (!u->on || sent_to >= u->all.len ||
		    (has && (size_t)b.num << (b.szx + 4) != u->at))
			return false;
		if (has && b.szx < u->szx)
			u->szx = b.szx;
		return send_from(x, sent_to, now);
	case GCOAP_TOO_LARGE: /* a smaller size may be what the server wants (Section 2.9.3) */
		if (!has || b.szx >= u->szx || u->all.len <= (size_t)16 << b.szx)
			return false;
		u->szx = b.szx;
		return send_from(x, 0, now);
	case GCOAP_REQUEST_INCOMPLETE:
		if (!u->on || u->restarted)
			return false;
		u->restarted = true;
		return send_from(x, 0, now);
	}
	return false;
}
