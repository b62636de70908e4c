/* A load through a proxy: who has answered, in both dialects; refusals; Echo. */
#include "test.h"
#include "load_play.h"

#define PROXY "198.51.100.1:5683"

static const struct gcoap_bytes nothing;

static struct gcoap_registry registry(void)
{
	struct gcoap_registry r;

	gcoap_registry_init(&r);
	return r;
}

static uint16_t number(enum gcoap_draft_option o)
{
	return registry().draft[o];
}

static struct load_play *play_with(void (*change)(struct gcoap_load_request *q),
				   gcoap_time gap, uint64_t count)
{
	struct gcoap_load_request q = load_get(PROXY);
	struct gcoap_load_config f = load_config(&q, 1);
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	q.request = &m;
	q.proxied = true;
	if (change)
		change(&q);
	f.gap = gap;
	f.count = count;
	return load_play_new(&f);
}

static struct load_play *play(void)
{
	return play_with(NULL, 10 * GCOAP_SECOND, 3);
}

/* An answer of @code to @to; with @value in option @o when it is not empty. */
static int from_proxy(struct load_play *p, const struct load_sent *to, uint8_t code,
		      uint16_t mid, uint16_t option, struct gcoap_bytes value)
{
	struct gcoap_msg m;

	load_response(&m, to, code, mid);
	if (value.len || option)
		gcoap_msg_add(&m, option, value);
	return load_recv(p, to->client, PROXY, &m);
}

static void response_forwarding_names_the_server(void **state)
{
	struct load_play *p = play();
	struct load_sent asked = *load_last(p);
	uint16_t o = number(GCOAP_DRAFT_RESPONSE_FORWARDING);
	const struct gcoap_load_server *s;

	assert_int_equal(gcoap_load_servers(p->load), 0);
	from_proxy(p, &asked, GCOAP_CONTENT, 1, o,
		   bytes(0x83, 0x01, 0xd9, 0x01, 0x04, 0x44, 0xc0, 0, 2, 1, 0x19, 0x16, 0x33));
	assert_int_equal(load_last_answer(p)->server, 0);
	from_proxy(p, &asked, GCOAP_CONTENT, 2, o,
		   bytes(0x83, 0x01, 0xd9, 0x01, 0x04, 0x44, 0xc0, 0, 2, 1, 0x19, 0xf0, 0xb0));
	assert_int_equal(load_last_answer(p)->server, 1);
	assert_int_equal(gcoap_load_server(p->load, 1)->addr.port, 61616);
	/* Its error is its own, not the proxy's; and it is its first answer no more. */
	from_proxy(p, &asked, GCOAP_SERVER_ERROR, 3, o,
		   bytes(0x82, 0x01, 0xd9, 0x01, 0x04, 0x44, 0xc0, 0, 2, 1));
	assert_int_equal(load_last_answer(p)->server, 0);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_FURTHER);
	assert_int_equal(p->n_rounds, 0);
	/* Over TCP, as a reverse-proxy may say */
	from_proxy(p, &asked, GCOAP_CONTENT, 4, o,
		   bytes(0x83, 0x03, 0xd9, 0x01, 0x04, 0x50, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0,
			 0, 0, 0, 0, 0, 0, 0xd1, 0x19, 0x16, 0x33));
	s = gcoap_load_server(p->load, load_last_answer(p)->server);
	assert_int_equal(s->addr.family, 6);
	assert_string_equal(s->name, "coap+tcp://[2001:db8::d1]:5683");
	load_wait(p, 2 * GCOAP_SECOND);
	assert_int_equal(load_last_round(p)->answered, 3);
	load_play_free(p);
}

