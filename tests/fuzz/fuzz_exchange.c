/*
 * Whole exchanges through the four verbs. The first byte chooses what is asked; then come
 * operations: a byte for source, token and time, a length, and a datagram of so many bytes; or
 * another ask, an observation, the end, or the end after all servers were told.
 */
#include "fuzz_engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int refuse_nothing(struct gcoap_sink *to, const struct gcoap_malformed *m)
{
	must(m->diag.name && m->diag.what && m->diag.at <= m->data.len);
	return 0;
}

static void ask(struct driven *d, uint8_t how, bool observe)
{
	struct gcoap_observe watch = { .cancel = (enum gcoap_cancel)(how >> 1 & 3) % 3,
				       .reregister = how & 32 ? 20 * GCOAP_SECOND : 0,
				       .keep_listening = how & 128,
				       .max_rate = 4 };
	static uint8_t large[3000];
	struct gcoap_addr awaited[2] = { source(0), source(1) };
	struct gcoap_ask a = GCOAP_ASK_DEFAULT;
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, how & 64 ? GCOAP_FETCH : GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "r");
	a.request = &m;
	a.group = how & 1;
	a.to = a.group ? (struct gcoap_addr){ .family = 4, .port = 5683,
					      .bytes = { 224, 0, 1, 187 } }
		       : source(0);
	a.confirmable = !a.group && how & 2;
	if (!a.group && how & 4)
		m.payload = (struct gcoap_bytes){ large, sizeof(large) };
	a.first = how & 8;
	a.expect = how & 16 ? 2 : 0;
	a.repeat = how & 32 ? 2 : 0;
	a.repeat_new_mid = how & 2;
	a.idle = how & 4 ? GCOAP_SECOND : 0;
	a.expect_from = awaited;
	a.n_expect_from = how & 64 ? 2 : 0;
	a.show_duplicates = how & 128;
	a.show_late = how & 128;
	a.max_answers = 50;
	if (observe) {
		a.observe = &watch;
		d->observed = 1;
	}
	d->max_body = a.max_body;
	d->max_blocks = a.max_blocks;
	gcoap_client_ask(d->client, &a, d->now);
	flush(d);
}

/* Let a datagram carry a token of ours, so that it gets further in. */
static void receive_as(struct driven *d, uint8_t op, const uint8_t *data, size_t len)
{
	unsigned from = op & 3;
	const struct gcoap_msg *asked = op & 4 ? &d->asked[from] : &d->group;
	struct gcoap_addr a = source(from);
	uint8_t bytes[4 + 8 + 255];

	if (op & 8 && asked->token_len == 8 && len >= 4) {
		memcpy(bytes, data, 4);
		bytes[0] = (uint8_t)((bytes[0] & 0xf0) | 8);
		if ((bytes[0] >> 4 & 3) >= GCOAP_ACK) {
			bytes[2] = (uint8_t)(asked->mid >> 8);
			bytes[3] = (uint8_t)asked->mid;
		}
		memcpy(bytes + 4, asked->token, 8);
		memcpy(bytes + 12, data + 4, len - 4);
		data = bytes;
		len += 8;
	}
	if (op & 16)
		a.port = op & 32 ? 0 : 5000;
	receive(d, a, data, len);
	if (op & 64)
		pass(d, (op & 128 ? 8 : 2) * GCOAP_SECOND);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct driven d = { .sink = { .response = count_response,
				      .malformed = refuse_nothing,
				      .notification = count_notification,
				      .stale = count_stale } };
	size_t i = 1, len;
	int asks = 0;

	if (size < 1 || start(&d) < 0)
		return 0;
	ask(&d, data[0], false);
	while (i + 2 <= size) {
		uint8_t op = data[i++];

		len = data[i++];
		if (len > size - i)
			len = size - i;
		if (op >= 0xfd && op != 0xfe && asks++ < 8)
			ask(&d, (uint8_t)len, op == 0xfd);
		else if (op == 0xfc)
			gcoap_client_cancel(d.client, GCOAP_ENDED_INTERRUPT, d.now);
		else if (op == 0xfe)
			gcoap_client_stop(d.client, GCOAP_ENDED_INTERRUPT, d.now);
		else
			receive_as(&d, op, data + i, len);
		if (op < 0xfc)
			i += len;
	}
	finish(&d);
	return 0;
}
