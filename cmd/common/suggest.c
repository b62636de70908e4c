#include "suggest.h"

#include <string.h>

#define WORD_MAX 40

static size_t least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Edits (insert, delete, replace, swap of neighbours) from @a to @b. */
static size_t edits(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), d[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= la; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= lb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= la; i++) {
		for (size_t j = 1; j <= lb; j++) {
			d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1,
					d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1, d[i][j]);
		}
	}
	return d[la][lb];
}

void suggest_try(struct suggest *s, const char *candidate)
{
	size_t len = strlen(s->word), distance;

	if (len > WORD_MAX || strlen(candidate) > WORD_MAX || !len)
		return;
	distance = edits(s->word, candidate);
	/* A third of the word may be wrong: more is another word. */
	if (distance > (len + 2) / 3 || (s->best && distance >= s->distance))
		return;
	s->best = candidate;
	s->distance = distance;
}
