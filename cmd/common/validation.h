/* What gcoap-etag tells of each server. */
#ifndef VALIDATION_H
#define VALIDATION_H

#include <gcoap/validate.h>

struct validation_record {
	uint32_t id; /* of the request */
	const char *uri; /* that was asked */
	bool several; /* of several such: to be told apart */
	const struct gcoap_validation *found;
	const char *means; /* "multi-etag", "etag", "group-etag", "unicast"; NULL: none */
	struct gcoap_bytes body;
	int32_t content_format; /* -1: none */
	bool has_body;		/* that was sent now */
};

#endif
