/* What was found: a document for each server, or for each group of a directory. */
#include <stdlib.h>
#include <string.h>
#include "discover.h"

void store_init(struct store *s)
{
	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < FOUND_HASH; i++)
		s->heads[i] = UINT32_MAX;
}

void store_clear(struct store *s)
{
	for (uint32_t i = 0; i < s->n; i++) {
		free(s->list[i].server);
		free(s->list[i].origin);
		free(s->list[i].group);
		free(s->list[i].base);
		free(s->list[i].body);
	}
	free(s->list);
	store_init(s);
}

static uint32_t hash(const char *server, const char *group)
{
	uint32_t h = 2166136261u;

	for (; *server != '\0'; server++)
		h = (h ^ (uint8_t)*server) * 16777619u;
	for (; group != NULL && *group != '\0'; group++)
		h = (h ^ (uint8_t)*group) * 16777619u;
	return h % FOUND_HASH;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

struct found *store_get(struct store *s, const char *server, const char *group)
{
	uint32_t *head = &s->heads[hash(server, group)], cap = s->cap > 0 ? 2 * s->cap : 64;
	struct found *f;

	for (uint32_t i = *head; i != UINT32_MAX; i = s->list[i].next) {
		if (same(s->list[i].server, server) && same(s->list[i].group, group))
			return &s->list[i];
	}
	if (s->n == s->cap) {
		f = s->n < FOUND_MAX ? realloc(s->list, cap * sizeof(*f)) : NULL;
		if (f == NULL) {
			s->dropped++;
			return NULL;
		}
		s->list = f;
		s->cap = cap;
	}
	f = &s->list[s->n];
	*f = (struct found){ .server = strdup(server), .next = *head, .rtt = -1,
			     .group = group != NULL ? strdup(group) : NULL };
	if (f->server == NULL || (group != NULL && f->group == NULL)) {
		free(f->server);
		s->dropped++;
		return NULL;
	}
	*head = s->n++;
	return f;
}

void store_body(struct store *s, struct found *f, struct gcoap_bytes body, bool append)
{
	size_t before = append ? f->len : 0, comma = before > 0 && body.len > 0;
	uint8_t *p;

	if (s->bytes - f->len + before + comma + body.len > FOUND_BYTES_MAX) {
		s->dropped++;
		return;
	}
	p = realloc(f->body, before + comma + body.len + 1);
	if (p == NULL) {
		s->dropped++;
		return;
	}
	if (comma)
		p[before] = ',';
	if (body.len > 0)
		memcpy(p + before + comma, body.ptr, body.len);
	s->bytes = s->bytes - f->len + before + comma + body.len;
	f->body = p;
	f->len = before + comma + body.len;
}

void store_round(struct store *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		s->list[i].here = false;
}
