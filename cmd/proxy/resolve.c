#include "resolve.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <gcoap/uri.h>

enum state { FREE, WAITS, RUNS, DONE };

struct job {
	enum state state;
	uint64_t order; /* first come, first served */
	char host[GCOAP_HOST_MAX + 1];
	uint16_t port;
	struct gcoap_addr addrs[RESOLVER_ADDRS_MAX];
	size_t n;
};

struct known {
	char host[GCOAP_HOST_MAX + 1]; /* "": free */
	struct gcoap_addr addrs[RESOLVER_ADDRS_MAX];
	size_t n;
	gcoap_time until;
};

/* What the threads see: lives until the last of them has ended. */
struct work {
	pthread_mutex_t lock;
	pthread_cond_t more;
	int fd;
	unsigned users;
	bool closed;
	uint64_t orders;
	resolver_lookup *lookup;
	struct job jobs[RESOLVER_WAITING_MAX];
};

struct resolver {
	struct work *work;
	resolver_found *found;
	void *arg;
	struct known known[RESOLVER_CACHE_MAX];
};

/* With the lock held, which it releases. */
static void leave(struct work *w)
{
	bool last = --w->users == 0;

	pthread_mutex_unlock(&w->lock);
	if (!last)
		return;
	close(w->fd);
	pthread_cond_destroy(&w->more);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

static struct job *oldest(struct work *w, enum state state)
{
	struct job *best = NULL;

	for (size_t i = 0; i < RESOLVER_WAITING_MAX; i++) {
		struct job *j = &w->jobs[i];

		if (j->state == state && (!best || j->order < best->order))
			best = j;
	}
	return best;
}

static void look_up(struct work *w, struct job *j)
{
	struct gcoap_addr addrs[RESOLVER_ADDRS_MAX];
	char host[GCOAP_HOST_MAX + 1];
	uint64_t one = 1;
	int n;

	j->state = RUNS;
	memcpy(host, j->host, sizeof(host));
	pthread_mutex_unlock(&w->lock);
	n = w->lookup(host, 0, 0, addrs, RESOLVER_ADDRS_MAX);
	pthread_mutex_lock(&w->lock);
	j->n = n > 0 ? (size_t)n : 0;
	memcpy(j->addrs, addrs, j->n * sizeof(*addrs));
	j->state = DONE;
	if (!w->closed && write(w->fd, &one, sizeof(one)) < 0)
		w->closed = true; /* a counter that is full: cannot be */
}

static void *thread(void *arg)
{
	struct work *w = arg;
	struct job *j;

	pthread_mutex_lock(&w->lock);
	while (!w->closed) {
		j = oldest(w, WAITS);
		if (j)
			look_up(w, j);
		else
			pthread_cond_wait(&w->more, &w->lock);
	}
	leave(w);
	return NULL;
}

/* Signals are the loop's. */
static int start_threads(struct work *w)
{
	pthread_attr_t attr;
	sigset_t all, old;
	pthread_t id;

	sigfillset(&all);
	if (pthread_attr_init(&attr) != 0)
		return GCOAP_ENOMEM;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (int i = 0; i < RESOLVER_THREADS; i++) {
		if (pthread_create(&id, &attr, thread, w) == 0)
			w->users++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return w->users > 1 ? 0 : GCOAP_ESYSTEM;
}

static int work_new(struct work **out, resolver_lookup *lookup)
{
	struct work *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return GCOAP_ENOMEM;
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->fd < 0) {
		free(w);
		return GCOAP_ESYSTEM;
	}
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->more, NULL);
	w->lookup = lookup;
	w->users = 1;
	pthread_mutex_lock(&w->lock);
	r = start_threads(w);
	if (r < 0) {
		leave(w);
		return r;
	}
	pthread_mutex_unlock(&w->lock);
	*out = w;
	return 0;
}

