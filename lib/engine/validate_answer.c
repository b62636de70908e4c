/* What an answer makes of what is held. */
#include "validate.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_MAX_AGE 60 /* RFC 7252, Section 5.6.1 */
#define YEAR ((gcoap_time)365 * 24 * 3600 * GCOAP_SECOND)

static gcoap_time lifetime(int64_t max_age)
{
	gcoap_time seconds = max_age < 0 ? DEFAULT_MAX_AGE : max_age;

	return seconds > YEAR / GCOAP_SECOND ? YEAR : seconds * GCOAP_SECOND;
}

/* @m as a message of its own in v->body. */
static int keep_message(struct gcoap_validate *v, const struct gcoap_msg *m,
			struct gcoap_bytes *out)
{
	size_t size = gcoap_msg_size(m);
	uint8_t *more;
	int n;

	if (size > v->body_cap) {
		more = realloc(v->body, size);
		if (!more)
			return GCOAP_ENOMEM;
		v->body = more;
		v->body_cap = size;
	}
	n = gcoap_msg_encode(m, v->body, v->body_cap);
	if (n < 0)
		return n;
	*out = (struct gcoap_bytes){ v->body, (size_t)n };
	return 0;
}

/* The code and options of @r with its whole body, as one message. */
static int whole_message(struct gcoap_validate *v, const struct gcoap_response *r,
			 struct gcoap_bytes *out)
{
	struct gcoap_msg m = *r->msg;

	m.type = GCOAP_NON;
	m.mid = 0;
	m.token_len = 0;
	m.payload = r->body;
	gcoap_msg_remove(&m, GCOAP_BLOCK2);
	gcoap_msg_remove(&m, GCOAP_SIZE2);
	gcoap_msg_remove(&m, GCOAP_OBSERVE);
	return keep_message(v, &m, out);
}

static int put(struct gcoap_validate *v, const struct gcoap__known *k, struct gcoap_bytes message)
{
	struct gcoap_holder *h = v->config.holder;
	struct gcoap_held e = { .server = k->server, .at = k->at,
				.fresh_until = k->fresh_until, .etag = gcoap__known_tag(k),
				.message = message };
	int r;

	if (v->config.read_only)
		return 0;
	r = h->put(h, gcoap__validate_key(v), &e);
	if (r >= 0 && v->origin_key_len)
		r = h->put(h, (struct gcoap_bytes){ v->origin_key, v->origin_key_len }, &e);
	if (r < 0 || !v->config.group)
		return r;
	e.message = (struct gcoap_bytes){ 0 };
	return h->put(h, (struct gcoap_bytes){ v->group_key, v->group_key_len }, &e);
}

/* What came cannot be held, and what was held is no longer right. */
static int drop(struct gcoap_validate *v, const struct gcoap__known *k)
{
	struct gcoap_holder *h = v->config.holder;
	int r;

	if (v->config.read_only)
		return 0;
	r = h->remove(h, gcoap__validate_key(v), &k->server);
	if (r >= 0 && v->origin_key_len)
		r = h->remove(h, (struct gcoap_bytes){ v->origin_key, v->origin_key_len },
			      &k->server);
	return r;
}

/*
 * The options of what is held as the 2.03 has them (RFC 7252, Section 5.9.1.3): Max-Age, and
 * those of every Safe-to-Forward number that it brings.
 */
static void renew_options(struct gcoap_msg *m, const struct gcoap_response *r, uint8_t store[4])
{
	uint16_t last = 0;

	gcoap_msg_remove(m, GCOAP_MAX_AGE);
	for (size_t i = 0; r->msg && i < r->msg->n_options; i++) {
		const struct gcoap_option *o = &r->msg->options[i];

		if (gcoap_option_unsafe(o->number))
			continue;
		if (o->number != last)
			gcoap_msg_remove(m, o->number);
		last = o->number;
		(void)gcoap_msg_add(m, o->number, o->value); /* as many as there can be */
	}
	if (r->max_age >= 0)
		(void)gcoap_msg_add_uint(m, GCOAP_MAX_AGE, (uint32_t)r->max_age, store);
}

