/* Block option values (RFC 7959, Section 2.2). */
#ifndef GCOAP_BLOCK_H
#define GCOAP_BLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <gcoap/bytes.h>
#include <gcoap/error.h>

struct gcoap_block {
	uint32_t num; /* 20 bits */
	bool more;
	uint8_t szx; /* 0 … 6: 16 … 1024 bytes */
};

/* GCOAP_EMALFORMED "bad-block": more than 3 bytes, or SZX 7. */
int gcoap_block_decode(struct gcoap_bytes value, struct gcoap_block *out,
		       struct gcoap_diag *diag);
/* Shortest form; returns the length 0 … 3. */
size_t gcoap_block_encode(const struct gcoap_block *b, uint8_t store[4]);
uint32_t gcoap_block_size(const struct gcoap_block *b);
/* 0 and *@szx for 16, 32 … 1024; GCOAP_ERANGE. */
int gcoap_block_szx(uint32_t size, uint8_t *szx);

#endif
