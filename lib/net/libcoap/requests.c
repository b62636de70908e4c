/* Every request reaches us: any method, any path, with or without Proxy-*. */
#include "hub.h"
#include <string.h>

/* Is the ACK ours to send? That of a request with Proxy-Uri or Proxy-Scheme is libcoap's, unless
 * it was withheld. */
static bool ack_is_ours(struct conn *c, coap_resource_t *resource, const coap_pdu_t *request)
{
	bool withheld = c && c->unacknowledged;

	if (c)
		c->unacknowledged = false;
	return c && !c->reliable && coap_pdu_get_type(request) == COAP_MESSAGE_CON &&
	       (withheld || !coap_resource_get_userdata(resource));
}

static void on_request(coap_resource_t *resource, coap_session_t *session,
		       const coap_pdu_t *request, const coap_string_t *query, coap_pdu_t *response)
{
	struct conn *c = conn_of(session);
	struct gcoap_option *hops;
	struct gcoap_msg msg;
	uint8_t hop_limit;
	bool ours = ack_is_ours(c, resource, request);

	/* The answer is always a message of our own, and libcoap's has no code: it is not sent. */
	coap_pdu_set_type(response, COAP_MESSAGE_NON);
	if (!c || c->ended || !conn_establish(c))
		return;
	if (!c->reliable && conn_seen(c, (uint16_t)coap_pdu_get_mid(request))) {
		if (ours)
			acks_repeat(c, request);
		return;
	}
	if (ours)
		acks_hold(c, request);
	if (libcoap_msg(&msg, request) < 0) {
		coap_pdu_set_code(response, COAP_RESPONSE_CODE_BAD_OPTION);
		return;
	}
	hops = (struct gcoap_option *)(uintptr_t)gcoap_msg_find(&msg, GCOAP_HOP_LIMIT);
	if (hops && hops->value.len == 1) {
		hop_limit = (uint8_t)(hops->value.ptr[0] + 1); /* libcoap has taken one */
		hops->value.ptr = &hop_limit;
	}
	c->hub->config.message(c->session, &msg);
}

static const coap_request_t methods[] = {
	COAP_REQUEST_GET, COAP_REQUEST_POST, COAP_REQUEST_PUT, COAP_REQUEST_DELETE,
	COAP_REQUEST_FETCH, COAP_REQUEST_PATCH, COAP_REQUEST_IPATCH,
};

/* Without an entry of its own, libcoap answers /.well-known/core by itself. */
int requests_init(struct hub *h)
{
	static const char *nobody[] = { " " }; /* no host is called so: none is ours */
	coap_resource_t *proxy = coap_resource_proxy_uri_init(on_request, 1, nobody);
	coap_resource_t *core = coap_resource_init(coap_make_str_const(".well-known/core"), 0);
	coap_resource_t *rest = coap_resource_unknown_init(on_request);

	for (size_t i = 0; core && rest && i < sizeof(methods) / sizeof(*methods); i++) {
		coap_register_request_handler(core, methods[i], on_request);
		coap_register_request_handler(rest, methods[i], on_request);
	}
	if (proxy)
		coap_resource_set_userdata(proxy, h); /* tells it from the others */
	if (proxy)
		coap_add_resource(h->coap, proxy);
	if (core)
		coap_add_resource(h->coap, core);
	if (rest)
		coap_add_resource(h->coap, rest);
	return proxy && core && rest ? 0 : GCOAP_ENOMEM;
}
