/* One engine over one endpoint: receive, tick, send. */
#include <errno.h>
#include <sys/epoll.h>
#include <time.h>
#include "loop.h"

/*
 * In a burst of answers, waking for each costs more than reading it, at both ends: let some
 * gather. Not while we answer ourselves, or every round trip would take this long, nor while
 * another pair would wait, too.
 */
#define GATHER (100 * GCOAP_US)

/* Then ticks and other descriptors get their turn. */
#define BATCHES_A_WAKE 128
#define ERRORS_A_WAKE 1024
#define SENDS_A_TURN 4096

#define RETRY_FULL_QUEUE GCOAP_MS
#define RECV_ERRORS_MOST 16

static void gather(void)
{
	struct timespec ts = { .tv_nsec = GATHER };

	(void)nanosleep(&ts, NULL);
}

static void on_failed(void *arg, const struct gcoap_datagram *d, int error)
{
	struct gcoap__pair *p = arg;

	if (p->engine->failed)
		p->engine->failed(p->engine, d, error, gcoap_now());
}

/* After GCOAP_EBUSY: come back when the kernel takes more. */
static void wait_for_room(struct gcoap__pair *p, int i, int error)
{
	if (error == ENOBUFS) {
		p->retry_at = gcoap_now() + RETRY_FULL_QUEUE;
	} else if (!p->waits_out[i]) {
		p->waits_out[i] = true;
		gcoap__loop_watch_out(p->loop, p->watch[i], true);
	}
}

static bool is_blocked(const struct gcoap__pair *p)
{
	return p->retry_at || p->waits_out[0] || p->waits_out[1];
}

static void flush(struct gcoap__pair *p)
{
	for (int i = 0; i < 2; i++) {
		if (gcoap__udp_flush(p->udp, &p->udp->sock[i], on_failed, p) < 0)
			wait_for_room(p, i, errno);
	}
}

static void send_one(struct gcoap__pair *p, const struct gcoap_datagram *d)
{
	int r = gcoap__udp_send(p->udp, d, on_failed, p);

	if (r == GCOAP_EBUSY)
		wait_for_room(p, d->to.family == 6, errno);
	else if (r < 0)
		on_failed(p, d, r == GCOAP_EROUTE ? EAFNOSUPPORT : ENOMEM);
}

/* Send what waits, then all that the engine has; true when the turn was used up. */
static bool send_all(struct gcoap__pair *p, gcoap_time now)
{
	struct gcoap_datagram d;
	int n;

	if (!is_blocked(p))
		flush(p);
	for (n = 0; n < SENDS_A_TURN && !is_blocked(p); n++) {
		d = (struct gcoap_datagram){ 0 };
		if (p->engine->send(p->engine, &d, now) <= 0)
			break;
		send_one(p, &d);
	}
	if (!is_blocked(p))
		flush(p);
	return n == SENDS_A_TURN;
}

static bool is_done(const struct gcoap__pair *p)
{
	return p->engine->done && p->engine->done(p->engine);
}

static void deliver(struct gcoap__pair *p, struct gcoap__sock *s, int n, gcoap_time now)
{
	const struct gcoap_udp_config *c = &p->udp->config;
	struct gcoap_datagram d;

	for (int i = 0; i < n; i++) {
		gcoap__udp_get(p->udp, s, i, now, &d);
		if (c->tap)
			c->tap(c->tap_arg, GCOAP_RECEIVED, &d);
		(void)p->engine->recv(p->engine, &d, now);
	}
}

/* A socket that reports one error after the other would keep the loop busy for ever; ICMP does
 * not, as each of its messages is told once. */
static void recv_failed(struct gcoap__pair *p)
{
	if (gcoap__udp_told(p->udp, errno))
		return;
	if (++p->recv_errors >= RECV_ERRORS_MOST)
		p->loop->error = GCOAP_ESYSTEM;
}

/* Read until the queue is empty; returns how many datagrams came. */
static unsigned drain(struct gcoap__pair *p, struct gcoap__sock *s)
{
	unsigned total = 0;
	gcoap_time now;
	int n;

	for (int batch = 0; batch < BATCHES_A_WAKE; batch++) {
		n = gcoap__udp_recv(p->udp, s, &now);
		if (n < 0)
			recv_failed(p);
		if (n <= 0)
			break;
		p->recv_errors = 0;
		total += (unsigned)n;
		deliver(p, s, n, now);
		send_all(p, now);
		if (n < UDP_BATCH || p->loop->stop || is_done(p))
			break;
	}
	return total;
}

static void readable(struct gcoap__pair *p, struct gcoap__sock *s)
{
	uint64_t sent_before = p->udp->sent;
	unsigned n;

	if (p->burst && p->loop->pairs == p && !p->next)
		gather();
	n = drain(p, s);
	p->burst = n > 1 && p->udp->sent == sent_before;
}

/* The error queue, which also makes the socket's calls fail until it is read. */
static void read_errors(struct gcoap__pair *p, struct gcoap__sock *s)
{
	struct gcoap_engine *e = p->engine;
	uint8_t quoted[1280];
	struct gcoap_datagram d;
	int error;

	for (int n = 0; n < ERRORS_A_WAKE; n++) {
		if (!gcoap__udp_error(s, quoted, sizeof(quoted), &d, &error))
			break;
		p->recv_errors = 0;
		if (error && e->unreachable)
			e->unreachable(e, &d, error, gcoap_now());
	}
}

void gcoap__pair_ready(struct gcoap__watch *w, uint32_t events)
{
	struct gcoap__pair *p = w->owner;
	int i = w == p->watch[1];

	if (events & EPOLLOUT) {
		p->waits_out[i] = false;
		gcoap__loop_watch_out(p->loop, w, false);
	}
	if (events & EPOLLERR && p->udp->config.errors)
		read_errors(p, &p->udp->sock[i]);
	if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		readable(p, &p->udp->sock[i]);
}

bool gcoap__pair_drive(struct gcoap__pair *p, gcoap_time now)
{
	if (p->retry_at && now >= p->retry_at)
		p->retry_at = 0;
	if (p->engine->deadline(p->engine) <= now)
		p->engine->tick(p->engine, now);
	return send_all(p, now);
}

gcoap_time gcoap__pair_deadline(const struct gcoap__pair *p)
{
	gcoap_time at = p->engine->deadline(p->engine);

	return p->retry_at && p->retry_at < at ? p->retry_at : at;
}
