#include <gcoap/block.h>
#include <gcoap/msg.h>

#define SZX_MAX 6
#define NUM_MAX 0xfffff

int gcoap_block_decode(struct gcoap_bytes value, struct gcoap_block *out,
		       struct gcoap_diag *diag)
{
	uint32_t n;

	if (gcoap_uint_decode(value, 3, &n) < 0)
		return gcoap_fail(diag, GCOAP_EMALFORMED, 0, "bad-block",
				  "a Block option has at most 3 bytes");
	if ((n & 7) > SZX_MAX)
		return gcoap_fail(diag, GCOAP_EMALFORMED, value.len - 1, "bad-block",
				  "block size exponent 7 is reserved");
	out->num = n >> 4;
	out->more = n >> 3 & 1;
	out->szx = n & 7;
	return 0;
}

size_t gcoap_block_encode(const struct gcoap_block *b, uint8_t store[4])
{
	return gcoap_uint_encode((b->num & NUM_MAX) << 4 | (uint32_t)b->more << 3 |
					 (b->szx & 7u),
				 store);
}

uint32_t gcoap_block_size(const struct gcoap_block *b)
{
	return 16u << b->szx;
}

int gcoap_block_szx(uint32_t size, uint8_t *szx)
{
	for (uint8_t i = 0; i <= SZX_MAX; i++) {
		if (size == 16u << i) {
			*szx = i;
			return 0;
		}
	}
	return GCOAP_ERANGE;
}
