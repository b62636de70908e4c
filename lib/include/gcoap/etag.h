/* Multi-ETag (groupcomm-bis-03, Section 3.2.2): per-server entity-tags in a group request. */
#ifndef GCOAP_ETAG_H
#define GCOAP_ETAG_H

#include <gcoap/origin.h>

#define GCOAP_ETAG_MAX 8
#define GCOAP_MULTI_ETAG_TAGS 16

struct gcoap_multi_etag {
	struct gcoap_origin server;
	size_t n;
	struct gcoap_bytes tags[GCOAP_MULTI_ETAG_TAGS]; /* 1 … 8 bytes each, borrowed */
};

/* GCOAP_EMALFORMED: first item no valid tp_info, no tag, a tag that is not 1 … 8 bytes;
 * GCOAP_ELIMIT: more than 16 tags. */
int gcoap_multi_etag_decode(struct gcoap_bytes value, struct gcoap_multi_etag *out,
			    struct gcoap_diag *diag);
/* Returns the length; GCOAP_ESPACE, GCOAP_EINVALID. */
int gcoap_multi_etag_encode(const struct gcoap_multi_etag *m, uint8_t *buf, size_t cap);

#endif
