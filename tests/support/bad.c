#include "bad.h"
#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(const char *path)
{
	fprintf(stderr, "%s: not in the format of tests/bad\n", path);
	abort();
}

static void put_group(struct bad *b, char *group, const char *path)
{
	char *star = strchr(group, '*');
	size_t times = star ? strtoul(star + 1, NULL, 10) : 1;
	size_t digits = star ? (size_t)(star - group) : strlen(group);

	b->data = realloc(b->data, b->len + times * (digits / 2) + 1);
	if (!b->data)
		give_up(path);
	for (size_t i = 0; i < times; i++) {
		if (gcoap_hex_decode(group, digits, b->data + b->len, digits / 2) < 0)
			give_up(path);
		b->len += digits / 2;
	}
}

void bad_open(struct bad *b, const char *path)
{
	char *text = file_read(path, NULL), *rest = text, *line, *group;

	*b = (struct bad){ .data = calloc(1, 1) };
	line = strsep(&rest, "\n");
	while ((group = strsep(&line, " ")))
		if (*group != '\0')
			put_group(b, group, path);
	if (!rest || (sscanf(rest, "%63s %zu", b->name, &b->at) != 2 &&
		      strcmp(b->name, "ok") != 0))
		give_up(path);
	free(text);
}

void bad_close(struct bad *b)
{
	free(b->data);
	*b = (struct bad){ 0 };
}
