/* An exchange's own copy of what was asked. */
#include "observe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fill a block of memory from the front. */
static void *put(uint8_t **at, const void *from, size_t len)
{
	void *to = *at;

	if (len)
		memcpy(to, from, len);
	*at += len;
	return to;
}

/* Path and query of Proxy-Uri; nothing when it does not parse. */
static size_t suffix_of_proxy_uri(const struct gcoap_option *o, char *buf, size_t cap)
{
	char text[GCOAP_URI_MAX + 1];
	struct gcoap_uri uri;
	int len = 0;

	if (o->value.len < sizeof(text)) {
		memcpy(text, o->value.ptr, o->value.len);
		text[o->value.len] = '\0';
		if (gcoap_uri_parse(&uri, text, NULL) >= 0)
			len = snprintf(buf, cap, "%.*s%s%.*s", (int)uri.path.len,
				       (const char *)uri.path.ptr, uri.query.ptr ? "?" : "",
				       (int)uri.query.len, (const char *)uri.query.ptr);
	}
	buf[len] = '\0';
	return (size_t)len;
}

/* Path and query of the URI that the options spell. */
static size_t suffix_of(const struct gcoap_msg *m, char *buf, size_t cap)
{
	static const struct gcoap_addr any = { .family = 4, .port = GCOAP_PORT };
	static const size_t authority = sizeof("coap://0.0.0.0") - 1;
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_PROXY_URI);
	size_t len;

	if (o)
		return suffix_of_proxy_uri(o, buf, cap);
	gcoap_uri_from_options(m, &any, buf, cap);
	len = strlen(buf);
	len = len > authority ? len - authority : 0;
	memmove(buf, buf + authority, len);
	buf[len] = '\0';
	return len;
}

static int check(const struct gcoap_ask *ask)
{
	const struct gcoap_msg *m = ask->request;
	bool large = ask->blockwise && !ask->relay && m &&
		     m->payload.len > (size_t)16 << ask->block_szx;

	if (!m || !GCOAP_CODE_IS_REQUEST(m->code) || !ask->to.family || !ask->to.port)
		return GCOAP_EINVALID;
	if (ask->token_len > GCOAP_TOKEN_MAX || ask->block_szx > 6)
		return GCOAP_EINVALID;
	/* To a group: NON (RFC 7252, Section 8.1), and no Block1 (groupcomm-bis-03, 3.7). */
	if (ask->group && (ask->confirmable || large || gcoap_msg_find(m, GCOAP_BLOCK1)))
		return GCOAP_EINVALID;
	/* The proxy sends it to the group as it is. */
	if (ask->proxied && (ask->group || large))
		return GCOAP_EINVALID;
	if (!ask->group && gcoap_addr_is_multicast(&ask->to))
		return GCOAP_EINVALID;
	return 0;
}

static int copy_ask(struct gcoap__exchange *x, const struct gcoap_ask *ask)
{
	size_t expected = ask->n_expect_from * sizeof(*ask->expect_from);
	const char *uri = ask->uri ? ask->uri : "";
	char suffix[GCOAP__URI_TEXT];
	bool shown = !ask->relay || ask->observe; /* in the URIs of servers */
	size_t suffix_len = shown ? suffix_of(ask->request, suffix, sizeof(suffix)) : 0;
	size_t server = ask->server ? sizeof(*ask->server) : 0;
	size_t size = server + expected + strlen(uri) + suffix_len + 2 +
		      ask->request->payload.len;
	uint8_t *at;

	for (size_t i = 0; i < ask->request->n_options; i++)
		size += ask->request->options[i].value.len;
	x->store = at = malloc(size);
	if (!at)
		return GCOAP_ENOMEM;
	x->ask = *ask;
	x->ask.blockwise = ask->blockwise && !ask->relay;
	x->ask.server = server ? put(&at, ask->server, server) : NULL;
	x->ask.expect_from = put(&at, ask->expect_from, expected);
	x->uri = put(&at, uri, strlen(uri) + 1);
	x->suffix = put(&at, shown ? suffix : "", suffix_len + 1);
	x->msg = *ask->request;
	for (size_t i = 0; i < x->msg.n_options; i++)
		x->msg.options[i].value.ptr =
			put(&at, x->msg.options[i].value.ptr, x->msg.options[i].value.len);
	x->msg.payload.ptr = put(&at, x->msg.payload.ptr, x->msg.payload.len);
	x->msg.type = ask->confirmable ? GCOAP_CON : GCOAP_NON;
	x->ask.request = &x->msg;
	return 0;
}

