/* The reply of one member to one request, as a message without type and Message ID. */
#include "serve/host.h"

#include <string.h>

int gcoap__answer_uint(struct answer *a, uint16_t number, uint32_t value)
{
	if (a->stored >= sizeof(a->store) / sizeof(*a->store))
		return GCOAP_ELIMIT;
	return gcoap_msg_add_uint(&a->msg, number, value, a->store[a->stored++]);
}

static void add_block(struct answer *a, uint16_t number, const struct gcoap_block *b)
{
	uint8_t *store = a->store[a->stored++];
	size_t len = gcoap_block_encode(b, store);

	gcoap_msg_add(&a->msg, number, (struct gcoap_bytes){ store, len });
}

static void start(struct answer *a, const struct gcoap_msg *q)
{
	gcoap_msg_init(&a->msg, GCOAP_NON, 0);
	gcoap_msg_set_token(&a->msg, q->token, q->token_len);
	a->stored = 0;
	a->etag_len = 0;
	a->raw = (struct gcoap_bytes){ 0 };
	a->delay = 0;
	a->silent = false;
}

void gcoap__answer_error(struct answer *a, const struct gcoap_msg *q, uint8_t code,
			 const char *why)
{
	start(a, q);
	a->msg.code = code;
	if (why)
		a->msg.payload = gcoap_bytes_text(why);
}

/* The part of the body that this response carries; false: the block asked for is not there. */
static bool slice(struct gcoap_serve *s, const struct gcoap_call *c, struct gcoap_reply *r,
		  struct answer *a)
{
	const struct gcoap_option *o = gcoap_msg_find(c->msg, GCOAP_BLOCK2);
	struct gcoap_block b = { .szx = s->config.block_szx }, want;
	size_t at = 0, size, len;

	if (o && gcoap_block_decode(o->value, &want, NULL) == 0) {
		at = c->notification ? 0 : (size_t)want.num * gcoap_block_size(&want);
		if (want.szx < b.szx)
			b.szx = want.szx;
	}
	size = gcoap_block_size(&b);
	if (at > 0 && at >= r->body.len)
		return false;
	len = r->body.len - at < size ? r->body.len - at : size;
	if (o || r->body.len > size) {
		b.num = (uint32_t)(at / size);
		b.more = at + len < r->body.len;
		add_block(a, GCOAP_BLOCK2, &b);
		if (b.more || gcoap_msg_find(c->msg, GCOAP_SIZE2))
			gcoap__answer_uint(a, GCOAP_SIZE2, (uint32_t)r->body.len);
	}
	if (r->body.ptr) {
		a->msg.payload = (struct gcoap_bytes){ r->body.ptr + at, len };
	} else if (len) {
		r->fill(c, at, s->slice, len);
		a->msg.payload = (struct gcoap_bytes){ s->slice, len };
	}
	return true;
}

static bool is_read(const struct gcoap_msg *m)
{
	return m->code == GCOAP_GET || m->code == GCOAP_FETCH;
}

/* An observation: a new or refreshed one answers with its sequence number. */
static bool observe(struct gcoap_serve *s, struct request *q, const struct gcoap_call *c,
		    struct answer *a)
{
	const struct gcoap_option *o = gcoap_msg_find(c->msg, GCOAP_BLOCK2);
	struct gcoap_block b = { 0 };
	struct observer *ob;

	if (c->notification || q->observe != 0 || !c->resource->observable || !is_read(c->msg))
		return false;
	if (o && gcoap_block_decode(o->value, &b, NULL) == 0 && b.num > 0)
		return false;
	ob = gcoap__observer_add(s, q, c->member, c->now);
	if (!ob)
		return false;
	gcoap__answer_uint(a, GCOAP_OBSERVE, ob->value);
	return true;
}

/* What a read yields: 2.03, the whole, or a block. */
static void represent(struct gcoap_serve *s, struct request *q, const struct gcoap_call *c,
		      struct gcoap_reply *r, struct answer *a)
{
	gcoap__etag(s, c, r, a);
	if (r->code == GCOAP_CONTENT && is_read(c->msg) &&
	    gcoap__etag_valid(s, c, q->to.port, a)) {
		r->code = GCOAP_VALID;
		r->content_format = -1;
		r->body = (struct gcoap_bytes){ 0 };
	} else if (!slice(s, c, r, a)) {
		gcoap__answer_error(a, c->msg, GCOAP_BAD_REQUEST, "block behind the end");
		r->code = GCOAP_BAD_REQUEST;
		return;
	}
	if (a->etag_len)
		gcoap_msg_add(&a->msg, GCOAP_ETAG, (struct gcoap_bytes){ a->etag, a->etag_len });
	if (r->content_format >= 0)
		gcoap__answer_uint(a, GCOAP_CONTENT_FORMAT, (uint32_t)r->content_format);
	if (r->max_age >= 0)
		gcoap__answer_uint(a, GCOAP_MAX_AGE, (uint32_t)r->max_age);
	for (size_t i = 0; i < r->n_extra; i++)
		gcoap_msg_add(&a->msg, r->extra[i].number, r->extra[i].value);
	a->msg.code = r->code;
}

