/* Every allocation of opening, sending and closing fails once. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>
#include <gcoap/net.h>
#include "alloc_fail.h"

/* Sends three datagrams to itself, one of them longer than a batch's slot. */
struct once {
	struct gcoap_engine engine;
	struct gcoap_addr self;
	int sent, got, failed;
};

static int once_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	static const uint8_t data[4096];
	struct once *o = (struct once *)e;

	if (o->sent == 3)
		return 0;
	out->to = o->self;
	out->data = (struct gcoap_bytes){ data, o->sent == 1 ? sizeof(data) : 4 };
	o->sent++;
	return 1;
}

static int once_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	((struct once *)e)->got++;
	return 0;
}

static gcoap_time once_deadline(const struct gcoap_engine *e)
{
	return GCOAP_NEVER;
}

static void once_tick(struct gcoap_engine *e, gcoap_time now)
{
}

static bool once_done(const struct gcoap_engine *e)
{
	const struct once *o = (const struct once *)e;

	return o->got + o->failed == 3;
}

static void once_failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			gcoap_time now)
{
	((struct once *)e)->failed++;
}

static void no_fd(void *arg, int fd)
{
}

static void no_timer(void *arg, gcoap_time now)
{
}

static int all_of_it(int fd)
{
	struct gcoap_udp_config c = { .v4 = true };
	struct once o = { .engine = { once_send, once_recv, once_deadline, once_tick, once_done,
				      once_failed } };
	struct gcoap_loop *l = NULL;
	struct gcoap_udp *u = NULL;
	int r;

	c.bind = (struct gcoap_addr){ .family = 4, .bytes = { 127, 0, 0, 1 } };
	r = gcoap_udp_open(&u, &c, NULL);
	if (r == 0)
		r = gcoap_loop_new(&l);
	if (r == 0)
		r = gcoap_loop_add_signal(l, SIGUSR1, no_fd, NULL);
	if (r == 0)
		r = gcoap_loop_add_fd(l, fd, no_fd, NULL);
	if (r == 0)
		r = gcoap_loop_add_timer(l, GCOAP_SECOND, 0, no_timer, NULL);
	if (r == 0)
		r = gcoap_loop_add(l, u, &o.engine);
	if (r == 0) {
		gcoap_udp_local(u, 4, &o.self);
		r = gcoap_loop_run(l);
		if (o.failed)
			r = GCOAP_ENOMEM;
	}
	gcoap_loop_free(&l);
	gcoap_udp_close(&u);
	return r;
}

static void each_failed_allocation_is_an_error_and_nothing_leaks(void **state)
{
	int fds[2], r;
	size_t n;

	assert_int_equal(pipe(fds), 0);
	for (n = 1; n < 100; n++) {
		alloc_fail_at(n);
		r = all_of_it(fds[0]);
		if (!alloc_failed())
			break;
		assert_int_equal(r, GCOAP_ENOMEM);
	}
	assert_true(n > 5 && n < 100);
	assert_int_equal(r, 0);
	close(fds[0]);
	close(fds[1]);
}

static void a_capture_that_cannot_be_held_is_an_error(void **state)
{
	struct gcoap_capture *c;
	size_t n;
	int r = 0;

	for (n = 1; n < 20; n++) {
		alloc_fail_at(n);
		r = gcoap_capture_open(&c, "/dev/null");
		if (!alloc_failed())
			break;
		assert_int_equal(r, GCOAP_ENOMEM);
		assert_null(c);
	}
	assert_int_equal(r, 0);
	assert_int_equal(gcoap_capture_close(&c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_failed_allocation_is_an_error_and_nothing_leaks),
		cmocka_unit_test(a_capture_that_cannot_be_held_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
