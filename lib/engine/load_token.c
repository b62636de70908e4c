/* Tokens that tell the number of their request, and that it was us who made them. */
#include "load.h"

#include <string.h>

/* Half of a hash that two numbers share. */
static uint32_t half_of(uint64_t hash, uint64_t number)
{
	return (uint32_t)(number & 1 ? hash >> 32 : hash);
}

static uint64_t hash_of(const struct gcoap_load *l, uint64_t number)
{
	uint64_t pair = number >> 1;

	return gcoap__hash(&pair, sizeof(pair), l->token_key);
}

uint32_t gcoap__load_proof(struct gcoap_load *l, uint64_t number)
{
	if (!l->proof_of || l->proof_of - 1 != number >> 1) {
		l->proof_of = (number >> 1) + 1;
		l->proofs = hash_of(l, number);
	}
	return half_of(l->proofs, number);
}

void gcoap__load_token(const struct gcoap_load *l, const struct gcoap__load_asked *q,
		       uint8_t token[8])
{
	uint32_t low = (uint32_t)q->number ^ l->token_pad;

	memcpy(token, &low, sizeof(low));
	memcpy(token + sizeof(low), &q->proof, sizeof(q->proof));
}

bool gcoap__load_token_read(const struct gcoap_load *l, const uint8_t token[8],
			    uint64_t *number, struct gcoap__load_asked **q)
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
	*q = gcoap__load_asked_find(l, *number);
	return mac == (*q ? (*q)->proof : half_of(hash_of(l, *number), *number));
}
