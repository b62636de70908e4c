/* Block1: a large payload to one server (RFC 7959, Section 2.5). Never to a group. */
#ifndef GCOAP_ENGINE_UPLOAD_H
#define GCOAP_ENGINE_UPLOAD_H

#include <gcoap/msg.h>
#include <gcoap/time.h>

struct gcoap__exchange;

struct gcoap__upload {
	bool on;
	bool restarted; /* after a 4.08, once */
	bool echoed;
	uint8_t szx;
	size_t at;		 /* where the block sent last begins */
	struct gcoap_bytes all;	 /* the whole payload */
	uint8_t block1[4], size1[4];
	uint8_t echo[40];
};

/* Cut the payload of a request that is too large for one block. GCOAP_ELIMIT. */
int gcoap__upload_init(struct gcoap__exchange *x);
/* A response to a block: true when the exchange goes on with another block, false when it is
 * the response to the whole request. */
bool gcoap__upload_recv(struct gcoap__exchange *x, const struct gcoap_msg *msg,
			gcoap_time now);

#endif
