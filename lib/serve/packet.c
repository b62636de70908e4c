/* Messages on their way out: encoded, counted, queued. */
#include "serve/host.h"

#include <stdlib.h>
#include <string.h>

uint16_t gcoap__next_mid(struct gcoap_serve *s, uint32_t member)
{
	return s->mids[member]++;
}

struct packet *gcoap__packet_new(const struct gcoap_addr *from, const struct gcoap_addr *to,
				 uint32_t ifindex, const uint8_t *bytes, size_t len)
{
	struct packet *p = malloc(sizeof(*p) + len);

	if (!p)
		return NULL;
	p->refs = 1;
	p->from = *from;
	p->to = *to;
	p->ifindex = ifindex;
	p->len = len;
	memcpy(p->bytes, bytes, len);
	return p;
}

void gcoap__packet_unref(struct packet *p)
{
	if (p && --p->refs == 0)
		free(p);
}

int gcoap__encode(struct gcoap_serve *s, struct answer *a, enum gcoap_type type, uint16_t mid)
{
	if (a->raw.len) {
		if (a->raw.len > sizeof(s->out))
			return GCOAP_ESPACE;
		memcpy(s->out, a->raw.ptr, a->raw.len);
		return (int)a->raw.len;
	}
	a->msg.type = type;
	a->msg.mid = mid;
	return gcoap_msg_encode(&a->msg, s->out, sizeof(s->out));
}

/* The engine's buffer, @len bytes of it, as a datagram. */
void gcoap__out(struct gcoap_serve *s, struct gcoap_datagram *out, const struct gcoap_addr *from,
		const struct gcoap_addr *to, uint32_t ifindex, size_t len)
{
	*out = (struct gcoap_datagram){ .from = *from, .to = *to, .ifindex = ifindex,
					.data = { s->out, len } };
	s->stats.answers++;
}

int gcoap__out_packet(struct gcoap_serve *s, struct gcoap_datagram *out, const struct packet *p)
{
	memcpy(s->out, p->bytes, p->len);
	gcoap__out(s, out, &p->from, &p->to, p->ifindex, p->len);
	return 1;
}

void gcoap__fate(struct gcoap_serve *s, uint32_t member, struct gcoap_fate *f)
{
	*f = (struct gcoap_fate){ 0 };
	if (s->config.fate)
		s->config.fate(s->config.arg, member, f);
}

void gcoap__push_packet(struct gcoap_serve *s, struct packet *p, gcoap_time at)
{
	struct due d = { .at = at, .kind = DUE_PACKET, .packet = p };

	if (p && gcoap__due_push(&s->dues, d) < 0) {
		gcoap__packet_unref(p);
		s->stats.dropped++;
	}
}

struct packet *gcoap__packet_ref(struct packet *p)
{
	if (p)
		p->refs++;
	return p;
}
