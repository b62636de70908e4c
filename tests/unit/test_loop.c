/* The loop with engines that play a script. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <gcoap/net.h>

/* Sends @to_send datagrams, answers each that comes while @echo, done after @want. */
struct script {
	struct gcoap_engine engine;
	struct gcoap_addr to;
	int to_send, sent, got, want, ticks, want_ticks, failures, last_error;
	bool echo;
	struct gcoap_addr echo_to;
	int echoes;
	gcoap_time at, last;
	struct gcoap_loop *stop_on_tick;
};

static int script_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	struct script *s = (struct script *)e;

	assert_true(now >= s->last);
	s->last = now;
	out->data = gcoap_bytes_text("script");
	if (s->echoes) {
		s->echoes--;
		out->to = s->echo_to;
		return 1;
	}
	if (s->sent == s->to_send)
		return 0;
	s->sent++;
	out->to = s->to;
	return 1;
}

static int script_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	struct script *s = (struct script *)e;

	assert_int_equal(in->data.len, 6);
	assert_true(in->at <= now);
	s->got++;
	if (s->echo) {
		s->echo_to = in->from;
		s->echoes++;
	}
	return 0;
}

static gcoap_time script_deadline(const struct gcoap_engine *e)
{
	return ((const struct script *)e)->at;
}

static void script_tick(struct gcoap_engine *e, gcoap_time now)
{
	struct script *s = (struct script *)e;

	assert_true(now >= s->at);
	s->at = ++s->ticks < s->want_ticks ? now + GCOAP_MS : GCOAP_NEVER;
	if (s->stop_on_tick && s->at == GCOAP_NEVER)
		gcoap_loop_stop(s->stop_on_tick);
}

static bool script_done(const struct gcoap_engine *e)
{
	const struct script *s = (const struct script *)e;

	return s->got + s->failures >= s->want && s->ticks >= s->want_ticks;
}

static void script_failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			  gcoap_time now)
{
	struct script *s = (struct script *)e;

	s->failures++;
	s->last_error = error;
}

static struct script script(bool with_done)
{
	return (struct script){ .engine = { script_send, script_recv, script_deadline,
					    script_tick, with_done ? script_done : NULL,
					    script_failed },
				.at = GCOAP_NEVER };
}

static struct gcoap_udp *open_loopback(uint32_t rcvbuf)
{
	struct gcoap_udp_config c = { .v4 = true, .rcvbuf = rcvbuf };
	struct gcoap_udp *u;

	c.bind = (struct gcoap_addr){ .family = 4, .bytes = { 127, 0, 0, 1 } };
	assert_int_equal(gcoap_udp_open(&u, &c, NULL), 0);
	return u;
}

static void two_engines_talk_until_one_is_done(void **state)
{
	struct gcoap_udp *uc = open_loopback(0), *us = open_loopback(0);
	struct script client = script(true), server = script(false);
	struct gcoap_loop *l;

	server.echo = true;
	gcoap_udp_local(us, 4, &client.to);
	client.to_send = client.want = 100;
	assert_int_equal(gcoap_loop_new(&l), 0);
	assert_int_equal(gcoap_loop_add(l, uc, &client.engine), 0);
	assert_int_equal(gcoap_loop_add(l, us, &server.engine), 0);
	assert_int_equal(gcoap_loop_run(l), 0);
	assert_int_equal(client.sent, 100);
	assert_int_equal(client.got, 100);
	assert_int_equal(server.got, 100);
	gcoap_loop_free(&l);
	assert_null(l);
	gcoap_udp_close(&uc);
	gcoap_udp_close(&us);
}

static void a_loop_can_run_again(void **state)
{
	struct gcoap_udp *u = open_loopback(0);
	struct script s = script(true);
	struct gcoap_loop *l;

	gcoap_udp_local(u, 4, &s.to);
	assert_int_equal(gcoap_loop_new(&l), 0);
	assert_int_equal(gcoap_loop_add(l, u, &s.engine), 0);
	for (int i = 1; i <= 3; i++) {
		s.to_send = s.want = i;
		assert_int_equal(gcoap_loop_run(l), 0);
		assert_int_equal(s.got, i);
	}
	gcoap_loop_free(&l);
	gcoap_udp_close(&u);
}

static void deadlines_are_met_and_nothing_is_early(void **state)
{
	struct gcoap_udp *u = open_loopback(0);
	struct script s = script(true);
	struct gcoap_loop *l;

	s.want_ticks = 5;
	s.at = gcoap_now() + GCOAP_MS;
	assert_int_equal(gcoap_loop_new(&l), 0);
	assert_int_equal(gcoap_loop_add(l, u, &s.engine), 0);
	assert_int_equal(gcoap_loop_run(l), 0);
	assert_int_equal(s.ticks, 5);
	gcoap_loop_free(&l);
	gcoap_udp_close(&u);
}

static void an_engine_without_done_runs_until_it_is_stopped(void **state)
{
	struct gcoap_udp *u = open_loopback(0);
	struct script s = script(false);
	struct gcoap_loop *l;

	s.want_ticks = 3;
	s.at = gcoap_now();
	assert_int_equal(gcoap_loop_new(&l), 0);
	s.stop_on_tick = l;
	assert_int_equal(gcoap_loop_add(l, u, &s.engine), 0);
	assert_int_equal(gcoap_loop_run(l), 0);
	assert_int_equal(s.ticks, 3);
	gcoap_loop_free(&l);
	gcoap_udp_close(&u);
}

