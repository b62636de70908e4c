/* The message layer alone: retransmission, matching, Message IDs. */
#include <gcoap/reliability.h>

#include "engine/mid.h"
#include "engine/token.h"
#include "engine_play.h"
#include "test.h"

#define S1 "192.0.2.1:5683"
#define S2 "192.0.2.2:5683"

static struct gcoap_random seeded;

static struct gcoap_reliability *make(void)
{
	struct gcoap_transmission t = GCOAP_TRANSMISSION_DEFAULT;
	struct gcoap_reliability *r;

	gcoap_random_init_seed(&seeded, 1);
	assert_int_equal(gcoap_reliability_new(&r, &t, &seeded), 0);
	return r;
}

static struct gcoap_msg request(enum gcoap_type type)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, type, GCOAP_GET);
	gcoap_msg_set_token(&m, "token", 5);
	return m;
}

static int recv_from(struct gcoap_reliability *r, const char *from, const struct gcoap_msg *m,
		     uint64_t *handle, gcoap_time now)
{
	struct gcoap_datagram in = { .from = play_addr(from) };

	return (int)gcoap_reliability_recv(r, &in, m, handle, now);
}

static void con_is_sent_five_times_with_doubling_gaps(void **state)
{
	struct gcoap_reliability *r = make();
	struct gcoap_addr to = play_addr(S1);
	struct gcoap_msg m = request(GCOAP_CON);
	gcoap_time now = 0, gap, first = 0, last = 0;
	struct gcoap_datagram out;
	uint64_t handle = 0;

	gcoap_reliability_submit(r, &to, 0, &m, false, 42, now);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(gcoap_reliability_send(r, &out, now), 1);
		gap = now - last;
		if (i == 1) {
			first = gap;
			assert_in_range(gap, 2 * GCOAP_SECOND, 3 * GCOAP_SECOND);
		}
		if (i > 1)
			assert_int_equal(gap, first << (i - 1));
		assert_int_equal(gcoap_reliability_send(r, &out, now), 0);
		last = now;
		now = gcoap_reliability_deadline(r);
		assert_int_equal(gcoap_reliability_failed(r, &handle), 0);
		gcoap_reliability_tick(r, now);
	}
	assert_int_equal(gcoap_reliability_failed(r, &handle), 1);
	assert_int_equal(handle, 42);
	assert_int_equal(gcoap_reliability_deadline(r), GCOAP_NEVER);
	gcoap_reliability_free(&r);
}

static void an_ack_stops_the_retransmission(void **state)
{
	struct gcoap_reliability *r = make();
	struct gcoap_addr to = play_addr(S1);
	struct gcoap_msg m = request(GCOAP_CON), ack;
	struct gcoap_datagram out;
	uint64_t handle;

	gcoap_reliability_submit(r, &to, 0, &m, false, 42, 0);
	gcoap_reliability_send(r, &out, 0);
	gcoap_msg_init(&ack, GCOAP_ACK, GCOAP_EMPTY);
	ack.mid = m.mid;
	assert_int_equal(recv_from(r, S2, &ack, &handle, 1), GCOAP_STRAY);
	assert_int_not_equal(gcoap_reliability_deadline(r), GCOAP_NEVER);
	assert_int_equal(recv_from(r, S1, &ack, &handle, 1), GCOAP_ACKED);
	assert_int_equal(handle, 42);
	assert_int_equal(gcoap_reliability_deadline(r), GCOAP_NEVER);
	gcoap_reliability_free(&r);
}

static void acks_that_match_nothing_are_stray_and_not_answered(void **state)
{
	struct gcoap_reliability *r = make();
	struct gcoap_addr to = play_addr(S1);
	struct gcoap_msg m = request(GCOAP_CON), ack;
	struct gcoap_datagram out;
	uint64_t handle;

	gcoap_reliability_submit(r, &to, 0, &m, false, 42, 0);
	gcoap_reliability_send(r, &out, 0);
	gcoap_msg_init(&ack, GCOAP_ACK, GCOAP_EMPTY);
	ack.mid = (uint16_t)(m.mid + 1);
	assert_int_equal(recv_from(r, S1, &ack, &handle, 1), GCOAP_STRAY);
	gcoap_msg_init(&ack, GCOAP_ACK, GCOAP_CONTENT);
	ack.mid = m.mid; /* piggybacked, but with another token */
	assert_int_equal(recv_from(r, S1, &ack, &handle, 1), GCOAP_STRAY);
	assert_int_equal(gcoap_reliability_send(r, &out, 1), 0);
	gcoap_msg_set_token(&ack, "token", 5);
	assert_int_equal(recv_from(r, S1, &ack, &handle, 1), GCOAP_DELIVER);
	assert_int_equal(handle, 42);
	gcoap_reliability_free(&r);
}