int resolver_new(struct resolver **out, resolver_lookup *lookup, resolver_found *found,
		 void *arg)
{
	struct resolver *r = calloc(1, sizeof(*r));
	int e;

	*out = NULL;
	if (!r)
		return GCOAP_ENOMEM;
	r->found = found;
	r->arg = arg;
	e = work_new(&r->work, lookup);
	if (e < 0) {
		free(r);
		return e;
	}
	*out = r;
	return 0;
}

void resolver_free(struct resolver **r)
{
	if (!*r)
		return;
	pthread_mutex_lock(&(*r)->work->lock);
	(*r)->work->closed = true;
	pthread_cond_broadcast(&(*r)->work->more);
	leave((*r)->work);
	free(*r);
	*r = NULL;
}

int resolver_fd(const struct resolver *r)
{
	return r->work->fd;
}

static struct known *known_find(struct resolver *r, const char *host)
{
	for (size_t i = 0; i < RESOLVER_CACHE_MAX; i++) {
		if (r->known[i].host[0] && !strcmp(r->known[i].host, host))
			return &r->known[i];
	}
	return NULL;
}

/* The name's own place, else a free one, else that of what is stale first. */
static struct known *known_place(struct resolver *r, const char *host)
{
	struct known *k = known_find(r, host);

	if (k)
		return k;
	k = &r->known[0];
	for (size_t i = 0; k->host[0] && i < RESOLVER_CACHE_MAX; i++) {
		if (!r->known[i].host[0] || r->known[i].until < k->until)
			k = &r->known[i];
	}
	return k;
}

static void remember(struct resolver *r, const struct job *j, gcoap_time now)
{
	struct known *k = known_place(r, j->host);

	memcpy(k->host, j->host, sizeof(k->host));
	memcpy(k->addrs, j->addrs, sizeof(k->addrs));
	k->n = j->n;
	k->until = now + (j->n ? RESOLVER_FRESH : RESOLVER_FRESH_MISS);
}

void resolver_ready(struct resolver *r, gcoap_time now)
{
	struct work *w = r->work;
	uint64_t count;
	struct job *at, j;

	(void)!read(w->fd, &count, sizeof(count));
	for (;;) {
		pthread_mutex_lock(&w->lock);
		at = oldest(w, DONE);
		if (at) {
			j = *at;
			at->state = FREE;
		}
		pthread_mutex_unlock(&w->lock);
		if (!at)
			return;
		remember(r, &j, now);
		for (size_t i = 0; i < j.n; i++)
			j.addrs[i].port = j.port;
		r->found(r->arg, j.host, j.port, j.addrs, j.n); /* may ask again */
	}
}

/* The same name and port need no second look-up while one is on its way. */
static int enqueue(struct work *w, const char *host, uint16_t port)
{
	struct job *free_one = NULL;

	for (size_t i = 0; i < RESOLVER_WAITING_MAX; i++) {
		struct job *j = &w->jobs[i];

		if (j->state == FREE)
			free_one = free_one ? free_one : j;
		else if (j->port == port && !strcmp(j->host, host))
			return GCOAP_EAGAIN;
	}
	if (!free_one)
		return GCOAP_ERESOLVE;
	free_one->state = WAITS;
	free_one->order = ++w->orders;
	free_one->port = port;
	memcpy(free_one->host, host, strlen(host) + 1);
	pthread_cond_signal(&w->more);
	return GCOAP_EAGAIN;
}

int resolver_ask(struct resolver *r, const char *host, uint16_t port, struct gcoap_addr *out,
		 gcoap_time now)
{
	const struct known *k = known_find(r, host);
	int e;

	if (!host[0] || strlen(host) > GCOAP_HOST_MAX)
		return GCOAP_ERESOLVE;
	if (k && now < k->until) {
		if (!k->n)
			return GCOAP_ERESOLVE;
		*out = k->addrs[0];
		out->port = port;
		return 0;
	}
	pthread_mutex_lock(&r->work->lock);
	e = enqueue(r->work, host, port);
	pthread_mutex_unlock(&r->work->lock);
	return e;
}
