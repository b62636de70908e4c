/* Requests of a client to a proxy, as far as their targets are read and allowed. */
#ifndef TARGET_FIXTURE_H
#define TARGET_FIXTURE_H

#include "proxy/target.h"

/* The proxy is 10.77.0.20:5683 and allows 10.77.0.0/24 the groups 224.0.1.187:5683,
 * 224.0.1.187:5685 and [ff35:30:2001:db8::1234]:5685, and the servers of 192.0.2.0/24 and
 * 2001:db8::/32. */
struct tx {
	struct gcoap_registry registry;
	struct gcoap_proxy_config config;
	struct gcoap_proxy_client clients[4];
	struct gcoap_proxy_group groups[8];
	struct gcoap_proxy_target targets[4];
	struct gcoap_addr ours[2];
	struct gcoap_peer client;
	uint8_t data[2048];
	size_t len;
	struct gcoap_msg msg;
	struct gcoap__target t;
	struct gcoap__refusal refusal;
};

void tx_init(struct tx *x);
struct gcoap_addr tx_addr(const char *text);
void tx_allow_group(struct tx *x, const char *uri, const char *addr);
/* The next request: in hex; with options of its own. */
void tx_hex(struct tx *x, const char *hex);
void tx_get(struct tx *x);
void tx_option(struct tx *x, uint16_t number, const void *value, size_t len);
void tx_text(struct tx *x, uint16_t number, const char *value);
/* Read it, and ask the policy. Each returns the code, 0: go on. */
int tx_read(struct tx *x);
int tx_judge(struct tx *x);
/* GET with this Proxy-Uri, judged. */
int tx_uri(struct tx *x, const char *uri);
/* What would be sent as NON with this Message ID and token, in hex. Returns @buf. */
char *tx_sent(struct tx *x, uint16_t mid, uint16_t token, char *buf, size_t cap);

#endif
