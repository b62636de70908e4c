/* Who answers, as clients of the reverse-proxy are told (groupcomm-proxy-07, Section 6.1). */
#include "target.h"

#include "target_read.h"

/* Mode B: our address that stands for the server. */
static int by_alias(const struct gcoap_proxy_config *config, const struct gcoap_peer *client,
		    const struct gcoap_addr *server, struct gcoap_origin *out)
{
	for (size_t i = 0; i < config->n_aliases; i++) {
		const struct gcoap_proxy_alias *a = &config->aliases[i];
		struct gcoap_addr row = a->server;

		gcoap__addr_unmap(&row);
		if (a->scheme != client->transport || !gcoap_addr_equal(&row, server))
			continue;
		*out = (struct gcoap_origin){ .scheme = client->transport, .addr = a->ours };
		if (!out->addr.port)
			out->addr.port = client->local.port;
		return 0;
	}
	return GCOAP_ENOTFOUND;
}

/*
 * Mode C: with tp_info the server's address, by the transport to us, which the client embeds in
 * the path again (groupcomm-proxy-00, Section 6.1); with CRIs ours and behind it the server.
 */
static void by_proxy(const struct gcoap_peer *client, bool cri, const struct gcoap_addr *server,
		    struct gcoap_origin *out)
{
	*out = (struct gcoap_origin){ .scheme = client->transport };
	out->addr = cri ? client->local : *server;
	if (cri)
		out->behind = *server;
}

int gcoap__standin(const struct gcoap_proxy_config *config, const struct gcoap__target *t,
		   const struct gcoap_peer *client, const struct gcoap_dialect *dialect,
		   const struct gcoap_origin *server, uint8_t *buf, size_t cap)
{
	bool cri = dialect->server_address == GCOAP_DRAFT_REPLY_FROM;
	struct gcoap_origin other;
	struct gcoap_addr addr = server->addr;
	int err = 0;

	gcoap__addr_unmap(&addr);
	if (t->reversed && config->standin == GCOAP_STANDIN_B)
		err = by_alias(config, client, &addr, &other);
	else if (t->reversed && config->standin == GCOAP_STANDIN_C)
		by_proxy(client, cri, &addr, &other);
	else
		other = *server;
	if (err < 0)
		return err;
	return cri ? gcoap_reply_from_encode(&other, buf, cap)
		   : gcoap_tp_info_encode(&other, buf, cap);
}
