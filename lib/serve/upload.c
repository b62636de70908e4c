/* Block1: a body that comes in pieces to one member (RFC 7959, Section 2.5). */
#include "serve/host.h"

#include <stdlib.h>
#include <string.h>

/* Transfers of one client to several URIs of a resource are apart (RFC 7959, Section 2.5). */
static uint64_t uri_hash(const struct gcoap_msg *m)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < m->n_options; i++) {
		const struct gcoap_option *o = &m->options[i];

		if (o->number != GCOAP_URI_PATH && o->number != GCOAP_URI_QUERY)
			continue;
		h = (h ^ o->number ^ o->value.len << 8) * 0x100000001b3u;
		for (size_t k = 0; k < o->value.len; k++)
			h = (h ^ o->value.ptr[k]) * 0x100000001b3u;
	}
	return h;
}

static struct upload *find(struct gcoap_serve *s, const struct request *q, uint32_t member)
{
	uint64_t uri = uri_hash(&q->msg);

	for (size_t i = 0; i < UPLOADS_MAX; i++) {
		struct upload *u = &s->uploads[i];

		if (u->used && u->member == member && u->resource == q->resource &&
		    u->method == q->msg.code && u->uri == uri &&
		    gcoap_addr_equal(&u->from, &q->from))
			return u;
	}
	return NULL;
}

void gcoap__upload_drop(struct upload *u)
{
	if (!u)
		return;
	free(u->body);
	memset(u, 0, sizeof(*u));
}

static struct upload *start(struct gcoap_serve *s, const struct request *q, uint32_t member,
			    gcoap_time now)
{
	struct upload *u = find(s, q, member);

	for (size_t i = 0; !u && i < UPLOADS_MAX; i++)
		if (!s->uploads[i].used || s->uploads[i].until <= now)
			u = &s->uploads[i];
	if (!u)
		return NULL;
	gcoap__upload_drop(u);
	*u = (struct upload){ .used = true, .member = member, .from = q->from,
			      .resource = q->resource, .method = q->msg.code,
			      .uri = uri_hash(&q->msg) };
	return u;
}

static uint8_t append(struct upload *u, struct gcoap_bytes part)
{
	uint8_t *body;

	if (u->len + part.len > UPLOAD_BODY_MAX)
		return GCOAP_TOO_LARGE;
	body = realloc(u->body, u->len + part.len + 1);
	if (!body)
		return GCOAP_UNAVAILABLE;
	u->body = body;
	if (part.len)
		memcpy(body + u->len, part.ptr, part.len);
	u->len += part.len;
	return 0;
}

uint8_t gcoap__upload(struct gcoap_serve *s, const struct request *q, uint32_t member,
		      struct gcoap_bytes *body, struct upload **of, gcoap_time now)
{
	const struct gcoap_option *o = gcoap_msg_find(&q->msg, GCOAP_BLOCK1);
	struct gcoap_block b;
	struct upload *u;
	uint8_t code;

	*of = NULL;
	*body = q->msg.payload;
	if (!o || gcoap_block_decode(o->value, &b, NULL) < 0)
		return 0;
	if (b.more && q->msg.payload.len != gcoap_block_size(&b))
		return GCOAP_BAD_REQUEST;
	u = b.num == 0 ? start(s, q, member, now) : find(s, q, member);
	if (!u)
		return b.num == 0 ? GCOAP_UNAVAILABLE : GCOAP_REQUEST_INCOMPLETE;
	if (u->len != (size_t)b.num * gcoap_block_size(&b))
		return GCOAP_REQUEST_INCOMPLETE;
	code = append(u, q->msg.payload);
	if (code) {
		gcoap__upload_drop(u);
		return code;
	}
	u->until = now + s->config.transmission.exchange_lifetime;
	if (b.more)
		return GCOAP_CONTINUE;
	*body = (struct gcoap_bytes){ u->body, u->len };
	*of = u;
	return 0;
}
