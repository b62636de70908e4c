/* The UDP datagrams of a pcap or pcapng file. */
#include <gcoap/net.h>
#include "module.h"
#include "packet.h"

static bool is_coap_port(uint16_t port)
{
	return port == GCOAP_PORT || port == GCOAP_PORT_SECURE;
}

static void count_left(struct gcoap_capture_left *left, const struct gcoap_datagram *d, int err)
{
	if (err == GCOAP_EUNSUPPORTED && d->truncated)
		left->fragments++;
	else if (err == GCOAP_EUNSUPPORTED &&
		 (is_coap_port(d->from.port) || is_coap_port(d->to.port)))
		left->tcp++;
	else
		left->others++;
}

static int read_all(const struct gcoap__module_capture *m, void *file, int linktype,
		    int (*each)(void *arg, const struct gcoap_datagram *d), void *arg,
		    struct gcoap_capture_left *left)
{
	struct gcoap_bytes packet;
	struct gcoap_datagram d;
	gcoap_time at;
	int r;

	while ((r = m->next(file, &at, &packet)) > 0) {
		r = gcoap__packet_parse(linktype, packet, &d);
		if (r < 0) {
			if (left)
				count_left(left, &d, r);
			continue;
		}
		d.at = at;
		r = each(arg, &d);
		if (r < 0)
			return r;
	}
	return r;
}

int gcoap_capture_read(const char *path, int (*each)(void *arg, const struct gcoap_datagram *d),
		       void *arg, struct gcoap_capture_left *left, struct gcoap_diag *diag)
{
	const struct gcoap__module_capture *m = gcoap__module("capture");
	int r, linktype;
	void *file;

	if (!m)
		return gcoap_fail(diag, GCOAP_EUNSUPPORTED, 0, "module", "capture.so is not there");
	r = m->open(&file, path, &linktype);
	if (r == GCOAP_ESYSTEM)
		return gcoap_fail(diag, r, 0, "open", "the file cannot be opened");
	if (r < 0)
		return gcoap_fail(diag, r, 0, "pcap", "this is not a pcap file");
	r = read_all(m, file, linktype, each, arg, left);
	m->close(file);
	if (r == GCOAP_EMALFORMED)
		return gcoap_fail(diag, r, 0, "pcap", "the file ends in the middle of a packet");
	return r < 0 ? r : 0;
}
