#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(const char *path, const char *what)
{
	fprintf(stderr, "%s: %s\n", path, what);
	abort();
}

char *file_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	size_t cap = 1 << 16, n = 0, got;
	char *text = malloc(cap);

	if (!f || !text)
		give_up(path, "cannot be read");
	while ((got = fread(text + n, 1, cap - n - 1, f)) > 0) {
		n += got;
		if (n + 1 == cap)
			text = realloc(text, cap *= 2);
		if (!text)
			give_up(path, "out of memory");
	}
	fclose(f);
	text[n] = '\0';
	if (len)
		*len = n;
	return text;
}

/* The bytes take the place of their hex digits. */
static void parse_row(struct vector *row, char *line, const char *path)
{
	char *field[4];
	int n;

	for (int i = 0; i < 4; i++) {
		field[i] = strsep(&line, "\t");
		if (!field[i])
			give_up(path, "a row has four fields");
	}
	n = gcoap_hex_decode(field[1], strlen(field[1]), (uint8_t *)field[1],
			     strlen(field[1]));
	if (n < 0)
		give_up(field[0], "the second field is not hex");
	*row = (struct vector){ field[0], field[2], field[3],
				{ (const uint8_t *)field[1], (size_t)n } };
}

void vectors_open(struct vectors *v, const char *path)
{
	char *text = file_read(path, NULL), *rest = text, *line;
	size_t cap = 0;

	*v = (struct vectors){ .text = text };
	while ((line = strsep(&rest, "\n"))) {
		if (*line == '\0' || *line == '#')
			continue;
		if (v->n == cap) {
			cap = cap ? 2 * cap : 64;
			v->rows = realloc(v->rows, cap * sizeof(*v->rows));
			if (!v->rows)
				give_up(path, "out of memory");
		}
		parse_row(&v->rows[v->n++], line, path);
	}
	if (v->n == 0)
		give_up(path, "has no rows");
}

void vectors_close(struct vectors *v)
{
	free(v->rows);
	free(v->text);
	*v = (struct vectors){ 0 };
}

const struct vector *vectors_find(const struct vectors *v, const char *name)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->rows[i].name, name) == 0)
			return &v->rows[i];
	give_up(name, "no such vector");
	return NULL;
}
