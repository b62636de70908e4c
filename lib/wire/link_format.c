/* Links to text. */
#include <gcoap/link.h>

#include <string.h>
#include <strings.h>

struct text {
	char *buf;
	size_t cap, len;
	bool full;
};

static void put(struct text *t, const void *p, size_t n)
{
	if (t->full || n >= t->cap - t->len) {
		t->full = true;
		return;
	}
	memcpy(t->buf + t->len, p, n);
	t->len += n;
}

static void put_reference(struct text *t, const char *origin, struct gcoap_bytes ref)
{
	char uri[2 * GCOAP_LINK_VALUE_MAX];
	int n = origin ? gcoap_link_resolve(origin, ref, uri, sizeof(uri), NULL) : -1;

	if (n < 0)
		put(t, ref.ptr, ref.len);
	else
		put(t, uri, (size_t)n);
}

int gcoap_link_format(const struct gcoap_link *link, const char *origin, char *buf, size_t cap)
{
	struct text t = { buf, cap, 0, cap == 0 };
	struct gcoap_link_param p;
	bool anchored = false;
	size_t pos = 0;

	put(&t, "<", 1);
	put_reference(&t, origin, link->target);
	put(&t, ">", 1);
	while (gcoap_link_param_next(link, &pos, &p)) {
		bool quoted = p.has_value && p.value.ptr[-1] == '"';
		bool anchor = p.name.len == 6 &&
			      strncasecmp((const char *)p.name.ptr, "anchor", 6) == 0;

		put(&t, ";", 1);
		put(&t, p.name.ptr, p.name.len);
		if (!p.has_value)
			continue;
		put(&t, quoted ? "=\"" : "=", quoted ? 2 : 1);
		if (anchor && !anchored)
			put_reference(&t, origin, p.value);
		else
			put(&t, p.value.ptr, p.value.len);
		anchored |= anchor;
		put(&t, "\"", quoted);
	}
	if (t.full)
		return GCOAP_ESPACE;
	buf[t.len] = '\0';
	return (int)t.len;
}
