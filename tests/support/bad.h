/* Files of tests/bad: see the README there for the format. */
#ifndef BAD_H
#define BAD_H

#include <stddef.h>
#include <stdint.h>

struct bad {
	uint8_t *data;
	size_t len;
	char name[64]; /* of the fault; "ok": none */
	size_t at;
};

/* Ends the program when the file is not in the format. */
void bad_open(struct bad *b, const char *path);
void bad_close(struct bad *b);

#endif
