#include "target_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gcoap_addr tx_addr(const char *text)
{
	struct gcoap_addr a;

	if (gcoap_addr_parse(&a, text, GCOAP_PORT) < 0) {
		fprintf(stderr, "%s: not an address\n", text);
		abort();
	}
	return a;
}

void tx_allow_group(struct tx *x, const char *uri, const char *addr)
{
	struct gcoap_proxy_group *g = &x->groups[x->config.n_groups++];

	if (gcoap_uri_parse(&g->uri, uri, NULL) < 0)
		abort();
	g->addr = tx_addr(addr);
}

void tx_init(struct tx *x)
{
	memset(x, 0, sizeof(*x));
	gcoap_registry_init(&x->registry);
	x->config = (struct gcoap_proxy_config)GCOAP_PROXY_CONFIG_DEFAULT;
	x->config.registry = &x->registry;
	x->config.clients = x->clients;
	x->config.groups = x->groups;
	x->config.targets = x->targets;
	x->config.ours = x->ours;
	x->clients[0].net = tx_addr("10.77.0.0");
	x->clients[0].prefix = 24;
	x->config.n_clients = 1;
	tx_allow_group(x, "coap://224.0.1.187", "224.0.1.187");
	tx_allow_group(x, "coap://224.0.1.187:5685", "224.0.1.187:5685");
	tx_allow_group(x, "coap://[ff35:30:2001:db8::1234]:5685",
		       "[ff35:30:2001:db8::1234]:5685");
	x->targets[0] = (struct gcoap_proxy_target){ tx_addr("192.0.2.0"), 24 };
	x->targets[1] = (struct gcoap_proxy_target){ tx_addr("2001:db8::"), 32 };
	x->config.n_targets = 2;
	x->ours[0] = tx_addr("10.77.0.20");
	x->config.n_ours = 1;
	x->client.transport = GCOAP_SCHEME_COAP;
	x->client.addr = tx_addr("10.77.0.9:40000");
	x->client.local = x->ours[0];
}

void tx_hex(struct tx *x, const char *hex)
{
	int n = gcoap_hex_decode(hex, strlen(hex), x->data, sizeof(x->data));

	if (n < 0 || gcoap_msg_decode(&x->msg, (struct gcoap_bytes){ x->data, (size_t)n }, NULL))
		abort();
	x->len = (size_t)n;
}

void tx_get(struct tx *x)
{
	gcoap_msg_init(&x->msg, GCOAP_CON, GCOAP_GET);
	x->len = 0;
}

void tx_option(struct tx *x, uint16_t number, const void *value, size_t len)
{
	uint8_t *copy = x->data + x->len;

	if (len > sizeof(x->data) - x->len)
		abort();
	memcpy(copy, value, len);
	x->len += len;
	if (gcoap_msg_add(&x->msg, number, (struct gcoap_bytes){ copy, len }) < 0)
		abort();
}

void tx_text(struct tx *x, uint16_t number, const char *value)
{
	tx_option(x, number, value, strlen(value));
}

int tx_read(struct tx *x)
{
	return gcoap__target_read(&x->config, &x->client, &x->msg, &x->t, &x->refusal);
}

int tx_judge(struct tx *x)
{
	int code = tx_read(x);

	return code ? code : gcoap__policy(&x->config, &x->client, &x->t, &x->refusal);
}

int tx_uri(struct tx *x, const char *uri)
{
	tx_get(x);
	tx_text(x, GCOAP_PROXY_URI, uri);
	return tx_judge(x);
}

char *tx_sent(struct tx *x, uint16_t mid, uint16_t token, char *buf, size_t cap)
{
	uint8_t bytes[2048], t[2] = { (uint8_t)(token >> 8), (uint8_t)token };
	int n;

	x->t.msg.type = GCOAP_NON;
	x->t.msg.mid = mid;
	gcoap_msg_set_token(&x->t.msg, t, sizeof(t));
	n = gcoap_msg_encode(&x->t.msg, bytes, sizeof(bytes));
	if (n < 0)
		abort();
	gcoap_hex_encode((struct gcoap_bytes){ bytes, (size_t)n }, buf, cap);
	return buf;
}