/* What is held of @k is right: it is from now on as fresh as @r says. */
int gcoap__validate_renew(struct gcoap_validate *v, struct gcoap__known *k, const struct gcoap_response *r,
		 gcoap_time wall, struct gcoap_validation *out)
{
	struct gcoap_bytes message;
	struct gcoap_held held;
	struct gcoap_msg m;
	uint8_t store[4];
	int err;

	k->at = wall;
	k->fresh_until = wall + lifetime(r->max_age);
	err = v->config.holder->get(v->config.holder, gcoap__validate_key(v), &k->server, wall, &held);
	if (err <= 0 || gcoap_msg_decode(&m, held.message, NULL) < 0)
		return err < 0 ? err : 0;
	renew_options(&m, r, store);
	err = keep_message(v, &m, &message);
	if (err < 0)
		return err;
	err = put(v, k, message);
	if (gcoap_msg_decode(&out->held, message, NULL) >= 0) {
		out->has_held = true;
		out->saved = out->held.payload.len;
	}
	return err;
}

/* 2.03: what is held is right, when it is what the tag names. Without a tag it names none: in a
 * group request there may be those of others. */
static int confirmed(struct gcoap_validate *v, struct gcoap__known *k, const struct gcoap_response *r,
		     gcoap_time wall, struct gcoap_validation *out)
{
	bool named = r->etag.len ? gcoap_bytes_equal(r->etag, gcoap__known_tag(k)) : !v->config.group;

	out->state = GCOAP_VALIDATE_FRESH;
	out->old_etag = gcoap__known_tag(k);
	out->unknown_tag = !k->held || !named;
	return out->unknown_tag ? 0 : gcoap__validate_renew(v, k, r, wall, out);
}

/* Does @k hold the same body as @r brings? */
static bool same_body(struct gcoap_validate *v, const struct gcoap__known *k,
		      const struct gcoap_response *r)
{
	struct gcoap_held held;
	struct gcoap_msg m;

	return v->config.holder->get(v->config.holder, gcoap__validate_key(v), &k->server, k->at, &held) > 0 &&
	       gcoap_msg_decode(&m, held.message, NULL) >= 0 &&
	       gcoap_bytes_equal(m.payload, r->body);
}

static bool cacheable(const struct gcoap_response *r)
{
	return r->complete && !r->late &&
	       (r->msg->code == GCOAP_CONTENT || GCOAP_CODE_CLASS(r->msg->code) >= 4);
}

static int brought(struct gcoap_validate *v, struct gcoap__known *k, const struct gcoap_response *r,
		   gcoap_time wall, struct gcoap_validation *out)
{
	bool had = k->held, same = had && same_body(v, k, r),
	     tag_same = had && r->etag.len && gcoap_bytes_equal(r->etag, gcoap__known_tag(k));
	struct gcoap_bytes message;
	int err;

	out->state = !had ? GCOAP_VALIDATE_NEW : GCOAP_VALIDATE_CHANGED;
	if (had && tag_same && same)
		out->state = GCOAP_VALIDATE_FRESH;
	else if (had && !k->etag_len && !r->etag.len)
		out->state = same ? GCOAP_VALIDATE_NO_TAG : GCOAP_VALIDATE_CHANGED;
	out->same_body = same && !tag_same;
	out->kept_tag = tag_same && !same;
	k->at = wall;
	k->fresh_until = wall + lifetime(r->max_age);
	k->etag_len = (uint8_t)(r->etag.len <= GCOAP_ETAG_MAX ? r->etag.len : 0);
	if (k->etag_len)
		memcpy(k->etag, r->etag.ptr, k->etag_len);
	k->held = cacheable(r);
	if (!k->held)
		return drop(v, k);
	err = whole_message(v, r, &message);
	return err < 0 ? err : put(v, k, message);
}

int gcoap_validate_answer(struct gcoap_validate *v, const struct gcoap_response *r,
			  gcoap_time now, struct gcoap_validation *out)
{
	struct gcoap__known *k;
	int err;

	*out = (struct gcoap_validation){ .server = r->server.addr, .etag = r->etag };
	if (!r->server.addr.family)
		return GCOAP_ENOTFOUND;
	k = gcoap__know(v, &r->server.addr);
	if (!k)
		return GCOAP_ENOMEM;
	memcpy(v->old_tag, k->etag, k->etag_len);
	out->old_etag = (struct gcoap_bytes){ v->old_tag, k->held ? k->etag_len : 0 };
	if (r->msg->code == GCOAP_VALID) {
		err = confirmed(v, k, r, now + v->config.wall, out);
		if (out->unknown_tag)
			return err;
	} else {
		err = brought(v, k, r, now + v->config.wall, out);
	}
	k->answered = true;
	return err < 0 ? err : 0;
}
