/* Requests that did not leave, or did not arrive. */
#include "load.h"
#include "recv.h"

#include <string.h>

static struct gcoap__load_round *by_token(struct gcoap__load_client *c)
{
	struct gcoap__load_asked *q;
	uint64_t number;

	if (c->in.token_len != GCOAP_TOKEN_MAX || !GCOAP_CODE_IS_REQUEST(c->in.code) ||
	    !gcoap__load_token_read(c->load, c->in.token, &number, &q))
		return NULL;
	return q && q->round && q->round->client == c ? q->round : NULL;
}

void gcoap__load_failed(struct gcoap__load_client *c, const struct gcoap_datagram *out,
			int error, gcoap_time now)
{
	const struct gcoap__load_end how = { .error = error, .at = now };
	struct gcoap__load_round *r;

	c->load->count.sent--;
	c->load->count.sent_bytes -= gcoap__load_size(c->load, out->data);
	(void)gcoap_msg_decode(&c->in, out->data, NULL);
	r = by_token(c);
	/* What has gone out before may still be answered. */
	if (!r || r->tries || r->echoed || r->answered)
		return;
	r->asked.sent = GCOAP_NEVER;
	gcoap__load_round_end(r, &how, now + GCOAP__LOAD_PAUSE);
}

/* The round whose request begins with these bytes, which end in the token. */
static struct gcoap__load_round *by_head(struct gcoap__load_client *c, struct gcoap_bytes data)
{
	struct gcoap__load_round *r = NULL;
	uint8_t token[GCOAP_TOKEN_MAX];

	if (data.len >= 4)
		r = gcoap__load_by_mid(c, (uint16_t)(data.ptr[2] << 8 | data.ptr[3]));
	if (!r || data.len >= 4 + sizeof(token) ||
	    memcmp(data.ptr, c->load->targets[r->asked.target].bytes, 2))
		return NULL;
	gcoap__load_token(c->load, &r->asked, token);
	return memcmp(data.ptr + 4, token, data.len - 4) ? NULL : r;
}

void gcoap__load_unreachable(struct gcoap__load_client *c, const struct gcoap_datagram *out,
			     int error, gcoap_time now)
{
	const struct gcoap__load_end how = { .error = error, .at = now };
	const struct gcoap__load_target *t;
	struct gcoap__load_round *r;

	/* What is quoted may end anywhere: an error does not matter once there is a token. */
	(void)gcoap_msg_decode(&c->in, out->data, NULL);
	r = by_token(c);
	r = r ? r : by_head(c, out->data);
	t = r ? &c->load->targets[r->asked.target] : NULL;
	if (r && !t->group && !r->answered && gcoap__same_endpoint(&out->to, &t->to))
		gcoap__load_round_end(r, &how, now);
}
