/* Deduplication by source endpoint and Message ID, and the tables under it. */
#include <gcoap/reliability.h>

#include "engine/table.h"
#include "engine_play.h"
#include "test.h"

#define S1 "192.0.2.1:5683"
#define S2 "192.0.2.2:5683"

static struct gcoap_reliability *make(void)
{
	static struct gcoap_random random;
	struct gcoap_transmission t = GCOAP_TRANSMISSION_DEFAULT;
	struct gcoap_reliability *r;

	gcoap_random_init_seed(&random, 1);
	assert_int_equal(gcoap_reliability_new(&r, &t, &random), 0);
	return r;
}

static int take(struct gcoap_reliability *r, const char *from, uint8_t type, uint16_t mid,
		gcoap_time now)
{
	struct gcoap_datagram in = { .from = play_addr(from) };
	struct gcoap_msg m;
	uint64_t handle;

	gcoap_msg_init(&m, type, GCOAP_CONTENT);
	m.mid = mid;
	return (int)gcoap_reliability_recv(r, &in, &m, &handle, now);
}

static void the_same_endpoint_and_message_id_is_a_duplicate(void **state)
{
	struct gcoap_reliability *r = make();

	assert_int_equal(take(r, S1, GCOAP_NON, 1, 0), GCOAP_DELIVER);
	assert_int_equal(take(r, S1, GCOAP_NON, 1, 1), GCOAP_DUPLICATE);
	assert_int_equal(take(r, S1, GCOAP_NON, 2, 1), GCOAP_DELIVER);
	assert_int_equal(take(r, S2, GCOAP_NON, 1, 1), GCOAP_DELIVER);
	assert_int_equal(take(r, "192.0.2.1:5684", GCOAP_NON, 1, 1), GCOAP_DELIVER);
	gcoap_reliability_free(&r);
}

static void a_non_message_id_is_new_after_145_seconds(void **state)
{
	struct gcoap_reliability *r = make();

	take(r, S1, GCOAP_NON, 1, 0);
	assert_int_equal(take(r, S1, GCOAP_NON, 1, 144 * GCOAP_SECOND), GCOAP_DUPLICATE);
	assert_int_equal(take(r, S1, GCOAP_NON, 1, 145 * GCOAP_SECOND), GCOAP_DELIVER);
	gcoap_reliability_free(&r);
}

static void a_con_message_id_is_new_after_247_seconds(void **state)
{
	struct gcoap_reliability *r = make();

	take(r, S1, GCOAP_CON, 1, 0);
	assert_int_equal(take(r, S1, GCOAP_CON, 1, 246 * GCOAP_SECOND), GCOAP_DUPLICATE);
	assert_int_equal(take(r, S1, GCOAP_CON, 1, 247 * GCOAP_SECOND), GCOAP_DELIVER);
	gcoap_reliability_free(&r);
}

static void a_duplicate_con_is_answered_as_the_first_was(void **state)
{
	struct gcoap_reliability *r = make();
	struct gcoap_addr s1 = play_addr(S1), s2 = play_addr(S2);
	struct gcoap_datagram out;

	take(r, S1, GCOAP_CON, 1, 0);
	take(r, S2, GCOAP_CON, 1, 0);
	gcoap_reliability_ack(r, &s1, 1);
	gcoap_reliability_reset(r, &s2, 1);
	assert_int_equal(gcoap_reliability_send(r, &out, 0), 1);
	assert_int_equal(gcoap_reliability_send(r, &out, 0), 1);
	take(r, S1, GCOAP_CON, 1, 1);
	assert_int_equal(gcoap_reliability_send(r, &out, 1), 1);
	assert_memory_equal(out.data.ptr, "\x60\x00\x00\x01", 4);
	take(r, S2, GCOAP_CON, 1, 1);
	assert_int_equal(gcoap_reliability_send(r, &out, 1), 1);
	assert_memory_equal(out.data.ptr, "\x70\x00\x00\x01", 4);
	assert_int_equal(gcoap_reliability_send(r, &out, 1), 0);
	gcoap_reliability_free(&r);
}

