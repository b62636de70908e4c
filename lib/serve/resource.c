/* Which resource a request names, and what a handler wants to know of it. */
#include "serve/host.h"

#include <string.h>

static const char wellknown_path[] = "/.well-known/core";

/* Segment by segment: a '/' inside a Uri-Path never splits it again. */
static bool path_matches(const char *path, bool below, const struct gcoap_msg *m)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_URI_PATH);

	for (; o; o = gcoap_msg_next(m, o)) {
		const char *end;

		if (*path != '/')
			return below && !*path;
		end = strchrnul(++path, '/');
		if ((size_t)(end - path) != o->value.len ||
		    memcmp(path, o->value.ptr, o->value.len) != 0)
			return false;
		path = end;
	}
	return !below && (*path == '\0' || strcmp(path, "/") == 0);
}

const struct gcoap_resource *gcoap__resource_find(const struct gcoap_serve *s,
						  const struct gcoap_msg *m)
{
	uint32_t abbrev;

	/* Uri-Path-Abbrev 0 is the core resource; others were refused before. */
	if (gcoap_msg_uint(m, GCOAP_URI_PATH_ABBREV, 4, &abbrev) == 0)
		return &s->wellknown;
	for (size_t i = 0; i < s->config.n_resources; i++) {
		const struct gcoap_resource *r = &s->config.resources[i];

		if (path_matches(r->path, r->below, m))
			return r;
	}
	return path_matches(wellknown_path, false, m) ? &s->wellknown : NULL;
}

bool gcoap__resource_at(const struct gcoap_serve *s, const struct gcoap_resource *r,
			uint32_t member)
{
	return !r->present || r->present(s->config.arg, member);
}

int gcoap_call_format(const struct gcoap_call *c, const uint16_t *formats, size_t n)
{
	if (c->accept < 0)
		return n ? formats[0] : -1;
	for (size_t i = 0; i < n; i++)
		if (formats[i] == c->accept)
			return formats[i];
	return -1;
}

/* splitmix64's finaliser over the three. */
uint64_t gcoap_serve_hash(uint64_t seed, uint64_t member, uint64_t purpose)
{
	uint64_t z = seed + member * 0x9e3779b97f4a7c15u + purpose * 0xd1342543de82ef95u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static gcoap_time phase(const struct gcoap_serve *s, const struct gcoap_resource *r,
			uint32_t member)
{
	return (gcoap_time)(gcoap_serve_hash(s->config.seed, member, 'P') %
			    (uint64_t)r->period);
}

uint32_t gcoap_call_slot(const struct gcoap_call *c)
{
	const struct gcoap_resource *r = c->resource;

	if (r->period <= 0)
		return 0;
	return (uint32_t)((c->now + phase(c->serve, r, c->member)) / r->period);
}

gcoap_time gcoap__period_end(const struct gcoap_serve *s, const struct gcoap_resource *r,
			     uint32_t member, gcoap_time now)
{
	gcoap_time shift;

	if (r->period <= 0)
		return GCOAP_NEVER;
	shift = phase(s, r, member);
	return ((now + shift) / r->period + 1) * r->period - shift;
}
