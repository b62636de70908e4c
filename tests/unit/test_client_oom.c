/* Every allocation of a whole run fails once: no crash, no leak, an error that is said. */
#include "alloc_fail.h"
#include "engine_play.h"
#include "test.h"

#define S1 "192.0.2.1:5683"
#define S2 "192.0.2.2:5683"

static void answer_in_blocks(struct play *p, const char *from, uint32_t num, bool more)
{
	static const uint8_t payload[64] = { 'x' };
	struct gcoap_block b = { .num = num, .more = more, .szx = 2 };
	struct gcoap_msg m;
	uint8_t store[4];

	play_answer(&m, play_last(p), GCOAP_CONTENT, (uint16_t)(num + 1));
	m.type = GCOAP_CON;
	gcoap_msg_add(&m, GCOAP_BLOCK2,
		      (struct gcoap_bytes){ store, gcoap_block_encode(&b, store) });
	m.payload = (struct gcoap_bytes){ payload, 64 };
	play_recv(p, from, &m);
}

/* A group request with repeats and one that waits; a plain answer, blocks, Echo, a late one. */
static void group_run(struct play *p)
{
	struct gcoap_addr from[] = { play_addr(S1), play_addr("192.0.2.9:5683") };
	struct gcoap_ask ask = play_get("log");
	struct gcoap_msg m, first;

	ask.repeat = 1;
	ask.expect_from = from;
	ask.n_expect_from = 2;
	play_ask(p, &ask);
	play_ask(p, &ask);
	if (!p->n_sent)
		return;
	first = *play_last(p);
	play_text(p, S1, 1, "plain");
	play_answer(&m, &first, GCOAP_UNAUTHORIZED, 2);
	gcoap_msg_add_text(&m, GCOAP_ECHO, "fresh");
	play_recv(p, "192.0.2.3:5683", &m);
	play_text(p, "192.0.2.3:5683", 3, "echoed");
	play_answer(&m, &first, GCOAP_CONTENT, 1);
	p->n_sent = 1;
	p->sent[0].msg = first;
	answer_in_blocks(p, S2, 0, true);
	answer_in_blocks(p, S2, 1, true);
	play_wait(p, 4 * GCOAP_SECOND);
	answer_in_blocks(p, S2, 2, false);
	play_wait(p, 60 * GCOAP_SECOND);
	play_recv(p, S1, &m);
}

static void upload_run(struct play *p)
{
	static uint8_t large[2000];
	struct gcoap_ask ask = play_get("fw");
	struct gcoap_msg m = *ask.request, r;

	m.code = GCOAP_PUT;
	m.payload = (struct gcoap_bytes){ large, sizeof(large) };
	ask.request = &m;
	ask.group = false;
	ask.confirmable = true;
	ask.to = play_addr(S1);
	play_ask(p, &ask);
	if (!p->n_sent)
		return;
	play_answer(&r, play_last(p), GCOAP_CONTINUE, 0);
	r.type = GCOAP_ACK;
	r.mid = play_last(p)->mid;
	play_recv(p, S1, &r);
	play_wait(p, 100 * GCOAP_SECOND);
}

static void a_group_run_survives_every_failed_allocation(void **state)
{
	play_without_memory(group_run);
}

static void an_upload_survives_every_failed_allocation(void **state)
{
	play_without_memory(upload_run);
}

static void a_known_server_costs_no_allocation(void **state)
{
	struct gcoap_ask ask = play_get("temp");
	struct play *p = play_new(NULL);

	play_ask(p, &ask);
	for (uint16_t i = 0; i < 50; i++)
		play_text(p, S1, i, "a");
	alloc_fail_at(0);
	for (uint16_t i = 50; i < 64; i++)
		play_text(p, S1, i, "a");
	assert_int_equal(alloc_count(), 0);
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_run_survives_every_failed_allocation),
		cmocka_unit_test(an_upload_survives_every_failed_allocation),
		cmocka_unit_test(a_known_server_costs_no_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