static void a_rst_counts_from_the_endpoint_that_was_asked(void **state)
{
	struct gcoap_reliability *r = make();
	struct gcoap_addr to = play_addr(S1);
	struct gcoap_msg m = request(GCOAP_NON), rst;
	struct gcoap_datagram out;
	uint64_t handle;

	gcoap_reliability_submit(r, &to, 0, &m, false, 42, 0);
	gcoap_reliability_send(r, &out, 0);
	gcoap_msg_init(&rst, GCOAP_RST, GCOAP_EMPTY);
	rst.mid = m.mid;
	assert_int_equal(recv_from(r, S2, &rst, &handle, 1), GCOAP_STRAY);
	assert_int_equal(recv_from(r, "192.0.2.1:9", &rst, &handle, 1), GCOAP_STRAY);
	assert_int_equal(recv_from(r, S1, &rst, &handle, 1), GCOAP_RESET);
	assert_int_equal(handle, 42);
	assert_int_equal(recv_from(r, S1, &rst, &handle, 1), GCOAP_STRAY);
	gcoap_reliability_free(&r);
}

static void message_ids_are_not_reused_within_their_lifetime(void **state)
{
	struct gcoap__mids mids;
	static uint8_t seen[65536];
	struct gcoap_random random;
	uint16_t mid, first;

	memset(seen, 0, sizeof(seen));
	gcoap_random_init_seed(&random, 3);
	assert_int_equal(gcoap__mids_init(&mids, &random), 0);
	for (int i = 0; i < 65536; i++) {
		assert_int_equal(gcoap__mid_take(&mids, 5, 145 * GCOAP_SECOND, 0, &mid), 0);
		assert_int_equal(seen[mid]++, 0);
		if (i == 0)
			first = mid;
	}
	/* Another endpoint may have them; this one the oldest, as memory is bounded. */
	assert_int_equal(gcoap__mid_take(&mids, 6, 145 * GCOAP_SECOND, 0, &mid), 0);
	assert_int_equal(mid, first);
	gcoap__mids_clear(&mids);
}

static void a_group_shares_no_message_id_with_an_endpoint(void **state)
{
	struct gcoap__mids mids;
	struct gcoap_random random;
	uint16_t group, mid;

	gcoap_random_init_seed(&random, 3);
	gcoap__mids_init(&mids, &random);
	gcoap__mid_take(&mids, 0, 145 * GCOAP_SECOND, 0, &group);
	for (int i = 0; i < 65536 + 100; i++) {
		gcoap__mid_take(&mids, 5 + (uint32_t)i, 145 * GCOAP_SECOND,
				i / 1000 * GCOAP_SECOND, &mid);
		assert_int_not_equal(mid, group);
	}
	mids.next = group;
	gcoap__mid_take(&mids, 5, 145 * GCOAP_SECOND, 147 * GCOAP_SECOND, &mid);
	assert_int_equal(mid, group);
	gcoap__mids_clear(&mids);
}

static void a_million_tokens_differ(void **state)
{
	struct gcoap__tokens tokens;
	struct gcoap__party party = { .kind = GCOAP__EXCHANGE };
	struct gcoap_random random;
	struct gcoap__table all;
	uint64_t seed[2] = { 1, 2 };
	bool added;

	gcoap_random_init(&random);
	gcoap__tokens_init(&tokens, &random, 500 * GCOAP_SECOND, seed);
	gcoap__table_init(&all, sizeof(struct gcoap__token), sizeof(struct gcoap__token), seed);
	for (int i = 0; i < 1000000; i++) {
		assert_int_equal(gcoap__token_open(&tokens, &party, NULL, 0, 0), 0);
		assert_non_null(gcoap__table_add(&all, &party.token, &added));
		assert_true(added);
		gcoap__token_close(&tokens, &party, false, NULL, 0);
	}
	gcoap__table_clear(&all);
	gcoap__tokens_clear(&tokens);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(con_is_sent_five_times_with_doubling_gaps),
		cmocka_unit_test(an_ack_stops_the_retransmission),
		cmocka_unit_test(acks_that_match_nothing_are_stray_and_not_answered),
		cmocka_unit_test(a_rst_counts_from_the_endpoint_that_was_asked),
		cmocka_unit_test(message_ids_are_not_reused_within_their_lifetime),
		cmocka_unit_test(a_group_shares_no_message_id_with_an_endpoint),
		cmocka_unit_test(a_million_tokens_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
