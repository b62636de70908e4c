/* Messages and addresses, to libcoap's and back. */
#include "hub.h"
#include <stdlib.h>
#include <string.h>

/* libcoap edits a 5.08 on its way out: with a Hop-Limit in it, it may not be sent at all. */
static void unedited(struct gcoap_msg *m)
{
	if (m->code == GCOAP_HOP_LIMIT_REACHED)
		(void)gcoap_msg_remove(m, GCOAP_HOP_LIMIT);
}

coap_pdu_t *libcoap_parse(const uint8_t *bytes, size_t len)
{
	/* Parsed, not built: coap_add_option() would add options of its own. */
	coap_pdu_t *pdu = coap_pdu_init(0, 0, 0, len - 4);

	if (pdu && !coap_pdu_parse(COAP_PROTO_UDP, bytes, len, pdu)) {
		coap_delete_pdu(pdu);
		pdu = NULL;
	}
	return pdu;
}

coap_pdu_t *libcoap_pdu(const struct gcoap_msg *m, uint8_t type, uint16_t mid)
{
	struct gcoap_msg out = *m;
	coap_pdu_t *pdu = NULL;
	uint8_t *bytes;
	size_t size;
	int n;

	unedited(&out);
	out.type = type;
	out.mid = mid;
	size = gcoap_msg_size(&out);
	bytes = malloc(size);
	n = bytes ? gcoap_msg_encode(&out, bytes, size) : GCOAP_ENOMEM;
	if (n > 0)
		pdu = libcoap_parse(bytes, (size_t)n);
	free(bytes);
	return pdu;
}

int libcoap_msg(struct gcoap_msg *out, const coap_pdu_t *pdu)
{
	coap_bin_const_t token = coap_pdu_get_token(pdu);
	coap_opt_iterator_t it;
	const uint8_t *data;
	coap_opt_t *o;
	size_t len;

	gcoap_msg_init(out, (enum gcoap_type)coap_pdu_get_type(pdu), (uint8_t)coap_pdu_get_code(pdu));
	out->mid = (uint16_t)coap_pdu_get_mid(pdu);
	(void)gcoap_msg_set_token(out, token.s, token.length);
	if (!coap_option_iterator_init(pdu, &it, COAP_OPT_ALL))
		return 0; /* neither options nor payload */
	while ((o = coap_option_next(&it))) {
		if (out->n_options == GCOAP_OPTIONS_MAX)
			return GCOAP_ELIMIT;
		out->options[out->n_options++] = (struct gcoap_option){
			.number = it.number, .value = { coap_opt_value(o), coap_opt_length(o) } };
	}
	if (coap_get_data(pdu, &len, &data))
		out->payload = (struct gcoap_bytes){ data, len };
	return 0;
}

void libcoap_addr(struct gcoap_addr *out, const coap_address_t *a)
{
	if (gcoap_addr_from_sockaddr(out, &a->addr.sa) < 0)
		memset(out, 0, sizeof(*out));
}

void libcoap_address(coap_address_t *out, const struct gcoap_addr *a)
{
	struct sockaddr_storage ss;

	coap_address_init(out);
	out->size = gcoap_addr_to_sockaddr(a, &ss);
	memcpy(&out->addr, &ss, out->size);
}
