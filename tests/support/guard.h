/* Input that ends where the readable memory ends: one byte too far is a crash. */
#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>
#include <stdint.h>

struct guard {
	uint8_t *in, *out; /* @size bytes each, then a page without access */
	size_t size;	   /* whole pages */
};

/* Memory for inputs of up to @max bytes. Ends the program when there is none. */
void guard_open(struct guard *g, size_t max);
/* A copy of @data that ends at the guard page; valid until the next copy. @len may be 0: then
 * the first byte is already out of bounds. */
const uint8_t *guard_copy(struct guard *g, const void *data, size_t len);
/* @len bytes of space that end at a guard page of their own, filled with 0xa5; valid until the
 * next space is asked for. */
uint8_t *guard_space(struct guard *g, size_t len);
void guard_close(struct guard *g);

#endif
