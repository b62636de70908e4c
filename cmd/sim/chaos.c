/* The chaos profile: what servers in the field send, and what attackers might. */
#include "sim.h"

#include <string.h>

static void extra(struct gcoap_reply *r, uint16_t number, const void *value, size_t len)
{
	if (r->n_extra < sizeof(r->extra) / sizeof(*r->extra))
		r->extra[r->n_extra++] = (struct gcoap_option){
			.number = number, .value = { value, len }
		};
}

uint32_t sim_variant(const struct gcoap_call *c)
{
	return c->resource->handle == sim_temp_chaos ? c->member / 8 : c->member;
}

/* Texts that must not reach a terminal as they are: escape sequences, C1, bidi controls. */
int sim_hostile(const struct gcoap_call *c, struct gcoap_reply *r)
{
	static const struct gcoap_bytes texts[] = {
#define TEXT(t) { (const uint8_t *)(t), sizeof(t) - 1 }
		TEXT("\033[2J\033[1;31mcleared your screen\033[0m"),
		TEXT("\033]0;new title\a\033]52;c;cm0gLXJm\a"),
		TEXT("one\rtwo\nthree\ttab\bback\177del"),
		TEXT("\xc2\x9b" "31mC1 as UTF-8, \x9b" "31m as a byte"),
		TEXT("user\xe2\x80\xae" "txt.exe\xe2\x80\xac"),
		TEXT("nul\0inside"),
		TEXT("\xff\xfe\xc0\xaf\xed\xa0\x80 not UTF-8"),
		TEXT("{\"type\":\"summary\",\"responses\":0}\n{\"type\":\"error\"}"),
#undef TEXT
	};

	r->content_format = GCOAP_CF_TEXT;
	r->body = texts[sim_variant(c) % (sizeof(texts) / sizeof(*texts))];
	return 0;
}

int sim_errors(const struct gcoap_call *c, struct gcoap_reply *r)
{
	static const uint8_t codes[] = {
		GCOAP_BAD_REQUEST, GCOAP_UNAUTHORIZED, GCOAP_FORBIDDEN, GCOAP_NOT_FOUND,
		GCOAP_METHOD_NOT_ALLOWED, GCOAP_CONFLICT, GCOAP_TOO_MANY_REQUESTS,
		GCOAP_SERVER_ERROR, GCOAP_NOT_IMPLEMENTED, GCOAP_UNAVAILABLE,
		GCOAP_GATEWAY_TIMEOUT, GCOAP_CODE(4, 31), GCOAP_CODE(5, 30), GCOAP_CODE(2, 30),
	};

	r->code = codes[sim_variant(c) % sizeof(codes)];
	return sim_reply_text(c, r, "\033[5mdiagnostic\033[0m of member %u", c->member + 1);
}

/* Options that are to be ignored, or that make the whole answer unusable. */
int sim_options(const struct gcoap_call *c, struct gcoap_reply *r)
{
	static const uint8_t nine[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	switch (sim_variant(c) % 8) {
	case 0:
		extra(r, GCOAP_ETAG, nine, 9);
		break;
	case 1:
		extra(r, GCOAP_MAX_AGE, nine, 5);
		break;
	case 2:
		extra(r, GCOAP_CONTENT_FORMAT, nine, 3);
		r->content_format = -1;
		r->body = gcoap_bytes_text("Content-Format of 3 bytes");
		return 0;
	case 3:
		extra(r, 65012, nine, 4); /* elective, safe, unknown */
		break;
	case 4:
		extra(r, 65001, nine, 4); /* critical, unknown */
		break;
	case 5:
		extra(r, GCOAP_MAX_AGE, "\xff\xff\xff\xff", 4);
		break;
	case 6:
		extra(r, GCOAP_OBSERVE, nine, 4);
		break;
	default:
		extra(r, GCOAP_LOCATION_PATH, "..", 2);
		extra(r, GCOAP_LOCATION_PATH, "\033[31m", 5);
		break;
	}
	return sim_reply_text(c, r, "odd options of member %u", c->member + 1);
}

/* A server that claims to be another one, in every shape of both drafts' options. */
int sim_forwarded(const struct gcoap_call *c, struct gcoap_reply *r)
{
	static const struct {
		bool reply_from;
		uint8_t len;
		const char *value;
	} values[] = {
		{ false, 13, "\x83\x01\xd9\x01\x04\x44\xc0\x00\x02\x01\x19\x16\x33" },
		{ false, 10, "\x82\x01\xd9\x01\x04\x44\xc0\x00\x02\x01" },
		{ false, 11, "\x83\x01\xd9\x01\x04\x44\xc0\x00\x02\x02\xf6" },
		{ true, 8, "\x82\x20\x81\x44\xc0\x00\x02\x01" },
		{ true, 14, "\x82\x20\x82\x66group1\x63""com" },
		{ false, 12, "\x83\x01\xd9\x01\x04\x43\xc0\x00\x02\x19\x16\x33" },
		{ true, 9, "\x9b\xff\xff\xff\xff\xff\xff\xff\xff" },
		{ true, 5, "\x9a\x10\x00\x00\x00" },
	};
	const struct sim *s = c->arg;
	size_t i = sim_variant(c) % (sizeof(values) / sizeof(*values));

	extra(r, s->registry.draft[values[i].reply_from ? GCOAP_DRAFT_REPLY_FROM
							: GCOAP_DRAFT_RESPONSE_FORWARDING],
	      values[i].value, values[i].len);
	return sim_reply_text(c, r, "sent by member %u", c->member + 1);
}

static void endless(const struct gcoap_call *c, size_t offset, uint8_t *out, size_t len)
{
	(void)c;
	(void)offset;
	memset(out, 'x', len);
}

/* Block2 as it must not be. */
int sim_blocks(const struct gcoap_call *c, struct gcoap_reply *r)
{
	static const struct {
		uint8_t len;
		const char *block;
		size_t body;
	} values[] = {
		{ 0, NULL, 1u << 30 },		 /* longer than anybody wants */
		{ 1, "\x0f", 1024 },		 /* size 7 */
		{ 3, "\xff\xff\xfe", 1024 }, /* the last number, and more */
		{ 1, "\x0e", 100 },		 /* more, and too short */
		{ 1, "\x1e", 1024 },		 /* starts with the second */
	};
	size_t i = sim_variant(c) % (sizeof(values) / sizeof(*values));

	r->content_format = GCOAP_CF_TEXT;
	r->body.len = values[i].body;
	r->fill = endless;
	if (!values[i].len)
		return 0;
	extra(r, GCOAP_BLOCK2, values[i].block, values[i].len);
	extra(r, GCOAP_SIZE2, "\xff\xff\xff\xff", 4);
	return 0;
}

/* Good ones among all sorts of others. */
int sim_temp_chaos(const struct gcoap_call *c, struct gcoap_reply *r)
{
	switch (c->member % 8) {
	case 2:
		return sim_hostile(c, r);
	case 4:
		return sim_errors(c, r);
	case 5:
		return sim_malformed(c, r);
	case 6:
		return sim_options(c, r);
	case 7:
		return sim_forwarded(c, r);
	default:
		return sim_temp(c, r);
	}
}