static void reply_from_names_the_server(void **state)
{
	struct load_play *p = play();
	struct load_sent asked = *load_last(p);
	uint16_t o = number(GCOAP_DRAFT_REPLY_FROM);
	const struct gcoap_load_server *s;

	from_proxy(p, &asked, GCOAP_CONTENT, 1, o, bytes(0x82, 0x20, 0x81, 0x44, 0xc0, 0, 2, 1));
	s = gcoap_load_server(p->load, load_last_answer(p)->server);
	assert_int_equal(s->addr.bytes[3], 1);
	assert_int_equal(s->addr.port, 5683);
	assert_null(s->name);
	from_proxy(p, &asked, GCOAP_CONTENT, 2, o,
		   bytes(0x82, 0x20, 0x82, 0x66, 'g', 'r', 'o', 'u', 'p', '1', 0x63, 'c', 'o', 'm'));
	s = gcoap_load_server(p->load, load_last_answer(p)->server);
	assert_int_equal(s->addr.family, 0);
	assert_string_equal(s->name, "coap://group1.com:5683");
	/* A reverse-proxy, and the server behind it */
	from_proxy(p, &asked, GCOAP_CONTENT, 3, o,
		   bytes(0x82, 0x26, 0x81, 0x50, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0,
			 0, 1, 0, 0x82, 0xf6, 0x82, 0x50, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0,
			 0, 0, 0, 0, 0, 0, 1, 0x19, 0x16, 0x33));
	s = gcoap_load_server(p->load, load_last_answer(p)->server);
	assert_string_equal(s->name,
			    "coap+tcp://[2001:db8::100]:5683 //[2001:db8::1]:5683");
	from_proxy(p, &asked, GCOAP_CONTENT, 4, o,
		   bytes(0x82, 0x20, 0x81, 0x44, 0xc0, 0, 2, 1, 0x82, 0xf5, 0x81, 0x62, 's', '1'));
	s = gcoap_load_server(p->load, load_last_answer(p)->server);
	assert_string_equal(s->name, "coap://192.0.2.1:5683 /s1");
	assert_int_equal(gcoap_load_servers(p->load), 4);
	from_proxy(p, &asked, GCOAP_CONTENT, 4, o,
		   bytes(0x82, 0x20, 0x81, 0x44, 0xc0, 0, 2, 1, 0x82, 0xf5, 0x81, 0x62, 's', '1'));
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_DUPLICATE);
	load_play_free(p);
}

static void the_port_that_is_not_told_is_read_as_asked(void **state)
{
	struct load_play *p = play();

	from_proxy(p, load_last(p), GCOAP_CONTENT, 1, number(GCOAP_DRAFT_RESPONSE_FORWARDING),
		   bytes(0x83, 0x01, 0xd9, 0x01, 0x04, 0x44, 0xc0, 0, 2, 1, 0xf6));
	assert_int_equal(gcoap_load_server(p->load, 0)->addr.port, 5683);
	load_play_free(p);
}

static void who_is_not_told_is_unknown_and_each_answer_is_one(void **state)
{
	struct load_play *p = play();
	struct load_sent asked = *load_last(p);

	from_proxy(p, &asked, GCOAP_CONTENT, 1, 0, nothing);
	from_proxy(p, &asked, GCOAP_CONTENT, 2, 0, nothing);
	from_proxy(p, &asked, GCOAP_CONTENT, 2, 0, nothing);
	/* Some server's, too, now that others were relayed without their names */
	from_proxy(p, &asked, GCOAP_FORBIDDEN, 3, 0, nothing);
	assert_int_equal(p->kinds[GCOAP_LOAD_ANSWER], 3);
	assert_int_equal(p->kinds[GCOAP_LOAD_DUPLICATE], 1);
	assert_int_equal(load_last_answer(p)->server, GCOAP_LOAD_UNKNOWN);
	assert_int_equal(gcoap_load_servers(p->load), 0);
	load_wait(p, 2 * GCOAP_SECOND);
	assert_int_equal(load_last_round(p)->answered, 3);
	load_play_free(p);
}

