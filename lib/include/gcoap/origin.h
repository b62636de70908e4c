/*
 * Who a response comes from when a proxy stands between: Response-Forwarding (tp_info) and
 * Reply-From (CRI), to structures and back.
 */
#ifndef GCOAP_ORIGIN_H
#define GCOAP_ORIGIN_H

#include <gcoap/addr.h>
#include <gcoap/uri.h>

/* How an absent or null srv_port reads: four texts, four readings. */
enum gcoap_port_reading {
	GCOAP_PORT_TILOCA_03, /* absent: the group URI's port; null: 5683 */
	GCOAP_PORT_BIS_03,    /* absent: 5683; null: 5683 */
	GCOAP_PORT_SLIDES_05, /* absent and null: the group URI's port */
	GCOAP_PORT_WGP_00     /* absent: the transport's default; null: the group URI's port */
};

/* An origin server. */
struct gcoap_origin {
	enum gcoap_scheme scheme; /* from tp_id or the CRI's scheme */
	bool transport_unknown;	  /* tp_id or scheme is not one of ours */
	struct gcoap_addr addr;	  /* family 0 when only a name is known */
	char host[GCOAP_HOST_MAX + 1]; /* CRI with a host name, else "" */
	struct gcoap_addr behind; /* Reply-From's second element; family 0: none */
	char behind_host[GCOAP_HOST_MAX + 1];
	char behind_path[GCOAP_URI_MAX]; /* "/s1": segments of the second element, "" when none */
};

/*
 * Decode a Response-Forwarding value; @group_port fills ports according to @reading.
 * GCOAP_EMALFORMED with the byte in @diag for everything protocol text refuses: not an array of
 * 2 or 3, tag other than 260, 4 or 16 address bytes not given, port above 65535, bytes behind
 * it, tp_id 0.
 */
int gcoap_tp_info_decode(struct gcoap_bytes value, enum gcoap_port_reading reading,
			 uint16_t group_port, struct gcoap_origin *out,
			 struct gcoap_diag *diag);
/* As above, of the first item of a CBOR sequence; returns the bytes it took. */
int gcoap_tp_info_decode_prefix(struct gcoap_bytes value, enum gcoap_port_reading reading,
				uint16_t group_port, struct gcoap_origin *out,
				struct gcoap_diag *diag);
/* Always with an explicit port. Returns the length; GCOAP_ESPACE, GCOAP_EINVALID. */
int gcoap_tp_info_encode(const struct gcoap_origin *origin, uint8_t *buf, size_t cap);

/* Decode a Reply-From value: one or two CRIs. GCOAP_EMALFORMED, GCOAP_ELIMIT. */
int gcoap_reply_from_decode(struct gcoap_bytes value, struct gcoap_origin *out,
			    struct gcoap_diag *diag);
int gcoap_reply_from_encode(const struct gcoap_origin *origin, uint8_t *buf, size_t cap);

/* "coap://192.0.2.1:5683": scheme and authority, the port always printed. Returns the length,
 * GCOAP_ESPACE. */
int gcoap_origin_format(const struct gcoap_origin *origin, char *buf, size_t cap);

#endif
