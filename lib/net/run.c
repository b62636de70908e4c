/* An engine, an endpoint and a loop in one call. */
#include <gcoap/net.h>

int gcoap_run(const struct gcoap_udp_config *config, struct gcoap_engine *engine)
{
	const struct gcoap_udp_config both = { .v4 = true, .v6 = true, .errors = true };
	struct gcoap_udp *udp = NULL;
	struct gcoap_loop *loop = NULL;
	int r = gcoap_udp_open(&udp, config ? config : &both, NULL);

	if (r >= 0)
		r = gcoap_loop_new(&loop);
	if (r >= 0)
		r = gcoap_loop_add(loop, udp, engine);
	if (r >= 0)
		r = gcoap_loop_run(loop);
	gcoap_loop_free(&loop);
	gcoap_udp_close(&udp);
	return r;
}
