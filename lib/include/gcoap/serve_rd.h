/*
 * A Resource Directory (RFC 9176): endpoints register their links, others look them up. No
 * sockets and no clock; the handlers of three resources of a host call it. RD-Groups are
 * registrations with et=core.rd-group whose base is the group's URI (Appendix A).
 */
#ifndef GCOAP_SERVE_RD_H
#define GCOAP_SERVE_RD_H

#include <gcoap/serve.h>

struct gcoap_rd;

#define GCOAP_RD_NAME_MAX 63	/* bytes of ep and d */
#define GCOAP_RD_LIFETIME 90000 /* seconds without lt */
/* Where the handlers expect to be: locations are below the first. */
#define GCOAP_RD_PATH "/rd"
#define GCOAP_RD_PATH_ENDPOINTS "/rd-lookup/ep"
#define GCOAP_RD_PATH_RESOURCES "/rd-lookup/res"

/* Holds at most @max_entries registrations of @max_bytes together; one look-up's answer has
 * at most as many bytes. GCOAP_ENOMEM. */
int gcoap_rd_new(struct gcoap_rd **out, uint32_t max_entries, size_t max_bytes);
/* NULL is fine; *@rd is NULL after. */
void gcoap_rd_free(struct gcoap_rd **rd);
/* Registrations that a look-up shows at @now. */
uint32_t gcoap_rd_count(struct gcoap_rd *rd, gcoap_time now);

/*
 * Register as POST /rd?@params would: "ep=kitchen", "base=coap://192.0.2.1" … with @links in
 * link format; @from gives the base when none is in @params. Returns the code that a client
 * would hear: 2.01 (also for a known ep and d, whose links are replaced), 4.00, 5.03;
 * @why (may be NULL) is then a static text, else NULL. @id: the number of the location.
 */
uint8_t gcoap_rd_add(struct gcoap_rd *rd, const struct gcoap_bytes *params, size_t n,
		     struct gcoap_bytes links, const struct gcoap_addr *from, gcoap_time now,
		     uint32_t *id, const char **why);

/* Handlers, as of struct gcoap_resource: POST of GCOAP_RD_PATH, POST and DELETE of what is
 * below it, GET of the look-ups. 0, or GCOAP_ENOMEM. */
int gcoap_rd_register(struct gcoap_rd *rd, const struct gcoap_call *c, struct gcoap_reply *r);
int gcoap_rd_location(struct gcoap_rd *rd, const struct gcoap_call *c, struct gcoap_reply *r);
int gcoap_rd_endpoints(struct gcoap_rd *rd, const struct gcoap_call *c, struct gcoap_reply *r);
int gcoap_rd_resources(struct gcoap_rd *rd, const struct gcoap_call *c, struct gcoap_reply *r);

#endif
