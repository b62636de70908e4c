/* Putting the blocks of a body together (RFC 7959, Section 2.4): no clock, no messages out. */
#ifndef GCOAP_ENGINE_BODY_H
#define GCOAP_ENGINE_BODY_H

#include <gcoap/block.h>
#include <gcoap/msg.h>

struct gcoap__body {
	uint8_t *data;
	size_t len, cap;
	uint32_t max_body, max_blocks;
	uint64_t *held, max_held; /* bytes that all bodies may take, and do */
	uint32_t blocks;
	uint8_t code;
	uint8_t szx; /* of the last block: may shrink, never grow */
	uint8_t etag_len;
	uint8_t etag[8];
	int32_t content_format; /* -1: none */
	int64_t size2;		/* what the server says the size is; -1: nothing. A hint */
	char problem[64];
};

enum gcoap__body_step {
	GCOAP__BODY_MORE,     /* ask for the block at @len */
	GCOAP__BODY_COMPLETE,
	GCOAP__BODY_CHANGED,  /* a block of another representation; nothing was taken */
	GCOAP__BODY_FAILED    /* @problem says why; what came before is kept */
};

void gcoap__body_init(struct gcoap__body *b, uint32_t max_body, uint32_t max_blocks,
		      uint64_t *held, uint64_t max_held);
/* Drop what was put together, to begin again. */
void gcoap__body_clear(struct gcoap__body *b);
/* Take the payload of a response: the first block, or the one that continues the body. */
enum gcoap__body_step gcoap__body_take(struct gcoap__body *b, const struct gcoap_msg *msg);
/* "1 MiB", "64 KiB", "100 B". */
void gcoap__size_format(uint64_t size, char *buf, size_t cap);

#endif
