/* Writing what an endpoint sends and receives to a pcap file. */
#include <stdlib.h>
#include <gcoap/net.h>
#include "module.h"
#include "packet.h"

#define PACKET_MOST 65600

struct gcoap_capture {
	const struct gcoap__module_capture *module;
	void *writer;
	gcoap_time wall; /* the offset at the start: a step of the wall clock disorders nothing */
	bool lost;
	uint8_t packet[PACKET_MOST];
};

int gcoap_capture_open(struct gcoap_capture **out, const char *path)
{
	const struct gcoap__module_capture *module = gcoap__module("capture");
	struct gcoap_capture *c;

	*out = NULL;
	if (!module)
		return GCOAP_EUNSUPPORTED;
	c = malloc(sizeof(*c));
	if (!c)
		return GCOAP_ENOMEM;
	c->module = module;
	c->wall = gcoap_wall_offset();
	c->lost = false;
	c->writer = module->create(path);
	if (!c->writer) {
		free(c);
		return GCOAP_ESYSTEM;
	}
	*out = c;
	return 0;
}

int gcoap_capture_write(struct gcoap_capture *c, enum gcoap_direction dir,
			const struct gcoap_datagram *d)
{
	int n = gcoap__packet_build(d, c->packet, sizeof(c->packet));

	if (n < 0) {
		c->lost = true;
		return n;
	}
	c->module->write(c->writer, d->at + c->wall,
			 (struct gcoap_bytes){ c->packet, (size_t)n });
	return 0;
}

int gcoap_capture_close(struct gcoap_capture **c)
{
	int r;

	if (!*c)
		return 0;
	r = (*c)->module->finish((*c)->writer);
	if (r == 0 && (*c)->lost)
		r = GCOAP_EINVALID;
	free(*c);
	*c = NULL;
	return r;
}
