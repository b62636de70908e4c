#include "guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void guard_open(struct guard *g, size_t max)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	g->size = (max / page + 1) * page;
	g->base = mmap(NULL, g->size + page, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (g->base == MAP_FAILED || mprotect(g->base + g->size, page, PROT_NONE) < 0) {
		perror("guard page");
		abort();
	}
}

uint8_t *guard_space(struct guard *g, size_t len)
{
	uint8_t *p = g->base + g->size - len;

	if (len > g->size)
		abort();
	memset(p, 0xa5, len);
	return p;
}

const uint8_t *guard_copy(struct guard *g, const void *data, size_t len)
{
	uint8_t *p = guard_space(g, len);

	if (len > 0)
		memcpy(p, data, len);
	return p;
}

void guard_close(struct guard *g)
{
	munmap(g->base, g->size + (size_t)sysconf(_SC_PAGESIZE));
	g->base = NULL;
}
