/*
 * Golden bytes: one a line, "name<TAB>hex<TAB>meaning<TAB>source", lines with '#' are comments.
 * Paths are those from the top of the tree, where tests are started.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include <gcoap/bytes.h>

struct vector {
	const char *name, *meaning, *source;
	struct gcoap_bytes data;
};

struct vectors {
	size_t n;
	struct vector *rows;
	char *text; /* what the rows point into */
};

/* Ends the program with a line that says what is wrong with the file. */
void vectors_open(struct vectors *v, const char *path);
void vectors_close(struct vectors *v);
/* Ends the program when there is no such name. */
const struct vector *vectors_find(const struct vectors *v, const char *name);
/* The whole of a file with a NUL behind it; the caller frees it. */
char *file_read(const char *path, size_t *len);

#endif
