/* The loop when system calls fail: this program's own sendmmsg() and others stand in front of
 * the C library's. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cmocka.h>
#include <gcoap/net.h>

#define OTHERS 20

/* The next @times calls fail with @error. */
struct fault {
	int times, error, calls;
};
static struct fault on_send, on_recv, on_wait, on_epoll;
static bool icmp; /* the endpoint listens to it */
static int others; /* pairs that have nothing to do */

static int fails(struct fault *f)
{
	f->calls++;
	if (f->times <= 0)
		return 0;
	f->times--;
	errno = f->error;
	return 1;
}

int sendmmsg(int fd, struct mmsghdr *v, unsigned n, int flags)
{
	return fails(&on_send) ? -1 : (int)syscall(SYS_sendmmsg, fd, v, n, flags);
}

int recvmmsg(int fd, struct mmsghdr *v, unsigned n, int flags, struct timespec *t)
{
	return fails(&on_recv) ? -1 : (int)syscall(SYS_recvmmsg, fd, v, n, flags, t);
}

static int waits(struct pollfd *fds, nfds_t n, const struct timespec *t, const sigset_t *mask)
{
	struct timespec left = t ? *t : (struct timespec){ 0 }; /* the call writes into it */

	return fails(&on_wait) ? -1 :
	       (int)syscall(SYS_ppoll, fds, n, t ? &left : NULL, mask, _NSIG / 8);
}

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *t, const sigset_t *mask)
{
	return waits(fds, n, t, mask);
}

/* What it is with _FORTIFY_SOURCE. */
int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *t, const sigset_t *mask,
		size_t size);
int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *t, const sigset_t *mask,
		size_t size)
{
	assert_true(n * sizeof(*fds) <= size);
	return waits(fds, n, t, mask);
}

int epoll_wait(int fd, struct epoll_event *ev, int n, int ms)
{
	return fails(&on_epoll) ? -1 :
	       (int)syscall(SYS_epoll_pwait, fd, ev, n, ms, NULL, _NSIG / 8);
}

/* Sends datagrams to itself; done when all have come or failed. */
struct echo {
	struct gcoap_engine engine;
	struct gcoap_addr self;
	int to_send, sent, got, failures, last_error;
	gcoap_time end;
};

static int echo_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	struct echo *s = (struct echo *)e;

	if (s->sent == s->to_send)
		return 0;
	s->sent++;
	out->to = s->self;
	out->data = gcoap_bytes_text("echo");
	return 1;
}

static int echo_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	((struct echo *)e)->got++;
	return 0;
}

static gcoap_time echo_deadline(const struct gcoap_engine *e)
{
	return ((const struct echo *)e)->end;
}

static void echo_tick(struct gcoap_engine *e, gcoap_time now)
{
	((struct echo *)e)->end = GCOAP_NEVER;
}

static bool echo_done(const struct gcoap_engine *e)
{
	const struct echo *s = (const struct echo *)e;

	return s->got + s->failures == s->to_send || s->end == GCOAP_NEVER;
}

static void echo_failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			gcoap_time now)
{
	struct echo *s = (struct echo *)e;

	assert_int_equal(out->data.len, 4);
	s->failures++;
	s->last_error = error;
}

/* Run @n datagrams through the faults that are set; returns what the loop did. */
static int run(struct echo *s, int n)
{
	struct gcoap_udp_config c = { .v4 = true, .errors = icmp };
	struct gcoap_udp *more[OTHERS];
	struct echo idle[OTHERS];
	struct gcoap_loop *l;
	struct gcoap_udp *u;
	int r;

	c.bind = (struct gcoap_addr){ .family = 4, .bytes = { 127, 0, 0, 1 } };
	*s = (struct echo){ .engine = { echo_send, echo_recv, echo_deadline, echo_tick,
					echo_done, echo_failed },
			    .to_send = n, .end = gcoap_now() + 10 * GCOAP_SECOND };
	assert_int_equal(gcoap_udp_open(&u, &c, NULL), 0);
	gcoap_udp_local(u, 4, &s->self);
	assert_int_equal(gcoap_loop_new(&l), 0);
	for (int i = 0; i < others; i++) {
		idle[i] = (struct echo){ .engine = s->engine, .end = GCOAP_NEVER - 1 };
		assert_int_equal(gcoap_udp_open(&more[i], &c, NULL), 0);
		assert_int_equal(gcoap_loop_add(l, more[i], &idle[i].engine), 0);
	}
	assert_int_equal(gcoap_loop_add(l, u, &s->engine), 0);
	r = gcoap_loop_run(l);
	gcoap_loop_free(&l);
	gcoap_udp_close(&u);
	for (int i = 0; i < others; i++)
		gcoap_udp_close(&more[i]);
	return r;
}

