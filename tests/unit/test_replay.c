/* Recorded datagrams drive an engine on their own clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <gcoap/net.h>

static const struct gcoap_addr client = { .family = 4, .port = 40000,
					  .bytes = { 10, 77, 0, 10 } };
static const struct gcoap_addr group = { .family = 4, .port = 5683,
					 .bytes = { 224, 0, 1, 187 } };

/* Notes what it is given and when; one deadline. */
struct notes {
	struct gcoap_engine engine;
	int sends, got;
	gcoap_time got_at[8], deadline, ticked_at;
};

static int notes_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	struct notes *n = (struct notes *)e;

	return n->sends++ == 0;
}

static int notes_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	struct notes *n = (struct notes *)e;

	assert_int_equal(in->at, now);
	n->got_at[n->got++] = now;
	return 0;
}

static gcoap_time notes_deadline(const struct gcoap_engine *e)
{
	return ((const struct notes *)e)->deadline;
}

static void notes_tick(struct gcoap_engine *e, gcoap_time now)
{
	struct notes *n = (struct notes *)e;

	n->ticked_at = now;
	n->deadline = GCOAP_NEVER;
}

static struct gcoap_addr server(uint8_t i)
{
	return (struct gcoap_addr){ .family = 4, .port = 5683, .bytes = { 10, 77, 0, i } };
}

static void record(struct gcoap_capture *c, struct gcoap_addr from, struct gcoap_addr to,
		   gcoap_time at)
{
	struct gcoap_datagram d = { .from = from, .to = to, .at = at,
				    .data = gcoap_bytes_text("data") };

	assert_int_equal(gcoap_capture_write(c, GCOAP_SENT, &d), 0);
}

static struct notes play(const struct gcoap_addr *local)
{
	struct notes n = { .engine = { notes_send, notes_recv, notes_deadline, notes_tick },
			   .deadline = 1500 * GCOAP_MS };
	char path[] = "/tmp/gcoap-replay.XXXXXX";
	struct gcoap_capture *c;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(gcoap_capture_open(&c, path), 0);
	record(c, client, group, 100 * GCOAP_SECOND);
	record(c, server(1), client, 101 * GCOAP_SECOND);
	record(c, server(2), server(3), 101 * GCOAP_SECOND + 1);
	record(c, server(3), client, 102 * GCOAP_SECOND);
	record(c, server(4), client, 99 * GCOAP_SECOND); /* the file's clock went back */
	assert_int_equal(gcoap_capture_close(&c), 0);
	assert_int_equal(gcoap_replay(path, local, &n.engine, NULL), 0);
	unlink(path);
	return n;
}

static void answers_come_at_their_time_and_deadlines_between_them(void **state)
{
	struct notes n = play(&client);

	assert_int_equal(n.got, 3);
	assert_int_equal(n.got_at[0], GCOAP_SECOND);
	assert_int_equal(n.got_at[1], 2 * GCOAP_SECOND);
	assert_int_equal(n.got_at[2], 2 * GCOAP_SECOND);
	assert_int_equal(n.ticked_at, 1500 * GCOAP_MS);
	assert_true(n.sends >= 1);
}

static void the_local_address_may_be_left_open(void **state)
{
	struct gcoap_addr local = { .family = 4, .port = 40000 };

	assert_int_equal(play(&local).got, 3);
	local.port = 40001;
	assert_int_equal(play(&local).got, 0);
}

static void what_is_no_capture_is_refused(void **state)
{
	struct notes n = { .engine = { notes_send, notes_recv, notes_deadline, notes_tick } };
	struct gcoap_diag diag = { 0 };

	assert_int_equal(gcoap_replay("/nonexistent", &client, &n.engine, &diag), GCOAP_ESYSTEM);
	assert_string_equal(diag.name, "open");
	assert_int_equal(gcoap_replay("/dev/null", &client, &n.engine, &diag), GCOAP_EMALFORMED);
	assert_string_equal(diag.name, "pcap");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_come_at_their_time_and_deadlines_between_them),
		cmocka_unit_test(the_local_address_may_be_left_open),
		cmocka_unit_test(what_is_no_capture_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
