/* /temp of the mixed profile: members that do not agree on format, or have no sensor. */
#include "sim.h"

#include <string.h>

/* {"t": 21.25, "id": h'00000001'}: a map of CBOR that is not SenML. */
static int cbor_map(const struct gcoap_call *c, struct gcoap_reply *r)
{
	uint32_t slot = gcoap_call_slot(c), id = c->member + 1;
	float value = 16.0f + (float)((slot + id) % 40) / 4;
	uint8_t *p = c->room;
	uint32_t bits;
	size_t n = 0;

	memcpy(&bits, &value, 4);
	p[n++] = 0xa2;
	p[n++] = 0x61;
	p[n++] = 't';
	p[n++] = 0xfa;
	for (int i = 24; i >= 0; i -= 8)
		p[n++] = (uint8_t)(bits >> i);
	p[n++] = 0x62;
	p[n++] = 'i';
	p[n++] = 'd';
	p[n++] = 0x44;
	for (int i = 24; i >= 0; i -= 8)
		p[n++] = (uint8_t)(id >> i);
	r->body = (struct gcoap_bytes){ p, n };
	r->content_format = GCOAP_CF_CBOR;
	r->versioned = true;
	r->version = slot;
	return 0;
}

int sim_temp_mixed(const struct gcoap_call *c, struct gcoap_reply *r)
{
	switch (c->member % 5) {
	case 1:
		r->code = GCOAP_NOT_FOUND;
		return sim_reply_text(c, r, "Not Found");
	case 2:
		if (c->accept < 0 || c->accept == GCOAP_CF_CBOR)
			return cbor_map(c, r);
		r->code = GCOAP_NOT_ACCEPTABLE;
		return 0;
	case 4:
		r->code = GCOAP_UNAVAILABLE;
		r->max_age = 30;
		return sim_reply_text(c, r, "sensor is warming up");
	default:
		return sim_temp(c, r);
	}
}