static int reset(void **state)
{
	on_send = on_recv = on_wait = on_epoll = (struct fault){ 0 };
	others = 0;
	icmp = false;
	return 0;
}

static void a_full_socket_is_waited_for(void **state)
{
	struct echo s;

	on_send = (struct fault){ .times = 3, .error = EAGAIN };
	assert_int_equal(run(&s, 100), 0);
	assert_int_equal(s.got, 100);
	assert_int_equal(s.failures, 0);
}

static void a_full_device_queue_is_tried_again(void **state)
{
	struct echo s;

	on_send = (struct fault){ .times = 3, .error = ENOBUFS };
	assert_int_equal(run(&s, 100), 0);
	assert_int_equal(s.got, 100);
	assert_true(on_send.calls < 50); /* no busy loop */
}

static void interrupted_calls_are_made_again(void **state)
{
	struct echo s;

	on_send = on_recv = on_wait = (struct fault){ .times = 2, .error = EINTR };
	assert_int_equal(run(&s, 10), 0);
	assert_int_equal(s.got, 10);
}

static void a_refused_datagram_is_told_and_the_others_go(void **state)
{
	static const int errors[] = { EPERM, ENETUNREACH, EHOSTUNREACH, EMSGSIZE, EINVAL };
	struct echo s;

	for (int i = 0; i < 5; i++) {
		on_send = (struct fault){ .times = 1, .error = errors[i] };
		assert_int_equal(run(&s, 3), 0);
		assert_int_equal(s.failures, 1);
		assert_int_equal(s.last_error, errors[i]);
		assert_int_equal(s.got, 2);
	}
}

static void one_error_of_receiving_is_passed_over(void **state)
{
	struct echo s;

	on_recv = (struct fault){ .times = 1, .error = ECONNREFUSED };
	assert_int_equal(run(&s, 5), 0);
	assert_int_equal(s.got, 5);
}

/* Anybody can send ICMP, and much of it. */
static void no_icmp_ends_the_run(void **state)
{
	struct echo s;

	icmp = true;
	on_recv = (struct fault){ .times = 1000, .error = ECONNREFUSED };
	assert_int_equal(run(&s, 5), 0);
	assert_int_equal(s.got, 5);
}

static void a_socket_that_only_fails_ends_the_run(void **state)
{
	struct echo s;

	on_recv = (struct fault){ .times = 1000, .error = EIO };
	assert_int_equal(run(&s, 5), GCOAP_ESYSTEM);
	assert_true(on_recv.calls < 100);
}

static void waiting_that_fails_ends_the_run(void **state)
{
	struct echo s;

	on_wait = (struct fault){ .times = 1, .error = EBADF };
	assert_int_equal(run(&s, 5), GCOAP_ESYSTEM);
}

/* The first sockets are in one system call's list, the others in epoll's. */
static void a_socket_among_many_is_no_worse(void **state)
{
	struct echo s;

	others = OTHERS;
	on_send = (struct fault){ .times = 3, .error = EAGAIN };
	on_recv = on_wait = on_epoll = (struct fault){ .times = 2, .error = EINTR };
	assert_int_equal(run(&s, 100), 0);
	assert_int_equal(s.got, 100);
	assert_int_equal(s.failures, 0);
	assert_int_equal(on_epoll.times, 0);
	on_epoll = (struct fault){ .times = 1, .error = EBADF };
	assert_int_equal(run(&s, 5), GCOAP_ESYSTEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_full_socket_is_waited_for, reset),
		cmocka_unit_test_setup(a_full_device_queue_is_tried_again, reset),
		cmocka_unit_test_setup(interrupted_calls_are_made_again, reset),
		cmocka_unit_test_setup(a_refused_datagram_is_told_and_the_others_go, reset),
		cmocka_unit_test_setup(one_error_of_receiving_is_passed_over, reset),
		cmocka_unit_test_setup(no_icmp_ends_the_run, reset),
		cmocka_unit_test_setup(a_socket_that_only_fails_ends_the_run, reset),
		cmocka_unit_test_setup(waiting_that_fails_ends_the_run, reset),
		cmocka_unit_test_setup(a_socket_among_many_is_no_worse, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
