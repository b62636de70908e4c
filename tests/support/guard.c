#include "guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint8_t *map(size_t size, size_t page)
{
	uint8_t *base = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (base == MAP_FAILED || mprotect(base + size, page, PROT_NONE) < 0) {
		perror("guard page");
		abort();
	}
	return base;
}

void guard_open(struct guard *g, size_t max)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	g->size = (max / page + 1) * page;
	g->in = map(g->size, page);
	g->out = map(g->size, page);
}

const uint8_t *guard_copy(struct guard *g, const void *data, size_t len)
{
	uint8_t *p = g->in + g->size - len;

	if (len > g->size)
		abort();
	if (len > 0)
		memmove(p, data, len);
	return p;
}

uint8_t *guard_space(struct guard *g, size_t len)
{
	uint8_t *p = g->out + g->size - len;

	if (len > g->size)
		abort();
	memset(p, 0xa5, len);
	return p;
}

void guard_close(struct guard *g)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	munmap(g->in, g->size + page);
	munmap(g->out, g->size + page);
	g->in = g->out = NULL;
}
