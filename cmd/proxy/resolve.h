/*
 * Host names to addresses beside the loop: a few threads ask the system's resolver, so that a
 * name server that does not answer stops nothing but the requests for its names.
 */
#ifndef PROXY_RESOLVE_H
#define PROXY_RESOLVE_H

#include <gcoap/net.h>

#define RESOLVER_THREADS 4
#define RESOLVER_WAITING_MAX 64 /* names that are being looked up */
#define RESOLVER_CACHE_MAX 256	/* names whose result is remembered */
#define RESOLVER_FRESH (60 * GCOAP_SECOND)
#define RESOLVER_FRESH_MISS (5 * GCOAP_SECOND)
#define RESOLVER_ADDRS_MAX 8

struct resolver;

/* A name that resolver_ask() did not know; @n 0: there is no address. */
typedef void resolver_found(void *arg, const char *host, uint16_t port,
			    const struct gcoap_addr *addrs, size_t n);
/* What blocks: gcoap_resolve(), or a test's own. */
typedef int resolver_lookup(const char *host, uint16_t port, uint8_t family,
			    struct gcoap_addr *out, size_t cap);

/* GCOAP_ENOMEM, GCOAP_ESYSTEM. */
int resolver_new(struct resolver **out, resolver_lookup *lookup, resolver_found *found,
		 void *arg);
/* Does not wait for a look-up that hangs. NULL is fine; *@r is NULL after. */
void resolver_free(struct resolver **r);

/* Readable when something was found; then resolver_ready(), which calls found(). */
int resolver_fd(const struct resolver *r);
void resolver_ready(struct resolver *r, gcoap_time now);

/* 0 and *@out when @host was looked up lately; GCOAP_EAGAIN: found() comes later;
 * GCOAP_ERESOLVE: there was no address lately, or too many names wait. */
int resolver_ask(struct resolver *r, const char *host, uint16_t port, struct gcoap_addr *out,
		 gcoap_time now);

#endif
