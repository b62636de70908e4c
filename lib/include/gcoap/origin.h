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
	char host[GCOAP_HOST_MAX + 1]; /* CRI with a host name, else ""; see below */
	char zone[32];		  /* zone-id of the CRI, as its sender calls it; mostly "" */
	struct gcoap_addr behind; /* Reply-From's second element; family 0: none or a name;
				   * port 0: it has none */
	char behind_host[GCOAP_HOST_MAX + 1];
	char behind_zone[32];
	char behind_path[GCOAP_URI_MAX]; /* "/s1": segments of the second element, "" when none */
};

/*
 * Host names, zones and paths of CRIs come from the network: here they are in the form that a
 * URI has, lower case and with every byte that is not unreserved as %XX, also a dot inside a
 * label. So they neither end early nor hold what a terminal obeys.
 *
 * Decode a Response-Forwarding value; @group_port fills ports according to @reading.
 * GCOAP_EMALFORMED with the byte in @diag for everything protocol text refuses ("tp-info-array":
 * not an array of 2 or 3; "tp-info-id": 0 or no integer; "tp-info-tag": other than 260;
 * "tp-info-address": not 4 or 16 bytes; "tp-info-port": 0 or above 65535; "tp-info-trailing";
 * "cbor-short" and the like).
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

/*
 * Decode a Reply-From value: one or two CRIs (groupcomm-proxy-07, Section 3) in shortest form.
 * GCOAP_EMALFORMED, GCOAP_ELIMIT, with "reply-from-array", "reply-from-items",
 * "reply-from-behind", "cri-scheme", "cri-authority", "cri-host", "cri-port", "cri-path",
 * "cri-user-info", "cri-long", "cri-not-shortest", "cri-indefinite" or the scan's names.
 */
int gcoap_reply_from_decode(struct gcoap_bytes value, struct gcoap_origin *out,
			    struct gcoap_diag *diag);
/* Ports that are the scheme's default are left out. GCOAP_ESPACE, GCOAP_EINVALID. */
int gcoap_reply_from_encode(const struct gcoap_origin *origin, uint8_t *buf, size_t cap);

/* "coap://192.0.2.1:5683": scheme ("unknown" when it is) and authority of the server, the port
 * always printed. Always NUL-terminated; returns the length, GCOAP_ESPACE. */
int gcoap_origin_format(const struct gcoap_origin *origin, char *buf, size_t cap);

#endif
