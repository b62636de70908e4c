/* Which responses a group does not hear (groupcomm-bis-03, Section 3.1; RFC 7967). */
#include "serve/host.h"

static uint8_t class_bit(uint8_t code)
{
	switch (GCOAP_CODE_CLASS(code)) {
	case 2:
		return GCOAP_CLASS_2;
	case 4:
		return GCOAP_CLASS_4;
	default:
		return GCOAP_CLASS_5;
	}
}

bool gcoap__suppressed(const struct suppress *s, uint8_t code)
{
	uint8_t bit = class_bit(code);
	bool asked = s->no_response_known && s->no_response >= 0;
	bool refused = asked && (s->no_response & bit);
	bool send = (s->sends & bit) && !s->nothing;

	if (refused)
		send = false;
	else if (asked && !s->only_adds)
		send = true;
	/* A client must learn that it was registered; where No-Response may only add, it
	 * wins over that (groupcomm-bis-18, Section 3.7). */
	if (s->new_observer && bit == GCOAP_CLASS_2)
		send = !(refused && s->only_adds);
	return !send;
}

bool gcoap__suppressed_unicast(const struct suppress *s, uint8_t code)
{
	return s->no_response_known && s->no_response >= 0 &&
	       (s->no_response & class_bit(code));
}
