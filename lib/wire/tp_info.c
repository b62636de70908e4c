/*
 * tp_info, the value of Response-Forwarding and the first item of Multi-ETag: an array of
 * tp_id, address under tag 260 and port (groupcomm-bis-03, Section 3.2.2.1).
 */
#include <gcoap/origin.h>

#include <string.h>

#include <gcoap/cbor.h>

#include "cbor_read.h"

#define TAG_ADDRESS 260

/* By tp_id (core-observe-multicast-notifications-00, Section 14.4); 0 is reserved. */
static const enum gcoap_scheme transports[] = {
	[1] = GCOAP_SCHEME_COAP,     [2] = GCOAP_SCHEME_COAPS,	 [3] = GCOAP_SCHEME_COAP_TCP,
	[4] = GCOAP_SCHEME_COAPS_TCP, [5] = GCOAP_SCHEME_COAP_WS, [6] = GCOAP_SCHEME_COAPS_WS,
};
#define N_TRANSPORTS (sizeof(transports) / sizeof(transports[0]))

static int bad(const struct gcoap__cbor_reader *r, size_t at, const char *name, const char *what)
{
	return gcoap__cbor_fail(r, GCOAP_EMALFORMED, at, name, what);
}

static int read_id(struct gcoap__cbor_reader *r, struct gcoap_origin *out)
{
	struct gcoap__cbor_head h;
	int err = gcoap__cbor_head(r, &h);

	if (err < 0)
		return err;
	if (h.major != CBOR_UINT && h.major != CBOR_NINT)
		return bad(r, h.at, "tp-info-id", "tp_id is not an integer");
	if (h.major == CBOR_UINT && h.arg == 0)
		return bad(r, h.at, "tp-info-id", "tp_id 0 is reserved");
	if (h.major == CBOR_UINT && h.arg < N_TRANSPORTS)
		out->scheme = transports[h.arg];
	else
		out->transport_unknown = true;
	return 0;
}

static int read_address(struct gcoap__cbor_reader *r, struct gcoap_origin *out)
{
	struct gcoap__cbor_head h;
	int err = gcoap__cbor_head(r, &h);

	if (err < 0)
		return err;
	if (h.major != CBOR_TAG || h.arg != TAG_ADDRESS)
		return bad(r, h.at, "tp-info-tag", "an address under tag 260 is expected");
	err = gcoap__cbor_head(r, &h);
	if (err < 0)
		return err;
	if (h.major != CBOR_BYTES || h.indefinite || (h.arg != 4 && h.arg != 16))
		return bad(r, h.at, "tp-info-address", "an address has 4 or 16 bytes");
	out->addr.family = h.arg == 4 ? 4 : 6;
	memcpy(out->addr.bytes, gcoap__cbor_string(r, &h).ptr, (size_t)h.arg);
	return 0;
}

static uint16_t absent_port(enum gcoap_port_reading reading, uint16_t group_port,
			    const struct gcoap_origin *o)
{
	switch (reading) {
	case GCOAP_PORT_TILOCA_03:
	case GCOAP_PORT_SLIDES_05:
		return group_port;
	case GCOAP_PORT_BIS_03:
		return GCOAP_PORT;
	case GCOAP_PORT_WGP_00:
		return gcoap_scheme_port(o->scheme);
	}
	return GCOAP_PORT;
}

static uint16_t null_port(enum gcoap_port_reading reading, uint16_t group_port)
{
	switch (reading) {
	case GCOAP_PORT_TILOCA_03:
	case GCOAP_PORT_BIS_03:
		return GCOAP_PORT;
	case GCOAP_PORT_SLIDES_05:
	case GCOAP_PORT_WGP_00:
		return group_port;
	}
	return GCOAP_PORT;
}

static int read_port(struct gcoap__cbor_reader *r, enum gcoap_port_reading reading,
		     uint16_t group_port, struct gcoap_origin *out)
{
	struct gcoap__cbor_head h;
	int err = gcoap__cbor_head(r, &h);

	if (err < 0)
		return err;
	if (gcoap__cbor_is_simple(&h, CBOR_NULL)) {
		out->addr.port = null_port(reading, group_port);
		return 0;
	}
	if (h.major != CBOR_UINT || h.arg == 0 || h.arg > 65535)
		return bad(r, h.at, "tp-info-port", "a port is null or a number from 1 to 65535");
	out->addr.port = (uint16_t)h.arg;
	return 0;
}

static int read_tp_info(struct gcoap__cbor_reader *r, enum gcoap_port_reading reading,
			uint16_t group_port, struct gcoap_origin *out)
{
	struct gcoap__cbor_head h;
	int err = gcoap__cbor_head(r, &h);

	if (err < 0)
		return err;
	if (h.major != CBOR_ARRAY || h.indefinite || (h.arg != 2 && h.arg != 3))
		return bad(r, h.at, "tp-info-array", "an array of 2 or 3 items is expected");
	err = read_id(r, out);
	if (err < 0)
		return err;
	err = read_address(r, out);
	if (err < 0)
		return err;
	if (h.arg == 3)
		return read_port(r, reading, group_port, out);
	out->addr.port = absent_port(reading, group_port, out);
	return 0;
}

int gcoap_tp_info_decode_prefix(struct gcoap_bytes value, enum gcoap_port_reading reading,
				uint16_t group_port, struct gcoap_origin *out,
				struct gcoap_diag *diag)
{
	struct gcoap__cbor_reader r = { value, 0, diag };

	memset(out, 0, sizeof(*out));
	if (read_tp_info(&r, reading, group_port, out) < 0)
		return GCOAP_EMALFORMED; /* an option's value that ends early is no other case */
	return (int)r.pos;
}

int gcoap_tp_info_decode(struct gcoap_bytes value, enum gcoap_port_reading reading,
			 uint16_t group_port, struct gcoap_origin *out, struct gcoap_diag *diag)
{
	int n = gcoap_tp_info_decode_prefix(value, reading, group_port, out, diag);

	if (n < 0)
		return n;
	if ((size_t)n < value.len)
		return gcoap_fail(diag, GCOAP_EMALFORMED, (size_t)n, "tp-info-trailing",
				  "nothing may follow the array");
	return 0;
}

int gcoap_tp_info_encode(const struct gcoap_origin *origin, uint8_t *buf, size_t cap)
{
	struct gcoap_cbor_writer w = { buf, cap, 0 };
	size_t size = gcoap_addr_size(&origin->addr);
	uint8_t id = 1;

	while (id < N_TRANSPORTS && transports[id] != origin->scheme)
		id++;
	if (id == N_TRANSPORTS || origin->transport_unknown || !size || !origin->addr.port)
		return GCOAP_EINVALID;
	gcoap_cbor_write_array(&w, 3);
	gcoap_cbor_write_uint(&w, id);
	gcoap_cbor_write_tag(&w, TAG_ADDRESS);
	gcoap_cbor_write_bytes(&w, (struct gcoap_bytes){ origin->addr.bytes, size });
	gcoap_cbor_write_uint(&w, origin->addr.port);
	return gcoap_cbor_written(&w);
}
