#include "serve/rd.h"

#include <stdlib.h>
#include <string.h>

static bool reserve(struct rd_text *t, size_t len)
{
	size_t want = t->cap ? t->cap : 1024;
	uint8_t *p;

	if (t->no_memory || t->too_long)
		return false;
	if (len > t->max - t->len) {
		t->too_long = true;
		return false;
	}
	if (t->len + len <= t->cap)
		return true;
	while (want < t->len + len)
		want *= 2;
	p = realloc(t->p, want);
	if (!p) {
		t->no_memory = true;
		return false;
	}
	t->p = p;
	t->cap = want;
	return true;
}

void gcoap__rd_put(struct rd_text *t, const void *p, size_t len)
{
	if (!len || !reserve(t, len))
		return;
	memcpy(t->p + t->len, p, len);
	t->len += len;
}

void gcoap__rd_put_text(struct rd_text *t, const char *text)
{
	gcoap__rd_put(t, text, strlen(text));
}

void gcoap__rd_put_quoted(struct rd_text *t, struct gcoap_bytes value)
{
	gcoap__rd_put_text(t, "\"");
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '"' || value.ptr[i] == '\\')
			gcoap__rd_put_text(t, "\\");
		gcoap__rd_put(t, value.ptr + i, 1);
	}
	gcoap__rd_put_text(t, "\"");
}
