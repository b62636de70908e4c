/* The UDP datagrams of a pcap or pcapng file. */
#include <gcoap/net.h>
#include "module.h"
#include "packet.h"

static int read_all(const struct gcoap__module_capture *m, void *file, int linktype,
		    int (*each)(void *arg, const struct gcoap_datagram *d), void *arg,
		    uint64_t *others)
{
	struct gcoap_bytes packet;
	struct gcoap_datagram d;
	gcoap_time at;
	int r;

	while ((r = m->next(file, &at, &packet)) > 0) {
		if (gcoap__packet_parse(linktype, packet, &d) < 0) {
			if (others)
				(*others)++;
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
		       void *arg, uint64_t *others, struct gcoap_diag *diag)
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
	r = read_all(m, file, linktype, each, arg, others);
	m->close(file);
	if (r == GCOAP_EMALFORMED)
		return gcoap_fail(diag, r, 0, "pcap", "the file ends in the middle of a packet");
	return r < 0 ? r : 0;
}
