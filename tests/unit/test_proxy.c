/* The forward-proxy, step by step (groupcomm-bis-03, Section 3.4.1; groupcomm-proxy). */
#include "proxy_play.h"
#include "test.h"

#define GET_60 "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72e1fcba3c"
#define GET_60_IETF "42011001c0de213cdd1407636f61703a2f2f3232342e302e312e3138372f72"
#define NO_TIMEOUT "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72"
#define MULTICAST_GET "520150019a01b172"

static struct proxy_play *p;

static int set_up(void **state)
{
	(void)state;
	p = proxy_play_new(NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	proxy_play_free(p);
	return 0;
}

static void assert_answer(const char *hex)
{
	assert_true(proxy_play_is(proxy_play_last(p), hex, false));
}

static void a_group_request_is_multicast_without_proxy_options(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	assert_int_equal(p->n_sent, 1);
	assert_true(proxy_play_is(&p->sent[0], MULTICAST_GET, true));
	assert_int_equal(p->sent[0].msg.type, GCOAP_NON);
	assert_int_equal(p->sent[0].msg.token_len, 8);
	assert_int_equal(p->n_answers, 0);
}

static void both_dialects_ask_the_same(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60_IETF);
	assert_true(proxy_play_is(&p->sent[0], MULTICAST_GET, true));
}

/* Content-Format 0, Max-Age 30, as in the vectors. */
static void answer(const char *server, const char *text)
{
	static const uint8_t thirty = 30;
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_add(&m, GCOAP_CONTENT_FORMAT, (struct gcoap_bytes){ NULL, 0 });
	gcoap_msg_add(&m, GCOAP_MAX_AGE, (struct gcoap_bytes){ &thirty, 1 });
	m.payload = gcoap_bytes_text(text);
	proxy_play_answer(p, server, &m);
}

static void answers_name_their_server(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	answer("192.0.2.1:5685", "22.3 C");
	assert_int_equal(p->n_answers, 1);
	assert_answer("52452001c0dec0211edd45008301d9010444c0000201191635ff32322e332043");
	assert_int_equal(proxy_play_last(p)->as, GCOAP_SEND_NON);
}

static void answers_name_their_server_by_cri(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60_IETF);
	answer("192.0.2.1:5685", "22.3 C");
	assert_answer("52452001c0dec0211edbdd82208244c0000201191635ff32322e332043");
}

static void without_the_timeout_option_it_is_4_00_with_it(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, NO_TIMEOUT);
	assert_answer("62801001c0dee0fcddff4d756c7469636173742d5369676e616c696e6720726571"
		      "7569726564");
	assert_int_equal(p->n_sent, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define t(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		t(a_group_request_is_multicast_without_proxy_options),
		t(both_dialects_ask_the_same),
		t(answers_name_their_server),
		t(answers_name_their_server_by_cri),
		t(without_the_timeout_option_it_is_4_00_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
