/* What a discovery found, as records for renderers: servers, their links, and changes. */
#ifndef LINKS_H
#define LINKS_H

#include <gcoap/addr.h>
#include <gcoap/link.h>
#include <gcoap/time.h>
#include "jsonw.h"

struct link_server {
	const char *server; /* "127.0.0.10:5683" */
	struct gcoap_addr addr;
	const char *group, *base; /* of a Resource Directory's group; NULL: a server itself */
	uint32_t links;		  /* that follow */
	gcoap_time rtt;		  /* -1: not measured */
	uint8_t code;
	const char *problem; /* with its document; NULL: none */
};

struct link_record {
	uint32_t id; /* of the request; 0: none */
	const struct link_server *server;
	const struct gcoap_link *link;
	const char *origin; /* "coap://127.0.0.10"; "" when it is not known */
};

enum link_change_kind { LINK_NEW, LINK_LOST, LINK_CHANGED };
const char *link_change_name(enum link_change_kind k); /* "new" … */

struct link_change {
	enum link_change_kind kind;
	const char *server, *href, *uri; /* href NULL: the server itself; uri may be NULL */
	const char *attrs, *old_attrs;	 /* JSON text, or NULL */
	const char *detail;		 /* for people: what is another */
	uint32_t links;			 /* of a new or lost server */
};

/* The absolute URI of a link's target into @buf; NULL when its reference is none,
 * or relative to an origin that is not known. */
const char *link_uri(const struct link_record *l, char *buf, size_t cap);
/* Its path and query as the filter "href" sees them. */
bool link_href_matches(const struct link_record *l, const char *pattern);

/* {"rt":["temperature"],"ct":[110],"obs":true}: of repeats the first. */
void link_attrs_json(struct jsonw *w, const struct gcoap_link *link);

#endif