static void an_origin_that_does_not_decode_is_malformed_and_unknown(void **state)
{
	struct load_play *p = play();

	from_proxy(p, load_last(p), GCOAP_CONTENT, 1, number(GCOAP_DRAFT_RESPONSE_FORWARDING),
		   bytes(0x83, 0x00, 0xd9, 0x01, 0x04, 0x44, 0xc0, 0, 2, 1, 0x19, 0x16, 0x33));
	assert_string_equal(p->malformed[0], "tp-info-id");
	assert_int_equal(load_counts(p).malformed, 1);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_ANSWER);
	assert_int_equal(load_last_answer(p)->server, GCOAP_LOAD_UNKNOWN);
	load_play_free(p);
}

static void the_proxys_own_error_is_a_refusal_and_the_end(void **state)
{
	static const uint8_t codes[] = { GCOAP_BAD_REQUEST,  GCOAP_UNAUTHORIZED, GCOAP_BAD_OPTION,
					 GCOAP_FORBIDDEN,    GCOAP_TOO_LARGE,	 GCOAP_BAD_GATEWAY,
					 GCOAP_NOT_PROXY };

	for (size_t i = 0; i < sizeof(codes); i++) {
		struct load_play *p = play();
		struct load_sent asked = *load_last(p);

		from_proxy(p, &asked, codes[i], 1, 0, nothing);
		assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_REFUSAL);
		assert_int_equal(load_last_answer(p)->server, GCOAP_LOAD_UNKNOWN);
		assert_int_equal(load_last_answer(p)->code, codes[i]);
		assert_int_equal(p->n_rounds, 1);
		assert_false(load_last_round(p)->complete);
		assert_int_equal(load_last_round(p)->answered, 0);
		from_proxy(p, &asked, codes[i], 1, 0, nothing);
		assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_DUPLICATE);
		load_play_free(p);
	}
}

static void expecting_two(struct gcoap_load_request *q)
{
	q->expect = 2;
	q->confirmable = true;
}

static void on_the_ack_and_after_it_answers_of_several_servers_come(void **state)
{
	struct load_play *p = play_with(expecting_two, 0, 2);
	struct load_sent asked = *load_last(p);
	struct gcoap_msg m;

	load_response(&m, &asked, GCOAP_CONTENT, asked.msg.mid);
	m.type = GCOAP_ACK;
	gcoap_msg_add(&m, number(GCOAP_DRAFT_REPLY_FROM),
		      bytes(0x82, 0x20, 0x81, 0x44, 0xc0, 0, 2, 1));
	load_recv(p, 0, PROXY, &m);
	load_wait(p, GCOAP_SECOND);
	assert_int_equal(p->n_rounds, 0);
	assert_int_equal(p->n_sent, 1);
	/* The same number, but the proxy's own: another message. */
	from_proxy(p, &asked, GCOAP_CONTENT, asked.msg.mid, number(GCOAP_DRAFT_REPLY_FROM),
		   bytes(0x82, 0x20, 0x81, 0x44, 0xc0, 0, 2, 1));
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_FURTHER);
	from_proxy(p, &asked, GCOAP_CONTENT, 9, number(GCOAP_DRAFT_REPLY_FROM),
		   bytes(0x82, 0x20, 0x81, 0x44, 0xc0, 0, 2, 2));
	assert_true(load_last_round(p)->complete);
	assert_int_equal(p->n_sent, 2);
	load_play_free(p);
}

static const struct gcoap_option *echo_of(const struct load_sent *s)
{
	return gcoap_msg_find(&s->msg, GCOAP_ECHO);
}