/* Block2 in the request asks for smaller blocks than the largest (RFC 7959, Section 2.4). */
static int ask_for_size(struct gcoap__exchange *x)
{
	struct gcoap_block b = { .szx = x->ask.block_szx };

	if (!x->ask.blockwise || b.szx == 6 || gcoap_msg_find(&x->msg, GCOAP_BLOCK2))
		return 0;
	return gcoap_msg_add(&x->msg, GCOAP_BLOCK2,
			     (struct gcoap_bytes){ x->size_option,
						   gcoap_block_encode(&b, x->size_option) });
}

/* The servers that must answer are in the table before they do; each also by its host alone,
 * as long as it is the only one there. */
static int expect_servers(struct gcoap__exchange *x)
{
	struct gcoap__who who = { 0 };
	struct gcoap__server *s, *host;
	uint32_t place;
	bool added;

	for (size_t i = 0; i < x->ask.n_expect_from; i++) {
		who.endpoint = gcoap__endpoint(&x->ask.expect_from[i]);
		s = gcoap__table_add(&x->servers, &who, &added);
		if (!s)
			return GCOAP_ENOMEM;
		if (s->awaited)
			continue;
		s->awaited = true;
		x->n_awaited++;
		place = x->servers.n_made; /* where it was there before, it is @host */
		who.endpoint.port = 0;
		host = gcoap__table_add(&x->servers, &who, &added);
		if (!host)
			return GCOAP_ENOMEM;
		host->ambiguous = host->ambiguous || host->only;
		host->only = host->ambiguous || host == s ? 0 : place & 0x7ffffff;
	}
	return 0;
}

int gcoap__exchange_new(struct gcoap__exchange **out, struct gcoap_client *c,
			const struct gcoap_ask *ask, gcoap_time now)
{
	struct gcoap__exchange *x;
	int r = check(ask);

	*out = NULL;
	if (r < 0)
		return r;
	x = calloc(1, sizeof(*x));
	if (!x)
		return GCOAP_ENOMEM;
	x->client = c;
	x->party.kind = GCOAP__EXCHANGE;
	x->timer.owner = &x->party;
	x->registry = ask->registry ? ask->registry : &c->registry;
	gcoap__table_init(&x->servers, sizeof(struct gcoap__server), sizeof(struct gcoap__who),
			  c->seed);
	if (!gcoap__timers_reserve(&c->timers)) {
		free(x);
		return GCOAP_ENOMEM;
	}
	r = copy_ask(x, ask);
	if (r >= 0)
		r = gcoap__proxied_check(x);
	if (r >= 0)
		r = ask_for_size(x);
	if (r >= 0 && ask->observe)
		r = gcoap__observe_init(x, ask->observe);
	if (r >= 0)
		r = gcoap__upload_init(x);
	if (r >= 0)
		r = expect_servers(x);
	if (r >= 0 && gcoap_msg_size(&x->msg) > GCOAP_DATAGRAM_MAX)
		r = GCOAP_EINVALID;
	if (r >= 0)
		r = gcoap__token_open(&c->tokens, &x->party, ask->token, ask->token_len, now);
	if (r < 0) {
		gcoap__exchange_free(x);
		return r == GCOAP_ELIMIT ? GCOAP_EINVALID : r;
	}
	gcoap_msg_set_token(&x->msg, x->party.token.bytes, x->party.token.len);
	x->repeats_left = ask->group ? ask->repeat : 0;
	*out = x;
	return 0;
}

void gcoap__exchange_free(struct gcoap__exchange *x)
{
	struct gcoap_client *c = x->client;
	struct gcoap__old_token *old = gcoap__token_find_old(&c->tokens, &x->closed);

	if (old && old->party == &x->party)
		old->party = NULL;
	gcoap_reliability_cancel(c->reliability, (uintptr_t)&x->party);
	if (x->observation)
		gcoap__observe_free(x);
	gcoap__timer_stop(&c->timers, &x->timer);
	gcoap__timers_release(&c->timers);
	gcoap__count_end(x);
	free(x->store);
	free(x);
}
