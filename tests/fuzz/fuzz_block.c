/*
 * F4: re-assembly of bodies, as a stream of operations of four bytes: source and time; NUM (two
 * bytes, ffxx: what the client asks for); SZX, M, ETag and length. A body that is complete
 * holds bytes of one representation only, and no limit is passed.
 */
#include "fuzz_engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int check_body(struct gcoap_sink *to, const struct gcoap_response *r)
{
	for (size_t i = 1; r->complete && i < r->body.len; i++)
		must(r->body.ptr[i] == r->body.ptr[0]);
	return count_response(to, r);
}

static void give_block(struct driven *d, const uint8_t op[4], uint16_t mid)
{
	static const uint16_t lengths[] = { 0, 1, 0, 2 };
	unsigned from = op[0] & 3;
	const struct gcoap_msg *asked = d->asked[from].token_len ? &d->asked[from] : &d->group;
	struct gcoap_block b = { .num = (uint32_t)(op[1] << 8 | op[2]), .more = op[3] >> 3 & 1,
				 .szx = op[3] & 7 };
	uint8_t payload[2100], bytes[2300], store[4], size2[4], version = op[3] >> 4 & 3;
	size_t full = b.szx < 7 ? gcoap_block_size(&b) : 1024;
	struct gcoap_msg m;
	int len;

	if (op[0] & 4)
		asked = &d->group;
	if (op[1] == 0xff)
		b.num = asked == &d->group ? 0 : d->wanted[from];
	memset(payload, version, sizeof(payload));
	gcoap_msg_init(&m, op[0] & 8 ? GCOAP_CON : GCOAP_NON, GCOAP_CONTENT);
	m.mid = mid;
	gcoap_msg_set_token(&m, asked->token, asked->token_len);
	if (version) {
		gcoap_msg_add(&m, GCOAP_ETAG, (struct gcoap_bytes){ &version, 1 });
		gcoap_msg_add_uint(&m, GCOAP_CONTENT_FORMAT, version / 2, size2);
	} else {
		memset(payload, 0, sizeof(payload));
	}
	if (op[0] & 16)
		gcoap_msg_add_uint(&m, GCOAP_SIZE2, UINT32_MAX, size2);
	gcoap_msg_add(&m, GCOAP_BLOCK2,
		      (struct gcoap_bytes){ store, gcoap_block_encode(&b, store) });
	m.payload = (struct gcoap_bytes){ payload, op[3] >> 6 & 1 ? full + lengths[op[0] & 3] - 1
								  : full };
	len = gcoap_msg_encode(&m, bytes, sizeof(bytes));
	if (len > 0)
		receive(d, source(op[0] & 32 ? from + 1 : from), bytes, (size_t)len);
	if (op[0] & 64)
		pass(d, (op[0] & 128 ? 40 : 3) * GCOAP_SECOND);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct driven d = { .sink = { .response = check_body } };
	struct gcoap_ask ask = GCOAP_ASK_DEFAULT;
	struct gcoap_msg m;

	if (size < 1 || start(&d) < 0)
		return 0;
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	ask.request = &m;
	ask.to = (struct gcoap_addr){ .family = 4, .port = 5683, .bytes = { 224, 0, 1, 187 } };
	ask.group = true;
	ask.block_szx = data[0] % 7;
	ask.max_body = d.max_body = 1u << (data[0] >> 4);
	ask.max_blocks = d.max_blocks = (data[0] & 8) ? 4 : 4096;
	must(gcoap_client_ask(d.client, &ask, d.now) == 1);
	flush(&d);
	for (size_t i = 1; i + 4 <= size; i += 4)
		give_block(&d, data + i, (uint16_t)i);
	finish(&d);
	return 0;
}