static void replies_keep_their_order_while_the_ring_grows(void **state)
{
	struct gcoap_reliability *r = make();
	struct gcoap_addr s1 = play_addr(S1);
	struct gcoap_datagram out;

	for (uint16_t i = 0; i < 20; i++)
		gcoap_reliability_ack(r, &s1, i);
	for (uint16_t i = 0; i < 10; i++)
		gcoap_reliability_send(r, &out, 0);
	for (uint16_t i = 20; i < 200; i++)
		gcoap_reliability_ack(r, &s1, i);
	for (uint16_t i = 10; i < 200; i++) {
		assert_int_equal(gcoap_reliability_send(r, &out, 0), 1);
		assert_int_equal(out.data.ptr[3], i);
	}
	assert_int_equal(gcoap_reliability_send(r, &out, 0), 0);
	gcoap_reliability_free(&r);
}

static void memory_of_message_ids_is_bounded(void **state)
{
	uint64_t seed[2] = { 1, 2 };
	struct gcoap__aged a;
	uint64_t key;

	gcoap__aged_init(&a, 16, 8, seed, 100, 1000);
	for (key = 0; key < 100000; key++)
		assert_non_null(gcoap__aged_add(&a, &key, 1));
	assert_in_range(a.young.n + a.old.n, 1, 2000);
	key = 99999;
	assert_non_null(gcoap__aged_find(&a, &key));
	key = 1;
	assert_null(gcoap__aged_find(&a, &key));
	gcoap__aged_clear(&a);
}

static void a_key_is_taken_once_however_full_the_tables_are(void **state)
{
	uint64_t seed[2] = { 1, 2 };
	struct gcoap__aged a;
	bool added;

	gcoap__aged_init(&a, 16, 8, seed, 100, 10);
	for (uint64_t key = 0; key < 25; key++) {
		assert_non_null(gcoap__aged_take(&a, &key, 1, &added));
		assert_true(added);
		assert_non_null(gcoap__aged_take(&a, &key, 1, &added));
		assert_false(added);
	}
	for (uint64_t key = 15; key < 25; key++) { /* the last ten are in one of the tables */
		assert_non_null(gcoap__aged_take(&a, &key, 1, &added));
		assert_false(added);
	}
	gcoap__aged_clear(&a);
}

static void a_table_finds_what_is_left_after_removals(void **state)
{
	uint64_t seed[2] = { 1, 2 };
	struct gcoap__table t;
	uint64_t key;
	bool added;

	gcoap__table_init(&t, 16, 8, seed);
	for (key = 0; key < 5000; key++)
		gcoap__table_add(&t, &key, &added);
	for (key = 0; key < 5000; key += 3)
		gcoap__table_remove(&t, &key);
	for (key = 0; key < 5000; key++) {
		if (key % 3)
			assert_non_null(gcoap__table_find(&t, &key));
		else
			assert_null(gcoap__table_find(&t, &key));
	}
	key = 0;
	gcoap__table_remove(&t, &key);
	gcoap__table_add(&t, &key, &added);
	assert_true(added);
	gcoap__table_clear(&t);
	assert_null(gcoap__table_find(&t, &key));
}

static void the_hash_is_siphash_1_3(void **state)
{
	const uint64_t key[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };
	uint8_t in[16];

	for (uint8_t i = 0; i < sizeof(in); i++)
		in[i] = i;
	assert_true(gcoap__hash(in, 0, key) == 0xabac0158050fc4dc);
	assert_true(gcoap__hash(in, 1, key) != gcoap__hash(in, 2, key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_endpoint_and_message_id_is_a_duplicate),
		cmocka_unit_test(a_non_message_id_is_new_after_145_seconds),
		cmocka_unit_test(a_con_message_id_is_new_after_247_seconds),
		cmocka_unit_test(a_duplicate_con_is_answered_as_the_first_was),
		cmocka_unit_test(replies_keep_their_order_while_the_ring_grows),
		cmocka_unit_test(memory_of_message_ids_is_bounded),
		cmocka_unit_test(a_key_is_taken_once_however_full_the_tables_are),
		cmocka_unit_test(a_table_finds_what_is_left_after_removals),
		cmocka_unit_test(the_hash_is_siphash_1_3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
