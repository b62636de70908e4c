/* Tokens that tell the number of their request, and that it was us who made them. */
#include "load.h"

#include <string.h>

static uint32_t proof(const struct gcoap_load *l, uint64_t number)
{
	return (uint32_t)gcoap__hash(&number, sizeof(number), l->token_key);
}

void gcoap__load_token(const struct gcoap_load *l, uint64_t number, uint8_t token[8])
{
	uint32_t low = (uint32_t)number ^ l->token_pad, mac = proof(l, number);

	memcpy(token, &low, sizeof(low));
	memcpy(token + sizeof(low), &mac, sizeof(mac));
}

bool gcoap__load_token_read(const struct gcoap_load *l, const uint8_t token[8],
			    uint64_t *number)
{
	uint32_t low, mac, ago;
	uint64_t last = l->newest - 1;

	memcpy(&low, token, sizeof(low));
	memcpy(&mac, token + sizeof(low), sizeof(mac));
	/* Of all numbers that end so, the latest that was sent. */
	ago = (uint32_t)last - (low ^ l->token_pad);
	if (ago >= l->newest)
		return false;
	*number = last - ago;
	return proof(l, *number) == mac;
}