static void a_challenged_request_is_asked_again_and_later_ones_carry_the_value(void **state)
{
	struct load_play *p = play_with(NULL, GCOAP_SECOND, 10);
	struct load_sent first = *load_last(p), again;

	assert_null(echo_of(&first));
	p->now += 100 * GCOAP_MS;
	from_proxy(p, &first, GCOAP_UNAUTHORIZED, 1, GCOAP_ECHO, bytes(1, 2, 3));
	assert_int_equal(p->n_answers, 0);
	assert_int_equal(p->n_sent, 2);
	again = *load_last(p);
	assert_memory_equal(again.msg.token, first.msg.token, 8);
	assert_int_not_equal(again.msg.mid, first.msg.mid);
	assert_true(gcoap_bytes_equal(echo_of(&again)->value, bytes(1, 2, 3)));
	from_proxy(p, &first, GCOAP_UNAUTHORIZED, 1, GCOAP_ECHO, bytes(1, 2, 3));
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_DUPLICATE);
	p->now += 100 * GCOAP_MS;
	from_proxy(p, &again, GCOAP_CONTENT, 2, 0, nothing);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_ANSWER);
	assert_int_equal(load_last_answer(p)->at - load_last_answer(p)->due, 200 * GCOAP_MS);
	assert_int_equal(load_last_answer(p)->sent, LOAD_START);

	load_wait(p, GCOAP_SECOND);
	assert_int_equal(p->n_sent, 3);
	assert_true(gcoap_bytes_equal(echo_of(load_last(p))->value, bytes(1, 2, 3)));
	/* The value has become old: once more. */
	first = *load_last(p);
	from_proxy(p, &first, GCOAP_UNAUTHORIZED, 3, GCOAP_ECHO, bytes(4, 5, 6, 7));
	again = *load_last(p);
	assert_int_equal(p->n_sent, 4);
	assert_int_equal(again.msg.n_options, 2);
	assert_true(gcoap_bytes_equal(echo_of(&again)->value, bytes(4, 5, 6, 7)));
	/* But not for ever. */
	from_proxy(p, &again, GCOAP_UNAUTHORIZED, 4, GCOAP_ECHO, bytes(8));
	assert_int_equal(p->n_sent, 4);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_REFUSAL);
	assert_int_equal(p->n_rounds, 1);
	load_play_free(p);
}

static void alone_confirmable(struct gcoap_load_request *q)
{
	q->proxied = false;
	q->confirmable = true;
	q->timeout = 90 * GCOAP_SECOND;
}

static void a_server_that_challenges_on_the_ack_gets_a_new_message(void **state)
{
	struct load_play *p = play_with(alone_confirmable, 100 * GCOAP_SECOND, 2);
	struct load_sent first = *load_last(p), again;
	struct gcoap_msg m;
	size_t n;

	load_response(&m, &first, GCOAP_UNAUTHORIZED, first.msg.mid);
	m.type = GCOAP_ACK;
	gcoap_msg_add(&m, GCOAP_ECHO, bytes(0xaa));
	load_recv(p, 0, PROXY, &m);
	again = *load_last(p);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(again.msg.type, GCOAP_CON);
	assert_int_not_equal(again.msg.mid, first.msg.mid);
	load_wait(p, 3 * GCOAP_SECOND); /* it is repeated as it is */
	n = p->n_sent;
	assert_int_equal(n, 3);
	assert_true(gcoap_bytes_equal(load_last(p)->d.data, again.d.data));
	load_response(&m, &again, GCOAP_CONTENT, again.msg.mid);
	m.type = GCOAP_ACK;
	load_recv(p, 0, PROXY, &m);
	assert_true(load_last_round(p)->complete);
	load_play_free(p);
}

static void one_behind(struct gcoap_load_request *q)
{
	static struct gcoap_origin server = { .scheme = GCOAP_SCHEME_COAP };

	gcoap_addr_parse(&server.addr, "192.0.2.9:61616", 0);
	q->proxied = false;
	q->server = &server;
}

static void an_answer_of_one_server_through_a_proxy_is_that_servers(void **state)
{
	struct load_play *p = play_with(one_behind, 0, 3);
	struct load_sent asked = *load_last(p);

	assert_int_equal(gcoap_load_servers(p->load), 1);
	assert_int_equal(gcoap_load_server(p->load, 0)->addr.port, 61616);
	from_proxy(p, &asked, GCOAP_NOT_FOUND, 1, 0, nothing);
	assert_int_equal(load_last_answer(p)->server, 0);
	assert_true(load_last_round(p)->complete);
	/* Unless a gateway speaks of itself. */
	from_proxy(p, load_last(p), GCOAP_GATEWAY_TIMEOUT, 2, 0, nothing);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_REFUSAL);
	assert_int_equal(load_last_answer(p)->server, GCOAP_LOAD_UNKNOWN);
	assert_false(load_last_round(p)->complete);
	assert_int_equal(p->n_rounds, 2);
	load_play_free(p);
}