/* What a GET of the same member would yield now: for preconditions. */
static bool current(struct gcoap_serve *s, const struct gcoap_call *c, struct answer *a)
{
	struct gcoap_reply r = { .code = GCOAP_CONTENT, .content_format = -1, .max_age = -1 };
	struct gcoap_call get = *c;
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	get.msg = &m;
	get.accept = get.content_format = -1;
	get.body = (struct gcoap_bytes){ 0 };
	if (c->resource->handle(&get, &r) < 0 || r.code != GCOAP_CONTENT)
		return false;
	gcoap__etag(s, &get, &r, a);
	return true;
}

static bool preconditions_hold(struct gcoap_serve *s, const struct gcoap_call *c)
{
	struct answer now = { 0 };
	bool exists;

	if (is_read(c->msg) || (!gcoap_msg_find(c->msg, GCOAP_IF_MATCH) &&
				!gcoap_msg_find(c->msg, GCOAP_IF_NONE_MATCH)))
		return true;
	exists = current(s, c, &now);
	return gcoap__precondition(c->msg, exists, &now);
}

static void echo_block1(const struct request *q, struct answer *a)
{
	const struct gcoap_option *o = gcoap_msg_find(&q->msg, GCOAP_BLOCK1);
	struct gcoap_block b;

	if (o && gcoap_block_decode(o->value, &b, NULL) == 0)
		add_block(a, GCOAP_BLOCK1, &b);
}

/* The resource is there and knows the method. */
static void handle(struct gcoap_serve *s, struct request *q, struct gcoap_call *c,
		   struct suppress *sup, struct answer *a)
{
	struct gcoap_reply r = { .code = GCOAP_CONTENT, .content_format = -1, .max_age = -1 };
	struct upload *upload = NULL;
	uint8_t code = 0;

	if (!is_read(c->msg))
		code = gcoap__upload(s, q, c->member, &c->body, &upload, c->now);
	if (!code && !preconditions_hold(s, c))
		code = GCOAP_PRECONDITION_FAILED;
	if (code) {
		gcoap__answer_error(a, c->msg, code, NULL);
		if (code == GCOAP_TOO_LARGE)
			gcoap__answer_uint(a, GCOAP_SIZE1, UPLOAD_BODY_MAX);
	} else if (c->resource->handle(c, &r) < 0) {
		gcoap__answer_error(a, c->msg, GCOAP_SERVER_ERROR, NULL);
	} else {
		represent(s, q, c, &r, a);
		sup->nothing = r.nothing || (r.code == GCOAP_CONTENT && !a->msg.payload.len);
		a->delay = r.delay;
		if (r.raw)
			a->raw = r.body;
		if (GCOAP_CODE_CLASS(r.code) == 2)
			sup->new_observer = observe(s, q, c, a);
	}
	echo_block1(q, a);
	gcoap__upload_drop(upload);
}

void gcoap__answer(struct gcoap_serve *s, struct request *q, uint32_t member, bool notification,
		   uint8_t error, struct answer *a, gcoap_time now)
{
	const struct gcoap_resource *res = q->resource;
	struct suppress sup = { .no_response = q->no_response };
	struct gcoap_call c = { .serve = s, .resource = res, .arg = s->config.arg,
				.member = member, .from = q->from, .msg = &q->msg,
				.body = q->msg.payload, .accept = q->accept,
				.content_format = q->content_format, .group = q->group,
				.notification = notification, .now = now, .room = s->room };

	start(a, &q->msg);
	if (res) {
		sup.sends = res->group_sends;
		sup.no_response_known = res->no_response;
		sup.only_adds = !s->config.dialect->no_response_overrides;
	}
	if (error)
		gcoap__answer_error(a, &q->msg, error, "simulated fault");
	else if (!res || !gcoap__resource_at(s, res, member))
		gcoap__answer_error(a, &q->msg, GCOAP_NOT_FOUND, "no such resource");
	else if (q->msg.code > 7 || !(res->methods & GCOAP_METHOD(q->msg.code)))
		gcoap__answer_error(a, &q->msg, GCOAP_METHOD_NOT_ALLOWED, NULL);
	else
		handle(s, q, &c, &sup, a);
	if (notification)
		a->silent = false;
	else if (q->group)
		a->silent = gcoap__suppressed(&sup, a->msg.code);
	else
		a->silent = gcoap__suppressed_unicast(&sup, a->msg.code);
}
