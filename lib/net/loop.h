/* The inside of the loop: shared by loop*.c. */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <signal.h>
#include "udp.h"

struct gcoap_loop;

#define LOOP_POLLED 8

/* A descriptor that is waited for. Removed ones stay in the list, dead, until the round is over. */
struct gcoap__watch {
	int fd;
	bool dead;
	bool out; /* also until it is writable */
	void (*ready)(struct gcoap__watch *w, uint32_t events);
	void *owner; /* pair, or loop */
	void (*call)(void *arg, int fd);
	void *arg;
	struct gcoap__watch *next;
};

/* An engine with its endpoint. */
struct gcoap__pair {
	struct gcoap_loop *loop;
	struct gcoap_udp *udp;
	struct gcoap_engine *engine;
	struct gcoap__watch *watch[2]; /* of udp->sock[] */
	bool waits_out[2];   /* until the socket is writable */
	gcoap_time retry_at; /* the device's queue is full: try again then; 0: no */
	bool burst;	     /* the last wake brought several datagrams */
	int recv_errors;     /* in a row */
	struct gcoap__pair *next;
};

/* An engine that a session carries instead of an endpoint. */
struct gcoap__carried {
	struct gcoap_engine *engine;
	void (*take)(void *owner, const struct gcoap_datagram *d, gcoap_time now);
	void *owner;
	struct gcoap__carried *next;
};

struct gcoap__timer {
	gcoap_time at, period;
	void (*fire)(void *arg, gcoap_time now);
	void *arg;
};

struct gcoap__signal {
	int signo;
	void (*caught)(void *arg, int signo);
	void *arg;
};

struct gcoap_loop {
	int epfd;
	bool stop;
	int error; /* of a callback that cannot return one; ends the run */
	struct gcoap__watch *watches;
	struct gcoap__watch *polled[LOOP_POLLED]; /* those of them that epoll does not have */
	int n_polled;
	struct gcoap__pair *pairs;
	struct gcoap__carried *carried; /* owned by the carriers */
	struct gcoap__timer *timers;
	size_t n_timers;
	struct gcoap__signal *signals;
	size_t n_signals;
	int signal_fd; /* -1 until the first signal is added */
	sigset_t old_mask;
};

/* ---- loop_wait.c ---- */

/* GCOAP_ENOMEM, GCOAP_ESYSTEM. */
int gcoap__loop_watch(struct gcoap__watch **out, struct gcoap_loop *l, int fd,
		      void (*ready)(struct gcoap__watch *w, uint32_t events), void *owner);
/* The same for what carries much, as long as there are few. */
int gcoap__loop_watch_socket(struct gcoap__watch **out, struct gcoap_loop *l, int fd,
			     void (*ready)(struct gcoap__watch *w, uint32_t events), void *owner);
void gcoap__loop_watch_out(struct gcoap_loop *l, struct gcoap__watch *w, bool on);
void gcoap__loop_unwatch(struct gcoap_loop *l, struct gcoap__watch *w);
/* Call what is ready, and wait until then if nothing is. GCOAP_ESYSTEM. */
int gcoap__loop_wait(struct gcoap_loop *l, gcoap_time until);

/* Ready handler of a pair's socket. */
void gcoap__pair_ready(struct gcoap__watch *w, uint32_t events);
/* Tick when it is due, then send all there is. True: there is more, call again soon. */
bool gcoap__pair_drive(struct gcoap__pair *p, gcoap_time now);
/* When to drive next at the latest. */
gcoap_time gcoap__pair_deadline(const struct gcoap__pair *p);

void gcoap__loop_clear_signals(struct gcoap_loop *l);

#endif