/* With T' of @seconds in the option @o of a dialect. */
static struct load_play *timed(enum gcoap_draft_option o, uint32_t seconds, uint32_t expect,
			       gcoap_time gap, uint64_t count)
{
	struct gcoap_load_request q = load_get(PROXY);
	struct gcoap_load_config f = load_config(&q, 1);
	struct gcoap_msg m;
	uint8_t value[4];

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	if (seconds)
		gcoap_msg_add_uint(&m, number(o), seconds, value);
	q.request = &m;
	q.proxied = true;
	q.expect = expect;
	q.timeout = 7 * GCOAP_SECOND;
	q.dialect = &gcoap_dialects[o == GCOAP_DRAFT_MULTICAST_TIMEOUT];
	f.gap = gap;
	f.count = count;
	return load_play_new(&f);
}

/* T' of what was sent, in the option @o; -1: it is not there. */
static int64_t seconds_of(const struct load_sent *s, enum gcoap_draft_option o)
{
	const struct gcoap_option *t = gcoap_msg_find(&s->msg, number(o));
	uint32_t seconds;

	return t && gcoap_uint_decode(t->value, 4, &seconds) >= 0 ? (int64_t)seconds : -1;
}

static void the_timeout_option_that_the_proxy_misses_is_sent(void **state)
{
	static const enum gcoap_draft_option options[] = { GCOAP_DRAFT_MULTICAST_SIGNALING,
							   GCOAP_DRAFT_MULTICAST_TIMEOUT };

	for (size_t i = 0; i < 2; i++) {
		struct load_play *p = timed(options[1 - i], (uint32_t)i * 6, 0, 100 * GCOAP_MS, 4);
		struct load_sent first = *load_last(p), second;

		load_wait(p, 100 * GCOAP_MS);
		second = *load_last(p);
		from_proxy(p, &first, GCOAP_BAD_REQUEST, 1, number(options[i]), nothing);
		assert_int_equal(p->n_answers, 0);
		assert_int_equal(p->n_sent, 3);
		assert_memory_equal(load_last(p)->msg.token, first.msg.token, 8);
		assert_int_not_equal(load_last(p)->msg.mid, first.msg.mid);
		assert_int_equal(seconds_of(load_last(p), options[i]), 6);
		assert_int_equal(seconds_of(load_last(p), options[1 - i]), -1);
		/* One that was on its way is asked again, too; later ones have it. */
		from_proxy(p, &second, GCOAP_BAD_REQUEST, 2, number(options[i]), nothing);
		assert_int_equal(p->n_sent, 4);
		assert_memory_equal(load_last(p)->msg.token, second.msg.token, 8);
		load_wait(p, 100 * GCOAP_MS);
		assert_int_equal(p->n_sent, 5);
		assert_int_equal(seconds_of(load_last(p), options[i]), 6);
		/* But once: what is refused then is refused. */
		from_proxy(p, &first, GCOAP_BAD_REQUEST, 3, number(options[i]), nothing);
		assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_REFUSAL);
		from_proxy(p, load_last(p), GCOAP_BAD_REQUEST, 4, number(options[i]), nothing);
		assert_int_equal(p->kinds[GCOAP_LOAD_REFUSAL], 2);
		assert_int_equal(p->n_sent, 5);
		load_play_free(p);
	}
}

