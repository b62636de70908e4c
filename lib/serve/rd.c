/* The Resource Directory's life and its registrations. */
#include "serve/rd.h"

#include <stdlib.h>
#include <string.h>

int gcoap_rd_new(struct gcoap_rd **out, uint32_t max_entries, size_t max_bytes)
{
	struct gcoap_rd *rd = calloc(1, sizeof(*rd));

	*out = NULL;
	if (!rd)
		return GCOAP_ENOMEM;
	rd->entries = malloc(max_entries * sizeof(*rd->entries) + 1);
	if (!rd->entries) {
		free(rd);
		return GCOAP_ENOMEM;
	}
	rd->max_entries = max_entries;
	rd->max_bytes = max_bytes;
	rd->next_id = 1;
	rd->version = 1;
	rd->next_expiry = GCOAP_NEVER;
	rd->document.max = max_bytes;
	rd->question.max = GCOAP_DATAGRAM_MAX;
	*out = rd;
	return 0;
}

void gcoap_rd_free(struct gcoap_rd **rd)
{
	if (!*rd)
		return;
	for (uint32_t i = 0; i < (*rd)->n; i++)
		free((*rd)->entries[i]);
	free((*rd)->entries);
	free((*rd)->document.p);
	free((*rd)->question.p);
	free(*rd);
	*rd = NULL;
}

/* FNV-1a; ep ends where d starts. */
uint64_t gcoap__rd_hash(struct gcoap_bytes ep, struct gcoap_bytes d)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < ep.len; i++)
		h = (h ^ ep.ptr[i]) * 0x100000001b3u;
	h = (h ^ 0x100) * 0x100000001b3u;
	for (size_t i = 0; i < d.len; i++)
		h = (h ^ d.ptr[i]) * 0x100000001b3u;
	return h;
}

static struct rd_entry **bucket(struct gcoap_rd *rd, uint64_t hash)
{
	return &rd->bucket[(hash ^ hash >> 32) % RD_BUCKETS];
}

static void link_entry(struct gcoap_rd *rd, struct rd_entry *e)
{
	struct rd_entry **at = bucket(rd, e->hash);

	e->next = *at;
	*at = e;
	rd->bytes += e->size;
}

static void unlink_entry(struct gcoap_rd *rd, struct rd_entry *e)
{
	struct rd_entry **at = bucket(rd, e->hash);

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	rd->bytes -= e->size;
}

struct rd_entry *gcoap__rd_find(struct gcoap_rd *rd, uint32_t id, uint32_t *index)
{
	uint32_t low = 0, high = rd->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (rd->entries[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	*index = low;
	return low < rd->n && rd->entries[low]->id == id ? rd->entries[low] : NULL;
}

void gcoap__rd_remove(struct gcoap_rd *rd, uint32_t index)
{
	struct rd_entry *e = rd->entries[index];

	unlink_entry(rd, e);
	free(e);
	rd->n--;
	memmove(rd->entries + index, rd->entries + index + 1,
		(rd->n - index) * sizeof(*rd->entries));
	rd->version++;
}

void gcoap__rd_expire(struct gcoap_rd *rd, gcoap_time now)
{
	uint32_t kept = 0;
	gcoap_time next;

	if (now < rd->next_expiry)
		return;
	rd->next_expiry = GCOAP_NEVER;
	for (uint32_t i = 0; i < rd->n; i++) {
		struct rd_entry *e = rd->entries[i];

		if (e->expires + RD_GRACE <= now) {
			unlink_entry(rd, e);
			free(e);
			continue;
		}
		next = e->expires > now ? e->expires : e->expires + RD_GRACE;
		if (next < rd->next_expiry)
			rd->next_expiry = next;
		rd->entries[kept++] = e;
	}
	rd->n = kept;
	rd->version++;
}

static bool fits(const struct gcoap_rd *rd, size_t size, const struct rd_entry *old)
{
	return rd->bytes - (old ? old->size : 0) + size <= rd->max_bytes &&
	       (old || rd->n < rd->max_entries);
}

/* Room for one more: what has expired goes first, oldest location first. */
static bool make_room(struct gcoap_rd *rd, size_t size, const struct rd_entry *old,
		      gcoap_time now)
{
	for (uint32_t i = 0; i < rd->n && !fits(rd, size, old);) {
		if (rd->entries[i] != old && rd->entries[i]->expires <= now)
			gcoap__rd_remove(rd, i);
		else
			i++;
	}
	return fits(rd, size, old);
}

uint8_t gcoap__rd_store(struct gcoap_rd *rd, struct rd_entry *e, struct rd_entry *old,
			gcoap_time now)
{
	uint32_t index;

	if (!e)
		return GCOAP_UNAVAILABLE;
	if (!make_room(rd, e->size, old, now)) {
		free(e);
		return GCOAP_UNAVAILABLE;
	}
	if (old) {
		gcoap__rd_find(rd, old->id, &index);
		unlink_entry(rd, old);
		free(old);
	} else {
		index = rd->n++;
		rd->next_id++;
	}
	rd->entries[index] = e;
	link_entry(rd, e);
	rd->version++;
	if (e->expires < rd->next_expiry)
		rd->next_expiry = e->expires;
	return 0;
}

static struct rd_entry *find_name(struct gcoap_rd *rd, const struct rd_params *p)
{
	uint64_t hash = gcoap__rd_hash(p->ep, p->d);
	struct rd_entry *e = *bucket(rd, hash);

	while (e && !(e->hash == hash && gcoap_bytes_equal(e->ep, p->ep) &&
		      gcoap_bytes_equal(e->d, p->d)))
		e = e->next;
	return e;
}

static bool is_group(const struct rd_params *p)
{
	for (size_t i = 0; i < p->n_extra; i++)
		if (gcoap_bytes_equal(p->extra[i], gcoap_bytes_text("et=core.rd-group")))
			return true;
	return false;
}

uint8_t gcoap_rd_add(struct gcoap_rd *rd, const struct gcoap_bytes *params, size_t n,
		     struct gcoap_bytes links, const struct gcoap_addr *from, gcoap_time now,
		     uint32_t *id, const char **why)
{
	const char *ignored;
	struct rd_params p;
	struct rd_entry *old;
	uint8_t code;

	if (!why)
		why = &ignored;
	*why = NULL;
	gcoap__rd_expire(rd, now);
	code = gcoap__rd_params(&p, params, n, why);
	if (!code)
		code = gcoap__rd_check_links(links, why);
	if (!code && (!p.ep.ptr || (!p.base.ptr && is_group(&p)))) {
		*why = p.ep.ptr ? "a group needs its base" : "ep is missing";
		code = GCOAP_BAD_REQUEST;
	}
	if (code)
		return code;
	old = find_name(rd, &p);
	*id = old ? old->id : rd->next_id;
	/* A new registration takes nothing over but the location. */
	code = gcoap__rd_store(rd, gcoap__rd_entry_new(*id, &p, NULL, links, from, now), old, now);
	if (code)
		*why = "no room for another registration";
	return code ? code : GCOAP_CREATED;
}

uint32_t gcoap_rd_count(struct gcoap_rd *rd, gcoap_time now)
{
	uint32_t shown = 0;

	gcoap__rd_expire(rd, now);
	for (uint32_t i = 0; i < rd->n; i++)
		shown += rd->entries[i]->expires > now;
	return shown;
}
