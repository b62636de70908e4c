/* Rows that tools share, for one that changes some of them. */
#include <assert.h>
#include <string.h>

#include "opt.h"

struct opt *opt_rows_copy(struct opt *to, size_t cap, const struct opt *from, const char *name)
{
	struct opt *found = NULL;
	size_t n;

	for (n = 0; from[n].name != NULL; n++) {
		assert(n + 1 < cap);
		to[n] = from[n];
		if (strcmp(to[n].name, name) == 0)
			found = &to[n];
	}
	to[n] = (struct opt){ 0 };
	assert(found != NULL);
	return found;
}