static void a_larger_time_is_given_when_there_is_room_for_it(void **state)
{
	uint16_t o = number(GCOAP_DRAFT_MULTICAST_SIGNALING);
	struct load_play *p = timed(GCOAP_DRAFT_MULTICAST_SIGNALING, 3, 0, 10 * GCOAP_SECOND, 2);
	struct load_sent asked = *load_last(p);

	from_proxy(p, &asked, GCOAP_NOT_PROXY, 1, o, bytes(5));
	assert_int_equal(p->n_answers, 0);
	assert_int_equal(seconds_of(load_last(p), GCOAP_DRAFT_MULTICAST_SIGNALING), 5);
	load_play_free(p);

	p = timed(GCOAP_DRAFT_MULTICAST_SIGNALING, 3, 0, 10 * GCOAP_SECOND, 2);
	asked = *load_last(p);
	from_proxy(p, &asked, GCOAP_NOT_PROXY, 1, o, bytes(7));
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_REFUSAL);
	assert_int_equal(p->n_sent, 1);
	load_play_free(p);

	/* None was asked for, and there is no time for one. */
	p = timed(GCOAP_DRAFT_MULTICAST_SIGNALING, 0, 0, 10 * GCOAP_SECOND, 2);
	asked = *load_last(p);
	p->now += 6 * GCOAP_SECOND;
	from_proxy(p, &asked, GCOAP_BAD_REQUEST, 1, o, nothing);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_REFUSAL);
	assert_int_equal(p->n_sent, 1);
	load_play_free(p);
}

static void name_server(struct load_play *p, const struct load_sent *to, uint8_t host)
{
	from_proxy(p, to, GCOAP_CONTENT, host, number(GCOAP_DRAFT_REPLY_FROM),
		   bytes(0x82, 0x20, 0x81, 0x44, 0xc0, 0, 2, host));
}

static void the_proxy_is_told_to_stop_when_all_have_answered(void **state)
{
	struct load_play *p = timed(GCOAP_DRAFT_MULTICAST_TIMEOUT, 6, 2, 10 * GCOAP_SECOND, 1);
	struct load_sent asked = *load_last(p);
	const struct load_sent *stop;

	p->now += GCOAP_SECOND;
	name_server(p, &asked, 1);
	assert_int_equal(p->n_sent, 1);
	assert_false(load_done(p));
	name_server(p, &asked, 2);
	assert_true(load_last_round(p)->complete);
	assert_true(load_last_round(p)->stopped);
	assert_int_equal(p->n_sent, 2);
	assert_true(load_done(p));
	stop = load_last(p);
	assert_int_equal(stop->msg.code, GCOAP_GET);
	assert_int_equal(stop->msg.type, GCOAP_NON);
	assert_int_not_equal(stop->msg.mid, asked.msg.mid);
	assert_memory_equal(stop->msg.token, asked.msg.token, 8);
	assert_int_equal(stop->msg.n_options, 1);
	assert_int_equal(seconds_of(stop, GCOAP_DRAFT_MULTICAST_TIMEOUT), 0);
	assert_int_equal(stop->msg.payload.len, 0);
	assert_int_equal(load_counts(p).stops, 1);
	assert_int_equal(load_counts(p).stop_bytes, stop->d.data.len);
	assert_int_equal(load_counts(p).sent, 2);
	/* What was on its way is counted; what the proxy says of this is not. */
	name_server(p, &asked, 3);
	assert_true(load_last_answer(p)->over);
	from_proxy(p, &asked, GCOAP_BAD_OPTION, 9, 0, nothing);
	assert_int_equal(p->n_answers, 3);
	assert_int_equal(load_counts(p).unmatched, 1);
	load_play_free(p);
}

static void without_need_nobody_is_told_to_stop(void **state)
{
	/* The other dialect; a time that is over; a request that had its time. */
	struct load_play *p = timed(GCOAP_DRAFT_MULTICAST_SIGNALING, 6, 1, 10 * GCOAP_SECOND, 1);

	name_server(p, load_last(p), 1);
	assert_true(load_last_round(p)->complete);
	assert_int_equal(p->n_sent, 1);
	load_play_free(p);
	p = timed(GCOAP_DRAFT_MULTICAST_TIMEOUT, 2, 1, 10 * GCOAP_SECOND, 1);
	p->now += 2 * GCOAP_SECOND;
	name_server(p, load_last(p), 1);
	assert_true(load_last_round(p)->complete);
	assert_int_equal(p->n_sent, 1);
	load_play_free(p);
	p = timed(GCOAP_DRAFT_MULTICAST_TIMEOUT, 6, 1, 10 * GCOAP_SECOND, 1);
	load_wait(p, 8 * GCOAP_SECOND);
	assert_int_equal(p->n_rounds, 1);
	assert_int_equal(p->n_sent, 1);
	load_play_free(p);
}

