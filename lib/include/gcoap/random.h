/* Random bytes: from the kernel, or reproducible from a seed for tests and --seed. */
#ifndef GCOAP_RANDOM_H
#define GCOAP_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* A source of random bytes; @fill returns 0 or GCOAP_ESYSTEM. */
struct gcoap_random {
	int (*fill)(struct gcoap_random *from, void *buf, size_t len);
	uint64_t state; /* of the seeded source */
};

/* The kernel's getrandom(); a short read is an error, never weak bytes. */
void gcoap_random_init(struct gcoap_random *r);
/* Reproducible and not secret: splitmix64 from @seed. */
void gcoap_random_init_seed(struct gcoap_random *r, uint64_t seed);

int gcoap_random_fill(struct gcoap_random *r, void *buf, size_t len);
/* Uniform in [0, bound); 0 when @bound is 0 or the source fails. */
uint64_t gcoap_random_below(struct gcoap_random *r, uint64_t bound);

#endif
