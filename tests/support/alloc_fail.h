/*
 * Allocations that fail on demand. Tests are linked with --wrap, so that malloc, calloc,
 * realloc, aligned_alloc, strdup and strndup of the objects under test come through here; what
 * libraries allocate inside does not. Every number of a test's run can be made to fail in turn:
 *
 *	for (size_t n = 1; alloc_fail_at(n), run(), alloc_failed(); n++)
 *		;
 */
#ifndef ALLOC_FAIL_H
#define ALLOC_FAIL_H

#include <stdbool.h>
#include <stddef.h>

/* Let the @n-th allocation from now fail, counted from 1; 0: none. Starts the count anew. */
void alloc_fail_at(size_t n);
/* How many there were since then. */
size_t alloc_count(void);
/* True when the one that was to fail was reached. Ends the failing. */
bool alloc_failed(void);

#endif