static void a_load_that_is_stopped_stops_the_proxy(void **state)
{
	struct load_play *p = timed(GCOAP_DRAFT_MULTICAST_TIMEOUT, 6, 0, 100 * GCOAP_MS, 0);
	struct load_sent first = *load_last(p);

	load_wait(p, 200 * GCOAP_MS);
	assert_int_equal(p->n_sent, 3);
	gcoap_load_stop(p->load, false, p->now);
	assert_false(load_done(p));
	load_flush(p);
	assert_true(load_done(p));
	assert_int_equal(p->n_sent, 6);
	assert_int_equal(load_counts(p).stops, 3);
	assert_memory_equal(load_last(p)->msg.token, first.msg.token, 8);
	load_play_free(p);
}

static void a_name_that_is_a_groups_is_refused(void **state)
{
	struct load_play *p = play_with(one_behind, 0, 3);

	from_proxy(p, load_last(p), GCOAP_BAD_REQUEST, 1, number(GCOAP_DRAFT_MULTICAST_SIGNALING),
		   nothing);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_REFUSAL);
	assert_int_equal(load_last_answer(p)->server, GCOAP_LOAD_UNKNOWN);
	load_play_free(p);
}

static void a_group_member_may_name_another_origin(void **state)
{
	struct gcoap_load_request q = load_get("224.0.1.187");
	struct gcoap_load_config f = load_config(&q, 1);
	struct load_play *p = load_play_new(&f);
	struct load_sent asked = *load_last(p);

	from_proxy(p, &asked, GCOAP_CONTENT, 1, number(GCOAP_DRAFT_RESPONSE_FORWARDING),
		   bytes(0x83, 0x01, 0xd9, 0x01, 0x04, 0x44, 0xc0, 0, 2, 1, 0x19, 0x16, 0x33));
	assert_int_equal(gcoap_load_server(p->load, 0)->addr.bytes[3], 1);
	/* One that cannot be read: then it is who has sent it. */
	from_proxy(p, &asked, GCOAP_CONTENT, 2, number(GCOAP_DRAFT_REPLY_FROM), bytes(0x80));
	assert_int_equal(p->n_malformed, 1);
	assert_int_equal(gcoap_load_server(p->load, load_last_answer(p)->server)->addr.bytes[0], 198);
	load_play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(response_forwarding_names_the_server),
		cmocka_unit_test(reply_from_names_the_server),
		cmocka_unit_test(the_port_that_is_not_told_is_read_as_asked),
		cmocka_unit_test(who_is_not_told_is_unknown_and_each_answer_is_one),
		cmocka_unit_test(an_origin_that_does_not_decode_is_malformed_and_unknown),
		cmocka_unit_test(the_proxys_own_error_is_a_refusal_and_the_end),
		cmocka_unit_test(on_the_ack_and_after_it_answers_of_several_servers_come),
		cmocka_unit_test(a_challenged_request_is_asked_again_and_later_ones_carry_the_value),
		cmocka_unit_test(a_server_that_challenges_on_the_ack_gets_a_new_message),
		cmocka_unit_test(an_answer_of_one_server_through_a_proxy_is_that_servers),
		cmocka_unit_test(the_timeout_option_that_the_proxy_misses_is_sent),
		cmocka_unit_test(a_larger_time_is_given_when_there_is_room_for_it),
		cmocka_unit_test(the_proxy_is_told_to_stop_when_all_have_answered),
		cmocka_unit_test(without_need_nobody_is_told_to_stop),
		cmocka_unit_test(a_load_that_is_stopped_stops_the_proxy),
		cmocka_unit_test(a_name_that_is_a_groups_is_refused),
		cmocka_unit_test(a_group_member_may_name_another_origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