static void failed_sends_are_told_to_the_engine(void **state)
{
	struct gcoap_udp *u = open_loopback(0);
	struct script s = script(true);
	struct gcoap_loop *l;

	s.to = (struct gcoap_addr){ .family = 6, .port = 9, .bytes = { [15] = 1 } };
	s.to_send = s.want = 2;
	assert_int_equal(gcoap_loop_new(&l), 0);
	assert_int_equal(gcoap_loop_add(l, u, &s.engine), 0);
	assert_int_equal(gcoap_loop_run(l), 0);
	assert_int_equal(s.failures, 2);
	assert_int_not_equal(s.last_error, 0);
	gcoap_loop_free(&l);
	gcoap_udp_close(&u);
}

static void a_burst_arrives_whole(void **state)
{
	struct gcoap_udp *uc = open_loopback(4 << 20), *us = open_loopback(0);
	struct script client = script(true), server = script(false);
	struct gcoap_loop *l;

	client.want = 1000;
	gcoap_udp_local(uc, 4, &server.to);
	server.to_send = 1000;
	assert_int_equal(gcoap_loop_new(&l), 0);
	assert_int_equal(gcoap_loop_add(l, uc, &client.engine), 0);
	assert_int_equal(gcoap_loop_add(l, us, &server.engine), 0);
	if (gcoap_udp_capacity(uc, 6) < 1000) /* net.core.rmem_max: as many as the buffer holds */
		server.to_send = client.want = (int)gcoap_udp_capacity(uc, 6);
	assert_int_equal(gcoap_loop_run(l), 0);
	assert_int_equal(client.got, server.to_send);
	assert_int_equal(gcoap_udp_drops(uc), 0);
	gcoap_loop_free(&l);
	gcoap_udp_close(&uc);
	gcoap_udp_close(&us);
}

struct pipe_end {
	struct gcoap_loop *l;
	int reads;
};

static void read_one(void *arg, int fd)
{
	struct pipe_end *p = arg;
	char c;

	assert_int_equal(read(fd, &c, 1), 1);
	if (++p->reads == 2) {
		gcoap_loop_remove_fd(p->l, fd);
		gcoap_loop_stop(p->l);
	}
}

static void a_descriptor_is_read_until_it_is_removed(void **state)
{
	struct pipe_end p = { 0 };
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "abc", 3), 3);
	assert_int_equal(gcoap_loop_new(&p.l), 0);
	assert_int_equal(gcoap_loop_add_fd(p.l, fds[0], read_one, &p), 0);
	assert_int_equal(gcoap_loop_run(p.l), 0);
	assert_int_equal(p.reads, 2);
	gcoap_loop_free(&p.l);
	close(fds[0]);
	close(fds[1]);
}

struct clockwork {
	struct gcoap_loop *l;
	int fast, once;
};

static void tick_fast(void *arg, gcoap_time now)
{
	struct clockwork *c = arg;

	if (++c->fast == 5)
		gcoap_loop_stop(c->l);
}

static void tick_once(void *arg, gcoap_time now)
{
	struct clockwork *c = arg;

	c->once++;
	assert_int_equal(gcoap_loop_add_timer(c->l, 0, GCOAP_MS, tick_fast, c), 0);
}

static void timers_repeat_or_fire_once(void **state)
{
	struct clockwork c = { 0 };

	assert_int_equal(gcoap_loop_new(&c.l), 0);
	assert_int_equal(gcoap_loop_add_timer(c.l, GCOAP_MS, 0, tick_once, &c), 0);
	assert_int_equal(gcoap_loop_run(c.l), 0);
	assert_int_equal(c.once, 1);
	assert_int_equal(c.fast, 5);
	gcoap_loop_free(&c.l);
}

struct caught {
	struct gcoap_loop *l;
	int usr1, usr2;
};

static void on_signal(void *arg, int signo)
{
	struct caught *c = arg;

	c->usr1 += signo == SIGUSR1;
	c->usr2 += signo == SIGUSR2;
	if (c->usr1 && c->usr2)
		gcoap_loop_stop(c->l);
}

static void signals_come_through_the_loop_and_the_mask_is_restored(void **state)
{
	struct caught c = { 0 };
	sigset_t before, after;

	sigprocmask(SIG_BLOCK, NULL, &before);
	assert_int_equal(gcoap_loop_new(&c.l), 0);
	assert_int_equal(gcoap_loop_add_signal(c.l, SIGUSR1, on_signal, &c), 0);
	assert_int_equal(gcoap_loop_add_signal(c.l, SIGUSR2, on_signal, &c), 0);
	raise(SIGUSR2);
	raise(SIGUSR1);
	assert_int_equal(gcoap_loop_run(c.l), 0);
	assert_int_equal(c.usr1, 1);
	assert_int_equal(c.usr2, 1);
	gcoap_loop_free(&c.l);
	sigprocmask(SIG_BLOCK, NULL, &after);
	assert_int_equal(sigismember(&after, SIGUSR1), sigismember(&before, SIGUSR1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_engines_talk_until_one_is_done),
		cmocka_unit_test(a_loop_can_run_again),
		cmocka_unit_test(deadlines_are_met_and_nothing_is_early),
		cmocka_unit_test(an_engine_without_done_runs_until_it_is_stopped),
		cmocka_unit_test(failed_sends_are_told_to_the_engine),
		cmocka_unit_test(a_burst_arrives_whole),
		cmocka_unit_test(a_descriptor_is_read_until_it_is_removed),
		cmocka_unit_test(timers_repeat_or_fire_once),
		cmocka_unit_test(signals_come_through_the_loop_and_the_mask_is_restored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
