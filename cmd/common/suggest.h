/* "did you mean": the nearest of some words. */
#ifndef SUGGEST_H
#define SUGGEST_H

#include <stddef.h>

struct suggest {
	const char *word; /* what the user wrote */
	const char *best; /* NULL: nothing is near */
	size_t distance;
};

/* Start with { .word = … }, then offer every candidate. */
void suggest_try(struct suggest *s, const char *candidate);

#endif
