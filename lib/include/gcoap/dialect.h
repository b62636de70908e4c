/* The two dialects of the group drafts, as two rows of data. */
#ifndef GCOAP_DIALECT_H
#define GCOAP_DIALECT_H

#include <gcoap/option.h>

/* A row tells what we SEND in a dialect; both are always decoded. */
struct gcoap_dialect {
	const char *name;			 /* "tiloca-05", "ietf" */
	enum gcoap_draft_option timeout;	 /* Multicast-Signaling / Multicast-Timeout */
	enum gcoap_draft_option server_address;	 /* Response-Forwarding / Reply-From */
	enum gcoap_draft_option group_etag;
	bool multi_etag;	   /* Multi-ETag per server */
	bool etag_in_group;	   /* plain ETag in a group GET */
	bool early_stop;	   /* Early Stop Request */
	bool no_response_overrides; /* No-Response can make a server send what it would
				       suppress; else it only suppresses more */
	bool repeat_same_mid;	   /* default of --repeat-mid */
};

extern const struct gcoap_dialect gcoap_dialects[2];
/* NULL when there is no such name. */
const struct gcoap_dialect *gcoap_dialect_find(const char *name);

#endif
