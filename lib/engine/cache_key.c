/* Keys of cached responses (RFC 7252, Section 5.6). */
#include <gcoap/option.h>
#include <gcoap/validate.h>

#include <string.h>

struct writer {
	uint8_t *buf;
	size_t cap, len;
};

static void put(struct writer *w, const void *data, size_t len)
{
	if (w->len <= w->cap && len && len <= w->cap - w->len)
		memcpy(w->buf + w->len, data, len);
	w->len += len;
}

static void put_number(struct writer *w, size_t n)
{
	put(w, (const uint8_t[]){ (uint8_t)(n >> 8), (uint8_t)n }, 2);
}

/* Options that do not tell one representation from another. */
static bool left_out(const struct gcoap_registry *r, uint16_t number)
{
	static const enum gcoap_draft_option drafts[] = {
		GCOAP_DRAFT_MULTICAST_SIGNALING, GCOAP_DRAFT_MULTICAST_TIMEOUT,
		GCOAP_DRAFT_MULTI_ETAG, GCOAP_DRAFT_GROUP_ETAG, GCOAP_DRAFT_IETF_GROUP_ETAG,
	};

	for (size_t i = 0; i < sizeof(drafts) / sizeof(drafts[0]); i++)
		if (number == r->draft[drafts[i]])
			return true;
	switch (number) {
	case GCOAP_ETAG:
	case GCOAP_OBSERVE:
	case GCOAP_URI_PORT:
	case GCOAP_BLOCK2:
	case GCOAP_PROXY_URI:
	case GCOAP_PROXY_SCHEME:
	case GCOAP_HOP_LIMIT:
	case GCOAP_NO_RESPONSE:
		return true;
	default:
		return !gcoap_option_unsafe(number) && gcoap_option_no_cache_key(number);
	}
}

static void put_group(struct writer *w, const struct gcoap_addr *group)
{
	put(w, "G", 1);
	put(w, &group->family, 1);
	put(w, group->bytes, sizeof(group->bytes));
	put_number(w, group->port);
	put_number(w, group->scope >> 16);
	put_number(w, group->scope & 0xffff);
}

int gcoap_cache_key(const struct gcoap_msg *m, const struct gcoap_registry *registry,
		    const struct gcoap_addr *group, uint8_t *buf, size_t cap)
{
	struct writer w = { buf, cap, 0 };

	if (m->code != GCOAP_GET && m->code != GCOAP_FETCH)
		return GCOAP_EUNSUPPORTED;
	if (group)
		put_group(&w, group);
	put(&w, "R", 1);
	put(&w, &m->code, 1);
	for (size_t i = 0; i < m->n_options; i++) {
		const struct gcoap_option *o = &m->options[i];

		if (left_out(registry, o->number))
			continue;
		put_number(&w, o->number);
		put_number(&w, o->value.len);
		put(&w, o->value.ptr, o->value.len);
	}
	if (m->payload.len) {
		put(&w, "\0\0P", 3);
		put(&w, m->payload.ptr, m->payload.len);
	}
	return w.len > cap ? GCOAP_ESPACE : (int)w.len;
}
